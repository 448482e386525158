"""ICU messages with plural or select: ``{n, plural, one {# file} other {# files}}``, branch by branch.

Syntax: the ICU documentation of MessageFormat, with its default quoting: two apostrophes are one, and an apostrophe
before a brace (or, in a plural, before #) begins a quotation. A branch must be a whole sentence, so what stands around
a plural goes into each of its branches, which does not change what the message says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from braid.data.formats.tags import Code, Text, merged

_CHOICE = re.compile(r"\{\s*+[\w.]++\s*+,\s*+(?:plural|select|selectordinal)\s*+,")
_HEAD = re.compile(r"\{\s*+[\w.]++\s*+,\s*+(plural|select|selectordinal)\s*+,\s*+(?:offset\s*+:\s*+\d++\s*+)?")
_SELECTOR = re.compile(r"\s*+(=?[\w-]++)\s*+\{")
_STAND_IN = re.compile("(\\{\ue000\\d+\\})")
_END = re.compile(r"\s*+\}")
_PLURAL_FORMS = frozenset({"zero", "one", "two", "few", "many", "other"})
MAX_DEPTH = 10
MAX_BRANCHES = 100
AROUND_SEVERAL = "an ICU message with several plurals side by side cannot be translated branch by branch"
BROKEN = "an ICU message must close every brace and quotation, and have a branch for other"
TOO_LARGE = f"an ICU message must be nested at most {MAX_DEPTH} deep and have at most {MAX_BRANCHES} branches"


@dataclass(frozen=True)
class _Branching:
    """A plural or select: what stands before the first branch, each branch with what leads to it, and what ends all."""

    head: str
    kind: str
    branches: tuple[tuple[str, _Message], ...]
    tail: str


_Message = tuple["str | Code | _Branching", ...]


@dataclass(frozen=True)
class Choice:
    """A message taken apart.

    Args:
        texts: What its branches say, in order.
        plurals: For each plural the forms it has.
        frame: What stands before, between and behind them.
        codes: Of the file, by what stands for each in the message.
    """

    texts: tuple[Text, ...]
    plurals: tuple[frozenset[str], ...]
    frame: tuple[str, ...]
    codes: Mapping[str, Code]

    def rebuilt(self, texts: Sequence[Text]) -> Text:
        """The message with other texts in its branches."""
        is_plural = bool(self.plurals)
        names = {code: name for name, code in self.codes.items()}
        parts = [self.frame[0]]
        for text, behind in zip(texts, self.frame[1:], strict=True):
            said = [_quoted(one, is_plural) if isinstance(one, str) else names.get(one, one.written) for one in text]
            parts += [*said, behind]
        return merged(self.codes.get(part, part) for part in _STAND_IN.split("".join(parts)))


def find_choice(text: Text) -> Choice | None:
    """The branches of a message that has a plural or select; None of any other text.

    A code of the file stands in the message as an argument does.

    Raises:
        ValueError: It cannot be taken apart safely; worded for a person.

    Example:
        >>> [text for text in find_choice(("In {n, plural, =0 {no time} other {# days}}.",)).texts]
        [('In no time.',), ('In ', Code(written='#', shown='#', partner=0, is_open=False), ' days.')]
    """
    if not any(isinstance(piece, str) and _CHOICE.search(piece) for piece in text):
        return None
    codes = {f"{{\ue000{place}}}": piece for place, piece in enumerate(text) if isinstance(piece, Code)}
    message = "".join(piece if isinstance(piece, str) else f"{{\ue000{place}}}" for place, piece in enumerate(text))
    parsed, place = _parse(message, 0, depth=0, is_plural=False)
    if place != len(message):
        raise ValueError(BROKEN)
    texts: list[Text] = []
    plurals: list[frozenset[str]] = []
    frame: list[str] = [""]
    _collect(parsed, (), (), texts, plurals, frame)
    found = tuple(
        tuple(codes.get(one.written, one) if isinstance(one, Code) else one for one in part) for part in texts
    )
    return Choice(found, tuple(plurals), tuple(frame), codes)


def _collect(
    message: _Message,
    before: _Message,
    behind: _Message,
    texts: list[Text],
    plurals: list[frozenset[str]],
    frame: list[str],
) -> None:
    """Add the texts of a message's branches, each within what stands around it further out, and the frame."""
    whole = (*before, *message, *behind)
    branchings = [place for place, part in enumerate(whole) if isinstance(part, _Branching)]
    if not branchings:
        if len(texts) == MAX_BRANCHES:
            raise ValueError(TOO_LARGE)
        texts.append(_joined(whole))
        frame.append("")
        return
    if len(branchings) > 1:
        raise ValueError(AROUND_SEVERAL)
    place = branchings[0]
    branching = whole[place]
    assert isinstance(branching, _Branching)
    left, right = whole[:place], whole[place + 1 :]
    if any(isinstance(part, Code) and part.shown == "#" for part in (*left, *right)) and branching.kind != "select":
        raise ValueError(AROUND_SEVERAL)  # the number of the outer plural would become that of the inner one
    if branching.kind != "select":
        plurals.append(frozenset(name for lead, _ in branching.branches if (name := _name(lead)) in _PLURAL_FORMS))
    frame[-1] += branching.head
    for lead, inner in branching.branches:
        frame[-1] += lead
        _collect(inner, left, right, texts, plurals, frame)
        frame[-1] += "}"
    frame[-1] += branching.tail


def _name(lead: str) -> str:
    return lead.strip().rstrip("{").strip()


def _joined(message: _Message) -> Text:
    text: list[str | Code] = []
    for part in message:
        assert not isinstance(part, _Branching)
        if isinstance(part, str) and text and isinstance(text[-1], str):
            text[-1] += part
        else:
            text.append(part)
    return tuple(text)


def _parse(message: str, place: int, *, depth: int, is_plural: bool) -> tuple[_Message, int]:
    """The parts of a message from a place on, and where it ends: at a closing brace or the end of the text."""
    if depth > MAX_DEPTH:
        raise ValueError(TOO_LARGE)
    parts: list[str | Code | _Branching] = []
    pending: list[str] = []

    def add(part: Code | _Branching | None) -> None:
        if pending:
            parts.append("".join(pending))
            pending.clear()
        if part:
            parts.append(part)

    while place < len(message) and message[place] != "}":
        char = message[place]
        if message.startswith("''", place):
            pending.append("'")
            place += 2
        elif char == "'" and message[place + 1 : place + 2] in ("{", "}", *("#" * is_plural)):
            end = message.find("'", place + 1) + 1
            if not end:
                raise ValueError(BROKEN)
            add(Code(message[place:end], message[place:end]))
            place = end
        elif char == "#" and is_plural:
            add(Code("#", "#"))
            place += 1
        elif char == "{":
            part, place = _argument(message, place, depth, is_plural=is_plural)
            add(part)
        else:
            pending.append(char)
            place += 1
    add(None)
    return tuple(parts), place


def _argument(message: str, place: int, depth: int, *, is_plural: bool) -> tuple[Code | _Branching, int]:
    """What stands in braces, and where it ends."""
    head = _HEAD.match(message, place)
    if head is None:
        end = _closing(message, place)
        return Code(message[place:end], message[place:end]), end
    branches = []
    place = head.end()
    while selector := _SELECTOR.match(message, place):
        is_inner_plural = is_plural if head[1] == "select" else True
        inner, place = _parse(message, selector.end(), depth=depth + 1, is_plural=is_inner_plural)
        if message[place : place + 1] != "}":
            raise ValueError(BROKEN)
        branches.append((selector[0], inner))
        place += 1
    end = _END.match(message, place)
    if end is None or "other" not in [_name(lead) for lead, _ in branches]:
        raise ValueError(BROKEN)
    return _Branching(head[0], head[1], tuple(branches), end[0]), end.end()


def _closing(message: str, place: int) -> int:
    """The place behind the brace that closes the one at ``place``."""
    depth = 0
    for end in range(place, len(message)):
        depth += {"{": 1, "}": -1}.get(message[end], 0)
        if not depth:
            return end + 1
    raise ValueError(BROKEN)


def _quoted(text: str, is_plural: bool) -> str:
    """A translation as part of a message: nothing in it is syntax."""
    text = re.sub(r"'(?=['{}#]|$)", "''", re.sub(r"[{}]", "", text))
    return text.replace("#", "'#'") if is_plural else text
