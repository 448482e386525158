"""Watches loss and gradient for steps that would do harm: not a number, or far above what the run has been used to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from braid.training.step import Limits

REMEMBERED = 128
"""Steps that say what is usual."""

LEAST = 32
"""Before so many, only what is not a number is left out."""

DEVIATIONS = 6.0
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
    loss, norm = values.mean(axis=0) + DEVIATIONS * values.std(axis=0)
    return Limits(loss=float(loss), gradient_norm=float(norm))


def remember(recent: list[list[float]], loss: float, gradient_norm: float) -> None:
    """Add a step that was taken, and forget the oldest."""
    recent.append([loss, gradient_norm])
    del recent[:-REMEMBERED]
