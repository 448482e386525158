"""Long stretches that two texts share word for word, and short texts that stand inside longer ones.

All windows of the one side are looked up among those of the other by their 64-bit hashes, so that nothing is missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from braid.data.keys import batches
from braid.data.shingles import Folded, fold, window_counts, window_hashes, window_places

STRETCH = 50
"""Columns (letters and digits; a wide character has two) that two texts must share in one piece."""
SHORT = 30
"""Columns from which on a text shorter than `STRETCH` counts as contained in a longer one; less says too little."""

_BITS = 24


class _Wanted:
    """Which of many 64-bit numbers are among a few.

    Args:
        hashes: The few.
    """

    def __init__(self, hashes: np.ndarray) -> None:
        self.hashes = np.unique(hashes)
        self._is_possible = np.zeros(2**_BITS, np.bool_)  # spares most numbers the search
        self._is_possible[self.hashes >> np.uint64(64 - _BITS)] = True

    def find(self, hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Places in ``hashes`` that hold one of the few, and which of them in ascending order."""
        places = np.flatnonzero(self._is_possible[hashes >> np.uint64(64 - _BITS)])
        ranks = np.searchsorted(self.hashes, hashes[places])
        ranks[ranks == len(self.hashes)] = 0
        is_found = self.hashes[ranks] == hashes[places] if len(self.hashes) else np.zeros(0, np.bool_)
        return places[is_found], ranks[is_found]


@dataclass(frozen=True, slots=True)
class _Windows:
    """The windows of a batch of texts.

    Args:
        folded: The texts.
        first: The number of the first of them.
        hashes: Of each window.
        places: The column at which it begins.
        owners: The number of the text that it belongs to.
    """

    folded: Folded
    first: int
    hashes: np.ndarray
    places: np.ndarray
    owners: np.ndarray


def _windows(texts: Sequence[str], size: int) -> Iterator[_Windows]:
    for first, batch in batches(texts):
        folded = fold(batch)
        places = window_places(folded.bounds, size)
        owners = np.repeat(np.arange(len(batch)), window_counts(folded.bounds, size)) + first
        yield _Windows(folded, first, window_hashes(folded.codes, size)[places], places, owners)


def stretches(texts: Sequence[str], others: Sequence[str]) -> dict[int, tuple[float, int]]:
    """For each text that shares a stretch with another: the share of it that is covered, and the first such other.

    Cost: Linear; memory of some 40 bytes for each character of ``texts``, for one batch of ``others``.
    """
    parts = list(_windows(texts, STRETCH))
    if not parts:
        return {}
    hashes, places, owners = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("hashes", "places", "owners")
    )
    wanted = _Wanted(hashes)
    holders = np.full(len(wanted.hashes), len(others))
    for part in _windows(others, STRETCH):
        found, ranks = wanted.find(part.hashes)
        np.minimum.at(holders, ranks, part.owners[found])
    held_by = holders[np.searchsorted(wanted.hashes, hashes)]
    lengths = np.bincount(owners) + STRETCH - 1
    is_shared = held_by < len(others)
    places, owners, held_by = places[is_shared], owners[is_shared], held_by[is_shared]
    fresh = np.full(len(places), STRETCH)  # columns of each window that the next one does not cover, too
    is_followed = owners[1:] == owners[:-1]
    fresh[:-1][is_followed] = np.minimum(np.diff(places), STRETCH)[is_followed]
    covered = np.bincount(owners, weights=fresh, minlength=len(lengths))
    one, first = np.unique(owners, return_index=True)
    return {
        text: (share, other)
        for text, share, other in zip(
            one.tolist(), (covered[one] / lengths[one]).tolist(), held_by[first].tolist(), strict=True
        )
    }


def contained(texts: Sequence[str], others: Sequence[str]) -> dict[int, tuple[float, int]]:
    """For each text from `SHORT` to below `STRETCH` columns that stands inside another: 1, and the first such other."""
    wholes: dict[int, list[tuple[int, np.ndarray]]] = {}
    for part in _windows(texts, SHORT):
        bounds = part.folded.bounds
        begins, lengths = bounds[:-1], np.diff(bounds)
        for number in np.flatnonzero((lengths >= SHORT) & (lengths < STRETCH)).tolist():
            codes = part.folded.codes[begins[number] : bounds[number + 1]]
            first = int(part.hashes[np.searchsorted(part.places, begins[number])])
            wholes.setdefault(first, []).append((part.first + number, codes))
    wanted = _Wanted(np.array(list(wholes), np.uint64))
    found: dict[int, tuple[float, int]] = {}
    for part in _windows(others, SHORT):
        places, ranks = wanted.find(part.hashes)
        ends = part.folded.bounds[part.owners[places] - part.first + 1].tolist()
        begins, owners, keys = part.places[places].tolist(), part.owners[places].tolist(), wanted.hashes[ranks].tolist()
        for begin, end, owner, key in zip(begins, ends, owners, keys, strict=True):
            for text, codes in wholes[key]:
                if text not in found and np.array_equal(part.folded.codes[begin : min(begin + len(codes), end)], codes):
                    found[text] = 1.0, owner
    return found
