"""JSON files with one list of objects, an element at a time: ``[{…}, {…}]``, or such a list under a key of an object.

Elements are decoded where they begin, by the decoder of the standard library on a window that grows as an element needs
it: that is as fast as reading lines, and a broken element whose brackets are in order costs no other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from braid.data.example import Example, Reject
from braid.data.formats.cells import document_rows, pair_rows
from braid.data.formats.columns import named_facts
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.jsonl import inspect_jsonl, json_object, read_jsonl
from braid.data.formats.stream import MAX_UNIT_BYTES, Stream
from braid.data.formats.texts import read_documents
from braid.errors import DataError

LISTS = frozenset({"data", "rows", "examples", "items", "records", "entries"})
"""Keys whose list holds the rows, whatever its first element is; under other keys it must begin with an object."""

_BLANK = re.compile(r"[ \t\r\n]*+")
_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[{}\[\],]', re.DOTALL)  # a string may be left open, see i18n
_BEHIND_NUMBERS = (",", "]", "}", " ", "\n", "\r", "\t")
_CUT = 16
"""A fault so near to the end of the window may be the window's: a literal or an escape cut through."""

_Element = tuple[int, Any, str]
"""Line, value, and what is wrong with it, where the value is its text."""


class _Window:
    """A stretch of the file's text, of which the front is forgotten as it is read."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.line = 1
        self._chunks = stream.text(stream.encoding())
        self._text, self._place, self._is_end = "", 0, False
        self._decoder = json.JSONDecoder()

    def peek(self) -> str:
        """The next character that is not blank, or "" at the end."""
        while True:
            blank = _BLANK.match(self._text, self._place)
            self._forget(blank.end() if blank else self._place)
            if self._place < len(self._text):
                return self._text[self._place]
            if not self._grow(1):
                return ""

    def take(self, wanted: str, where: str) -> str:
        """The next character, one of those wanted.

        Raises:
            DataError: It is another.
        """
        found = self.peek()
        if not found or found not in wanted:
            shown = f'"{self._text[self._place : self._place + 20]}"' if found else "the end of the file"
            raise self.fault(f"must have {' or '.join(wanted)} {where}, got {shown}")
        self._forget(self._place + 1)
        return found

    def value(self) -> _Element:
        """The value that begins at the next character.

        Raises:
            DataError: It is larger than 16 MiB, or it is broken and its end cannot be told.
        """
        self.peek()
        line, reason = self.line, ""
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._place)
            except json.JSONDecodeError as error:
                reason = f"{error.msg} (line {line + self._text.count(chr(10), self._place, error.pos)})"
                is_cut = error.pos >= len(self._text) - _CUT or error.msg.startswith("Unterminated string")
                if is_cut and self._grow(len(self._text) - self._place):
                    continue
            except RecursionError:
                reason = "one nested too deeply"
            except ValueError as error:  # a number of thousands of digits
                reason = str(error).partition(";")[0]
            else:
                is_number = isinstance(value, int | float) and self._text[end : end + 1] not in _BEHIND_NUMBERS
                if is_number and end >= len(self._text) - _CUT and self._grow(1):
                    continue  # which the window may have cut
                self._forget(end)
                return line, value, ""
            return line, self._skip(reason), f"must be a JSON object, got: {reason}"

    def _skip(self, reason: str) -> str:
        """The text of a broken value, up to where its brackets close, or to a comma outside of them.

        Raises:
            DataError: There is no such place.
        """
        depth, place = 0, self._place
        while True:
            for match in _BRACKET.finditer(self._text, place):
                token, end = match[0][0], match.end()
                if token == '"' and end == len(self._text):
                    break  # the window may have cut it
                if token in ",}]" and not depth:
                    end = match.start()
                depth += (token in "{[") - (token in "}]")
                place = end
                if depth < 0 or (depth == 0 and token in ",}]"):
                    text = self._text[self._place : place]
                    self._forget(place)
                    return text
            size = len(self._text) - self._place
            place -= self._place
            if not self._grow(size):
                raise self.fault(f"must be JSON, got: {reason}")

    def fault(self, message: str) -> DataError:
        """The error that the file is not what it should be, here."""
        hint = "a file of JSON lines, one object each, may be named .jsonl"
        return self.stream.fault(f"a JSON file {message}", line=self.line, hint=hint)

    def _forget(self, place: int) -> None:
        self.line += self._text.count("\n", self._place, place)
        self._place = place

    def _grow(self, size: int) -> bool:
        """Take in at least so many further characters, if there are any left.

        Raises:
            DataError: The window holds 16 MiB already.
        """
        if len(self._text) - self._place > MAX_UNIT_BYTES:
            raise self.fault(f"must hold elements smaller than {MAX_UNIT_BYTES >> 20} MiB")
        parts, added = [self._text[self._place :]], 0
        while added < size and not self._is_end:
            chunk = next(self._chunks, None)
            self._is_end = chunk is None
            parts.append(chunk or "")
            added += len(parts[-1])
        self._text, self._place = "".join(parts), 0
        return added > 0


def elements(stream: Stream) -> Iterator[_Element]:
    """Line, value and fault of each element of the file's list.

    Raises:
        DataError: There is no list, or there are several, or the file is not JSON up to its end.

    Cost: memory for twice the largest element and 64 KiB.
    """
    window = _Window(stream)
    if window.peek() == "[":
        yield from _list(window)
    else:
        yield from _object(window)
    if window.peek():
        raise window.fault("must end after its list, got more")


def _list(window: _Window) -> Iterator[_Element]:
    window.take("[", "at its beginning")
    if window.peek() == "]":
        window.take("]", "")
        return
    while True:
        yield window.value()
        if window.take(",]", "behind an element") == "]":
            return


def _object(window: _Window) -> Iterator[_Element]:
    window.take("{", "at its beginning")
    found, names = "", []
    while window.peek() != "}":
        line, name, fault = window.value()
        if fault or not isinstance(name, str):
            raise window.fault(f"must have a key in quotes, got: {fault or type(name).__name__}")
        names = [*names, name][:20]
        window.take(":", "behind a key")
        if window.peek() == "[":
            rows = _list(window)
            first = next(rows, None)
            if first is not None and (name in LISTS or isinstance(first[1], dict)):
                if found:
                    raise window.stream.fault(
                        f'a JSON file must hold one list of rows, got "{found}" and "{name}"',
                        line=line,
                        hint="save each list as a file of its own",
                    )
                found = name
                yield first
                yield from rows
            else:
                for _ in rows:
                    pass
        elif (fault := window.value()[2]) != "":
            raise window.fault(fault)
        if window.peek() != "}":
            window.take(",", "behind a value")
    window.take("}", "")
    if not found:
        raise window.fault(f"must hold a list of objects, got the keys {', '.join(names) or 'none'}")


def _is_lines(stream: Stream) -> bool:
    """Whether a file holds JSON lines: its first line is an object, and another one begins behind it."""
    head = stream.head.decode(stream.encoding(), errors="ignore").removeprefix("\ufeff").lstrip()
    first, _, rest = head.partition("\n")
    try:
        json_object(first)
    except ValueError:
        return False
    return rest.lstrip().startswith("{")


def _each(
    stream: Stream, options: ReadOptions, read: Callable[..., Iterator[Example | Reject]]
) -> Iterator[Example | Reject]:
    """What each element that is an object is read as; the others as Rejects."""
    for line, value, fault in elements(stream):
        if isinstance(value, dict):
            yield from read([(line, value)], options, stream, "json")
            continue
        text = value if isinstance(value, str) else json.dumps(value)
        row = Example(source=text[:1000], target="", file=stream.shown, line=line)
        detail = fault or f"must be a JSON object, got {type(value).__name__}"
        yield Reject(example=row, rule="json", detail=detail)


def read_json(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example an element; elements that are no such object as Rejects.

    Raises:
        DataError: The file holds no list of objects, or is not JSON up to its end.
    """
    return read_jsonl(stream, options) if _is_lines(stream) else _each(stream, options, pair_rows)


def read_json_documents(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example an element: a text or a dialogue; elements that hold none as Rejects."""
    return read_documents(stream, options) if _is_lines(stream) else _each(stream, options, document_rows)


def inspect_json(stream: Stream) -> FileFacts:
    """Keys of the first object, and the first objects' values as text."""
    if _is_lines(stream):
        return inspect_jsonl(stream)
    rows = [value for _, value, _ in islice(elements(stream), 3) if isinstance(value, dict)]
    return named_facts(rows, tuple(rows[0]) if rows else (), stream, "json")
