"""How one text is translated so that its placeholders, tags, lines and the spaces around them survive.

It is sent whole. When what comes back lacks a code or a placeholder, has one too many or tags that cross, the words
between them are translated one by one and everything else stays where it was; a person must look at such a text. When
even that brings codes that were not there, the text stays untranslated.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from braid.data.formats.tags import Code, Text, merged, shown
from braid.data.localizing.contract import plain
from braid.data.localizing.conversation import Talk, together
from braid.data.localizing.icu import Choice, find_choice
from braid.data.localizing.plurals import missing_forms
from braid.text.placeholders import placeholders

IN_PIECES = "its placeholders or tags would have been lost: it was translated in the pieces between them"
CUT_SHORT = "the translation was cut off at the longest allowed output"
BROKEN = "a translation would have other placeholders"
NOTHING = "the model gave no translation"
QUOTING = "an apostrophe before a brace: a program that reads ICU messages takes it for a quotation mark"

MOST_CODES = 30
"""No translation brings back more of them; a line with more is translated in pieces at once."""

_LETTER = re.compile(r"[^\W\d_]")
_FORMAT_LETTER = re.compile(r"%[-^#0_]?[A-Za-z]")
"""Of dates, ``%Y-%m-%d``: no words to translate."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a text.

    Args:
        text: Its translation; None where it stays as it is.
        reason: Why a person must look at it, or why there is no translation; "" when all is well.
    """

    text: Text | None
    reason: str = ""


def text_talk(text: Text, language: str) -> Talk[Outcome]:
    """The translation of a text into a language, line by line; of an ICU message, branch by branch."""
    try:
        choice = find_choice(text)
    except ValueError as error:
        return Outcome(None, str(error))
    if choice:
        return (yield from _choice_talk(text, choice, language))
    outcomes = yield from together([_line_talk(line) for line in _lines(text)])
    return _joined(outcomes)


def _choice_talk(text: Text, choice: Choice, language: str) -> Talk[Outcome]:
    lines = [_lines(text) for text in choice.texts]
    talks = [together([_line_talk(line) for line in branch]) for branch in lines]
    outcomes = [_joined(found) for found in (yield from together(talks))]
    reasons = [outcome.reason for outcome in outcomes if outcome.reason]
    if any(outcome.text is None for outcome in outcomes):
        return Outcome(None, reasons[0])
    reasons += [missing_forms(forms, language) for forms in choice.plurals]
    texts = [outcome.text or () for outcome in outcomes]
    made = text if texts == list(choice.texts) else choice.rebuilt(texts)
    return Outcome(made, next(filter(None, reasons), ""))


def _lines(text: Text) -> list[Text]:
    lines: list[list[str | Code]] = [[]]
    for piece in text:
        if isinstance(piece, Code):
            lines[-1].append(piece)
            continue
        first, *others = piece.split("\n")
        lines[-1].append(first)
        for other in others:
            lines.append([other])  # noqa: PERF401  a list of lists of one type
    return [tuple(piece for piece in line if piece != "") for line in lines]


def _joined(outcomes: Iterable[Outcome]) -> Outcome:
    """The lines' translations as one text."""
    pieces: list[str | Code] = []
    reason = ""
    for number, outcome in enumerate(outcomes):
        if outcome.text is None:
            return outcome
        reason = reason or outcome.reason
        pieces += ["\n"] * bool(number) + list(outcome.text)
    return Outcome(merged(pieces), reason)


def _line_talk(line: Text) -> Talk[Outcome]:
    begin, core, end = _trimmed(line)
    if not _has_words(core):
        return Outcome(line)
    if sum(isinstance(piece, Code) for piece in core) > MOST_CODES:
        return (yield from _talk_in_pieces(line))
    (reply,) = yield [shown(core)]
    found = _with_codes(reply.text, core)
    if found is None or placeholders(plain(found)) != placeholders(plain(core)) or not reply.text.strip():
        return (yield from _talk_in_pieces(line))
    reason = "" if reply.is_complete else CUT_SHORT
    if "'{" in plain(found) and "'{" not in plain(core):
        reason = reason or QUOTING
    return Outcome(merged([*begin, *found, *end]), reason)


def _talk_in_pieces(line: Text) -> Talk[Outcome]:
    """The line with only what stands between its codes and placeholders translated."""
    pieces = [part for piece in line for part in (_parts(piece) if isinstance(piece, str) else [piece])]
    places = [place for place, piece in enumerate(pieces) if isinstance(piece, str) and _has_words((piece,))]
    replies = yield [pieces[place].strip() for place in places]  # type: ignore[union-attr]
    for place, reply in zip(places, replies, strict=True):
        piece = pieces[place]
        assert isinstance(piece, str)
        if not reply.text.strip():
            return Outcome(None, NOTHING)
        if placeholders(reply.text) != placeholders(piece):
            return Outcome(None, BROKEN)
        begin, core, end = _without_spaces(piece)
        pieces[place] = begin + (reply.text.strip() if core else "") + end
    is_whole = len(pieces) == 1
    is_complete = all(reply.is_complete for reply in replies)
    return Outcome(merged(pieces), CUT_SHORT if not is_complete else "" if is_whole else IN_PIECES)


def _parts(text: str) -> list[str]:
    """The text cut before and behind each of its placeholders."""
    names = sorted(placeholders(text), key=len, reverse=True)
    if not names:
        return [text]
    pattern = re.compile("(" + "|".join(" *".join(map(re.escape, name)) for name in names) + ")")
    return [part for part in pattern.split(text) if part]


def _has_words(text: Text) -> bool:
    """True when there is something to translate outside codes and placeholders."""
    for piece in text:
        for part in _parts(piece) if isinstance(piece, str) else ():
            if not placeholders(part) and _LETTER.search(_FORMAT_LETTER.sub("", part)):
                return True
    return False


def _without_spaces(text: str) -> tuple[str, str, str]:
    core = text.strip()
    start = text.index(core)
    return text[:start], core, text[start + len(core) :]


def _trimmed(line: Text) -> tuple[list[str | Code], Text, list[str | Code]]:
    """What stands before the words and stays, the words, and what stands behind: spaces, and pairs around them all."""
    begin: list[str | Code] = []
    end: list[str | Code] = []
    core = deque(line)
    while core:
        first, last = core[0], core[-1]
        if first == "":
            core.popleft()
        elif last == "":
            core.pop()
        elif isinstance(first, str) and first[0].isspace():
            core[0] = first.lstrip()
            begin.append(first[: len(first) - len(core[0])])
        elif isinstance(last, str) and last[-1].isspace():
            core[-1] = last.rstrip()
            end.append(last[len(core[-1]) :])
        elif isinstance(first, Code) and isinstance(last, Code) and _are_partners(first, last):
            begin.append(core.popleft())
            end.append(core.pop())
        else:
            break
    return begin, tuple(core), end[::-1]


def _are_partners(first: Code, last: Code) -> bool:
    return first.is_open and not last.is_open and first.partner == last.partner


def _with_codes(answer: str, text: Text) -> Text | None:
    """The answer with the codes of a text in the place of what stood for them; None when they do not match."""
    codes = [piece for piece in text if isinstance(piece, Code)]
    if not codes:
        return (answer.strip(),)
    waiting: dict[str, list[Code]] = {}
    for code in reversed(codes):
        waiting.setdefault(code.shown, []).append(code)
    pattern = re.compile("|".join(map(re.escape, sorted(waiting, key=len, reverse=True))))
    found: list[str | Code] = []
    place = 0
    for match in pattern.finditer(answer):
        if not waiting[match[0]]:
            return None
        found += [answer[place : match.start()], waiting[match[0]].pop()]
        place = match.end()
    found.append(answer[place:])
    if any(waiting.values()) or not _is_nested(found):
        return None
    return merged(found)


def _is_nested(pieces: Sequence[str | Code]) -> bool:
    """True when every pair is opened before it is closed and none crosses another."""
    waiting: list[int] = []
    for piece in pieces:
        if isinstance(piece, Code) and piece.partner:
            if piece.is_open:
                waiting.append(piece.partner)
            elif not waiting or waiting.pop() != piece.partner:
                return False
    return not waiting
