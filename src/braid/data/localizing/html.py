"""HTML written back: paragraphs are translated whole, with their inline elements; attributes that people read, too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape, unescape

from braid.data.documents.html import page_encoding
from braid.data.formats.tags import Code, Tag, Text, tagged
from braid.data.localizing.contract import Draft, Edit, LocalizeOptions, Unit, Write
from braid.data.localizing.source import SourceFile, spliced
from braid.text.markup import VOID, Piece, pieces

_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "img", "ins",
    "kbd", "mark", "math", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
    "var", "wbr",
})  # fmt: skip
_LITERAL = frozenset({"pre", "textarea"})
_READ = frozenset({"alt", "title", "placeholder", "aria-label"})
_ATTRIBUTE = re.compile(r"""\s([^\s=/>"']++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"']++))""")
_SPACES = re.compile(r"\s+")


def draft_html(data: bytes, shown_name: str, options: LocalizeOptions) -> Draft:
    """Every paragraph, and the attributes ``alt``, ``title``, ``placeholder`` and ``aria-label``.

    ``translate="no"``, code and scripts stay. The page's ``lang`` becomes the target language.
    """
    source = SourceFile(data, shown_name, page_encoding)
    units, edits = html_units(source, source.begin, len(source.text), options)
    return source.draft(units, edits=edits)


@dataclass
class _Paragraph:
    """Pieces between two elements that are no words, each with its place."""

    pieces: list[tuple[Piece, int]] = field(default_factory=list)
    is_literal: bool = False


@dataclass(frozen=True)
class _Attribute:
    """What people read in a tag: its place in the tag, and whether it stands in quotation marks."""

    text: str
    start: int
    end: int
    is_quoted: bool


def html_units(source: SourceFile, start: int, end: int, options: LocalizeOptions) -> tuple[list[Unit], list[Edit]]:
    """What is to be translated of a part of a file, and the edit of the page's language."""
    units: list[Unit] = []
    edits: list[Edit] = []
    paragraph = _Paragraph()
    literal_depth = 0
    place = start
    for piece in pieces(source.text[start:end]):
        begin, place = place, place + len(piece.written)
        edits += _language_edits(piece, begin, options)
        if piece.tag in _LITERAL:
            literal_depth += -1 if piece.is_close else 1
        if not piece.tag or piece.tag in _INLINE:
            paragraph.pieces.append((piece, begin))
            paragraph.is_literal = literal_depth > 0
        else:
            units += _paragraph_units(source, paragraph)
            units += _attribute_units(source, piece, begin)
            paragraph = _Paragraph()
    units += _paragraph_units(source, paragraph)
    return units, edits


def _paragraph_units(source: SourceFile, paragraph: _Paragraph) -> Iterator[Unit]:
    """The words of a paragraph, and what its tags have to read: of tags among the words together with these."""
    places = [number for number, (piece, _) in enumerate(paragraph.pieces) if not _is_trimmed(piece)]
    found = paragraph.pieces[places[0] : places[-1] + 1] if places else []
    text = _text([piece for piece, _ in found], is_literal=paragraph.is_literal)
    has_words = any(isinstance(piece, str) and piece.strip() for piece in text)
    inside = range(places[0], places[-1] + 1) if has_words else range(0)
    for number, (piece, place) in enumerate(paragraph.pieces):
        if number not in inside:
            yield from _attribute_units(source, piece, place)
    if has_words:
        (first, start), (last, end) = found[0], found[-1]
        start += len(first.written) - len(first.written.lstrip())
        end += len(last.written.rstrip())
        tags = {piece.written: attributes for piece, _ in found if (attributes := _attributes(piece))}
        texts = [text, *((one.text,) for attributes in tags.values() for one in attributes)]
        write = _write(source, start, end, tags)
        yield Unit(texts=tuple(texts), write=write, line=source.line(start))


def _is_trimmed(piece: Piece) -> bool:
    """True of what is no part of a paragraph at its ends: blanks, comments, images."""
    return not piece.written.strip() or not (piece.is_text or piece.is_kept or piece.tag) or piece.tag in VOID


def _text(found: Sequence[Piece], *, is_literal: bool) -> Text:
    """The pieces as a text without the spaces around it; what is kept is one code from its first tag to its last."""
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
    return tagged(parts)


def _write(source: SourceFile, start: int, end: int, tags: Mapping[str, Sequence[_Attribute]]) -> Write:
    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        read = iter(texts[1:])
        changed = {tag: _with_attributes(source, tag, attributes, read) for tag, attributes in tags.items()}
        pieces = [
            changed.get(piece.written, piece.written) if isinstance(piece, Code) else html_escaped(piece, source)
            for piece in texts[0]
        ]
        yield Edit(start, end, "".join(pieces))

    return write


def _with_attributes(source: SourceFile, tag: str, attributes: Sequence[_Attribute], texts: Iterator[Text]) -> str:
    edits = [
        Edit(one.start, one.end, _attribute_value(source, str(text[0]), is_quoted=one.is_quoted))
        for one, text in zip(attributes, texts, strict=False)
        if text != (one.text,)
    ]
    return spliced(tag, edits)


def html_escaped(text: str, source: SourceFile) -> str:
    """A text that is no markup; what the file's encoding lacks becomes a reference."""
    plain = escape(text, quote=False).replace("\n", source.line_end).replace("\xa0", "&nbsp;")
    return plain.encode(source.encoding, "xmlcharrefreplace").decode(source.encoding)


def _attributes(piece: Piece) -> list[_Attribute]:
    """What people read in a tag, unless it is not for translation."""
    if not piece.tag or piece.is_close or piece.is_kept:
        return []
    found = list(_ATTRIBUTE.finditer(piece.written))
    is_description = any(match[1].lower() == "name" and "description" in match[0].lower() for match in found)
    attributes = []
    for match in found:
        name = match[1].lower()
        if name in _READ or (name == "content" and is_description):
            group = next(number for number in (2, 3, 4) if match[number] is not None)
            text = _SPACES.sub(" ", unescape(match[group])).strip()
            if text:
                attributes.append(_Attribute(text, match.start(group), match.end(group), group < 4))
    return attributes


def _attribute_units(source: SourceFile, piece: Piece, place: int) -> Iterator[Unit]:
    for attribute in _attributes(piece):
        write = _write_attribute(source, place, attribute)
        yield Unit(texts=((attribute.text,),), write=write, line=source.line(place + attribute.start))


def _write_attribute(source: SourceFile, place: int, attribute: _Attribute) -> Write:
    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        value = _attribute_value(source, str(texts[0][0]), is_quoted=attribute.is_quoted)
        yield Edit(place + attribute.start, place + attribute.end, value)

    return write


def _attribute_value(source: SourceFile, text: str, *, is_quoted: bool) -> str:
    value = html_escaped(text, source).replace('"', "&quot;").replace("'", "&#39;")
    return value if is_quoted else f'"{value}"'


def _language_edits(piece: Piece, place: int, options: LocalizeOptions) -> Iterator[Edit]:
    """The page's own language."""
    for match in _ATTRIBUTE.finditer(piece.written) if piece.tag == "html" else ():
        group = next(number for number in (2, 3, 4) if match[number] is not None)
        if match[1].lower() in ("lang", "xml:lang"):
            yield Edit(place + match.start(group), place + match.end(group), options.target_language)
