"""What a verb says while and after it translates a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import typer

from braid.cli.arguments import OutputFormat
from braid.cli.lines import CHUNK_LINES
from braid.cli.talk import console, print_json
from braid.data.localizing import Finding, Localized

MOST_SHOWN = 100
"""Texts listed on stderr of each kind; `--format json` lists them all."""


def with_progress(translate: Callable[[list[str]], Sequence[Any]]) -> Callable[[list[str]], list[Any]]:
    """The same function, a part of the texts at a time and on a terminal with a bar."""
    from rich.progress import track

    def translate_all(texts: list[str]) -> list[Any]:
        parts = [texts[place : place + CHUNK_LINES] for place in range(0, len(texts), CHUNK_LINES)]
        bar = console()
        steps = track(parts, description="translating", console=bar, transient=True, disable=not bar.is_terminal)
        return [reply for part in steps for reply in translate(part)]

    return translate_all


def report(result: Localized, file: Path, output: Path, format: OutputFormat) -> None:
    """What became of the file: on stderr for people, on stdout for programs."""
    numbers = {"translated": result.num_translated, "kept": result.num_kept, "needs_review": len(result.review)}
    if format == OutputFormat.json:
        lists = {"review": _rows(result.review), "left": _rows(result.left)}
        facts = {"file": str(file), "output": str(output), "texts": result.num_texts}
        print_json(facts | numbers | {"not_translated": len(result.left)} | lists)
        return
    for title, findings in (("look at", result.review), ("not translated", result.left)):
        for finding in findings[:MOST_SHOWN]:
            text = finding.text if len(finding.text) <= 60 else f"{finding.text[:59]}…"
            said = f"{finding.reason}: {text}" if text else finding.reason
            typer.echo(f"{title}: {file}, line {finding.line}: {said}", err=True)
        if len(findings) > MOST_SHOWN:
            typer.echo(f"{title}: {len(findings) - MOST_SHOWN:,} more, listed by --format json", err=True)
    rest = "".join(
        f", {number:,} {what}"
        for number, what in (
            (result.num_kept, "kept as they were"),
            (len(result.left), "not translated"),
            (len(result.review), "to look at"),
        )
        if number
    )
    typer.echo(f"wrote {output}: {result.num_translated:,} of {result.num_texts:,} texts translated{rest}", err=True)


def _rows(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [{"line": one.line, "text": one.text, "reason": one.reason} for one in findings]
