"""One sentence of a diagnosis, and what its rules look up in an audit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

LEAKS = ("exact", "near", "identifier")
"""How held-out rows say what others say; a stretch that they share may be harmless."""
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


def row_noun(audit: Audit) -> str:
    """What one of the rows is called that were read, kept and left out."""
    return "document" if audit["task"] == "generate" else "row"


def rows_kept(audit: Audit) -> int:
    """Rows of all parts."""
    return sum(audit["data"]["splits"].values())


def place(row: dict[str, Any]) -> str:
    """``file:line`` of a row."""
    return f"{row['file']}:{row['line']}"


def num_leaks(audit: Audit, counts: dict[str, int]) -> int:
    """Held-out rows of a part that leak; of documents, which are left out whole, also those that do in part."""
    return sum(counts[name] for name in LEAKS) + (counts["other"] if audit["task"] == "generate" else 0)


def and_list(names: Sequence[str], most: int = 3) -> str:
    """The first few names in quotation marks, and how many more there are."""
    shown = ", ".join(f'"{name}"' for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"
