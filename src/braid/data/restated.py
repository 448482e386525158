"""Columns that say of some rows something else than their shards do: what documents are without their boilerplate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

import numpy as np

from braid.data.columns import KEYS, Columns
from braid.data.example import Example
from braid.data.keys import keys_of, numbers_of, pair_keys
from braid.data.kinds import DataKind
from braid.data.row_columns import band_names, bands_of
from braid.data.shard import BATCH_ROWS
from braid.text.normalize import display_width


class Restated:
    """Columns of which some rows have other values.

    Args:
        columns: As they are for all other rows, and in all other columns.
        rows: (M,) the rows, ascending.
        values: (M,) by column.
    """

    def __init__(self, columns: Columns, rows: np.ndarray, values: Mapping[str, np.ndarray]) -> None:
        self._columns, self._rows, self._values = columns, rows, values

    @property
    def num_rows(self) -> int:
        """Rows in all."""
        return self._columns.num_rows

    def chunks(self, name: str) -> Iterator[np.ndarray]:
        """A column's values, piece by piece."""
        begin = 0
        for chunk in self._columns.chunks(name):
            if name in self._values:
                first, last = np.searchsorted(self._rows, [begin, begin + len(chunk)])
                chunk = chunk.copy()
                chunk[self._rows[first:last] - begin] = self._values[name][first:last]
            yield chunk
            begin += len(chunk)


def column_values(
    rows: Iterable[tuple[int, Example]], side: str, kind: DataKind
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Numbers of rows, and what their columns and bands hold as far as they depend on one side.

    Args:
        rows: Number and row, the numbers ascending.
        side: ``source`` or ``target``.
        kind: What the rows are.

    Cost:
        About 70 bytes a row, and 4 more for each of `LEAKS`' bands where rows are compared for nearness.
    """
    found, rows = [_values_of([], side, kind)], iter(rows)
    numbers = [np.zeros(0, np.int64)]
    while batch := list(islice(rows, BATCH_ROWS)):
        numbers.append(np.array([number for number, _ in batch], np.int64))
        found.append(_values_of([row for _, row in batch], side, kind))
    return np.concatenate(numbers), {name: np.concatenate([one[name] for one in found]) for name in found[0]}


def _values_of(rows: list[Example], side: str, kind: DataKind) -> dict[str, np.ndarray]:
    """The columns that depend on a side, and its bands."""
    texts = [getattr(row, side) for row in rows]
    values = dict(zip(KEYS, keys_of(rows, kind.joined_by), strict=True))
    values["pair"] = pair_keys(rows)
    values[side] = numbers_of(texts)
    values[f"{side}_chars"] = np.array([len(text) for text in texts], np.uint32)
    values[f"{side}_width"] = np.array([display_width(text) for text in texts], np.uint32)
    if side in kind.near_sides:
        values |= dict(zip(band_names(side), bands_of(rows, kind)[side].T, strict=True))
    return values
