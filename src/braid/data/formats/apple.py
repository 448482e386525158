"""Apple's ``.strings``: lines of "key" = "value"; with comments, in braces or without, as property lists may be."""

from __future__ import annotations

import re
from collections.abc import Iterator

from braid.data.formats.keyed import MAX_CHARS, Entry, joined
from braid.data.formats.stream import Stream

_SKIPPED = re.compile(r"(?:\s++|/\*.*?\*/|//[^\r\n]*+)*+", re.DOTALL)
_TEXT = r'(?:"((?:[^"\\]++|\\.)*+)"|([\w.$/-]++))'
_PAIR = re.compile(rf"{_TEXT}\s*+=\s*+{_TEXT}\s*+;", re.DOTALL)
_ALONE = re.compile(rf"{_TEXT}\s*+;", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:[Uu]([0-9A-Fa-f]{4})|([0-7]{3})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


def read_apple(stream: Stream) -> Iterator[Entry]:
    """Every pair in file order; a key without a value is its own text.

    Raises:
        DataError: Something else stands there, or the file is larger than 32 MiB.
    """
    check_text(stream)
    text = stream.whole(stream.encoding(), MAX_CHARS)
    place, is_braced = begin_of(text)
    line = counted = 0
    while True:
        skipped = _SKIPPED.match(text, place)
        place = skipped.end() if skipped else place
        line, counted = line + text.count("\n", counted, place), place
        if is_braced and text.startswith("}", place) and (end := _SKIPPED.match(text, place + 1)):
            is_braced, place = False, end.end()
        if place == len(text) and not is_braced:
            return
        match = _PAIR.match(text, place) or _ALONE.match(text, place)
        if match is None:
            got = next(iter(text[place : place + 60].splitlines()), "the end")
            raise stream.fault(f'a line must be "key" = "value";, got {got}', line=line + 1)
        parts = [part for part in match.groups() if part is not None]
        yield Entry(key=_plain(parts[0]), text=_plain(parts[-1]), line=line + 1)
        place = match.end()


def check_text(stream: Stream) -> None:
    """Nothing, of a file that is no property list in another form.

    Raises:
        DataError: It is a binary one, or XML.
    """
    is_binary = stream.head.startswith(b"bplist")
    if is_binary or b"<plist" in stream.head[:1000]:
        got = "a binary property list" if is_binary else "a property list in XML"
        raise stream.fault(
            f'a .strings file must hold lines of "key" = "value";, got {got}',
            hint="on a Mac: plutil -convert json -o texts.json FILE, and use texts.json",
        )


def begin_of(text: str) -> tuple[int, bool]:
    """Where the first pair may begin, and whether all of them stand in braces."""
    skipped = _SKIPPED.match(text, 1 if text.startswith("\ufeff") else 0)
    place = skipped.end() if skipped else 0
    return (place + 1, True) if text.startswith("{", place) else (0, False)


def _plain(text: str) -> str:
    return joined(_ESCAPE.sub(_replaced, text)) if "\\" in text else text


def _replaced(match: re.Match[str]) -> str:
    code, octal, char = match.groups()
    if code or octal:
        return chr(int(code, 16) if code else int(octal, 8))
    return _ESCAPED.get(char, char)
