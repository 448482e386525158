"""A translation memory: the target of the most similar source seen, the baseline every translator must beat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from braid.data.example import Example

CANDIDATES = 50
COMMON = 0.05
"""Character n-grams in more than this share of the sources find nothing in particular and are left out."""


def _grams(text: str) -> list[str]:
    """Character trigrams of a text, pairs where it has wide characters, each once and in order.

    The order keeps sums of weights, and with them ties, the same in every run; that of a set would not.
    """
    size = 2 if any(char > "\u2e7f" for char in text) else 3
    padded = f" {text.casefold()} "
    return list(dict.fromkeys(padded[start : start + size] for start in range(max(1, len(padded) - size + 1))))


class TranslationMemory:
    """Source texts with their targets, searched by similarity.

    Args:
        examples: The memory; the first of equal sources answers.
    """

    def __init__(self, examples: Sequence[Example]) -> None:
        self._sources = [example.source for example in examples]
        self._targets = [example.target for example in examples]
        self._exact: dict[str, int] = {}
        rows: dict[str, list[int]] = defaultdict(list)
        for index, source in enumerate(self._sources):
            self._exact.setdefault(source, index)
            for gram in _grams(source):
                rows[gram].append(index)
        limit = max(100, int(COMMON * len(examples)))
        self._rows = {gram: np.array(found) for gram, found in rows.items() if len(found) <= limit}
        self._weight = {gram: np.log1p(len(examples) / len(found)) for gram, found in self._rows.items()}

    def nearest(self, sources: Sequence[str]) -> list[str]:
        """For each source, the target of the most similar source in the memory; "" when nothing is alike.

        Candidates share rare character n-grams; the best of them has the highest normalized edit
        similarity, the first in order among equals. A source without rare n-grams is compared with all.

        Cost: About 0.4 ms per source in a memory of 16,000 short texts.
        """
        found = {source: self._find(source) for source in dict.fromkeys(sources)}
        return [found[source] for source in sources]

    def _find(self, source: str) -> str:
        from rapidfuzz import process
        from rapidfuzz.distance import Indel

        if source in self._exact:
            return self._targets[self._exact[source]]
        rows = self._candidates(source)
        texts = [self._sources[row] for row in rows]
        best = process.extractOne(source, texts, scorer=Indel.normalized_similarity, score_cutoff=1e-9)
        return self._targets[rows[best[2]]] if best else ""

    def _candidates(self, source: str) -> Sequence[int]:
        """The rows that share most, those as good as the last one included, in order."""
        scores = np.zeros(len(self._sources))
        for gram in _grams(source):
            if gram in self._rows:
                scores[self._rows[gram]] += self._weight[gram]
        if not scores.any():
            return range(len(scores))
        last = max(0, len(scores) - CANDIDATES)
        least = max(float(np.partition(scores, last)[last]), 1e-9)
        return np.flatnonzero(scores >= least).tolist()
