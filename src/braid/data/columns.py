"""Numbers about rows, a shard at a time, so that rules that look across rows need no texts in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from braid.data.keys import NUM_KEYS

PARTITION_ROWS = 6_000_000
"""Keys that are sorted at once."""

KEYS = tuple(f"key{number}" for number in range(NUM_KEYS))
"""The columns that join rows, see `braid.data.keys.keys_of`."""


class Columns(Protocol):
    """Named columns over all rows, read shard by shard in the rows' order."""

    @property
    def num_rows(self) -> int:
        """Rows in all."""
        ...

    def chunks(self, name: str) -> Iterator[np.ndarray]:
        """A column's values, piece by piece."""
        ...


class MemoryColumns:
    """Columns held in memory."""

    def __init__(self, columns: Mapping[str, np.ndarray]) -> None:
        self._columns = columns

    @property
    def num_rows(self) -> int:
        """Rows in all."""
        return len(next(iter(self._columns.values()))) if self._columns else 0

    def chunks(self, name: str) -> Iterator[np.ndarray]:
        """A column's values in one piece."""
        yield self._columns[name]


class FileColumns:
    """Columns in ``.npz`` files, of which no more than one column of one file is in memory.

    Args:
        paths: The files in the rows' order.
        sizes: The rows of each.
    """

    def __init__(self, paths: Sequence[Path], sizes: Sequence[int]) -> None:
        self._paths = list(paths)
        self.starts = np.cumsum([0, *sizes])

    @property
    def num_rows(self) -> int:
        """Rows in all."""
        return int(self.starts[-1])

    def chunks(self, name: str) -> Iterator[np.ndarray]:
        """A column's values, file by file."""
        for place in range(len(self._paths)):
            yield self.of_file(place, name)

    def of_file(self, place: int, name: str) -> np.ndarray:
        """A column's values in one file."""
        with np.load(self._paths[place], allow_pickle=False) as arrays:
            return arrays[name]


TRAIN, VALID, TEST = 0, 1, 2
"""Parts that a row in use goes to."""

LEFT_OUT = 10
"""From this state on a row is not used; which number says why."""


class Marked:
    """Rows, and what becomes of each.

    Args:
        columns: Numbers about the rows.

    Attributes:
        columns: The same.
        state: (N,) uint8, the part of each row, or why it is left out.
        stand_ins: Rows that are left out because they repeat another one but for boilerplate, and those; (M,) each.
    """

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.state = np.zeros(columns.num_rows, np.uint8)
        self.stand_ins = np.zeros(0, np.int64), np.zeros(0, np.int64)

    @property
    def usable(self) -> np.ndarray:
        """(N,) bool, rows that are not left out."""
        return self.state < LEFT_OUT

    def chunks(self, *names: str) -> Iterator[tuple[np.ndarray, ...]]:
        """The states of consecutive rows, which may be written to, and their columns."""
        begin = 0
        for values in zip(*(self.columns.chunks(name) for name in names), strict=True):
            yield self.state[begin : begin + len(values[0])], *values
            begin += len(values[0])


def equal_rows(columns: Columns, names: Sequence[str], usable: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Keys and the numbers of their rows, sorted by key and then by row, in pieces that share no key.

    Args:
        columns: Hold the keys; 0 is none.
        names: The columns that are looked at, together.
        usable: (N,) bool, which rows are.

    Cost:
        Each piece reads the columns once more: N / `PARTITION_ROWS` times in all.
    """
    num_parts = max(1, -(-len(names) * columns.num_rows // PARTITION_ROWS))
    for part in range(num_parts):
        found, rows = [], []
        for name in names:
            begin = 0
            for chunk in columns.chunks(name):
                chosen = (chunk != 0) & usable[begin : begin + len(chunk)]
                if num_parts > 1:
                    chosen &= chunk % chunk.dtype.type(num_parts) == part
                places = np.flatnonzero(chosen)
                found.append(chunk[places])
                rows.append(places + begin)
                begin += len(chunk)
        keys, numbers = np.concatenate(found), np.concatenate(rows)
        order = np.lexsort((numbers, keys))
        yield keys[order], numbers[order]


def first_equal(columns: Columns, name: str, usable: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows that repeat the key of an earlier row, and the first such row for each, in pieces; both (M,) int64."""
    for keys, rows in equal_rows(columns, [name], usable):
        is_first = np.ones(len(keys), bool)
        is_first[1:] = keys[1:] != keys[:-1]
        yield rows[~is_first], rows[is_first][np.cumsum(is_first) - 1][~is_first]


def num_distinct(columns: Columns, name: str, usable: np.ndarray) -> int:
    """How many different keys usable rows have in a column."""
    return sum(
        int(bool(len(keys))) + int((keys[1:] != keys[:-1]).sum()) for keys, _ in equal_rows(columns, [name], usable)
    )


def components(columns: Columns, usable: np.ndarray, names: Sequence[str] = KEYS) -> np.ndarray:
    """For each row the first row of its group: rows are joined, directly or through others, by an equal key.

    Args:
        columns: Hold the keys.
        usable: (N,) bool; other rows stay alone.
        names: The columns of keys.

    Returns:
        (N,) int32 (int64 from 2^31 rows on).
    """
    parent = np.arange(columns.num_rows, dtype=np.int32 if columns.num_rows < 2**31 else np.int64)
    for keys, rows in equal_rows(columns, names, usable):
        same = keys[1:] == keys[:-1]
        _unite(parent, rows[:-1][same], rows[1:][same])
    return _roots(parent, np.arange(len(parent), dtype=parent.dtype))


def _unite(parent: np.ndarray, ours: np.ndarray, theirs: np.ndarray) -> None:
    """Join the groups of each two rows; the lower root stays."""
    while len(ours):
        ours, theirs = _roots(parent, ours), _roots(parent, theirs)
        low, high = np.minimum(ours, theirs), np.maximum(ours, theirs)
        open_ = low != high
        ours, theirs = low[open_], high[open_]
        np.minimum.at(parent, theirs, ours.astype(parent.dtype))


def _roots(parent: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The roots of rows."""
    found = parent[rows]
    while True:
        above = parent[found]
        if np.array_equal(above, found):
            return found
        found = above
