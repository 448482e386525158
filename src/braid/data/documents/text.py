"""Plain text: paragraphs are what blank lines part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from braid.data.documents.passage import Block, Passage, cut
from braid.data.formats.stream import Stream

_MAX_PARAGRAPH = 2**16
"""A paragraph with more characters is taken in parts, so that a file without blank lines never fills the memory."""


class Paragraphs:
    """Lines, collected to paragraphs with their places in the text."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._size = self._start = 0
        self._line = 1
        self._is_ended = False

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def text(self) -> str:
        """The lines collected, joined."""
        return "".join(self._lines)

    def begins_with(self, line: str) -> bool:
        """True when this line, to be added next, belongs to a new paragraph."""
        return bool(self._lines) and bool(line.strip()) and (self._is_ended or self._size > _MAX_PARAGRAPH)

    def add(self, line: str) -> None:
        """Take in a line with its end; blank lines belong to the paragraph before them."""
        self._lines.append(line)
        self._size += len(line)
        self._is_ended = not line.strip()

    def take(self, *, title: str = "", is_heading: bool = False) -> Iterator[Block]:
        """The paragraph collected, if there is one; the next begins behind it."""
        if self._lines:
            text = self.text
            yield Block(text=text, start=self._start, line=self._line, title=title, is_heading=is_heading)
            self._start += len(text)
            self._line += len(self._lines)
        self._lines, self._size, self._is_ended = [], 0, False


def paragraphs(lines: Iterable[str], title: str) -> Iterator[Block]:
    """The paragraphs of a text, each with the blank lines behind it."""
    collected = Paragraphs()
    for line in lines:
        if collected.begins_with(line):
            yield from collected.take(title=title)
        collected.add(line)
    yield from collected.take(title=title)


def read_text(stream: Stream, title: str) -> Iterator[Passage]:
    """The passages of a text file, all of them titled by its name."""
    blocks = paragraphs(stream.lines(stream.encoding(), keep_ends=True), title)
    return cut(blocks, file=stream.shown, group=stream.shown)
