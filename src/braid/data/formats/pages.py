"""Pages as texts to be continued, and pages with their translations as pairs: HTML, Markdown, and PDF as a text alone.

In a pair each paragraph, heading, item of a list and cell of a table is a text of its own, with what people read in
attributes; each is read as where the page is written back (`braid.data.localizing`), tags and all.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence

from braid.data.example import Example, Reject
from braid.data.formats import html, markdown
from braid.data.formats.alignment import Unit, align
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.html import html_parts, unclosed
from braid.data.formats.keyed import pair_facts
from braid.data.formats.markdown import markdown_parts
from braid.data.formats.stream import MAX_UNIT_BYTES, Stream
from braid.data.formats.tags import Tag, shown, shown_pair, tagged

Units = Callable[[Stream], tuple[list[Unit], list[Reject]]]
"""The blocks of a page, and what of it could not be read."""


def html_units(stream: Stream) -> tuple[list[Unit], list[Reject]]:
    """The texts of an HTML page, with the attributes that people read; what stands in ``pre`` is of the kind ``code``.

    Raises:
        DataError: The page is larger than 16 MiB or not in the encoding it declares.
    """
    from braid.data.documents.html import page_encoding  # which looks files up by the readers' own table

    page = stream.whole(page_encoding(stream), MAX_UNIT_BYTES)
    lines = _Lines(page)
    name, place = unclosed(page)
    units = _html_units(page, lines, html_parts(page))
    if not name:
        return units, []
    row = Example(source=f"<{name}>", target="", file=stream.shown, line=lines.number(place))
    detail = f"<{name}> is never closed; what follows it is not read"
    return units, [Reject(example=row, rule="html", detail=detail)]


def markdown_units(stream: Stream) -> tuple[list[Unit], list[Reject]]:
    """The texts of a Markdown file; program code and front matter are of the kind ``code``.

    Raises:
        DataError: The file is larger than 16 MiB.
    """
    stream.keep_below(4 * MAX_UNIT_BYTES)
    text = stream.whole(stream.encoding(), MAX_UNIT_BYTES)
    lines = _Lines(text)
    units: list[Unit] = []
    for part in markdown_parts(text, lines.spans):
        if part.kind == "html":
            units += _html_units(text, lines, html_parts(text, part.start, part.end))
        else:
            units.append(_unit(part, lines))
    return units, []


class _Lines:
    """The lines of a text and their numbers."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        ends = [*self._starts[1:], len(text)]
        self.spans = [(start, end) for start, end in zip(self._starts, ends, strict=True) if end > start]

    def number(self, place: int) -> int:
        """The 1-based line of a character."""
        return bisect_right(self._starts, place)


def _html_units(page: str, lines: _Lines, parts: Iterable[html.Part]) -> list[Unit]:
    """Paragraphs, each with the attributes of the tags in it behind it."""
    units = []
    for part in parts:
        if not part.is_attribute:
            units.append(_unit(part, lines))
        place = part.start
        for tag, attributes in part.attributes.items():
            place = page.index(tag, place)
            for one in attributes:
                units.append(Unit(text=one.text, kind=f"@{one.name}", line=lines.number(place + one.start)))  # noqa: PERF401
    return units


def _unit(part: html.Part | markdown.Part, lines: _Lines) -> Unit:
    return Unit(
        text=shown(tagged(part.pieces)),
        kind=part.kind,
        line=lines.number(part.start),
        anchor=part.anchor,
        pieces=part.pieces,
    )


def read_pages(source: Stream, target: Stream, units: Units) -> Iterator[Example | Reject]:
    """An Example for each block and its translation; those without one, and program code, as Rejects.

    Where a paragraph was parted in two, or two were joined, they are one text with a line break.

    Raises:
        DataError: A page is larger than 16 MiB.
    """
    file = f"{source.shown},{target.shown}"
    (ours, rejects), (theirs, others) = units(source), units(target)
    for first, second in align(ours, theirs):
        found = [*first, *second][0]
        texts = shown_pair(_pieces(first), _pieces(second))
        example = Example(source=texts[0], target=texts[1], file=file, line=found.line, key=found.anchor)
        if not first or not second:
            side = "first" if first else "second"
            yield Reject(example=example, rule="unaligned", detail=f"a block ({found.kind}) of the {side} page alone")
        elif found.kind == "code":
            yield Reject(example=example, rule="code", detail="program code, or what stands in front of a page")
        else:
            yield example
    yield from rejects
    yield from others


def _pieces(units: Sequence[Unit]) -> list[str | Tag]:
    """The words and tags of units, one a line."""
    pieces: list[str | Tag] = []
    for unit in units:
        pieces += ["\n"] * bool(pieces) + list(unit.pieces or (unit.text,))
    return pieces


def inspect_pages(source: Stream, target: Stream, units: Units, name: str) -> FileFacts:
    """Languages by the pages' names, and the first texts."""
    return pair_facts(read_pages(source, target, units), source, target, name)


def read_html_text(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """The text of an HTML page as one Example, its paragraphs parted by blank lines."""
    from braid.data.documents.html import page_blocks

    blocks, rejects = page_blocks(stream, "")
    yield from _text("".join(block.text for block in blocks), stream)
    yield from rejects


def read_pdf_text(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """The text of all pages of a PDF as one Example; pages without text as Rejects.

    Raises:
        DataError: pypdf is not installed, or the file is no PDF, encrypted, or larger than 256 MiB.
    """
    from braid.data.documents.pdf import pdf_pages

    rejects: list[Reject] = []
    yield from _text("".join(block.text for block in pdf_pages(stream, "", rejects)), stream)
    yield from rejects


def _text(text: str, stream: Stream) -> Iterator[Example | Reject]:
    example = Example(source="", target=text.strip(), file=stream.shown, line=1, group=stream.shown)
    yield example if example.target else Reject(example=example, rule="empty", detail="no text on the page")
