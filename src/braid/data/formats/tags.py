"""Texts with tags and other codes inside them, and the short names by which a translation can bring these back.

Readers of training data and the files that are written back show codes by the same names, so that a model is asked for
what it has learned. A pair of tags is ``<b>`` and ``</b>``, several that differ are ``<b1>`` and ``<b2>``; what has no
partner is ``<b/>``, or what it is known by: ``{x:2}``, ``%s``. All of these are placeholders for
`braid.text.placeholders`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from braid.text.placeholders import placeholders

ANNOTATIONS = frozenset({"mrk", "sm", "em", "hi"})
"""Names of tags that say something about words and do not change them: terms, comments."""

_HALVES = frozenset({"it", "ut"})
"""Names of codes that begin or end a formatting whose other end is in another text, or not known."""

_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Code:
    """What stands inside a text and is not translated: an element, the address of a link, a piece of a program.

    Args:
        written: As the file holds it.
        shown: What stands for it in the text that is translated.
        partner: Says which ``open`` and ``close`` belong together; 0 for one that stands alone.
        is_open: True for the first of two partners.
    """

    written: str
    shown: str
    partner: int = 0
    is_open: bool = False


Text = tuple[str | Code, ...]
"""A text as people read it, with the codes inside it."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as it stands in a file.

    Args:
        written: The whole of it.
        name: ``b`` of ``<b class="x">``; of a pair the opening tag's counts.
        kind: ``open``, ``close``, or ``""`` for one that stands alone.
        shown: What it is known by, where that is not its name; of one that has no partner only.
        key: What partners have in common, where that is not the name.
        sense: What tells it from others of its name, where that is not what is written.
        number: Its own number in the file, by which the translation's tag is found where their senses differ.
        words: What people read in it, where it holds words that are not to be translated, such as a name.
    """

    written: str
    name: str
    kind: str = ""
    shown: str = ""
    key: str = ""
    sense: str = ""
    number: str = ""
    words: str = ""


Pieces = Sequence[str | Tag]
"""A text as a file holds it: words and tags."""


def shown(text: Text) -> str:
    """The text as it is sent to be translated."""
    return "".join(piece if isinstance(piece, str) else piece.shown for piece in text)


def merged(pieces: Iterable[str | Code]) -> Text:
    """The same text without empty strings and with no two strings in a row."""
    text: list[str | Code] = []
    for is_string, group in groupby(pieces, key=lambda piece: isinstance(piece, str)):
        if not is_string:
            text += group
        elif joined := "".join(map(str, group)):
            text.append(joined)
    return tuple(text)


def tagged(pieces: Pieces) -> Text:
    """The text in which each tag is a code. No two codes whose senses differ are shown alike.

    Example:
        >>> text = tagged(["Go ", Tag("<b>", "b", "open"), "on", Tag("</b>", "b", "close"), Tag("<br>", "br")])
        >>> "".join(piece if isinstance(piece, str) else piece.shown for piece in text)
        'Go <b>on</b><br/>'
    """
    return _Names().text(pieces)


def shown_pair(source: Pieces, target: Pieces) -> tuple[str, str]:
    """Both sides of a pair with their tags named alike: the source as `tagged` names them, and the target after it.

    A tag of the target is the source's of the same sense; else the one of the same number; else, of those of its
    name that are left, the first. What only one side has and what changes no words goes, so that the words are not lost
    for it: formatting, where the other side has none at all; annotations, where their numbers differ; and a pair around
    the whole of a side, where the other has none such. Names that are codes on one side alone are words on both. Where
    the target is empty nothing goes.

    Example:
        >>> one, two = [Tag("<g>", "g", "open", number="1"), "a"], [Tag("<g x=''>", "g", "open", number="1"), "b"]
        >>> shown_pair([*one, Tag("</g>", "g", "close"), "."], [*two, Tag("</g>", "g", "close"), "!"])
        ('<g>a</g>.', '<g>b</g>!')
    """
    if not any(isinstance(piece, Tag) for piece in (*source, *target)):
        return "".join(map(str, source)), "".join(map(str, target))
    if not any(isinstance(piece, Tag) or piece.strip() for piece in target):
        return shown(tagged(source)), "".join(map(str, target))
    source, target = _with_words(source, target)
    names = _Names()
    texts = names.text(source), names.text(target)
    return shown(_unwrapped(*texts)), shown(_unwrapped(*texts[::-1]))


def native(code: str) -> str:
    """The code itself where it is short and a placeholder, by which a model knows it; else ""."""
    compact = code.replace(" ", "")
    return code if 0 < len(code) <= _LONGEST_SHOWN and dict(placeholders(code)) == {compact: 1} else ""


def _with_words(source: Pieces, target: Pieces) -> tuple[Pieces, Pieces]:
    """The sides without the tags that change no words, of which only one has some, or more."""
    sides = [source, target]
    counts = [Counter(name for piece in side if (name := _annotation(piece))) for side in sides]
    unequal = {name for name in counts[0] | counts[1] if counts[0][name] != counts[1][name]}
    if unequal:
        sides = [[_words(piece) if _annotation(piece) in unequal else piece for piece in side] for side in sides]
    if len({any(map(_is_format, side)) for side in sides}) > 1:
        sides = [[piece for piece in side if not _is_format(piece)] for side in sides]
    return sides[0], sides[1]


def _annotation(piece: str | Tag) -> str:
    """What an annotation, or a name that is not to be translated, is counted as; "" of other pieces."""
    if isinstance(piece, str):
        return ""
    name = piece.key.partition(":")[0] or piece.name
    return name if name in ANNOTATIONS and piece.kind else f"{piece.shown}/" if piece.words else ""


def _words(piece: str | Tag) -> str:
    return piece if isinstance(piece, str) else piece.words


def _is_format(piece: str | Tag) -> bool:
    """True of a pair's tag, and of what stands alone, though half of a pair by its name; not of a value."""
    is_half = isinstance(piece, Tag) and piece.name in _HALVES and piece.shown.startswith(("<", f"{{{piece.name}"))
    return is_half or (isinstance(piece, Tag) and piece.kind != "")


def _unwrapped(text: Text, other: Text) -> Text:
    """The text without pairs around the whole of it that the other side has nowhere."""
    known = {piece.shown for piece in other if isinstance(piece, Code)}
    places = [place for place, piece in enumerate(text) if isinstance(piece, Code) or piece.strip()]
    around: set[int] = set()
    for begin, end in zip(places, reversed(places), strict=True):
        first, last = text[begin], text[end]
        if begin >= end or isinstance(first, str) or isinstance(last, str) or first.shown in known:
            break
        if not first.is_open or last.is_open or first.partner != last.partner:
            break
        around |= {begin, end}
    return merged(piece for place, piece in enumerate(text) if place not in around) if around else text


@dataclass(slots=True)
class _Group:
    """A pair of tags, or one without a partner.

    Args:
        base: The name under which it is shown.
        sense: What tells it from others of that name.
        number: Its own in the file.
    """

    base: str
    sense: tuple[str, ...]
    number: str


@dataclass
class _Names:
    """The numbers that codes of one name have: those of the first text are held by the texts behind it.

    Args:
        senses: By name, the number of each sense.
        numbers: By name and own number, the same.
    """

    senses: dict[str, dict[tuple[str, ...], int]] = field(default_factory=dict)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def text(self, pieces: Pieces) -> Text:
        """The pieces with their tags as codes."""
        listed = [piece for piece in pieces if piece != ""]
        partners = _partners(listed)
        tags = {place: piece for place, piece in enumerate(listed) if isinstance(piece, Tag)}
        groups = {place: _group([tags[at] for at in partners.get(place, (place,))]) for place in tags}
        chosen = self._chosen(list(groups.values()))
        text: list[str | Code] = []
        for place, piece in enumerate(listed):
            if isinstance(piece, str):
                text.append(piece)
                continue
            base, is_pair = groups[place].base, place in partners
            number = chosen[base, groups[place].sense]
            is_single = max(number, len(self.senses.get(base, ()))) == 1
            first = partners[place][0] if is_pair else -1
            token = _shown(base, "" if is_single else str(number), piece, is_pair=is_pair)
            text.append(Code(piece.written, token, first + 1, is_pair and first == place))
        return merged(text)

    def _chosen(self, groups: Sequence[_Group]) -> dict[tuple[str, tuple[str, ...]], int]:
        """The number of each name and sense; what is new is held unless an earlier text gave that name numbers."""
        found = dict(self._known(groups))
        taken = {(base, number) for (base, _), number in found.items()}
        last: dict[str, int] = {}
        held = frozenset(self.senses)
        for group in groups:
            base, name = group.base, (group.base, group.sense)
            while name not in found:
                last[base] = last.get(base, 0) + 1
                if (base, last[base]) not in taken:
                    found[name] = last[base]
            if base not in held:
                self.senses.setdefault(base, {})[group.sense] = found[name]
                self.numbers.setdefault((base, group.number), found[name])
        return found

    def _known(self, groups: Sequence[_Group]) -> Iterator[tuple[tuple[str, tuple[str, ...]], int]]:
        """The numbers that senses, or else own numbers, have already."""
        same = {(one.base, one.sense): held for one in groups if (held := self.senses.get(one.base, {}).get(one.sense))}
        yield from same.items()
        taken = {(base, number) for (base, _), number in same.items()}
        for one in groups:
            number = self.numbers.get((one.base, one.number), 0) if one.number else 0
            if number and (one.base, one.sense) not in same and (one.base, number) not in taken:
                taken.add((one.base, number))
                yield (one.base, one.sense), number


def _partners(pieces: Sequence[str | Tag]) -> dict[int, tuple[int, int]]:
    """For each tag of a pair the places of its two tags; pairs do not overlap."""
    found: dict[int, tuple[int, int]] = {}
    waiting: list[tuple[str, int]] = []
    counts: dict[str, int] = {}
    for place, piece in enumerate(pieces):
        if not isinstance(piece, Tag) or not piece.kind:
            continue
        key = piece.key or piece.name
        if piece.kind == "open":
            waiting.append((key, place))
            counts[key] = counts.get(key, 0) + 1
        elif counts.get(key):
            while True:  # what was opened and never closed stands alone
                name, begin = waiting.pop()
                counts[name] -= 1
                if name == key:
                    break
            found[begin] = found[place] = (begin, place)
    return found


def _group(tags: Sequence[Tag]) -> _Group:
    """How a pair, or a tag without a partner, is shown and known."""
    first = tags[0]
    base = first.name if len(tags) > 1 else first.shown or f"{first.name}/"
    return _Group(base, tuple(tag.sense or tag.written for tag in tags), first.number)


def _shown(base: str, number: str, tag: Tag, *, is_pair: bool) -> str:
    if is_pair:
        return f"<{'/' if tag.kind == 'close' else ''}{base}{number}>"
    if not tag.shown:
        return f"<{tag.name}{number}/>"
    return tag.shown if number in ("", "1") else f"{{{tag.shown.strip('{}')}-{number}}}"
