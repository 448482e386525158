"""Every format: the names its files end with, how they are read, and how they are looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from braid.data.example import Example, Reject
from braid.data.formats.android import read_android
from braid.data.formats.apple import read_apple
from braid.data.formats.archives import refuse_archive_name
from braid.data.formats.arrow import inspect_arrow, read_arrow, read_arrow_documents, read_batches
from braid.data.formats.conll import inspect_conll, read_conll, read_conll_documents
from braid.data.formats.contract import Batches, FileFacts, ReadOptions
from braid.data.formats.csv import inspect_csv, read_csv
from braid.data.formats.i18n import read_json_texts, read_yaml_texts
from braid.data.formats.jsonarray import inspect_json, read_json, read_json_documents
from braid.data.formats.jsonl import inspect_jsonl, read_jsonl
from braid.data.formats.keyed import Read, inspect_keyed, read_keyed
from braid.data.formats.mo import inspect_mo, read_mo
from braid.data.formats.pages import (
    Units,
    html_units,
    inspect_pages,
    markdown_units,
    read_html_text,
    read_pages,
    read_pdf_text,
)
from braid.data.formats.parallel import inspect_parallel, read_parallel
from braid.data.formats.parquet import inspect_parquet, parquet_batches, read_parquet, read_parquet_documents
from braid.data.formats.po import inspect_po, read_po
from braid.data.formats.properties import read_properties
from braid.data.formats.sqlite import inspect_sqlite, read_sqlite, read_sqlite_documents
from braid.data.formats.squad import read_squad
from braid.data.formats.stream import Stream
from braid.data.formats.subtitles import inspect_subtitles, read_subtitles
from braid.data.formats.texts import SUFFIXES, inspect_plain, read_column, read_documents, read_plain
from braid.data.formats.tmx import inspect_tmx, read_tmx
from braid.data.formats.tsv import inspect_tsv, read_tsv
from braid.data.formats.xliff import inspect_xliff, read_xliff
from braid.errors import DataError


@dataclass(frozen=True)
class Format:
    """A file format.

    Args:
        suffixes: What the names of its files end with, before ``.gz``.
        read: How it is read.
        inspect: How it is looked at.
        cut: How a large file is cut into pieces that are read apart: ``lines``, each a row whatever stands in the
            others; ``table``, the same below the first ones, which name the columns; ``quoted``, where no quoted field
            is open; ``batches``, as the file lists them; not at all when empty.
        batches: Of ``batches``, what lists them.
    """

    suffixes: tuple[str, ...]
    read: Callable[[Stream, ReadOptions], Iterator[Example | Reject]]
    inspect: Callable[[Stream], FileFacts]
    cut: str = ""
    batches: Callable[[Stream], Batches | None] | None = None


@dataclass(frozen=True)
class PairFormat:
    """Two files that belong together: the names they end with, how they are read and how they are looked at."""

    suffixes: tuple[str, ...]
    read: Callable[[Stream, Stream], Iterator[Example | Reject]]
    inspect: Callable[[Stream, Stream], FileFacts]


Readers = dict[str, Format]

_JSONL, _JSON, _CSV, _TSV = (".jsonl", ".ndjson"), (".json",), (".csv",), (".tsv", ".tab")
_PARQUET, _ARROW, _SQLITE = (".parquet",), (".arrow", ".feather"), (".sqlite", ".sqlite3", ".db")
_CONLL, _HTML, _MARKDOWN = (".conll", ".conllu", ".conllup"), (".html", ".htm", ".xhtml"), (".md", ".markdown")

PAIR_READERS: Readers = {
    "tsv": Format(_TSV, read_tsv, inspect_tsv, cut="table"),
    "csv": Format(_CSV, read_csv, inspect_csv, cut="quoted"),
    "jsonl": Format(_JSONL, read_jsonl, inspect_jsonl, cut="lines"),
    "json": Format(_JSON, read_json, inspect_json),
    "parquet": Format(_PARQUET, read_parquet, inspect_parquet, "batches", parquet_batches),
    "arrow": Format(_ARROW, read_arrow, inspect_arrow, "batches", read_batches),
    "sqlite": Format(_SQLITE, read_sqlite, inspect_sqlite),
    "conll": Format(_CONLL, read_conll, inspect_conll),
    "po": Format((".po", ".pot"), read_po, inspect_po),
    "mo": Format((".mo", ".gmo"), read_mo, inspect_mo),
    "tmx": Format((".tmx",), read_tmx, inspect_tmx),
    "xliff": Format((".xlf", ".xliff", ".sdlxliff"), read_xliff, inspect_xliff),
}


def _keyed(name: str, suffixes: tuple[str, ...], read: Read) -> PairFormat:
    return PairFormat(
        suffixes,
        lambda source, target: read_keyed(source, target, read),
        lambda source, target: inspect_keyed(source, target, read, name),
    )


def _pages(name: str, suffixes: tuple[str, ...], units: Units) -> PairFormat:
    return PairFormat(
        suffixes,
        lambda source, target: read_pages(source, target, units),
        lambda source, target: inspect_pages(source, target, units, name),
    )


TWO_FILE_READERS = {
    "android": _keyed("android", (".xml",), read_android),
    "apple": _keyed("apple", (".strings",), read_apple),
    "properties": _keyed("properties", (".properties",), read_properties),
    "json texts": _keyed("json texts", (".json", ".arb"), read_json_texts),
    "yaml texts": _keyed("yaml texts", (".yml", ".yaml"), read_yaml_texts),
    "subtitles": PairFormat((".srt", ".vtt"), read_subtitles, inspect_subtitles),
    "html": _pages("html", _HTML, html_units),
    "markdown": _pages("markdown", _MARKDOWN, markdown_units),
}
PARALLEL = PairFormat((), read_parallel, inspect_parallel)
"""Of names that end otherwise: line by line."""

_TEXT_READERS: Readers = {
    "txt": Format(SUFFIXES, read_plain, inspect_plain),
    "html": Format(_HTML, read_html_text, inspect_plain),
    "pdf": Format((".pdf",), read_pdf_text, inspect_plain),
    "jsonl": Format(_JSONL, read_documents, inspect_jsonl, cut="lines"),
    "json": Format(_JSON, read_json_documents, inspect_json),
    "csv": Format(_CSV, read_column, inspect_csv, cut="quoted"),
    "tsv": Format(_TSV, read_column, inspect_tsv, cut="table"),
    "parquet": Format(_PARQUET, read_parquet_documents, inspect_parquet, "batches", parquet_batches),
    "arrow": Format(_ARROW, read_arrow_documents, inspect_arrow, "batches", read_batches),
    "sqlite": Format(_SQLITE, read_sqlite_documents, inspect_sqlite),
    "conll": Format(_CONLL, read_conll_documents, inspect_conll),
}

_QUESTION_READERS: Readers = {"squad": Format(_JSON, read_squad, inspect_plain)}

READS: dict[str, Readers] = {"pairs": PAIR_READERS, "texts": _TEXT_READERS, "questions": _QUESTION_READERS}
"""Readers by what they are asked for."""

FORMATS: dict[str, tuple[str, ...]] = {"parallel": ()} | {name: form.suffixes for name, form in PAIR_READERS.items()}
"""Every format's name and the suffixes by which it is known; two parallel text files, written a,b, may end as they
like. Each may be followed by ``.gz``."""

PAIR_FORMATS: dict[str, tuple[str, ...]] = {name: form.suffixes for name, form in TWO_FILE_READERS.items()}
"""The same of formats that hold one language a file: resources of programs, subtitles, pages; written a,b as well."""


def format_of(shown: str, readers: Readers) -> Format:
    """The format that a file's name tells.

    Raises:
        DataError: It tells none, or that of an archive.
    """
    name = shown.lower().removesuffix(".gz")
    for form in readers.values():
        if name.endswith(form.suffixes):
            return form
    refuse_archive_name(shown)
    known = " ".join(suffix for form in readers.values() for suffix in form.suffixes)
    raise DataError(
        f"a data file's name must end in one of {known}, or .gz after it",
        where=shown,
        hint=_pair_hint(name) if readers is PAIR_READERS else "",
    )


def _pair_hint(name: str) -> str:
    is_resource = any(name.endswith(form.suffixes) for form in TWO_FILE_READERS.values())
    kind = "the files of both languages" if is_resource else "two parallel text files"
    return f"{kind} are written as one entry: a,b"


def pair_format_of(shown: Sequence[str]) -> PairFormat:
    """The format that the names of two files tell.

    Raises:
        DataError: They are of two, or archives.
    """
    names = [name.lower().removesuffix(".gz") for name in shown]
    kinds = [
        next((form for form in TWO_FILE_READERS.values() if name.endswith(form.suffixes)), PARALLEL) for name in names
    ]
    for name in shown:
        refuse_archive_name(name)
    if kinds[0] is not kinds[1]:
        raise DataError("the files of both languages must be of one kind", where=",".join(shown))
    return kinds[0]
