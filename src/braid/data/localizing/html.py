"""HTML written back: paragraphs are translated whole, with their inline elements; attributes that people read, too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape, unescape

from braid.data.formats.stream import Stream
from braid.data.localizing.contract import Code, Draft, Edit, LocalizeOptions, Text, Unit, Write
from braid.data.localizing.source import SourceFile
from braid.data.localizing.tags import Tag, tagged
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
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252"}
"""Names that pages give to an encoding where browsers read a larger one."""


def draft_html(data: bytes, shown_name: str, options: LocalizeOptions) -> Draft:
    """Every paragraph, and the attributes ``alt``, ``title``, ``placeholder`` and ``aria-label``.

    ``translate="no"``, code and scripts stay. The page's ``lang`` becomes the target language.
    """
    source = SourceFile(data, shown_name, _encoding)
    units, edits = html_units(source, source.begin, len(source.text), options)
    return source.draft(units, edits=edits)


def _encoding(stream: Stream) -> str:
    declared = _CHARSET.search(stream.head)
    name = declared[1].decode("ascii").lower() if declared else ""
    return stream.encoding(_SUPERSETS.get(name, name))


@dataclass
class _Paragraph:
    """Pieces between two elements that are no words, each with its place."""

    pieces: list[tuple[Piece, int]] = field(default_factory=list)
    is_literal: bool = False


def html_units(source: SourceFile, start: int, end: int, options: LocalizeOptions) -> tuple[list[Unit], list[Edit]]:
    """What is to be translated of a part of a file, and the edit of the page's language."""
    units: list[Unit] = []
    edits: list[Edit] = []
    paragraph = _Paragraph()
    literal_depth = 0
    place = start
    for piece in pieces(source.text[start:end]):
        begin, place = place, place + len(piece.written)
        if piece.tag and not piece.is_close and not piece.is_kept:
            units += _attribute_units(source, begin, piece.written)
            edits += _language_edits(piece, begin, options)
        if piece.tag in _LITERAL:
            literal_depth += -1 if piece.is_close else 1
        if not piece.tag or piece.tag in _INLINE:
            paragraph.pieces.append((piece, begin))
            paragraph.is_literal = literal_depth > 0
        else:
            units += _paragraph_units(source, paragraph)
            paragraph = _Paragraph()
    units += _paragraph_units(source, paragraph)
    return units, edits


def _paragraph_units(source: SourceFile, paragraph: _Paragraph) -> Iterator[Unit]:
    places = [number for number, (piece, _) in enumerate(paragraph.pieces) if not _is_trimmed(piece)]
    if not places:
        return
    found = paragraph.pieces[places[0] : places[-1] + 1]
    text = _text([piece for piece, _ in found], is_literal=paragraph.is_literal)
    if any(isinstance(piece, str) and piece.strip() for piece in text):
        (first, start), (last, end) = found[0], found[-1]
        start += len(first.written) - len(first.written.lstrip())
        end += len(last.written.rstrip())
        yield Unit(texts=(text,), write=_write(source, start, end), line=source.line(start))


def _is_trimmed(piece: Piece) -> bool:
    """True of what is no part of a paragraph at its ends: blanks, comments, images."""
    return not piece.written.strip() or not (piece.is_text or piece.is_kept or piece.tag) or piece.tag in VOID


def _text(found: Sequence[Piece], *, is_literal: bool) -> Text:
    """The pieces as a text without the spaces around it; an element that is kept is one code."""
    parts: list[str | Tag] = []
    is_open = False
    for piece in found:
        if piece.is_text:
            said = unescape(piece.written)
            parts.append(said.replace("\r\n", "\n") if is_literal else _SPACES.sub(" ", said))
        elif is_open and isinstance(before := parts[-1], Tag):
            parts[-1] = Tag(before.written + piece.written, before.name)
        else:
            is_single = piece.is_kept or piece.tag in VOID or piece.written.endswith("/>") or not piece.tag
            kind = "" if is_single else "close" if piece.is_close else "open"
            parts.append(Tag(piece.written, piece.tag or "keep", kind))
        is_open = piece.is_kept and not (piece.is_close and piece.tag == _name(parts[-1]))
    for place, strip in ((0, str.lstrip), (-1, str.rstrip)):
        if isinstance(part := parts[place], str):
            parts[place] = strip(part)
    return tagged(parts)


def _name(part: str | Tag) -> str:
    return part.name if isinstance(part, Tag) else ""


def _write(source: SourceFile, start: int, end: int) -> Write:
    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        pieces = [piece.written if isinstance(piece, Code) else html_escaped(piece, source) for piece in texts[0]]
        yield Edit(start, end, "".join(pieces))

    return write


def html_escaped(text: str, source: SourceFile) -> str:
    """A text that is no markup; what the file's encoding lacks becomes a reference."""
    plain = escape(text, quote=False).replace("\n", source.line_end).replace("\xa0", "&nbsp;")
    return plain.encode(source.encoding, "xmlcharrefreplace").decode(source.encoding)


def _attribute_units(source: SourceFile, place: int, tag: str) -> Iterator[Unit]:
    found = list(_ATTRIBUTE.finditer(tag))
    if any(match[1].lower() == "translate" and "no" in match[0] for match in found):
        return
    is_description = any(match[1].lower() == "name" and "description" in match[0].lower() for match in found)
    for match in found:
        name = match[1].lower()
        if name in _READ or (name == "content" and is_description):
            group = next(number for number in (2, 3, 4) if match[number] is not None)
            text = _SPACES.sub(" ", unescape(match[group])).strip()
            if text:
                start, end = place + match.start(group), place + match.end(group)
                write = _write_attribute(source, start, end, is_quoted=group < 4)
                yield Unit(texts=((text,),), write=write, line=source.line(start))


def _write_attribute(source: SourceFile, start: int, end: int, *, is_quoted: bool) -> Write:
    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        text = html_escaped(str(texts[0][0]), source).replace('"', "&quot;").replace("'", "&#39;")
        yield Edit(start, end, text if is_quoted else f'"{text}"')

    return write


def _language_edits(piece: Piece, place: int, options: LocalizeOptions) -> Iterator[Edit]:
    """The page's own language."""
    for match in _ATTRIBUTE.finditer(piece.written) if piece.tag == "html" else ():
        group = next(number for number in (2, 3, 4) if match[number] is not None)
        if match[1].lower() in ("lang", "xml:lang"):
            yield Edit(place + match.start(group), place + match.end(group), options.target_language)
