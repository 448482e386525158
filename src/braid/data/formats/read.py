"""Files, globs and pairs of files by name → Examples, whatever their format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from braid.data.example import Example, Reject
from braid.data.formats.android import read_android
from braid.data.formats.apple import read_apple
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.csv import inspect_csv, read_csv
from braid.data.formats.i18n import read_json_texts, read_yaml_texts
from braid.data.formats.jsonl import inspect_jsonl, read_jsonl
from braid.data.formats.keyed import Read, inspect_keyed, read_keyed
from braid.data.formats.labelled import LabelledFile, is_text, labelled_files, read_labelled
from braid.data.formats.mo import inspect_mo, read_mo
from braid.data.formats.parallel import inspect_parallel, read_parallel
from braid.data.formats.parquet import inspect_parquet, read_parquet, read_parquet_documents
from braid.data.formats.po import inspect_po, read_po
from braid.data.formats.properties import read_properties
from braid.data.formats.squad import read_squad
from braid.data.formats.stream import Stream, open_stream
from braid.data.formats.subtitles import inspect_subtitles, read_subtitles
from braid.data.formats.texts import SUFFIXES, inspect_plain, read_column, read_documents, read_plain
from braid.data.formats.tmx import inspect_tmx, read_tmx
from braid.data.formats.tsv import inspect_tsv, read_tsv
from braid.data.formats.xliff import inspect_xliff, read_xliff
from braid.errors import DataError


@dataclass(frozen=True)
class Format:
    """A file format: the names its files end with (before ``.gz``), how it is read and how it is looked at."""

    suffixes: tuple[str, ...]
    read: Callable[[Stream, ReadOptions], Iterator[Example | Reject]]
    inspect: Callable[[Stream], FileFacts]


_READERS = {
    "tsv": Format((".tsv", ".tab"), read_tsv, inspect_tsv),
    "csv": Format((".csv",), read_csv, inspect_csv),
    "jsonl": Format((".jsonl", ".ndjson"), read_jsonl, inspect_jsonl),
    "parquet": Format((".parquet",), read_parquet, inspect_parquet),
    "po": Format((".po", ".pot"), read_po, inspect_po),
    "mo": Format((".mo", ".gmo"), read_mo, inspect_mo),
    "tmx": Format((".tmx",), read_tmx, inspect_tmx),
    "xliff": Format((".xlf", ".xliff"), read_xliff, inspect_xliff),
}


@dataclass(frozen=True)
class PairFormat:
    """Two files that belong together: the names they end with, how they are read and how they are looked at."""

    suffixes: tuple[str, ...]
    read: Callable[[Stream, Stream], Iterator[Example | Reject]]
    inspect: Callable[[Stream, Stream], FileFacts]


def _keyed(name: str, suffixes: tuple[str, ...], read: Read) -> PairFormat:
    return PairFormat(
        suffixes,
        lambda source, target: read_keyed(source, target, read),
        lambda source, target: inspect_keyed(source, target, read, name),
    )


_PAIR_READERS = {
    "android": _keyed("android", (".xml",), read_android),
    "apple": _keyed("apple", (".strings",), read_apple),
    "properties": _keyed("properties", (".properties",), read_properties),
    "json texts": _keyed("json texts", (".json", ".arb"), read_json_texts),
    "yaml texts": _keyed("yaml texts", (".yml", ".yaml"), read_yaml_texts),
    "subtitles": PairFormat((".srt", ".vtt"), read_subtitles, inspect_subtitles),
}
_PARALLEL = PairFormat((), read_parallel, inspect_parallel)
"""Of names that end otherwise: line by line."""

_TEXT_READERS = {
    "txt": Format(SUFFIXES, read_plain, inspect_plain),
    "jsonl": Format((".jsonl", ".ndjson"), read_documents, inspect_jsonl),
    "csv": Format((".csv",), read_column, inspect_csv),
    "tsv": Format((".tsv", ".tab"), read_column, inspect_tsv),
    "parquet": Format((".parquet",), read_parquet_documents, inspect_parquet),
}

_QUESTION_READERS = {"squad": Format((".json",), read_squad, inspect_plain)}

_Readers = dict[str, Format]
_READS: dict[str, _Readers] = {"pairs": _READERS, "texts": _TEXT_READERS, "questions": _QUESTION_READERS}
"""Readers by what they are asked for."""

FORMATS: dict[str, tuple[str, ...]] = {"parallel": ()} | {name: form.suffixes for name, form in _READERS.items()}
"""Every format's name and the suffixes by which it is known; two parallel text files, written a,b, may end as they
like. Each may be followed by ``.gz``."""

PAIR_FORMATS: dict[str, tuple[str, ...]] = {name: form.suffixes for name, form in _PAIR_READERS.items()}
"""The same of formats that hold one language a file: resources of programs, and subtitles; written a,b as well."""

MALFORMED_RULES = frozenset({"columns", "quotes", "json", "cells", "empty"})
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
        patterns: Files or globs, relative to ``folder`` or absolute; ``a,b`` stands for two parallel text files. Where
            targets are labels, also a folder with one folder of text files for each label, or a glob of such files.
        options: Languages and columns.
        folder: The recipe's folder.

    Raises:
        DataError: A pattern matches nothing, or a file as a whole is not what it claims to be. All patterns are
            looked up before the first file is opened.
    """
    for file in find_files(patterns, options, folder=folder):
        yield from file_rows(file, options)


def find_files(patterns: Sequence[str], options: ReadOptions, *, folder: Path) -> list[DataFile]:
    """The files that patterns stand for, none of them opened yet; see `read_files`."""
    found: list[DataFile] = []
    for pattern in patterns:
        labelled = _labelled(pattern, folder) if options.separator else []
        found += labelled or _find(pattern, folder, _READS[options.reads])
    return found


def file_rows(file: DataFile, options: ReadOptions) -> Iterator[Example | Reject]:
    """The rows of one file, and an error after them when none could be read; see `read_files`."""
    tally = Tally()
    for row in raw_rows(file, options):
        tally.add(row)
        yield row
    if not file.label:  # an empty one among many is a row to reject
        tally.check(file.name)


def raw_rows(file: DataFile, options: ReadOptions) -> Iterator[Example | Reject]:
    """The rows of one file, whatever they are; see `read_files`."""
    if file.label:
        yield read_labelled(LabelledFile(path=file.paths[0], shown=file.shown[0], label=file.label))
        return
    with ExitStack() as stack:
        streams = [stack.enter_context(open_stream(*pair)) for pair in zip(file.paths, file.shown, strict=True)]
        yield from stream_rows(streams, options)


def stream_rows(streams: Sequence[Stream], options: ReadOptions) -> Iterator[Example | Reject]:
    """The rows of an open file, or of two that belong together."""
    if len(streams) == 2:
        yield from _pair_format_of([stream.shown for stream in streams]).read(streams[0], streams[1])
    else:
        yield from _format_of(streams[0].shown, _READS[options.reads]).read(streams[0], options)


def is_by_lines(file: DataFile, options: ReadOptions) -> bool:
    """Whether each line of the file is a row of its own, whatever stands in the others."""
    if file.label:
        return False
    if len(file.shown) == 2:
        return _pair_format_of(file.shown) is _PARALLEL
    name = file.shown[0].lower().removesuffix(".gz")
    return name.endswith(_READERS["tsv"].suffixes + _READERS["jsonl"].suffixes)


def inspect_file(pattern: str, *, folder: Path) -> FileFacts:
    """What the first file of a pattern says about itself: format, encoding, languages, columns, first rows."""
    file = _find(pattern, folder, _READERS)[0]
    with ExitStack() as stack:
        streams = [stack.enter_context(open_stream(*pair)) for pair in zip(file.paths, file.shown, strict=True)]
        if len(streams) == 2:
            return _pair_format_of(file.shown).inspect(streams[0], streams[1])
        return _format_of(file.shown[0], _READERS).inspect(streams[0])


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
            raise DataError(
                f"at least one row must be readable, got {self.rows} that are not; the first: {self.first[1]}",
                where=f"{shown}, line {self.first[0]}",
                hint="check the file's format and that its name ends accordingly",
            )


def _labelled(pattern: str, folder: Path) -> list[DataFile]:
    """The text files in folders named for their labels that a pattern stands for; none where it stands for others."""
    path = folder / with_home(pattern)
    if _exists(path, folder) and path.is_dir():
        return [DataFile((file.path,), (file.shown,), file.label) for file in labelled_files(path, pattern)]
    if not is_text(pattern) or "," in pattern:
        return []
    found = [(path, shown, Path(shown).parent.name) for path, shown in expand(pattern, folder)]
    return [DataFile((path,), (shown,), label) for path, shown, label in found if label]


def _find(pattern: str, folder: Path, readers: _Readers) -> list[DataFile]:
    """The files a pattern stands for."""
    if readers is not _READERS or "," not in pattern or _exists(with_home(pattern), folder):
        found = [DataFile((path,), (shown,)) for path, shown in expand(pattern, folder)]
        for file in found:
            _format_of(file.shown[0], readers)
        return found
    sides = [expand(part.strip(), folder) for part in pattern.split(",")]
    if len(sides) != 2 or len(sides[0]) != len(sides[1]):
        got = f"{len(sides)} names" if len(sides) != 2 else f"{len(sides[0])} and {len(sides[1])} files"
        raise DataError(f"parallel text files must be written a,b and come in pairs, got {got}", where=pattern)
    pairs = zip(*sides, strict=True)
    return [DataFile((source[0], target[0]), (source[1], target[1])) for source, target in pairs]


def with_home(pattern: str) -> Path:
    """The pattern with a leading ``~`` or ``~user`` as the home folder; other names may begin so, too."""
    try:
        return Path(pattern).expanduser()
    except RuntimeError:
        return Path(pattern)


def _exists(path: Path, folder: Path) -> bool:
    try:
        return (folder / path).exists()
    except OSError:  # two names with a comma between them may be too long for one
        return False


def expand(pattern: str, folder: Path) -> list[tuple[Path, str]]:
    """Path and shown name of every file that matches, sorted.

    Raises:
        DataError: There is none, or a folder, or the system cannot look it up.
    """
    try:
        return _expand(pattern, folder)
    except OSError as error:
        shown = pattern if len(pattern) < 100 else f"{pattern[:80]}…"
        raise DataError(f"a data file must be one that can be looked up, got: {error.strerror}", where=shown) from error


def _expand(pattern: str, folder: Path) -> list[tuple[Path, str]]:
    """Path and shown name of every file that matches, sorted."""
    given = with_home(pattern)
    path = folder / given
    if path.is_file():
        return [(path, pattern)]
    if path.is_dir():
        raise DataError(
            "a data file must be a file, got a folder", where=pattern, hint=f"write {Path(pattern) / '*.tmx'}"
        )
    base = Path(given.anchor) if given.is_absolute() else folder
    try:
        found = sorted(match for match in base.glob(str(given.relative_to(given.anchor))) if match.is_file())
    except (ValueError, NotImplementedError) as error:
        raise DataError(f'a glob must be one that Python understands, got "{pattern}": {error}') from error
    if not found:
        raise DataError(
            f'a data file or glob must match at least one file, got none for "{pattern}"',
            where=str(folder),
            hint="paths are relative to the recipe's folder",
        )
    return [(match, str(match if given.is_absolute() else match.relative_to(folder))) for match in found]


def _pair_hint(name: str) -> str:
    is_resource = any(name.endswith(form.suffixes) for form in _PAIR_READERS.values())
    kind = "the files of both languages" if is_resource else "two parallel text files"
    return f"{kind} are written as one entry: a,b"


def _pair_format_of(shown: Sequence[str]) -> PairFormat:
    names = [name.lower().removesuffix(".gz") for name in shown]
    kinds = [
        next((form for form in _PAIR_READERS.values() if name.endswith(form.suffixes)), _PARALLEL) for name in names
    ]
    if kinds[0] is not kinds[1]:
        raise DataError("the files of both languages must be of one kind", where=",".join(shown))
    return kinds[0]


def _format_of(shown: str, readers: _Readers) -> Format:
    name = shown.lower().removesuffix(".gz")
    for form in readers.values():
        if name.endswith(form.suffixes):
            return form
    known = " ".join(suffix for form in readers.values() for suffix in form.suffixes)
    raise DataError(
        f"a data file's name must end in one of {known}, or .gz after it",
        where=shown,
        hint=_pair_hint(name) if readers is _READERS else "",
    )
