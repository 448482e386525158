"""The learning rate: its peak for a network, and its way there and down."""

from __future__ import annotations

import math

from braid.config.recipe import TrainConfig

WSD_DECAY = 0.2
"""Share of a run in which warm-up-stable-decay goes down."""

PEAKS = {"muon": (6e-3, 0.5), "adamw": (1.5e-3, 1.0)}
"""Peak of networks up to `PEAK_WIDTH`, and the power of the width by which it falls in wider ones."""

PEAK_WIDTH = 256


def peak_learning_rate(config: TrainConfig, model_dim: int) -> float:
    """The recipe's, or the one that suits the optimizer and the width.

    What a step does to a hidden vector grows with the width unless the rate falls: entries that all move by the same
    amount, as AdamW's do, add up over the width; Muon's updates have singular values of 0.2 times its root. The peaks
    at 256 are measured (see the log), the powers are theory.

    Args:
        config: The recipe's train section.
        model_dim: Width of the network.

    Paper: Yang et al. (2022), Tensor programs V: tuning large neural networks via zero-shot hyperparameter transfer,
    table 3.
    """
    peak, power = PEAKS[config.optimizer]
    return config.learning_rate or peak * min(1.0, PEAK_WIDTH / model_dim) ** power


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
