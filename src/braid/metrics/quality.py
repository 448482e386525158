"""Faults that a reader sees at once and that averages hide."""

from __future__ import annotations

from collections.abc import Sequence

from braid.text.normalize import normalize, without_breaks
from braid.text.placeholders import placeholders

LOOP = 4
"""A run of up to this many words, repeated this often without a break, is a loop."""


def translation_faults(sources: Sequence[str], hypotheses: Sequence[str]) -> dict[str, int]:
    """How many outputs are empty, copy the source, loop, or lose or invent a placeholder."""
    faults = {"empty": 0, "copied": 0, "looping": 0, "placeholders": 0}
    for source, hypothesis in zip(sources, hypotheses, strict=True):
        faults["empty"] += bool(source.strip()) and not hypothesis.strip()
        faults["copied"] += _compared(source) == _compared(hypothesis) and any(map(str.isalpha, source))
        faults["looping"] += has_loop(hypothesis) and not has_loop(source)
        faults["placeholders"] += placeholders(source) != placeholders(hypothesis)
    return faults


def _compared(text: str) -> str:
    return without_breaks(normalize(text))


def has_loop(text: str) -> bool:
    """True when up to four words (or characters, in Chinese) repeat four times in a row."""
    units = text.split() if " " in text else list(text)
    for size in range(1, LOOP + 1):
        run = 0
        for index in range(size, len(units)):
            run = run + 1 if units[index] == units[index - size] and units[index].isalnum() else 0
            if run >= size * (LOOP - 1):
                return True
    return False
