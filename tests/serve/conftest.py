"""A translator that is quick to run and easy to make fail, and a way to reach an app without a network."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI

from braid.serve.app import create_app
from braid.serve.settings import ServeSettings


class ShoutTranslator:
    """Upper-cases; remembers its batches; waits at a gate; fails on texts that hold "poison"."""

    def __init__(self, source: str = "en", target: str = "zh") -> None:
        self.name = f"shout-{source}-{target}"
        self.source_language = source
        self.target_language = target
        self.batches: list[list[str]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.started = threading.Event()

    def translate(self, texts: list[str], *, detail: bool = False) -> list[str]:
        assert not detail
        self.batches.append(list(texts))
        self.started.set()
        assert self.gate.wait(10), "the test never opened the gate"
        if any("poison" in text for text in texts):
            raise ValueError("secret inner reason")
        return [f"[{text.upper()}]" for text in texts]


@pytest.fixture
def make_translator() -> type[ShoutTranslator]:
    return ShoutTranslator


@pytest.fixture
def translator() -> ShoutTranslator:
    return ShoutTranslator()


Connect = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def connect() -> Connect:
    """Open a client on an app in this process, its lifespan included."""

    @asynccontextmanager
    async def open_client(*translators: ShoutTranslator, **settings: object) -> AsyncIterator[httpx.AsyncClient]:
        app: FastAPI = create_app(translators, ServeSettings(**settings))  # type: ignore[arg-type]
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
        ):
            yield client

    return open_client


@pytest.fixture
def wait_until() -> Callable[..., object]:
    """Wait, a bounded time, for something that another task or thread brings about."""

    async def wait(is_so: Callable[[], bool]) -> None:
        for _ in range(500):
            if is_so():
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it did not come about within 5 s")

    return wait
