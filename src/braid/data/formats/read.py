"""Files, globs and pairs of files by name → Examples, whatever their format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from braid.data.example import Example, Reject
from braid.data.formats.archives import refuse_archive
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.known import PAIR_READERS, READS, Readers, format_of, pair_format_of
from braid.data.formats.labelled import LabelledFile, is_text, labelled_files, read_labelled
from braid.data.formats.lookup import exists, expand, with_home
from braid.data.formats.stream import Stream, open_stream
from braid.errors import DataError

MALFORMED_RULES = frozenset({"columns", "quotes", "json", "cells", "empty"})
"""Rules of rows that could not be read; a file with no other rows is not what its name says."""


@dataclass(frozen=True)
class _File:
    """One or, for parallel texts, two files, each as path and as a person would write it."""

    paths: tuple[Path, ...]
    shown: tuple[str, ...]


def read_files(patterns: Sequence[str], options: ReadOptions, *, folder: Path) -> Iterator[Example | Reject]:
    """Every pair of texts in the files as an Example, every row that cannot be used as a Reject, in file order.

    Args:
        patterns: Files or globs, relative to ``folder`` or absolute; ``a,b`` stands for two parallel text files, and
            ``hf://owner/name@revision/config:split`` for a data set on the Hugging Face hub. Where targets are labels,
            also a folder with one folder of text files for each label, or a glob of such files.
        options: Languages and columns.
        folder: The recipe's folder.

    Raises:
        DataError: A pattern matches nothing, or a file as a whole is not what it claims to be. All patterns are
            looked up before the first file is opened.
    """
    found: list[_File | LabelledFile] = []
    for pattern in patterns:
        labelled = _labelled(pattern, folder) if options.separator else []
        found += labelled or _find(pattern, folder, READS[options.reads])
    for file in found:
        if isinstance(file, LabelledFile):
            yield read_labelled(file)
        else:
            yield from _checked(_read(file, options), ",".join(file.shown))


def inspect_file(pattern: str, *, folder: Path) -> FileFacts:
    """What the first file of a pattern says about itself: format, encoding, languages, columns, first rows."""
    file = _find(pattern, folder, PAIR_READERS)[0]
    with _streams(file) as streams:
        if len(streams) == 2:
            return pair_format_of(file.shown).inspect(streams[0], streams[1])
        return format_of(file.shown[0], PAIR_READERS).inspect(streams[0])


@contextmanager
def _streams(file: _File) -> Iterator[list[Stream]]:
    """The file, or both, opened.

    Raises:
        DataError: One cannot be opened, is empty, or is an archive.
    """
    with ExitStack() as stack:
        streams = [stack.enter_context(open_stream(*pair)) for pair in zip(file.paths, file.shown, strict=True)]
        for stream in streams:
            refuse_archive(stream)
        yield streams


def _read(file: _File, options: ReadOptions) -> Iterator[Example | Reject]:
    with _streams(file) as streams:
        if len(streams) == 2:
            yield from pair_format_of(file.shown).read(streams[0], streams[1])
        else:
            yield from format_of(file.shown[0], READS[options.reads]).read(streams[0], options)


def _checked(rows: Iterable[Example | Reject], shown: str) -> Iterator[Example | Reject]:
    """The same rows, and an error after them when none could be read."""
    num_rows, num_malformed, first = 0, 0, None
    for row in rows:
        num_rows += 1
        if isinstance(row, Reject) and row.rule in MALFORMED_RULES:
            num_malformed += 1
            first = first or row
        yield row
    if not num_rows:
        raise DataError("a data file must hold at least one pair of texts, got none", where=shown)
    if first and num_malformed == num_rows:
        raise DataError(
            f"at least one row must be readable, got {num_rows} that are not; the first: {first.detail}",
            where=f"{shown}, line {first.example.line}",
            hint="check the file's format and that its name ends accordingly",
        )


def _labelled(pattern: str, folder: Path) -> list[LabelledFile]:
    """The text files in folders named for their labels that a pattern stands for; none where it stands for others."""
    path = folder / with_home(pattern)
    if exists(path, folder) and path.is_dir():
        return labelled_files(path, pattern)
    if not is_text(pattern) or "," in pattern:
        return []
    found = [(path, shown, Path(shown).parent.name) for path, shown in expand(pattern, folder)]
    return [LabelledFile(path=path, shown=shown, label=label) for path, shown, label in found if label]


def _find(pattern: str, folder: Path, readers: Readers) -> list[_File]:
    """The files a pattern stands for."""
    if readers is not PAIR_READERS or "," not in pattern or exists(with_home(pattern), folder):
        found = [_File((path,), (shown,)) for path, shown in expand(pattern, folder)]
        for file in found:
            format_of(file.shown[0], readers)
        return found
    sides = [expand(part.strip(), folder) for part in pattern.split(",")]
    if len(sides) != 2 or len(sides[0]) != len(sides[1]):
        got = f"{len(sides)} names" if len(sides) != 2 else f"{len(sides[0])} and {len(sides[1])} files"
        raise DataError(f"parallel text files must be written a,b and come in pairs, got {got}", where=pattern)
    pairs = zip(*sides, strict=True)
    found = [_File((source[0], target[0]), (source[1], target[1])) for source, target in pairs]
    for file in found:
        pair_format_of(file.shown)
    return found
