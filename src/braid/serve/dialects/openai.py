"""The OpenAI dialect for generation: ``/v1/models``, ``/v1/completions`` and ``/v1/chat/completions``, streamed or not.

Token counts of the prompt are not given; options without a meaning here are refused rather than ignored.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any, Literal

from fastapi import FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response, StreamingResponse

from braid.errors import RequestError
from braid.serve.models import Models
from braid.serve.requests import check_key, checked_texts, read_body, while_connected
from braid.serve.settings import ServeSettings


class _Options(BaseModel):
    """What both addresses take."""

    model_config = ConfigDict(extra="forbid")

    model: str = Field("", description="a string")
    max_tokens: int | None = Field(None, ge=1, le=4096, description="a whole number from 1 to 4096")
    temperature: float | None = Field(None, ge=0, le=10, description="a number from 0 to 10")
    top_p: float | None = Field(None, ge=0, le=1, description="a number from 0 to 1")
    stop: str | list[str] | None = Field(None, description="a string or a list of strings")
    seed: int | None = Field(None, ge=0, le=2**63 - 1, description="a whole number")
    stream: bool = Field(False, description="true or false")
    repetition_penalty: float | None = Field(None, ge=0.1, le=10, description="a number from 0.1 to 10")
    n: int = Field(1, ge=1, le=1, description="1")
    user: str | None = Field(None, description="a string")


class CompletionBody(_Options):
    """What ``POST /v1/completions`` takes."""

    prompt: str = Field("", description="a string")


class Message(BaseModel):
    """A turn of a dialogue."""

    role: Literal["system", "user", "assistant"] = Field(description="system, user or assistant")
    content: str = Field(description="a string")


class ChatBody(_Options):
    """What ``POST /v1/chat/completions`` takes."""

    messages: list[Message] = Field(
        min_length=1,
        description="a list of messages, each with a role (system, user or assistant) and a text as content",
    )
    max_completion_tokens: int | None = Field(None, ge=1, le=4096, description="a whole number from 1 to 4096")


def mount(app: FastAPI, models: Models, settings: ServeSettings) -> None:
    """Add the addresses, when a generator is served."""
    if "generate" not in models.by_task:
        return
    dialect = _OpenAI(models.by_task["generate"], settings)
    app.add_api_route("/v1/models", dialect.models, methods=["GET"])
    app.add_api_route("/v1/completions", dialect.complete, methods=["POST"], response_model=None)
    app.add_api_route("/v1/chat/completions", dialect.chat, methods=["POST"], response_model=None)


class _OpenAI:
    """The handlers and what they share."""

    def __init__(self, generator: Any, settings: ServeSettings) -> None:
        self._generator, self._settings = generator, settings

    async def models(self) -> dict[str, Any]:
        """The one model that is served."""
        return {"object": "list", "data": [{"id": self._generator.name, "object": "model", "owned_by": "braid"}]}

    async def complete(self, request: Request) -> Response:
        """Continue a prompt."""
        body = await read_body(request, CompletionBody, self._settings)
        checked_texts(body.prompt, self._settings)
        return await self._respond(request, body, body.prompt, is_chat=False)

    async def chat(self, request: Request) -> Response:
        """Answer a dialogue."""
        body = await read_body(request, ChatBody, self._settings)
        checked_texts([message.content for message in body.messages], self._settings)
        body.max_tokens = body.max_completion_tokens or body.max_tokens
        if not self._generator.is_chat:
            raise RequestError("this model was not trained on dialogues: use /v1/completions")
        return await self._respond(request, body, [message.model_dump() for message in body.messages], is_chat=True)

    async def _respond(self, request: Request, body: _Options, asked: Any, *, is_chat: bool) -> Response:
        check_key(request, "", self._settings)
        stop = [body.stop] if isinstance(body.stop, str) else body.stop or []
        pieces = self._generator.stream(
            asked,
            stop=tuple(text for text in stop if text),
            max_tokens=body.max_tokens,
            temperature=body.temperature,
            top_p=body.top_p,
            repetition_penalty=body.repetition_penalty,
            seed=uuid.uuid4().int >> 66 if body.seed is None else body.seed,
        )
        head = {
            "id": f"{'chatcmpl' if is_chat else 'cmpl'}-{uuid.uuid4().hex}",
            "created": int(time.time()),
            "model": self._generator.name,
        }
        if body.stream:
            head["object"] = "chat.completion.chunk" if is_chat else "text_completion"
            return StreamingResponse(_events(pieces, head, is_chat), media_type="text/event-stream")
        text = await while_connected(
            request, asyncio.to_thread(lambda: "".join(pieces)), self._settings.timeout_seconds
        )
        head["object"] = "chat.completion" if is_chat else "text_completion"
        said = {"message": {"role": "assistant", "content": text}} if is_chat else {"text": text}
        return JSONResponse({**head, "choices": [{"index": 0, "finish_reason": _finish_reason(pieces), **said}]})


def _finish_reason(pieces: Any) -> str:
    """Why a text that is written has ended: by itself or at a stop string, or at the most subwords allowed."""
    return "stop" if pieces.is_complete else "length"


async def _events(pieces: Any, head: dict[str, Any], is_chat: bool) -> AsyncIterator[str]:
    """Server-sent events, one a piece of text, and the one that ends them."""
    loop = asyncio.get_running_loop()
    while (piece := await loop.run_in_executor(None, next, pieces, None)) is not None:
        said = {"delta": {"role": "assistant", "content": piece}} if is_chat else {"text": piece}
        yield _event({**head, "choices": [{"index": 0, "finish_reason": None, **said}]})
    last = {"delta": {}} if is_chat else {"text": ""}
    yield _event({**head, "choices": [{"index": 0, "finish_reason": _finish_reason(pieces), **last}]})
    yield "data: [DONE]\n\n"


def _event(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
