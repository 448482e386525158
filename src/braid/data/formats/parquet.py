"""Parquet tables, a few rows at a time: columns are named as the keys of JSON lines are, and hold what those hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from braid.data.example import Example, Reject
from braid.data.formats.columns import declared_languages
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.jsonl import example_of
from braid.data.formats.stream import MAX_UNIT_BYTES, Stream
from braid.data.formats.texts import DIALOGUES, document_of
from braid.text.matching import best_languages

BATCH_ROWS = 512
"""Rows held at once; of a row group no more than the columns that are read are ever in memory."""


def _opened(stream: Stream) -> Any:
    """The table, of which nothing but its description has been read.

    Raises:
        DataError: The optional library is missing, or the file is no Parquet.
    """
    try:
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise stream.fault(
            "the library that reads Parquet must be installed, got no pyarrow",
            hint='python -m pip install "braid-lm[parquet]", or save the table as CSV or JSON lines',
        ) from None
    if stream.is_compressed:
        raise stream.fault("a Parquet file must not be gzip: it is compressed within", hint="unpack it with gunzip")
    with _Worded(stream):
        return ParquetFile(stream.raw)


class _Worded:
    """While it lasts, what is wrong with the file becomes a `DataError`."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        from pyarrow import ArrowException

        if isinstance(error, ArrowException | OSError):
            reason = str(error).split(".")[0]
            raise self._stream.fault(
                f"a Parquet file must be whole and undamaged, got: {reason}", hint="copy or write it again"
            ) from error


def parquet_columns(stream: Stream) -> tuple[str, ...]:
    """The names of the table's columns, without those inside others.

    Raises:
        DataError: It cannot be read.
    """
    table = _opened(stream)
    with _Worded(stream):
        return tuple(table.schema_arrow.names)


def parquet_rows(stream: Stream, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number from 1 and cells by name of each row, of these columns alone.

    Raises:
        DataError: It cannot be read, up to its end.
    """
    table = _opened(stream)
    with _Worded(stream):
        batches = table.iter_batches(batch_size=BATCH_ROWS, columns=list(columns), use_threads=False)
    number = 0
    while True:
        with _Worded(stream):
            batch = next(batches, None)
            rows = [] if batch is None else batch.to_pylist()
        if batch is None:
            return
        for row in rows:
            number += 1
            yield number, row


def _chosen(names: Sequence[str], options: ReadOptions) -> list[str]:
    """The columns that may hold what is asked for: all others stay unread."""
    asked = {options.source_column, options.target_column, options.group_column}
    roles = {*options.source_roles, *options.target_roles, "id", "translation"}
    codes = [language for language in (options.source_language, options.target_language) if language]
    languages = {names[place] for language in codes for place in best_languages(language, names)}
    return [name for name in names if name in asked | languages or name.lower() in roles]


def _lowered(row: dict[str, Any], options: ReadOptions) -> dict[str, Any]:
    """The row, its names that differ from a role in case alone called by the role."""
    roles = {*options.source_roles, *options.target_roles}
    return {name.lower() if name.lower() in roles else name: value for name, value in row.items()}


def _check(names: Sequence[str], options: ReadOptions, stream: Stream) -> list[str]:
    """The columns to read.

    Raises:
        DataError: The sides are not among them.
    """
    chosen = _chosen(names, options)
    probe = {name: {} if name == "translation" else "" for name in chosen}
    is_inner = "translation" in probe and bool(options.source_language)
    try:
        if not is_inner:
            example_of(_lowered(probe, options), options, stream.shown, 1)
    except ValueError as error:
        reason = str(error).partition(", got")[0]
        found = ", ".join(f'"{name}"' for name in names[:20])
        raise stream.fault(
            f"the table {reason}, got the columns {found}",
            hint="name them under [data]: source_column and target_column, and group_column if there is one",
        ) from None
    return chosen


def read_parquet(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a row; rows whose cells hold no text as Rejects.

    Raises:
        DataError: The file cannot be read, or its columns are not those that are looked for.
    """
    columns = _check(parquet_columns(stream), options, stream)
    for number, row in parquet_rows(stream, columns):
        try:
            example = example_of(_lowered(row, options), options, stream.shown, number)
            if max(len(example.source), len(example.target)) > MAX_UNIT_BYTES:
                raise ValueError(f"must be texts shorter than {MAX_UNIT_BYTES >> 20} MiB")
        except ValueError as error:
            yield _reject(row, str(error), stream.shown, number)
        else:
            yield example


def read_parquet_documents(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a row: a text, or a dialogue; rows that hold none as Rejects."""
    names = parquet_columns(stream)
    known = {options.target_column} if options.target_column else {*DIALOGUES, *options.target_roles, "lines"}
    chosen = [name for name in names if name in known or name.lower() in known] or names
    for number, row in parquet_rows(stream, chosen):
        try:
            text, context = document_of(_lowered(row, options), options)
        except ValueError as error:
            yield _reject(row, str(error), stream.shown, number)
            continue
        group = f"{stream.shown}:{number}"
        yield Example(source="", target=text, file=stream.shown, line=number, group=group, context=context)


def _reject(row: dict[str, Any], detail: str, file: str, number: int) -> Reject:
    text = " ".join(str(value) for value in row.values())[:1000]
    return Reject(example=Example(source=text, target="", file=file, line=number), rule="cells", detail=detail)


def inspect_parquet(stream: Stream) -> FileFacts:
    """Columns and first rows."""
    names = parquet_columns(stream)
    rows = [row for row, _ in zip(parquet_rows(stream, names), range(3), strict=False)]
    inner = rows[0][1].get("translation") if rows else None
    codes = tuple(inner) if isinstance(inner, dict) else declared_languages(names)
    return FileFacts(
        file=stream.shown,
        format="parquet",
        encoding="utf-8",
        languages=codes if len(set(codes)) >= 2 else (),
        columns=names,
        rows=tuple(tuple(str(row[name]) for name in names) for _, row in rows),
    )
