"""Gettext PO catalogs, read line by line so that every message keeps its own line number.

The line of an Example is that of its first keyword (``msgctxt`` or ``msgid``); comments above it do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from braid.data.example import Example, Reject
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.message import Message, declared_language, is_reversed, message_examples
from braid.data.formats.stream import MAX_UNIT_BYTES, Stream
from braid.errors import DataError

_STRING = r'"(?:[^"\\]++|\\.)*+"'
_KEYWORD = re.compile(
    rf"(?:(msgctxt|msgid_plural|msgid|msgstr(?:\[\d{{1,2}}\])?|domain)\s*+)?({_STRING}(?:\s*+{_STRING})*+)"
)
_STRINGS = re.compile(_STRING)
_COMES_AFTER = {
    "msgctxt": ("",),
    "msgid": ("", "msgctxt"),
    "msgid_plural": ("msgid",),
    "msgstr": ("msgid",),
    "msgstr[": ("msgid_plural", "msgstr["),
}
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|.)")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "\\": "\\", '"': '"'}
_CHARSET = re.compile(r"charset=\s*+([A-Za-z0-9._:-]+)")


@dataclass(frozen=True, slots=True)
class _Line:
    """One line that says something: ``keyword`` is "#" for a comment, "" for a string that goes on."""

    number: int
    keyword: str
    text: str
    is_obsolete: bool


def read_po(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a message; of a message with plural forms the singular with the first, the plural with the last.

    Fuzzy and obsolete messages are Rejects, untranslated ones Examples without a target. A catalog whose header
    declares the source language is read the other way round.

    Raises:
        DataError: A line is no PO syntax, or the header declares another language.
    """
    reverse = False
    for message in messages(stream):
        if message.is_header:
            reverse = reverse or is_reversed(message, stream, options)
            continue
        rule = "obsolete" if message.is_obsolete else "fuzzy" if message.is_fuzzy else ""
        for example in message_examples(message, stream.shown, reverse=reverse):
            yield Reject(example=example, rule=rule, detail=f"marked {rule} in the catalog") if rule else example


def inspect_po(stream: Stream) -> FileFacts:
    """The header's language and the first messages."""
    found = list(islice(messages(stream), 4))
    language = declared_language(found[0]) if found and found[0].is_header else ""
    return FileFacts(
        file=stream.shown,
        format="po",
        encoding=po_encoding(stream),
        languages=(language,) if language else (),
        rows=tuple((message.source, message.forms[0]) for message in found if not message.is_header)[:3],
        is_compressed=stream.is_compressed,
    )


def po_encoding(stream: Stream) -> str:
    """The encoding by byte-order mark, else by the header's charset, else UTF-8."""
    declared = _CHARSET.search(_header_of(stream))
    name = declared[1] if declared else ""
    return stream.encoding("" if name == "CHARSET" else name)  # CHARSET stands in templates that nobody filled in


def _header_of(stream: Stream) -> str:
    """The header's fields, their ASCII characters at least; "" where the file does not begin with messages."""
    try:
        found = _messages(stream.head.decode("latin-1").split("\n"), stream)
        return next((message.forms[0] for message in found if message.is_header), "")
    except DataError:  # told when the messages themselves are read; the last one may break off here
        return ""


def messages(stream: Stream) -> Iterator[Message]:
    """Every entry in file order, the header included.

    Raises:
        DataError: A line is no PO syntax, or a keyword stands where it must not.
    """
    return _messages(stream.lines(po_encoding(stream)), stream)


def _messages(lines: Iterable[str], stream: Stream) -> Iterator[Message]:
    message, keyword, line = Message(), "", None
    for line in _lines(lines, stream):
        if keyword.startswith("msgstr") and line.keyword in ("#", "msgctxt", "msgid"):
            yield message
            message, keyword = Message(), ""
        if line.keyword == "#":
            message.is_fuzzy |= line.text == "fuzzy"
            continue
        keyword = _checked_keyword(line, keyword, stream)
        message.line, message.is_obsolete = message.line or line.number, line.is_obsolete
        message.add(keyword, line.text)
        if message.num_chars > MAX_UNIT_BYTES:
            raise stream.fault(f"a message must be shorter than {MAX_UNIT_BYTES >> 20} MiB", line=message.line)
    if keyword.startswith("msgstr"):
        yield message
    elif keyword and line:
        raise stream.fault(f"{keyword} must be followed by a msgstr, got the end of the file", line=line.number)


def _checked_keyword(line: _Line, before: str, stream: Stream) -> str:
    """The keyword that the line belongs to."""
    if line.keyword == "" and before:
        return before
    kind, last = (word[:7] if word.startswith("msgstr[") else word for word in (line.keyword, before))
    if last not in _COMES_AFTER.get(kind, ()):
        got = kind or "a string"
        raise stream.fault(
            f"a PO message must be msgctxt, msgid, msgid_plural and msgstr in this order, "
            f"got {got} {f'after {last}' if last else 'first'}",
            line=line.number,
        )
    return line.keyword


def _lines(lines: Iterable[str], stream: Stream) -> Iterator[_Line]:
    for number, line in enumerate(lines, 1):
        text = line.strip()
        is_obsolete = text.startswith("#~") and not text.startswith("#~|")
        if is_obsolete:
            text = text[2:].lstrip()
        if text.startswith("#"):
            is_fuzzy = text[1:2] in (",", "=") and "fuzzy" in re.split(r"[,=\s]+", text[2:])
            yield _Line(number, "#", "fuzzy" if is_fuzzy else "", is_obsolete)
        elif text:
            parts = _KEYWORD.fullmatch(text)
            if parts is None:
                raise stream.fault(
                    f"a PO line must be a comment, a quoted string or a keyword before one, got {text[:60]!r}",
                    line=number,
                )
            if parts[1] == "domain":  # names the catalog that the messages below are compiled into
                yield _Line(number, "#", "", is_obsolete)
                continue
            strings = (_ESCAPE.sub(_unescape, string[1:-1]) for string in _STRINGS.findall(parts[2]))
            yield _Line(number, parts[1] or "", "".join(strings), is_obsolete)


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    if code in _ESCAPED:
        return _ESCAPED[code]
    if code[0] == "x" and len(code) > 1:
        return chr(int(code[1:], 16))
    return chr(int(code, 8)) if code[0] in "01234567" else match[0]
