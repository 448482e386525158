"""What a look at files says about a recipe for them: which columns, and which file does not belong to the others."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path

from braid.data.example import Example, Reject
from braid.data.formats import FORMATS, FileFacts, ReadOptions, inspect_file
from braid.data.formats.hub import is_hub_name
from braid.data.formats.read import DataFile, find_files, raw_rows, read_files
from braid.data.swapped import are_labels_first
from braid.errors import BraidError, DataError
from braid.text.matching import language_rank

WITH_COLUMNS = tuple(
    suffix for name in ("tsv", "csv", "jsonl", "json", "parquet", "arrow", "sqlite") for suffix in FORMATS[name]
)
LOOKED_AT = 500
FEWEST = 20
"""Rows that are looked at, and how many there must be, to tell labels from texts."""


def find_columns(files: Sequence[str], options: ReadOptions, folder: Path) -> tuple[dict[str, str], list[str]]:
    """Recipe keys that name the columns of tables whose own names are not known, and a note about them.

    Args:
        files: Files or globs, of each of which the first one is looked at.
        options: What the task asks of them.
        folder: Paths are relative to it.

    Raises:
        DataError: The columns of one file have other names than those of another, which one recipe cannot name.
    """
    firsts = [first for name in files if (first := _first(name, options, folder)) is not None]
    for file in firsts:
        if columns := _unknown_columns(file, options):
            _check_columns(firsts, file, replace(options, **columns))
            words = " and ".join(f'{key} = "{name}"' for key, name in columns.items())
            return columns, [f"{words}, by the first rows of {file.name}: see that this is so"]
    if notes := [note for file in firsts if (note := _unreadable(file, options))]:
        return {}, notes
    if options.separator and _are_labels_first(files, options, folder):
        note = "labels in the first column, texts in the second, as the first rows have them"
        return {"source_column": "2", "target_column": "1"}, [note]
    return {}, []


def _first(name: str, options: ReadOptions, folder: Path) -> DataFile | None:
    """The first file of a pattern; None of files without columns, of which nothing need be fetched or read, and where
    preparing the data will say better what is wrong with it.
    """
    if is_hub_name(name):
        return None
    try:
        found = find_files([name], options, folder=folder)[0]
    except BraidError:
        return None
    return found if found.name.lower().removesuffix(".gz").endswith(WITH_COLUMNS) else None


def _unknown_columns(file: DataFile, options: ReadOptions) -> dict[str, str]:
    """Recipe keys with the columns that a file may mean by names that are not known; nothing of any other file."""
    try:
        next(raw_rows(file, options), None)
    except DataError as error:
        return error.keys
    except BraidError:
        pass
    return {}


def _unreadable(file: DataFile, options: ReadOptions) -> str:
    """A sentence about a file of objects, the first of which lack the keys that are looked for; "" of any other."""
    try:
        rows = list(islice(raw_rows(file, options), FEWEST))
    except BraidError:
        return ""
    faults = [row.detail for row in rows if isinstance(row, Reject) and row.rule == "json"]
    if not faults or len(faults) < len(rows) or not faults[0].startswith("must have"):
        return ""
    return f"{file.name} cannot be prepared yet, name its keys as columns in the recipe: it {faults[0]}"


def _check_columns(files: Sequence[DataFile], named: DataFile, options: ReadOptions) -> None:
    """Refuses files that cannot be read by the columns of another one.

    Raises:
        DataError: One cannot.
    """
    for file in files:
        rows = []
        with suppress(BraidError):
            rows = list(islice(raw_rows(file, options), LOOKED_AT))
        if not any(isinstance(row, Example) for row in rows):
            columns = f'"{options.source_column}" and "{options.target_column}"'
            raise DataError(
                f"all tables must have columns of the same names, got {file.name} without {columns} of {named.name}",
                where=file.name,
                hint="leave this file out, or give its columns the same names",
            )


def _are_labels_first(files: Sequence[str], options: ReadOptions, folder: Path) -> bool:
    """True of tables without names of columns whose first rows have their labels first."""
    for name in files:
        try:
            facts = inspect_file(name, folder=folder)
            if facts.columns or facts.format not in ("tsv", "csv"):
                return False
            read = islice(read_files([name], options, folder=folder), LOOKED_AT)
            rows = [(row.source, row.target) for row in read if isinstance(row, Example)]
        except BraidError:  # preparing the data will say it better
            return False
        if len(rows) < FEWEST or not are_labels_first(rows):
            return False
    return True


def check_languages(facts: Sequence[tuple[DataFile, FileFacts]], options: ReadOptions) -> None:
    """Refuses a file that declares other languages, of which not one row could be read.

    Args:
        facts: The files and what they say about themselves.
        options: The languages that are wanted.

    Raises:
        DataError: One does.
    """
    wanted = (options.source_language, options.target_language)
    for file, fact in facts:
        is_pair = len(set(fact.languages)) >= 2
        if not is_pair or all(any(language_rank(one, found) for found in fact.languages) for one in wanted):
            continue
        if not fact.columns and _has_rows(file, options):  # the first of several parts may be in other languages
            continue
        raise DataError(
            f"every file must hold {wanted[0]} and {wanted[1]}, got one that declares {', '.join(fact.languages)}",
            where=file.name,
            hint="leave this file out, or say other languages with --source-language and --target-language",
        )


def _has_rows(file: DataFile, options: ReadOptions) -> bool:
    try:
        return any(isinstance(row, Example) for row in raw_rows(file, options))
    except BraidError:
        return False
