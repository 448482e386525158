"""Input in portions: the pieces of work that can be done apart, again, or on another core.

A file whose lines are rows is cut every few mebibytes, at the same lines however much is appended; any other file is
one piece; small files are gathered.
"""

from __future__ import annotations

import hashlib
import io
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from braid.data.example import Example, Reject
from braid.data.formats.contract import ReadOptions
from braid.data.formats.encoding import Found
from braid.data.formats.header import LOOKED_AT
from braid.data.formats.read import DataFile, is_by_lines, raw_rows, stream_rows
from braid.data.formats.stream import Stream, open_stream
from braid.errors import DataError

PORTION_BYTES = 8 * 2**20
"""A portion of lines holds at least as much, the last one excepted; small files are gathered up to it."""

PORTION_FILES = 500
BLOCK_LINES = 1000
"""Portions begin at multiples of so many lines."""

HEAD_LINES = LOOKED_AT + 1
"""Lines from the file's beginning by which every portion of it knows the columns."""

_READ_BYTES = 2**20


@dataclass(frozen=True, kw_only=True)
class Portion:
    """A piece of the input.

    Args:
        files: Whole files; of a piece by lines the one file it is of.
        ranges: Where in each of the file's paths the piece begins and ends, in bytes; empty for whole files.
        first_line: The line of the file, from 1, with which it begins.
        found: Of a piece, for each path what the bytes of the whole file say of its encoding.
        num_bytes: Bytes on disk.
    """

    files: tuple[DataFile, ...]
    ranges: tuple[tuple[int, int], ...] = ()
    first_line: int = 1
    found: tuple[Found | None, ...] = ()
    num_bytes: int = 0

    def digest(self) -> str:
        """SHA-256 of the bytes that the rows depend on, and of the files' names.

        Raises:
            DataError: A file cannot be read.
        """
        found = hashlib.sha256()
        for file in self.files:
            found.update(repr((file.shown, file.label, self.first_line, self.found)).encode("utf-8", "surrogateescape"))
            for place, (path, shown) in enumerate(zip(file.paths, file.shown, strict=True)):
                for begin, end in self._parts(path, shown, place):
                    found.update(f"{end - begin};".encode())
                    with _opened(path, shown) as raw:
                        raw.seek(begin)
                        for chunk in _chunks(raw, end - begin):
                            found.update(chunk)
        return found.hexdigest()

    def rows(self, options: ReadOptions, encodings: dict[str, str] | None = None) -> Iterator[Example | Reject]:
        """The rows of the piece with their lines in the file.

        Args:
            options: What is asked of the files.
            encodings: As for `braid.data.formats.read.stream_rows`.

        Raises:
            DataError: A file is not what it claims to be.
        """
        if not self.ranges:
            for file in self.files:
                yield from raw_rows(file, options, encodings)
            return
        try:
            yield from self._piece(options, encodings)
        except DataError:
            if self.first_line > 1:  # read from the beginning it is told by its line in the file
                deque(raw_rows(self.files[0], options), maxlen=0)
            raise

    def _piece(self, options: ReadOptions, encodings: dict[str, str] | None) -> Iterator[Example | Reject]:
        file = self.files[0]
        with ExitStack() as stack:
            streams = []
            for place, (path, shown) in enumerate(zip(file.paths, file.shown, strict=True)):
                raw = stack.enter_context(_opened(path, shown))
                piece = io.BufferedReader(_Parts(raw, self._parts(path, shown, place)))
                found = self.found[place]
                streams.append(Stream(piece, shown, encoding=options.encoding, keeps_broken=True, found=found))
            skipped = HEAD_LINES if self.first_line > 1 else 0
            for row in stream_rows(streams, options, encodings):
                example = row.example if isinstance(row, Reject) else row
                if example.line <= skipped:
                    continue
                line = example.line - skipped + self.first_line - 1
                # Rows are made anew for every read: nobody else has them.
                if example.group == f"{file.name}:{example.line}":  # a document that is its own group
                    object.__setattr__(example, "group", f"{file.name}:{line}")
                object.__setattr__(example, "line", line)
                yield row

    def _parts(self, path: Path, shown: str, place: int) -> list[tuple[int, int]]:
        """Begin and end of what is read of a path: the head that names columns, and the piece."""
        if not self.ranges:
            return [(0, _size(path, shown))]
        head = [] if self.first_line == 1 else [(0, _head_bytes(path))]
        return [*head, self.ranges[place]]


class _Parts(io.RawIOBase):
    """Stretches of an open file as one file."""

    def __init__(self, raw: io.BufferedIOBase, parts: Sequence[tuple[int, int]]) -> None:
        self._raw, self._left, self._at = raw, list(parts), 0
        self._raw.seek(self._left[0][0])

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Back to a place in the first stretch, as far as those who look at the beginning need it."""
        self._raw.seek(self._left[0][0] + offset)
        return offset

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while self._left:
            room = self._left[0][1] - self._raw.tell()
            if room > 0:
                data = self._raw.read(min(len(buffer), room))
                buffer[: len(data)] = data
                return len(data)
            self._left.pop(0)
            if self._left:
                self._raw.seek(self._left[0][0])
        return 0


def portions(files: Sequence[DataFile], options: ReadOptions) -> Iterator[Portion]:
    """All input in pieces, in order.

    Args:
        files: As `braid.data.formats.read.find_files` gives them.
        options: What is asked of them.

    Raises:
        DataError: A file cannot be read, or parallel files differ in their numbers of lines.
    """
    gathered: list[DataFile] = []
    gathered_bytes = 0
    for file in files:
        size = sum(_size(path, shown) for path, shown in zip(file.paths, file.shown, strict=True))
        is_large = size > PORTION_BYTES
        if gathered and (is_large or gathered_bytes + size > PORTION_BYTES or len(gathered) == PORTION_FILES):
            yield Portion(files=tuple(gathered), num_bytes=gathered_bytes)
            gathered, gathered_bytes = [], 0
        if is_large and is_by_lines(file, options) and _can_be_cut(file):
            yield from _by_lines(file, options)
        elif is_large:
            yield Portion(files=(file,), num_bytes=size)
        else:
            gathered.append(file)
            gathered_bytes += size
    if gathered:
        yield Portion(files=tuple(gathered), num_bytes=gathered_bytes)


def _by_lines(file: DataFile, options: ReadOptions) -> Iterator[Portion]:
    """A file, or two parallel ones, in pieces of whole blocks of lines."""
    found = [block_offsets(path, shown) for path, shown in zip(file.paths, file.shown, strict=True)]
    counts = [count for _, count in found]
    if len(set(counts)) > 1:
        raise DataError(
            f"parallel text files must have the same number of lines, got {counts[0]} and {counts[1]}",
            where=file.name,
            hint="line n of the second file must translate line n of the first; blank lines count",
        )
    offsets = np.array([blocks for blocks, _ in found])
    ends = [path.stat().st_size for path in file.paths]
    totals = offsets.sum(0)
    encodings = []
    for path, shown in zip(file.paths, file.shown, strict=True):
        with open_stream(path, shown, encoding=options.encoding, languages=options.languages) as stream:
            stream.encoding()
            encodings.append(stream.found)
    begin = 0
    while begin < len(totals):
        end = int(np.searchsorted(totals, totals[begin] + PORTION_BYTES))
        last = [int(row[end]) for row in offsets] if end < len(totals) else ends
        ranges = tuple((int(row[begin]), stop) for row, stop in zip(offsets, last, strict=True))
        yield Portion(
            files=(file,),
            ranges=ranges,
            first_line=begin * BLOCK_LINES + 1,
            found=tuple(encodings),
            num_bytes=sum(stop - start for start, stop in ranges),
        )
        begin = end


def block_offsets(path: Path, shown: str) -> tuple[np.ndarray, int]:
    """The byte at which every block of `BLOCK_LINES` lines begins, and the number of lines."""
    offsets, lines, at, ends_with_break = [0], 0, 0, True
    with _opened(path, shown) as raw:
        for chunk in _chunks(raw, None):
            breaks = chunk.count(b"\n")
            wanted = BLOCK_LINES - lines % BLOCK_LINES
            if breaks >= wanted:
                places = np.flatnonzero(np.frombuffer(chunk, np.uint8) == 10)
                offsets += (at + 1 + places[wanted - 1 :: BLOCK_LINES]).tolist()
            lines, at, ends_with_break = lines + breaks, at + len(chunk), chunk.endswith(b"\n")
    if 0 < at == offsets[-1]:  # a block begins where the file ends
        offsets.pop()
    return np.array(offsets, np.int64), lines + (not ends_with_break)


def _head_bytes(path: Path) -> int:
    """Bytes of the file's first `HEAD_LINES` lines."""
    with path.open("rb") as file:
        return sum(map(len, islice(file, HEAD_LINES)))


def _can_be_cut(file: DataFile) -> bool:
    """Whether a byte 10 ends a line wherever it stands: not in gzip, nor in UTF-16 and UTF-32."""
    for path, shown in zip(file.paths, file.shown, strict=True):
        with _opened(path, shown) as raw:
            start = raw.read(_READ_BYTES)
        if start[:2] in (b"\x1f\x8b", b"\xff\xfe", b"\xfe\xff") or b"\0" in start:
            return False
    return True


def _size(path: Path, shown: str) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise DataError(f"a data file must be readable, got: {error.strerror or error}", where=shown) from error


def _opened(path: Path, shown: str) -> io.BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        raise DataError(f"a data file must be readable, got: {error.strerror or error}", where=shown) from error


def _chunks(raw: io.BufferedIOBase, size: int | None) -> Iterator[bytes]:
    """At most ``size`` bytes, a mebibyte at a time; all where it is None."""
    while chunk := raw.read(_READ_BYTES if size is None else min(_READ_BYTES, size)):
        yield chunk
        size = None if size is None else size - len(chunk)
