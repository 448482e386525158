"""``braid translate``: lines in, lines out; or a file in, the same file in the other language out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from braid.cli.arguments import BeamSize, BundlePath, Format, OutputFormat
from braid.errors import ConfigError

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
    update: Annotated[
        bool, typer.Option("--update", help="Replace it, but keep what it has translated (files of keys and texts).")
    ] = False,
    beam_size: BeamSize = 0,
    format: Format = OutputFormat.text,
) -> None:
    """Translate lines, in order, or with --output a file, of which all but the texts stays as it is."""
    from braid.cli.lines import open_for
    from braid.cli.written import report, with_progress

    if output is None:
        given = {"--overwrite": overwrite, "--fuzzy": fuzzy, "--no-mark": not mark, "--source-column": source_column}
        given |= {"--column": column, "--force": force, "--update": update}
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
    check_names(file, None if is_stdout else output, force=force or update)
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
    translate = with_progress(lambda texts: translator.translate(texts, detail=True, beam_size=beam_size))
    target = None if is_stdout else output
    result = localize_file(file, target, translate, options, force=force, update=update)
    if is_stdout:
        sys.stdout.buffer.write(result.data)
        sys.stdout.buffer.flush()
    report(result, file, output, format)


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
