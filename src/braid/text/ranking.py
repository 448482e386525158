"""Sentences by how much of a text they stand for, without training, for any length and language.

A sentence matters when many others say similar things, and those weigh more that matter themselves: the stationary
distribution of a walk over sentences, p = d / N + (1 - d) * M^T p, where M holds the cosines of TF-IDF vectors, each
row scaled to sum to one. M is never made: with X the matrix of the vectors, M^T p is X (X^T (p / degree)) without its
diagonal, which costs no more than reading the text.

Paper: Erkan and Radev (2004), LexRank: graph-based lexical centrality as salience in text summarization, the
continuous variant. Ours differs in that a sentence is not similar to itself, that the beginning is preferred a little,
and that long texts are walked in windows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from braid.text.units import units

WINDOW = 4096
"""Sentences that are compared with one another; longer texts are taken in windows of as many."""
DAMPING = 0.15
OPENING = 0.5
"""By how much the score of the first sentence is raised; of the n-th, by an n-th of it."""
_TOLERANCE = 1e-6
_MAX_STEPS = 100


@dataclass(frozen=True, kw_only=True)
class SentenceVectors:
    """TF-IDF vectors of length one: the nonzero numbers of a matrix of sentences and words.

    Args:
        rows: The sentence of each number, ascending.
        columns: The word of each number.
        weights: The numbers.
        num_sentences: Rows of the matrix; a sentence without words has no numbers.
        num_words: Columns.
    """

    rows: np.ndarray
    columns: np.ndarray
    weights: np.ndarray
    num_sentences: int
    num_words: int

    def cosine_sums(self, shares: np.ndarray) -> np.ndarray:
        """For each sentence, the sum of its cosines with the others, each times the share of the other."""
        words = np.bincount(self.columns, self.weights * shares[self.rows], self.num_words)
        sums = np.bincount(self.rows, self.weights * words[self.columns], self.num_sentences)
        own = np.bincount(self.rows, self.weights**2, self.num_sentences) * shares
        return np.maximum(sums - own, 0)

    def cosines(self, sentence: int) -> np.ndarray:
        """The cosine of one sentence with each, itself included."""
        begin, end = np.searchsorted(self.rows, [sentence, sentence + 1])
        words = np.zeros(self.num_words)
        words[self.columns[begin:end]] = self.weights[begin:end]
        return np.bincount(self.rows, self.weights * words[self.columns], self.num_sentences)


def sentence_vectors(sentences: Sequence[str]) -> SentenceVectors:
    """The vectors of sentences; a word weighs more the fewer of them have it."""
    numbers: dict[str, int] = {}
    words = [[numbers.setdefault(word, len(numbers)) for word in units(sentence)] for sentence in sentences]
    sizes = np.array([len(row) for row in words], dtype=np.int64)
    keys = np.repeat(np.arange(len(words)), sizes) * len(numbers)
    keys += np.fromiter((number for row in words for number in row), dtype=np.int64, count=int(sizes.sum()))
    keys, counts = np.unique(keys, return_counts=True)
    rows, columns = np.divmod(keys, max(1, len(numbers)))
    found = np.bincount(columns, minlength=len(numbers))
    weights = (1 + np.log(counts)) * np.log((1 + len(words)) / (0.5 + found))[columns]
    weights /= np.sqrt(np.bincount(rows, weights**2, len(words)))[rows]
    return SentenceVectors(
        rows=rows, columns=columns, weights=weights, num_sentences=len(words), num_words=len(numbers)
    )


def rank_sentences(sentences: Sequence[str], *, opening: float = OPENING) -> np.ndarray:
    """A score for each sentence of a text, in order; together they make one.

    Args:
        sentences: Of one text.
        opening: How much the beginning is preferred; 0 for not at all.

    Cost: O(words) for each step of the walk, a few dozen of them; memory for the words of 4,096 sentences.
    """
    if not sentences:
        return np.zeros(0)
    windows = [sentences[begin : begin + WINDOW] for begin in range(0, len(sentences), WINDOW)]
    scores = np.concatenate([_walk(sentence_vectors(window)) for window in windows])
    scores *= 1 + opening / np.arange(1, len(scores) + 1)
    return scores / scores.sum()


def _walk(vectors: SentenceVectors) -> np.ndarray:
    """Where the walk is found in the long run; one for each sentence on average."""
    start = np.ones(vectors.num_sentences)
    degrees = vectors.cosine_sums(start)
    is_linked = degrees > _TOLERANCE
    scale = np.where(is_linked, 1 / np.where(is_linked, degrees, 1), 0)
    shares = start
    for _ in range(_MAX_STEPS):
        moved = (1 - DAMPING) * vectors.cosine_sums(shares * scale)
        new = moved + (1 - moved.mean())  # from a sentence that is like no other the walk begins anew
        if np.abs(new - shares).mean() <= _TOLERANCE:
            return new
        shares = new
    return shares
