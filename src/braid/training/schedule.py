"""The learning rate as a function of the step."""

from __future__ import annotations

import math

from braid.config.recipe import TrainConfig

WSD_DECAY = 0.2
"""Share of a run in which warm-up-stable-decay goes down."""


def learning_rate(config: TrainConfig, step: int, total_steps: int) -> float:
    """Linear warm-up to the peak, then the recipe's curve, which reaches zero with cosine, linear and wsd.

    Args:
        config: The recipe's train section.
        step: Steps already done, from 0.
        total_steps: Steps of the whole run. The warm-up takes a fifth of them at most.

    Papers: Loshchilov and Hutter (2017), SGDR (cosine); Vaswani et al. (2017), section 5.3 (inverse square root);
    Haegele et al. (2024), Scaling laws and compute-optimal training beyond fixed training durations, equation 1 with
    the square root (warm-up-stable-decay).
    """
    warmup = min(config.warmup_steps, total_steps // 5)
    if step < warmup:
        return config.learning_rate * (step + 1) / warmup
    progress = (step - warmup) / max(total_steps - warmup, 1)
    left = (total_steps - step) / max(WSD_DECAY * total_steps, 1)
    share = {
        "cosine": 0.5 * (1 + math.cos(math.pi * progress)),
        "linear": 1 - progress,
        "inverse_sqrt": math.sqrt(max(warmup, 1) / (step + 1)),
        "wsd": 1 - math.sqrt(max(1 - left, 0.0)),
        "constant": 1.0,
    }[config.schedule]
    return config.learning_rate * share
