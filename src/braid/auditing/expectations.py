"""What data of a kind and an amount have given before: this project's own measurements, and how far they reach.

Each line stands with its date, machine and interval in LOG.md, or in the tables of README.md and docs/patterns.md. All
were made with the defaults of their day on two cores.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FACTOR = 3.0
"""Data of a third to three times as many rows as were measured count as alike."""
AWAY = (15.0, 1.0)
"""Points, or bits, by which a baseline may lie outside those that were met for their gains to mean anything."""
FEW, WIDER = 3, 0.25
"""With fewer measurements their spread says little: gains are taken so much smaller and larger, which is a guess."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One measurement.

    Args:
        task: The recipe's.
        data: What the texts were.
        rows: Training rows.
        minutes: Of training.
        metric: Name of the score.
        value: The score of Braid's model.
        baseline: The honest baseline's on the same texts.
        source: Where it is written down.
    """

    task: str
    data: str
    rows: int
    minutes: float
    metric: str
    value: float
    baseline: float
    source: str

    @property
    def gain(self) -> float:
        """How far the model was above the baseline."""
        return self.value - self.baseline


MEASURED = (
    Measured(task="translate", data="interface texts, English to Chinese", rows=18_417, minutes=10, metric="bleu",
             value=46.1, baseline=36.3, source="LOG.md, 2026-11-24, later"),
    Measured(task="translate", data="everyday sentences, English to Chinese", rows=24_883, minutes=30, metric="bleu",
             value=29.2, baseline=16.0, source="LOG.md, 2026-11-24, later"),
    Measured(task="translate", data="captions of photographs, German to English", rows=29_000, minutes=30,
             metric="bleu", value=39.8, baseline=10.9, source="LOG.md, 2026-11-24"),
    Measured(task="classify", data="questions to a bank, 77 labels", rows=10_003, minutes=3, metric="accuracy",
             value=92.0, baseline=91.2, source="README.md"),
    Measured(task="classify", data="film reviews, two labels", rows=9_058, minutes=3, metric="accuracy", value=78.7,
             baseline=77.6, source="README.md"),
    Measured(task="classify", data="Chinese requests, 7 labels", rows=4_229, minutes=3, metric="accuracy", value=87.4,
             baseline=86.4, source="README.md"),
    Measured(task="classify", data="commands, 7 labels", rows=13_784, minutes=3, metric="accuracy", value=98.3,
             baseline=98.4, source="LOG.md, 2026-11-24, evening"),
    Measured(task="summarize", data="software descriptions to one line, English", rows=16_000, minutes=9,
             metric="rougeL", value=36.7, baseline=29.6, source="LOG.md, 2026-11-29"),
    Measured(task="summarize", data="abstracts to one sentence, English", rows=1_791, minutes=6, metric="rougeL",
             value=29.1, baseline=21.7, source="LOG.md, 2026-11-28"),
    Measured(task="summarize", data="abstracts to titles, Chinese", rows=800, minutes=6, metric="rougeL", value=42.2,
             baseline=35.0, source="LOG.md, 2026-11-28"),
    Measured(task="summarize", data="dialogues to goals, Chinese", rows=400, minutes=6, metric="rougeL", value=42.3,
             baseline=27.4, source="LOG.md, 2026-11-28"),
    Measured(task="answer", data="questions with passages, Chinese", rows=2_577, minutes=10, metric="f1", value=47.1,
             baseline=25.6, source="README.md"),
    Measured(task="generate", data="1.1 MB of encyclopedia, English", rows=1_100_000, minutes=15,
             metric="bits_per_byte", value=1.955, baseline=2.010, source="LOG.md, 2026-11-28"),
    Measured(task="generate", data="4.5 MB of novels, Chinese", rows=4_500_000, minutes=20, metric="bits_per_byte",
             value=2.177, baseline=2.352, source="LOG.md, 2026-11-28"),
    Measured(task="generate", data="1.1 MB of plays, English", rows=1_100_000, minutes=7, metric="bits_per_byte",
             value=2.459, baseline=2.555, source="LOG.md, 2026-11-25"),
)  # fmt: skip
"""``rows`` of generate are bytes."""


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What a first run on some data may be expected to give.

    Args:
        nearest: The measurements nearest in size, at most two.
        reach: ``within``, ``below`` or ``above`` the sizes that were measured, by more than `FACTOR`; ``elsewhere``
            where the baseline is unlike all that were met.
        baselines: The lowest and the highest baseline of the measurements.
        low: Lower end of what to expect, or None where there is nothing to go by.
        high: Upper end.
        metric: Of both.
    """

    nearest: tuple[Measured, ...]
    reach: str
    baselines: tuple[float, float]
    low: float | None
    high: float | None
    metric: str


def expectation(task: str, size: int, baseline: dict[str, Any] | None) -> Expectation:
    """What this much data of a task may give.

    The baseline of these very data says how hard they are; to it the smallest and the largest gain that was measured is
    added. Far below the measured sizes the lower end is the baseline itself. Without a baseline of the same metric the
    lowest and the highest score of all measurements are told, for nothing says which of them these data are like.

    Args:
        task: The recipe's.
        size: Training rows, of generate bytes.
        baseline: ``metric`` and ``value`` on the test part.
    """
    known = [row for row in MEASURED if row.task == task]
    nearest = sorted(known, key=lambda row: max(row.rows / max(size, 1), size / row.rows))[:2]
    smallest, largest = min(row.rows for row in known), max(row.rows for row in known)
    reach = "below" if size * FACTOR < smallest else "above" if size > FACTOR * largest else "within"
    metric, baselines = known[0].metric, (min(row.baseline for row in known), max(row.baseline for row in known))
    if baseline is None or baseline["metric"] != metric:
        values = [row.value for row in known]
        low, high = (min(values), max(values)) if reach == "within" else (None, None)
        return Expectation(nearest=tuple(nearest), reach=reach, baselines=baselines, low=low, high=high, metric=metric)
    away = AWAY[metric == "bits_per_byte"]
    if not baselines[0] - away <= baseline["value"] <= baselines[1] + away:
        return Expectation(
            nearest=tuple(nearest), reach="elsewhere", baselines=baselines, low=None, high=None, metric=metric
        )
    gains = sorted(row.gain for row in known)
    if len(gains) < FEW:
        gains = sorted(gain * (1 + sign * WIDER) for gain in gains for sign in (-1, 1))
    is_falling = metric == "bits_per_byte"
    low, high = baseline["value"] + gains[0], baseline["value"] + gains[-1]
    if reach == "below":
        low, high = (low, baseline["value"]) if is_falling else (baseline["value"], high)
    if not is_falling:
        low, high = min(low, 100.0), min(high, 100.0)
    return Expectation(nearest=tuple(nearest), reach=reach, baselines=baselines, low=low, high=high, metric=metric)
