"""Markdown written back: its texts replaced where they stand; code, addresses and front matter stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from braid.data.formats.markdown import Part, markdown_parts
from braid.data.formats.tags import Code, Text, tagged
from braid.data.localizing.contract import Draft, Edit, LocalizeOptions, Unit, Write
from braid.data.localizing.html import html_units
from braid.data.localizing.source import SourceFile

_ACTIVE = re.compile(r"[\\`\[\]]|\*(?=\S)|(?<=\S)\*|<(?=[a-zA-Z/!?])|&(?=#?\w{1,31};)|(?<!\w)_|_(?!\w)|~~")
_BLOCK_START = re.compile(r"(?:#{1,6}(?=\s|$)|>|[-+](?=\s|$)|(?<!=)=++$|(?<!-)-++$|~{3})")
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=\s|$)")


def draft_markdown(data: bytes, shown_name: str, options: LocalizeOptions) -> Draft:
    """Every paragraph, heading, list item and cell."""
    source = SourceFile(data, shown_name)
    units: list[Unit] = []
    for part in markdown_parts(source.text, source.lines):
        if part.kind == "html":
            units += html_units(source, part.start, part.end, options)[0]
        elif part.kind != "code":
            units.append(Unit(texts=(tagged(part.pieces),), write=_write(part), line=source.line(part.start)))
    return source.draft(units)


def _write(part: Part) -> Write:
    is_cell = part.kind == "td"

    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        pieces = [piece.written if isinstance(piece, Code) else _escaped(piece, is_cell) for piece in texts[0]]
        text = "".join(pieces)
        if part.is_start and isinstance(texts[0][0], str):
            text = _BLOCK_START.sub(lambda match: "\\" + match[0], text, count=1) if _BLOCK_START.match(text) else text
            text = _NUMBERED.sub(r"\1\\\2", text, count=1) if _NUMBERED.match(text) else text
        yield Edit(part.start, part.end, text)

    return write


def _escaped(text: str, is_cell: bool) -> str:
    """A text in which nothing is a mark."""
    text = _ACTIVE.sub(lambda match: "&amp;" if match[0] == "&" else "\\" + match[0], text.replace("\n", " "))
    return text.replace("|", "\\|") if is_cell else text
