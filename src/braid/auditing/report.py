"""An evaluation as one HTML file that needs nothing else: tables, curves, best and worst examples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NotRequired, TypedDict

import numpy as np

from braid.auditing.charts import COLORS, axes_of, line_chart, svg
from braid.auditing.pages import page_environment, write_page
from braid.data.report import label_sentences
from braid.metrics.score import TITLES, format_score, format_value
from braid.text.languages import language_name

SHOWN = 10
SHOWN_LABELS = 30
"""Of a confusion matrix, at most."""


class Evaluation(TypedDict):
    """What an evaluation holds, as plain data.

    Args:
        name: The bundle's name.
        task: The recipe's task.
        systems: Name and scores of the model and of each baseline, the model first.
        source_language: Code.
        target_language: Code.
        created: ISO time.
        examples: Source, reference, hypothesis and score of each text, the last by ``score_name``.
        score_name: By what examples are ordered; "" where they have no score.
        buckets: Scores by source length.
        retrieval: Scores of finding the right passage, where answers are looked for in documents.
        style: How outputs are written: for each system its measures as scores.
        tables: Further tables, each with ``title``, ``header`` and ``rows``; a cell is a text, a number or a score.
        charts: Further line charts, each with ``title``, ``x``, ``y`` and ``lines`` by name, as lists of points.
        verdict: One sentence on the model and its baselines; the first of the notes.
        per_label: Precision, recall, F1 and the areas under the curves of each label, of a classifier.
        confusion: ``labels`` and the ``matrix`` of texts by right and given label, of a classifier.
        calibration: ``expected_error`` with its interval and ``bins`` of confidence, of a classifier.
        faults: Counts of visible faults.
        history: Loss and validation score by step.
        validation: Name of the validation score.
        data: The data report.
        notes: Sentences for the reader.
    """

    name: str
    task: str
    systems: list[dict[str, Any]]
    source_language: NotRequired[str]
    target_language: NotRequired[str]
    created: NotRequired[str]
    examples: NotRequired[list[dict[str, Any]]]
    score_name: NotRequired[str]
    buckets: NotRequired[list[dict[str, Any]]]
    retrieval: NotRequired[dict[str, Any]]
    style: NotRequired[dict[str, dict[str, dict[str, float | str]]]]
    tables: NotRequired[list[dict[str, Any]]]
    charts: NotRequired[list[dict[str, Any]]]
    verdict: NotRequired[str]
    per_label: NotRequired[list[dict[str, Any]]]
    confusion: NotRequired[dict[str, Any]]
    calibration: NotRequired[dict[str, Any]]
    faults: NotRequired[dict[str, int]]
    history: NotRequired[list[dict[str, float]]]
    validation: NotRequired[str]
    data: NotRequired[dict[str, Any]]
    notes: NotRequired[list[str]]


def evaluation_report(evaluation: Evaluation, *, path: Path) -> None:
    """Write the report; it loads nothing from anywhere and runs no script.

    Args:
        evaluation: As a task's pipeline makes it.
        path: The HTML file.

    Raises:
        StorageError: It cannot be written.
    """
    environment = page_environment()
    environment.filters["title"] = lambda name: TITLES.get(name, name)
    environment.filters["bounds"] = lambda score, name: format_score(name, score).partition(" ")[2].strip("[]")
    environment.filters["value"] = lambda score, name: format_value(name, score["value"])
    history = evaluation.get("history", [])
    names = [evaluation.get(f"{side}_language", "") for side in ("source", "target")]
    html = environment.get_template("report.html.j2").render(
        evaluation=evaluation,
        metrics=list(evaluation["systems"][0]["scores"]) if evaluation["systems"] else [],
        languages=" → ".join(language_name(name) for name in names if name),
        groups=_examples(evaluation),
        labels=label_sentences(counts) if (counts := evaluation.get("data", {}).get("labels")) else (),
        matrix=confusion_matrix(evaluation["confusion"]) if "confusion" in evaluation else None,
        curves=_curves(history, evaluation.get("validation", "score")) if len(history) > 1 else "",
        buckets=_bars(evaluation.get("buckets", [])),
        charts=[(chart["title"], line_chart(chart)) for chart in evaluation.get("charts", [])],
    )
    write_page(html, path)


def _examples(evaluation: Evaluation) -> list[tuple[str, list[dict[str, Any]]]]:
    """The worst and the best examples; a few where they have no score."""
    rows = evaluation.get("examples", [])
    if not evaluation.get("score_name"):
        return [("Samples", rows[:SHOWN])]
    ordered = sorted(rows, key=lambda row: -row["score"])
    return [("Worst examples", ordered[SHOWN:][: -SHOWN - 1 : -1]), ("Best examples", ordered[:SHOWN])]


def confusion_matrix(confusion: dict[str, Any], most: int = SHOWN_LABELS) -> dict[str, Any]:
    """The rows and columns of a confusion matrix that a page has room for: of the labels most often mistaken.

    Args:
        confusion: ``labels`` and ``matrix``, right by given.
        most: Labels kept.

    Returns:
        ``labels``; ``rows``, for each right label its cells as number of texts and share of the texts of that label;
        ``left_out``, how many labels are not shown.
    """
    names, counts = confusion["labels"], np.array(confusion["matrix"], np.int64)
    texts = counts.sum(axis=1)
    mistakes = texts + counts.sum(axis=0) - 2 * counts.diagonal()
    used = np.flatnonzero(texts + counts.sum(axis=0))
    kept = np.sort(used[np.argsort(-mistakes[used], kind="stable")[:most]])
    rows = [
        [(int(counts[right, given]), float(counts[right, given] / max(texts[right], 1))) for given in kept]
        for right in kept
    ]
    return {"labels": [names[index] for index in kept], "rows": rows, "left_out": len(used) - len(kept)}


def _curves(history: Sequence[dict[str, float]], name: str) -> str:
    """Training loss and the validation score by step."""
    figure, axes = axes_of(2)
    losses = [row for row in history if "valid_score" not in row]
    scores = [row for row in history if "valid_score" in row]
    axes[0].plot([row["step"] for row in losses], [row["loss"] for row in losses], color=COLORS[0], linewidth=1.2)
    axes[0].set(xlabel="step", ylabel="training loss (nats)")
    axes[1].plot([row["step"] for row in scores], [row["valid_score"] for row in scores], "o-", color=COLORS[1])
    axes[1].set(xlabel="step", ylabel=f"validation {name}")
    return svg(figure)


def _bars(buckets: Sequence[dict[str, Any]]) -> str:
    """The metrics by the length of the text, side by side."""
    if not buckets:
        return ""
    figure, axes = axes_of(1)
    places = range(len(buckets))
    names = [name for name in buckets[0] if name not in ("low", "high", "examples")]
    width = 0.8 / len(names)
    for index, name in enumerate(names):
        shift = (index - (len(names) - 1) / 2) * width
        bars = [place + shift for place in places]
        label, color = TITLES.get(name, name), COLORS[index % len(COLORS)]
        axes[0].bar(bars, [row[name] for row in buckets], 0.95 * width, color=color, label=label)
    labels = [f"{row['low']}-{row['high']}\n({row['examples']})" for row in buckets]
    axes[0].set_xticks(list(places), labels)
    axes[0].set_xlabel("length of the text in characters (texts)")
    axes[0].legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=len(names), borderpad=0)
    return svg(figure)
