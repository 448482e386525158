"""Examples and rejected rows as lines of JSON, and files of them as sequences that are read from disk as needed."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any, overload

import numpy as np

from braid.data.example import Example, Reject

EVERY = 64
"""Of every so many lines the place in the file is known."""

IN_MEMORY_ROWS = 200_000
"""Files of no more rows are read at once."""

_NAMES = tuple(field.name for field in dataclasses.fields(Example))
_DEFAULTS = tuple(field.default for field in dataclasses.fields(Example))
_VALUES = attrgetter(*_NAMES)


def row_of(example: Example) -> dict[str, Any]:
    """The example without fields that hold their default."""
    values = _VALUES(example)
    return {name: value for name, value, default in zip(_NAMES, values, _DEFAULTS, strict=True) if value != default}


def example_of(row: dict[str, Any]) -> Example:
    """The example that `row_of` was made of."""
    if "jumps" in row:
        row = row | {"jumps": tuple(map(tuple, row["jumps"]))}
    return Example(**{**row, "references": tuple(row.get("references", ()))})


def line_of(row: Any) -> bytes:
    """JSON and a line feed; lone surrogates, which rejected rows may hold, become escapes."""
    return (json.dumps(row, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def reject_line(reject: Reject) -> bytes:
    """A rejected row with the rule and what it saw."""
    return line_of({"rule": reject.rule, "detail": reject.detail, **row_of(reject.example)})


def open_rows(path: Path, offsets: np.ndarray, num_rows: int) -> Sequence[Example]:
    """The Examples in a file of lines: in memory where they are few.

    Args:
        path: The file.
        offsets: As `RowWriter` remembers them.
        num_rows: Lines of the file.
    """
    rows = Rows(path, offsets, num_rows)
    return list(rows) if num_rows <= IN_MEMORY_ROWS else rows


class Rows(Sequence[Example]):
    """The Examples in a file of lines; none is kept in memory.

    Args:
        path: The file.
        offsets: (ceil(N / `EVERY`),) the byte at which every so many lines begin.
        num_rows: N.
    """

    def __init__(self, path: Path, offsets: np.ndarray, num_rows: int) -> None:
        self.path = path
        self._offsets = offsets
        self._num_rows = num_rows

    def __len__(self) -> int:
        return self._num_rows

    @overload
    def __getitem__(self, place: int) -> Example: ...
    @overload
    def __getitem__(self, place: slice) -> list[Example]: ...
    def __getitem__(self, place: int | slice) -> Example | list[Example]:
        if isinstance(place, slice):
            wanted = range(self._num_rows)[place]
            if wanted.step < 0:
                return list(self._from(wanted[-1], wanted[0] + 1, -wanted.step))[::-1] if wanted else []
            return list(self._from(wanted.start, wanted.stop, wanted.step))
        number = range(self._num_rows)[place]
        return next(self._from(number, number + 1))

    def __iter__(self) -> Iterator[Example]:
        return self._from(0, self._num_rows)

    def _from(self, begin: int, end: int, step: int = 1) -> Iterator[Example]:
        if begin >= end:
            return
        with self.path.open("rb") as file:
            file.seek(int(self._offsets[begin // EVERY]))
            for _ in range(begin % EVERY):
                file.readline()
            for number in range(end - begin):
                line = file.readline()
                if number % step == 0:
                    yield example_of(json.loads(line))


class RowWriter:
    """Writes the lines of a `Rows` and remembers where they begin.

    Args:
        path: A new file.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._at = 0
        self.num_rows = 0
        self.offsets: list[int] = []

    def __enter__(self) -> RowWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def write(self, line: bytes) -> None:
        """Append a line, its end included."""
        if self.num_rows % EVERY == 0:
            self.offsets.append(self._at)
        self._file.write(line)
        self._at += len(line)
        self.num_rows += 1
