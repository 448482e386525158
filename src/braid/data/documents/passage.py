"""A stretch of a document that can be found on its own, and how documents are cut into them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from braid.text.scripts import is_unspaced
from braid.text.sentences import split_sentences

SIZE = 600
"""Characters of a passage at most; only a word or an answer that is longer by itself makes a longer one."""

MIN_SIZE = SIZE // 3
"""A passage shorter than this is filled up with sentences of the next paragraph."""

MAX_OVERLAP = SIZE // 3
"""A sentence longer than this is not repeated in the next passage."""

_SOFT_BREAK = re.compile(r"\r?\n(?![ \t]*(?:[-*+•|>#]|\d{1,3}[.)])[ \t])(?=[ \t]*\S)")
"""A line break inside a paragraph that only ends a line: no item of a list begins behind it."""

_MAX_WORD = 4 * SIZE
"""What goes on longer without a space is no word, and is cut anywhere."""

_PAUSE = re.compile(r"[,;:](?=\s)|[，；：、]|\s")
_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch of a user's document.

    Args:
        text: Its text. In text and Markdown files it is a literal piece of the file.
        file: The path as the user gave it (glob results and folders included).
        line: 1-based line at which it begins; the page of a PDF.
        start: Offset of its first character, in the decoded file without a byte-order mark; where the text is not
            literally in the file (HTML, PDF, JSON, tables) in the text extracted from the page, paragraph or cell.
        title: The nearest heading above it, else the document's title or file name; an FAQ's question.
        answer: An FAQ's answer, else "".
        group: The document or article it belongs to; passages of one group stand one after another.
    """

    text: str
    file: str
    line: int
    start: int = 0
    title: str = ""
    answer: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph with the white space behind it: joined, the blocks of a section are its text.

    Args:
        text: The characters.
        start: Offset of the first.
        line: 1-based line of the first.
        title: Of the section it stands in.
        is_heading: True where a section begins: no passage goes on across it.
        kind: The element that it is in HTML, such as ``p``, ``li`` or ``h2``; "" where the format has none.
        anchor: The name by which HTML's links find it, or "".
    """

    text: str
    start: int
    line: int
    title: str = ""
    is_heading: bool = False
    kind: str = ""
    anchor: str = ""


def cut(blocks: Iterable[Block], *, file: str, group: str) -> Iterator[Passage]:
    """The passages of a document: whole paragraphs where they fit, else whole sentences, else whole words.

    Short neighbors are joined up to `SIZE` characters. Where a section goes on, the last sentence of a passage is
    also the first of the next, unless it is long. Every character that is no white space is in a passage.
    """
    packer = _Packer(file, group)
    for block in blocks:
        if block.is_heading and not packer.holds_headings_only:
            yield from packer.finish()
        yield from packer.add(block)
    yield from packer.finish()


class _Packer:
    """Fills one passage after the other with sentences."""

    def __init__(self, file: str, group: str) -> None:
        self._file, self._group = file, group
        self._held: list[Block] = []
        self._size = 0
        self._is_old = True
        self.holds_headings_only = True

    def add(self, block: Block) -> Iterator[Passage]:
        """Take a paragraph in; whatever is full comes out."""
        if self._size + len(block.text.rstrip()) > SIZE and self._size >= MIN_SIZE:
            yield from self._flush()
            if self._size + len(block.text.rstrip()) > SIZE >= len(block.text.rstrip()):
                self._drop()
        for sentence in _pieces(block):
            if self._size + len(sentence.text.rstrip()) > SIZE:
                yield from self._flush()
                if self._size + len(sentence.text.rstrip()) > SIZE:
                    self._drop()
            self._hold(sentence)
        self.holds_headings_only = self.holds_headings_only and (block.is_heading or not block.text.strip())

    def finish(self) -> Iterator[Passage]:
        """The passage begun, if it has anything that no passage had yet."""
        yield from self._flush()
        self._drop()
        self.holds_headings_only = True

    def _hold(self, sentence: Block) -> None:
        self._held.append(sentence)
        self._size += len(sentence.text)
        self._is_old = False

    def _drop(self) -> None:
        self._held, self._size, self._is_old = [], 0, True

    def _flush(self) -> Iterator[Passage]:
        """The passage begun; its last sentence stays behind as the beginning of the next."""
        if self._is_old:
            return
        text = "".join(sentence.text for sentence in self._held)
        blank = len(text) - len(text.lstrip())
        first, last = self._held[0], self._held[-1]
        if text.strip():
            yield Passage(
                text=text.strip(),
                file=self._file,
                line=first.line + text[:blank].count("\n"),
                start=first.start + blank,
                title=last.title,
                group=self._group,
            )
        overlaps = len(self._held) > 1 and len(last.text) <= MAX_OVERLAP and not last.is_heading
        self._held = [last] if overlaps else []
        self._size, self._is_old = sum(len(sentence.text) for sentence in self._held), True


def _pieces(block: Block) -> Iterator[Block]:
    """The sentences of a paragraph, those longer than a passage in parts; joined, they are the paragraph."""
    position, line = block.start, block.line
    end = 0
    for sentence in split_sentences(_SOFT_BREAK.sub(lambda found: " " * len(found[0]), block.text)):
        begin, end = end, end + len(sentence)
        for part in _parts(block.text[begin:end]):
            yield replace(block, text=part, start=position, line=line)
            position += len(part)
            line += part.count("\n")


def _parts(sentence: str) -> Iterator[str]:
    """A sentence in parts of at most `SIZE` characters; a longer word stays whole."""
    begin, size = 0, len(sentence.rstrip())
    while size - begin > SIZE:
        end = _border(sentence, begin)
        while end < len(sentence) and (sentence[end].isspace() or unicodedata.category(sentence[end])[0] == "M"):
            end += 1
        yield sentence[begin:end]
        begin = end
    if begin < len(sentence):
        yield sentence[begin:]


def _border(text: str, begin: int) -> int:
    """Where a part that begins at ``begin`` may end: at a line's end, a pause, else between words, else anywhere."""
    limit = begin + SIZE
    if (end := text.rfind("\n", begin + SIZE // 2, limit)) >= 0:
        return end + 1
    pauses = [found.end() for found in _PAUSE.finditer(text, begin + SIZE // 2, limit)]
    if pauses:
        return pauses[-1]
    if is_unspaced(text[limit - 1 : limit + 1]):
        return limit
    spaces = [found.end() for found in _SPACE.finditer(text, begin, begin + SIZE // 2)]
    if spaces:
        return spaces[-1]
    space = _SPACE.search(text, limit, begin + _MAX_WORD)
    return space.end() if space else begin + min(_MAX_WORD, len(text) - begin)
