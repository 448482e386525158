"""Texts that are nearly the same, found by MinHash without comparing each with each.

Two texts are as similar as the Jaccard similarity of their sets of shingles, which are windows of folded columns (see
`braid.data.shingles`): |A ∩ B| / |A ∪ B|. The smallest of a set's hashed shingles is the same for two sets with just
that probability; bands of several such minima pick the pairs worth an exact look.

Papers: Broder (1997), On the resemblance and containment of documents; Leskovec, Rajaraman and Ullman (2014), Mining
of massive datasets, chapter 3, for the bands. Deviation: hash functions are x·a modulo 2^32 with odd a over well mixed
x, without a constant added, which changes nothing that could be measured and saves a quarter of the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from braid.data.keys import batches, mix
from braid.data.shingles import (
    Folded,
    digit_hashes,
    fold,
    ranges,
    window_counts,
    window_hashes,
    window_places,
)
from braid.errors import ConfigError

NO_KEY = np.uint64(2**64 - 1)
"""The band key of a text without shingles: rows that share it have nothing in common."""

EMPTY = np.uint32(2**32 - 1)
"""The signature of a text without shingles, in all places."""

_PIECE = 256
"""Shingles of a text that are hashed at once: few sentences have more …"""
_BLOCK = 2**15
"""… together with those of other texts, about so many …"""
_GROUP = 8
"""… by so many hash functions, which takes 1 MB: more leaves the processor's cache, less costs calls."""
_CHUNK = 2**14
"""Pairs looked at together."""

Digits = Literal["kept", "apart", "alike"]
Pair = tuple[int, int, float]


@dataclass(frozen=True, kw_only=True)
class MinHash:
    """How texts are hashed, and how similar they must be to be looked at.

    Two texts of similarity s become candidates with probability 1 - (1 - s^r)^b, with b bands of r = num_hashes / b
    hashes.

    Args:
        num_hashes: Length of a signature.
        bands: Groups of hashes, at least one of which two candidates have in common; a divisor of ``num_hashes``.
        shingle: Columns of a shingle.
        digits: ``kept`` compares them like letters. ``apart`` has only texts with the same digits match, as befits
            translations: "Page 3" is no copy of "Page 4". ``alike`` takes all digits for one, for lists and logs.

    Raises:
        ConfigError: A number does not fit.
    """

    num_hashes: int = 126
    bands: int = 18
    shingle: int = 4
    digits: Digits = "kept"

    def __post_init__(self) -> None:
        if not 1 <= self.num_hashes <= 1024:
            raise ConfigError(f"num_hashes must be from 1 to 1024, got {self.num_hashes}")
        if not 1 <= self.bands <= self.num_hashes or self.num_hashes % self.bands:
            raise ConfigError(f"bands must divide num_hashes ({self.num_hashes}), got {self.bands}")
        if not 1 <= self.shingle <= 1000:
            raise ConfigError(f"shingle must be from 1 to 1000 columns, got {self.shingle}")
        if self.digits not in ("kept", "apart", "alike"):
            raise ConfigError(f'digits must be "kept", "apart" or "alike", got "{self.digits}"')

    def candidate_share(self, similarity: float) -> float:
        """The share of pairs of that similarity that become candidates.

        Example:
            >>> [round(MinHash().candidate_share(s), 3) for s in (0.3, 0.5, 0.8, 0.9)]
            [0.004, 0.132, 0.986, 1.0]
        """
        return 1 - (1 - similarity ** (self.num_hashes // self.bands)) ** self.bands

    def signatures(self, texts: Sequence[str]) -> np.ndarray:
        """The smallest hashes of each text, (texts, num_hashes) of uint32; `EMPTY` where a text has no shingle.

        They depend on the texts and this object alone, not on order, run or machine, as long as Python's Unicode
        tables know the characters.

        Cost: a quarter of a nanosecond for each column and hash; memory for one batch beside the result.
        """
        found = np.full((len(texts), self.num_hashes), EMPTY, np.uint32)
        for begin, batch in batches(texts):
            hashes, counts = self.shingles(batch)
            found[begin : begin + len(batch)] = self._minima((hashes >> np.uint64(32)).astype(np.uint32), counts)
        return found

    def shingles(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """The hashed shingles of all texts in order, uint64, repeated ones too, and how many each text has."""
        folded = fold(texts)
        if self.digits == "alike":
            folded = Folded(
                np.where(folded.is_digit, np.uint32(ord("0")), folded.codes), folded.bounds, folded.is_digit
            )
        counts = window_counts(folded.bounds, self.shingle)
        hashes = window_hashes(folded.codes, self.shingle)[window_places(folded.bounds, self.shingle)]
        if self.digits == "apart":
            hashes = mix(hashes ^ np.repeat(digit_hashes(folded), counts))
        return hashes, counts

    def band_keys(self, signatures: np.ndarray) -> np.ndarray:
        """A number for each band, (texts, bands) of uint64: texts that share one in the same column are candidates.

        Rows of `NO_KEY` belong to texts without shingles and match nothing. The numbers are spread evenly, so that
        their low bits can tell the bucket of a pass on disk.
        """
        keys = np.zeros((len(signatures), self.bands), np.uint64)
        rows = self.num_hashes // self.bands
        for row in range(rows):
            keys = mix(keys + signatures[:, row::rows] + np.uint64(1))
        keys[keys == NO_KEY] = 0
        keys[(signatures == EMPTY).all(axis=1)] = NO_KEY
        return keys

    def similarity(self, one: str, other: str) -> float:
        """The share of their shingles, each counted once, that two texts have in common; 0 where either has none."""
        sets = self.sets([one, other])
        return jaccard(*sets)

    def sets(self, texts: Sequence[str]) -> list[np.ndarray]:
        """The distinct shingles of each text, sorted."""
        found = []
        for _, batch in batches(texts):
            hashes, counts = self.shingles(batch)
            found += [np.unique(part) for part in np.split(hashes, np.cumsum(counts)[:-1])]
        return found

    @cached_property
    def _factors(self) -> np.ndarray:
        """An odd number for each hash function."""
        mixed = mix(np.arange(1, self.num_hashes + 1, dtype=np.uint64))
        return (mixed >> np.uint64(32)).astype(np.uint32) | np.uint32(1)

    def _minima(self, values: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """For each text and hash function the smallest hash of the text's values."""
        num_pieces = -(-counts // _PIECE)
        owners = np.repeat(np.arange(len(counts)), num_pieces)
        ranks = ranges(np.zeros_like(num_pieces), num_pieces)
        starts = (np.cumsum(counts) - counts)[owners] + ranks * _PIECE
        sizes = np.minimum(counts[owners] - ranks * _PIECE, _PIECE)
        order = np.argsort(sizes, kind="stable")  # so that pieces hashed together need little filling up
        pieces = [np.zeros((self.num_hashes, 0), np.uint32)]
        for chosen in _alike(sizes, order):
            columns = np.minimum(np.arange(int(sizes[chosen[-1]]))[:, None], sizes[chosen] - 1)
            pieces.append(self._smallest(values[starts[chosen] + columns]))
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        firsts = (np.cumsum(num_pieces) - num_pieces)[num_pieces > 0]
        minima = np.concatenate(pieces, axis=1)[:, back]
        if len(firsts) < len(owners):
            minima = np.minimum.reduceat(minima, firsts, axis=1)
        found = np.full((self.num_hashes, len(counts)), EMPTY, np.uint32)
        found[:, num_pieces > 0] = minima
        return found.T

    def _smallest(self, values: np.ndarray) -> np.ndarray:
        """For each hash function and column the smallest hash of the column's values."""
        found = np.empty((self.num_hashes, values.shape[1]), np.uint32)
        hashed = np.empty((_GROUP, *values.shape), np.uint32)
        for begin in range(0, self.num_hashes, _GROUP):
            factors = self._factors[begin : begin + _GROUP, None, None]
            np.multiply(values, factors, out=hashed[: len(factors)])
            np.minimum.reduce(hashed[: len(factors)], axis=1, out=found[begin : begin + _GROUP])
        return found


def _alike(sizes: np.ndarray, order: np.ndarray) -> Iterator[np.ndarray]:
    """The pieces by size, as many at a time as a block holds and as are of much the same size."""
    begin = 0
    while begin < len(order):
        smallest = int(sizes[order[begin]])
        end = int(np.searchsorted(sizes, smallest * 5 // 4 + 4, side="right", sorter=order))
        end = min(end, begin + max(_BLOCK // smallest, 1))
        yield order[begin:end]
        begin = end


def near_pairs(
    texts: Sequence[str],
    others: Sequence[str] | None = None,
    *,
    threshold: float = 0.8,
    minhash: MinHash | None = None,
    most: int | None = None,
) -> list[Pair]:
    """Pairs of texts at least as similar as ``threshold``, each with its exact similarity, in order of their places.

    Args:
        texts: Searched for pairs among themselves (the first place is the lower one) …
        others: … or, where given, for pairs with one of these, whose place is the second.
        threshold: From 0 to 1.
        minhash: How; pairs are missed as its curve says.
        most: Candidates looked at for each text in each band; all when None. A bound keeps time and memory in hand
            where thousands of texts are all alike.

    Cost: Memory of about 650 bytes a text; time for signatures, and some 10 µs for each candidate.
    """
    minhash, num_texts = _checked(threshold, minhash), len(texts)
    everything = [*texts, *(others or ())]
    signatures = minhash.signatures(everything)
    keys = minhash.band_keys(signatures)
    found = [np.zeros((0, 2), np.int64)]
    for band in range(minhash.bands):
        for pairs in _same_key(keys[:, band], None if others is None else num_texts, most):
            if most is None:  # else the pair may have been passed over in the band that it shared before
                pairs = pairs[~(keys[pairs[:, 0], :band] == keys[pairs[:, 1], :band]).any(axis=1)]
            found.append(_agreeing(pairs, signatures, threshold))
    shift = 0 if others is None else num_texts
    return [
        (first, second - shift, similarity)
        for first, second, similarity in _verified(minhash, everything, np.unique(np.concatenate(found), axis=0))
        if similarity >= threshold
    ]


def _checked(threshold: float, minhash: MinHash | None) -> MinHash:
    if not 0 < threshold <= 1:
        raise ConfigError(f"threshold must be above 0 and at most 1, got {threshold}")
    return minhash or MinHash()


def _agreeing(pairs: np.ndarray, signatures: np.ndarray, threshold: float) -> np.ndarray:
    """The pairs whose signatures agree often enough: no more than four standard deviations below the threshold."""
    lowest = threshold - 2 / signatures.shape[1] ** 0.5
    parts = [pairs[begin : begin + _CHUNK] for begin in range(0, len(pairs), _CHUNK)]
    kept = [part[(signatures[part[:, 0]] == signatures[part[:, 1]]).mean(axis=1) >= lowest] for part in parts]
    return np.concatenate(kept) if kept else pairs


def _same_key(keys: np.ndarray, num_texts: int | None, most: int | None) -> Iterator[np.ndarray]:
    """Places of pairs with equal keys, (pairs, 2), no text twice at the first place of one array."""
    order = np.argsort(keys, kind="stable")
    order = order[keys[order] != NO_KEY]
    if not len(order):
        return
    column = keys[order]
    starts = np.flatnonzero(np.concatenate([[True], column[1:] != column[:-1]]))
    sizes = np.diff(np.concatenate([starts, [len(order)]]))
    ends = np.repeat(starts + sizes, sizes)
    places = np.arange(len(order))
    partners = places + 1
    if num_texts is not None:  # the sort is stable: among equal keys the first texts stand before the others
        partners = np.repeat(starts + np.add.reduceat((order < num_texts).astype(np.int64), starts), sizes)
        places = np.flatnonzero(order < num_texts)
    step = 0
    while most is None or step < most:
        places = places[partners[places] + step < ends[places]]
        if not len(places):
            return
        yield np.stack([order[places], order[partners[places] + step]], axis=1)
        step += 1


def _verified(minhash: MinHash, texts: Sequence[str], pairs: np.ndarray) -> Iterator[Pair]:
    """The pairs with their exact similarity."""
    for begin in range(0, len(pairs), _CHUNK):
        part = pairs[begin : begin + _CHUNK]
        places: list[int] = np.unique(part).tolist()
        sets = dict(zip(places, minhash.sets([texts[place] for place in places]), strict=True))
        yield from ((one, other, jaccard(sets[one], sets[other])) for one, other in part.tolist())


def jaccard(one: np.ndarray, other: np.ndarray) -> float:
    """The share of what either of two sorted sets holds that both hold; 0 where both are empty."""
    num_shared = len(np.intersect1d(one, other, assume_unique=True))
    return num_shared / max(len(one) + len(other) - num_shared, 1)
