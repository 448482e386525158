"""A score is a number with its interval and the settings that change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

TITLES = {
    "bleu": "BLEU",
    "chrf": "chrF",
    "rouge1": "ROUGE-1",
    "rouge2": "ROUGE-2",
    "rougeL": "ROUGE-L",
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "micro_f1": "micro F1",
    "macro_precision": "macro precision",
    "macro_recall": "macro recall",
    "exact_match": "exact match",
    "f1": "F1",
    "mrr@5": "mean reciprocal rank among five",
    "bits_per_byte": "bits per byte",
    "bits_per_character": "bits per character",
}
"""Metrics as people write them."""

LOWER_IS_BETTER = frozenset({"bits_per_byte", "bits_per_character", "perplexity"})

ADVICE = "Do not use it in the place of that baseline: train longer, or on more data."
"""What to do with a model that is worse than a baseline."""

JUDGED = frozenset({"bleu", "chrf", "rougeL", "accuracy", "macro_f1", "micro_f1", "exact_match", "f1", "bits_per_byte",
                    "recall@1", "recall@5"})  # fmt: skip
"""Metrics by which a model is compared with its baselines; the others say the same in other units."""


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


def format_value(metric: str, value: float) -> str:
    """A value with as many digits as its metric is usually given with."""
    return f"{value:.3f}" if metric in LOWER_IS_BETTER - {"perplexity"} else f"{value:.1f}"


def format_score(metric: str, score: dict[str, Any]) -> str:
    """A value with its interval."""
    value, low, high = (format_value(metric, score[part]) for part in ("value", "low", "high"))
    return f"{value} [{low}, {high}]"


def verdict(systems: Sequence[dict[str, Any]], advice: str = ADVICE) -> str:
    """One sentence: whether the first system is worth more than the baselines behind it.

    Args:
        systems: Name and scores of the model and of each baseline, the model first.
        advice: What to do where a baseline is better.
    """
    model, *baselines = systems
    name, worse, unclear = model["name"], [], []
    judged = [metric for metric in model["scores"] if metric in JUDGED]
    for metric in judged if baselines else ():
        sign = -1 if metric in LOWER_IS_BETTER else 1
        best = max(baselines, key=lambda system: sign * system["scores"][metric]["value"])
        score, other = model["scores"][metric], best["scores"][metric]
        values = " against ".join(format_value(metric, part["value"]) for part in (score, other))
        words = f'"{best["name"]}" in {TITLES.get(metric, metric)} ({values})'
        if sign * score["value"] < sign * other["value"]:
            worse.append(words)
        elif score["low"] <= other["high"] and other["low"] <= score["high"]:
            unclear.append(words)
    if not baselines:
        return f"There is no baseline to compare {name} with."
    if worse:
        return f"{name} is worse than {' and than '.join(worse)}. {advice}"
    if unclear:
        return f"{name} is not clearly better than {' and than '.join(unclear)}: the intervals overlap."
    return f"{name} is clearly better than every baseline: no intervals overlap."
