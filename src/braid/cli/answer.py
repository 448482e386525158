"""``braid answer``: a question in, the answer and where it stands out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from braid.cli.arguments import BundlePath, Format, OutputFormat


def command(
    bundle: BundlePath,
    question: Annotated[
        str, typer.Argument(metavar="[QUESTION|FILE|-]", help="A question, or a file of questions, one each line.")
    ] = "-",
    context: Annotated[
        str | None, typer.Option("--context", metavar="TEXT|FILE", help="Look here, not in the bundle's documents.")
    ] = None,
    format: Format = OutputFormat.text,
) -> None:
    """Answer questions from the bundle's documents, or from a passage."""
    from braid.cli.lines import answer_lines, open_for, read_all

    answerer = open_for(bundle, "answer")
    passage = read_all(Path(context)) if context and _is_file(context) else context

    def run(questions: list[str]) -> list[Any]:
        return answerer.answers(questions, None if passage is None else [passage] * len(questions))

    if question != "-" and not _is_file(question):
        answer = run([question])[0]
        print(_row(answer) if format == OutputFormat.json else _shown(answer))
        return
    file = None if question == "-" else Path(question)
    answer_lines(file, run, _row if format == OutputFormat.json else _line)


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # too long for a name, or holding what no name may
        return False


def _row(answer: Any) -> str:
    names = ("file", "line", "start", "end", "title", "passage")
    origin = {name: getattr(answer.origin, name) for name in names} if answer.origin else {}
    row = {"question": answer.source, "answer": answer.text, "score": answer.score, **origin}
    return json.dumps(row, ensure_ascii=False)


def _place(answer: Any) -> str:
    origin = answer.origin
    return f"{origin.file}:{origin.line}" if origin and origin.file else ""


def _line(answer: Any) -> str:
    return f"{answer.text}\t{_place(answer)}" if _place(answer) else answer.text


def _shown(answer: Any) -> str:
    """The answer, its place and its passage, for a person."""
    if not answer.origin:
        return "(no answer)"
    heads = [part for part in (_place(answer), answer.origin.title) if part]
    passage = ["", answer.origin.passage] if answer.origin.passage.strip() != answer.text.strip() else []
    return "\n".join([answer.text, *([f"— {', '.join(heads)}"] if heads else []), *passage])
