"""A score is a number with its interval and the settings that change it."""

from __future__ import annotations

from dataclasses import asdict, dataclass


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
