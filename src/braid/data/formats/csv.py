"""Comma- or semicolon-separated values with quoted fields, which may hold line breaks."""

from __future__ import annotations

from collections.abc import Iterator

from braid.data.example import Example, Reject
from braid.data.formats.columns import Record, mark_comments, narrow, table_examples, table_facts
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.dialect import (
    Dialect,
    find_dialect,
    first_lines,
    records_of,
)
from braid.data.formats.stream import HEAD_BYTES, Stream


def dialect_of(stream: Stream, options: ReadOptions | None = None) -> Dialect:
    """How the file is written, by its first lines."""
    text = stream.head.decode(stream.encoding(), errors="ignore")
    lines = first_lines(text, has_cr_ends=stream.has_cr_ends)
    return find_dialect(lines, options, is_cut=len(stream.head) >= HEAD_BYTES)


def csv_records(stream: Stream, options: ReadOptions | None = None) -> Iterator[Record]:
    """The file's records; of one that cannot be read only the first line is given up, as it stands."""
    dialect = dialect_of(stream, options)
    source = stream.lines(stream.encoding())
    if dialect.is_declared:
        next(source)
    records = narrow(records_of(source, dialect, 2 if dialect.is_declared else 1), stream)
    return mark_comments(records, options)


def read_csv(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a row; rows with too few columns or broken quotes as Rejects, further columns ignored."""
    return table_examples(csv_records(stream, options), stream, options)


def inspect_csv(stream: Stream) -> FileFacts:
    """Header and first rows."""
    return table_facts(csv_records(stream), stream, "csv")
