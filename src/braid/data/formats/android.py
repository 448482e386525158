"""Android's string resources: ``strings.xml`` with strings, plurals and arrays."""

from __future__ import annotations

import re
from collections.abc import Iterator

from braid.data.formats.inline import inline_pieces, is_android_code
from braid.data.formats.keyed import Entry, check_entries, joined
from braid.data.formats.stream import Stream
from braid.data.formats.tags import Pieces, Tag, shown, tagged
from braid.data.formats.xml import Element, read_units

_UNITS = frozenset({"string", "plurals", "string-array", "array", "item"})
_PART = re.compile(r'"((?:[^"\\]++|\\.)*+)"|\\u([0-9A-Fa-f]{4})|\\(.)|(\s+)', re.DOTALL)
_PLACE = "\ufdd1"
"""A character that no text holds stands for a tag while quotation marks are told from what is in them."""
_ESCAPED = {"n": "\n", "t": "\t"}
REFERENCE = re.compile(r"\s*+[@?][\w.:/]*+\s*+")
"""What stands for a text of another place: ``@string/app``."""


def read_android(stream: Stream) -> Iterator[Entry]:
    """Every string, every form of a plural and every item of an array, in file order.

    Elements inside a text (``<b>``) are tags; what stands in ``<xliff:g>`` is a code. What is marked
    ``translatable="false"``, on itself or around it, and references such as ``@string/app`` have a rule.

    Raises:
        DataError: Broken XML, or one whose outermost element is not ``resources``.
    """
    for number, unit in enumerate(read_units(stream, root="resources", units=_UNITS), 1):
        check_entries(number, stream)
        name = unit.attribute("name")
        around = (unit, *unit.ancestors)
        rule = "untranslatable" if any(one.attribute("translatable").lower() == "false" for one in around) else ""
        if unit.name == "string" or (unit.name == "item" and unit.attribute("type") == "string"):
            yield _entry(name, unit, rule)
        else:
            for place, item in enumerate(unit.all("item")):
                yield _entry(f"{name}.{item.attribute('quantity') or place}", item, rule)


def _entry(key: str, element: Element, rule: str) -> Entry:
    raw = inline_pieces(element, opaque=is_android_code)
    is_reference = len(raw) == 1 and isinstance(raw[0], str) and REFERENCE.fullmatch(raw[0])
    pieces = android_pieces(raw)
    rule = "untranslatable" if is_reference else rule
    return Entry(key=key, text=shown(tagged(pieces)), line=element.line, rule=rule, pieces=tuple(pieces))


def android_pieces(pieces: Pieces) -> list[str | Tag]:
    """The pieces as Android shows them: white space at the ends goes, quotation marks may be around tags."""
    whole = "".join(piece.replace(_PLACE, "") if isinstance(piece, str) else _PLACE for piece in pieces)
    tags = (piece for piece in pieces if not isinstance(piece, str))
    found: list[str | Tag] = []
    for number, text in enumerate(joined(unescaped(whole)).split(_PLACE)):
        found += [next(tags)] if number else []
        found += [text] if text else []
    return found


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
