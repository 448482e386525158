"""Markdown: headings begin sections; the text stays as it is written, marks included."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from braid.data.documents.passage import Block, Passage, cut
from braid.data.documents.text import Paragraphs
from braid.data.formats.stream import Stream

_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]+(.*))?")
_CLOSING = re.compile(r"(?:^|[ \t])#+[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_FRONT_TITLE = re.compile(r"""title:[ \t]*(["']?)(.+)\1""")
_FRONT = "---"
_LONGEST_HEADING = 1000


def read_markdown(stream: Stream, title: str) -> Iterator[Passage]:
    """The passages of a Markdown file, each titled by the heading above it, else by the file's own title."""
    blocks = sections(stream.lines(stream.encoding(), keep_ends=True), title)
    return cut(blocks, file=stream.shown, group=stream.shown)


def sections(lines: Iterable[str], title: str) -> Iterator[Block]:
    """The paragraphs of a text and its headings, ``# …`` or underlined; code and front matter hold none."""
    collected = Paragraphs()
    fence = ""
    for number, line in enumerate(lines):
        text = line.rstrip() if len(line) <= _LONGEST_HEADING else "…"
        heading, is_end = "", False
        if fence:
            found = _FRONT_TITLE.fullmatch(text) if fence == _FRONT else None
            title = found[2] if found else title
            is_end = _closes(text, fence)
            fence = "" if is_end else fence
        elif opened := _FENCE.match(text):
            fence = opened[1]
        elif number == 0 and text == _FRONT:
            fence = _FRONT
        elif marked := _HEADING.fullmatch(text):
            yield from collected.take(title=title)
            heading = _CLOSING.sub("", marked[1] or "").strip()
        elif _UNDERLINE.fullmatch(text) and len(collected) == 1:
            heading = collected.text.strip()
        if collected.begins_with(line):
            yield from collected.take(title=title)
        collected.add(line)
        title = heading or title
        if heading or is_end:
            yield from collected.take(title=title, is_heading=bool(heading))
    yield from collected.take(title=title)


def _closes(text: str, fence: str) -> bool:
    """True when a line ends code, or the front matter, that began with ``fence``."""
    if fence == _FRONT:
        return text in ("", _FRONT, "...")
    return text.strip().startswith(fence) and not text.strip().strip(fence[0])
