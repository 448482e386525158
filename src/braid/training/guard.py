"""Watches loss and gradient for steps that would do harm: not a number, or far above what the run has been used to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from braid.training.step import Limits

if TYPE_CHECKING:
    from braid.training.checkpoint import Progress

REMEMBERED = 128
"""Steps that say what is usual."""

LEAST = 32
"""Before so many, only what is not a number is left out."""

DEVIATIONS = 6.0
LEAST_SHARES = np.array([0.5, 2.0])
"""What is usual: the mean of the losses (of the gradient norms) and so many standard deviations above it, or this share
of the mean when that is more. A run that has all but arrived spreads so little that a batch of rare texts would else
look like harm, and would never be learned; and gradients are clipped anyway."""

PATIENCE = 4
"""Steps left out in a row, after which the run goes back to a checkpoint, or learns anew what is usual."""

RETURNS = 3
"""Times it goes back, with fewer than `REMEMBERED` steps between them, before it gives up."""


def limits(recent: Sequence[Sequence[float]], weight: float) -> Limits:
    """What loss and gradient norm of the next step may be.

    A mean over few labels spreads more, by the root of how many fewer they are: the last batch of an epoch, a single
    long text perhaps, may be farther off.

    Args:
        recent: Loss, gradient norm and number of labels of each of the last steps taken.
        weight: Number of labels of the next step.
    """
    if len(recent) < LEAST:
        return Limits()
    values = np.array(recent)
    measured, usual = values[:, :2], values[:, 2].mean()
    mean = measured.mean(axis=0)
    spread = max(1.0, usual / max(weight, 1.0)) ** 0.5
    loss, norm = mean + spread * np.maximum(DEVIATIONS * measured.std(axis=0), LEAST_SHARES * mean)
    return Limits(loss=float(loss), gradient_norm=float(norm))


def is_sound(progress: Progress) -> bool:
    """False while steps are left out, and after a return until enough have been taken: weights may then be ruined."""
    return not progress.left_out_in_a_row and not (progress.returns and len(progress.recent) < LEAST)


def is_worse(loss: float, gradient_norm: float, saved: Sequence[Sequence[float]], first_loss: float) -> bool:
    """Whether weights with this loss are worse than those of a checkpoint: else going back costs more than it mends.

    Args:
        loss: Of a step that was left out; a network that has all but arrived may stumble far below where it came from.
        gradient_norm: Of the same step.
        saved: What the checkpoint remembers of the steps before it.
        first_loss: Of the run's first steps, for a checkpoint that remembers none.
    """
    if not np.isfinite([loss, gradient_norm]).all():
        return True
    return loss >= (float(np.mean([row[0] for row in saved])) if saved else first_loss)


def remember(recent: list[list[float]], loss: float, gradient_norm: float, weight: float) -> None:
    """Add a step that was taken, and forget the oldest."""
    recent.append([loss, gradient_norm, weight])
    del recent[:-REMEMBERED]
