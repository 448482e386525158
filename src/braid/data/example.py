"""The one type that every file format yields and every later station reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One source text with its target, and where in the user's files it stands.

    Args:
        source: The source text as the file holds it.
        target: The target text; empty when the file has none.
        file: The path as the user gave it (glob results included).
        line: 1-based line in the decompressed file at which the unit begins.
        key: The unit's own identifier in the file (TMX tuid, XLIFF id, PO msgctxt …), or "".
        group: What must stay together in one part of the data (a dialogue, an article), or "".
        part: What the file says of the part to which the row belongs, or of its date, or "".
        context: The passage in which a question's answer stands, or "".
        start: Where in the context the target begins, in characters; -1 where there is no such place.
        references: Further targets that are as good as the first.
        jumps: Of a document from which lines were taken out: the target's lines, from 0, that do not stand in the file
            right behind the line before them, each with its line there.
    """

    source: str
    target: str
    file: str
    line: int
    key: str = ""
    group: str = ""
    part: str = ""
    context: str = ""
    start: int = -1
    references: tuple[str, ...] = ()
    jumps: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A row that was not used, with the rule that says why; none is ever dropped in silence.

    Args:
        example: The row as read.
        rule: The rule's short name, such as ``empty`` or ``duplicate``.
        detail: What the rule saw, for a person.
        kinds: How much of each kind it saw, where it tells kinds apart.
    """

    example: Example
    rule: str
    detail: str = ""
    kinds: Mapping[str, int] = field(default_factory=dict)
