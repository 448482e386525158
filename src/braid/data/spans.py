"""The one stretch of a text that is most like its summary: learned in a minute, NumPy alone to use.

Headlines, titles and synopses often stand in the text: "It is *a web server written in Erlang* that ...". A linear
model of what stands before, inside and behind a stretch predicts its ROUGE-L, and the best stretch is taken.
The prediction is a sum of one part for where it begins, one for where it ends, one for each unit inside and one for its
length, so that all stretches of a text are scored by running sums.

With features x, a stretch from unit i to unit j, both in it:

    score(i, j) = w . x_begin(i) + w . x_end(j) + sum of w . x_inside(k) for k from i to j + w . x_length(j - i + 1)

Learned by least squares with an L2 penalty on the F1 of ROUGE-L of stretches drawn from training texts, the best among
them. Longest common subsequences are counted for all beginnings at once, 64 units of a summary in one number.

Papers: Lin (2004), ROUGE; Hyyrö (2004), Bit-parallel LCS-length computation revisited; Fong and Saunders (2011), LSMR.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from braid.errors import BundleError, DataError
from braid.text.sentences import split_sentences
from braid.text.shapes import unit_spans
from braid.text.units import units

MAX_UNITS = 100
"""Of a text so many units are looked at: what names its subject stands early."""
MAX_CHARS = 40 * MAX_UNITS
"""Of a text so many characters are looked at, at most."""
MAX_LENGTH = 64
"""Units of the longest summary that counts."""
STRETCHING = 1.2
"""The longest stretch is so many times as long as the summary that 95 of 100 are shorter than."""
MAX_ENTRIES = 20_000_000
"""Features of all stretches that are learned from, about 0.4 GB; texts beyond are left out."""
MAX_TEXTS = 20_000
"""Of more training texts so many are drawn to learn from."""
BEST, DRAWN = 6, 24
"""Stretches of a text that are learned from: the best, and others by lot."""
LEAST_TEXTS = 2
"""Training texts in which a feature must stand."""
PENALTY = 30.0
ITERATIONS = 60
VERSION = 1
"""Of the features: arrays of another one cannot be used."""

_LCS_BITS = 64
_OPENING = {")": "(", "]": "[", "）": "（", "》": "《", "」": "「", "”": "“"}
_MINUS = re.compile(r"(?:\s|^)[-−]\d")


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of the user's own text.

    Args:
        text: As it stands there.
        start: Its first character in the text.
        end: The character behind its last.
        score: The ROUGE-L expected of it, 0 to 1, roughly.
    """

    text: str
    start: int
    end: int
    score: float


@dataclass(frozen=True)
class _Units:
    """The first units of a text with their places and sentences, and what stands between them."""

    places: list[tuple[int, int]]
    words: list[str]
    gaps: list[str]  # before each unit, and behind the last
    sentences: list[int]
    positions: list[int]  # within the sentence

    @classmethod
    def of(cls, text: str) -> _Units:
        head = text[:MAX_CHARS]
        spans = unit_spans(head)
        if spans and spans[-1][1] == len(head) < len(text):  # which may be cut
            del spans[-1]
        places = spans[:MAX_UNITS]
        ends = [0, *(end for _, end in places)]
        following = spans[MAX_UNITS][0] if len(spans) > MAX_UNITS else len(head)
        starts = [*(start for start, _ in places), following]
        borders = np.cumsum([len(sentence) for sentence in split_sentences(head)])
        sentences = np.searchsorted(borders, [start for start, _ in places], side="right").tolist()
        first: dict[int, int] = {}
        positions = [index - first.setdefault(sentence, index) for index, sentence in enumerate(sentences)]
        gaps = [head[end:start].strip() for end, start in zip(ends, starts, strict=True)]
        return cls(places, [head[start:end].lower() for start, end in places], gaps, sentences, positions)

    def begin_features(self) -> Iterator[list[str]]:
        words, gaps = ["^", "^", *self.words, "$", "$"], self.gaps
        for index, (sentence, position) in enumerate(zip(self.sentences, self.positions, strict=True)):
            older, before, word, after = words[index : index + 4]
            yield [
                f"b {word}",
                f"b< {before}",
                f"b<| {before} {gaps[index]}",
                f"b<< {older} {before}",
                f"b<0 {before} {word}",
                f"b<<0 {older} {before} {word}",
                f"b0> {word} {after}",
                f"b| {gaps[index]}",
                f"bs {min(sentence, 3)} {min(position, 12)}",
                f"bp {min(index, 40)}",
            ]

    def end_features(self) -> Iterator[list[str]]:
        words, gaps = ["^", *self.words, "$", "$"], self.gaps
        for index in range(len(self.words)):
            before, word, after, later = words[index : index + 4]
            gap = gaps[index + 1]
            yield [
                f"e {word}",
                f"e> {after}",
                f"e>| {after} {gap}",
                f"e>> {after} {later}",
                f"e0> {word} {after}",
                f"e<0 {before} {word}",
                f"e0>> {word} {after} {later}",
                f"e| {gap}",
                f"e0| {word} {gap}",
            ]

    def inside_features(self) -> Iterator[list[str]]:
        for word in self.words:
            yield [f"i {word}"]


def _lengths(count: int) -> list[list[str]]:
    return [[f"n {length}"] for length in range(1, count + 1)]


def _hashed(features: Iterable[Sequence[str]]) -> np.ndarray:
    """The hash of each feature of each row, all rows being equally long; flat."""
    return np.array([zlib.crc32(one.encode("utf-8", "surrogatepass")) for row in features for one in row], np.uint32)


def overlaps(words: Sequence[str], wanted: Sequence[str], longest: int) -> np.ndarray:
    """ROUGE-L of each stretch with a summary, F1 from 0 to 1, (units, lengths from 1 to ``longest``).

    Stretches that would pass the end are cut there. Of the summary 64 units count.

    Example:
        >>> overlaps(["a", "web", "server"], ["web", "server"], 2).round(2)
        array([[0.  , 0.5 ],
               [0.67, 1.  ],
               [0.67, 0.67]])
    """
    wanted = wanted[:_LCS_BITS]
    bits: dict[str, int] = {}
    for place, word in enumerate(wanted):
        bits[word] = bits.get(word, 0) | 1 << place
    size, ones = len(words), np.uint64(2**_LCS_BITS - 1)
    matches = np.zeros(size + longest, np.uint64)
    matches[:size] = [bits.get(word, 0) for word in words]
    free = np.full(size, ones)
    found = np.zeros((size, longest))
    for length in range(longest):
        match = free & matches[length : length + size]
        free = (free + match) | (free - match)  # wraps round, as it should
        common = _LCS_BITS - np.unpackbits(free.view(np.uint8)).reshape(size, -1).sum(axis=1)
        taken = np.minimum(length + 1, size - np.arange(size))
        found[:, length] = 2 * common / (taken + len(wanted))
    return found


@dataclass(frozen=True, kw_only=True)
class SpanModel:
    """A learned choice of stretches; made by `fit`.

    Args:
        buckets: Hashes of the features in use, ascending, uint32.
        weights: One for each.
        bias: The mean.
        longest: Units of the longest stretch.
    """

    buckets: np.ndarray
    weights: np.ndarray
    bias: float
    longest: int

    @classmethod
    def fit(cls, texts: Sequence[str], summaries: Sequence[Sequence[str]], *, seed: int = 1) -> SpanModel:
        """A model of how these texts are summarized; where no text or no summary has a word, it knows nothing.

        Args:
            texts: Of more than 20,000 so many are drawn.
            summaries: For each the summaries it may be like.
            seed: Of what is drawn.

        Raises:
            DataError: Not equally many.

        Cost: 40 s for 16,000 texts; linear in their number.
        """
        import scipy.sparse
        from scipy.sparse.linalg import lsmr

        if len(texts) != len(summaries):
            raise DataError(f"texts and summaries must be equally many, got {len(texts)} and {len(summaries)}")
        random = np.random.default_rng(seed)
        drawn: list[int] = random.permutation(len(texts))[:MAX_TEXTS].tolist()
        wanted = {row: [words for summary in summaries[row] if (words := units(summary))] for row in drawn}
        lengths = [min(len(words), MAX_LENGTH) for found in wanted.values() for words in found]
        longest = int(np.ceil(np.percentile(lengths, 95) * STRETCHING)) if lengths else 1
        rows, size = [], 0
        for place, words in wanted.items():
            row = _Row.of(texts[place], words, longest, random) if words else None
            if row:
                rows.append(row)
                size += row.num_entries
            if size > MAX_ENTRIES:
                break
        if not rows:
            return cls(buckets=np.zeros(0, np.uint32), weights=np.zeros(0, np.float32), bias=0.0, longest=longest)
        buckets = _common([row.buckets for row in rows])
        length_columns = _columns(buckets, _hashed(_lengths(longest)))
        parts = [row.matrix(buckets, length_columns) for row in rows]
        columns = np.concatenate([part[0] for part in parts])
        starts = np.concatenate([[0], np.cumsum(np.concatenate([part[1] for part in parts]))])
        del parts
        values = np.concatenate([row.values for row in rows])
        matrix = scipy.sparse.csr_matrix(
            (np.ones(len(columns), np.float32), columns, starts), shape=(len(values), len(buckets))
        )
        bias = float(values.mean())
        weights = lsmr(matrix, values - bias, damp=PENALTY**0.5, maxiter=ITERATIONS)[0]
        return cls(buckets=buckets, weights=weights.astype(np.float32), bias=bias, longest=longest)

    def best(self, text: str, count: int = 1) -> list[Span]:
        """The best stretches of a text, best first; none of a text without a word.

        Args:
            text: Of any length; its first 100 units are looked at.
            count: How many at most.

        Cost: O(units × longest).
        """
        found = _Units.of(text)
        size = len(found.words)
        if not size:
            return []
        begin, end = (self._sums(names, size) for names in (found.begin_features(), found.end_features()))
        inside = self._sums(found.inside_features(), size)
        length = self._sums(_lengths(self.longest), self.longest)
        running = np.concatenate([[0], np.cumsum(inside)])
        last = np.arange(size)[:, None] + np.arange(self.longest)
        fits = last < size
        last = np.minimum(last, size - 1)
        scores = self.bias + begin[:, None] + end[last] + running[last + 1] - running[:size, None] + length
        scores = np.where(fits, scores, -np.inf)
        order = np.argsort(-scores, axis=None, kind="stable")[: min(count, int(fits.sum()))]
        spans = []
        for place in order.tolist():
            row, column = divmod(place, self.longest)
            start, stop = _with_signs(text, found.places[row][0], found.places[row + column][1])
            spans.append(Span(text=text[start:stop], start=start, end=stop, score=float(scores[row, column])))
        return spans

    def _sums(self, features: Iterable[Sequence[str]], count: int) -> np.ndarray:
        """The sum of the weights of each of so many lists of features."""
        if not len(self.weights):
            return np.zeros(count)
        columns = _columns(self.buckets, _hashed(features)).reshape(count, -1)
        return np.where(columns >= 0, self.weights[columns], 0).sum(axis=1, dtype=np.float64)

    def arrays(self) -> dict[str, np.ndarray]:
        """What `from_arrays` reads."""
        return {
            "buckets": self.buckets,
            "weights": self.weights,
            "numbers": np.array([VERSION, self.longest, self.bias], np.float64),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> SpanModel:
        """The model that was saved.

        Raises:
            BundleError: Something is missing, does not fit together or is of another version.
        """
        try:
            buckets, weights = arrays["buckets"], arrays["weights"]
            version, longest, bias = arrays["numbers"].tolist()
        except (KeyError, ValueError) as error:
            raise BundleError(f"the model of spans is incomplete: {error}") from error
        if version != VERSION:
            raise BundleError(f"the model of spans must be of version {VERSION}, got {version:g}")
        is_whole = len(buckets) == len(weights) and 1 <= longest <= 2 * MAX_LENGTH
        is_whole &= bool(np.isfinite(bias) and np.isfinite(weights).all())
        if not is_whole or buckets.dtype != np.uint32 or (np.diff(buckets.astype(np.int64)) <= 0).any():
            raise BundleError("the model of spans is damaged")
        return cls(buckets=buckets, weights=weights, bias=float(bias), longest=int(longest))


def _with_signs(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch with the signs that belong to its ends: C++, C#, 50%, $5, -5 degrees, a bracket that it opens."""
    stop = end
    while stop < len(text) and (text[stop] in "%‰#°′″" or unicodedata.category(text[stop]) == "Sm"):
        stop += 1
    if stop == len(text) or not text[stop].isalnum():  # else they join it to what follows
        end = stop
    if end < len(text) and (opening := _OPENING.get(text[end])):
        inside = text[start:end]
        end += inside.count(opening) > inside.count(text[end])
    if start and (
        unicodedata.category(text[start - 1]) == "Sc" or _MINUS.fullmatch(text, max(0, start - 2), start + 1)
    ):
        start -= 1
    return start, end


def _common(found: Sequence[np.ndarray]) -> np.ndarray:
    """Hashes that stand in several texts, ascending; all where there are few texts."""
    buckets, texts = np.unique(np.concatenate(found), return_counts=True)
    return buckets[texts >= min(LEAST_TEXTS, len(found))]


def _columns(buckets: np.ndarray, hashes: np.ndarray) -> np.ndarray:
    """The place of each hash among the features in use, -1 for the others."""
    if not len(buckets):
        return np.full(len(hashes), -1)
    places = np.minimum(np.searchsorted(buckets, hashes), len(buckets) - 1)
    return np.where(buckets[places] == hashes, places, -1)


@dataclass(frozen=True, kw_only=True)
class _Row:
    """A training text: the hashed features of its units, and the stretches that are learned from."""

    begin: np.ndarray  # (units, features)
    end: np.ndarray
    inside: np.ndarray  # (units,)
    begins: np.ndarray
    lengths: np.ndarray
    values: np.ndarray

    @classmethod
    def of(cls, text: str, wanted: Sequence[Sequence[str]], longest: int, random: np.random.Generator) -> _Row | None:
        found = _Units.of(text)
        size = len(found.words)
        if not size:
            return None
        scores = np.max([overlaps(found.words, words, longest) for words in wanted], axis=0)
        fits = np.arange(size)[:, None] + np.arange(longest) < size
        places = np.flatnonzero(fits)
        best = places[np.argsort(-scores.ravel()[places], kind="stable")[:BEST]]
        chosen = np.union1d(best, random.choice(places, min(DRAWN, len(places)), replace=False))
        return cls(
            begin=_hashed(found.begin_features()).reshape(size, -1),
            end=_hashed(found.end_features()).reshape(size, -1),
            inside=_hashed(found.inside_features()),
            begins=chosen // longest,
            lengths=chosen % longest + 1,
            values=scores.ravel()[chosen],
        )

    @property
    def num_entries(self) -> int:
        """Features of all its stretches together."""
        return int((self.begin.shape[1] + self.end.shape[1] + self.lengths + 1).sum())

    @property
    def buckets(self) -> np.ndarray:
        """Every hash of this text once."""
        lengths = _hashed(_lengths(int(self.lengths.max())))
        return np.unique(np.concatenate([self.begin.ravel(), self.end.ravel(), self.inside, lengths]))

    def matrix(self, buckets: np.ndarray, length_columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The columns of all stretches one after another, and how many each has."""
        begin, end, inside = (_columns(buckets, part) for part in (self.begin, self.end, self.inside))
        found = []
        for start, length in zip(self.begins.tolist(), self.lengths.tolist(), strict=True):
            last = start + length - 1
            parts = (begin[start], end[last], inside[start : last + 1], length_columns[length - 1 : length])
            columns = np.concatenate(parts)
            found.append(columns[columns >= 0].astype(np.int32))
        return np.concatenate(found), np.array([len(columns) for columns in found])
