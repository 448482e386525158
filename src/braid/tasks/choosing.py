"""Which of several summaries of a text to give: what a network wrote, stretches of the text itself, or its beginning.

Each candidate's ROUGE-L is predicted by a linear model of how much it agrees with the others, how sure its maker is of
it, and how long it is, with weights of its own for each maker. Candidates that agree with many are better than those
that are merely likely.

Paper: Kumar and Byrne (2004), Minimum Bayes-risk decoding for statistical machine translation; Och et al. (2004), A
smorgasbord of features for statistical machine translation (features of candidates, weighted on held-out texts).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from braid.errors import BundleError
from braid.text.units import units

MAKERS = ("network", "stretch", "lead")
NUM_WEIGHTS = 9 * len(MAKERS)
LEAST_TEXTS = 50
"""With fewer texts to learn from there is no choice."""
PENALTY = 1.0
COOLING = 0.1
"""Temperature at which the scores of one maker's candidates become shares: agreement with the likely counts more."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One possible summary.

    Args:
        text: As it would be given.
        score: How sure its maker is: log-probability a subword of the network, expected ROUGE-L (0 to 1) of a stretch.
        maker: One of `MAKERS`.
        is_complete: It ended by itself.
    """

    text: str
    score: float
    maker: str
    is_complete: bool = True


def _overlaps(words: Sequence[Sequence[str]]) -> np.ndarray:
    """ROUGE-L of every two word lists, 0 to 1."""
    from rapidfuzz.distance import LCSseq

    found = np.eye(len(words))
    for row, one in enumerate(words):
        for column in range(row):
            other = words[column]
            common = LCSseq.similarity(one, other)
            found[row, column] = found[column, row] = 2 * common / (len(one) + len(other)) if common else 0.0
    return found


def features(candidates: Sequence[Candidate]) -> np.ndarray:
    """What `Chooser` weighs, (candidates, makers × 9): of each candidate only its own maker's part is not zero."""
    words = [units(candidate.text) for candidate in candidates]
    scores = np.array([candidate.score if math.isfinite(candidate.score) else -20.0 for candidate in candidates])
    lengths, overlaps = np.log([1 + len(row) for row in words]), _overlaps(words)
    is_complete = np.array([candidate.is_complete for candidate in candidates], float)
    behind, columns = np.zeros(len(candidates)), [np.ones(len(candidates)), scores, lengths, lengths**2, is_complete]
    parts = [np.array([candidate.maker == maker for candidate in candidates]) for maker in MAKERS]
    for own in parts:
        agreement = np.zeros(len(candidates))
        if own.any():
            behind[own] = scores[own] - scores[own].max()
            likely = np.exp(behind[own] / COOLING)
            agreement = overlaps[:, own] @ (likely / likely.sum())
        columns.append(agreement)
    table = np.stack([*columns, behind], axis=1)
    return np.concatenate([table * own[:, None] for own in parts], axis=1)


@dataclass(frozen=True, kw_only=True)
class Chooser:
    """A linear prediction of how good candidates are; made by `fit`.

    Args:
        weights: Of `features`.
        max_chars: Length of the longest candidate that it was fitted to; of longer ones nothing is known.
    """

    weights: tuple[float, ...]
    max_chars: int

    @classmethod
    def of(cls, weights: Any, max_chars: Any) -> Chooser | None:
        """What a bundle holds; None where it holds no weights.

        Raises:
            BundleError: Not as many numbers as there are features.
        """
        if not weights:
            return None
        are_numbers = isinstance(weights, list) and all(isinstance(one, int | float) for one in weights)
        if (
            not are_numbers
            or len(weights) != NUM_WEIGHTS
            or not np.isfinite(weights).all()
            or type(max_chars) is not int
        ):
            raise BundleError(f"the choice of summaries must hold {NUM_WEIGHTS} numbers and a length")
        return cls(weights=tuple(weights), max_chars=max_chars)

    @classmethod
    def fit(cls, candidates: Sequence[Sequence[Candidate]], quality: Sequence[np.ndarray]) -> Chooser | None:
        """The weights that predict best how good candidates are; None of fewer than 50 texts.

        Args:
            candidates: Those of each text.
            quality: How good each of them is: its ROUGE-L, 0 to 100.
        """
        if len(candidates) < LEAST_TEXTS:
            return None
        table, wanted = np.concatenate([features(group) for group in candidates]), np.concatenate(quality)
        square = table.T @ table + PENALTY * np.eye(table.shape[1])
        longest = max(len(one.text) for group in candidates for one in group)
        return cls(weights=tuple(np.linalg.solve(square, table.T @ wanted).tolist()), max_chars=longest)

    def choose(self, candidates: Sequence[Candidate]) -> tuple[int, float]:
        """The place of the best, and the quality predicted for it; the first where all are longer than any known."""
        known = [place for place, one in enumerate(candidates) if len(one.text) <= self.max_chars] or [0]
        predicted = features([candidates[place] for place in known]) @ np.array(self.weights)
        best = int(np.argmax(predicted))
        return known[best], float(predicted[best])
