"""What every evaluation holds, as plain data ready for JSON and the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from braid.metrics.score import ADVICE, Score, verdict

DETAILS = (
    "systems",
    "verdict",
    "notes",
    "tables",
    "per_label",
    "calibration",
    "confusion",
    "retrieval",
    "style",
    "faults",
    "comparison",
)
"""What a result for programs holds of an evaluation, as far as the task has it."""


def details_of(evaluation: Mapping[str, Any]) -> dict[str, Any]:
    """Scores of the model and of its baselines, the verdict on them, and the tables, for a JSON result."""
    return {name: evaluation[name] for name in DETAILS if name in evaluation}


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
    advice: str = ADVICE,
    further: Sequence[dict[str, Any]] = (),
    **others: Any,
) -> dict[str, Any]:
    """An evaluation whose notes begin with the verdict on model and baselines.

    Args:
        name: The bundle's name.
        task: The recipe's task.
        systems: As `systems_of` gives them, the model first; without any there is no verdict.
        examples: Rows with ``source``, ``reference``, ``hypothesis`` and ``score``.
        notes: Sentences for the reader.
        advice: What to do where a baseline is better.
        further: Systems that work under other conditions and are shown below, outside the verdict.
        others: Parts of `braid.auditing.report.Evaluation` that only some tasks have.
    """
    judgment = verdict(systems, advice) if systems else ""
    return {
        "name": name,
        "task": task,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "systems": [*systems, *further],
        "examples": list(examples),
        "verdict": judgment,
        "notes": [*([judgment] if judgment else []), *notes],
        **others,
    }
