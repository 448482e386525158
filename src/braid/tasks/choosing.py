"""Which of several summaries of a text to give: what a network wrote, or stretches of the text itself.

Each candidate's ROUGE-L is predicted by a linear model of how much it agrees with the others, how sure its maker is of
it, and how long it is, with weights of its own for written ones and for stretches. Candidates that agree with many are
better than those that are merely likely.

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

NUM_FEATURES = 8
LEAST_TEXTS = 50
"""With fewer texts to learn from there is no choice."""
PENALTY = 1.0
COOLING = 0.1
"""Temperature at which the scores of one maker's candidates become shares in `agreement`, of their spread."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One possible summary.

    Args:
        text: As it would be given.
        score: How sure its maker is: log-probability a subword of a written one, expected ROUGE-L of a stretch.
        is_written: By the network, rather than a stretch of the text.
        is_complete: It ended by itself.
    """

    text: str
    score: float
    is_written: bool
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
    """What `Chooser` weighs, (candidates, 2 × 8): the first half is of written ones, the second of stretches."""
    words = [units(candidate.text) for candidate in candidates]
    scores = np.array([candidate.score if math.isfinite(candidate.score) else -20.0 for candidate in candidates])
    is_written = np.array([candidate.is_written for candidate in candidates])
    overlaps = _overlaps(words)
    columns = [np.ones(len(candidates)), scores, np.zeros(len(candidates))]
    for group in (is_written, ~is_written):
        agreement = np.zeros(len(candidates))
        if group.any():
            best = scores[group].max()
            columns[2][group] = scores[group] - best
            likely = np.exp((scores[group] - best) / COOLING)
            agreement = overlaps[:, group] @ (likely / likely.sum())
        columns.append(agreement)
    lengths = np.log([1 + len(row) for row in words])
    columns += [lengths, lengths**2, np.array([candidate.is_complete for candidate in candidates], float)]
    table = np.stack(columns, axis=1)
    return np.concatenate([table * is_written[:, None], table * ~is_written[:, None]], axis=1)


@dataclass(frozen=True, kw_only=True)
class Chooser:
    """Weights of `features`; made by `fit`."""

    weights: tuple[float, ...]

    @classmethod
    def of(cls, weights: Any) -> Chooser | None:
        """What a bundle holds; None where it holds none.

        Raises:
            BundleError: Not as many numbers as there are features.
        """
        if not weights:
            return None
        are_numbers = isinstance(weights, list) and all(isinstance(one, int | float) for one in weights)
        if not are_numbers or len(weights) != 2 * NUM_FEATURES or not np.isfinite(weights).all():
            raise BundleError(f"task_info.choice must hold {2 * NUM_FEATURES} numbers")
        return cls(weights=tuple(weights))

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
        return cls(weights=tuple(np.linalg.solve(square, table.T @ wanted).tolist()))

    def choose(self, candidates: Sequence[Candidate]) -> int:
        """The place of the best."""
        return int(np.argmax(features(candidates) @ np.array(self.weights)))
