"""Texts that come again: one source with several targets, near duplicates, and held-out texts in training."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from braid.auditing.data_sample import quoted, quoted_row
from braid.data.example import Example
from braid.data.keys import text_key

SHOWN = 20

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
            {"similarity": round(float(alike), 3), "one": quoted_row(rows[one]), "other": quoted_row(rows[other])}
            for one, other, alike in order[:SHOWN]
        ],
    }


def leaks(parts: Mapping[str, Sequence[Example]], pairs: Mapping[str, Sequence[NearPair]]) -> dict[str, Any]:
    """Held-out texts that stand in the training part, exactly or nearly.

    Args:
        parts: Rows of ``train`` and of the held-out parts.
        pairs: For each held-out part pairs of a training row and one of its rows; 1.0 alike means exactly.

    Returns:
        For each held-out part ``rows``, and how many of them leak ``exact``ly and ``near``ly (each row once, by its
        most alike); and ``samples``, each ``part``, ``similarity``, ``train`` and ``held_out``.
    """
    found: dict[str, Any] = {"parts": {}, "samples": []}
    for part, rows in pairs.items():
        best: dict[int, NearPair] = {}
        for pair in rows:
            if pair[1] not in best or pair[2] > best[pair[1]][2]:
                best[pair[1]] = pair
        exact = sum(alike >= 1 for _, _, alike in best.values())
        found["parts"][part] = {"rows": len(parts[part]), "exact": exact, "near": len(best) - exact}
        found["samples"] += [
            {
                "part": part,
                "similarity": round(float(alike), 3),
                "train": quoted_row(parts["train"][one]),
                "held_out": quoted_row(parts[part][other]),
            }
            for one, other, alike in best.values()
        ]
    found["samples"] = sorted(found["samples"], key=lambda sample: -sample["similarity"])[:SHOWN]
    return found
