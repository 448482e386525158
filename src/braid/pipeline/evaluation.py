"""What every evaluation holds, as plain data ready for JSON and the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from braid.metrics.score import Score, verdict

Styles = dict[str, dict[str, dict[str, float | str]]]
"""How outputs are written: name of the system, measure, and the score as plain data."""


def systems_of(scores: Mapping[str, Mapping[str, Score]]) -> list[dict[str, Any]]:
    """Name and scores of the model and of each baseline, as plain data, in the order given."""
    return [
        {"name": name, "scores": {key: score.to_dict() for key, score in found.items()}}
        for name, found in scores.items()
    ]


def evaluation_of(
    *,
    name: str,
    task: str,
    systems: Sequence[dict[str, Any]],
    examples: Sequence[Mapping[str, Any]],
    notes: Sequence[str],
    **others: Any,
) -> dict[str, Any]:
    """An evaluation whose notes begin with the verdict on model and baselines.

    Args:
        name: The bundle's name.
        task: The recipe's task.
        systems: As `systems_of` gives them, the model first.
        examples: Rows with ``source``, ``reference``, ``hypothesis`` and ``score``.
        notes: Sentences for the reader.
        others: Parts of `braid.auditing.report.Evaluation` that only some tasks have.
    """
    return {
        "name": name,
        "task": task,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "systems": list(systems),
        "examples": list(examples),
        "notes": [verdict(systems), *notes],
        **others,
    }
