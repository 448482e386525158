"""Scores by the length of the text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """Scores of the examples whose text is of a certain length.

    Args:
        low: Shortest text, in characters.
        high: Longest text, in characters.
        examples: How many.
        scores: Each metric on these.
    """

    low: int
    high: int
    examples: int
    scores: Mapping[str, float]

    def to_dict(self) -> dict[str, float]:
        """The bucket as plain data."""
        return {"low": self.low, "high": self.high, "examples": self.examples, **self.scores}


def length_buckets(
    texts: Sequence[str], score: Callable[[np.ndarray], Mapping[str, float]], *, buckets: int = 5
) -> list[Bucket]:
    """Scores by length, in parts of about equally many examples; equal lengths stay together.

    Args:
        texts: One for each example.
        score: Metrics of the examples that an array of truth values chooses.
        buckets: Parts at most.
    """
    lengths = np.array([len(text) for text in texts])
    edges = np.unique(np.quantile(lengths, np.linspace(0, 1, buckets + 1)[1:], method="higher"))
    places = np.searchsorted(edges, lengths)
    found = []
    for place in range(len(edges)):
        chosen = places == place
        low, high = int(lengths[chosen].min()), int(lengths[chosen].max())
        found.append(Bucket(low=low, high=high, examples=int(chosen.sum()), scores=score(chosen)))
    return found
