"""HTML: the text of a page in paragraphs, without scripts, styles and other things nobody reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from braid.data.documents.passage import Block, Passage, cut
from braid.data.example import Example, Reject
from braid.data.formats.stream import MAX_UNIT_BYTES, Stream

_HEADINGS = frozenset({"title", "h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = _HEADINGS | frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "head", "header", "hr", "html",
    "legend", "li", "main", "menu", "nav", "ol", "optgroup", "option", "p", "pre", "section", "summary",
    "table", "tbody", "tfoot", "thead", "tr", "ul",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})
_UNREAD = frozenset({"script", "style", "template", "noscript", "svg", "iframe", "object", "canvas"})
"""Elements whose content is no text of the page."""

_SPACES = re.compile(r"\s+")
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252"}
"""Names that pages give to an encoding where browsers read a larger one."""


def read_html(stream: Stream, title: str) -> Iterator[Passage | Reject]:
    """The passages of a page, each titled by the heading above it; offsets count in the text taken from the page.

    Raises:
        DataError: The page is larger than 16 MiB or not in the encoding it declares.
    """
    blocks, rejects = page_blocks(stream, title)
    yield from cut(blocks, file=stream.shown, group=stream.shown)
    yield from rejects


def page_blocks(stream: Stream, title: str) -> tuple[list[Block], list[Reject]]:
    """The paragraphs of a page, and what hides the rest of it, if anything does.

    Args:
        stream: The page.
        title: Of paragraphs above the first heading.

    Raises:
        DataError: The page is larger than 16 MiB or not in the encoding it declares.
    """
    page = _Page(title)
    page.feed(_closed(stream.whole(page_encoding(stream), MAX_UNIT_BYTES)))
    page.close()
    page.flush()
    rejects = []
    if page.unread:
        row = Example(source=f"<{page.unread}>", target="", file=stream.shown, line=page.unread_line)
        detail = f"<{page.unread}> is never closed; what follows it is not read"
        rejects.append(Reject(example=row, rule="html", detail=detail))
    return page.blocks, rejects


def page_encoding(stream: Stream) -> str:
    """The encoding by byte-order mark, else as the page declares it and browsers understand that, else UTF-8."""
    declared = _CHARSET.search(stream.head)
    name = declared[1].decode("ascii").lower() if declared else ""
    return stream.encoding(_SUPERSETS.get(name, name))


def _closed(page: str) -> str:
    """The page with characters in the place of marks that never end.

    The parser looks for their end up to the end of the page, for each of them anew, and fails on some declarations
    in brackets, which are read as comments here.
    """
    page = page.replace("<![", "<!x")
    for begin, end in (("<!--", "-->"), ("<", ">")):
        last = page.rfind(end) + 1
        page = page[:last] + page[last:].replace(begin, "&lt;" + begin[1:])
    return page


class _Page(HTMLParser):
    """Collects a page's paragraphs as blocks, and the element without an end that hides the rest, if any.

    Elements are not kept on a stack: pages are seldom well-formed, and depth costs nothing so.
    """

    def __init__(self, title: str) -> None:
        super().__init__(convert_charrefs=True)
        self._kind = self._anchor = ""
        self.blocks: list[Block] = []
        self.unread, self.unread_line = "", 0
        self._depth = 0
        self._title = title
        self._is_heading = self._is_literal = False
        self._parts: list[str] = []
        self._line = self._start = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.unread:
            self._depth += tag == self.unread
        elif tag in _UNREAD:
            self.unread, self.unread_line, self._depth = tag, self.getpos()[0], 1
        elif tag == "br":
            self._parts.append("\n")
        else:
            self._border(tag, is_start=True)
            self._anchor = next((value or "" for name, value in attrs if name == "id"), self._anchor)

    def handle_endtag(self, tag: str) -> None:
        if self.unread:
            self._depth -= tag == self.unread
            self.unread = self.unread if self._depth else ""
        else:
            self._border(tag, is_start=False)

    def handle_data(self, data: str) -> None:
        if self.unread:
            return
        if not self._line and data.strip():
            blank = len(data) - len(data.lstrip())
            self._line = self.getpos()[0] + data.count("\n", 0, blank)
        self._parts.append(data if self._is_literal else _SPACES.sub(" ", data))

    def _border(self, tag: str, *, is_start: bool) -> None:
        if tag in _CELLS:
            self._parts.append(" ")
        if tag in _BLOCKS:
            self.flush()
            self._kind = tag if is_start else ""
            self._is_heading = is_start and tag in _HEADINGS
            self._is_literal = is_start and tag == "pre"

    def flush(self) -> None:
        """End the paragraph."""
        lines = "".join(self._parts).strip().split("\n")
        text = "\n".join(line if self._is_literal else _SPACES.sub(" ", line).strip() for line in lines)
        if text:
            self._title = _SPACES.sub(" ", text) if self._is_heading else self._title
            text += "\n\n"
            self.blocks.append(
                Block(
                    text=text,
                    start=self._start,
                    line=self._line,
                    title=self._title,
                    is_heading=self._is_heading,
                    kind=self._kind,
                    anchor=self._anchor,
                )
            )
            self._start += len(text)
            self._anchor = ""
        self._parts, self._line = [], 0
