"""Texts with their placeholders taken out and put back letter by letter.

Each placeholder of a text gets a slot, numbered as they first occur, and its translation the same slots: ``{count} of
{total}`` is slot 0, " of ", slot 1. Equal placeholders share a slot. An opening tag and the one that closes it get two
slots of one number, so that a translator learns that they belong together. What a translation has and its source has
not stays text, as do placeholders beyond the number of slots.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from braid.text.placeholders import Placeholder, find_placeholders, pairs_of_tags

Pieces = Sequence[str | int]
"""Texts and the slots between them."""


@dataclass(frozen=True, kw_only=True)
class Slots:
    """How many placeholders of one text have a slot: first the values, then opening tags, then closing tags.

    Args:
        values: Different placeholders that stand alone.
        pairs: Different pairs of tags.
    """

    values: int = 10
    pairs: int = 5

    @property
    def total(self) -> int:
        """All slots."""
        return self.values + 2 * self.pairs

    def opening(self, pair: int) -> int:
        """The slot of a pair's opening tag."""
        return self.values + pair

    def closing(self, pair: int) -> int:
        """The slot of a pair's closing tag."""
        return self.values + self.pairs + pair

    def is_opening(self, slot: int) -> bool:
        """Whether a slot is an opening tag's."""
        return self.values <= slot < self.values + self.pairs


SLOTS, NO_SLOTS = Slots(), Slots(values=0, pairs=0)


@dataclass(frozen=True, kw_only=True)
class Protected:
    """A text in pieces.

    Args:
        pieces: Texts, none empty, and slots in their order.
        originals: What stands in the text where a slot stands in the pieces.
    """

    pieces: tuple[str | int, ...]
    originals: dict[int, str]

    def restore(self, pieces: Pieces | None = None) -> str:
        """The text of these pieces, or of others with the same slots; a slot that this text lacks leaves nothing."""
        chosen = self.pieces if pieces is None else pieces
        return "".join(one if isinstance(one, str) else self.originals.get(one, "") for one in chosen)

    def restore_readable(self, pieces: Pieces) -> str:
        """As `restore`, with spaces around placeholders where one would run into a word and be none any more."""
        text = self.restore(pieces)
        wanted = Counter(self.originals[one] for one in pieces if isinstance(one, int) and one in self.originals)
        if not wanted or wanted <= Counter(one.text for one in find_placeholders(text)):
            return text
        spaced: list[str | int] = []
        for before, one in itertools.pairwise(["", *pieces]):
            if before != "" and (_is_wordlike(before, -1) and _is_wordlike(one, 0)):
                spaced.append(" ")
            spaced.append(one)
        return self.restore(spaced)

    def unwrapped(self, slots: Slots) -> tuple[str, Protected, str]:
        """What stands before, the text within and what stands behind, without the tags that enclose all of it.

        Args:
            slots: The slots that the text was protected with.
        """
        pieces = self.pieces
        while len(pieces) > 2 and isinstance(first := pieces[0], int) and slots.is_opening(first):
            last = slots.closing(first - slots.values)
            if pieces[-1] != last or pieces.count(first) > 1:
                break
            pieces = pieces[1:-1]
        cut = (len(self.pieces) - len(pieces)) // 2
        kept = {one: self.originals[one] for one in pieces if isinstance(one, int)}
        before, behind = self.restore(self.pieces[:cut]), self.restore(self.pieces[len(self.pieces) - cut :])
        return before, Protected(pieces=pieces, originals=kept), behind

    @property
    def is_only_placeholders(self) -> bool:
        """Whether there is no letter and no digit to translate beside at least one placeholder."""
        texts = [one for one in self.pieces if isinstance(one, str)]
        return bool(self.originals) and not any(char.isalnum() for text in texts for char in text)


def _is_wordlike(piece: str | int, place: int) -> bool:
    """Whether a piece is a placeholder, or a text that has a letter or digit in its first or last place."""
    return isinstance(piece, int) or piece[place:][:1].isalnum()


def protect(text: str, slots: Slots = SLOTS, *, source: Protected | None = None) -> Protected:
    """A text with its placeholders in slots.

    Args:
        text: The text.
        slots: How many there are.
        source: The text that this one translates: only its slots are used.

    Example:
        >>> protect("<b>{n}</b> of {m}").pieces
        (10, 0, 15, ' of ', 1)
    """
    found = [one for one in find_placeholders(text) if one.kind != "word"] if slots.total else []
    originals: dict[int, str] = {}
    pieces: list[str | int] = []
    end = 0
    for one, slot in zip(found, _slots_of(text, found, slots, source), strict=True):
        if slot >= 0:
            pieces += [text[end : one.start], slot]
            originals.setdefault(slot, one.text)
            end = one.end
    pieces.append(text[end:])
    return Protected(pieces=tuple(piece for piece in pieces if piece != ""), originals=originals)


def masked(text: str) -> str:
    """A text of the same length with letters in place of placeholders: where it may be cut, none is cut in two."""
    pieces, end = [], 0
    for one in find_placeholders(text):
        pieces += [text[end : one.start], "x" * (one.end - one.start)]
        end = one.end
    return "".join([*pieces, text[end:]])


def _slots_of(text: str, found: list[Placeholder], slots: Slots, source: Protected | None) -> list[int]:
    """The slot of each placeholder, -1 for those that stay text."""
    numbers = _Numbers(slots, source)
    places = [-1] * len(found)
    ends: dict[int, tuple[int, int]] = {}  # place of a closing tag whose pair is open: its slot, its pair
    closing = dict(pairs_of_tags(text, found))
    for place, one in enumerate(found):
        if place in ends:
            places[place], pair = ends[place]
            numbers.open_pairs.remove(pair)
        elif (close := closing.get(place)) and (pair := numbers.pair(one, found[close])) >= 0:
            places[place] = slots.opening(pair)
            ends[close] = slots.closing(pair), pair
            numbers.open_pairs.add(pair)
        else:
            places[place] = numbers.value(one)
    return places


class _Numbers:
    """Which number each placeholder has: those that the source gave, or new ones where there is no source."""

    def __init__(self, slots: Slots, source: Protected | None) -> None:
        self._slots, self._is_fixed = slots, source is not None
        self._values: dict[str, int] = {}
        self._pairs: dict[tuple[str, str], list[int]] = {}
        self.open_pairs: set[int] = set()
        for slot, text in (source.originals if source else {}).items():
            if slot < slots.values:
                self._values[text] = slot
                self._values.setdefault(text.replace(" ", ""), slot)
            elif slots.is_opening(slot):
                pair = slot - slots.values
                close = source.originals[slots.closing(pair)] if source else ""
                self._pairs.setdefault((text.replace(" ", ""), close.replace(" ", "")), []).append(pair)

    def value(self, one: Placeholder) -> int:
        """The number of a placeholder that stands alone, or -1."""
        if self._is_fixed:
            return self._values.get(one.text, self._values.get(one.key, -1))
        if len(self._values) < self._slots.values:
            self._values.setdefault(one.text, len(self._values))
        return self._values.get(one.text, -1)

    def pair(self, opening: Placeholder, closing: Placeholder) -> int:
        """The number of a pair of tags, or -1; one that is open now is not opened again inside of itself."""
        name = (opening.key, closing.key) if self._is_fixed else (opening.text, closing.text)
        known = self._pairs.setdefault(name, [])
        free = [pair for pair in known if pair not in self.open_pairs]
        if free:
            return free[0]
        count = sum(map(len, self._pairs.values()))
        if self._is_fixed or count >= self._slots.pairs:
            return -1
        known.append(count)
        return count
