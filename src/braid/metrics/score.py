"""A score is a number with its interval and the settings that change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

TITLES = {"bleu": "BLEU", "chrf": "chrF"}
"""Metrics as people write them."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """One metric of one system.

    Args:
        value: The metric on all examples.
        low: Lower end of the 95 % interval.
        high: Upper end.
        signature: Every setting that changes the value, and how the interval was made.
    """

    value: float
    low: float
    high: float
    signature: str

    def __str__(self) -> str:
        return f"{self.value:.1f} [{self.low:.1f}, {self.high:.1f}]"

    def to_dict(self) -> dict[str, float | str]:
        """The score as plain data."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """How much the first of two systems is above the second on the same examples.

    Args:
        delta: Difference of the metric.
        low: Lower end of its 95 % interval.
        high: Upper end.
        p_value: Chance of a difference at least this large between equal systems.
    """

    delta: float
    low: float
    high: float
    p_value: float

    def to_dict(self) -> dict[str, float]:
        """The comparison as plain data."""
        return asdict(self)


def verdict(systems: Sequence[dict[str, Any]]) -> str:
    """One sentence: whether the first system is worth more than the baselines behind it.

    Args:
        systems: Name and scores of the model and of each baseline, the model first.
    """
    model, *baselines = systems
    name, worse, unclear = model["name"], [], []
    for metric, score in model["scores"].items():
        best = max(baselines, key=lambda system: system["scores"][metric]["value"])
        other = best["scores"][metric]
        words = f'"{best["name"]}" in {TITLES.get(metric, metric)} ({score["value"]:.1f} against {other["value"]:.1f})'
        if score["value"] < other["value"]:
            worse.append(words)
        elif score["low"] <= other["high"]:
            unclear.append(words)
    if worse:
        advice = "Do not use it in the place of that baseline: train longer, or on more data."
        return f"{name} is worse than {' and than '.join(worse)}. {advice}"
    if unclear:
        return f"{name} is not clearly better than {' and than '.join(unclear)}: the intervals overlap."
    return f"{name} is clearly better than every baseline: no intervals overlap."
