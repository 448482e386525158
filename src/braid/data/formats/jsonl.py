"""One JSON object a line: keys source and target, or language codes, or those inside "translation"."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from braid.data.example import Example, Reject
from braid.data.formats.columns import MAX_COLUMNS, cell_text, named_facts
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.language_names import side_columns
from braid.data.formats.stream import Stream
from braid.data.labels import label_text

_DECODER = json.JSONDecoder()


def read_jsonl(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a line; lines that are not such an object as Rejects."""
    for number, line in enumerate(stream.lines(stream.encoding()), 1):
        if not line or line.isspace():
            empty = Example(source="", target="", file=stream.shown, line=number)
            yield Reject(example=empty, rule="empty", detail="blank line")
            continue
        try:
            yield example_of(json_object(line), options, stream.shown, number)
        except ValueError as error:
            broken = Example(source=line[:1000], target="", file=stream.shown, line=number)
            yield Reject(example=broken, rule="json", detail=str(error))


def example_of(row: Mapping[str, Any], options: ReadOptions, file: str, line: int) -> Example:
    """The Example that an object's keys make.

    Raises:
        ValueError: A key is missing or holds no text; worded for a person.
    """
    source = _source(row, options)
    target, references = _targets(row, options)
    group, part = further_of(row, options)
    key = row.get("id", "")
    if not isinstance(key, str):
        key = str(key) if isinstance(key, int) else ""
    return Example(
        source=source, target=target, file=file, line=line, key=key, group=group, part=part, references=references
    )


def further_of(row: Mapping[str, Any], options: ReadOptions) -> tuple[str, str]:
    """What the columns of groups and of parts hold; "" where none is asked for.

    Raises:
        ValueError: A column is missing; worded for a person.
    """
    if not options.group_column and not options.part_column:
        return "", ""
    values = [_value(row, name, (), "")[1] if name else None for name in (options.group_column, options.part_column)]
    group, part = ("" if value is None else cell_text(value) for value in values)
    return group, part


def json_object(line: str) -> dict[str, Any]:
    """The object that a line is.

    Raises:
        ValueError: It is none; worded for a person.
    """
    try:
        row, end = _DECODER.raw_decode(line) if line.startswith("{") else (None, -1)
        if end != len(line):
            row = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"must be a JSON object, got: {error.msg} at column {error.colno}") from error
    except RecursionError:
        raise ValueError("must be a JSON object, got one nested too deeply") from None
    except ValueError as error:  # a number of thousands of digits
        raise ValueError(f"must be a JSON object, got: {str(error).partition(';')[0]}") from error
    if not isinstance(row, dict):
        raise ValueError(f"must be a JSON object, got {type(row).__name__}")
    return row


def _source(row: Mapping[str, Any], options: ReadOptions) -> str:
    """The text of the source."""
    name, value = _value(row, options.source_column, options.source_roles, options.source_language)
    if isinstance(value, list):
        for item in value:
            json_text(item, name)
        raise ValueError(f'"{name}" must be a string, got {"a list" if value else "an empty list"}')
    return json_text(value, name)


def _targets(row: Mapping[str, Any], options: ReadOptions) -> tuple[str, tuple[str, ...]]:
    """The text of the target, and the others where there is a list of them: joined, or as further references."""
    name, value = _value(row, options.target_column, options.target_roles, options.target_language)
    if options.separator:  # labels are often numbers
        values = value if isinstance(value, list) else [value]
        labels = [label_text(item) if isinstance(item, int | float | Decimal) else item for item in values]
        return options.separator.join(json_text(item, name) for item in labels), ()
    if isinstance(value, list):
        texts = [json_text(item, name) for item in value]
        if not texts:
            raise ValueError(f'"{name}" must be a string, got an empty list')
        return texts[0], tuple(texts[1:])
    return json_text(value, name), ()


def _value(row: Mapping[str, Any], column: str, roles: Sequence[str], language: str) -> tuple[str, Any]:
    """Key and value of the column asked for, else of a role, else of the language."""
    inner = row.get("translation")
    for level in (row, inner if isinstance(inner, dict) else {}):
        for name in (column,) if column else roles:
            if name in level:
                return name, level[name]
        if language and not column:
            keys = list(islice(level, MAX_COLUMNS))
            for place in side_columns(language, roles, keys):
                return keys[place], level[keys[place]]
    named = " or ".join(f'"{name}"' for name in [*roles, *[language] * bool(language)])
    wanted = f'the key "{column}"' if column else f"a key {named}"
    raise ValueError(f"must have {wanted}, got {', '.join(list(row)[:20]) or 'none'}")


def json_text(value: Any, name: str) -> str:
    """The text that a key holds; null is "".

    Raises:
        ValueError: It is no text, or none that could be written again.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f'"{name}" must be a string, got {type(value).__name__}')
    if "\0" in value:
        raise ValueError(f'"{name}" must not hold NUL characters, got one')
    if not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise ValueError(f'"{name}" must be valid Unicode, got half of a surrogate pair') from None
    return value


def inspect_jsonl(stream: Stream) -> FileFacts:
    """Keys of the first object, and the first objects' values as text."""
    rows = []
    for line in islice(stream.lines(stream.encoding()), 3):
        try:
            rows.append(json_object(line))
        except ValueError:
            continue
    return named_facts(rows, tuple(rows[0]) if rows else (), stream, "jsonl")
