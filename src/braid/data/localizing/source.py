"""A file's text with its encoding, so that what is not edited comes back byte for byte."""

from __future__ import annotations

import io
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import pairwise

from braid.data.formats.stream import Stream
from braid.data.localizing.contract import Draft, Edit, Finding, Unit
from braid.errors import DataError

_ADVICE = "save the file as UTF-8, and where it names an encoding itself, let it name that one"
"""Whoever has a file translated has no recipe to write an encoding in."""


class SourceFile:
    """One file that was read.

    Args:
        data: Its bytes.
        shown: Its name as a person gave it, for messages.
        encoding: Finds the encoding; as `Stream.encoding` does unless given.
        fallback: The encoding of files that do not fit the one found, if there is one.

    Raises:
        DataError: It is empty, or not in its encoding, or in one whose bytes cannot be made again from the text.
    """

    def __init__(
        self, data: bytes, shown: str, encoding: Callable[[Stream], str] = Stream.encoding, *, fallback: str = ""
    ) -> None:
        self.data, self.shown = data, shown
        self.encoding = encoding(self.stream())
        if fallback and not _fits(data, self.encoding):
            self.encoding = fallback
        for _ in self.stream().text(self.encoding):  # what is wrong with it is worded there
            pass
        self.text = data.decode(self.encoding)
        if self.text.encode(self.encoding) != data:
            raise self.fault(
                f"the file must be in an encoding that is written in one way only, got {self.encoding}",
                hint="save the file as UTF-8",
            )

    def stream(self) -> Stream:
        """The file for a reader of its format."""
        stream = Stream(io.BytesIO(self.data), self.shown)
        stream.advice = _ADVICE
        return stream

    def fault(self, message: str, *, line: int = 0, hint: str = "") -> DataError:
        """The error to raise when this file is not what it should be."""
        return DataError(message, where=f"{self.shown}, line {line}" if line else self.shown, hint=hint)

    @cached_property
    def _breaks(self) -> list[int]:
        return [place for place, char in enumerate(self.text) if char == "\n"]

    def line(self, place: int) -> int:
        """The 1-based line of a character."""
        return bisect_left(self._breaks, place) + 1

    @cached_property
    def line_end(self) -> str:
        """What ends the file's first line: a line feed unless it is carriage return and line feed."""
        first = self.text.find("\n")
        return "\r\n" if first > 0 and self.text[first - 1] == "\r" else "\n"

    @cached_property
    def lines(self) -> list[tuple[int, int]]:
        """Begin and end of every line with what ends it; line feeds end lines, nothing else does."""
        starts = [self.begin, *(place + 1 for place in self._breaks)]
        return [(start, end) for start, end in pairwise([*starts, len(self.text)]) if end > start]

    def build(self, edits: Iterable[Edit]) -> bytes:
        """The file's bytes with edits made."""
        return spliced(self.text, edits).encode(self.encoding)

    def draft(
        self, units: list[Unit], *, edits: Sequence[Edit] = (), num_kept: int = 0, left: Sequence[Finding] = ()
    ) -> Draft:
        """The file taken apart into these units."""
        return Draft(
            units=units,
            build=self.build,
            encoding=self.encoding,
            edits=list(edits),
            num_kept=num_kept,
            left=list(left),
        )

    @property
    def begin(self) -> int:
        """Where the text begins, behind a byte-order mark."""
        return int(self.text.startswith("\ufeff"))


def _fits(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def spliced(text: str, edits: Iterable[Edit]) -> str:
    """The text with edits made, whatever their order; two at one place in the order given."""
    parts, place = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        assert edit.start >= place, "edits must not overlap"
        parts += [text[place : edit.start], edit.text]
        place = edit.end
    parts.append(text[place:])
    return "".join(parts)
