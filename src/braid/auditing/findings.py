"""One sentence of a diagnosis, and what its rules look up in an audit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Audit = dict[str, Any]
"""As `braid.auditing.data_audit.audit_data` returns it."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One sentence.

    Args:
        name: The rule's name, by which ``--fail-on`` knows it.
        kind: ``expect``, ``help`` or ``warning``.
        weight: The higher, the earlier it is told; about 100 where nothing else matters, 10 where it hardly does.
        sentence: For a person.
    """

    name: str
    kind: str
    weight: float
    sentence: str


Rule = Callable[[Audit], Iterator[Finding]]


def warning(name: str, weight: float, sentence: str) -> Finding:
    """What to beware of."""
    return Finding(name=name, kind="warning", weight=weight, sentence=sentence)


def advice(name: str, weight: float, sentence: str) -> Finding:
    """What would help."""
    return Finding(name=name, kind="help", weight=weight, sentence=sentence)


def prospect(name: str, weight: float, sentence: str) -> Finding:
    """What to expect."""
    return Finding(name=name, kind="expect", weight=weight, sentence=sentence)


def text_sides(audit: Audit) -> list[dict[str, Any]]:
    """The sides that hold running text."""
    return [side for side in audit["sides"].values() if isinstance(side, dict) and "growth" in side]


def data_size(audit: Audit) -> int:
    """What there is to learn from: training rows, of texts to be continued bytes."""
    return audit["texts"]["bytes"] if audit["task"] == "generate" else audit["data"]["splits"].get("train", 0)


def rows_kept(audit: Audit) -> int:
    """Rows of all parts."""
    return sum(audit["data"]["splits"].values())


def place(row: dict[str, Any]) -> str:
    """``file:line`` of a row."""
    return f"{row['file']}:{row['line']}"
