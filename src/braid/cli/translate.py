"""``braid translate``: lines in, lines out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from braid.cli.arguments import BeamSize, BundlePath, Format, OutputFormat
from braid.errors import DataError

CHUNK_LINES = 512


def command(
    bundle: BundlePath,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE|-]", help="Text, one line each; stdin if left out.")
    ] = None,
    beam_size: BeamSize = 0,
    format: Format = OutputFormat.text,
) -> None:
    """Translate lines; order and blank lines are kept."""
    from braid.pipeline.load import load

    translator = load(bundle)
    is_json = format == OutputFormat.json
    with _open(file) as stream:
        for lines in _chunks(stream, str(file or "stdin")):
            answers = translator.translate(lines, detail=True, beam_size=beam_size)
            sys.stdout.write("".join((_row(answer) if is_json else answer.text) + "\n" for answer in answers))
            sys.stdout.flush()


def _row(answer: Any) -> str:
    import json

    row = {"source": answer.source, "text": answer.text, "score": answer.score, "is_complete": answer.is_complete}
    return json.dumps(row, ensure_ascii=False)


def _open(file: Path | None) -> Any:
    if file is None or str(file) == "-":
        return sys.stdin.buffer
    try:
        return file.open("rb")
    except OSError as error:
        raise DataError(f"the file cannot be read: {error.strerror}", where=str(file)) from None


def _chunks(stream: BinaryIO, where: str) -> Iterator[list[str]]:
    """Lists of lines without their ends; on a terminal each line at once."""
    size = 1 if stream.isatty() else CHUNK_LINES
    lines: list[str] = []
    for number, line in enumerate(stream, start=1):
        try:
            lines.append(line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n"))
        except UnicodeDecodeError:
            raise DataError("the text must be UTF-8", where=f"{where}, line {number}") from None
        if len(lines) == size:
            yield lines
            lines = []
    if lines:
        yield lines
