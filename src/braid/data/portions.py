"""Input in portions: the pieces of work that can be done apart, again, or on another core.

A large file is cut every few mebibytes, at the same rows however much is appended: between lines where each is a row,
between records of CSV, between batches or row groups of a table; gzip of lines or CSV is unpacked for that. Any other
file is one piece; small files are gathered.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from braid.data.formats.contract import Batches, ReadOptions, TablePart
from braid.data.formats.csv import csv_records, dialect_of
from braid.data.formats.encoding import Found, is_transparent
from braid.data.formats.read import DataFile, batches_of, cut_of, raw_rows
from braid.data.formats.stream import HEAD_BYTES, MAX_UNIT_BYTES, Stream, open_stream
from braid.data.portion import HEAD_LINES, READ_BYTES, Portion, chunks, opened, size_of
from braid.data.quoted import Wanted, record_blocks
from braid.data.unpacked import Unpacked, is_gzip, unpacking_of
from braid.errors import DataError, StorageError

PORTION_BYTES = 8 * 2**20
"""A portion of lines holds at least as much, the last one excepted; small files are gathered up to it."""

PORTION_FILES = 500
BLOCK_LINES = 1000
"""Portions begin at multiples of so many lines."""

BATCH_PIECES = 16
"""A row group or batch is cut into no more: all before a piece in it is unpacked for that piece, too."""

_MAX_LINE_BYTES = 4 * MAX_UNIT_BYTES
"""As many bytes may a character take."""

CUTS = 1
"""Raised when gzip files are cut otherwise."""


def portions(files: Sequence[DataFile], options: ReadOptions, folder: Path | None = None) -> Iterator[Portion]:
    """All input in pieces, in order.

    Args:
        files: As `braid.data.formats.read.find_files` gives them.
        options: What is asked of them.
        folder: Where large compressed files are unpacked, so that they can be cut; they are one piece each when None.

    Raises:
        DataError: A file cannot be read, or parallel files differ in their numbers of lines.
    """
    gathered: list[DataFile] = []
    gathered_bytes = 0
    for file in files:
        size = sum(size_of(path, shown) for path, shown in zip(file.paths, file.shown, strict=True))
        is_large = size > PORTION_BYTES
        if gathered and (is_large or gathered_bytes + size > PORTION_BYTES or len(gathered) == PORTION_FILES):
            yield Portion(files=tuple(gathered), num_bytes=gathered_bytes)
            gathered, gathered_bytes = [], 0
        if is_large:
            yield from _pieces(file, options, folder) or [_whole(file, options, size)]
        else:
            gathered.append(file)
            gathered_bytes += size
    if gathered:
        yield Portion(files=tuple(gathered), num_bytes=gathered_bytes)


def _whole(file: DataFile, options: ReadOptions, size: int) -> Portion:
    """A large file in one piece, its first row looked at before all of its bytes are.

    Raises:
        DataError: It is not what its name says.
    """
    next(raw_rows(file, options), None)
    return Portion(files=(file,), num_bytes=size)


def _pieces(file: DataFile, options: ReadOptions, folder: Path | None) -> list[Portion]:
    """The pieces of a large file; none where it cannot be cut."""
    cut = cut_of(file, options)
    if cut == "batches":
        return _by_batches(file, options)
    if not cut:
        return []
    for path, shown in zip(file.paths, file.shown, strict=True):
        opened(path, shown).close()  # what may not be read is told by its name
    if any(is_gzip(path) for path in file.paths):
        return _of_packed(file, options, folder) if folder is not None else []
    return _of_text(file, options, None)


def _of_text(file: DataFile, options: ReadOptions, unpacked: Unpacked | None) -> list[Portion]:
    """The pieces of a file of lines or CSV, or of two parallel ones."""
    whole = Portion(files=(file,), unpacked=unpacked)
    paths = whole.paths(file)
    if not all(_is_narrow(_start(path, shown)) for path, shown in zip(paths, file.shown, strict=True)):
        return []
    cut = cut_of(file, options)
    with ExitStack() as stack:
        streams = []
        for path, shown in zip(paths, file.shown, strict=True):
            raw = stack.enter_context(opened(path, shown))
            how = {"encoding": options.encoding, "keeps_broken": True, "is_unpacked": unpacked is not None}
            streams.append(Stream(raw, shown, languages=options.languages, **how))
        if any(stream.has_cr_ends or not is_transparent(stream.encoding(), "\n") for stream in streams):
            return []
        whole = dataclasses.replace(whole, found=tuple(stream.found for stream in streams), has_names=cut != "lines")
        if cut == "quoted":
            return _by_records(whole, paths[0], streams[0], options)
    pieces = _by_lines(whole, paths)  # which finds lines without an end first
    return [] if cut == "table" and _is_blank(paths[0]) else pieces


def _by_lines(whole: Portion, paths: Sequence[Path]) -> list[Portion]:
    """A file, or two parallel ones, in pieces of whole blocks of lines."""
    file = whole.files[0]
    found = [block_offsets(path, shown) for path, shown in zip(paths, file.shown, strict=True)]
    counts = [count for _, count in found]
    if len(set(counts)) > 1:
        raise DataError(
            f"parallel text files must have the same number of lines, got {counts[0]} and {counts[1]}",
            where=file.name,
            hint="line n of the second file must translate line n of the first; blank lines count",
        )
    offsets = np.array([blocks for blocks, _ in found])
    lines = np.arange(offsets.shape[1]) * BLOCK_LINES + 1
    return list(_gathered(whole, offsets, lines, [path.stat().st_size for path in paths]))


def _by_records(whole: Portion, path: Path, stream: Stream, options: ReadOptions) -> list[Portion]:
    """A CSV file in pieces of whole records; none where they cannot be told apart by bytes."""
    encoding, columns = stream.encoding(), options if options.reads == "pairs" else None
    dialect = dialect_of(stream, columns)
    if not dialect.is_standard:
        return []
    mark = stream.head.decode(encoding, errors="ignore").startswith("\ufeff")
    if not is_transparent(encoding, f'\n\r"{dialect.delimiter}') or (mark and encoding != "utf-8"):
        return []
    wanted = Wanted(every=BLOCK_LINES, head_records=HEAD_LINES, head_bytes=HEAD_BYTES)
    blocks = record_blocks(path, dialect.delimiter, wanted, skipped_lines=int(dialect.is_declared))
    head = islice(csv_records(stream, columns), HEAD_LINES)
    if blocks is None or not any(record.cells and not record.fault for record in head):
        return []
    whole = dataclasses.replace(whole, head=blocks.head)
    return list(_gathered(whole, blocks.offsets[None], blocks.lines, [path.stat().st_size]))


def _gathered(whole: Portion, offsets: np.ndarray, lines: np.ndarray, ends: Sequence[int]) -> Iterator[Portion]:
    """Blocks of lines, gathered until they are a portion.

    Args:
        whole: What all pieces have in common.
        offsets: (F, N) the bytes at which blocks begin in each file.
        lines: (N,) the lines that begin there.
        ends: (F,) the files' sizes.
    """
    totals = offsets.sum(0)
    begin = 0
    while begin < len(totals):
        end = int(np.searchsorted(totals, totals[begin] + PORTION_BYTES))
        last = [int(row[end]) for row in offsets] if end < len(totals) else ends
        ranges = tuple((int(row[begin]), stop) for row, stop in zip(offsets, last, strict=True))
        num_bytes = sum(stop - start for start, stop in ranges)
        yield dataclasses.replace(whole, ranges=ranges, first_line=int(lines[begin]), num_bytes=num_bytes)
        begin = end


def _by_batches(file: DataFile, options: ReadOptions) -> list[Portion]:
    """A table in pieces of whole batches, and large batches in pieces of rows."""
    found = batches_of(file, options)
    if found is None:
        return []
    pieces: list[Portion] = []
    weight = begin = row = 0
    for number, batch in enumerate(found.batches):
        if begin < number and batch.weight > 2 * PORTION_BYTES:
            pieces += _table_pieces(file, found, range(begin, number), row)
            row, begin, weight = row + sum(one.rows for one in found.batches[begin:number]), number, 0
        weight += batch.weight
        if weight >= PORTION_BYTES or number + 1 == len(found.batches):
            pieces += _table_pieces(file, found, range(begin, number + 1), row)
            row, begin, weight = row + sum(one.rows for one in found.batches[begin : number + 1]), number + 1, 0
    return pieces


def _table_pieces(file: DataFile, found: Batches, places: range, first: int) -> Iterator[Portion]:
    """Batches as one piece, or as several where they are large.

    Args:
        file: The table.
        found: All of its batches.
        places: Numbers of those that are meant.
        first: Number of the first row of the first of them.
    """
    batches = found.batches[places.start : places.stop]
    num_rows, weight = sum(batch.rows for batch in batches), sum(batch.weight for batch in batches)
    ranges = [*found.shared]
    for batch in batches:
        if ranges and ranges[-1][1] == batch.begin:
            ranges[-1] = (ranges[-1][0], batch.end)
        else:
            ranges.append((batch.begin, batch.end))
    num_pieces = max(min(weight // PORTION_BYTES, BATCH_PIECES, num_rows), 1)
    cuts = [first + num_rows * number // num_pieces for number in range(num_pieces + 1)]
    for begin, end in pairwise(cuts):
        yield Portion(
            files=(file,),
            ranges=tuple(ranges),
            num_bytes=sum(batch.end - batch.begin for batch in batches) // num_pieces,
            table=TablePart(begin=begin, end=end, first=first, batches=places),
            facts="\n".join([found.schema, *(batch.facts for batch in batches)]),
            is_spliced=found.is_spliced,
        )


def _of_packed(file: DataFile, options: ReadOptions, folder: Path) -> list[Portion]:
    """The pieces of a gzip file, or of two of which one at least is gzip; none where it cannot be cut or unpacked."""
    settings = repr((CUTS, PORTION_BYTES, BLOCK_LINES, file.label, options))
    unpacked = unpacking_of(file.paths, file.shown, folder, settings)
    if (known := unpacked.recall()) is None:
        try:
            with unpacked.alone():
                known = unpacked.recall()  # another process may have seen to it
                known = _cut_packed(file, options, unpacked) if known is None else known
        except (DataError, StorageError):  # as one piece it is read without a disk, and told what is wrong with it
            return []
    return [_recalled(Portion(files=(file,), unpacked=unpacked), piece) for piece in known]


def _cut_packed(file: DataFile, options: ReadOptions, unpacked: Unpacked) -> list[dict[str, Any]]:
    """What is to be remembered of the pieces of compressed files, written down."""
    for path, shown in zip(file.paths, file.shown, strict=True):
        with open_stream(path, shown) as stream:
            if not _is_narrow(stream.head):
                return []
    try:
        unpacked.unpack()
        pieces = _of_text(file, options, unpacked)
        known = [_to_remember(dataclasses.replace(piece, known_digest=piece.digest())) for piece in pieces]
        unpacked.remember(known)
    finally:
        unpacked.discard()
    return known


_REMEMBERED = ("ranges", "first_line", "found", "num_bytes", "head", "has_names", "known_digest")


def _to_remember(piece: Portion) -> dict[str, Any]:
    fields: dict[str, Any] = {name: getattr(piece, name) for name in _REMEMBERED}
    return fields | {"found": [found and dataclasses.astuple(found) for found in piece.found]}


def _recalled(whole: Portion, known: dict[str, Any]) -> Portion:
    """A piece as it was written down."""
    fields = {name: known[name] for name in _REMEMBERED}
    fields["ranges"] = tuple((begin, end) for begin, end in known["ranges"])
    fields["found"] = tuple(found and Found(*found) for found in known["found"])
    return dataclasses.replace(whole, **fields | {"head": tuple(known["head"])})


def block_offsets(path: Path, shown: str) -> tuple[np.ndarray, int]:
    """The byte at which every block of `BLOCK_LINES` lines begins, and the number of lines.

    Raises:
        DataError: It cannot be read, or a line is so long that it would be refused in any encoding.
    """
    offsets, lines, at, ends_with_break, since_break = [0], 0, 0, True, 0
    with opened(path, shown) as raw:
        for chunk in chunks(raw, None):
            breaks = chunk.count(b"\n")
            since_break = len(chunk) - chunk.rfind(b"\n") if breaks else since_break + len(chunk)
            if since_break > _MAX_LINE_BYTES:
                where = f"{shown}, line {lines + breaks + 1}"
                raise DataError(f"a line must be shorter than {MAX_UNIT_BYTES >> 20} MiB", where=where)
            wanted = BLOCK_LINES - lines % BLOCK_LINES
            if breaks >= wanted:
                places = np.flatnonzero(np.frombuffer(chunk, np.uint8) == 10)
                offsets += (at + 1 + places[wanted - 1 :: BLOCK_LINES]).tolist()
            lines, at, ends_with_break = lines + breaks, at + len(chunk), chunk.endswith(b"\n")
    if 0 < at == offsets[-1]:  # a block begins where the file ends
        offsets.pop()
    return np.array(offsets, np.int64), lines + (not ends_with_break)


def _is_blank(path: Path) -> bool:
    """Whether nothing stands in the lines by which columns are known."""
    with path.open("rb") as file:
        return not any(line.removeprefix(b"\xef\xbb\xbf").strip(b"\r\n") for line in islice(file, HEAD_LINES))


def _is_narrow(start: bytes) -> bool:
    """Whether a file that begins so is neither UTF-16 nor UTF-32."""
    return start[:2] not in (b"\xff\xfe", b"\xfe\xff") and b"\0" not in start


def _start(path: Path, shown: str) -> bytes:
    with opened(path, shown) as raw:
        return raw.read(READ_BYTES)
