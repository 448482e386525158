"""``braid translate``: lines in, lines out; or a file in, the same file in the other language out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from braid.cli.arguments import BeamSize, BundlePath, Format, OutputFormat
from braid.cli.lines import CHUNK_LINES
from braid.errors import ConfigError

if TYPE_CHECKING:
    from braid.data.localizing import Finding, Localized

MOST_SHOWN = 100
"""Texts listed on stderr of each kind; `--format json` lists them all."""

_FILE_HELP = "Text, one line each; stdin if left out. With --output also PO, XLIFF, HTML and other formats."


def command(
    bundle: BundlePath,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE|-]", help=_FILE_HELP)] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the file here, in its own format; - for stdout.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Translate what has a translation, too.")] = False,
    fuzzy: Annotated[
        bool, typer.Option("--fuzzy", help="Translate anew what is marked as fuzzy or as needing a review.")
    ] = False,
    mark: Annotated[bool, typer.Option(help="Mark all translations for a review, where the format can.")] = True,
    source_column: Annotated[str, typer.Option(help="Name or number of the column, or the key, of the texts.")] = "",
    column: Annotated[str, typer.Option(help="The same of the translations; the language's code if left out.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace an existing output.")] = False,
    beam_size: BeamSize = 0,
    format: Format = OutputFormat.text,
) -> None:
    """Translate lines, in order, or with --output a file, of which all but the texts stays as it is."""
    from braid.cli.lines import open_for

    if output is None:
        given = {"--overwrite": overwrite, "--fuzzy": fuzzy, "--no-mark": not mark, "--source-column": source_column}
        given |= {"--column": column, "--force": force}
        _check_lines(file, [name for name, value in given.items() if value])
        _translate_lines(open_for(bundle, "translate"), file, beam_size, format)
        return
    from braid.data.localizing import LocalizeOptions, check_names, localize_file

    is_stdout = str(output) == "-"
    if file is None or str(file) == "-":
        raise ConfigError(
            "--output needs a FILE whose name tells its format", hint="braid translate BUNDLE a.po -o b.po"
        )
    if is_stdout and format == OutputFormat.json:
        raise ConfigError("--format json needs the stdout that --output - writes the file to", hint="name a file")
    check_names(file, None if is_stdout else output, force=force)
    translator = open_for(bundle, "translate")
    options = LocalizeOptions(
        target_language=translator.target_language,
        source_language=translator.source_language,
        overwrite=overwrite,
        redo_unreviewed=fuzzy,
        marks_review=mark,
        source_column=source_column,
        target_column=column,
    )
    translate = _with_progress(lambda texts: translator.translate(texts, detail=True, beam_size=beam_size))
    result = localize_file(file, None if is_stdout else output, translate, options, force=force)
    if is_stdout:
        sys.stdout.buffer.write(result.data)
        sys.stdout.buffer.flush()
    _report(result, file, output, format)


def _check_lines(file: Path | None, given: Sequence[str]) -> None:
    """Refuses a file whose lines are no texts, and options that would do nothing."""
    from braid.data.localizing import format_name

    if given:
        raise ConfigError(f"{' and '.join(given)} must come with --output FILE", hint="braid translate --help")
    name = format_name(file.name) if file is not None else ""
    if file is not None and name not in ("", "txt"):
        hint = f"write it back in its format with --output FILE, or read its lines: braid translate BUNDLE < {file}"
        raise ConfigError(
            f"a file whose lines are translated must be plain text, got {name}", where=str(file), hint=hint
        )


def _translate_lines(translator: Any, file: Path | None, beam_size: int, format: OutputFormat) -> None:
    from braid.cli.lines import answer_lines, json_row

    def show(answer: Any) -> str:
        if format == OutputFormat.json:
            return json_row(answer, "source", "text", "score", "is_complete")
        return answer.text

    answer_lines(file, lambda lines: translator.translate(lines, detail=True, beam_size=beam_size), show)


def _with_progress(translate: Callable[[list[str]], Sequence[Any]]) -> Callable[[list[str]], list[Any]]:
    """The same function, a part of the texts at a time and on a terminal with a bar."""
    from rich.progress import track

    from braid.cli.talk import console

    def translate_all(texts: list[str]) -> list[Any]:
        parts = [texts[place : place + CHUNK_LINES] for place in range(0, len(texts), CHUNK_LINES)]
        bar = console()
        steps = track(parts, description="translating", console=bar, transient=True, disable=not bar.is_terminal)
        return [reply for part in steps for reply in translate(part)]

    return translate_all


def _report(result: Localized, file: Path, output: Path, format: OutputFormat) -> None:
    """What became of the file: on stderr for people, on stdout for programs."""
    from braid.cli.talk import print_json

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
