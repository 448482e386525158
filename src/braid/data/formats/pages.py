"""Pages as texts to be continued, and pages with their translations as pairs: HTML, Markdown, and PDF as a text alone.

Blocks are found as for the documents in which answers are looked for. In a pair each paragraph, heading, item of a list
and cell of a table is a text of its own, without the marks that make it one; marks inside a text stay.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence

from braid.data.example import Example, Reject
from braid.data.formats.alignment import Unit, align
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.keyed import pair_facts
from braid.data.formats.spacing import space_between
from braid.data.formats.stream import MAX_UNIT_BYTES, Stream

_MARKS = re.compile(
    r"[ \t]{0,12}(?:(?P<heading>#{1,6})(?=[ \t]|$)|(?P<item>[-*+]|\d{1,9}[.)])(?=[ \t])|(?P<quote>>)|(?P<row>\|))[ \t]*"
)
_FENCE = re.compile(r"[ \t]{0,12}(`{3,}|~{3,})")
_RULE = re.compile(r"[ \t]*(?:[-*_=][ \t]?){3,}[ \t]*|[ \t]*={1,}[ \t]*|[ \t]*-{1,2}[ \t]*")
_ROW_RULE = re.compile(r"[-:| \t]++")
_CELL = re.compile(r"(?:[^\\|]|\\.)++")
_ANCHOR = re.compile(r"\{#([\w.:-]{1,200})\}[ \t]*\Z")
_CLOSING = re.compile(r"(?:(?<=[ \t])|\A)#{1,6}[ \t]*\Z")

Units = Callable[[Stream], tuple[list[Unit], list[Reject]]]
"""The blocks of a page, and what of it could not be read."""


def html_units(stream: Stream) -> tuple[list[Unit], list[Reject]]:
    """The blocks of an HTML page; program code is of the kind ``code``."""
    from braid.data.documents.html import page_blocks  # which looks files up by the readers' own table

    kinds = {"pre": "code", "th": "td"}
    blocks, rejects = page_blocks(stream, "", by_cell=True)
    units = []
    for block in blocks:
        is_plain = block.kind not in ("li", "dt", "dd", "td", "th", "pre", "title", "caption") and not block.is_heading
        kind = "p" if is_plain else kinds.get(block.kind, block.kind)
        units.append(Unit(text=block.text.strip(), kind=kind, line=block.line, anchor=block.anchor))
    return units, rejects


def markdown_units(stream: Stream) -> tuple[list[Unit], list[Reject]]:
    """The blocks of a Markdown file; program code and front matter are of the kind ``code``.

    Raises:
        DataError: The file is larger than 16 MiB.
    """
    from braid.data.documents.markdown import sections

    stream.keep_below(4 * MAX_UNIT_BYTES)
    text = stream.whole(stream.encoding(), MAX_UNIT_BYTES)
    units: list[Unit] = []
    for block in sections(io.StringIO(text, newline="\n"), ""):
        units += _block_units(block.text, block.line, is_heading=block.is_heading)
    return units, []


def _block_units(text: str, first: int, *, is_heading: bool) -> Iterator[Unit]:
    """The texts of a paragraph with all that Markdown may put in one: items, rows, code."""
    lines = [line.rstrip("\r") for line in text.split("\n")]
    if first == 1 and lines[0].rstrip() == "---" and len(lines) > 2:
        yield Unit(text=text.strip(), kind="code", line=first)
        return
    held: list[str] = []
    kind, begin, fence = "p", first, ""
    for number, line in enumerate(lines, first):
        opened = _FENCE.match(line)
        marked = None if fence else _MARKS.match(line)
        is_new = bool(opened and not fence) or bool(marked) or not line.strip() or bool(_RULE.fullmatch(line))
        if fence or not is_new:
            held.append(line)
            if fence and opened and opened[1].startswith(fence) and not line.strip().strip(fence[0]):
                yield from _unit(held, "code", begin)
                held, kind, fence = [], "p", ""
            continue
        is_underline = bool(held) and bool(_RULE.fullmatch(line)) and is_heading and not marked
        yield from _unit(held, ("h1" if "=" in line else "h2") if is_underline else kind, begin)
        held, kind, begin = [], "p", number
        if opened:
            held, fence = [line], opened[1]
        elif marked and not _RULE.fullmatch(line):
            kind = _kind(marked)
            held = [line[marked.end() :]]
            if kind == "td":
                yield from _cells(line, number)
                held, kind = [], "p"
    yield from _unit(held, "code" if fence else kind, begin)


def _kind(marked: re.Match[str]) -> str:
    if marked["heading"]:
        return f"h{len(marked['heading'])}"
    return "li" if marked["item"] else "quote" if marked["quote"] else "td"


def _cells(line: str, number: int) -> Iterator[Unit]:
    if not _ROW_RULE.fullmatch(line):
        for cell in _CELL.findall(line):
            yield from _unit([cell], "td", number)


def _unit(lines: Sequence[str], kind: str, number: int) -> Iterator[Unit]:
    """The text that lines are, if they hold any."""
    if kind == "code":
        text = "\n".join(lines).strip()
    else:
        parts: list[str] = []
        for line in filter(None, map(str.strip, lines)):
            parts += [space_between(parts[-1] if parts else "", line), line]
        text = "".join(parts)
    anchor = _ANCHOR.search(text) if kind.startswith("h") else None
    text = text[: anchor.start()].rstrip() if anchor else text
    text = _CLOSING.sub("", text).rstrip() if kind.startswith("h") else text
    if text:
        yield Unit(text=text, kind=kind, line=number, anchor=anchor[1] if anchor else "")


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
        example = Example(
            source="\n".join(unit.text for unit in first),
            target="\n".join(unit.text for unit in second),
            file=file,
            line=found.line,
            key=found.anchor,
        )
        if not first or not second:
            side = "first" if first else "second"
            yield Reject(example=example, rule="unaligned", detail=f"a block ({found.kind}) of the {side} page alone")
        elif found.kind == "code":
            yield Reject(example=example, rule="code", detail="program code, or what stands in front of a page")
        else:
            yield example
    yield from rejects
    yield from others


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
