"""Texts to be continued: whole text files, documents and dialogues one JSON object a line, columns of tables.

A document's lines are kept. A dialogue becomes the JSON list of its messages, each with ``role`` and ``content``, and
its context says ``messages``.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from braid.data.example import Example, Reject
from braid.data.formats.columns import Record, check_first_row, further_columns
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.csv import csv_records
from braid.data.formats.dialogues import DIALOGUES, Message, dialogue_of, is_dialogue, messages_of
from braid.data.formats.header import LOOKED_AT
from braid.data.formats.jsonl import further_of, json_object, json_text
from braid.data.formats.stream import Stream
from braid.data.formats.tsv import tsv_records

SUFFIXES = (".txt", ".text", ".md", ".markdown", ".rst")
"""What the names of text files end with."""


def is_text_file(name: str) -> bool:
    """Whether a file of that name is a text, gzip or not, rather than one with objects or rows."""
    return name.lower().removesuffix(".gz").endswith(SUFFIXES)


MESSAGES = "messages"
"""The context of an Example that is a dialogue."""


WHOLE_CHARS = 16 * 2**20
"""Characters of a text file that are taken for one document."""

PIECE_CHARS = 2**18
"""Characters of a piece of a longer one."""


def read_plain(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """The file as one Example; a file of more than `WHOLE_CHARS` as pieces cut between lines, each a document."""
    lines, size, begun, is_whole = [], 0, 1, True
    for number, line in enumerate(stream.lines(stream.encoding(), keep_ends=True), 1):
        lines.append(line)
        size += len(line)
        if size > (WHOLE_CHARS if is_whole else PIECE_CHARS):
            for piece in _pieces(lines, begun):
                yield Example(
                    source="", target=piece[1], file=stream.shown, line=piece[0], group=_piece_group(stream, piece[0])
                )
            lines, size, begun, is_whole = [], 0, number + 1, False
    if lines:
        group = stream.shown if is_whole else _piece_group(stream, begun)
        yield Example(source="", target="".join(lines), file=stream.shown, line=begun, group=group)


def _pieces(lines: Sequence[str], begun: int) -> Iterator[tuple[int, str]]:
    """Number of the first line, and text, of pieces of about `PIECE_CHARS`."""
    kept, size = [], 0
    for number, line in enumerate(lines, begun):
        kept.append(line)
        size += len(line)
        if size >= PIECE_CHARS or number == begun + len(lines) - 1:
            yield number - len(kept) + 1, "".join(kept)
            kept, size = [], 0


def _piece_group(stream: Stream, line: int) -> str:
    return f"{stream.shown}:{line}"


def read_documents(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a line of JSON; lines that hold no text as Rejects."""
    for number, line in enumerate(stream.lines(stream.encoding()), 1):
        try:
            row = json_object(line)
            text, context = document_of(row, options)
            further = further_of(row, options)
        except ValueError as error:
            broken = Example(source="", target=line[:1000], file=stream.shown, line=number)
            rule = "json" if line.strip() else "empty"
            yield Reject(example=broken, rule=rule, detail=str(error) if line.strip() else "blank line")
            continue
        yield document_example(text, further, context, stream, number)


def document_example(text: str, further: tuple[str, str], context: str, stream: Stream, number: int) -> Example:
    """The Example that a document is: a group of its own where none is named.

    Args:
        text: Of the document, or the JSON of its messages.
        further: What the columns of groups and of parts hold.
        context: What the text is.
        stream: The file.
        number: Its line or row there.
    """
    group, part = further
    group = group or f"{stream.shown}:{number}"
    return Example(source="", target=text, file=stream.shown, line=number, group=group, part=part, context=context)


def document_of(row: Mapping[str, Any], options: ReadOptions) -> tuple[str, str]:
    """The text of an object, or its messages as JSON, and which of both it is.

    Raises:
        ValueError: It holds neither; worded for a person.
    """
    asked = options.target_column
    if not asked and is_dialogue(row):
        return _dialogue(dialogue_of(row))
    names = (asked,) if asked else (*DIALOGUES, *options.target_roles, "lines")
    for name in names:
        if row.get(name):
            break
    else:
        raise ValueError(f"must have a text under one of {', '.join(names)}, got {', '.join(list(row)[:20]) or 'none'}")
    value = row[name]
    if isinstance(value, str):
        return json_text(value, name), ""
    if not isinstance(value, list):
        raise ValueError(f'"{name}" must be a text or a list, got {type(value).__name__}')
    if name in DIALOGUES or any(isinstance(item, dict) for item in value):
        return _dialogue(messages_of(value, name))
    return "\n".join(json_text(item, name) for item in value), ""


def _dialogue(messages: list[Message]) -> tuple[str, str]:
    for number, message in enumerate(messages, 1):
        json_text(message["content"], f"message {number}")
    return json.dumps(messages, ensure_ascii=False), MESSAGES


def read_column(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a row of a table: the column asked for, else the one named by a role, else the first.

    Columns of a question and its answer (``prompt`` and ``completion``, ``instruction`` and ``output``) make dialogues.
    """
    records = (csv_records if stream.shown.lower().removesuffix(".gz").endswith(".csv") else tsv_records)(stream)
    head = list(itertools.islice(records, LOOKED_AT + 1))
    column, further, names = -1, (-1, -1), []
    for record in itertools.chain(head, records):
        if column < 0:
            names = [cell.strip().lower() for cell in record.cells]
            further = further_columns(record.cells, options, stream, record.line)
            if not options.target_column and is_dialogue(dict.fromkeys(names, "")):
                yield from _dialogues(itertools.chain(head[1:], records), names, stream.shown, further)
                return
            column, is_named = _text_column(head, options, stream, further)
            if is_named:
                continue
        text = record.cells[column] if column < len(record.cells) else ""
        group, part = _further(record, further)
        example = Example(source="", target=text, file=stream.shown, line=record.line, group=group, part=part)
        yield example if text.strip() else Reject(example=example, rule="empty", detail="no text in the column")


def _further(record: Record, places: tuple[int, int]) -> tuple[str, str]:
    """What a row's columns of groups and of parts hold."""
    group, part = (record.cells[place] if 0 <= place < len(record.cells) else "" for place in places)
    return group, part


def _text_column(
    head: Sequence[Record], options: ReadOptions, stream: Stream, further: tuple[int, int]
) -> tuple[int, bool]:
    """Where the texts of a table stand, and whether its first row names that column or the further ones."""
    names = [cell.strip() for cell in head[0].cells]
    asked = [options.target_column] if options.target_column else options.target_roles
    found = next((index for index, name in enumerate(names) if name in asked or name.lower() in asked), -1)
    if found < 0 and options.target_column:
        raise stream.fault(
            f'data.target_column must name a column of the header row, got "{options.target_column}"', line=head[0].line
        )
    if found < 0:
        check_first_row(head, stream, options)
        is_named = bool({options.group_column, options.part_column} & set(names) - {""})
        return next((place for place in range(len(names)) if place not in further), 0), is_named
    return found, True


def _dialogues(
    records: Iterable[Record], names: Sequence[str], file: str, further: tuple[int, int]
) -> Iterator[Example | Reject]:
    for record in records:
        row = dict(zip(names, record.cells, strict=False))
        group, part = _further(record, further)
        group = group or f"{file}:{record.line}"
        texts = Example(source="", target=" ".join(record.cells)[:1000], file=file, line=record.line)
        try:
            text, context = _dialogue(dialogue_of(row)) if is_dialogue(row) else ("", "")
        except ValueError as error:
            yield Reject(example=texts, rule="columns", detail=str(error))
            continue
        if record.fault or not text:
            detail = record.fault or f"must have {len(names)} columns, got {len(record.cells)}"
            yield Reject(example=texts, rule="quotes" if record.fault else "columns", detail=detail)
            continue
        yield Example(source="", target=text, file=file, line=record.line, group=group, part=part, context=context)


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
