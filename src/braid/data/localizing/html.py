"""HTML written back: paragraphs are translated whole, with their inline elements; attributes that people read, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from braid.data.documents.html import page_encoding
from braid.data.formats.html import ATTRIBUTE, Attribute, html_parts
from braid.data.formats.tags import Code, Text, tagged
from braid.data.localizing.contract import Draft, Edit, LocalizeOptions, Unit, Write
from braid.data.localizing.source import SourceFile, spliced
from braid.text.markup import pieces


def draft_html(data: bytes, shown_name: str, options: LocalizeOptions) -> Draft:
    """Every paragraph, and the attributes ``alt``, ``title``, ``placeholder`` and ``aria-label``.

    ``translate="no"``, code and scripts stay. The page's ``lang`` becomes the target language.
    """
    source = SourceFile(data, shown_name, page_encoding)
    units, edits = html_units(source, source.begin, len(source.text), options)
    return source.draft(units, edits=edits)


def html_units(source: SourceFile, start: int, end: int, options: LocalizeOptions) -> tuple[list[Unit], list[Edit]]:
    """What is to be translated of a part of a file, and the edit of the page's language."""
    units = []
    for part in html_parts(source.text, start, end):
        if part.is_attribute:
            ((one,),) = part.attributes.values()
            write, line = _write_attribute(source, part.start, one), source.line(part.start + one.start)
            units.append(Unit(texts=((one.text,),), write=write, line=line))
            continue
        read = [(one.text,) for attributes in part.attributes.values() for one in attributes]
        write = _write(source, part.start, part.end, part.attributes)
        units.append(Unit(texts=(tagged(part.pieces), *read), write=write, line=source.line(part.start)))
    return units, _language_edits(source, start, end, options)


def _write(source: SourceFile, start: int, end: int, tags: Mapping[str, Sequence[Attribute]]) -> Write:
    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        read = iter(texts[1:])
        changed = {tag: _with_attributes(source, tag, attributes, read) for tag, attributes in tags.items()}
        pieces = [
            changed.get(piece.written, piece.written) if isinstance(piece, Code) else html_escaped(piece, source)
            for piece in texts[0]
        ]
        yield Edit(start, end, "".join(pieces))

    return write


def _with_attributes(source: SourceFile, tag: str, attributes: Sequence[Attribute], texts: Iterator[Text]) -> str:
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


def _write_attribute(source: SourceFile, place: int, attribute: Attribute) -> Write:
    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        value = _attribute_value(source, str(texts[0][0]), is_quoted=attribute.is_quoted)
        yield Edit(place + attribute.start, place + attribute.end, value)

    return write


def _attribute_value(source: SourceFile, text: str, *, is_quoted: bool) -> str:
    value = html_escaped(text, source).replace('"', "&quot;").replace("'", "&#39;")
    return value if is_quoted else f'"{value}"'


def _language_edits(source: SourceFile, start: int, end: int, options: LocalizeOptions) -> list[Edit]:
    """The page's own language."""
    edits = []
    for piece in pieces(source.text[start:end]):
        for match in ATTRIBUTE.finditer(piece.written) if piece.tag == "html" else ():
            group = next(number for number in (2, 3, 4) if match[number] is not None)
            if match[1].lower() in ("lang", "xml:lang"):
                edits.append(Edit(start + match.start(group), start + match.end(group), options.target_language))
        start += len(piece.written)
    return edits
