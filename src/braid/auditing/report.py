"""An evaluation as one HTML file that needs nothing else: tables, curves, best and worst examples."""

from __future__ import annotations

import io
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from braid.storage import atomic_file
from braid.text.languages import language_name

SHOWN = 10


class Evaluation(TypedDict):
    """What an evaluation holds, as plain data.

    Args:
        name: The bundle's name.
        task: The recipe's task.
        systems: Name and scores of the model and of each baseline, the model first.
        source_language: Code.
        target_language: Code.
        created: ISO time.
        examples: Source, reference, hypothesis and chrF of each text.
        buckets: Scores by source length.
        faults: Counts of visible faults.
        history: Loss and validation chrF by step.
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
    buckets: NotRequired[list[dict[str, Any]]]
    faults: NotRequired[dict[str, int]]
    history: NotRequired[list[dict[str, float]]]
    data: NotRequired[dict[str, Any]]
    notes: NotRequired[list[str]]


def evaluation_report(evaluation: Evaluation, *, path: Path) -> None:
    """Write the report; it loads nothing from anywhere and runs no script.

    Args:
        evaluation: As `braid.pipeline.evaluate.evaluate` makes it.
        path: The HTML file.

    Raises:
        StorageError: It cannot be written.
    """
    from jinja2 import Environment

    template = (resources.files("braid.auditing") / "report.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["score"] = lambda score: f"{score['value']:.1f}"
    environment.filters["interval"] = lambda score: f"{score['low']:.1f} – {score['high']:.1f}"
    history = evaluation.get("history", [])
    ordered = sorted(evaluation.get("examples", []), key=lambda row: -row["chrf"])
    html = environment.from_string(template).render(
        evaluation=evaluation,
        languages=[language_name(evaluation.get(f"{side}_language", "")) for side in ("source", "target")],
        best=ordered[:SHOWN],
        worst=ordered[SHOWN:][: -SHOWN - 1 : -1],
        curves=_curves(history) if len(history) > 1 else "",
        buckets=_bars(evaluation.get("buckets", [])),
    )
    with atomic_file(path) as file:
        file.write(html.encode("utf-8"))


def _svg(figure: Any) -> str:
    """The figure as an SVG element whose text takes the page's font and colour."""
    stream = io.StringIO()
    figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = stream.getvalue()
    return text[text.index("<svg") :].replace("#000000", "currentColor")


def _axes(columns: int) -> tuple[Any, Sequence[Any]]:
    import matplotlib
    from matplotlib.figure import Figure

    matplotlib.rcParams["svg.fonttype"] = "none"
    matplotlib.rcParams["svg.hashsalt"] = "braid"
    figure = Figure(figsize=(8.6, 2.6), layout="constrained")
    axes = figure.subplots(1, columns, squeeze=False)[0]
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(axis="y", alpha=0.25)
    return figure, axes


def _curves(history: Sequence[dict[str, float]]) -> str:
    """Training loss and validation chrF by step."""
    figure, axes = _axes(2)
    losses = [row for row in history if "valid_chrf" not in row]
    scores = [row for row in history if "valid_chrf" in row]
    axes[0].plot([row["step"] for row in losses], [row["loss"] for row in losses], color="#3d7ea6", linewidth=1.2)
    axes[0].set(xlabel="step", ylabel="training loss (nats a subword)")
    axes[1].plot([row["step"] for row in scores], [row["valid_chrf"] for row in scores], "o-", color="#c1662f")
    axes[1].set(xlabel="step", ylabel="validation chrF, greedy")
    return _svg(figure)


def _bars(buckets: Sequence[dict[str, Any]]) -> str:
    """BLEU and chrF by source length."""
    if not buckets:
        return ""
    figure, axes = _axes(1)
    places = range(len(buckets))
    for shift, name, color in ((-0.2, "bleu", "#3d7ea6"), (0.2, "chrf", "#c1662f")):
        label = "BLEU" if name == "bleu" else "chrF"
        axes[0].bar([place + shift for place in places], [row[name] for row in buckets], 0.38, color=color, label=label)
    labels = [f"{row['low']}-{row['high']}\n({row['examples']})" for row in buckets]
    axes[0].set_xticks(list(places), labels)
    axes[0].set_xlabel("source length in characters (texts)")
    axes[0].legend(frameon=False)
    return _svg(figure)
