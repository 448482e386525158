"""How large the pages of a Parquet table become, told by their headers before anything is unpacked.

Facts of the format: https://parquet.apache.org/docs/file-format/data-pages/ and, for how headers are written,
https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

_DATA, _DICTIONARY, _DATA_2 = 0, 2, 3
_DELTA = 7
"""The encoding in which a text begins like the one before it, without saying how."""
_HEADER_BYTES = (2**12, 2**16, 2**24)
_MAX_NESTING = 20
_LOOKED_AT = 2**22
"""Bytes of a dictionary whose longest text is looked for; of a larger one all count."""
_MAX_TEXTS = 2**17
_CODECS = {"SNAPPY": "snappy", "GZIP": "gzip", "BROTLI": "brotli", "ZSTD": "zstd", "LZ4": "lz4_raw"}
"""Names of compressions, here and in pyarrow."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a column.

    Args:
        column: The path of its column, levels joined with dots.
        packed: Its bytes in the file.
        unpacked: Its bytes in memory.
        cell_bytes: What a cell may need: the longest text of a dictionary, or all of it; else its share of the page.
        is_repeated: Whether a row may have several cells.
    """

    column: str
    packed: int
    unpacked: int
    cell_bytes: int
    is_repeated: bool


def pages(raw: io.BufferedIOBase, table: Any, columns: Sequence[str], groups: Sequence[int] | None) -> Iterator[Page]:
    """The pages of these columns and row groups.

    Args:
        raw: The file.
        table: The same, opened by pyarrow.
        columns: Names, without those inside others.
        groups: Numbers of row groups from 0; all when None.

    Raises:
        ValueError: A header cannot be read.
    """
    facts = table.metadata
    for group in range(facts.num_row_groups) if groups is None else groups:
        row_group = facts.row_group(group)
        for number in range(row_group.num_columns):
            chunk = row_group.column(number)
            path = chunk.path_in_schema
            if any(path == name or path.startswith(f"{name}.") for name in columns):
                yield from _of_chunk(raw, chunk, table.schema.column(number).max_repetition_level > 0)


def _of_chunk(raw: io.BufferedIOBase, chunk: Any, is_repeated: bool) -> Iterator[Page]:
    begin = min(filter(None, (chunk.dictionary_page_offset, chunk.data_page_offset)), default=0)
    at, end = begin, begin + chunk.total_compressed_size
    while at < end:
        fields, length = _header(raw, at)
        kind, unpacked, packed = (fields.get(number, -1) for number in (1, 2, 3))
        if not all(isinstance(value, int) and value >= 0 for value in (kind, unpacked, packed)):
            raise ValueError("a page header without sizes")
        inner = fields.get({_DATA: 5, _DATA_2: 8}.get(kind, 0), {})
        cells, encoding = (inner.get(number, 0) for number in (1, 4 if kind == _DATA_2 else 2))
        is_shared = kind == _DICTIONARY or encoding == _DELTA
        cell_bytes = unpacked if is_shared else -(-unpacked // max(cells, 1))
        if kind == _DICTIONARY and chunk.physical_type == "BYTE_ARRAY" and unpacked <= min(_LOOKED_AT, 64 * packed):
            raw.seek(at + length)
            cell_bytes = _longest(raw.read(packed), unpacked, chunk.compression) or unpacked
        yield Page(chunk.path_in_schema, packed, unpacked, cell_bytes, is_repeated)
        at += length + packed


def _longest(page: bytes, unpacked: int, compression: str) -> int:
    """Bytes of the longest text of a dictionary; 0 where it is not written as it should be, or holds too many."""
    import pyarrow as pa

    try:
        data = page
        if compression != "UNCOMPRESSED":
            data = pa.decompress(page, unpacked, codec=_CODECS[compression], asbytes=True)
    except (KeyError, ValueError, OSError, NotImplementedError, pa.ArrowException):
        return 0
    at = longest = 0
    for _ in range(_MAX_TEXTS):
        if at + 4 > len(data):
            break
        size = int.from_bytes(data[at : at + 4], "little")
        longest = max(longest, size)
        at += 4 + size
    return longest + 4 if at == len(data) else 0


def _header(raw: io.BufferedIOBase, at: int) -> tuple[dict[int, Any], int]:
    """The fields of the page header that begins there, by their numbers, and its length."""
    for size in _HEADER_BYTES:
        raw.seek(at)
        data = raw.read(size)
        try:
            return _Compact(data).measured()
        except IndexError:
            if len(data) < size:
                break
    raise ValueError("a page header that breaks off")


class _Compact:
    """A structure in Thrift's compact protocol."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def measured(self) -> tuple[dict[int, Any], int]:
        """Its fields by number, and its bytes."""
        return self._fields(_MAX_NESTING), self._at

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _varint(self) -> int:
        found = shift = 0
        while True:
            byte = self._byte()
            found |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return found
            if shift > 63:
                raise ValueError("a number without an end")

    def _number(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

    def _skip(self, length: int) -> None:
        self._at += length
        if self._at > len(self._data):
            raise IndexError

    def _fields(self, levels: int) -> dict[int, Any]:
        found: dict[int, Any] = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._number()
            found[number] = self._value(head & 15, levels)
        return found

    def _value(self, kind: int, levels: int) -> Any:
        if kind in (1, 2):
            return kind == 1
        if kind == 3:
            return self._byte()
        if kind in (4, 5, 6):
            return self._number()
        if kind == 12 and levels:
            return self._fields(levels - 1)
        if kind not in (7, 8):  # headers of pages hold neither lists nor maps
            raise ValueError("a page header of an unknown kind")
        self._skip(8 if kind == 7 else self._varint())
        return None
