"""The texts of a Markdown file with their places: paragraphs, headings, list items and cells of tables.

For pairs of files that are trained on and for files that are written back alike.

Syntax: CommonMark 0.31 and GitHub's tables, task lists and footnotes, as far as it decides what is text. Lines of
other dialects that stand for no text (``:::``, ``!!!``, ``[!NOTE]``, ``{% %}``) are left out.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from braid.data.formats.spacing import space_between
from braid.data.formats.tags import Tag

_QUOTE = re.compile(r"([ ]*+)>[ ]?")
_ITEM = re.compile(r"[ \t]*(?:[-+*:]|\d{1,9}[.)])(?:[ \t]+(?:\[[ xX]\][ \t]+)?|$)")
_ITEM_LEAD = re.compile(r"[ \t]*(?:[-+*:]|\d{1,9}[.)])([ \t]*)")
_HEADING = re.compile(r"[ ]{0,3}#{1,6}(?:[ \t]+|$)")
_CLOSING = re.compile(r"(?:^|[ \t])#+[ \t]*$")
_RULE = re.compile(r"[ ]{0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|=+[ \t]*)$")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,}|\$\$)")
_DEFINITION = re.compile(r"[ ]{0,3}\[(?!\^)([^\[\]]{1,300})\]:")
_FOOTNOTE = re.compile(r"[ ]{0,3}\[\^[^\[\]\s]{1,100}\]:[ \t]*")
_DIRECTIVE = re.compile(
    r"[ \t]*(?::{3}|!!![ \t+]|\?\?\?[ \t+]|\[![A-Za-z]{1,20}\]|\[TOC\][ \t]*$|\{%.*%\}[ \t]*$|\{\{.*\}\}[ \t]*$)"
)
_DELIMITERS = re.compile(r"[ \t]*+\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+")
_CELL = re.compile(r"(?:\\.|`+[^`]*+`+|[^|\\`]|`+)+")
_ANCHOR = re.compile(r"\{#([\w.:-]{1,200})\}[ \t]*\Z")
_MARKUP = re.compile(
    r"[ ]{0,3}<(?:!--|/?(?!(?:a|b|i|u|s|em|q|abbr|br|code|kbd|span|strong|sub|sup|small|img)\b)[a-zA-Z])"
)
_FRONT = {"---": ("---", "..."), "+++": ("+++",)}
_FRONT_KEY = re.compile(r"[^\s#:][^:]*+:(?:\s|$)")

_CODE_SPAN = r"(?P<ticks>(?<!`)`+)(?!`)"
_INLINE = re.compile(
    r"(?=[`\\<h\[!\]*_~:])(?:" + _CODE_SPAN + r"|(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<auto><[a-zA-Z][a-zA-Z0-9+.-]{1,31}:[^<>\s]{0,2000}>|<[\w.+-]{1,64}@[\w.-]{1,255}>)"
    r"""|(?P<tag></?[a-zA-Z][\w-]{0,30}(?:\s[^<>]{0,1000})?/?>|<!--[^<>]{0,1000}-->)"""
    r"|(?P<url>\bhttps?://[^\s<>()\[\]]{1,2000})"
    r"|(?P<note>\[\^[^\[\]\s]{1,100}\])"
    r"|(?P<open>!?\[)|(?P<close>\](?:\((?:[^()\\]|\\.|\([^()]{0,500}\)){0,2000}\)|\[[^\[\]]{0,300}\])?)"
    r"|(?P<run>\*{4,}|_{4,})|(?P<mark>\*{1,3}|_{1,3}|~~)"
    r"|(?P<emoji>:[a-z0-9_+-]{2,40}:))",
    re.DOTALL,
)
_TAG_NAME = re.compile(r"</?([a-zA-Z][\w-]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A text of a file, or program code.

    Args:
        pieces: Its words and tags; of code all of it.
        start: Where it begins in the file.
        end: Where it ends.
        kind: ``p``, ``li``, ``quote``, ``td``, ``h2`` and the like; ``code`` of code and front matter, also ``html``.
        anchor: The name by which links find it, or "".
        is_start: It begins a line or an item, where marks at its beginning would make a block.
    """

    pieces: tuple[str | Tag, ...]
    start: int
    end: int
    kind: str
    anchor: str = ""
    is_start: bool = True


@dataclass
class _Reader:
    """What has been read of a file.

    Args:
        text: The file.
        lines: Begin and end of each line with what ends it.
        parts: What was found.
        rows: Begin and end of each line of the paragraph that is open, without marks and spaces around it.
        kind: Of that paragraph.
        labels: Of links, as far as they are defined.
        indent: Where the text of the list item that is open begins in its line, or -1.
        depth: Of the quotations around that paragraph.
    """

    text: str
    lines: Sequence[tuple[int, int]]
    parts: list[Part] = field(default_factory=list)
    rows: list[tuple[int, int]] = field(default_factory=list)
    kind: str = "p"
    labels: frozenset[str] = frozenset()
    indent: int = -1
    depth: int = 0

    def is_code(self, line: str) -> bool:
        """True of a line that is indented too far to go on with a list item above it."""
        indent = len(line) - len(line.lstrip())
        if not indent:
            self.indent = -1
        return line.startswith(("    ", "\t")) and (self.indent < 0 or indent >= self.indent + 4)

    def flush(self, kind: str = "") -> None:
        """End the paragraph, of the kind said if one is."""
        if self.rows:
            self.add(self.rows, kind or self.kind)
        self.rows, self.kind = [], "p"

    def add(self, rows: Sequence[tuple[int, int]], kind: str, *, is_start: bool = True) -> None:
        """One text in these lines."""
        anchor = _ANCHOR.search(self.text, rows[-1][0], rows[-1][1]) if kind[0] == "h" else None
        if anchor:
            rows = [*rows[:-1], _stripped(self.text, rows[-1][0], anchor.start())]
        pieces = _inline(_joined(self.text[start:end].strip() for start, end in rows), self.labels)
        if any(isinstance(piece, str) and piece.strip() for piece in pieces):
            part = Part(pieces=tuple(pieces), start=rows[0][0], end=rows[-1][1], kind=kind, is_start=is_start)
            self.parts.append(replace(part, anchor=anchor[1]) if anchor else part)

    def keep(self, first: int, last: int, kind: str = "code") -> None:
        """Lines as they are, from the first up to the last."""
        start, end = self.lines[first][0], self.lines[last - 1][1]
        said = self.text[start:end].strip()
        if said:
            self.parts.append(Part(pieces=(said,), start=start, end=end, kind=kind))


def _joined(lines: Iterable[str]) -> str:
    """The lines of a paragraph as one; between letters of scripts without spaces stands none."""
    parts: list[str] = []
    for line in filter(None, lines):
        parts += [space_between(parts[-1] if parts else "", line), line]
    return "".join(parts)


def markdown_parts(text: str, lines: Sequence[tuple[int, int]]) -> list[Part]:
    """Every paragraph, heading, list item and cell; program code; and blocks of HTML, which are not looked into.

    Args:
        text: The file.
        lines: Begin and end of each of its lines with what ends it.
    """
    found = (_DEFINITION.match(text, start, end) for start, end in lines)
    reader = _Reader(text, lines, labels=frozenset(_label(match[1]) for match in found if match))
    number = _front_end(text, lines)
    if number:
        reader.keep(0, number)
    while number < len(lines):
        number = _block(reader, number)
    reader.flush()
    return reader.parts


def _label(text: str) -> str:
    return " ".join(text.casefold().split())


def _content(text: str, span: tuple[int, int]) -> str:
    return text[span[0] : span[1]].rstrip("\r\n")


def _front_end(text: str, lines: Sequence[tuple[int, int]]) -> int:
    """How many lines the front matter takes; a line of hyphens with no key below it is a rule."""
    first = _content(text, lines[0]).rstrip() if lines else ""
    below = next((line for span in lines[1:] if (line := _content(text, span))[:1] != "#"), "")
    if first == "---" and not _FRONT_KEY.match(below):
        return 0
    for number, span in enumerate(lines[1:], 1) if first in _FRONT else ():
        if _content(text, span).rstrip() in _FRONT[first]:
            return number + 1
    return 0


def _unquoted(reader: _Reader, number: int) -> tuple[int, int]:
    """Begin and end of a line without the marks of quotations before it and without what ends it."""
    text, span = reader.text, reader.lines[number]
    start, end = span[0], span[0] + len(_content(text, span))
    widest = max(reader.indent, 0) + 3
    while (quote := _QUOTE.match(text, start, end)) and len(quote[1]) <= widest:
        start, widest = quote.end(), 3
    return start, end


def _block(reader: _Reader, number: int) -> int:
    """Take in one line, or the lines of a block that has its own rules; the number of the next one."""
    text, lines = reader.text, reader.lines
    start, end = _unquoted(reader, number)
    line, marks = text[start:end], text[lines[number][0] : start]
    if not line.strip():
        reader.flush()
        return number + 1
    depth = marks.count(">")
    if depth > reader.depth:
        reader.flush()
    is_in_item = marks.startswith("    ")  # the list goes on, whatever the quotation holds
    is_code, is_first = not is_in_item and reader.is_code(line), not reader.rows
    if fence := _FENCE.match(line):
        reader.flush()
        last = _fence_end(text, lines, number, fence[1])
        reader.keep(number, last)
        return last
    if directive := _DIRECTIVE.match(line):
        reader.flush()
        reader.indent = 4 if directive[0][0] in "!?" else reader.indent
        return number + 1
    if is_first and _MARKUP.match(line):
        last = _markup_end(text, lines, number)
        reader.keep(number, last, "html")
        return last
    if is_first and is_code:
        last = next((n for n in range(number, len(lines)) if not _is_indented(reader, n)), len(lines))
        reader.keep(number, last)
        return last
    if is_first and _DEFINITION.match(line):
        return number + 1
    if is_first and _is_table(reader, number):
        return _table(reader, number)
    if _RULE.match(line):
        reader.flush("h1" if "=" in line else "h2" if line.strip().strip("-") == "" else "")
        return number + 1
    _text_line(reader, start, end, depth)
    return number + 1


def _is_indented(reader: _Reader, number: int) -> bool:
    line = reader.text[slice(*_unquoted(reader, number))]
    return bool(line.strip()) and reader.is_code(line)


def _text_line(reader: _Reader, start: int, end: int, depth: int) -> None:
    """A heading, the beginning of a list item or a footnote, or a line of a paragraph."""
    text = reader.text
    kind, begin = "quote" if depth else "", start
    while item := _ITEM.match(text, start, end) or _FOOTNOTE.match(text, start, end):
        reader.flush()
        reader.indent = start - begin + _item_indent(item[0])
        start, kind = item.end(), "li"
    if heading := _HEADING.match(text, start, end):
        reader.flush()
        closing = _CLOSING.search(text[heading.end() : end])
        last = heading.end() + closing.start() if closing else end
        if text[heading.end() : last].strip():
            reader.add([_stripped(text, heading.end(), last)], f"h{heading[0].count('#')}", is_start=False)
        return
    if not reader.rows:
        reader.kind, reader.depth = kind or "p", depth
    if text[start:end].strip():
        reader.rows.append(_stripped(text, start, end))
    is_broken = text[start:end].endswith("  ") or re.search(r"(?<!\\)(?:\\\\)*\\$", text[max(start, end - 50) : end])
    if is_broken:
        (begin, last), *_ = reader.rows[-1:] or [(start, end)]
        if text[begin:last].endswith("\\") and reader.rows:
            reader.rows[-1] = _stripped(text, begin, last - 1)
        reader.flush()


def _item_indent(mark: str) -> int:
    """Where the text behind the mark of a list item, or of a footnote, begins."""
    found = _ITEM_LEAD.match(mark)
    if found is None:
        return len(mark) - len(mark.lstrip()) + 4
    return found.end() if 0 < len(found[1]) < 5 else found.start(1) + 1


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    said = text[start:end]
    return start + len(said) - len(said.lstrip()), start + len(said.rstrip())


def _fence_end(text: str, lines: Sequence[tuple[int, int]], number: int, fence: str) -> int:
    """The line behind the one that closes a fence."""
    for after in range(number + 1, len(lines)):
        line = _content(text, lines[after]).lstrip("> \t").strip()
        if line.startswith(fence) and not line.strip(fence[0]):
            return after + 1
    return len(lines)


def _markup_end(text: str, lines: Sequence[tuple[int, int]], number: int) -> int:
    """The line behind a block of HTML, which a blank line ends; a comment, a script or a style its own end."""
    line = text[lines[number][0] : lines[number][1]].lower()
    ends = (("<!--", "-->"), ("<script", "</script>"), ("<style", "</style>"), ("<pre", "</pre>"))
    ending = next((end for begin, end in ends if line.lstrip().startswith(begin)), "")
    for last in range(number, len(lines)):
        said = _content(text, lines[last]).lower()
        if ending and ending in said:
            return last + 1
        if not ending and not said.strip():
            return last
    return len(lines)


def _is_table(reader: _Reader, number: int) -> bool:
    if number + 1 == len(reader.lines):
        return False
    above, below = (reader.text[slice(*_unquoted(reader, row))] for row in (number, number + 1))
    return "|" in above and "|" in below and "-" in below and _DELIMITERS.fullmatch(below) is not None


def _table(reader: _Reader, number: int) -> int:
    """The cells of a table row by row, up to a line without a bar."""
    text, lines = reader.text, reader.lines
    for row in range(number, len(lines)):
        start, end = _unquoted(reader, row)
        if "|" not in text[start:end]:
            return row
        for cell in _CELL.finditer(text, start, end) if row != number + 1 else ():
            if cell[0].strip():
                reader.add([_stripped(text, *cell.span())], "td", is_start=False)
    return len(lines)


def _inline(raw: str, labels: frozenset[str]) -> list[str | Tag]:
    """A text without its marks: what is code stays, and links and emphasis are pairs of codes."""
    pieces: list[str | Tag] = []
    place = 0
    opened: list[int] = []
    while match := _INLINE.search(raw, place):
        pieces.append(html.unescape(raw[place : match.start()]))
        place = match.end()
        if match["ticks"]:
            place = _add_code(raw, match, pieces)
        elif match["escape"]:
            pieces.append(match[0][1])
        elif match["run"]:  # a line to fill in, seldom emphasis
            pieces.append(match[0])
        elif match["open"]:
            opened.append(len(pieces))
            pieces.append(match[0])
        elif match["close"]:
            _add_link(match[0], pieces, opened, labels)
        elif match["mark"]:
            pieces.append(_mark(raw, match))
        elif match["tag"]:
            pieces.append(_tag(match[0]))
        else:
            pieces.append(Tag(match[0], "keep"))
    return [piece for piece in _unmarked([*pieces, html.unescape(raw[place:])]) if piece != ""]


def _add_code(raw: str, match: re.Match[str], pieces: list[str | Tag]) -> int:
    """A code span, or ticks that open none; where it ends."""
    end = match.end()
    while (end := raw.find(match[0], end)) >= 0:
        behind = end + len(match[0])
        if raw[behind : behind + 1] != "`" and raw[end - 1] != "`":
            pieces.append(Tag(raw[match.start() : behind], "code"))
            return behind
        while raw[end : end + 1] == "`":
            end += 1
    pieces.append(match[0])
    return match.end()


def _add_link(close: str, pieces: list[str | Tag], opened: list[int], labels: frozenset[str]) -> None:
    """A link or an image, whose text is translated; its address, or its label, is not. Else a bracket."""
    begin = opened.pop() if opened else -1
    if begin < 0:
        pieces.append(close)
        return
    inside = "".join(piece if isinstance(piece, str) else piece.written for piece in pieces[begin + 1 :])
    written = close
    if close in ("]", "[]", "][]"):
        if _label(inside) not in labels:
            pieces.append(close)
            return
        written = f"][{inside}]"
    elif close.startswith("][") and _label(close[2:-1]) not in labels:
        pieces.append(close)
        return
    bracket = pieces[begin]
    name = "img" if bracket == "![" else "a"
    pieces[begin] = Tag(str(bracket), name, "open")
    pieces.append(Tag(written, name, "close"))


def _mark(raw: str, match: re.Match[str]) -> str | Tag:
    """Emphasis where it may begin or end; a star or a line between spaces, and a line in a word, are text."""
    before, after = raw[match.start() - 1 : match.start()], raw[match.end() : match.end() + 1]
    opens, closes = bool(after) and not after.isspace(), bool(before) and not before.isspace()
    if match[0][0] == "_" and opens and closes and not _is_mark(before) and not _is_mark(after):
        return match[0]
    if not opens and not closes:
        return match[0]
    name = {"*": "i", "_": "i", "~": "s"}[match[0][0]] if len(match[0]) != 2 or match[0][0] == "~" else "b"
    name = "bi" if len(match[0]) == 3 else name
    if opens and closes:
        kind = "either" if _is_mark(before) == _is_mark(after) else "open" if _is_mark(before) else "close"
    else:
        kind = "open" if opens else "close"
    return Tag(match[0], name, kind)


def _is_mark(char: str) -> bool:
    """True of punctuation and symbols of any script."""
    return unicodedata.category(char)[0] in "PS"


def _unmarked(pieces: list[str | Tag]) -> list[str | Tag]:
    """The pieces with emphasis that has no partner as the text that it is."""
    found = list(pieces)
    waiting: dict[str, list[int]] = {}
    for place, piece in enumerate(pieces):
        if not isinstance(piece, Tag) or piece.name not in ("i", "b", "bi", "s") or piece.written[0] == "<":
            continue
        stack = waiting.setdefault(piece.written, [])
        found[place] = piece.written
        if stack and piece.kind != "open":
            found[stack[-1]] = Tag(piece.written, piece.name, "open")
            found[place] = Tag(piece.written, piece.name, "close")
            stack.pop()
        elif piece.kind != "close":
            stack.append(place)
    return found


def _tag(written: str) -> Tag:
    name = _TAG_NAME.match(written)
    if name is None or written.endswith("/>"):
        return Tag(written, name[1].lower() if name else "keep")
    return Tag(written, name[1].lower(), "close" if written[1] == "/" else "open")
