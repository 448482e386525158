"""``braid summarize``: long texts in, short ones out."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Annotated, Any

import typer

from braid.cli.arguments import BeamSize, Format, OutputFormat
from braid.cli.lines import File


def command(
    bundle: Annotated[
        Path | None, typer.Argument(metavar="BUNDLE", help="A folder that `braid train` wrote; a FILE with --extract.")
    ] = None,
    file: File = None,
    whole: Annotated[bool, typer.Option("--whole", help="The file is one text, not one a line.")] = False,
    extract: Annotated[
        int, typer.Option("--extract", min=0, help="Take so many sentences of the text itself; needs no bundle.")
    ] = 0,
    language: Annotated[str, typer.Option(help="Code of the texts' language, for --extract.")] = "",
    beam_size: BeamSize = 0,
    format: Format = OutputFormat.text,
) -> None:
    """Summarize lines, or one whole text. What a summary says and its text does not is named on stderr."""
    from braid.cli.lines import answer_lines, json_row, open_for, read_all
    from braid.errors import ConfigError

    if extract:
        from braid.tasks.extract import extracted

        file, run = bundle, lambda texts: [extracted(text, extract, language) for text in texts]
    elif bundle is None:
        raise ConfigError("summarize needs a bundle", hint="braid summarize BUNDLE FILE, or --extract 3 FILE")
    else:
        summarizer = open_for(bundle, "summarize")

        def run(texts: list[str]) -> Any:
            return summarizer.answers(texts, beam_size=beam_size)

    lines = count(1)

    def show(answer: Any) -> str:
        line = next(lines)
        if format == OutputFormat.json:
            return json_row(answer, "source", "text", "score", "is_complete", "unsupported")
        if answer.unsupported:
            where = "the summary" if whole else f"line {line}: the summary"
            typer.echo(f"note: {where} says what its text does not: {', '.join(answer.unsupported)}", err=True)
        return answer.text

    if whole:
        print(show(run([read_all(file)])[0]))
    else:
        answer_lines(file, run, show)
