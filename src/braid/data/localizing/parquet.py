"""Parquet written back: a column of translations is filled, or put behind the others; the other columns stay."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from braid.data.formats.columns import find_column
from braid.data.formats.parquet import open_parquet, worded
from braid.data.formats.stream import Stream
from braid.data.formats.tags import Text
from braid.data.localizing.columns import SOURCE_ROLES, TARGET_ROLES
from braid.data.localizing.contract import Draft, Edit, LocalizeOptions, Unit, Write
from braid.errors import DataError


def draft_parquet(data: bytes, shown_name: str, options: LocalizeOptions) -> Draft:
    """Every row; in the edits the row stands for the place.

    Raises:
        DataError: The file cannot be read, pyarrow is missing, or the column of the texts is not to be found.
    """
    table, compression = _opened(data, shown_name)
    names = table.column_names
    place = find_column(names, options.source_column, SOURCE_ROLES, options.source_language)
    if place is None:
        present = ", ".join(f'"{name}"' for name in names[:20])
        raise DataError(
            f"the column of the texts must be known, got the columns {present}",
            where=shown_name,
            hint="say which it is: --source-column",
        )
    texts = _texts(table, names[place], shown_name)
    there_at = find_column(names, options.target_column, TARGET_ROLES, options.target_language)
    target = (options.target_column or options.target_language) if there_at is None else names[there_at]
    there = [""] * len(texts) if there_at is None else _texts(table, target, shown_name)
    units, num_kept = [], 0
    for row, (text, known) in enumerate(zip(texts, there, strict=True)):
        if text.strip() and known.strip() and not options.overwrite:
            num_kept += 1
        elif text.strip():
            units.append(Unit(texts=((text,),), write=_write(row), line=row + 1, is_in_place=False))

    def build(edits: list[Edit]) -> bytes:
        column = list(there)
        for edit in edits:
            column[edit.start] = edit.text
        return _written(table, target, column, compression)

    return Draft(units=units, build=lambda edits: build(edits) if edits else data, num_kept=num_kept)


def _opened(data: bytes, shown_name: str) -> tuple[Any, str]:
    """The whole table, and how its columns are compressed."""
    stream = Stream(io.BytesIO(data), shown_name)
    file = open_parquet(stream)
    with worded(stream, "a Parquet"):
        facts = file.metadata
        is_known = facts.num_row_groups and facts.num_columns
        compression = facts.row_group(0).column(0).compression.lower() if is_known else "snappy"
        return file.read(use_threads=False), "none" if compression == "uncompressed" else compression


def _texts(table: Any, name: str, shown_name: str) -> list[str]:
    values = table.column(name).to_pylist()
    wrong = next((value for value in values if not (value is None or isinstance(value, str))), None)
    if wrong is not None:
        raise DataError(f'the column "{name}" must hold texts, got {type(wrong).__name__}', where=shown_name)
    return [value or "" for value in values]


def _write(row: int) -> Write:
    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        yield Edit(row, row, str(texts[0][0]))

    return write


def _written(table: Any, name: str, column: Sequence[str], compression: str) -> bytes:
    import pyarrow
    from pyarrow.parquet import write_table

    values = pyarrow.array([value or None for value in column], pyarrow.string())
    place = table.column_names.index(name) if name in table.column_names else -1
    table = table.set_column(place, name, values) if place >= 0 else table.append_column(name, values)
    buffer = io.BytesIO()
    write_table(table, buffer, compression=compression)
    return buffer.getvalue()
