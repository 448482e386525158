"""Units of an XML file, one at a time, by a parser that fetches nothing and expands nothing.

Built on expat, because its line numbers are exact in files of any length. A DOCTYPE that names an external DTD is
accepted and the DTD ignored; the first entity declaration ends the reading, before anything could use it.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from braid.data.formats.stream import MAX_UNIT_BYTES, Stream
from braid.errors import DataError

MAX_PARTS = 50_000
"""Elements, attributes and stretches of text of a unit, or between two: each takes much more memory than the file."""
MAX_BETWEEN = 500_000
"""The same of what stands between units, which is not kept."""

_MAX_DEPTH = 200
_MAX_TOKEN = 2**20
"""Characters of a tag or comment: expat looks at one that is not finished again from its beginning with every piece."""


@dataclass(slots=True)
class Element:
    """One element: local name, attributes, line of its start tag, and its texts and elements in order.

    Args:
        ancestors: The elements around a unit, outermost first; their own children are not kept.
    """

    name: str
    attributes: dict[str, str]
    line: int
    children: list[Element | str] = field(default_factory=list)
    ancestors: tuple[Element, ...] = ()

    def all(self, name: str) -> list[Element]:
        """The children of a name."""
        return [child for child in self.children if isinstance(child, Element) and child.name == name]

    def first(self, name: str) -> Element | None:
        """The first child of a name, if any."""
        return next(iter(self.all(name)), None)

    def text(self) -> str:
        """All character data within."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    def attribute(self, *names: str) -> str:
        """The first of these attributes that is there, or ""."""
        return next((self.attributes[name] for name in names if name in self.attributes), "")


class _Builder:
    """Receives expat's events and collects the finished units."""

    def __init__(self, stream: Stream, root: str, units: frozenset[str]) -> None:
        self.units = units
        self.root = root
        self.stream = stream
        self.open: list[Element] = []
        self.depth_of_unit = 0
        self.finished: list[Element] = []
        self.num_parts = 0
        self.has_moved = self.in_doctype = False
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = lambda *_: self.doctype(is_open=True)
        self.parser.EndDoctypeDeclHandler = lambda: self.doctype(is_open=False)
        self.parser.EntityDeclHandler = self.entity_declaration
        self.parser.SkippedEntityHandler = self.skipped_entity
        self.parser.DefaultHandlerExpand = self.other

    def count(self, parts: int) -> None:
        self.has_moved = True
        self.num_parts += parts
        most = MAX_PARTS if self.depth_of_unit else MAX_BETWEEN
        if self.units and self.num_parts > most:
            where = "a unit" if self.depth_of_unit else "what stands between units"
            line = self.open[self.depth_of_unit - 1].line if self.depth_of_unit else self.parser.CurrentLineNumber
            raise self.stream.fault(f"{where} must have fewer than {most} elements and attributes", line=line)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name, line = tag.rpartition(":")[2], self.parser.CurrentLineNumber
        if not self.open and name != self.root:
            raise self.stream.fault(f"the outermost element must be <{self.root}>, got <{tag}>", line=line)
        if len(self.open) >= _MAX_DEPTH:
            raise self.stream.fault(f"elements must be nested less than {_MAX_DEPTH} deep", line=line)
        self.count(1 + len(attributes))
        element = Element(name, attributes, line)
        if self.depth_of_unit:
            self.open[-1].children.append(element)
        elif name in self.units:
            self.num_parts = 1 + len(attributes)
            element.ancestors = tuple(self.open)
            self.depth_of_unit = len(self.open) + 1
        self.open.append(element)

    def end(self, tag: str) -> None:
        element = self.open.pop()
        if len(self.open) < self.depth_of_unit:
            self.depth_of_unit = self.num_parts = 0
            self.finished.append(element)

    def characters(self, text: str) -> None:
        self.count(1)
        if self.depth_of_unit:
            self.open[-1].children.append(text)

    def skipped_entity(self, name: str, is_parameter: bool) -> None:
        """HTML's own names are characters; any other name stays as it is written."""
        if not is_parameter:
            self.characters(html.unescape(f"&{name};"))

    def doctype(self, *, is_open: bool) -> None:
        self.in_doctype = is_open

    def other(self, text: str) -> None:
        """Comments and the like, which say nothing but that the reading goes on; declarations not even that."""
        self.has_moved = not self.in_doctype

    def entity_declaration(self, name: str, *_: object) -> None:
        raise self.stream.fault(
            f'the file must not declare entities, got a declaration of "{name}"',
            line=self.parser.CurrentLineNumber,
            hint="remove the <!ENTITY …> lines from the DOCTYPE and write the characters themselves",
        )


def read_units(stream: Stream, *, root: str, units: frozenset[str]) -> Iterator[Element]:
    """The elements of the given local names, whole, in file order; a name nested in another stays inside it.

    Args:
        stream: The file; decoded here, so that every encoding Python knows will do.
        root: The local name that the outermost element must have.
        units: The local names to yield; without any the file is only checked.

    Raises:
        DataError: The XML is broken, declares entities, has another root, or a unit is larger than 16 MiB or has more
            than `MAX_PARTS`.

    Cost: memory for one unit and 64 KiB.
    """
    builder = _Builder(stream, root, units)
    num_chars = unmoved = 0
    has_begun = False
    for text in stream.text(stream.xml_encoding()):
        if not has_begun and (first := text.lstrip()[:1]):
            has_begun = True
            if first != "<":
                line = 1 + text[: len(text) - len(text.lstrip())].count("\n")
                message, hint = "the file must be well-formed XML, got: syntax error", "it must begin with <"
                raise stream.fault(message, line=line, hint=hint)
        _feed(builder, text, is_final=False)
        unmoved = 0 if builder.has_moved else unmoved + len(text)
        builder.has_moved = False
        if unmoved > _MAX_TOKEN:
            line = builder.parser.CurrentLineNumber
            raise stream.fault(
                f"a tag, comment or document type must be smaller than {_MAX_TOKEN >> 20} MiB", line=line
            )
        num_chars = 0 if builder.finished else num_chars + len(text)
        if units and num_chars > MAX_UNIT_BYTES:
            line = builder.open[-1].line if builder.open else builder.parser.CurrentLineNumber
            raise stream.fault(f"a unit must be smaller than {MAX_UNIT_BYTES >> 20} MiB", line=line)
        yield from builder.finished
        builder.finished.clear()
    _feed(builder, "", is_final=True)
    yield from builder.finished


def _feed(builder: _Builder, text: str, *, is_final: bool) -> None:
    try:
        builder.parser.Parse(text, is_final)
    except expat.ExpatError as error:
        stream = builder.stream
        if is_final:
            raise stream.fault("the XML must be complete, got a file that breaks off", line=error.lineno) from error
        raise stream.fault(
            f"the file must be well-formed XML, got: {expat.ErrorString(error.code)}", line=error.lineno
        ) from error


def missing_languages(stream: Stream, asked: str, present: list[str]) -> DataError:
    """The error for a file none of whose units has both languages."""
    found = ", ".join(f'"{code}"' for code in present) or "none"
    return stream.fault(
        f"the file must hold units in both {asked}, got languages {found}",
        hint="leave this file out; or, if it is the others that do not belong here, set data.source_language and "
        "data.target_language to two of its languages",
    )
