"""A request's body, read within limits and checked against a model; and work that ends with its client."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
from collections.abc import AsyncGenerator, Coroutine
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from braid.errors import RequestError
from braid.serve.settings import ServeSettings

MAX_FIELDS = 1000

Body = TypeVar("Body", bound=BaseModel)
Result = TypeVar("Result")


async def read_body(request: Request, model: type[Body], settings: ServeSettings) -> Body:
    """The checked body of a JSON, form-urlencoded or multipart request.

    Raises:
        RequestError: Too large (413), too slow (408), of another type (415), or not what ``model`` says (400).
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    is_json = kind == "application/json" or kind.endswith("+json")
    if not is_json and kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        raise RequestError(
            f'the body must be JSON or a form, got content type "{kind}": '
            "send application/json, application/x-www-form-urlencoded or multipart/form-data",
            status=415,
        )
    try:
        async with asyncio.timeout(settings.read_seconds):
            raw = await _read_bytes(request, settings.max_body_bytes)
    except TimeoutError:
        raise RequestError(f"the body did not arrive within {settings.read_seconds:g} s", status=408) from None
    try:
        if is_json:
            return model.model_validate_json(raw)
        if kind == "multipart/form-data":
            return model.model_validate(_form(await _multipart(request.headers, raw)))
        return model.model_validate(_form(_urlencoded(raw)))
    except ValidationError as error:
        raise RequestError(describe(error, model)) from None


def check_key(request: Request, key: str, settings: ServeSettings) -> None:
    """Nothing for a request with the right key; others take a time that says nothing about the key.

    Raises:
        RequestError: The key is missing or wrong (403).
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    given = token.strip() if scheme.lower() == "bearer" else key
    if settings.api_key and not hmac.compare_digest(given.encode(), settings.api_key.encode()):
        raise RequestError("this server needs its API key: send it as api_key or as Authorization: Bearer", status=403)


def checked_texts(q: str | list[str], settings: ServeSettings) -> list[str]:
    """The texts of a request that is not too large.

    Raises:
        RequestError: There are too many, or they are too long (413).
    """
    texts = [q] if isinstance(q, str) else q
    chars = sum(map(len, texts))
    if len(texts) > settings.max_items:
        raise RequestError(f"at most {settings.max_items} texts a request, got {len(texts)}", status=413)
    if chars > settings.max_chars:
        raise RequestError(f"at most {settings.max_chars} characters a request, got {chars}", status=413)
    return texts


async def _read_bytes(request: Request, max_bytes: int) -> bytes:
    """The whole body; its length is checked as announced and again as it arrives."""
    too_large = RequestError(f"the request body is larger than {max_bytes} bytes", status=413)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > max_bytes:
        raise too_large
    raw = bytearray()
    try:
        async for chunk in request.stream():
            raw += chunk
            if len(raw) > max_bytes:
                raise too_large
    except ClientDisconnect:
        raise RequestError("the client went away", status=499) from None
    return bytes(raw)


def _urlencoded(raw: bytes) -> list[tuple[str, str]]:
    """Fields of a URL-encoded form in UTF-8, percent-encoded or, as ``curl -d`` sends them, not."""
    try:
        return parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise RequestError(f"the form cannot be read: {error}") from None


async def _multipart(headers: Headers, raw: bytes) -> list[tuple[str, str]]:
    """Text fields of a multipart form in UTF-8; files are not taken.

    Other encodings are refused: some of Python's need minutes for a megabyte.
    """
    charset = parse_options_header(headers.get("content-type"))[1].get(b"charset", b"utf-8").decode("latin-1").lower()
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise RequestError(f'a form must be in UTF-8, got "{charset}"', status=415)

    async def stream() -> AsyncGenerator[bytes, None]:
        yield raw

    parser = MultiPartParser(headers, stream(), max_files=0, max_fields=MAX_FIELDS, max_part_size=max(len(raw), 1))
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError, LookupError) as error:
        raise RequestError(f"the form cannot be read: {getattr(error, 'message', error)}") from None
    return [(key, value) for key, value in form.multi_items() if isinstance(value, str)]


def _form(fields: list[tuple[str, str]]) -> dict[str, Any]:
    """Form fields as JSON would hold them: a repeated ``q`` is a list, an empty field other than ``q`` absent.

    Browsers end a form's lines with CR LF, which no text meant for translation needs.
    """
    found: dict[str, Any] = {key: value for key, value in fields if value and key != "q"}
    texts = [value.replace("\r\n", "\n") for key, value in fields if key == "q"]
    if texts:
        found["q"] = texts[0] if len(texts) == 1 else texts
    return found


def describe(error: ValidationError, model: type[BaseModel]) -> str:
    """Every fault of a body in one sentence each, in words of the API rather than of the validator."""
    words: dict[str, None] = {}
    for fault in error.errors(include_url=False, include_input=False, include_context=False):
        name = str(fault["loc"][0]) if fault["loc"] else ""
        field = model.model_fields.get(name)
        if field is not None:
            is_missing = fault["type"] == "missing" and len(fault["loc"]) == 1  # not a part of it
            got = "is missing; it must be" if is_missing else "must be"
            words[f"{name} {got} {field.description}"] = None
        else:
            reason = fault["msg"] if fault["type"] == "json_invalid" else "it must be an object"
            words[f"the body is not what this address takes: {reason}"] = None
    return "; ".join(words)


async def while_connected(request: Request, work: Coroutine[Any, Any, Result], timeout_seconds: float) -> Result:
    """The result of ``work``, which is cancelled when the client goes away or has waited long enough.

    Raises:
        RequestError: The client went away (499, nobody reads it) or the time is over (504).
    """
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait({task, gone}, timeout=timeout_seconds, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        if gone.done():
            raise RequestError("the client went away", status=499)
        raise RequestError(f"no answer within {timeout_seconds:g} s; send less text or try later", status=504)
    finally:
        for pending in (task, gone):
            pending.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await pending


async def _disconnected(request: Request) -> None:
    """Return when the client has hung up; the body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
