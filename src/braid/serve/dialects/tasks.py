"""Braid's own addresses for classifying, answering, summarizing and generating; bodies are JSON or forms."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import FastAPI, Request
from pydantic import BaseModel, Field

from braid.serve.dialects.libretranslate import add_post
from braid.serve.models import Models
from braid.serve.requests import check_key, checked_texts, read_body, while_connected
from braid.serve.settings import ServeSettings


class TextBody(BaseModel):
    """What every address takes."""

    q: str | list[str] = Field(description="a string or a list of strings")
    api_key: str | None = Field("", max_length=512, description="a string")


class SummarizeBody(TextBody):
    """What ``POST /summarize`` takes."""

    method: Literal["abstract", "extract"] = Field("abstract", description="abstract or extract")
    max_sentences: int | None = Field(None, ge=1, le=1000, description="a whole number from 1 to 1000, with extract")


class ClassifyBody(TextBody):
    """What ``POST /classify`` takes."""

    explain: bool = Field(False, description="true or false")


class AnswerBody(TextBody):
    """What ``POST /answer`` takes."""

    context: str | None = Field(None, description="a string")


class GenerateBody(TextBody):
    """What ``POST /generate`` takes."""

    max_tokens: int | None = Field(None, ge=1, le=4096, description="a whole number from 1 to 4096")
    temperature: float | None = Field(None, ge=0, le=10, description="a number from 0 to 10")
    top_k: int | None = Field(None, ge=0, description="a whole number")
    top_p: float | None = Field(None, ge=0, le=1, description="a number from 0 to 1")
    min_p: float | None = Field(None, ge=0, le=1, description="a number from 0 to 1")
    repetition_penalty: float | None = Field(None, ge=0.1, le=10, description="a number from 0.1 to 10")
    stop: list[str] | None = Field(None, max_length=16, description="a list of strings")
    seed: int | None = Field(None, ge=0, le=2**63 - 1, description="a whole number")


def mount(app: FastAPI, models: Models, settings: ServeSettings) -> None:
    """Add the addresses of the tasks that are served, and ``GET /models``, which lists them."""
    tasks = _Tasks(models, settings)
    bodies = {"classify": ClassifyBody, "answer": AnswerBody, "summarize": SummarizeBody, "generate": GenerateBody}
    for task in models.by_task:
        add_post(app, f"/{task}", getattr(tasks, task), bodies[task], dict[str, Any])
    if models.by_task:
        app.add_api_route("/models", tasks.models, methods=["GET"])


class _Tasks:
    """The handlers and what they share."""

    def __init__(self, models: Models, settings: ServeSettings) -> None:
        self._models, self._settings = models, settings

    async def models(self) -> dict[str, Any]:
        """Names of the models by task, and the limits."""
        return {
            "tasks": {task: model.name for task, model in self._models.by_task.items()},
            "isChat": bool(getattr(self._models.by_task.get("generate"), "is_chat", False)),
            "charLimit": self._settings.max_chars,
            "keyRequired": bool(self._settings.api_key),
        }

    async def _run(self, request: Request, kind: type[Any], task: str) -> tuple[list[Any], bool]:
        body = await read_body(request, kind, self._settings)
        check_key(request, body.api_key or "", self._settings)
        options = body.model_dump(exclude={"q", "api_key"}, exclude_none=True)
        texts = checked_texts(body.q, self._settings)
        if options.get("context"):
            checked_texts(options["context"], self._settings)
        if "stop" in options:
            options["stop"] = tuple(options["stop"])
        work = self._models.run(task, texts, **options)
        return await while_connected(request, work, self._settings.timeout_seconds), isinstance(body.q, list)

    async def classify(self, request: Request) -> dict[str, Any]:
        """Labels with their probabilities, and which words moved the decision."""
        found, is_list = await self._run(request, ClassifyBody, "classify")
        rows = [
            {
                "labels": answer.text.split("\n") if answer.text else [],
                "probabilities": {label: round(share, 6) for label, share in answer.labels},
                "words": [{"word": word, "log_odds": round(odds, 4)} for word, odds in words],
            }
            for answer, words in found
        ]
        return {"results": rows} if is_list else rows[0]

    async def answer(self, request: Request) -> dict[str, Any]:
        """The answer and where it stands."""
        found, is_list = await self._run(request, AnswerBody, "answer")
        rows = []
        for answer in found:
            row: dict[str, Any] = {"answer": answer.text, "score": round(answer.score, 4)}
            if answer.origin:
                names = ("file", "line", "start", "end", "title", "passage")
                row |= {name: getattr(answer.origin, name) for name in names}
            rows.append(row)
        return {"results": rows} if is_list else rows[0]

    async def summarize(self, request: Request) -> dict[str, Any]:
        """The summary, written by the model or made of the text's own sentences, and what it says that the text
        does not.
        """
        found, is_list = await self._run(request, SummarizeBody, "summarize")
        rows = [
            {"summary": one.text, "unsupported": list(one.unsupported), "is_complete": one.is_complete} for one in found
        ]
        return {"results": rows} if is_list else rows[0]

    async def generate(self, request: Request) -> dict[str, Any]:
        """The continuation of a prompt."""
        found, is_list = await self._run(request, GenerateBody, "generate")
        rows = [{"text": answer.text, "is_complete": answer.is_complete} for answer in found]
        return {"results": rows} if is_list else rows[0]
