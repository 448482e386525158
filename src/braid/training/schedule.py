"""The learning rate as a function of the step."""

from __future__ import annotations

import math

from braid.config.recipe import TrainConfig


def learning_rate(config: TrainConfig, step: int, total_steps: int) -> float:
    """Linear warm-up to the peak, then down to zero at ``total_steps`` along the recipe's curve.

    Args:
        config: The recipe's train section.
        step: Steps already done, from 0.
        total_steps: Steps of the whole run. The warm-up takes a fifth of them at most.
    """
    warmup = min(config.warmup_steps, total_steps // 5)
    if step < warmup:
        return config.learning_rate * (step + 1) / warmup
    progress = (step - warmup) / max(total_steps - warmup, 1)
    if config.schedule == "cosine":
        return config.learning_rate * 0.5 * (1 + math.cos(math.pi * progress))
    return config.learning_rate * (1 - progress if config.schedule == "linear" else 1.0)
