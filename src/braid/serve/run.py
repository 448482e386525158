"""Serving until Ctrl-C: the address checked, the port taken, the log kept quiet."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import errno
import ipaddress
import os
import socket
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from braid.errors import BraidError, ConfigError
from braid.serve.settings import ServeSettings

if TYPE_CHECKING:
    import uvicorn

    from braid.serve.engine import Translator

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
MAX_CONNECTIONS = 512


def serve(
    translators: Sequence[Translator],
    *,
    host: str = "127.0.0.1",
    port: int = 5000,
    api_key: str = "",
    settings: ServeSettings | None = None,
) -> None:
    """Nothing, when the server has been stopped by Ctrl-C; its address is printed on stderr.

    Args:
        translators: What to serve, one for each language pair.
        host: Address to listen on; one that other machines can reach needs an API key.
        port: TCP port; 0 takes a free one.
        api_key: Key that clients must send; goes before the one in ``settings``.
        settings: Limits and permissions.

    Raises:
        ConfigError: The address is open to others without a key, or there is nothing to serve.
        BraidError: The port is in use or may not be taken.
    """
    server, listener, url = make_server(translators, host=host, port=port, api_key=api_key, settings=settings)
    print(f"Serving {', '.join(one.name for one in translators)} at {url} (Ctrl-C stops)", file=sys.stderr, flush=True)
    with listener, contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    print("Stopped.", file=sys.stderr)


def make_server(
    translators: Sequence[Translator],
    *,
    host: str = "127.0.0.1",
    port: int = 5000,
    api_key: str = "",
    settings: ServeSettings | None = None,
) -> tuple[uvicorn.Server, socket.socket, str]:
    """A server that is ready to run, the socket it will listen on, and its URL.

    Args and Raises: as for `serve`.
    """
    settings = settings or ServeSettings()
    settings = dataclasses.replace(settings, api_key=api_key or settings.api_key)
    if is_loopback(host):
        names = dict.fromkeys((*LOOPBACK_NAMES, _url_host(host), *settings.allowed_hosts))
        settings = dataclasses.replace(settings, allowed_hosts=tuple(names))
    elif not settings.api_key:
        raise ConfigError(
            f'other machines can reach the address "{host}", and a server that they can reach needs an API key',
            hint="add --api-key KEY, or leave --host out to serve this machine only",
        )
    import uvicorn

    from braid.serve.app import create_app

    app = create_app(translators, settings)
    listener = listen(host, port)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http=patient_protocol(settings.read_seconds),
        ws="none",
        lifespan="on",
        limit_concurrency=MAX_CONNECTIONS,
        timeout_graceful_shutdown=round(settings.drain_seconds) + 1,
    )
    return uvicorn.Server(config), listener, f"http://{_url_host(host)}:{listener.getsockname()[1]}/"


def patient_protocol(seconds: float) -> type[asyncio.Protocol]:
    """uvicorn's HTTP protocol, with an end to its patience.

    uvicorn waits without limit for a request's first line and headers, so that a few hundred silent connections
    would shut everybody else out.

    Args:
        seconds: A connection is closed when so long after it was opened, or after the request before, it has not sent
            all headers of the next.
    """
    from uvicorn.protocols.http.auto import AutoHTTPProtocol

    protocol: Any = AutoHTTPProtocol  # whichever of uvicorn's two; both have loop, cycle and transport

    class PatientProtocol(protocol):
        """One connection."""

        _timer: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self._watch()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self._watch()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_timer()
            super().connection_lost(exc)

        def _watch(self) -> None:
            if self._is_busy():
                self._stop_timer()
            elif self._timer is None:
                self._timer = self.loop.call_later(seconds, self._lose_patience)

        def _stop_timer(self) -> None:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

        def _is_busy(self) -> bool:
            return self.cycle is not None and not self.cycle.response_complete

        def _lose_patience(self) -> None:
            self._timer = None
            if not self._is_busy() and not self.transport.is_closing():
                self.transport.close()

    return PatientProtocol


def is_loopback(host: str) -> bool:
    """True when only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def listen(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        BraidError: The address cannot be taken; says why.
    """
    if not 0 <= port <= 65535:
        raise ConfigError(f"the port must be an int from 0 to 65535, got {port}", hint="0 takes a free port")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only for sockets that name their protocol; else every answer takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(256)
        return listener
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            reason, hint = f"port {port} is in use by another program", "choose another --port; 0 takes a free one"
        elif error.errno == errno.EACCES:
            reason, hint = f"this user may not open port {port}", "choose a --port from 1024 to 65535"
        else:
            reason, hint = (
                f'cannot listen on "{host}": {error.strerror or error}',
                "check --host; 127.0.0.1 always works",
            )
        raise BraidError(reason, where=f"{host}:{port}", hint=hint) from None


def _url_host(host: str) -> str:
    """The host as a URL holds it."""
    return f"[{host}]" if ":" in host else host
