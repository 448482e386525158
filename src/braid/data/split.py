"""Train, validation and test parts that share no text, and stay where they are when data are added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from braid.data.columns import KEYS, LEFT_OUT, PARTITION_ROWS, TEST, TRAIN, VALID, Marked, MemoryColumns, components
from braid.data.example import Example
from braid.data.keys import Sides, keys_of, mixed
from braid.errors import DataError

MIN_ROWS = 50
LEAST = MIN_ROWS * 4 // 5
"""What must be left of them for training, when a tenth each is held out."""

LEAK = 20
"""The state of rows that share a text with held-out ones; the distance from it says by which key."""

NEAR_LEAK = 40
"""The state of rows that are nearly the same as held-out ones."""

LARGE_GROUP = 8
"""Groups of more rows always go to training: they say little about new texts and would crowd the test. Those that a
person made by naming a column may be larger."""

CANDIDATES = 4
"""Times as many rows as are wanted are looked at first."""


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """Rows that were held out before, by the key of both their texts, and how many were wanted then.

    Args:
        valid: Sorted uint64.
        test: The same.
        valid_rows: Wanted for validation; 0 where that is not known.
        test_rows: For the test.
    """

    valid: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint64))
    test: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint64))
    valid_rows: int = 0
    test_rows: int = 0


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How many rows to hold out of the training data, and which.

    Args:
        valid_rows: For validation, a tenth of all at most.
        test_rows: For the test, the same.
        seed: Changes which.
        before: Those that stay what they were; where fewer are wanted now than then, only so many of them.
        least: Rows to learn from that there must be before any are held out.
    """

    valid_rows: int
    test_rows: int
    seed: int
    before: HeldOut = HeldOut()
    least: int = MIN_ROWS


def groups(examples: Sequence[Example], sides: Sides = ("source", "target")) -> list[list[Example]]:
    """Examples joined, directly or through others, by an equal side or by the group that a person named."""
    columns = MemoryColumns(dict(zip(KEYS, keys_of(examples, sides), strict=True)))
    found: dict[int, list[Example]] = {}
    for example, first in zip(examples, components(columns, np.ones(len(examples), bool)).tolist(), strict=True):
        found.setdefault(first, []).append(example)
    return list(found.values())


def assign_parts(
    train: Marked, valid: Marked | None, test: Marked | None, wanted: Wanted, row: str = "rows"
) -> dict[str, dict[str, int]]:
    """Give each usable row its part; given validation and test rows stay what they are.

    Whole groups of equal texts go to one part. A group's place depends on a hash of its own texts, so that the order of
    files does not matter, and what was held out before stays held out: added rows that would join it to the training
    data are left out. Only when fewer rows are wanted than then, groups go back to training, those with the largest
    hashes.

    Args:
        train: The rows to learn from, of which the parts that are not given are taken.
        valid: The person's own validation rows.
        test: The person's own test rows.
        wanted: How many to take.
        row: What rows are called.

    Returns:
        Of each part that holds more than is asked for, since rows came back that were held out before: its ``rows``,
        how many were ``wanted``, and ``asked`` for where the data are large enough.

    Raises:
        DataError: Too few rows to learn from, or nothing to validate or test on.
    """
    given = {VALID: valid, TEST: test}
    tables = {part: table for part, table in given.items() if table is not None}
    for part, table in tables.items():
        table.state[table.usable] = part
    named = name_parts(train)
    every = [train, *tables.values()]
    leave_out_leaks(every, train)
    check_size(train, row, wanted.least)
    limit = int(train.usable.sum()) // 10
    before = wanted.before
    for part, keys, rows, asked in (
        (TEST, before.test, wanted.test_rows, before.test_rows),
        (VALID, before.valid, wanted.valid_rows, before.valid_rows),
    ):
        if part not in tables and part not in named and len(keys):
            _hold_again(train, part, keys)
            if rows < asked:
                _give_back(train, part, rows, wanted.seed)
    leave_out_leaks(every, train)
    more: dict[str, dict[str, int]] = {}
    roots: np.ndarray | None = None
    for part, rows in ((TEST, wanted.test_rows), (VALID, wanted.valid_rows)):
        have = int((train.state == part).sum())
        missing = min(rows, limit) - have
        if part not in tables and part not in named and missing > 0:
            if roots is None:  # whole groups are taken: those of the rest stay what they are
                roots = components(train.columns, train.state == TRAIN)
            _take(train, part, roots, _Search(missing, limit - have, wanted.seed))
        name = "test" if part == TEST else "valid"
        if part not in tables and part not in named and missing < 0 and _is_grown(train, part, -missing):
            more[name] = {"rows": have, "wanted": min(rows, limit), "asked": rows}
        if not (tables.get(part, train).state == part).any():
            message = f"data.{name} needs at least one row that shares no text with the other parts, got none"
            raise DataError(message, hint=f"name a file of other texts under data.{name}, or add data")
    check_size(train, row, min(LEAST, wanted.least))
    return more


def _is_grown(train: Marked, part: int, surplus: int) -> bool:
    """Whether a part holds more than one draw gives it, which ends with the first group that makes it large enough."""
    is_member = train.state == part
    return surplus >= max(map(len, _groups(is_member, components(train.columns, is_member))))


def leave_out_leaks(tables: Sequence[Marked], train: Marked) -> None:
    """Leave out rows for validation that share a text with the test, and rows to learn from that do with either."""
    for table in tables:
        _leave_out_leaks(table, VALID, tables, above=VALID)
    _leave_out_leaks(train, TRAIN, tables)


def check_size(train: Marked, row: str, least: int = MIN_ROWS) -> None:
    """Raise that too little is left to learn from.

    Args:
        train: The rows to learn from.
        row: What rows are called.
        least: How many there must be.

    Raises:
        DataError: There are fewer.
    """
    left = int((train.state == TRAIN).sum())
    if left < least:
        leaks, near = int((train.state >= LEAK).sum()), int((train.state == NEAR_LEAK).sum())
        reasons = [f"{leaks - near} that share a text with held-out rows"] if leaks > near else []
        reasons += [f"{near} that are nearly the same as held-out rows"] if near else []
        left_out = f" after leaving out {' and '.join(reasons)}" if reasons else ""
        hint = "add data; or write split_near = false under [data]: a test says less then" if near > left else ""
        raise DataError(f"at least {least} usable {row} are needed, got {left}{left_out}", hint=hint)


def _hold_again(train: Marked, part: int, before: np.ndarray) -> None:
    """Put rows that were in a part there again, and those that stand there in the place of such a row."""
    was_held = np.concatenate([np.zeros(0, bool), *(stand_in(pairs, before) for _, pairs in train.chunks("pair"))])
    repeated, firsts = train.stand_ins
    was_held[firsts[was_held[repeated]]] = True
    train.state[was_held & (train.state == TRAIN)] = part


def _give_back(train: Marked, part: int, rows: int, seed: int) -> None:
    """Put groups back among the rows to learn from, those with the largest hashes, as far as enough stay held out."""
    spare = int((train.state == part).sum()) - rows
    if spare <= 0:
        return
    roots = components(train.columns, train.state == part)
    rank_of = _ranks(train, roots, seed, 1.0, part)
    for group in sorted(_groups(train.state == part, roots), key=lambda rows: -rank_of[int(roots[rows[0]])]):
        if len(group) <= spare:
            train.state[group] = TRAIN
            spare -= len(group)


def _groups(is_member: np.ndarray, roots: np.ndarray) -> list[np.ndarray]:
    """The chosen rows, those of each root together."""
    members = np.flatnonzero(is_member)
    members = members[np.argsort(roots[members], kind="stable")]
    return np.split(members, np.flatnonzero(np.diff(roots[members])) + 1)


def name_parts(train: Marked) -> set[int]:
    """Put rows where their own column says; which parts are held out so."""
    for state, assigned in train.chunks("assigned"):
        is_named = (assigned >= 0) & (state < LEFT_OUT)
        state[is_named] = assigned[is_named]
    return {part for part in (VALID, TEST) if (train.state == part).any()}


def _leave_out_leaks(table: Marked, losing: int, others: Sequence[Marked], above: int = TRAIN) -> None:
    """Leave out the rows in state ``losing`` that share a text with what the others hold in states above another."""
    for place, name in enumerate(KEYS):
        held = [keys[(state > above) & (state < LEFT_OUT)] for other in others for state, keys in other.chunks(name)]
        known = np.unique(np.concatenate(held)) if held else np.zeros(0, np.uint64)
        known = known[known != 0]
        for state, keys in table.chunks(name) if len(known) else ():
            state[stand_in(keys, known) & (state == losing)] = LEAK + place


def stand_in(keys: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Which keys stand among sorted ones, (N,) of bool."""
    if not len(known):
        return np.zeros(len(keys), bool)
    places = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return known[places] == keys


@dataclass(frozen=True)
class _Search:
    """Rows that are wanted, how many there may be at most, and the seed of the hashes."""

    rows: int
    limit: int
    seed: int


def _take(train: Marked, part: int, roots: np.ndarray, search: _Search) -> None:
    """Put whole groups into a part, in the order of their hashes, until there are enough rows; never over the limit."""
    share = min(1.0, CANDIDATES * search.rows / max(int((train.state == TRAIN).sum()), 1))
    while True:
        taken = _first_groups(train, roots, search, share)
        if share == 1.0 or sum(map(len, taken)) >= search.rows:
            break
        share = min(1.0, CANDIDATES * share)
    for members in taken:
        train.state[members] = part


def _first_groups(train: Marked, roots: np.ndarray, search: _Search, share: float) -> list[np.ndarray]:
    """The rows of the groups that make a part, as far as they are among the share with the smallest hashes."""
    rank_of = _ranks(train, roots, search.seed, share)
    candidates = np.array(sorted(rank_of), roots.dtype)
    if not len(candidates):
        return []
    is_member = train.state == TRAIN
    for begin in range(0, len(roots), PARTITION_ROWS):
        is_member[begin : begin + PARTITION_ROWS] &= stand_in(roots[begin : begin + PARTITION_ROWS], candidates)
    is_named = any(named.any() for _, named in train.chunks("is_named"))
    taken, size = [], 0
    for group in sorted(_groups(is_member, roots), key=lambda group: rank_of[int(roots[group[0]])]):
        is_small = is_named or len(group) <= LARGE_GROUP
        if size < search.rows and size + len(group) <= search.limit and is_small:
            taken.append(group)
            size += len(group)
    return taken


def _ranks(train: Marked, roots: np.ndarray, seed: int, share: float, part: int = TRAIN) -> dict[int, int]:
    """The smallest hash in each group of a part, of those groups whose smallest is among a share of all hashes."""
    highest = np.uint64(2**64 - 1)
    least = np.uint64(min(int(share * 2**64), 2**64 - 1))
    rank_of: dict[int, int] = {}
    begin = 0
    for state, *keys in train.chunks(*KEYS):
        ranks = np.min([np.where(key == 0, highest, mixed(key, seed)) for key in keys], axis=0)
        for place in np.flatnonzero((ranks <= least) & (state == part)).tolist():
            root, rank = int(roots[begin + place]), int(ranks[place])
            rank_of[root] = min(rank, rank_of.get(root, rank))
        begin += len(state)
    return rank_of
