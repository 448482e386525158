"""``braid classify``: lines in, labels out."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from braid.cli.arguments import BundlePath, Format, OutputFormat
from braid.cli.lines import File

SHOWN = 5
LONGEST = 40
"""Characters shown of a piece of text."""


def command(
    bundle: BundlePath,
    file: File = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show which words moved each decision, and by how much.")
    ] = False,
    format: Format = OutputFormat.text,
) -> None:
    """Classify lines: a label and its probability for each; several labels are joined by commas."""
    from braid.cli.lines import answer_lines, open_for

    classifier = open_for(bundle, "classify")

    def show(answer: Any) -> str:
        labels = answer.text.split("\n") if answer.text else []
        words = classifier.explain(answer.source) if explain else []
        if format == OutputFormat.json:
            row = {"source": answer.source, "labels": labels, "probabilities": dict(answer.labels)}
            return json.dumps(row | ({"words": words} if explain else {}), ensure_ascii=False)
        text = f"{', '.join(labels) or '(none)'}\t{answer.score:.3f}" if answer.source.strip() else ""
        moved = sorted(words, key=lambda word: -abs(word[1]))[:SHOWN]
        return text + ("\t" + "  ".join(f"{shown(word)} {odds:+.2f}" for word, odds in moved) if moved else "")

    answer_lines(file, classifier.answers, show)


def shown(piece: str) -> str:
    """A piece of text on one line, its middle left out where it is long."""
    words = " ".join(piece.split())
    return words if len(words) <= LONGEST else f"{words[: LONGEST // 2 - 1]}…{words[-LONGEST // 2 :]}"
