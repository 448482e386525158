"""Lines in, answers out: what the verbs that use a bundle share."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from braid.errors import ConfigError, DataError

CHUNK_LINES = 512

File = Annotated[Path | None, typer.Argument(metavar="[FILE|-]", help="Text, one line each; stdin if left out.")]


def open_for(bundle: Path, task: str) -> Any:
    """What answers from a bundle, which must be for that task.

    Raises:
        ConfigError: It is for another one.
    """
    from braid.bundle.folder import read_bundle
    from braid.pipeline.load import open_bundle

    info = read_bundle(bundle)
    if info.task != task:
        hint = f"braid {info.task} {bundle}"
        raise ConfigError(f'the bundle must be for "{task}", got one for "{info.task}"', where=str(bundle), hint=hint)
    return open_bundle(bundle, info)


def answer_lines(file: Path | None, answers: Callable[[list[str]], Sequence[Any]], show: Callable[[Any], str]) -> None:
    """Write one line for each line read, in order.

    Args:
        file: What to read; stdin when it is None or ``-``.
        answers: One result for each line of a list.
        show: A result as one line.
    """
    with _open(file) as stream:
        for lines in _chunks(stream, str(file or "stdin")):
            sys.stdout.write("".join(show(answer).replace("\n", " ") + "\n" for answer in answers(lines)))
            sys.stdout.flush()


def json_row(answer: Any, *names: str) -> str:
    """Named fields of an answer as one line of JSON."""
    return json.dumps({name: getattr(answer, name) for name in names}, ensure_ascii=False)


def _open(file: Path | None) -> Any:
    if file is None or str(file) == "-":
        return sys.stdin.buffer
    try:
        return file.open("rb")
    except OSError as error:
        raise DataError(f"the file cannot be read: {error.strerror}", where=str(file)) from None


def read_all(file: Path | None) -> str:
    """The whole text of a file or of stdin.

    Raises:
        DataError: It cannot be read, or is not UTF-8.
    """
    with _open(file) as stream:
        try:
            return stream.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise DataError("the text must be UTF-8", where=str(file or "stdin")) from None


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
