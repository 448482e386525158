"""Texts that come again: one source with several targets, near duplicates, and held-out texts in training."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from braid.auditing.data_sample import quoted, quoted_row
from braid.auditing.findings import LEAKS
from braid.auditing.leakage import Leakage, Match, Overlap
from braid.data.example import Example
from braid.data.keys import text_key

SHOWN = 20

LEAK_COLUMNS = (*LEAKS, "other")
"""How held-out rows leak, each counted by the first that holds."""
_COLUMN_OF = {"exact": "exact", "near": "near", "key": "identifier", "group": "identifier"}
"""The column of each rule; that of all others is ``other``."""

NearPair = tuple[int, int, float]
"""Numbers of two rows and how alike they are, 0 to 1."""


def consistency(rows: Sequence[Example]) -> dict[str, Any]:
    """Sources that stand there with several targets, and targets with several sources.

    Texts are the same when they differ only in case, spaces and punctuation.

    Returns:
        ``sources``: how many different ones; ``several_targets``: how many have more than one; ``rows``: how many rows
        those are; ``several_sources``; and ``samples``, the sources with most targets, as ``file``, ``line``,
        ``source``, ``number`` and ``targets``.
    """
    targets: dict[str, dict[str, Example]] = defaultdict(dict)
    sources: dict[str, set[str]] = defaultdict(set)
    num_rows: dict[str, int] = defaultdict(int)
    for row in rows:
        source, target = text_key(row.source), text_key(row.target)
        targets[source].setdefault(target, row)
        sources[target].add(source)
        num_rows[source] += 1
    several = {source: found for source, found in targets.items() if len(found) > 1}
    most = sorted(several.values(), key=lambda found: -len(found))[:SHOWN]
    return {
        "sources": len(targets),
        "several_targets": len(several),
        "rows": sum(num_rows[source] for source in several),
        "several_sources": sum(len(found) > 1 for found in sources.values()),
        "samples": [_sample(list(found.values())) for found in most],
    }


def _sample(rows: Sequence[Example]) -> dict[str, Any]:
    shown = quoted_row(rows[0])
    del shown["target"]
    return shown | {"number": len(rows), "targets": [quoted(row.target) for row in rows[:4]]}


def near_duplicates(rows: Sequence[Example], pairs: Sequence[NearPair], side: str = "source") -> dict[str, Any]:
    """Pairs of nearly equal texts within the training rows.

    Args:
        rows: The rows that the pairs' numbers mean.
        pairs: As `braid.data.near.near_pairs` finds them.
        side: What was compared.

    Returns:
        ``side``, ``pairs``, ``rows`` (that have such a one) and ``samples``, each ``similarity``, ``one`` and
        ``other``.
    """
    order = sorted(pairs, key=lambda pair: -pair[2])
    return {
        "side": side,
        "pairs": len(order),
        "rows": len({place for one, other, _ in order for place in (one, other)}),
        "samples": [
            {
                "similarity": round(float(alike), 3),
                "one": _compared(rows[one], side),
                "other": _compared(rows[other], side),
            }
            for one, other, alike in order[:SHOWN]
        ],
    }


def leaks(found: Mapping[str, Leakage]) -> dict[str, Any]:
    """Held-out rows that stand in the training part, exactly, nearly or in part.

    Args:
        found: For each held-out part.

    Returns:
        ``parts``, for each ``rows``, and how many of them leak ``exact``ly, ``near``ly, by an ``identifier`` or group
        and by any ``other`` rule, each row counted by the first of these; and ``samples``, each with ``part``,
        ``rule``, ``side``, ``similarity``,
        ``train`` and ``held_out``.
    """
    parts, samples = {}, []
    for part, leakage in found.items():
        rows: dict[str, set[int]] = {column: set() for column in LEAK_COLUMNS}
        for overlap in leakage.overlaps:
            rows[_COLUMN_OF.get(overlap.rule, "other")].update(overlap.rows)
            samples += [_leak(part, overlap, match) for match in overlap.matches[:SHOWN]]
        parts[part], counted = {"rows": leakage.num_held_out}, set[int]()
        for column in LEAK_COLUMNS:
            parts[part][column] = len(rows[column] - counted)
            counted |= rows[column]
    order = {rule: rank for rank, rule in enumerate(_COLUMN_OF)}
    samples.sort(key=lambda sample: (order.get(sample["rule"], len(order)), -sample["similarity"]))
    return {"parts": parts, "samples": samples[:SHOWN]}


def _leak(part: str, overlap: Overlap, match: Match) -> dict[str, Any]:
    return {
        "part": part,
        "rule": overlap.rule,
        "side": overlap.side,
        "similarity": round(float(match.similarity), 3),
        "train": _compared(match.train, overlap.side),
        "held_out": _compared(match.held_out, overlap.side),
    }


def _compared(row: Example, side: str) -> dict[str, Any]:
    """A row as it is quoted, its ``compared`` text with it where one side says why it is shown."""
    return quoted_row(row) | ({"compared": quoted(getattr(row, side))} if side else {})
