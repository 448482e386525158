"""Files, globs and pairs of files by name → Examples, whatever their format."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from braid.data.example import Example, Reject
from braid.data.formats.archives import refuse_archive
from braid.data.formats.contract import Batches, FileFacts, ReadOptions
from braid.data.formats.encoding import NO_UTF8
from braid.data.formats.known import PAIR_READERS, PARALLEL, READS, Readers, format_of, pair_format_of
from braid.data.formats.labeled import LabeledFile, labeled_files, read_labeled
from braid.data.formats.lookup import exists, expand, with_home
from braid.data.formats.stream import Stream, open_stream, whole_row
from braid.data.formats.texts import is_text_file
from braid.errors import DataError

MALFORMED_RULES = frozenset({"columns", "quotes", "json", "cells", "empty", "encoding"})
"""Rules of rows that could not be read; a file with no other rows is not what its name says."""


@dataclass(frozen=True)
class DataFile:
    """One or, for parallel texts, two files, each as path and as a person would write it.

    Args:
        paths: Where they are.
        shown: As a person would write them.
        label: Of the text that the file is, where folders are named for labels.
    """

    paths: tuple[Path, ...]
    shown: tuple[str, ...]
    label: str = ""

    @property
    def name(self) -> str:
        """As rows of the file name it."""
        return ",".join(self.shown)


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
    for file in find_files(patterns, options, folder=folder):
        yield from file_rows(file, options)


def find_files(
    patterns: Sequence[str], options: ReadOptions, *, folder: Path, passed: dict[str, str] | None = None
) -> list[DataFile]:
    """The files that patterns stand for, none of them read yet; see `read_files`.

    Args:
        patterns: As for `read_files`.
        options: The same.
        folder: The same.
        passed: Gets what globs and folders hold and is left out, and why.
    """
    found: list[DataFile] = []
    for pattern in patterns:
        labeled = _labeled(pattern, folder, passed) if options.separator else []
        found += labeled or _find(pattern, folder, READS[options.reads], passed)
    return found


def file_rows(file: DataFile, options: ReadOptions) -> Iterator[Example | Reject]:
    """The rows of one file, and an error after them when none could be read; see `read_files`."""
    tally = Tally()
    for row in raw_rows(file, options):
        tally.add(row)
        yield row
    if not file.label:  # an empty one among many is a row to reject
        tally.check(file.name)


def raw_rows(
    file: DataFile, options: ReadOptions, encodings: dict[str, str] | None = None
) -> Iterator[Example | Reject]:
    """The rows of one file, whatever they are; see `read_files` and `stream_rows`."""
    if file.label:
        yield read_labeled(LabeledFile(path=file.paths[0], shown=file.shown[0], label=file.label))
        return
    with _streams(file, options) as streams:
        yield from stream_rows(streams, options, encodings)


def stream_rows(
    streams: Sequence[Stream], options: ReadOptions, encodings: dict[str, str] | None = None
) -> Iterator[Example | Reject]:
    """The rows of an open file, or of two that belong together.

    Args:
        streams: The files.
        options: What is asked of them.
        encodings: Gets what each file was read as that is not UTF-8, in words.
    """
    if len(streams) == 2:
        rows = pair_format_of([stream.shown for stream in streams]).read(streams[0], streams[1])
    else:
        rows = format_of(streams[0].shown, READS[options.reads]).read(streams[0], options)
    rows = iter(rows)
    first = list(itertools.islice(rows, 1))  # before which readers ask for the encoding
    if not first:
        return
    rows = itertools.chain(first, rows)
    if encodings is not None:
        encodings.update({stream.shown: words for stream in streams if (words := _encoding_words(stream))})
    is_damaged = any(stream.found is not None and stream.found.is_damaged for stream in streams)
    yield from map(whole_row, rows) if is_damaged else _until_nul(rows, streams)


def _until_nul(rows: Iterator[Example | Reject], streams: Sequence[Stream]) -> Iterator[Example | Reject]:
    """The rows; those from the first NUL character on are looked at one by one."""
    one, other = streams[0], streams[-1]
    for row in rows:
        if one.has_nul or other.has_nul:
            yield whole_row(row)
            yield from map(whole_row, rows)
            return
        yield row


def _encoding_words(stream: Stream) -> str:
    """What a file was read as, where that is not plain UTF-8."""
    if stream.found is not None and stream.found.is_damaged:
        return "UTF-8 with broken bytes"
    if stream.used_encoding in ("", "utf-8"):
        return ""
    if not stream.is_guessed:
        return stream.used_encoding
    return f"{stream.used_encoding}, by its bytes{f' ({stream.confidence:.0%} sure)' if stream.confidence < 1 else ''}"


def cut_of(file: DataFile, options: ReadOptions) -> str:
    """How the file can be cut into pieces, as `braid.data.formats.known.Format` has it."""
    if file.label:
        return ""
    if len(file.shown) == 2:
        return "lines" if pair_format_of(file.shown) is PARALLEL else ""
    return format_of(file.shown[0], READS[options.reads]).cut


def batches_of(file: DataFile, options: ReadOptions) -> Batches | None:
    """The batches of a file that is cut into them; None where they cannot be told apart.

    Raises:
        DataError: It cannot be read.
    """
    find = format_of(file.shown[0], READS[options.reads]).batches
    with _streams(file, options) as streams:
        return find(streams[0]) if find is not None else None


def inspect_file(pattern: str, *, folder: Path) -> FileFacts:
    """What the first file of a pattern says about itself: format, encoding, languages, columns, first rows."""
    return _inspect(_find(pattern, folder, PAIR_READERS)[0])


def inspect_files(pattern: str, *, folder: Path) -> Iterator[tuple[DataFile, FileFacts]]:
    """Each file of a pattern and what it says about itself."""
    for file in _find(pattern, folder, PAIR_READERS):
        yield file, _inspect(file)


def _inspect(file: DataFile) -> FileFacts:
    with _streams(file, ReadOptions(source_language="", target_language="")) as streams:
        if len(streams) == 2:
            return pair_format_of(file.shown).inspect(streams[0], streams[1])
        return format_of(file.shown[0], PAIR_READERS).inspect(streams[0])


@contextmanager
def _streams(file: DataFile, options: ReadOptions) -> Iterator[list[Stream]]:
    """The file, or both, opened.

    Raises:
        DataError: One cannot be opened, is empty, or is an archive.
    """
    with ExitStack() as stack:
        how = {"encoding": options.encoding, "languages": options.languages, "keeps_broken": True}
        pairs = zip(file.paths, file.shown, strict=True)
        streams = [stack.enter_context(open_stream(*pair, **how)) for pair in pairs]
        for stream in streams:
            refuse_archive(stream)
        yield streams


@dataclass(kw_only=True)
class Tally:
    """How many rows of a file could be read, so that one that is not what its name says is refused.

    Args:
        rows: Rows seen.
        malformed: Those of them that could not be read.
        first: Line and reason of the first such row.
    """

    rows: int = 0
    malformed: int = 0
    first: tuple[int, str] = (0, "")

    def add(self, row: Example | Reject) -> None:
        """Count a row."""
        self.rows += 1
        if isinstance(row, Reject) and row.rule in MALFORMED_RULES:
            self.malformed += 1
            if self.malformed == 1:
                self.first = (row.example.line, row.detail)

    def join(self, other: Tally) -> None:
        """Add what was counted elsewhere in the file, further on."""
        self.first = self.first if self.malformed else other.first
        self.rows += other.rows
        self.malformed += other.malformed

    def check(self, shown: str) -> None:
        """Raise what is wrong with the file as a whole.

        Raises:
            DataError: It holds no row, or none that could be read.
        """
        if not self.rows:
            raise DataError("a data file must hold at least one pair of texts, got none", where=shown)
        if self.malformed == self.rows:
            hint = "check the file's format and that its name ends accordingly"
            if self.first[1].endswith(NO_UTF8):
                hint = 'say what the file is in, encoding = "cp850" under [data] for instance, or save it as UTF-8'
            raise DataError(
                f"at least one row must be readable, got {self.rows} that are not; the first: {self.first[1]}",
                where=f"{shown}, line {self.first[0]}",
                hint=hint,
            )


def _labeled(pattern: str, folder: Path, passed: dict[str, str] | None) -> list[DataFile]:
    """The text files in folders named for their labels that a pattern stands for; none where it stands for others."""
    path = folder / with_home(pattern)
    if exists(path, folder) and path.is_dir():
        return [DataFile((file.path,), (file.shown,), file.label) for file in labeled_files(path, pattern, passed)]
    if not is_text_file(pattern) or "," in pattern:
        return []
    found = [(path, shown, Path(shown).parent.name) for path, shown in expand(pattern, folder, passed)]
    return [DataFile((path,), (shown,), label) for path, shown, label in found if label]


def _find(pattern: str, folder: Path, readers: Readers, passed: dict[str, str] | None = None) -> list[DataFile]:
    """The files a pattern stands for."""
    if readers is not PAIR_READERS or "," not in pattern or exists(with_home(pattern), folder):
        found = [DataFile((path,), (shown,)) for path, shown in expand(pattern, folder, passed)]
        for file in found:
            format_of(file.shown[0], readers)
        return found
    sides = [expand(part.strip(), folder, passed) for part in pattern.split(",")]
    if len(sides) != 2 or len(sides[0]) != len(sides[1]):
        got = f"{len(sides)} names" if len(sides) != 2 else f"{len(sides[0])} and {len(sides[1])} files"
        raise DataError(f"parallel text files must be written a,b and come in pairs, got {got}", where=pattern)
    pairs = zip(*sides, strict=True)
    found = [DataFile((source[0], target[0]), (source[1], target[1])) for source, target in pairs]
    for file in found:
        pair_format_of(file.shown)
    return found
