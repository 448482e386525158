"""The LibreTranslate dialect: the addresses, fields and answers that its clients know.

Beyond what LibreTranslate documents: a key may come as ``Authorization: Bearer``, a form may repeat ``q``,
and several faults are reported at once. Alternatives are not offered, so that list is empty.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Literal

from fastapi import FastAPI, Request
from pydantic import BaseModel, Field, field_validator

from braid.serve.detect import Detection, Detector
from braid.serve.pairs import Pairs
from braid.serve.requests import check_key, checked_texts, read_body, while_connected
from braid.serve.settings import ServeSettings
from braid.text.languages import language_name
from braid.text.markup import Document


class TranslateBody(BaseModel):
    """What ``POST /translate`` takes."""

    q: str | list[str] = Field(description="a string or a list of strings")
    source: str = Field(min_length=1, max_length=35, description='a language code or "auto"')
    target: str = Field(min_length=1, max_length=35, description="a language code")
    format: Literal["text", "html"] = Field("text", description='"text" or "html"')
    alternatives: int = Field(0, ge=0, le=100, description="a whole number from 0 to 100")
    api_key: str = Field("", max_length=512, description="a string")

    @field_validator("format", "alternatives", "api_key", mode="before")
    @classmethod
    def _null_is_absent(cls, value: Any, info: Any) -> Any:
        """The default for the nulls that some clients send."""
        return cls.model_fields[info.field_name].default if value is None else value


class DetectBody(BaseModel):
    """What ``POST /detect`` takes."""

    q: str | list[str] = Field(description="a string or a list of strings")
    api_key: str | None = Field("", max_length=512, description="a string")


class DetectedLanguage(BaseModel):
    """A language and how sure the detector is, from 0 to 100."""

    confidence: float
    language: str


class TranslateAnswer(BaseModel):
    """What ``POST /translate`` gives; lists when ``q`` was a list."""

    translatedText: str | list[str]
    detectedLanguage: DetectedLanguage | list[DetectedLanguage] | None = None
    alternatives: list[Any] | None = None


class LanguageEntry(BaseModel):
    """A served language and what it can be translated to."""

    code: str
    name: str
    targets: list[str]


class ErrorAnswer(BaseModel):
    """What every address gives when it cannot do what was asked."""

    error: str


def mount(app: FastAPI, pairs: Pairs, settings: ServeSettings) -> None:
    """Add the dialect's addresses to an app."""
    dialect = _LibreTranslate(pairs, settings)
    add_post(app, "/translate", dialect.translate, TranslateBody, TranslateAnswer)
    add_post(app, "/detect", dialect.detect, DetectBody, list[DetectedLanguage])
    app.add_api_route("/languages", dialect.languages, methods=["GET"], response_model=list[LanguageEntry])
    app.add_api_route("/frontend/settings", dialect.frontend_settings, methods=["GET"])


def add_post(app: FastAPI, path: str, handler: Any, body: type[BaseModel], answer: Any) -> None:
    """Add an address that takes a body as JSON or as a form, with its errors described."""
    errors: dict[int | str, dict[str, Any]] = {
        status: {"model": ErrorAnswer} for status in (400, 403, 408, 413, 415, 500, 503, 504)
    }
    app.add_api_route(
        path,
        handler,
        methods=["POST"],
        response_model=answer,
        response_model_exclude_none=True,
        responses=errors,
        openapi_extra={"requestBody": _request_body(body)},
    )


def _request_body(model: type[BaseModel]) -> dict[str, Any]:
    """The OpenAPI description of a body that may be JSON or a form."""
    schema = model.model_json_schema()
    kinds = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
    return {"required": True, "content": {kind: {"schema": schema} for kind in kinds}}


class _LibreTranslate:
    """The handlers and what they share."""

    def __init__(self, pairs: Pairs, settings: ServeSettings) -> None:
        self._pairs = pairs
        self._settings = settings
        self._detector = Detector(pairs.codes)

    async def translate(self, request: Request) -> dict[str, Any]:
        """Translate a text, or each text of a list."""
        body = await read_body(request, TranslateBody, self._settings)
        check_key(request, body.api_key, self._settings)
        texts = checked_texts(body.q, self._settings)
        work = self._translate(texts, body)
        outputs, detected = await while_connected(request, work, self._settings.timeout_seconds)
        is_list = isinstance(body.q, list)
        answer: dict[str, Any] = {"translatedText": outputs if is_list else outputs[0]}
        if detected:
            answer["detectedLanguage"] = detected if is_list else detected[0]
        if body.alternatives:
            answer["alternatives"] = [[] for _ in texts] if is_list else []
        return answer

    async def detect(self, request: Request) -> list[Detection]:
        """Name the languages that a text may be in, the likeliest first."""
        body = await read_body(request, DetectBody, self._settings)
        check_key(request, body.api_key or "", self._settings)
        text = "\n".join(checked_texts(body.q, self._settings))
        return await while_connected(
            request, asyncio.to_thread(self._detector.detect, text), self._settings.timeout_seconds
        )

    async def languages(self) -> list[LanguageEntry]:
        """List the served languages and what each can be translated to."""
        return [
            LanguageEntry(code=code, name=language_name(code), targets=self._pairs.targets(code))
            for code in self._pairs.codes
        ]

    async def frontend_settings(self) -> dict[str, Any]:
        """Tell a web page the limits and the languages to begin with."""
        source, target = ({"code": code, "name": language_name(code)} for code in self._pairs.first)
        return {
            "apiKeys": bool(self._settings.api_key),
            "charLimit": self._settings.max_chars,
            "filesTranslation": False,
            "frontendTimeout": 300,
            "keyRequired": bool(self._settings.api_key),
            "language": {"source": source, "target": target},
            "suggestions": False,
            "supportedFilesFormat": [],
        }

    async def _translate(self, texts: list[str], body: TranslateBody) -> tuple[list[str], list[Detection]]:
        """The outputs and, when the client asked for it, the detected languages."""
        target = self._pairs.resolve(body.target)
        documents = [Document(text, is_html=body.format == "html") for text in texts]
        detected: list[Detection] = []
        if body.source.lower() == "auto":
            detected = await asyncio.to_thread(self._detect_all, documents)
            sources = [detection.language for detection in detected]
        else:
            sources = [self._pairs.resolve(body.source)] * len(texts)
        # Every pair is looked up before anything is translated: a request is done whole or not at all.
        # A text that is in the target language already stays, unless a model rewrites that very language.
        wanted = [source for source in dict.fromkeys(sources) if source != target or self._pairs.has(source, target)]
        engines = {source: self._pairs.engine(source, target) for source in wanted}
        outputs = list(texts)
        for source, engine in engines.items():
            places = [place for place, one in enumerate(sources) if one == source]
            parts = [documents[place].texts for place in places]
            flat = iter(await engine.translate([text for part in parts for text in part]))
            for place, part in zip(places, parts, strict=True):
                outputs[place] = documents[place].fill([next(flat) for _ in part])
        return outputs, detected

    def _detect_all(self, documents: Sequence[Document]) -> list[Detection]:
        """The likeliest language of each document; runs outside the event loop."""
        return [self._detector.detect("\n".join(document.texts))[0] for document in documents]
