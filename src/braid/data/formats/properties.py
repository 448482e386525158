"""Java's ``.properties``: key = value, in UTF-8 or, where that does not fit, in Latin-1 with escapes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from braid.data.formats.keyed import MAX_CHARS, Entry, check_size, joined
from braid.data.formats.stream import Stream

_KEY = re.compile(r"((?:[^ \t\f=:\\]++|\\.)*+)[ \t\f]*+(?:[=:][ \t\f]*+)?", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_MESSAGE = re.compile(r"\{\d+[^{}]*\}")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}


def read_properties(stream: Stream) -> Iterator[Entry]:
    """Every pair in file order with the text that is shown: in a message with ``{0}`` two apostrophes are one.

    Raises:
        DataError: The file is larger than 32 MiB.
    """
    for entry in property_entries(stream):
        yield replace(entry, text=entry.text.replace("''", "'")) if is_message(entry.text) else entry


def is_message(text: str) -> bool:
    """True when `java.text.MessageFormat` makes the message: there two apostrophes mean one, one begins a quotation."""
    return bool(_MESSAGE.search(text)) and "'" not in text.replace("''", "")


def property_entries(stream: Stream) -> Iterator[Entry]:
    r"""Every pair in file order, as `java.util.Properties` reads them: a line may go on after a backslash, ``\u0041``.

    Raises:
        DataError: The file is larger than 32 MiB.
    """
    number, parts = 0, []
    for line_number, line in enumerate(_lines(_text(stream)), 1):
        check_size(line_number, stream)
        text = line.lstrip(" \t\f")
        if not parts:
            if not text or text[0] in "#!":
                continue
            number = line_number
        goes_on = (len(text) - len(text.rstrip("\\"))) % 2 == 1
        parts.append(text[:-1] if goes_on else text)
        if not goes_on:
            yield _entry("".join(parts), number)
            parts = []
    if parts:
        yield _entry("".join(parts), number)


def _text(stream: Stream) -> str:
    """The file's text with one sort of line end; since Java 9 resources are read in this way."""
    stream.keep_below(MAX_CHARS)
    content = bytearray()
    for chunk in stream.chunks():
        content += chunk
    try:
        text = content.decode(stream.encoding())
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    if "\0" in text:
        line = 1 + text[: text.index("\0")].count("\n")
        raise stream.fault("a text file must not hold NUL characters, got one", line=line)
    text = text.removeprefix("\ufeff")
    return re.sub("\r\n?", "\n", text) if "\r" in text else text


def _lines(text: str) -> Iterator[str]:
    """The lines, never all of them at once: most may be empty."""
    begin = 0
    while (end := text.find("\n", begin)) >= 0:
        yield text[begin:end]
        begin = end + 1
    yield text[begin:]


def _entry(line: str, number: int) -> Entry:
    match = _KEY.match(line)
    key, end = (match[1], match.end()) if match else ("", 0)
    return Entry(key=_plain(key), text=_plain(line[end:]), line=number)


def _plain(text: str) -> str:
    """The text that is meant; halves of one character that stand apart stay apart and are normalized away later."""
    if "\\" not in text:
        return text
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else _ESCAPED.get(match[2], match[2]), text)
    return joined(text)
