"""Arrow tables as files and as streams (IPC; Feather version 2 is the former), one batch at a time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from braid.data.example import Example, Reject
from braid.data.formats.arrow_blocks import arrow_batches, unpacked_sizes
from braid.data.formats.cells import document_columns, document_rows, pair_columns, pair_rows
from braid.data.formats.columns import named_facts
from braid.data.formats.contract import Batches, FileFacts, ReadOptions
from braid.data.formats.expansion import Expansion
from braid.data.formats.parquet import BATCH_ROWS, no_library, numbered_rows, worded
from braid.data.formats.stream import Stream

_FILE = b"ARROW1"
_FEATHER_1 = b"FEA1"


def _opened(stream: Stream, columns: Sequence[str] | None = None) -> tuple[Any, bool]:
    """The table, and whether it is a file rather than a stream; of these columns alone, if any are given.

    Raises:
        DataError: The optional library is missing, or the file is no Arrow.
    """
    try:
        from pyarrow import ipc
    except ImportError:
        raise no_library(stream, "Arrow") from None
    if stream.is_compressed:
        raise stream.fault("an Arrow file must not be gzip: it may be compressed within", hint="unpack it with gunzip")
    if stream.head.startswith(_FEATHER_1):
        raise stream.fault(
            "a Feather file must be of version 2, got version 1", hint="write it again as Feather 2, Parquet or CSV"
        )
    is_file = stream.head.startswith(_FILE)
    opened = ipc.open_file if is_file else ipc.open_stream
    with worded(stream, "an Arrow"):
        stream.raw.seek(0)
        table = opened(stream.raw)
        if columns is not None:
            names = table.schema.names
            fields = [names.index(name) for name in dict.fromkeys(columns)]
            stream.raw.seek(0)
            table = opened(stream.raw, options=ipc.IpcReadOptions(included_fields=fields, use_threads=False))
        return table, is_file


def _columns(stream: Stream) -> tuple[str, ...]:
    table, _ = _opened(stream)
    with worded(stream, "an Arrow"):
        return tuple(dict.fromkeys(table.schema.names))


def arrow_rows(stream: Stream, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number from 1 and cells by name of each row, of these columns alone.

    Every batch is checked before a cell of it is looked at: its offsets may point anywhere.

    Raises:
        DataError: It cannot be read, up to its end.
    """
    expansion = Expansion(stream, "an Arrow")
    for unpacked, packed in unpacked_sizes(stream.raw):
        expansion.check_piece(unpacked, packed)
    table, is_file = _opened(stream, columns)
    part = stream.part
    places = itertools.count() if part is None else iter(part.batches)
    number = 0 if part is None else part.first
    for place in places:
        if is_file and place >= table.num_record_batches:
            return
        with worded(stream, "an Arrow"):
            try:
                batch = table.get_batch(place) if is_file else table.read_next_batch()
            except StopIteration:
                return
            batch.validate(full=True)
        first, length = (0, batch.num_rows) if part is None else part.slice(number, batch.num_rows)
        expansion.check_rows(number - (part.first if part else 0) + length)  # of a piece only its own bytes are there
        for begin in range(first, first + length, BATCH_ROWS):
            parts = expansion.rows(batch.slice(begin, min(BATCH_ROWS, first + length - begin)))
            yield from numbered_rows(parts, number + begin + 1, stream, "an Arrow")
        number += batch.num_rows


def read_batches(stream: Stream) -> Batches | None:
    """The table's batches; None where they cannot be told apart.

    Raises:
        DataError: It cannot be read.
    """
    table, _ = _opened(stream)
    with worded(stream, "an Arrow"):
        schema = str(table.schema.remove_metadata())
    return arrow_batches(stream.raw, schema)


def read_arrow(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a row; rows whose cells hold no text as Rejects.

    Raises:
        DataError: The file cannot be read, or its columns are not those that are looked for.

    Cost: memory for one batch of the columns that are read, as large as the file's writer made it.
    """
    columns = pair_columns(_columns(stream), options, stream)
    return pair_rows(arrow_rows(stream, columns), options, stream)


def read_arrow_documents(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a row: a text, or a dialogue; rows that hold none as Rejects."""
    columns = document_columns(_columns(stream), options)
    return document_rows(arrow_rows(stream, columns), options, stream)


def inspect_arrow(stream: Stream) -> FileFacts:
    """Columns and first rows."""
    names = _columns(stream)
    rows = [row for (_, row), _ in zip(arrow_rows(stream, names), range(3), strict=False)]
    return named_facts(rows, names, stream, "arrow", encoding="utf-8")
