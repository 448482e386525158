"""Where a CSV file can be cut: the bytes at which records begin, found without reading a cell.

Quotation marks open and close fields in turn as long as each opening one stands where a field begins, each closing one
where it ends, and no record is so long that the reader gives it up. Wherever that does not hold the reader's own rules
are applied line by line, until the end of the part of the file that is looked at.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

import numpy as np

from braid.data.formats.dialect import MAX_RECORD_LINES, Dialect, RecordLines, next_cells
from braid.data.formats.stream import MAX_UNIT_BYTES

READ_BYTES = 2**20

_QUOTE, _LF, _CR = 34, 10, 13


@dataclass(frozen=True, kw_only=True)
class Blocks:
    """Where pieces of a CSV file may begin.

    Args:
        offsets: (N,) bytes.
        lines: (N,) numbers of the lines, from 1, that begin there.
        head: Bytes and lines of the file's beginning by which delimiter and columns are known.
    """

    offsets: np.ndarray
    lines: np.ndarray
    head: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which beginnings of records are looked for.

    Args:
        every: Of so many records one.
        head_records: The head holds at least as many.
        head_bytes: And as many bytes.
    """

    every: int
    head_records: int
    head_bytes: int


@dataclass
class _Found:
    """Beginnings of records as they are met, and those of them that are wanted."""

    wanted: Wanted
    offsets: list[int] = field(default_factory=lambda: [0])
    lines: list[int] = field(default_factory=lambda: [1])
    head: tuple[int, int] | None = None
    records: int = 0

    def add(self, offsets: np.ndarray, lines: np.ndarray) -> None:
        """Records begin there, all of which may begin a piece."""
        number = self.records + 1
        self.records += len(offsets)
        if self.head is None:
            place = max(self.wanted.head_records - number, int(np.searchsorted(offsets, self.wanted.head_bytes)), 0)
            if place < len(offsets):
                self.head = int(offsets[place]), int(lines[place]) - 1
        while (place := self.wanted.every * len(self.offsets) - number) < len(offsets):
            self.offsets.append(int(offsets[max(place, 0)]))
            self.lines.append(int(lines[max(place, 0)]))


def record_blocks(path: Path, delimiter: str, wanted: Wanted, *, skipped_lines: int = 0) -> Blocks | None:
    """Where every so manieth record begins; None where that cannot be told, or the file has no more than a head.

    Args:
        path: A file in an encoding in which the bytes of delimiter, quotation mark and line ends are those characters.
        delimiter: As `braid.data.formats.csv.dialect_of` finds it, in the standard dialect otherwise.
        wanted: Which records are looked for.
        skipped_lines: Lines before the first record.

    Cost: hundreds of megabytes a second where quotation marks are in order; memory for a record and a mebibyte.
    """
    found = _Found(wanted)
    offset, line, rest = 0, 1, b""
    with path.open("rb") as file:
        mark = b"\xef\xbb\xbf"
        offset = len(mark) if file.read(len(mark)) == mark else 0
        file.seek(offset)
        for _ in range(skipped_lines):
            offset += len(file.readline())
            line += 1
        is_last = False
        while not is_last:
            chunk = file.read(READ_BYTES)
            is_last = not chunk
            data = rest + chunk
            whole = data if is_last else data[: data.rfind(b"\n") + 1]
            begins = _Scan(whole, delimiter, is_last).run()
            if begins is None:
                return None
            used, used_lines = 0, 0
            for places, numbers, is_free in begins:
                if len(places):
                    used, used_lines = int(places[-1]), int(numbers[-1])
                    if is_free:
                        found.add(offset + places, line + numbers)
                    else:
                        found.records += len(places)
            rest, offset, line = data[used:], offset + used, line + used_lines
            if len(rest) > MAX_UNIT_BYTES:
                return None
    size = path.stat().st_size
    if found.head is None or found.head[0] >= size:  # behind which no line can be put where the last one is open
        return None
    if found.offsets[-1] >= size:
        found.offsets.pop()
        found.lines.pop()
    return Blocks(offsets=np.array(found.offsets), lines=np.array(found.lines), head=found.head)


_Begins = tuple[np.ndarray, np.ndarray, bool]
"""Bytes and lines, counted from 0, at which records begin, and whether pieces may begin there."""


class _Scan:
    """Records of a part of a file that begins with one.

    Args:
        data: Whole lines.
        delimiter: Of fields.
        is_last: Whether the file ends with it.
    """

    def __init__(self, data: bytes, delimiter: str, is_last: bool) -> None:
        self.data, self.delimiter, self.is_last = data, delimiter, is_last

    def run(self) -> list[_Begins] | None:
        """Where records begin, but for the first; the last is the end of what could be read. None: give up."""
        if not self.data:
            return []
        ends, lines, is_whole = self._by_quotes()
        if len(ends) and int(np.diff(ends, prepend=0).max()) > MAX_UNIT_BYTES:
            return None
        regular = (ends, lines, True)
        if is_whole:
            return [regular]
        begin, line = (int(ends[-1]), int(lines[-1])) if len(ends) else (0, 0)
        others = self._by_lines(begin, line)
        return None if others is None else [regular, *others]

    def _by_quotes(self) -> tuple[np.ndarray, np.ndarray, bool]:
        """The ends of records before the first place where quotation marks are out of order, the lines that end with
        them, and whether there is no such place."""
        codes = np.frombuffer(self.data, np.uint8)
        breaks = np.flatnonzero(codes == _LF)
        if self.is_last and codes[-1] != _LF:
            breaks = np.append(breaks, len(codes) - 1)
        quotes = np.flatnonzero(codes == _QUOTE)
        is_end = np.searchsorted(quotes, breaks, "right") % 2 == 0
        ends, lines = breaks[is_end] + 1, np.flatnonzero(is_end) + 1
        fault = min(self._misplaced(codes, quotes), self._long_record(ends, lines, len(breaks)), len(codes))
        if fault == len(codes) and self.is_last and len(quotes) % 2:
            fault = int(ends[-1]) if len(ends) else 0
        good = int(np.searchsorted(ends, fault, "right"))
        return ends[:good], lines[:good], fault == len(codes)

    def _misplaced(self, codes: np.ndarray, quotes: np.ndarray) -> int:
        """The first byte at which the reader may see something else than fields opened and closed in turn."""
        size, delimiter = len(codes), ord(self.delimiter)
        padded = np.concatenate((codes, np.array([_LF, _LF], np.uint8)))
        before = padded[quotes[::2] - 1]  # before the first byte the padding is seen: a line end
        behind, second = padded[quotes[1::2] + 1], padded[quotes[1::2] + 2]
        is_open = (before == delimiter) | (before == _LF) | (before == _QUOTE)
        is_closed = (behind == delimiter) | (behind == _LF) | (behind == _QUOTE) | ((behind == _CR) & (second == _LF))
        returns = np.flatnonzero(codes == _CR)
        returns = returns[padded[returns + 1] != _LF]
        returns = returns[np.searchsorted(quotes, returns) % 2 == 0]  # inside a quoted field it is a character
        faults = (quotes[::2][~is_open], quotes[1::2][~is_closed], returns)
        return min((int(found[0]) for found in faults if len(found)), default=size)

    @staticmethod
    def _long_record(ends: np.ndarray, lines: np.ndarray, num_lines: int) -> int:
        """The first byte of the first record of more lines than the reader takes; a huge number where there is none."""
        lengths = np.diff(np.append(lines, num_lines), prepend=0)
        long = np.flatnonzero(lengths > MAX_RECORD_LINES)
        if not len(long):
            return np.iinfo(np.int64).max
        return int(ends[long[0] - 1]) if long[0] else 0

    def _by_lines(self, begin: int, line: int) -> list[_Begins] | None:
        """The records from a byte on as the reader takes them.

        Lines that were looked at in vain for the end of a field belong to no piece but the one in which it began, or
        the reason for which that record is rejected might be another.
        """
        lines = self.data[begin:].split(b"\n")
        if not lines[-1]:
            lines.pop()
        ends = [begin, *(begin + end for end in accumulate(len(text) + 1 for text in lines))]
        texts = [text.decode("latin-1").removesuffix("\r") for text in lines]
        is_one_line = _one_line_record(self.delimiter).fullmatch
        found: list[tuple[int, int, bool]] = []
        place = reached = 0
        while place < len(texts):
            taken, is_record = (1, True) if is_one_line(texts[place]) else self._take(texts, place)
            if ends[place + taken] - ends[place] > MAX_UNIT_BYTES:
                return None
            if not is_record and not self.is_last and place + taken >= len(texts) and taken < MAX_RECORD_LINES:
                break  # the lines that follow may make it one
            if not is_record:
                reached, taken = max(reached, place + taken), 1
            place += taken
            found.append((min(ends[place], len(self.data)), line + place, place >= reached))
        return list(_runs(found))

    def _take(self, lines: Sequence[str], place: int) -> tuple[int, bool]:
        """How many of the lines from one on the reader looks at for a record, and whether they are one."""
        record = RecordLines(deque(), iter(lines[place : place + MAX_RECORD_LINES]))
        try:
            next_cells(record, Dialect(self.delimiter))
        except csv.Error:
            return len(record.taken), False
        return len(record.taken), True


@lru_cache
def _one_line_record(delimiter: str) -> re.Pattern[str]:
    """What the reader takes for a record for certain, whatever follows."""
    other = re.escape(delimiter)
    field = rf'(?:"(?:[^"]++|"")*+"|[^"{other}\r][^{other}\r]*+|)'
    return re.compile(rf"{field}(?:{other}{field})*+")


def _runs(found: Sequence[tuple[int, int, bool]]) -> Iterator[_Begins]:
    """Beginnings of records, gathered while they are of one kind."""
    begin = 0
    for place in range(1, len(found) + 1):
        if place == len(found) or found[place][2] != found[begin][2]:
            part = found[begin:place]
            yield np.array([at for at, _, _ in part]), np.array([line for _, line, _ in part]), part[0][2]
            begin = place
