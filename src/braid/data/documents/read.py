"""Files, globs and folders → passages, whatever their format."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from braid.data.documents.html import read_html
from braid.data.documents.markdown import read_markdown
from braid.data.documents.passage import Passage
from braid.data.documents.pdf import read_pdf
from braid.data.documents.rows import read_csv_rows, read_jsonl_rows, read_parquet_rows, read_tsv_rows
from braid.data.documents.squad import read_squad
from braid.data.documents.text import read_text
from braid.data.example import Example, Reject
from braid.data.formats.lookup import expand, with_home
from braid.data.formats.own import WRITTEN, without_own
from braid.data.formats.stream import Stream, open_stream
from braid.errors import DataError

LAYOUT = 2
"""Raised whenever the same file would give other passages."""

_Reader = Callable[[Stream, str], Iterator[Passage | Reject]]

READERS: dict[tuple[str, ...], _Reader] = {
    (".txt", ".text", ".rst"): read_text,
    (".md", ".markdown"): read_markdown,
    (".html", ".htm", ".xhtml"): read_html,
    (".pdf",): read_pdf,
    (".csv",): read_csv_rows,
    (".tsv", ".tab"): read_tsv_rows,
    (".jsonl", ".ndjson"): read_jsonl_rows,
    (".parquet",): read_parquet_rows,
    (".json",): read_squad,
}
"""What reads a file, by the names it may end with; each may be followed by ``.gz``."""


def read_documents(patterns: Sequence[str], *, folder: Path) -> Iterator[Passage | Reject]:
    """The passages of all documents, and as Rejects what could not be read: rows, pages and whole files.

    Args:
        patterns: Files, globs or folders, relative to ``folder`` or absolute. Folders are read with those below
            them, except what is hidden by a dot before its name or was written by Braid itself; links to folders are
            not followed.
        folder: Where relative names begin.

    Raises:
        DataError: A pattern matches nothing, a file that was named is of no known kind, or nothing at all could
            be read. All patterns are looked up before the first file is opened.
    """
    num_passages, first = 0, None
    for path, shown in find_documents(patterns, folder=folder):
        for row in read_document(path, shown):
            if isinstance(row, Reject):
                first = first or row
            else:
                num_passages += 1
            yield row
    if not num_passages:
        raise no_text(patterns, first)


def no_text(patterns: Sequence[str], first: Reject | None) -> DataError:
    """The error for documents without a passage; ``first`` is the first thing that could not be read."""
    reason = f"; the first fault: {first.detail}" if first else ""
    where = f"{first.example.file}, line {first.example.line}" if first else ", ".join(patterns)
    return DataError(f"the documents must hold some text, got none{reason}", where=where)


def find_documents(
    patterns: Sequence[str], *, folder: Path, passed: dict[str, str] | None = None
) -> list[tuple[Path, str]]:
    """Path and shown name of every file that the patterns of `read_documents` stand for, each once.

    Args:
        patterns: As for `read_documents`.
        folder: The same.
        passed: Gets what globs and folders hold and is left out, and why.

    Raises:
        DataError: A pattern matches nothing, or a file that was named is of no known kind.
    """
    return list(dict.fromkeys(found for pattern in patterns for found in _find(pattern, folder, passed)))


def _find(pattern: str, folder: Path, passed: dict[str, str] | None) -> list[tuple[Path, str]]:
    """Path and shown name of every file that a pattern stands for, sorted."""
    place = folder / with_home(pattern)
    if os.path.isdir(place):  # noqa: PTH112  the method fails on names that are too long
        files, own = without_own(_below(place), place)
        if passed is not None:
            passed.update({str(Path(pattern) / path.relative_to(place)): WRITTEN for path in own})
        return [(path, str(Path(pattern) / path.relative_to(place))) for path in files]
    found = expand(pattern, folder, passed)
    for _, shown in found:
        if _reader(shown) is None:
            raise DataError(_unknown(), where=shown, hint="save it as text, or leave it out")
    return found


def _below(place: Path) -> list[Path]:
    """The files of a folder and of those below it."""
    found = []
    for root, folders, names in os.walk(place):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(root) / name for name in sorted(names) if not name.startswith(".")]
    return found


def _reader(shown: str) -> _Reader | None:
    name = shown.lower().removesuffix(".gz")
    return next((read for endings, read in READERS.items() if name.endswith(endings)), None)


def _unknown() -> str:
    return f"a document's name must end in one of {' '.join(end for ends in READERS for end in ends)}, or .gz after it"


def read_document(path: Path, shown: str) -> Iterator[Passage | Reject]:
    """The passages and Rejects of a file; what makes the rest of it unreadable is one more Reject behind them.

    Args:
        path: Where it is.
        shown: As the user gave it; its ending tells the format.
    """
    row = Example(source="", target="", file=shown, line=1)
    read = _reader(shown)
    if read is None:
        yield Reject(example=row, rule="format", detail=_unknown())
        return
    try:
        with open_stream(path, shown) as stream:
            yield from read(stream, _title(path))
    except DataError as error:
        yield Reject(example=row, rule="file", detail=f"{error.message} ({error.where})" + _hint(error))


def _hint(error: DataError) -> str:
    return f"; {error.hint}" if error.hint else ""


def _title(path: Path) -> str:
    """A title out of a file's name: "refund-policy.md" is "refund policy"."""
    name = path.name.removesuffix(".gz")
    return Path(name).stem.replace("_", " ").replace("-", " ").strip()
