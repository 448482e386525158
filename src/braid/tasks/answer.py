"""What every task hands back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An output text with what is known about it.

    Args:
        text: The output.
        score: Mean log-probability of its subwords, in nats; 0.0 for an empty input.
        source: The input text.
        is_complete: False when a part reached the longest allowed output before it ended by itself.
    """

    text: str
    score: float
    source: str
    is_complete: bool = True
