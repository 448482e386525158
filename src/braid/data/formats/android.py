"""Android's string resources: ``strings.xml`` with strings, plurals and arrays."""

from __future__ import annotations

import re
from collections.abc import Iterator

from braid.data.formats.inline import inline_text
from braid.data.formats.keyed import Entry, check_entries, joined
from braid.data.formats.stream import Stream
from braid.data.formats.xml import Element, read_units

_UNITS = frozenset({"string", "plurals", "string-array", "array", "item"})
_PART = re.compile(r'"((?:[^"\\]++|\\.)*+)"|\\u([0-9A-Fa-f]{4})|\\(.)|(\s+)', re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t"}


def read_android(stream: Stream) -> Iterator[Entry]:
    """Every string, every form of a plural and every item of an array, in file order.

    Placeholders stay; of elements inside a text (``<b>``, ``<xliff:g>``) the text stays. What is marked
    ``translatable="false"`` has a rule.

    Raises:
        DataError: Broken XML, or one whose outermost element is not ``resources``.
    """
    for number, unit in enumerate(read_units(stream, root="resources", units=_UNITS), 1):
        check_entries(number, stream)
        name = unit.attribute("name")
        rule = "untranslatable" if unit.attribute("translatable").lower() == "false" else ""
        if unit.name == "string" or (unit.name == "item" and unit.attribute("type") == "string"):
            yield _entry(name, unit, rule)
        else:
            for place, item in enumerate(unit.all("item")):
                yield _entry(f"{name}.{item.attribute('quantity') or place}", item, rule)


def _entry(key: str, element: Element, rule: str) -> Entry:
    return Entry(key=key, text=joined(unescaped(inline_text(element))), line=element.line, rule=rule)


def unescaped(text: str) -> str:
    """The text as Android shows it: white space is one space except in quotes, and escapes are what they mean.

    Example:
        >>> unescaped("  It\\\\'s\\n   here: \\"a  b\\"\\\\n")
        "It's here: a  b\\n"
    """
    return _PART.sub(_replaced, text.strip())


def _replaced(match: re.Match[str]) -> str:
    quoted, code, char, _ = match.groups()
    if quoted is not None:
        return _PART.sub(lambda inner: inner[0] if inner[4] else _replaced(inner), quoted)
    if code:
        return chr(int(code, 16))
    return _ESCAPED.get(char, char) if char else " "
