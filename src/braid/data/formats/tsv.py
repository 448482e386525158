"""Tab-separated values: one row a line, no quoting, a quotation mark is a character like any other."""

from __future__ import annotations

from collections.abc import Iterator

from braid.data.example import Example, Reject
from braid.data.formats.columns import MAX_COLUMNS, Record, mark_comments, narrow, table_examples, table_facts
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.stream import Stream


def tsv_records(stream: Stream, options: ReadOptions | None = None) -> Iterator[Record]:
    """The rows of the table as they stand; comments before the first one have a fault."""
    lines = enumerate(stream.lines(stream.encoding()), 1)
    records = (Record(number, line.split("\t", MAX_COLUMNS) if line else []) for number, line in lines)
    return mark_comments(narrow(records, stream), options)


def read_tsv(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a line; lines with too few columns as Rejects, further columns ignored."""
    return table_examples(tsv_records(stream, options), stream, options)


def inspect_tsv(stream: Stream) -> FileFacts:
    """Header and first rows."""
    return table_facts(tsv_records(stream), stream, "tsv")
