"""One JSON object a line: keys source and target, or language codes, or those inside "translation"."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from braid.data.example import Example, Reject
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.stream import Stream
from braid.text.matching import best_languages


def read_jsonl(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a line; lines that are not such an object as Rejects."""
    for number, line in enumerate(stream.lines(stream.encoding()), 1):
        if not line.strip():
            empty = Example(source="", target="", file=stream.shown, line=number)
            yield Reject(example=empty, rule="empty", detail="blank line")
            continue
        try:
            row = _object(line)
            source = _text(row, options.source_column, "source", options.source_language)
            target = _text(row, options.target_column, "target", options.target_language)
        except ValueError as error:
            broken = Example(source=line[:1000], target="", file=stream.shown, line=number)
            yield Reject(example=broken, rule="json", detail=str(error))
            continue
        key = row.get("id", "")
        key = str(key) if isinstance(key, str | int) else ""
        yield Example(source=source, target=target, file=stream.shown, line=number, key=key)


def _object(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"must be a JSON object, got: {error.msg} at column {error.colno}") from error
    except RecursionError:
        raise ValueError("must be a JSON object, got one nested too deeply") from None
    if not isinstance(row, dict):
        raise ValueError(f"must be a JSON object, got {type(row).__name__}")
    return row


def _text(row: Mapping[str, Any], column: str, role: str, language: str) -> str:
    """The text under the column asked for, else under its role, else under its language; null is ""."""
    inner = row.get("translation")
    for level in (row, inner if isinstance(inner, dict) else {}):
        names = [column] if column else [role, *(list(level)[i] for i in best_languages(language, list(level)))]
        for name in names:
            if name in level:
                return _checked(level[name], name)
    wanted = f'the key "{column}"' if column else f'a key "{role}" or "{language}"'
    raise ValueError(f"must have {wanted}, got {', '.join(list(row)[:20]) or 'none'}")


def _checked(value: Any, name: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f'"{name}" must be a string, got {type(value).__name__}')
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise ValueError(f'"{name}" must be valid Unicode, got half of a surrogate pair')
    return value


def inspect_jsonl(stream: Stream) -> FileFacts:
    """Keys of the first object, and the first objects' values as text."""
    rows = []
    for line in islice(stream.lines(stream.encoding()), 3):
        try:
            rows.append(_object(line))
        except ValueError:
            continue
    columns = tuple(rows[0]) if rows else ()
    inner = rows[0].get("translation") if rows else None
    return FileFacts(
        file=stream.shown,
        format="jsonl",
        encoding=stream.encoding(),
        languages=tuple(inner) if isinstance(inner, dict) else (),
        columns=columns,
        rows=tuple(tuple(_shown(row.get(name)) for name in columns) for row in rows),
        is_compressed=stream.is_compressed,
    )


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
