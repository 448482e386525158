"""An n-gram language model over ids: the baseline that a network must beat.

Interpolated Kneser-Ney smoothing with three discounts an order. With c the count of an n-gram, h its context, h' the
context without its first id, and V the vocabulary:

    P_k(w | h) = max(c(h w) - D(c(h w)), 0) / c(h ·)  +  g(h) P_{k-1}(w | h'),    P_0(w) = 1 / V,

g(h) being what the discounts took. The highest order counts occurrences, lower ones the different ids that come before
(occurrences again where the n-gram begins with bos, before which nothing can come). D1, D2 and D3+ follow from how many
n-grams of an order are counted once to four times. A context that was never seen leaves everything to the next shorter
one. Rows do not remember each other.

Paper: Chen and Goodman (1999), An empirical study of smoothing techniques for language modeling.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from braid.errors import DataError

USUAL_DISCOUNTS = (0.5, 1.0, 1.5)
"""Of an order with too few n-grams to estimate them, such as single bytes."""

CHUNK = 1_000_000
"""Ids that are scored at once."""

Row = Sequence[int] | np.ndarray


@dataclass(frozen=True, kw_only=True)
class _Counts:
    """All n-grams of one length, each with a number: its place in the sorted keys.

    Args:
        keys: Number of the context among the n-grams one shorter, times the vocabulary's size, plus the last id.
        occurrences: How often each n-gram stands in the rows.
        left: How many different ids stand before it; its occurrences where it begins a row.
    """

    keys: np.ndarray
    occurrences: np.ndarray
    left: np.ndarray

    def find(self, keys: np.ndarray) -> np.ndarray:
        """The number of each n-gram, -1 for those that never occurred."""
        if not len(self.keys):
            return np.full(len(keys), -1)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[places] == keys, places, -1)


@dataclass(frozen=True, kw_only=True)
class _Order:
    """One line of the recurrence: the discounted share of each n-gram, and what each context leaves to the next.

    Each array ends with what holds for n-grams never seen, which have the number -1: no share, and all left over.
    """

    share: np.ndarray
    rest: np.ndarray

    @classmethod
    def of(cls, counts: np.ndarray, contexts: np.ndarray, num_contexts: int) -> _Order:
        """Smoothed counts of the n-grams that stand in these contexts."""
        taken = np.minimum(np.array([0.0, *_discounts(counts)])[np.minimum(counts, 3)], counts)
        totals = np.bincount(contexts, counts, num_contexts)
        share, rest = np.zeros(len(counts) + 1), np.ones(num_contexts + 1)
        np.divide(counts - taken, totals[contexts], out=share[:-1], where=counts > 0)
        np.divide(np.bincount(contexts, taken, num_contexts), totals, out=rest[:-1], where=totals > 0)
        return cls(share=share, rest=rest)


def _discounts(counts: np.ndarray) -> tuple[float, float, float]:
    """D1, D2 and D3+, as the paper estimates them; the usual ones where it gives none between 0 and 1, 2, 3."""
    n1, n2, n3, n4 = np.bincount(np.minimum(counts, 5), minlength=6)[1:5].tolist()
    if not (n1 and n2 and n3):
        return USUAL_DISCOUNTS
    y = n1 / (n1 + 2 * n2)
    found = (1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)
    return found if all(discount > 0 for discount in found) else USUAL_DISCOUNTS


def _chunks(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """The rows in runs of about `CHUNK` ids."""
    start = size = 0
    for end, row in enumerate(rows, 1):
        size += len(row)
        if size >= CHUNK or end == len(rows):
            yield rows[start:end]
            start, size = end, 0


def _joined(rows: Iterable[Row], vocab_size: int, bos_id: int) -> tuple[np.ndarray, np.ndarray]:
    """All rows in one array, each behind a bos, and the place of every id in its row: 0 is the bos."""
    parts = [np.concatenate([[bos_id], np.asarray(row, dtype=np.int64)]) for row in rows]
    if not parts:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    ids, lengths = np.concatenate(parts), np.array([len(part) for part in parts])
    if ids.min() < 0 or ids.max() >= vocab_size:
        raise DataError(f"ids must be from 0 to {vocab_size - 1}, got {ids.min()} to {ids.max()}")
    return ids, np.arange(len(ids)) - np.repeat(np.cumsum(lengths) - lengths, lengths)


def _count(ids: np.ndarray, places: np.ndarray, vocab_size: int, order: int) -> list[_Counts]:
    """N-grams of lengths 1 to ``order``."""
    every = np.arange(vocab_size)
    counted = [(every, np.bincount(ids[places > 0], minlength=vocab_size), np.zeros(vocab_size, dtype=bool))]
    before = []
    nodes = ids  # at each place the number of the n-gram that ends there
    for length in range(2, order + 1):
        ends = np.flatnonzero(places >= length - 1)
        keys, first, numbers, occurrences = np.unique(
            nodes[ends - 1] * vocab_size + ids[ends], return_index=True, return_inverse=True, return_counts=True
        )
        before.append(np.bincount(nodes[ends[first]], minlength=len(counted[-1][0])))
        counted.append((keys, occurrences, places[ends[first]] == length - 1))
        nodes = np.full(len(ids), -1)
        nodes[ends] = numbers
    before.append(counted[-1][1])
    return [
        _Counts(
            keys=keys,
            occurrences=occurrences.astype(np.int32),
            left=np.where(begins_row, occurrences, left).astype(np.int32),
        )
        for (keys, occurrences, begins_row), left in zip(counted, before, strict=True)
    ]


class NgramModel:
    """Probabilities of ids after the ids before them; made by `fit`.

    Example:
        >>> model = NgramModel.fit([[3, 4, 2]] * 20, vocab_size=5, bos_id=1)
        >>> [round(float(value), 1) for value in np.exp(model.log_probabilities([3, 4, 2]))]
        [0.9, 1.0, 1.0]
    """

    def __init__(self, counts: Sequence[_Counts], *, vocab_size: int, bos_id: int) -> None:
        self.order, self.vocab_size, self.bos_id = len(counts), vocab_size, bos_id
        self._counts = list(counts)
        sizes = [1, *(len(level.keys) for level in counts)]
        self._orders = [
            _Order.of(
                level.occurrences if length == self.order else level.left,
                level.keys // vocab_size if length > 1 else np.zeros(vocab_size, dtype=np.int64),
                sizes[length - 1],
            )
            for length, level in enumerate(counts, 1)
        ]

    @classmethod
    def fit(cls, rows_of_ids: Iterable[Row], *, vocab_size: int, bos_id: int, order: int = 5) -> NgramModel:
        """A model of these rows.

        Args:
            rows_of_ids: Documents or lines, without bos; what ends them (eos) is predicted like any other id.
            vocab_size: Ids run from 0 to one below; all of them share the probability.
            bos_id: Stands before each row, unseen.
            order: Longest n-gram, from 1.

        Raises:
            DataError: An id outside of the vocabulary.

        Cost: O(order × N log N) time for N ids; about 200 bytes of memory an id at order 5.
        """
        ids, places = _joined(rows_of_ids, vocab_size, bos_id)
        return cls(_count(ids, places, vocab_size, order), vocab_size=vocab_size, bos_id=bos_id)

    def cut(self, order: int) -> NgramModel:
        """The model of the same rows whose longest n-gram is shorter."""
        return NgramModel(self._counts[:order], vocab_size=self.vocab_size, bos_id=self.bos_id)

    def log_probabilities(self, row: Row) -> np.ndarray:
        """The natural logarithm of the probability of each id of a row after all ids before it, float64.

        Raises:
            DataError: An id outside of the vocabulary.
        """
        return self.score([row])[0]

    def score(self, rows: Sequence[Row]) -> list[np.ndarray]:
        """`log_probabilities` of each row, faster than one by one."""
        found: list[np.ndarray] = []
        for chunk in _chunks(rows):
            ids, places = _joined(chunk, self.vocab_size, self.bos_id)
            ends = np.cumsum([len(row) for row in chunk])
            found += np.split(self._scored(ids, places)[places > 0], ends[:-1])
        return found

    def _scored(self, ids: np.ndarray, places: np.ndarray) -> np.ndarray:
        """Log-probability at each place; without meaning at the bos."""
        values = np.full(len(ids), 1 / self.vocab_size)
        nodes = np.zeros(len(ids), dtype=np.int64)
        for length, (counts, order) in enumerate(zip(self._counts, self._orders, strict=True), 1):
            ends = np.flatnonzero(places >= length - 1)
            contexts = nodes[ends - 1] if length > 1 else np.zeros(len(ends), dtype=np.int64)
            numbers = counts.find(contexts * self.vocab_size + ids[ends])
            values[ends] = order.share[numbers] + order.rest[contexts] * values[ends]
            nodes = np.full(len(ids), -1)
            nodes[ends] = numbers
        return np.log(values)
