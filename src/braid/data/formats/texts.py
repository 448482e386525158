"""Texts to be continued: whole text files, documents and dialogues one JSON object a line, columns of tables.

A document's lines are kept. A dialogue becomes the JSON list of its messages, each with ``role`` and ``content``, and
its context says ``messages``.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from braid.data.example import Example, Reject
from braid.data.formats.columns import check_first_row
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.csv import csv_records
from braid.data.formats.header import LOOKED_AT
from braid.data.formats.jsonl import json_object
from braid.data.formats.stream import Stream
from braid.data.formats.tsv import tsv_records

SUFFIXES = (".txt", ".text", ".md")
"""What the names of text files end with."""

MESSAGES = "messages"
"""The context of an Example that is a dialogue."""

DIALOGUES = ("messages", "conversation", "conversations", "dialogue", "turns")
ROLES = {"human": "user", "customer": "user", "gpt": "assistant", "bot": "assistant", "agent": "assistant"}


def read_plain(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """The file as one Example."""
    text = "".join(stream.text(stream.encoding()))
    yield Example(source="", target=text, file=stream.shown, line=1, group=stream.shown)


def read_documents(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a line of JSON; lines that hold no text as Rejects."""
    for number, line in enumerate(stream.lines(stream.encoding()), 1):
        group = f"{stream.shown}:{number}"
        try:
            text, context = document_of(json_object(line), options)
        except ValueError as error:
            broken = Example(source="", target=line[:1000], file=stream.shown, line=number)
            rule = "json" if line.strip() else "empty"
            yield Reject(example=broken, rule=rule, detail=str(error) if line.strip() else "blank line")
            continue
        yield Example(source="", target=text, file=stream.shown, line=number, group=group, context=context)


def document_of(row: Mapping[str, Any], options: ReadOptions) -> tuple[str, str]:
    """The text of an object, or its messages as JSON, and which of both it is.

    Raises:
        ValueError: It holds neither; worded for a person.
    """
    names = [options.target_column] if options.target_column else [*DIALOGUES, *options.target_roles, "lines"]
    name = next((name for name in names if row.get(name)), None)
    if name is None:
        raise ValueError(f"must have a text under one of {', '.join(names)}, got {', '.join(list(row)[:20]) or 'none'}")
    value = row[name]
    if isinstance(value, str):
        return value, ""
    if not isinstance(value, list):
        raise ValueError(f'"{name}" must be a text or a list, got {type(value).__name__}')
    if name in DIALOGUES or any(isinstance(item, dict) for item in value):
        return json.dumps([_message(item, index) for index, item in enumerate(value)], ensure_ascii=False), MESSAGES
    if not all(isinstance(item, str) for item in value):
        raise ValueError(f'"{name}" must be a list of texts')
    return "\n".join(value), ""


def _message(item: Any, index: int) -> dict[str, str]:
    """A message with its role; speakers alternate where they are not named."""
    if isinstance(item, str):
        return {"role": "assistant" if index % 2 else "user", "content": item}
    role, content = (
        next((item[name] for name in names if name in item), None) if isinstance(item, dict) else None
        for names in (("role", "from", "speaker"), ("content", "value", "text"))
    )
    if not isinstance(content, str) or not isinstance(role, str):
        raise ValueError(f"message {index + 1} must have a role and a content")
    role = ROLES.get(role.lower(), role.lower())
    return {"role": role if role in ("system", "user", "assistant") else "user", "content": content}


def read_column(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a row of a table: the column asked for, else the one named by a role, else the first."""
    records = (csv_records if ".csv" in stream.shown.lower() else tsv_records)(stream)
    head = list(itertools.islice(records, LOOKED_AT + 1))
    column = -1
    for record in itertools.chain(head, records):
        if column < 0:
            names = [cell.strip() for cell in record.cells]
            asked = [options.target_column] if options.target_column else options.target_roles
            found = [index for index, name in enumerate(names) if name in asked or name.lower() in asked]
            if options.target_column and not found:
                raise stream.fault(
                    f'data.target_column must name a column of the header row, got "{options.target_column}"',
                    line=record.line,
                )
            if not found:
                check_first_row(head, stream, options)
            column = found[0] if found else 0
            if found:
                continue
        text = record.cells[column] if column < len(record.cells) else ""
        example = Example(source="", target=text, file=stream.shown, line=record.line)
        yield example if text.strip() else Reject(example=example, rule="empty", detail="no text in the column")


def inspect_plain(stream: Stream) -> FileFacts:
    """The first lines."""
    lines = stream.lines(stream.encoding())
    rows = tuple((line,) for line, _ in zip(lines, range(3), strict=False))
    return FileFacts(
        file=stream.shown,
        format="txt",
        encoding=stream.encoding(),
        rows=rows,
        is_compressed=stream.is_compressed,
    )
