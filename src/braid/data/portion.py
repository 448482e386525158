"""A portion of the input: whole files, or a piece of one that gives its rows without the rest being read."""

from __future__ import annotations

import hashlib
import io
import os
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice
from pathlib import Path

from braid.data.example import Example, Reject
from braid.data.formats.contract import ReadOptions, TablePart
from braid.data.formats.encoding import Found
from braid.data.formats.header import LOOKED_AT
from braid.data.formats.read import DataFile, raw_rows, stream_rows
from braid.data.formats.stream import Stream
from braid.data.unpacked import Unpacked
from braid.errors import DataError

HEAD_LINES = LOOKED_AT + 1
"""Lines, or records, from the file's beginning by which every portion of it knows the columns."""

READ_BYTES = 2**20


@dataclass(frozen=True, kw_only=True)
class Portion:
    """A piece of the input.

    Args:
        files: Whole files; of a piece by lines the one file it is of.
        ranges: Where in each of the file's paths the piece begins and ends, in bytes; empty for whole files.
        first_line: The line of the file, from 1, with which it begins.
        found: Of a piece, for each path what the bytes of the whole file say of its encoding.
        num_bytes: Bytes on disk; of a piece of gzip, unpacked.
        head: Of a piece of CSV, bytes and lines of the file's beginning by which it knows the columns.
        has_names: Whether the first lines of a file of lines may name columns.
        table: Of a piece of a table, its rows.
        facts: Of a piece of a table, what the file says of those rows elsewhere.
        is_spliced: Of a piece of a table, whether the ranges behind one another are a table of their own.
        unpacked: Of a piece of gzip, where that is unpacked.
        known_digest: Of a piece of gzip, its digest, which is known while it is not unpacked.
    """

    files: tuple[DataFile, ...]
    ranges: tuple[tuple[int, int], ...] = ()
    first_line: int = 1
    found: tuple[Found | None, ...] = ()
    num_bytes: int = 0
    head: tuple[int, int] = (0, 0)
    has_names: bool = True
    table: TablePart | None = None
    facts: str = ""
    is_spliced: bool = False
    unpacked: Unpacked | None = None
    known_digest: str = ""

    def digest(self) -> str:
        """SHA-256 of the bytes that the rows depend on, and of the files' names.

        Raises:
            DataError: A file cannot be read.
        """
        if self.known_digest:
            return self.known_digest
        found = hashlib.sha256()
        for file in self.files:
            found.update(repr((file.shown, file.label, self.first_line, self.found)).encode("utf-8", "surrogateescape"))
            if self.table is not None:
                found.update(f"{self.table};{self.facts};".encode("utf-8", "surrogateescape"))
                state = file.paths[0].stat()
                seen = (state.st_size, state.st_mtime_ns)
                found.update(_hash_of(file.paths[0], file.shown[0], self.ranges, seen))
                continue
            for place, (path, shown) in enumerate(zip(self.paths(file), file.shown, strict=True)):
                with opened(path, shown) as raw:
                    _hash_parts(found, raw, self._parts(raw, place, HEAD_LINES))
        return found.hexdigest()

    def rows(self, options: ReadOptions, encodings: dict[str, str] | None = None) -> Iterator[Example | Reject]:
        """The rows of the piece with their lines in the file.

        Args:
            options: What is asked of the files.
            encodings: As for `braid.data.formats.read.stream_rows`.

        Raises:
            DataError: A file is not what it claims to be.
            StorageError: A compressed file cannot be unpacked.
        """
        if self.table is not None:
            yield from self._table_rows(options, encodings)
            return
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
        file, is_unpacked = self.files[0], self.unpacked is not None
        head_lines = HEAD_LINES if self.has_names else 1  # the first line alone tells of a byte-order mark
        skipped = (self.head[1] or head_lines) if self.first_line > 1 else 0
        moved, groups = self.first_line - 1 - skipped, f"{file.name}:"
        with ExitStack() as stack:
            streams = []
            for place, (path, shown) in enumerate(zip(self.paths(file), file.shown, strict=True)):
                open_file = opened(path, shown) if self.unpacked is None else self.unpacked.opened(place)
                raw = stack.enter_context(open_file)
                piece = io.BufferedReader(_Parts(raw, self._parts(raw, place, head_lines)))
                how = {"encoding": options.encoding, "keeps_broken": True, "is_unpacked": is_unpacked}
                streams.append(Stream(piece, shown, found=self.found[place], **how))
            rows = stream_rows(streams, options, encodings)
            if not moved and not skipped:
                yield from rows
                return
            # Rows are made anew for every read: nobody else has them.
            set_field = object.__setattr__
            for row in rows:
                example = row.example if isinstance(row, Reject) else row
                line = example.line
                if line <= skipped:
                    continue
                if example.group and example.group == f"{groups}{line}":  # a document that is its own group
                    set_field(example, "group", f"{groups}{line + moved}")
                set_field(example, "line", line + moved)
                yield row

    def _table_rows(self, options: ReadOptions, encodings: dict[str, str] | None) -> Iterator[Example | Reject]:
        path, shown = self.files[0].paths[0], self.files[0].shown[0]
        with opened(path, shown) as raw:
            whole = raw if not self.is_spliced else io.BufferedReader(_Parts(raw, self.ranges))
            stream = Stream(whole, shown, encoding=options.encoding, keeps_broken=True)
            stream.part = self.table
            yield from stream_rows([stream], options, encodings)

    def paths(self, file: DataFile) -> tuple[Path, ...]:
        """Where the file's bytes are read."""
        return file.paths if self.unpacked is None else self.unpacked.places

    def _parts(self, raw: io.BufferedReader, place: int, head_lines: int) -> list[tuple[int, int]]:
        """Begin and end of what is read of a file: the head that names columns, and the piece."""
        if not self.ranges:
            return [(0, os.fstat(raw.fileno()).st_size)]
        head = [] if self.first_line == 1 else [(0, self.head[0] or _head_bytes(raw, head_lines))]
        return [*head, self.ranges[place]]


@lru_cache(maxsize=4)
def _hash_of(path: Path, shown: str, parts: tuple[tuple[int, int], ...], seen: tuple[int, int]) -> bytes:
    """SHA-256 of parts of a file; several pieces of one large row group have the same."""
    found = hashlib.sha256()
    with opened(path, shown) as raw:
        _hash_parts(found, raw, parts)
    return found.digest()


def _hash_parts(found: hashlib._Hash, raw: io.BufferedReader, parts: Sequence[tuple[int, int]]) -> None:
    """Add parts of a file to a hash."""
    for begin, end in parts:
        raw.seek(begin)
        found.update(f"{end - begin};".encode())
        for chunk in chunks(raw, end - begin):
            found.update(chunk)


class _Parts(io.RawIOBase):
    """Stretches of an open file as one file."""

    def __init__(self, raw: io.BufferedIOBase, parts: Sequence[tuple[int, int]]) -> None:
        self._raw, self._parts, self._at = raw, list(parts), 0
        self._begins = list(accumulate((end - begin for begin, end in parts), initial=0))

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """To a place, counted as if there were nothing between the stretches."""
        base = (0, self._at, self._begins[-1])[whence]
        self._at = max(base + offset, 0)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        place = bisect_right(self._begins, self._at) - 1
        if place >= len(self._parts):
            return 0
        begin, end = self._parts[place]
        begin += self._at - self._begins[place]
        self._raw.seek(begin)
        data = self._raw.read(min(len(buffer), end - begin))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def _head_bytes(raw: io.BufferedReader, num_lines: int) -> int:
    """Bytes of the file's first lines."""
    raw.seek(0)
    return sum(map(len, islice(raw, num_lines)))


def size_of(path: Path, shown: str) -> int:
    """Bytes of a file.

    Raises:
        DataError: It is not there.
    """
    try:
        return path.stat().st_size
    except OSError as error:
        raise DataError(f"a data file must be readable, got: {error.strerror or error}", where=shown) from error


def opened(path: Path, shown: str) -> io.BufferedReader:
    """The file, open.

    Raises:
        DataError: It cannot be opened.
    """
    try:
        return path.open("rb")
    except OSError as error:
        raise DataError(f"a data file must be readable, got: {error.strerror or error}", where=shown) from error


def chunks(raw: io.BufferedIOBase, size: int | None) -> Iterator[bytes]:
    """At most ``size`` bytes, a mebibyte at a time; all where it is None."""
    while chunk := raw.read(READ_BYTES if size is None else min(READ_BYTES, size)):
        yield chunk
        size = None if size is None else size - len(chunk)
