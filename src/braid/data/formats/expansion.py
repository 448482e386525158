"""How large the cells of a table are before they become objects: a small file may hold one text a million times."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from braid.data.formats.stream import MAX_UNIT_BYTES, Stream

BUDGET_BYTES = MAX_UNIT_BYTES
"""Bytes of cells that become objects at once."""

MAX_ROW_BYTES = 4 * MAX_UNIT_BYTES
MAX_FACTOR = 200
"""Texts are refused that are so many times as large as their file, and more than `_ALLOWED_BYTES`: tables of real texts
were 3 to 20 times as large as their files."""
MAX_PAGE_FACTOR = 64
"""The same of a single piece that is unpacked at once, and `_PIECE_BYTES`."""

_ALLOWED_BYTES = 64 * 2**20
_PIECE_BYTES = 32 * 2**20
_ROW_BYTES = 16
"""What a row counts for, however empty."""


class Expansion:
    """What has been unpacked of a file.

    Args:
        stream: The file.
        kind: What it is called in messages, with its article.
    """

    def __init__(self, stream: Stream, kind: str) -> None:
        self._stream, self._kind = stream, kind
        place = stream.raw.tell()
        self._file_bytes = stream.raw.seek(0, io.SEEK_END)
        stream.raw.seek(place)
        self._bytes = 0

    def check_rows(self, num_rows: int) -> None:
        """Nothing, where a file of this size may have so many rows.

        Raises:
            DataError: It may not.
        """
        self._check(num_rows * _ROW_BYTES)

    def check_piece(self, unpacked: int, packed: int) -> None:
        """Nothing, where a piece of the file may be unpacked at once.

        Raises:
            DataError: It is much larger in memory than in the file.
        """
        if unpacked > max(_PIECE_BYTES, MAX_PAGE_FACTOR * packed):
            raise self._stream.fault(
                f"what {self._kind} file holds must be at most {MAX_PAGE_FACTOR} times as large as its bytes in the "
                f"file, got {packed} bytes that become {unpacked >> 20} MiB",
                hint="write it again with smaller row groups",
            )

    def rows(self, batch: Any) -> Iterator[list[dict[str, Any]]]:
        """The rows of a batch or of a slice of one, in lists of a few megabytes each.

        Raises:
            DataError: One is larger than 64 MiB, or all so far are much larger than the file.
        """
        waiting = [batch]
        while waiting:
            part = waiting.pop()
            size = _cell_bytes(part.columns)
            if size > BUDGET_BYTES and part.num_rows > 1:
                half = part.num_rows // 2
                waiting += [part.slice(half), part.slice(0, half)]
                continue
            if size > MAX_ROW_BYTES:
                raise self._stream.fault(f"a row must be smaller than {MAX_ROW_BYTES >> 20} MiB")
            self._bytes += size + _ROW_BYTES * part.num_rows
            self._check(self._bytes)
            yield part.to_pylist()

    def _check(self, num_bytes: int) -> None:
        if num_bytes > max(_ALLOWED_BYTES, MAX_FACTOR * self._file_bytes):
            raise self._stream.fault(
                f"the texts of {self._kind} file must be at most {MAX_FACTOR} times as large as the file, "
                f"got more than {num_bytes >> 20} MiB from {self._file_bytes} bytes",
                hint="write each text once",
            )


def _cell_bytes(arrays: list[Any]) -> int:
    """Bytes of the cells of these arrays, those that several cells share counted for each."""
    from pyarrow import types

    size = 0
    for array in arrays:
        kind = array.type
        if types.is_dictionary(kind):
            texts, places = array.dictionary, array.indices
            if _is_text(kind.value_type):
                size += _shared_bytes(texts, places)
            else:
                size += len(places) * _cell_bytes([texts])
        elif types.is_struct(kind):
            size += _cell_bytes(array.flatten())
        elif types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind) or types.is_map(kind):
            size += array.nbytes if types.is_map(kind) else _cell_bytes([array.flatten()])
        elif types.is_primitive(kind) or types.is_decimal(kind) or types.is_null(kind) or _is_text(kind):
            size += array.nbytes
        else:  # views and runs, of which many may be of one text: a row at a time
            size += array.nbytes + (BUDGET_BYTES if len(array) > 1 else 0)
    return size


def _shared_bytes(texts: Any, places: Any) -> int:
    """Bytes of the texts that stand at these places, each as often as it stands there."""
    from pyarrow.compute import call_function

    lengths = call_function("take", [call_function("binary_length", [texts]), places])
    return call_function("sum", [lengths]).as_py() or 0


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    return bool(
        types.is_string(kind) or types.is_large_string(kind) or types.is_binary(kind) or types.is_large_binary(kind)
    )
