"""ICU messages such as ``{n, plural, one {# file} other {# files}}``: taken apart into whole texts, and put together.

A branch is seldom a sentence of its own, and a translator that sees syntax breaks it. So each branch is read as the
whole text it stands for, and the translations become the branches: ``Found {n, plural, one {# file} …}`` is translated
as ``Found {#} file`` and so on. Syntax and names of branches are never translated, so that they cannot break.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MAX_TEXTS = 16
"""A message that stands for more texts is left alone."""

NUMBER = "{#}"
"""What stands for the number sign of a plural while its text is on its own."""

_HEAD = re.compile(r"\{\s?([\w.]{1,60})\s?,\s?(plural|selectordinal|select)\s?,")
_BRACE = re.compile(r"'[{}][^']*'|[{}]")
_BRANCH = re.compile(r"\s{0,8}(?:offset:\d{1,9}\s{1,8})?(=?[\w.-]{1,40})\s{0,8}\{")
_SPACES = re.compile(r"\s*")
# An apostrophe that would begin a quotation in a message.
_QUOTING = re.compile(r"'(?=[{}#|]|$)")


@dataclass(frozen=True, kw_only=True)
class Message:
    """One argument of a text with a branch for each case.

    Args:
        start: Offset of its opening brace.
        end: The character behind its closing brace.
        argument: The name of what decides.
        is_plural: Whether a number decides, which ``#`` stands for.
        branches: Offsets of the first character of each branch's text and of the brace behind it.
    """

    start: int
    end: int
    argument: str
    is_plural: bool
    branches: tuple[tuple[int, int], ...]


def find_messages(text: str) -> Iterator[Message]:
    """The complete messages of a text in order, those within others after them.

    Cost: O(length of the text).
    """
    heads = list(_HEAD.finditer(text))
    if not heads:
        return
    closing = _closing_braces(text)
    for head in heads:
        end = closing.get(head.start(), -1)
        branches = tuple(_branches(text, head.end(), end, closing))
        if branches and _SPACES.fullmatch(text, branches[-1][1] + 1, end):
            yield Message(
                start=head.start(),
                end=end + 1,
                argument=head[1],
                is_plural=head[2] != "select",
                branches=branches,
            )


def _closing_braces(text: str) -> dict[int, int]:
    """The offset of the brace that closes each opening one."""
    found, waiting = {}, []
    for brace in _BRACE.finditer(text):
        if brace[0] == "{":
            waiting.append(brace.start())
        elif brace[0] == "}" and waiting:
            found[waiting.pop()] = brace.start()
    return found


def _branches(text: str, position: int, end: int, closing: dict[int, int]) -> Iterator[tuple[int, int]]:
    """First character and closing brace of each branch."""
    while (branch := _BRANCH.match(text, position, max(end, 0))) and branch.end() - 1 in closing:
        position = closing[branch.end() - 1] + 1
        yield branch.end(), position - 1


@dataclass(frozen=True, kw_only=True)
class Texts:
    """What a text with messages stands for.

    Args:
        frames: Syntax before, between and behind the branches; one empty frame on both sides where there is none.
        branches: What stands between two frames: a text, or more of this.
    """

    frames: tuple[str, ...]
    branches: tuple[str | Texts, ...]

    def texts(self) -> list[str]:
        """The texts to translate, in order."""
        return [text for one in self.branches for text in ([one] if isinstance(one, str) else one.texts())]

    def fill(self, outputs: Sequence[str]) -> str:
        """The message with each of `texts` replaced."""
        return self._fill(iter(outputs))

    def _fill(self, outputs: Iterator[str]) -> str:
        parts = [self.frames[0]]
        for one, frame in zip(self.branches, self.frames[1:], strict=True):
            filled = _QUOTING.sub("''", next(outputs)) if isinstance(one, str) else one._fill(outputs)
            parts += [filled.replace(NUMBER, "#"), frame]
        return "".join(parts)


def message_texts(text: str) -> Texts | None:
    """The whole texts that a text with messages stands for; None for all others and for those too tangled.

    Tangled are number signs of two plurals, a number sign beside a plural, what may be more than `MAX_TEXTS` texts, and
    what would be other texts once these are put back.
    """
    found = _expand(text, MAX_TEXTS, depth=0)
    if not isinstance(found, Texts):
        return None
    texts = found.texts()
    again = _expand(found.fill(texts), MAX_TEXTS, depth=0)
    return found if isinstance(again, Texts) and len(again.texts()) == len(texts) else None


def _expand(text: str, room: int, depth: int) -> str | Texts | None:
    message = next(find_messages(text), None)
    if message is None:
        return text.replace("''", "'")
    before, behind = text[: message.start], text[message.end :]
    if depth > 3 or len(message.branches) > room or (message.is_plural and "#" in (before + behind)):
        return None
    edges = [message.start, *(edge for branch in message.branches for edge in branch), message.end]
    frames = tuple(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
    branches = []
    for start, end in message.branches:
        body = text[start:end]
        body = body.replace("#", NUMBER) if message.is_plural and NUMBER not in body else body
        branch = _expand(before + body + behind, room // len(message.branches), depth + 1)
        if branch is None:
            return None
        branches.append(branch)
    return Texts(frames=frames, branches=tuple(branches))
