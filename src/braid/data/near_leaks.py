"""Training rows that are nearly the same as held-out ones, found by the keys of their bands and verified."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from braid.data.columns import LEFT_OUT, TRAIN
from braid.data.near import jaccard
from braid.data.row_columns import LEAKS, band_names
from braid.data.split import NEAR_LEAK
from braid.data.table import NEAR_FROM, Table

BATCH_PAIRS = 2000
"""Pairs that are verified together."""

_Held = tuple[Table, int]
"""A held-out row: its table, and its place there."""


def leave_out_near_leaks(train: Table, tables: Sequence[Table]) -> None:
    """Leave out rows to learn from that are nearly the same as a held-out one, on any side that rows may not share.

    Args:
        train: The table with the rows to learn from.
        tables: All tables, this one included; what is not for training in any of them is held out.

    Cost:
        One pass over the training rows' keys for each of `LEAKS`' bands and sides; two texts are read for each
        candidate.
    """
    held = [(table, place) for table in tables for place in _held_places(table).tolist()]
    for side in train.kind.near_sides:
        known = LEAKS.sets([getattr(table.row(place), side) for table, place in held])
        checked: set[tuple[int, int]] = set()
        for name in band_names(side):
            candidates = (pair for pair in _candidates(train, held, tables, name) if pair not in checked)
            while batch := list(islice(candidates, BATCH_PAIRS)):
                checked.update(batch)
                _check(train, batch, side, held, known)


def _held_places(table: Table) -> np.ndarray:
    return np.flatnonzero((table.state > TRAIN) & (table.state < LEFT_OUT))


def _candidates(train: Table, held: Sequence[_Held], tables: Sequence[Table], name: str) -> Iterator[tuple[int, int]]:
    """Training rows, and the places in ``held`` of rows that share a key with them."""
    keys = [
        np.concatenate([*table.bands.chunks(name), np.zeros(0, np.uint32)])[_held_places(table)] for table in tables
    ]
    places_of: dict[int, list[int]] = defaultdict(list)
    for place, key in enumerate(np.concatenate(keys).tolist()):
        if key:
            places_of[key].append(place)
    known = np.array(sorted(places_of), np.uint32)
    begin = 0
    for chunk in train.bands.chunks(name) if len(known) else ():
        found = np.minimum(np.searchsorted(known, chunk), len(known) - 1)
        is_free = train.state[begin : begin + len(chunk)] == TRAIN
        for row in np.flatnonzero((known[found] == chunk) & is_free).tolist():
            yield from ((begin + row, place) for place in places_of[int(chunk[row])])
        begin += len(chunk)


def _check(
    train: Table, pairs: Sequence[tuple[int, int]], side: str, held: Sequence[_Held], known: Sequence[np.ndarray]
) -> None:
    """Leave out training rows that are as near to the held-out ones as their keys make one think."""
    numbers = sorted({number for number, _ in pairs})
    sets = dict(zip(numbers, LEAKS.sets([getattr(train.row(number), side) for number in numbers]), strict=True))
    for number, place in pairs:
        similarity = jaccard(sets[number], known[place])
        if similarity >= NEAR_FROM and train.state[number] == TRAIN:
            table, row = held[place]
            train.leave_out_near(number, NEAR_LEAK, f"its {side} is {similarity:.0%} that of {table.place_of(row)}")
