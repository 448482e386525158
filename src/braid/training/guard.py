"""Watches loss and gradient for steps that would do harm: not a number, or far above what the run has been used to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from braid.training.step import Limits

REMEMBERED = 128
"""Steps that say what is usual."""

LEAST = 32
"""Before so many, only what is not a number is left out."""

DEVIATIONS, LEAST_SHARE = 6.0, 0.2
"""What is usual: the mean and so many standard deviations, and this share of the mean at least. A run that has all but
arrived spreads so little that a batch of rare texts would else look like harm, and would never be learned."""

PATIENCE = 4
"""Steps left out in a row, after which the run goes back to a checkpoint."""

RETURNS = 3
"""Times it goes back, with fewer than `REMEMBERED` steps between them, before it gives up."""


def limits(recent: Sequence[Sequence[float]]) -> Limits:
    """What loss and gradient norm of the next step may be.

    Args:
        recent: Loss and gradient norm of each of the last steps taken.
    """
    if len(recent) < LEAST:
        return Limits()
    values = np.array(recent)
    mean = values.mean(axis=0)
    loss, norm = mean + np.maximum(DEVIATIONS * values.std(axis=0), LEAST_SHARE * mean)
    return Limits(loss=float(loss), gradient_norm=float(norm))


def remember(recent: list[list[float]], loss: float, gradient_norm: float) -> None:
    """Add a step that was taken, and forget the oldest."""
    recent.append([loss, gradient_norm])
    del recent[:-REMEMBERED]
