"""From which score on an answer is one: chosen on questions whose right answers are known."""

from __future__ import annotations

import numpy as np

MAX_REFUSED = 0.05
"""Of the questions with an answer, how many may go without where those without one are made up."""


def best_limit(scores: np.ndarray, is_impossible: np.ndarray, *, max_refused: float = 1.0) -> float | None:
    """The score that tells answers from none best; None where one of the two kinds is missing.

    Args:
        scores: (questions,) float, higher where an answer is likelier; -inf where there is none.
        is_impossible: (questions,) bool, True where there is no answer.
        max_refused: Of the possible ones, the largest share that may fall below.
    """
    if not is_impossible.any() or is_impossible.all():
        return None
    possible, impossible = np.sort(scores[~is_impossible]), np.sort(scores[is_impossible])
    limits = np.unique(scores[np.isfinite(scores)])
    refused = np.searchsorted(possible, limits)
    right = len(possible) - refused + np.searchsorted(impossible, limits)
    allowed = np.flatnonzero(refused <= max_refused * len(possible))
    return float(limits[allowed[int(np.argmax(right[allowed]))]]) if len(allowed) else None
