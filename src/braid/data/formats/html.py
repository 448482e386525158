"""The texts of an HTML page with their places: paragraphs with their inline elements, and attributes that people read.

For pairs of pages that are trained on and for pages that are written back alike. What is not for translation
(``translate="no"``, code, scripts) is a code inside a paragraph, and nothing elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape

from braid.data.formats.tags import Tag
from braid.text.markup import RAW, VOID, Piece, pieces

_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "img", "ins",
    "kbd", "mark", "math", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
    "var", "wbr",
})  # fmt: skip
_LITERAL = frozenset({"pre", "textarea"})
_READ = frozenset({"alt", "title", "placeholder", "aria-label"})
_KINDS = frozenset({"code", "li", "dt", "dd", "td", "title", "caption", "h1", "h2", "h3", "h4", "h5", "h6"})
_NAMES = {"pre": "code", "th": "td"}
ATTRIBUTE = re.compile(r"""\s([^\s=/>"']++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"']++))""")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Attribute:
    """What people read in a tag.

    Args:
        name: In small letters.
        text: Without the spaces around it.
        start: Of the value in the tag.
        end: The same.
        is_quoted: Whether it stands in quotation marks.
    """

    name: str
    text: str
    start: int
    end: int
    is_quoted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A paragraph, or an attribute outside of the words of any.

    Args:
        pieces: Its words and tags, without spaces around them.
        start: Where it begins in the page; of an attribute its tag.
        end: Where it ends.
        kind: ``p``, ``li``, ``td``, ``h2`` and the like; ``code`` in ``pre``; of an attribute ``@`` and its name.
        anchor: The id by which links find it, or "".
        attributes: What people read in the tags among its words, by the tag; of an attribute itself.
    """

    pieces: tuple[str | Tag, ...]
    start: int
    end: int
    kind: str
    anchor: str = ""
    attributes: Mapping[str, Sequence[Attribute]] = field(default_factory=dict)

    @property
    def is_attribute(self) -> bool:
        """Whether it is an attribute."""
        return self.kind.startswith("@")


@dataclass
class _Paragraph:
    """Pieces between two elements that are no words, each with its place."""

    kind: str = "p"
    anchor: str = ""
    pieces: list[tuple[Piece, int]] = field(default_factory=list)
    is_literal: bool = False


def html_parts(page: str, start: int = 0, end: int | None = None) -> Iterator[Part]:
    """What is to be translated of a page, or from ``start`` to ``end`` of it, in order.

    Cost: O(characters).
    """
    paragraph = _Paragraph()
    literal_depth, anchor, place = 0, "", start
    for piece in pieces(page[start:end]):
        begin, place = place, place + len(piece.written)
        if piece.tag in _LITERAL:
            literal_depth = max(0, literal_depth + (-1 if piece.is_close else 1))
        if piece.tag and not piece.is_close and not piece.is_kept:
            anchor = _anchor(piece) or anchor
        if not piece.tag or piece.tag in _INLINE:
            paragraph.pieces.append((piece, begin))
            paragraph.is_literal = literal_depth > 0
            paragraph.anchor = anchor
            continue
        found = list(_paragraph_parts(paragraph))
        anchor = "" if any(part.anchor for part in found) and not _anchor(piece) else anchor
        yield from found
        yield from _attribute_parts(piece, begin)
        name = "" if piece.is_close else _NAMES.get(piece.tag, piece.tag)
        paragraph = _Paragraph(name if name in _KINDS else "p")
    yield from _paragraph_parts(paragraph)


def unclosed(page: str) -> tuple[str, int]:
    """The name and the place of an element that is not read and hides the rest of a page; "" where there is none."""
    name, depth, begin, place = "", 0, 0, 0
    for piece in pieces(page):
        if not depth and not piece.is_close and (piece.is_kept or piece.tag in RAW):
            name, depth, begin = piece.tag, 1, place
        elif depth and piece.tag == name:
            depth += -1 if piece.is_close else 1
        place += len(piece.written)
    return (name, begin) if depth else ("", 0)


def _anchor(piece: Piece) -> str:
    for match in ATTRIBUTE.finditer(piece.written):
        if match[1].lower() == "id":
            return unescape(next(filter(None, match.groups()[1:]), ""))
    return ""


def _paragraph_parts(paragraph: _Paragraph) -> Iterator[Part]:
    """The words of a paragraph, and what its tags have to read: of tags among the words together with these."""
    places = [number for number, (piece, _) in enumerate(paragraph.pieces) if not _is_trimmed(piece)]
    found = paragraph.pieces[places[0] : places[-1] + 1] if places else []
    text = _text([piece for piece, _ in found], is_literal=paragraph.is_literal)
    has_words = any(isinstance(piece, str) and piece.strip() for piece in text)
    inside = range(places[0], places[-1] + 1) if has_words else range(0)
    for number, (piece, place) in enumerate(paragraph.pieces):
        if number not in inside:
            yield from _attribute_parts(piece, place)
    if has_words:
        (first, start), (last, end) = found[0], found[-1]
        yield Part(
            pieces=tuple(text),
            start=start + len(first.written) - len(first.written.lstrip()),
            end=end + len(last.written.rstrip()),
            kind=paragraph.kind,
            anchor=paragraph.anchor,
            attributes={piece.written: attributes for piece, _ in found if (attributes := _attributes(piece))},
        )


def _is_trimmed(piece: Piece) -> bool:
    """True of what is no part of a paragraph at its ends: blanks, comments, images."""
    return not piece.written.strip() or not (piece.is_text or piece.is_kept or piece.tag) or piece.tag in VOID


def _text(found: Sequence[Piece], *, is_literal: bool) -> list[str | Tag]:
    """The pieces without the spaces around them; what is kept is one tag from its first to its last."""
    parts: list[str | Tag] = []
    is_kept = False
    for piece in found:
        if piece.is_text:
            said = unescape(piece.written)
            parts.append(said.replace("\r\n", "\n") if is_literal else _SPACES.sub(" ", said))
        elif is_kept and piece.is_kept and isinstance(before := parts[-1], Tag):
            parts[-1] = Tag(before.written + piece.written, before.name)
        else:
            is_single = piece.is_kept or piece.tag in VOID or piece.written.endswith("/>") or not piece.tag
            kind = "" if is_single else "close" if piece.is_close else "open"
            parts.append(Tag(piece.written, piece.tag or "keep", kind))
        is_kept = piece.is_kept
    for place, strip in ((0, str.lstrip), (-1, str.rstrip)):
        if parts and isinstance(part := parts[place], str):
            parts[place] = strip(part)
    return parts


def _attributes(piece: Piece) -> list[Attribute]:
    """What people read in a tag, unless it is not for translation."""
    if not piece.tag or piece.is_close or piece.is_kept:
        return []
    found = list(ATTRIBUTE.finditer(piece.written))
    is_description = any(match[1].lower() == "name" and "description" in match[0].lower() for match in found)
    attributes = []
    for match in found:
        name = match[1].lower()
        if name in _READ or (name == "content" and is_description):
            group = next(number for number in (2, 3, 4) if match[number] is not None)
            text = _SPACES.sub(" ", unescape(match[group])).strip()
            if text:
                attributes.append(Attribute(name, text, match.start(group), match.end(group), group < 4))
    return attributes


def _attribute_parts(piece: Piece, place: int) -> Iterator[Part]:
    for one in _attributes(piece):
        yield Part(
            pieces=(one.text,),
            start=place,
            end=place + len(piece.written),
            kind=f"@{one.name}",
            attributes={piece.written: [one]},
        )
