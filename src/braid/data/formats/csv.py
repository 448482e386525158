"""Comma- or semicolon-separated values with quoted fields, which may hold line breaks."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator

from braid.data.example import Example, Reject
from braid.data.formats.columns import MAX_COLUMNS, Record, header_columns, table_examples, table_facts
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.stream import MAX_UNIT_BYTES, Stream

_DELIMITERS = ",;\t"
_DECLARED = re.compile(r'(?i)"?sep=([,;\t|])"?')
"""The first line by which spreadsheets are told the delimiter; it is no row."""

MAX_RECORD_LINES = 100
"""A quoted field that is open for longer was never closed; else one stray quotation mark would take the rest of the
file for its text."""

csv.field_size_limit(max(csv.field_size_limit(), MAX_UNIT_BYTES))  # long lines are refused where lines are read


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


def delimiter_of(stream: Stream, options: ReadOptions | None = None) -> tuple[str, bool]:
    """The file's delimiter, and whether its first line does nothing but declare it."""
    head = stream.head.decode(stream.encoding(), errors="ignore").removeprefix("\ufeff").splitlines()
    declared = _DECLARED.fullmatch(head[0]) if head else None
    return (declared[1], True) if declared else (find_delimiter(head[:-1] or head, options), False)


def csv_records(stream: Stream, options: ReadOptions | None = None) -> Iterator[Record]:
    """The file's records; of one that cannot be read only the first line is given up, as it stands."""
    delimiter, is_declared = delimiter_of(stream, options)
    ahead: deque[str] = deque()
    source = stream.lines(stream.encoding())
    number = 1
    if is_declared:
        next(source)
        number = 2
    while True:
        lines = RecordLines(ahead, source)
        try:
            cells = next_cells(lines, delimiter)
        except StopIteration:
            return
        except csv.Error as error:
            ahead.extendleft(reversed(lines.taken[1:]))
            reason = str(error)
            if "unexpected end" in reason or "expected after" in reason:
                reason = 'a quoted field must be closed where it ends; a quotation mark inside it is written ""'
            yield Record(number, lines.taken[:1], fault=reason)
            number += 1
        else:
            yield Record(number, cells[:MAX_COLUMNS])
            number += len(lines.taken)


class RecordLines:
    """Lines for one record, and which of them it took.

    Args:
        ahead: Lines that come first; those taken are gone from it.
        source: The lines after them.
    """

    def __init__(self, ahead: deque[str], source: Iterator[str]) -> None:
        self.taken: list[str] = []
        self._ahead = ahead
        self._source = source
        self._chars = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) == MAX_RECORD_LINES or self._chars > MAX_UNIT_BYTES:
            raise StopIteration
        line = self._ahead.popleft() if self._ahead else next(self._source)
        self.taken.append(line)
        self._chars += len(line)
        return line + "\n"


def next_cells(lines: RecordLines, delimiter: str) -> list[str]:
    """The cells of the next record.

    Raises:
        StopIteration: There is no further line.
        csv.Error: What the lines begin with is no record.
    """
    return next(csv.reader(lines, delimiter=delimiter, strict=True))


def read_csv(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a row; rows with too few columns or broken quotes as Rejects, further columns ignored."""
    return table_examples(csv_records(stream, options), stream, options)


def inspect_csv(stream: Stream) -> FileFacts:
    """Header and first rows."""
    return table_facts(csv_records(stream), stream, "csv")
