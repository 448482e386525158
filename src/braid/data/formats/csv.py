"""Comma- or semicolon-separated values with quoted fields, which may hold line breaks."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from braid.data.example import Example, Reject
from braid.data.formats.columns import Record, header_columns, table_examples, table_facts
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.stream import Stream

_DELIMITERS = ",;\t"


def find_delimiter(lines: list[str], options: ReadOptions | None = None) -> str:
    """The delimiter whose first row is the header asked for, else the one that gives most rows the same width."""

    def score(delimiter: str) -> tuple[bool, float]:
        rows = []
        try:
            for row in csv.reader((line + "\n" for line in lines), delimiter=delimiter):
                if row:
                    rows.append(row)  # noqa: PERF401  what was read before an error still counts
        except csv.Error:
            pass
        if not rows:
            return False, 0.0
        is_header = options is not None and header_columns(rows[0], options) is not None
        return is_header, sum(len(row) == len(rows[0]) > 1 for row in rows) / len(rows)

    return max(_DELIMITERS, key=score)


def _records(stream: Stream, options: ReadOptions | None = None) -> Iterator[Record]:
    encoding = stream.encoding()
    head = stream.head.decode(encoding, errors="ignore").removeprefix("\ufeff").splitlines()
    delimiter = find_delimiter(head[:-1] or head, options)
    rows = csv.reader((line + "\n" for line in stream.lines(encoding)), delimiter=delimiter, strict=True)
    while True:
        begin = rows.line_num + 1
        try:
            yield Record(begin, next(rows))
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error) or "field limit" in str(error):
                raise stream.fault(
                    "a quoted field must be closed, got one that never is",
                    line=begin,
                    hint='write a quotation mark inside a quoted field twice: ""',
                ) from error
            yield Record(begin, [], fault=str(error))


def read_csv(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a row; rows with too few columns or broken quotes as Rejects, further columns ignored."""
    return table_examples(_records(stream, options), stream, options)


def inspect_csv(stream: Stream) -> FileFacts:
    """Header and first rows."""
    return table_facts(_records(stream), stream, "csv")
