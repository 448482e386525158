"""The elements of an XML file with their places in its text, and the texts inside them as pieces.

`braid.data.formats.xml` reads units without knowing where they stand; here expat tells the place of each element, and
what is not edited is never written anew.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from braid.data.formats.inline import IsCode, close_tag, code_tag, open_tag
from braid.data.formats.stream import Stream
from braid.data.formats.tags import Tag, Text
from braid.data.formats.xml import read_units
from braid.data.localizing.contract import written
from braid.data.localizing.source import SourceFile

_START = re.compile(r"""<[^\s/>"']++(?:[^>"']|"[^"]*+"|'[^']*+')*+>""")
_PIECE = re.compile(
    r"""<!--.*?-->|<!\[CDATA\[(?P<data>.*?)\]\]>|<\?.*?\?>"""
    r"""|<(?P<close>/?)(?P<name>[^\s/>"']++)(?:[^>"']|"[^"]*+"|'[^']*+')*+>|(?P<text>[^<]++)""",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""\s([^\s=/>"']++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""")
_ILLEGAL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(slots=True)
class Node:
    """An element with its places in the text.

    Args:
        name: Its local name.
        attributes: As expat reads them.
        line: Of its start tag.
        start: Of its start tag.
        inner: Where its content begins: behind the start tag.
        inner_end: Where its content ends; the same as ``end`` of an element that is closed at once.
        end: Behind its end tag.
        ancestors: The elements around a unit, outermost first.
    """

    name: str
    attributes: dict[str, str]
    line: int
    start: int
    inner: int = 0
    inner_end: int = 0
    end: int = 0
    children: list[Node] = field(default_factory=list)
    ancestors: tuple[Node, ...] = ()

    def first(self, name: str) -> Node | None:
        """The first child of a name, if any."""
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> list[Node]:
        """The children of a name."""
        return [child for child in self.children if child.name == name]


def xml_file(data: bytes, shown: str, root: str) -> SourceFile:
    """An XML file that was read and is well formed, declares no entities and has the outermost element asked for.

    Raises:
        DataError: It is not.
    """
    source = SourceFile(data, shown, Stream.xml_encoding)
    for _ in read_units(source.stream(), root=root, units=frozenset()):
        pass
    return source


def nodes(source: SourceFile, units: Collection[str]) -> Iterator[Node]:
    """The elements of the given local names, whole, in file order; one inside another stays inside it.

    Cost: O(characters); the tree of one unit is in memory at a time, and those of the others that one call parsed.
    """
    text = source.text
    places = _Places(text)
    parser = expat.ParserCreate("utf-8")
    waiting: list[Node] = []
    finished: list[Node] = []
    depth_of_unit = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth_of_unit
        place = places.char(parser.CurrentByteIndex)
        match = _START.match(text, place)
        assert match, "expat's places are those of start tags"
        node = Node(tag.rpartition(":")[2], attributes, parser.CurrentLineNumber, place, inner=match.end())
        if depth_of_unit:
            waiting[-1].children.append(node)
        elif node.name in units:
            node.ancestors = tuple(waiting)
            depth_of_unit = len(waiting) + 1
        waiting.append(node)

    def end(tag: str) -> None:
        nonlocal depth_of_unit
        node = waiting.pop()
        if text[node.inner - 2] == "/":
            node.inner_end = node.end = node.inner
        else:
            node.inner_end = places.char(parser.CurrentByteIndex)
            node.end = text.index(">", node.inner_end) + 1
        if len(waiting) < depth_of_unit:
            depth_of_unit = 0
            finished.append(node)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    for chunk in places.chunks():
        parser.Parse(chunk, False)
        yield from finished
        finished.clear()
    parser.Parse(b"", True)
    yield from finished


class _Places:
    """Places in a text for places in its UTF-8 bytes, asked for in order."""

    def __init__(self, text: str) -> None:
        self._bytes = text.encode("utf-8")
        self._is_ascii = len(self._bytes) == len(text)
        self._byte = self._char = 0

    def char(self, byte: int) -> int:
        if self._is_ascii:
            return byte
        self._char += len(self._bytes[self._byte : byte].decode("utf-8"))
        self._byte = byte
        return self._char

    def chunks(self) -> Iterator[bytes]:
        for place in range(0, len(self._bytes), 2**16):
            yield self._bytes[place : place + 2**16]


def inner(source: SourceFile, node: Node | None) -> str:
    """The content of an element as it is written; "" for None."""
    return source.text[node.inner : node.inner_end] if node else ""


def start_tag(source: SourceFile, node: Node) -> str:
    """The start tag as it is written."""
    return source.text[node.start : node.inner]


def qualified(source: SourceFile, node: Node, name: str) -> str:
    """A name with the namespace prefix that an element has."""
    tag = source.text[node.start + 1 : node.inner]
    prefix = re.match(r"[^\s/>:]++:", tag)
    return (prefix[0] if prefix else "") + name


def indent_before(source: SourceFile, place: int) -> str:
    """The white space before a place when nothing else stands between it and the tag before."""
    begin = place
    while begin and source.text[begin - 1] in " \t\r\n":
        begin -= 1
    return source.text[begin:place] if source.text[begin - 1 : begin] == ">" else ""


def with_attribute(tag: str, name: str, value: str) -> str:
    """A start tag in which an attribute has a value; a new one stands behind the others."""
    for match in _ATTRIBUTE.finditer(tag):
        if match[1] == name:
            group = 2 if match[2] is not None else 3
            return tag[: match.start(group)] + html.escape(value) + tag[match.end(group) :]
    end = len(tag) - (2 if tag.endswith("/>") else 1)
    end = len(tag[:end].rstrip())
    return f'{tag[:end]} {name}="{html.escape(value)}"{tag[end:]}'


def without_attribute(tag: str, name: str) -> str:
    """A start tag without an attribute."""
    for match in _ATTRIBUTE.finditer(tag):
        if match[1] == name:
            return tag[: match.start()] + tag[match.end() :]
    return tag


def xml_pieces(
    raw: str,
    *,
    opaque: IsCode,
    unescape: Callable[[str], str] = lambda text: text,
    codes: Mapping[str, str] | None = None,
) -> list[str | Tag]:
    """The content of an element as words and tags, as `inline_pieces` gives them, and comments.

    Args:
        raw: As it is written; well formed.
        opaque: Whether an element of this local name with these attributes is one code with all it holds.
        unescape: What characters mean, after XML's own escapes.
        codes: XLIFF 2's original data: native code by id.
    """
    pieces: list[str | Tag] = []
    place = 0
    while match := _PIECE.match(raw, place):
        place = match.end()
        if (characters := _characters(match)) is not None:
            pieces.append(unescape(characters))
        elif not match["name"]:
            pieces.append(Tag(match[0], "comment"))
        else:
            tag, place = _element(raw, match, opaque, codes or {})
            pieces.append(tag)
    return pieces


def _characters(match: re.Match[str]) -> str | None:
    """The characters that a piece is; None of tags and comments."""
    if match["text"] is None:
        return None if match["data"] is None else match["data"].replace("\r\n", "\n")
    return html.unescape(match["text"]).replace("\r\n", "\n")


def _element(raw: str, match: re.Match[str], opaque: IsCode, codes: Mapping[str, str]) -> tuple[Tag, int]:
    """A tag, or an element that is one code, and where it ends."""
    name = match["name"].rpartition(":")[2]
    if match["close"]:
        return close_tag(name, match[0]), match.end()
    attributes = attributes_of(match[0])
    end, content = match.end(), ""
    if not match[0].endswith("/>"):
        if not opaque(name, attributes) and not raw.startswith("</", end):
            return open_tag(name, attributes, written=match[0], codes=codes), end
        end, content = _content(raw, match)
    return code_tag(name, attributes, content=content, written=raw[match.start() : end], codes=codes), end


def attributes_of(tag: str) -> dict[str, str]:
    """The attributes of a start tag."""
    return {
        found[1]: html.unescape(found[2] if found[2] is not None else found[3]) for found in _ATTRIBUTE.finditer(tag)
    }


def _content(raw: str, match: re.Match[str]) -> tuple[int, str]:
    """Where the element that a start tag opens ends, and all characters within."""
    depth, place, characters = 1, match.end(), []
    while depth and (found := _PIECE.match(raw, place)):
        place = found.end()
        characters.append(_characters(found) or "")
        if found["name"] == match["name"] and not found[0].endswith("/>"):
            depth += -1 if found["close"] else 1
    return place, "".join(characters)


def escaped(text: str, source: SourceFile) -> str:
    """A text as character data of a file; what its encoding lacks becomes a reference."""
    plain = html.escape(_ILLEGAL.sub("", text), quote=False)
    if source.line_end == "\r\n":
        plain = plain.replace("\n", "\r\n")
    return plain.encode(source.encoding, "xmlcharrefreplace").decode(source.encoding)


def xml_written(text: Text, source: SourceFile) -> str:
    """A text with its codes as the content of an element."""
    return written(text, lambda piece: escaped(piece, source))
