"""A user's file as decompressed bytes, decoded text or lines; whatever is wrong with it becomes a `DataError`."""

from __future__ import annotations

import codecs
import gzip
import io
import itertools
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from braid.data.example import Example, Reject
from braid.data.formats.contract import TablePart
from braid.data.formats.encoding import Found, encoding_name, find_encoding, undecoded, without_undecoded
from braid.data.formats.legacy import UNREADABLE
from braid.errors import DataError

MAX_UNIT_BYTES = 16 * 2**20
"""A single line or unit longer than this is refused, so that a small gzip file cannot fill the memory."""

HEAD_BYTES = 2**16
"""Bytes that are read at once; by the first of them a file's kind and a table's delimiter are known."""

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

_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")


class Stream:
    """One open file.

    Args:
        raw: The file itself, for formats that are read from their end.
        shown: The path as a person gave it, for messages.
        encoding: What a person says that files are in that do not say it themselves and are not plainly UTF-8.
        languages: Base codes of the languages that are expected, which help to guess an encoding.
        keeps_broken: Whether `lines` of a damaged UTF-8 file go on behind a broken byte; `whole_row` finds such lines.
        found: What the bytes of the whole file say, where this is a piece of one that was looked at before.
        is_unpacked: Whether it was gzip, whatever its name says.

    Attributes:
        head: The first 64 KiB, decompressed.
        is_compressed: True for gzip.
        used_encoding: What the text was last asked for in; "" before.
        found: What the bytes say, once they were asked.
        confidence: Of that, from 0 to 1; 1 unless it was guessed.
        has_nul: Whether `lines` that are kept so far hold NUL characters, for `whole_row` to find.
        part: Of a table, the rows that are to be read; all when None.
        advice: What helps where the bytes are not text in the encoding.

    Raises:
        DataError: The file is empty, is damaged gzip, or Python does not know ``encoding``.
    """

    def __init__(
        self,
        raw: io.BufferedIOBase,
        shown: str,
        *,
        encoding: str = "",
        languages: Sequence[str] = (),
        keeps_broken: bool = False,
        found: Found | None = None,
        is_unpacked: bool = False,
    ) -> None:
        self.advice = "save the file as UTF-8, or set data.encoding"
        self.shown, self.raw = shown, raw
        self.used_encoding, self.confidence = "", 1.0
        self.part: TablePart | None = None
        self._languages, self._keeps_broken = languages, keeps_broken
        self.found = found
        self._max_bytes = 0
        self.has_nul = False
        self.is_compressed = _starts_as_gzip(raw, "" if is_unpacked else shown)
        self._bytes = self._decompressed()
        self.head = self._read(self._bytes)
        if not self.head:
            raise DataError("a data file must hold at least one row, got an empty file", where=shown)
        self._has_cr_ends: bool | None = None
        self._given = encoding_name(encoding, is_meant=True) if encoding else ""
        if encoding and not self._given:
            raise self.fault(
                f'data.encoding must be an encoding that Python knows, got "{encoding}"', hint='write "gb18030", say'
            )

    @property
    def is_guessed(self) -> bool:
        """Whether neither the file nor a person said what it is in."""
        return self.found is not None and not self._given

    def fault(self, message: str, *, line: int = 0, hint: str = "") -> DataError:
        """The error to raise when this file is not what it should be."""
        return DataError(message, where=f"{self.shown}, line {line}" if line else self.shown, hint=hint)

    def keep_below(self, max_bytes: int) -> None:
        """From now on the reading ends with an error after so many decompressed bytes."""
        self._max_bytes = max_bytes

    def chunks(self) -> Iterator[bytes]:
        """The decompressed bytes, a little at a time; once only."""
        chunk, size = self.head, 0
        while chunk:
            size += len(chunk)
            self._check(size)
            yield chunk
            chunk = self._read(self._bytes)

    def _check(self, num_bytes: int) -> None:
        if 0 < self._max_bytes < num_bytes:
            raise self.fault(f"a file of this kind must be smaller than {self._max_bytes >> 20} MiB", hint="split it")

    def _decompressed(self) -> io.BufferedIOBase:
        return gzip.GzipFile(fileobj=self.raw) if self.is_compressed else self.raw

    def _read(self, source: io.BufferedIOBase) -> bytes:
        try:
            return source.read(HEAD_BYTES)
        except EOFError as error:
            raise self.fault("a gzip file must be complete, got one that breaks off", hint="copy it again") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise self.fault(f"a gzip file must be undamaged, got: {error}", hint="copy it again") from error
        except OSError as error:
            raise self.fault(f"a data file must be readable, got: {error.strerror or error}") from error

    def encoding(self, declared: str = "") -> str:
        """Python's name of the encoding: by byte-order mark, else as declared, else as a person said or by the bytes.

        The whole file is read once to tell, and again where it is used; memory does not grow with it.
        """
        marked = next((name for mark, name in _MARKS if self.head.startswith(mark)), "")
        self.confidence = 1.0
        if marked or declared.lower().startswith(_WIDE):
            self.used_encoding = marked or "utf-8"
        elif declared:
            self.used_encoding = encoding_name(declared)
            if not self.used_encoding:
                raise self.fault(
                    f'the declared encoding must be one that Python knows, got "{declared}"',
                    hint="save the file as UTF-8 and declare that",
                )
        else:
            self.found = self.found or self._find()
            if self.found.encoding in UNREADABLE:
                name = UNREADABLE[self.found.encoding]
                raise self.fault(
                    f"the text must be in an encoding that Braid decodes, got {name} by its bytes",
                    hint=f'convert it: iconv -f {name} -t UTF-8; or if it is none, set data.encoding = "utf-8"',
                )
            self.used_encoding, self.confidence = self.found.encoding, self.found.confidence
        return self.used_encoding

    def _find(self) -> Found:
        """What all bytes of the file say, which are then read as if they had not been looked at."""
        place = self.raw.tell()
        self.raw.seek(0)
        source = self._decompressed()
        found = find_encoding(self._until_too_long(source), self._given, self._languages)
        self.raw.seek(place)
        return found

    def _until_too_long(self, source: io.BufferedIOBase) -> Iterator[bytes]:
        """The bytes, up to a line that will be refused in any encoding."""
        since_break = size = 0
        while since_break <= MAX_UNIT_BYTES and (chunk := self._read(source)):
            size += len(chunk)
            self._check(size)
            yield chunk
            last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            since_break = since_break + len(chunk) if last < 0 else len(chunk) - last

    @property
    def has_cr_ends(self) -> bool:
        """Whether lines end as on old Macintoshes: the file holds carriage returns and no line feed.

        All of it is looked at where the first 64 KiB say so.
        """
        if self._has_cr_ends is None:
            self._has_cr_ends = b"\n" not in self.head and self._has_only_returns()
        return self._has_cr_ends

    def _has_only_returns(self) -> bool:
        """Whether there are some and no line feed among the bytes, read as if they had not been looked at."""
        place = self.raw.tell()
        self.raw.seek(0)
        source = self._decompressed()
        has_return = has_feed = False
        for chunk in self._until_too_long(source):
            has_return, has_feed = has_return or b"\r" in chunk, b"\n" in chunk
            if has_feed:
                break
        self.raw.seek(place)
        return has_return and not has_feed

    def xml_encoding(self) -> str:
        """The encoding of an XML file: by byte-order mark, else by its declaration, else UTF-8."""
        declared = _XML_ENCODING.match(self.head)
        return self.encoding(declared[1].decode("ascii") if declared else "")

    def text(self, encoding: str) -> Iterator[str]:
        """The decoded text, a little at a time, without a byte-order mark."""
        return self._decoded(encoding, "strict")

    def _decoded(self, encoding: str, errors: str, *, is_lines: bool = False) -> Iterator[str]:
        """The text; with "surrogateescape" for errors, bytes that cannot be decoded are lone surrogates in it."""
        decoder = codecs.getincrementaldecoder(encoding)(errors)
        line, is_first = 1, True
        for chunk in itertools.chain(self.chunks(), [b""]):
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                before = error.object[: error.start].decode(encoding, errors="ignore")
                raise self.fault(
                    f"the text must be valid {encoding}, got the byte 0x{error.object[error.start]:02x}",
                    line=line + before.count("\n"),
                    hint=self.advice,
                ) from error
            if is_first and text:
                text, is_first = text.removeprefix("\ufeff"), False
            if "\0" in text and self._keeps_broken and is_lines and 100 * text.count("\0") < max(len(text), 1000):
                self.has_nul = True
            elif "\0" in text:
                raise self.fault(
                    "a text file must not hold NUL characters, got one",
                    line=line + text[: text.index("\0")].count("\n"),
                    hint="save the file as UTF-8 text",
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
        """The lines, without their ends unless told otherwise.

        LF and CR LF end a line, CR does in a file without LF, nothing else does.
        """
        pending: list[str] = []
        pending_chars, number = 0, 1
        goes_on = self._keeps_broken and self.found is not None and self.found.is_damaged
        mark = "\r" if self.has_cr_ends else "\n"
        for text in self._decoded(encoding, "surrogateescape" if goes_on else "strict", is_lines=True):
            lines = text.split(mark)
            pending_chars += len(lines[0])
            if pending_chars > MAX_UNIT_BYTES:
                raise self.fault(f"a line must be shorter than {MAX_UNIT_BYTES >> 20} MiB", line=number)
            pending.append(lines[0])
            if len(lines) == 1:
                continue
            lines[0] = "".join(pending)
            pending = [lines.pop()]
            pending_chars = len(pending[0])
            number += len(lines)
            if keep_ends:
                yield from (f"{line}\n" for line in lines)
            elif "\r" in text or lines[0].endswith("\r"):
                yield from (line.removesuffix("\r") for line in lines)
            else:
                yield from lines
        if last := "".join(pending):
            yield last if keep_ends else last.removesuffix("\r")


def _starts_as_gzip(raw: io.BufferedIOBase, shown: str) -> bool:
    """True when the bytes are gzip; an error when only the name says so."""
    magic = raw.read(2)
    raw.seek(0)
    if magic and magic != b"\x1f\x8b" and shown.lower().endswith(".gz"):
        raise DataError("a file named .gz must be gzip, got something else", where=shown, hint="rename it without .gz")
    return magic == b"\x1f\x8b"


def whole_row(row: Example | Reject) -> Example | Reject:
    """The row, or a Reject of it where a byte stands in its texts that could not be decoded, or a NUL character."""
    example = row.example if isinstance(row, Reject) else row
    texts = (example.source, example.target, example.context, example.group, example.key, *example.references)
    whole = "".join(texts)
    detail = undecoded(whole) or ("a text must not hold NUL characters, got one" if "\0" in whole else "")
    return Reject(example=_shown(example), rule="encoding", detail=detail) if detail else row


def _shown(row: Example) -> Example:
    fields = {name: without_undecoded(getattr(row, name)) for name in ("source", "target", "context", "group", "key")}
    return replace(row, **fields, references=tuple(map(without_undecoded, row.references)))


@contextmanager
def open_stream(
    path: Path, shown: str, *, encoding: str = "", languages: Sequence[str] = (), keeps_broken: bool = False
) -> Iterator[Stream]:
    """The file at ``path``, closed afterwards.

    Args:
        path: Where it is.
        shown: The path as a person gave it, for messages.
        encoding: As for `Stream`: what files are in that do not say it themselves.
        languages: As for `Stream`: what is expected.
        keeps_broken: As for `Stream`: whether lines with broken bytes or NUL are kept, for `whole_row` to find.

    Raises:
        DataError: It cannot be opened, is empty, or is damaged gzip.
    """
    try:
        raw = path.open("rb")
    except OSError as error:
        raise DataError(f"a data file must be readable, got: {error.strerror or error}", where=shown) from error
    with raw:
        yield Stream(raw, shown, encoding=encoding, languages=languages, keeps_broken=keeps_broken)
