"""Parquet tables, a few rows at a time."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from braid.data.example import Example, Reject
from braid.data.formats.cells import document_columns, document_rows, pair_columns, pair_rows
from braid.data.formats.columns import named_facts
from braid.data.formats.contract import Batch, Batches, FileFacts, ReadOptions
from braid.data.formats.stream import Stream
from braid.errors import BraidError

BATCH_ROWS = 512
"""Rows held at once; of a row group no more than the columns that are read are ever in memory."""


def no_library(stream: Stream, kind: str) -> BraidError:
    """The error of a machine without the library that reads such files."""
    return stream.fault(
        f"the library that reads {kind} must be installed, got no pyarrow",
        hint='python -m pip install "braid-lm[parquet]", or save the table as CSV or JSON lines',
    )


@contextmanager
def worded(stream: Stream, kind: str) -> Iterator[None]:
    """While it lasts, what is wrong with the file becomes a `DataError`: damage makes the library raise anything."""
    try:
        yield
    except Exception as error:
        reason = str(error).split(".")[0].splitlines()[0][:200] if str(error) else type(error).__name__
        raise stream.fault(
            f"{kind} file must be whole and undamaged, got: {reason}", hint="copy or write it again"
        ) from error


def open_parquet(stream: Stream) -> Any:
    """The table, of which nothing but its description has been read.

    Raises:
        DataError: The optional library is missing, or the file is no Parquet.
    """
    try:
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise no_library(stream, "Parquet") from None
    if stream.is_compressed:
        raise stream.fault("a Parquet file must not be gzip: it is compressed within", hint="unpack it with gunzip")
    with worded(stream, "a Parquet"):
        return ParquetFile(stream.raw)


def parquet_columns(stream: Stream) -> tuple[str, ...]:
    """The names of the table's columns, without those inside others.

    Raises:
        DataError: It cannot be read.
    """
    table = open_parquet(stream)
    with worded(stream, "a Parquet"):
        return tuple(table.schema_arrow.names)


def parquet_rows(stream: Stream, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number from 1 and cells by name of each row, of these columns alone.

    Raises:
        DataError: It cannot be read, up to its end.
    """
    table, part = open_parquet(stream), stream.part
    with worded(stream, "a Parquet"):
        groups = None if part is None else list(part.batches)
        how = {"batch_size": BATCH_ROWS, "columns": list(columns), "row_groups": groups, "use_threads": False}
        batches = table.iter_batches(**how)
    number = 0 if part is None else part.first
    while part is None or number < part.end:
        with worded(stream, "a Parquet"):
            batch = next(batches, None)
            if batch is None:
                return
            begin, length = (0, batch.num_rows) if part is None else part.slice(number, batch.num_rows)
            rows = batch.slice(begin, length).to_pylist() if length else []
        yield from enumerate(rows, number + begin + 1)
        number += batch.num_rows


def parquet_batches(stream: Stream) -> Batches | None:
    """The table's row groups; None where their description cannot be true.

    Raises:
        DataError: It cannot be read.
    """
    table = open_parquet(stream)
    with worded(stream, "a Parquet"):
        facts = table.metadata
        groups = [_group(facts.row_group(number)) for number in range(facts.num_row_groups)]
        schema = str(table.schema_arrow.remove_metadata())
    size = stream.raw.seek(0, io.SEEK_END)
    is_sound = sum(group.rows for group in groups) == facts.num_rows and all(
        group.rows >= 0 and 0 < group.begin < group.end <= size for group in groups
    )
    return Batches(schema=schema, batches=tuple(groups)) if is_sound else None


def _group(group: Any) -> Batch:
    columns = [group.column(number) for number in range(group.num_columns)]
    places = [filter(None, (column.dictionary_page_offset, column.data_page_offset)) for column in columns]
    begins = [min(place, default=0) for place in places]
    begin = min(begins, default=0)
    ends = [start + column.total_compressed_size for start, column in zip(begins, columns, strict=True)]
    facts = [group.num_rows]
    for column in columns:
        facts += (column.path_in_schema, column.physical_type, column.compression, column.encodings)
        facts += (column.num_values, column.total_compressed_size, column.total_uncompressed_size)
        # Where the group stands in the file changes no row: one that grew before it would.
        facts += (column.data_page_offset - begin, (column.dictionary_page_offset or begin) - begin)
    end = max(ends, default=0)
    return Batch(rows=group.num_rows, begin=begin, end=end, weight=group.total_byte_size, facts=repr(facts))


def read_parquet(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a row; rows whose cells hold no text as Rejects.

    Raises:
        DataError: The file cannot be read, or its columns are not those that are looked for.
    """
    columns = pair_columns(parquet_columns(stream), options, stream)
    return pair_rows(parquet_rows(stream, columns), options, stream)


def read_parquet_documents(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a row: a text, or a dialogue; rows that hold none as Rejects."""
    columns = document_columns(parquet_columns(stream), options)
    return document_rows(parquet_rows(stream, columns), options, stream)


def inspect_parquet(stream: Stream) -> FileFacts:
    """Columns and first rows."""
    names = parquet_columns(stream)
    rows = [row for (_, row), _ in zip(parquet_rows(stream, names), range(3), strict=False)]
    return named_facts(rows, names, stream, "parquet", encoding="utf-8")
