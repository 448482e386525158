"""Java's ``.properties`` written back: the values replaced where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from braid.data.formats.properties import is_message, property_entries
from braid.data.formats.tags import Text
from braid.data.localizing.contract import Draft, Edit, LocalizeOptions, Unit, Write
from braid.data.localizing.source import SourceFile

_LINE = re.compile(r"[^\r\n]*+(?:\r\n?|\n|$)")
_KEY = re.compile(r"[ \t\f]*+(?:[^ \t\f=:\\\r\n]++|\\(?:\r\n|.))*+[ \t\f]*+(?:[=:][ \t\f]*+)?", re.DOTALL)
_SPECIAL = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\f": "\\f"}


def draft_properties(data: bytes, shown_name: str, options: LocalizeOptions) -> Draft:
    """Every value.

    Raises:
        DataError: The file holds NUL characters.
    """
    source = SourceFile(data, shown_name, fallback="latin-1")
    entries = {entry.line: entry for entry in property_entries(source.stream())}
    is_escaped = source.text.isascii() or not source.encoding.startswith("utf")  # what Java reads as Latin-1
    units = []
    for line, start, end in _pairs(source):
        entry = entries[line]
        if entry.text.strip():
            doubles = is_message(entry.text)
            text = entry.text.replace("''", "'") if doubles else entry.text
            write = _write((start, end), doubles=doubles, is_escaped=is_escaped)
            units.append(Unit(texts=((text,),), write=write, line=line, key=entry.key))
    return source.draft(units)


def _pairs(source: SourceFile) -> Iterator[tuple[int, int, int]]:
    """Line, begin and end of each value, with the lines on which it goes on."""
    number, place = 0, source.begin
    while place < len(source.text):
        match = _LINE.match(source.text, place)
        assert match
        number += 1
        start, line = place, number
        place = match.end()
        text = match[0].strip(" \t\f\r\n")
        if not text or text[0] in "#!":
            continue
        content = match[0].rstrip("\r\n")
        while (len(content) - len(content.rstrip("\\"))) % 2 and place < len(source.text):
            match = _LINE.match(source.text, place)
            assert match
            number, place = number + 1, match.end()
            content = match[0].rstrip("\r\n")
        end = place - len(match[0]) + len(content)
        key = _KEY.match(source.text, start, end)
        yield line, key.end() if key else start, end


def _write(span: tuple[int, int], *, doubles: bool, is_escaped: bool) -> Write:
    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        text = str(texts[0][0])
        text = "".join(_SPECIAL.get(char, char) for char in (text.replace("'", "''") if doubles else text))
        if text[0] == " ":
            text = "\\" + text
        if is_escaped:
            text = "".join(char if char.isascii() else _code(char) for char in text)
        yield Edit(*span, text)

    return write


def _code(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4))
