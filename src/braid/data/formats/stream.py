"""A user's file as decompressed bytes, decoded text or lines; whatever is wrong with it becomes a `DataError`."""

from __future__ import annotations

import codecs
import gzip
import io
import itertools
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from braid.errors import DataError

MAX_UNIT_BYTES = 16 * 2**20
"""A single line or unit longer than this is refused, so that a small gzip file cannot fill the memory."""

_CHUNK_BYTES = 2**16
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
)
_WIDE = ("utf-16", "utf-32", "ucs-")
"""A declaration that could be read as ASCII is wrong about these, whatever the program that wrote it says."""

_ESCAPING = frozenset({"unicode-escape", "raw-unicode-escape", "utf-7", "punycode", "idna", "undefined"})
"""Python's codecs that are no encodings of files, and may yield halves of surrogate pairs."""

_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")


class Stream:
    """One open file.

    Args:
        shown: The path as a person gave it, for messages.
        head: The first 64 KiB, decompressed.
        is_compressed: True for gzip.
        raw: The file itself, for formats that are read from their end.
    """

    def __init__(self, raw: io.BufferedIOBase, shown: str) -> None:
        self.shown, self.raw = shown, raw
        self.is_compressed = _starts_as_gzip(raw, shown)
        self._bytes: io.BufferedIOBase = gzip.GzipFile(fileobj=raw) if self.is_compressed else raw
        self.head = self._read()
        if not self.head:
            raise DataError("a data file must hold at least one row, got an empty file", where=shown)

    def fault(self, message: str, *, line: int = 0, hint: str = "") -> DataError:
        """The error to raise when this file is not what it should be."""
        return DataError(message, where=f"{self.shown}, line {line}" if line else self.shown, hint=hint)

    def chunks(self) -> Iterator[bytes]:
        """The decompressed bytes, a little at a time; once only."""
        chunk = self.head
        while chunk:
            yield chunk
            chunk = self._read()

    def _read(self) -> bytes:
        try:
            return self._bytes.read(_CHUNK_BYTES)
        except EOFError as error:
            raise self.fault("a gzip file must be complete, got one that breaks off", hint="copy it again") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise self.fault(f"a gzip file must be undamaged, got: {error}", hint="copy it again") from error
        except OSError as error:
            raise self.fault(f"a data file must be readable, got: {error.strerror or error}") from error

    def encoding(self, declared: str = "") -> str:
        """Python's name of the encoding: by byte-order mark, else as declared, else UTF-8."""
        marked = next((name for mark, name in _MARKS if self.head.startswith(mark)), "")
        if marked or not declared or declared.lower().startswith(_WIDE):
            return marked or "utf-8"
        try:
            "".encode(declared)  # refuses codecs that are not text encodings, too
            name = codecs.lookup(declared).name
        except (LookupError, UnicodeError):
            name = ""
        if not name or name in _ESCAPING:
            raise self.fault(
                f'the declared encoding must be one that Python knows, got "{declared}"',
                hint="save the file as UTF-8 and declare that",
            )
        return name

    def xml_encoding(self) -> str:
        """The encoding of an XML file: by byte-order mark, else by its declaration, else UTF-8."""
        declared = _XML_ENCODING.match(self.head)
        return self.encoding(declared[1].decode("ascii") if declared else "")

    def text(self, encoding: str) -> Iterator[str]:
        """The decoded text, a little at a time, without a byte-order mark."""
        decoder = codecs.getincrementaldecoder(encoding)()
        line, is_first = 1, True
        for chunk in itertools.chain(self.chunks(), [b""]):
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                before = error.object[: error.start].decode(encoding, errors="ignore")
                raise self.fault(
                    f"the text must be valid {encoding}, got the byte 0x{error.object[error.start]:02x}",
                    line=line + before.count("\n"),
                    hint="save the file as UTF-8",
                ) from error
            if is_first and text:
                text, is_first = text.removeprefix("\ufeff"), False
            if "\0" in text:
                raise self.fault(
                    "a text file must not hold NUL characters, got one",
                    line=line + text[: text.index("\0")].count("\n"),
                    hint="save the file as UTF-8 text; UTF-16 needs its byte-order mark",
                )
            line += text.count("\n")
            yield text

    def whole(self, encoding: str, max_chars: int) -> str:
        """The decoded text in one piece.

        Raises:
            DataError: It is longer than ``max_chars``.
        """
        parts, size = [], 0
        for text in self.text(encoding):
            parts.append(text)
            size += len(text)
            if size > max_chars:
                raise self.fault(f"a file of this kind must be smaller than {max_chars >> 20} MiB", hint="split it")
        return "".join(parts)

    def lines(self, encoding: str, *, keep_ends: bool = False) -> Iterator[str]:
        """The lines, without their ends unless told otherwise; LF and CR LF end a line, nothing else does."""
        pending, number = io.StringIO(), 1
        for text in self.text(encoding):
            first, *others = text.split("\n")
            pending.write(first)
            if pending.tell() > MAX_UNIT_BYTES:
                raise self.fault(f"a line must be shorter than {MAX_UNIT_BYTES >> 20} MiB", line=number)
            for other in others:
                yield f"{pending.getvalue()}\n" if keep_ends else pending.getvalue().removesuffix("\r")
                number += 1
                pending = io.StringIO()
                pending.write(other)
        if pending.tell():
            yield pending.getvalue() if keep_ends else pending.getvalue().removesuffix("\r")


def _starts_as_gzip(raw: io.BufferedIOBase, shown: str) -> bool:
    """True when the bytes are gzip; an error when only the name says so."""
    magic = raw.read(2)
    raw.seek(0)
    if magic and magic != b"\x1f\x8b" and shown.lower().endswith(".gz"):
        raise DataError("a file named .gz must be gzip, got something else", where=shown, hint="rename it without .gz")
    return magic == b"\x1f\x8b"


@contextmanager
def open_stream(path: Path, shown: str) -> Iterator[Stream]:
    """The file at ``path``, closed afterwards.

    Args:
        path: Where it is.
        shown: The path as a person gave it, for messages.

    Raises:
        DataError: It cannot be opened, is empty, or is damaged gzip.
    """
    try:
        raw = path.open("rb")
    except OSError as error:
        raise DataError(f"a data file must be readable, got: {error.strerror or error}", where=shown) from error
    with raw:
        yield Stream(raw, shown)
