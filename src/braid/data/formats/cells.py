"""Rows whose cells have names, of whatever kind of file: which columns are read, and what becomes of a row.

Columns are named as the keys of JSON lines are, and hold what those hold; a name may differ from a role in case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from braid.data.example import Example, Reject
from braid.data.formats.contract import ReadOptions
from braid.data.formats.dialogues import DIALOGUES, INSTRUCTIONS
from braid.data.formats.jsonl import example_of, further_of
from braid.data.formats.language_names import side_columns
from braid.data.formats.stream import MAX_UNIT_BYTES, Stream
from braid.data.formats.texts import document_example, document_of

Rows = Iterable[tuple[int, Mapping[str, Any]]]
"""Number or line from 1, and cells by name."""


def pair_columns(names: Sequence[str], options: ReadOptions, stream: Stream) -> list[str]:
    """The columns that may hold what is asked for: all others stay unread.

    Raises:
        DataError: The sides are not among them.
    """
    chosen = _chosen(names, options)
    try:
        check_columns(chosen, options, stream.shown)
    except ValueError as error:
        found = ", ".join(f'"{name}"' for name in names[:20])
        raise stream.fault(
            f"the table {error}, got the columns {found}",
            hint="name them under [data]: source_column and target_column, and group_column if there is one",
        ) from None
    return chosen


def check_columns(names: Sequence[str], options: ReadOptions, file: str) -> None:
    """Nothing, of columns that hold both sides.

    Raises:
        ValueError: They do not; worded for a person.
    """
    chosen = _chosen(names, options)
    if "translation" in chosen and options.source_language:
        return  # the languages in it differ from row to row
    try:
        example_of(_lowered(dict.fromkeys(chosen, ""), options), options, file, 1)
    except ValueError as error:
        raise ValueError(str(error).partition(", got")[0]) from None


def _chosen(names: Sequence[str], options: ReadOptions) -> list[str]:
    asked = {options.source_column, options.target_column, options.group_column, options.part_column}
    roles = {*options.source_roles, *options.target_roles, "id", "translation"}
    sides = (
        (options.source_language, options.source_roles),
        (options.target_language, options.target_roles),
    )
    languages = {names[place] for language, its in sides if language for place in side_columns(language, its, names)}
    return [name for name in names if name in asked | languages or name.lower() in roles]


def _lowered(row: Mapping[str, Any], options: ReadOptions) -> dict[str, Any]:
    """The row, its names that differ from a role in case alone called by the role."""
    roles = {*options.source_roles, *options.target_roles}
    return {name.lower() if name.lower() in roles else name: value for name, value in row.items()}


def document_columns(names: Sequence[str], options: ReadOptions) -> list[str]:
    """The columns that may hold a text or a dialogue; all where none is known."""
    known = {*DIALOGUES, *INSTRUCTIONS, *options.target_roles, "lines"}
    known = {options.target_column} if options.target_column else known
    chosen = [name for name in names if name in known or name.lower() in known]
    further = {options.group_column, options.part_column} - {*chosen, ""}
    return [*chosen, *(name for name in names if name in further)] if chosen else list(names)


def pair_rows(rows: Rows, options: ReadOptions, stream: Stream, rule: str = "cells") -> Iterator[Example | Reject]:
    """One Example a row; rows whose cells hold no text as Rejects of that rule."""
    for number, row in rows:
        try:
            example = example_of(_lowered(row, options), options, stream.shown, number)
            if max(len(example.source), len(example.target)) > MAX_UNIT_BYTES:
                raise ValueError(f"must be texts shorter than {MAX_UNIT_BYTES >> 20} MiB")
        except ValueError as error:
            yield cell_reject(row, str(error), stream.shown, number, rule)
        else:
            yield example


def document_rows(rows: Rows, options: ReadOptions, stream: Stream, rule: str = "cells") -> Iterator[Example | Reject]:
    """One Example a row: a text, or a dialogue; rows that hold none as Rejects of that rule."""
    for number, row in rows:
        try:
            text, context = document_of(_lowered(row, options), options)
            group, part = further_of(row, options)
        except ValueError as error:
            yield cell_reject(row, str(error), stream.shown, number, rule)
            continue
        yield document_example(text, (group, part), context, stream, number)


def cell_reject(row: Mapping[str, Any], detail: str, file: str, number: int, rule: str) -> Reject:
    """A row that holds no text, with its cells in short."""
    text = " ".join(str(value)[:1000] for value in row.values())[:1000]
    return Reject(example=Example(source=text, target="", file=file, line=number), rule=rule, detail=detail)
