"""Markdown written back: paragraphs, headings, list items and cells of tables; code, addresses and front matter stay.

Syntax: CommonMark 0.31 and GitHub's tables, task lists and footnotes, as far as it decides what is text. Lines of
other dialects that stand for no text (``:::``, ``!!!``, ``[!NOTE]``, ``{% %}``) stay.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from braid.data.localizing.contract import Code, Draft, Edit, LocalizeOptions, Text, Unit, Write
from braid.data.localizing.html import html_units
from braid.data.localizing.source import SourceFile
from braid.data.localizing.tags import Tag, tagged

_QUOTE = re.compile(r"[ ]{0,3}>[ ]?")
_ITEM = re.compile(r"[ \t]*(?:[-+*:]|\d{1,9}[.)])(?:[ \t]+(?:\[[ xX]\][ \t]+)?|$)")
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
_MARKUP = re.compile(
    r"[ ]{0,3}<(?:!--|/?(?!(?:a|b|i|u|s|em|q|abbr|br|code|kbd|span|strong|sub|sup|small|img)\b)[a-zA-Z])"
)
_FRONT = {"---": ("---", "..."), "+++": ("+++",)}

_CODE_SPAN = r"(?P<ticks>(?<!`)`+)(?!`)"
_INLINE = re.compile(
    _CODE_SPAN + r"|(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<auto><[a-zA-Z][a-zA-Z0-9+.-]{1,31}:[^<>\s]{0,2000}>|<[\w.+-]{1,64}@[\w.-]{1,255}>)"
    r"""|(?P<tag></?[a-zA-Z][\w-]{0,30}(?:\s[^<>]{0,1000})?>|<!--[^<>]{0,1000}-->)"""
    r"|(?P<url>\bhttps?://[^\s<>()\[\]]{1,2000})"
    r"|(?P<note>\[\^[^\[\]\s]{1,100}\])"
    r"|(?P<open>!?\[)|(?P<close>\](?:\((?:[^()\\]|\\.|\([^()]{0,500}\)){0,2000}\)|\[[^\[\]]{0,300}\])?)"
    r"|(?P<mark>\*{1,3}|_{1,3}|~~)"
    r"|(?P<emoji>:[a-z0-9_+-]{2,40}:)",
    re.DOTALL,
)
_TAG_NAME = re.compile(r"</?([a-zA-Z][\w-]*)")
_ACTIVE = re.compile(r"[\\`\[\]]|\*(?=\S)|(?<=\S)\*|<(?=[a-zA-Z/!?])|&(?=#?\w{1,31};)|(?<!\w)_|_(?!\w)|~~")
_BLOCK_START = re.compile(r"(?:#{1,6}(?=\s|$)|>|[-+](?=\s|$)|(?<!=)=++$|(?<!-)-++$|~{3})")
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=\s|$)")


@dataclass
class _Reader:
    """What has been read of a file.

    Args:
        rows: Begin and end of each line of the paragraph that is open, without marks and spaces around it.
        labels: Of links, as far as they are defined.
        indent: Of the list item that is open, or -1.
    """

    source: SourceFile
    options: LocalizeOptions
    units: list[Unit] = field(default_factory=list)
    rows: list[tuple[int, int]] = field(default_factory=list)
    labels: frozenset[str] = frozenset()
    indent: int = -1

    def is_code(self, line: str) -> bool:
        """True of a line that is indented too far to go on with a list item above it."""
        indent = len(line) - len(line.lstrip())
        if not indent:
            self.indent = -1
        return line.startswith(("    ", "\t")) and (self.indent < 0 or indent >= self.indent + 8)

    def flush(self) -> None:
        """End the paragraph."""
        if self.rows:
            self.add(self.rows)
        self.rows = []

    def add(self, rows: Sequence[tuple[int, int]], *, is_cell: bool = False, is_start: bool = True) -> None:
        """One text in these lines."""
        raw = " ".join(self.source.text[start:end].strip() for start, end in rows)
        text = _inline(raw, self.labels)
        if any(isinstance(piece, str) and piece.strip() for piece in text):
            write = _write(rows[0][0], rows[-1][1], is_cell=is_cell, is_start=is_start)
            self.units.append(Unit(texts=(text,), write=write, line=self.source.line(rows[0][0])))


def draft_markdown(data: bytes, shown_name: str, options: LocalizeOptions) -> Draft:
    """Every paragraph, heading, list item and cell."""
    source = SourceFile(data, shown_name)
    lines = source.lines
    found = (_DEFINITION.match(source.text, start, end) for start, end in lines)
    reader = _Reader(source, options, labels=frozenset(_label(match[1]) for match in found if match))
    number = _front_end(source, lines)
    while number < len(lines):
        number = _block(reader, lines, number)
    reader.flush()
    return source.draft(reader.units)


def _label(text: str) -> str:
    return " ".join(text.casefold().split())


def _content(source: SourceFile, span: tuple[int, int]) -> str:
    return source.text[span[0] : span[1]].rstrip("\r\n")


def _front_end(source: SourceFile, lines: Sequence[tuple[int, int]]) -> int:
    """How many lines the front matter takes."""
    first = _content(source, lines[0]).rstrip() if lines else ""
    for number, span in enumerate(lines[1:], 1) if first in _FRONT else ():
        if _content(source, span).rstrip() in _FRONT[first]:
            return number + 1
    return 0


def _unquoted(source: SourceFile, span: tuple[int, int]) -> tuple[int, int]:
    """Begin and end of a line without the marks of quotations before it and without what ends it."""
    start, end = span[0], span[0] + len(_content(source, span))
    while quote := _QUOTE.match(source.text, start, end):
        start = quote.end()
    return start, end


def _block(reader: _Reader, lines: Sequence[tuple[int, int]], number: int) -> int:
    """Take in one line, or the lines of a block that has its own rules; the number of the next one."""
    source = reader.source
    start, end = _unquoted(source, lines[number])
    line = source.text[start:end]
    if not line.strip():
        reader.flush()
        return number + 1
    is_code, is_first = reader.is_code(line), not reader.rows
    if fence := _FENCE.match(line):
        reader.flush()
        return _fence_end(source, lines, number, fence[1])
    if directive := _DIRECTIVE.match(line):
        reader.flush()
        reader.indent = 0 if directive[0][0] in "!?" else reader.indent
        return number + 1
    if is_first and _MARKUP.match(line):
        return _markup(reader, lines, number)
    if is_first and (is_code or _DEFINITION.match(line)):
        return number + 1
    if is_first and _is_table(source, lines, number):
        return _table(reader, lines, number)
    if _RULE.match(line):
        reader.flush()
        return number + 1
    _text_line(reader, start, end)
    return number + 1


def _text_line(reader: _Reader, start: int, end: int) -> None:
    """A heading, the beginning of a list item or a footnote, or a line of a paragraph."""
    text = reader.source.text
    while item := _ITEM.match(text, start, end) or _FOOTNOTE.match(text, start, end):
        reader.flush()
        reader.indent = len(item[0]) - len(item[0].lstrip())
        start = item.end()
    if heading := _HEADING.match(text, start, end):
        reader.flush()
        closing = _CLOSING.search(text[heading.end() : end])
        last = heading.end() + closing.start() if closing else end
        if text[heading.end() : last].strip():
            reader.add([_stripped(text, heading.end(), last)], is_start=False)
        return
    if text[start:end].strip():
        reader.rows.append(_stripped(text, start, end))
    is_broken = text[start:end].endswith("  ") or re.search(r"(?<!\\)(?:\\\\)*\\$", text[max(start, end - 50) : end])
    if is_broken:
        (begin, last), *_ = reader.rows[-1:] or [(start, end)]
        if text[begin:last].endswith("\\") and reader.rows:
            reader.rows[-1] = _stripped(text, begin, last - 1)
        reader.flush()


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    said = text[start:end]
    return start + len(said) - len(said.lstrip()), start + len(said.rstrip())


def _fence_end(source: SourceFile, lines: Sequence[tuple[int, int]], number: int, fence: str) -> int:
    """The line behind the one that closes a fence."""
    for after in range(number + 1, len(lines)):
        line = _content(source, lines[after]).lstrip("> \t").strip()
        if line.startswith(fence) and not line.strip(fence[0]):
            return after + 1
    return len(lines)


def _markup(reader: _Reader, lines: Sequence[tuple[int, int]], number: int) -> int:
    """A block of HTML, which a blank line ends; a comment, a script or a style its own end."""
    source, last = reader.source, number
    line = source.text[lines[number][0] : lines[number][1]].lower()
    ends = (("<!--", "-->"), ("<script", "</script>"), ("<style", "</style>"), ("<pre", "</pre>"))
    ending = next((end for begin, end in ends if line.lstrip().startswith(begin)), "")
    while last < len(lines):
        text = _content(source, lines[last]).lower()
        if ending and ending in text:
            last += 1
            break
        if not ending and not text.strip():
            break
        last += 1
    units, _ = html_units(source, lines[number][0], lines[last - 1][1], reader.options)
    reader.units += units
    return last


def _is_table(source: SourceFile, lines: Sequence[tuple[int, int]], number: int) -> bool:
    if number + 1 == len(lines):
        return False
    above, below = (source.text[slice(*_unquoted(source, span))] for span in lines[number : number + 2])
    return "|" in above and "|" in below and "-" in below and _DELIMITERS.fullmatch(below) is not None


def _table(reader: _Reader, lines: Sequence[tuple[int, int]], number: int) -> int:
    """The cells of a table row by row, up to a line without a bar."""
    source = reader.source
    for row in range(number, len(lines)):
        start, end = _unquoted(source, lines[row])
        if "|" not in source.text[start:end]:
            return row
        for cell in _CELL.finditer(source.text, start, end) if row != number + 1 else ():
            if cell[0].strip():
                reader.add([_stripped(source.text, *cell.span())], is_cell=True, is_start=False)
    return len(lines)


def _inline(raw: str, labels: frozenset[str]) -> Text:
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
    return tagged(_unmarked([*pieces, html.unescape(raw[place:])]))


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
    if match[0][0] == "_" and before.isalnum() and after.isalnum():
        return match[0]
    if not opens and not closes:
        return match[0]
    name = {"*": "i", "_": "i", "~": "s"}[match[0][0]] if len(match[0]) != 2 or match[0][0] == "~" else "b"
    name = "bi" if len(match[0]) == 3 else name
    if opens and closes:
        kind = "open" if not before.isalnum() and after.isalnum() else "close" if not after.isalnum() else "either"
    else:
        kind = "open" if opens else "close"
    return Tag(match[0], name, kind)


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


def _write(start: int, end: int, *, is_cell: bool, is_start: bool) -> Write:
    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        pieces = [piece.written if isinstance(piece, Code) else _escaped(piece, is_cell) for piece in texts[0]]
        text = "".join(pieces)
        if is_start and isinstance(texts[0][0], str):
            text = _BLOCK_START.sub(lambda match: "\\" + match[0], text, count=1) if _BLOCK_START.match(text) else text
            text = _NUMBERED.sub(r"\1\\\2", text, count=1) if _NUMBERED.match(text) else text
        yield Edit(start, end, text)

    return write


def _escaped(text: str, is_cell: bool) -> str:
    """A text in which nothing is a mark."""
    text = _ACTIVE.sub(lambda match: "&amp;" if match[0] == "&" else "\\" + match[0], text.replace("\n", " "))
    return text.replace("|", "\\|") if is_cell else text
