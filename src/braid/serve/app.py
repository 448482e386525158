"""The web application: dialects, the page, errors as JSON, and the headers that keep a browser safe."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from braid.errors import RequestError
from braid.serve.dialects import libretranslate, openai, tasks
from braid.serve.models import Models
from braid.serve.pairs import Pairs
from braid.serve.settings import ServeSettings
from braid.version import __version__

RETRY_SECONDS = 2


def create_app(served: Sequence[Any], settings: ServeSettings | None = None) -> FastAPI:
    """A FastAPI application that serves what bundles hold: translators, and one model of each other task.

    Its lifespan starts the engines and, at the end, lets open requests finish.

    Raises:
        ConfigError: There is nothing to serve, or there are two for one language pair or task.
    """
    settings = settings or ServeSettings()
    translators = [model for model in served if getattr(model, "task", "translate") == "translate"]
    models = Models([model for model in served if model not in translators], settings)
    pairs = Pairs(translators, settings) if translators or not models.by_task else None

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        for part in filter(None, (pairs, models)):
            await part.start()
        try:
            yield
        finally:
            for part in filter(None, (pairs, models)):
                await part.stop()

    # FastAPI's own documentation pages load scripts from a foreign host.
    app = FastAPI(title="Braid", version=__version__, docs_url=None, redoc_url=None, lifespan=lifespan)
    _add_error_handlers(app)
    if pairs:
        libretranslate.mount(app, pairs, settings)
    tasks.mount(app, models, settings)
    openai.mount(app, models, settings)
    app.add_api_route("/health", _health, methods=["GET"])
    if pairs:
        _add_page(app, "/", "page.html")
    if models.by_task:
        _add_page(app, "/tasks" if pairs else "/", "tasks.html")
    app.add_middleware(Guard, allowed_hosts=settings.allowed_hosts)
    return app


def _error(message: str, status: int, headers: dict[str, str] | None = None) -> JSONResponse:
    headers = dict(headers or {})
    if status in (429, 503):
        headers["Retry-After"] = str(RETRY_SECONDS)
    return JSONResponse({"error": message}, status_code=status, headers=headers)


def _add_error_handlers(app: FastAPI) -> None:
    """Have every failure answered as ``{"error": "…"}`` with its status code."""

    @app.exception_handler(RequestError)
    async def refused(_: Request, error: RequestError) -> JSONResponse:
        return _error(error.message, error.status)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        return _error("; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors()), 400)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        reason = f"{request.method} {request.url.path}: {error.detail.lower()}"
        return _error(reason, error.status_code, dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def ours(_: Request, error: Exception) -> JSONResponse:
        return _error("something went wrong here; the server's log says what", 500)


async def _health() -> dict[str, str]:
    """Say that the server is up."""
    return {"status": "ok"}


def _add_page(app: FastAPI, path: str, name: str) -> None:
    """Serve a web page with a policy that runs its own script and nothing else."""
    page = files("braid.serve").joinpath(name).read_text(encoding="utf-8")
    policy = page_policy(page)

    @app.get(path, include_in_schema=False)
    async def index() -> HTMLResponse:
        return HTMLResponse(page, headers={"Content-Security-Policy": policy, "Cache-Control": "no-cache"})


def page_policy(page: str) -> str:
    """The Content-Security-Policy of a page, which allows its inline script and style by their hashes."""

    def hashes(tag: str) -> str:
        bodies = re.findall(rf"<{tag}>(.*?)</{tag}>", page, flags=re.DOTALL)
        digests = [base64.b64encode(hashlib.sha256(body.encode()).digest()).decode() for body in bodies]
        return " ".join(f"'sha256-{digest}'" for digest in digests)

    return (
        f"default-src 'none'; script-src {hashes('script')}; style-src {hashes('style')}; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


class Guard:
    """Middleware that checks the Host header and adds security headers to every answer.

    A page of a foreign site can have a name of its own resolve to 127.0.0.1 (DNS rebinding) and then read
    what a local server answers; the Host header still holds the foreign name and gives it away.

    Args:
        app: The application to guard.
        allowed_hosts: Names without port, ``[::1]`` in brackets; empty allows any.
    """

    def __init__(self, app: ASGIApp, allowed_hosts: Sequence[str] = ()) -> None:
        self._app = app
        self._allowed = frozenset(name.lower() for name in allowed_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
                headers.setdefault("Cache-Control", "no-store")
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
            await send(message)

        host = next((value.decode("latin-1") for key, value in scope["headers"] if key == b"host"), "")
        name = re.sub(r":\d*$", "", host).lower()
        if self._allowed and name not in self._allowed:
            refusal = _error(f'this server does not answer under the name "{name}"', 403)
            await refusal(scope, receive, send_safely)
            return
        await self._app(scope, receive, send_safely)
