"""Where the batches of an Arrow table lie and how many rows each has, without reading any.

Facts of the formats: https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc
and https://flatbuffers.dev/internals/ for the descriptions within them.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from braid.data.formats.contract import Batch, Batches

_FILE = b"ARROW1"
_GOES_ON = 0xFFFFFFFF
_DICTIONARY, _BATCH = 2, 3
_LARGEST = 2**26
"""Bytes of a description; a larger one is damage."""


def arrow_batches(raw: io.BufferedIOBase, schema: str) -> Batches | None:
    """The batches of a file or stream; None where it is not written as they are today.

    Args:
        raw: The table.
        schema: What it says of its columns.
    """
    try:
        raw.seek(0)
        is_file = raw.read(len(_FILE)) == _FILE
        return _of_file(raw, schema) if is_file else _of_stream(raw, schema)
    except (struct.error, OSError, ValueError, OverflowError):
        return None


def _of_file(raw: io.BufferedIOBase, schema: str) -> Batches | None:
    size = raw.seek(0, io.SEEK_END)
    raw.seek(size - 10)
    (length,) = struct.unpack("<i", raw.read(4))
    if not 0 < length <= min(_LARGEST, size - 10):
        return None
    raw.seek(size - 10 - length)
    footer = _Table(raw.read(length))
    dictionaries, batches = list(footer.blocks(2)), []
    for begin, end in footer.blocks(3):
        message = _message_at(raw, begin)
        if message is None or message[0] != _BATCH:
            return None
        batches.append(Batch(rows=message[1], begin=begin, end=end, weight=end - begin))
    is_sound = all(0 < begin < end <= size for begin, end in [*dictionaries, *((b.begin, b.end) for b in batches)])
    return Batches(schema=schema, shared=tuple(dictionaries), batches=tuple(batches)) if is_sound else None


def _of_stream(raw: io.BufferedIOBase, schema: str) -> Batches | None:
    size, at, first = raw.seek(0, io.SEEK_END), 0, 0
    batches: list[Batch] = []
    while at < size and (message := _message_at(raw, at)) is not None:
        kind, rows, length = message
        begin, at = at, at + length
        if at > size or length <= 0 or (kind == _DICTIONARY and batches):
            return None
        if kind == _BATCH:
            first = first or begin
            batches.append(Batch(rows=rows, begin=begin, end=at, weight=length))
    return Batches(schema=schema, shared=((0, first),), batches=tuple(batches), is_spliced=True)


def _message_at(raw: io.BufferedIOBase, at: int) -> tuple[int, int, int] | None:
    """Kind, rows if it is a batch, and bytes of the message that begins there; None at the end.

    Raises:
        ValueError: It is none.
    """
    raw.seek(at)
    mark, length = struct.unpack("<Ii", raw.read(8))
    if mark != _GOES_ON or not 0 <= length <= _LARGEST:
        raise ValueError("no message")
    if not length:
        return None
    message = _Table(raw.read(length))
    kind = message.number(1, "<B")
    rows = message.table(2).number(0, "<q") if kind == _BATCH else 0
    body = message.number(3, "<q")
    if rows < 0 or body < 0:
        raise ValueError("negative size")
    return kind, rows, 8 + length + body


class _Table:
    """A table of a FlatBuffer: its fields, by their numbers.

    Args:
        data: The whole buffer.
        at: Where the table begins; the buffer's first when None.
    """

    def __init__(self, data: bytes, at: int | None = None) -> None:
        self._data = data
        self._at = self._read("<I", 0) if at is None else at
        self._fields = self._at - self._read("<i", self._at)
        self._size = self._read("<H", self._fields)

    def _read(self, form: str, at: int) -> int:
        if at < 0:
            raise ValueError("a place before the buffer")
        return struct.unpack_from(form, self._data, at)[0]

    def _place(self, field: int) -> int:
        """Where a field's value stands; 0 where it is left out."""
        at = 4 + 2 * field
        offset = self._read("<H", self._fields + at) if at + 2 <= self._size else 0
        return self._at + offset if offset else 0

    def number(self, field: int, form: str) -> int:
        """The value of a field; 0 where it is left out."""
        place = self._place(field)
        return self._read(form, place) if place else 0

    def table(self, field: int) -> _Table:
        """The table that a field holds."""
        place = self._place(field)
        return _Table(self._data, place + self._read("<I", place))

    def blocks(self, field: int) -> Iterator[tuple[int, int]]:
        """Begin and end in the file of the messages that a footer lists."""
        place = self._place(field)
        if not place:
            return
        at = place + self._read("<I", place)
        for number in range(self._read("<I", at)):
            begin, head, body = struct.unpack_from("<qi4xq", self._data, at + 4 + 24 * number)
            yield begin, begin + head + body
