"""Practice with placeholders: a few training rows get some that their files do not hold.

Most data have few placeholders, seldom more than two in a text, and many have no tags, while the users of a translator
bring all of them. So a share of the rows without any gets one where it is sure to be right: in place of a word or
number that both sides share, around it as tags, or at the edge of both texts.

Paper: Post, Ding, Martindale and Wu (2019), An exploration of placeholding in neural machine translation, who let
placeholders stand for what source and target share. Tags and edges are ours.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np

from braid.text.accelerators import without_accelerator
from braid.text.protected import Pieces, Protected, Slots, protect

SHARE = 0.05
"""Of rows without placeholders that get some."""

_SHARED = re.compile(r"[A-Z][A-Za-z0-9]{1,30}|\d{2,12}")


def protected_pair(source: str, target: str, slots: Slots) -> tuple[Protected, Protected]:
    """A normalized pair as a translator learns it: placeholders in slots, without accelerators.

    Args:
        source: Its placeholders give the slots.
        target: What it has and the source has not stays text.
        slots: How many there are; with none both sides stay as they are.
    """
    if slots.total:
        source, target = _without_accelerators(source, target)
    protected = protect(source, slots)
    return protected, protect(target, slots, source=protected)


def _without_accelerators(source: str, target: str) -> tuple[str, str]:
    """The pair without accelerators: an uncertain one is one where the other side has one for certain."""
    (plain, mark), (translated, other) = without_accelerator(source), without_accelerator(target)
    if mark and not other:
        translated, _ = without_accelerator(target, is_expected=True)
    elif other and not mark:
        plain, mark = without_accelerator(source, is_expected=True)
    return (plain, translated) if mark else (source, target)


def practice(source: Protected, target: Protected, slots: Slots, share: float = SHARE) -> tuple[Protected, Protected]:
    """The pair with a placeholder or a pair of tags more, or as it is: which is decided by its text alone."""
    texts = (*source.pieces, *target.pieces)
    if len(source.pieces) != 1 or len(target.pieces) != 1 or not slots.total:
        return source, target
    seed = zlib.crc32("\n".join(map(str, texts)).encode("utf-8", "replace"))
    if seed >= share * 2**32:
        return source, target
    random = np.random.default_rng(seed)
    is_pair = random.random() < 0.5
    number = int(random.integers(slots.pairs if is_pair else slots.values))
    codes = (slots.opening(number), slots.closing(number)) if is_pair else (number,)
    sides = [str(texts[0]), str(texts[1])]
    word = _shared_word(sides, random)
    at_end = random.random() < 0.5
    return _placed(sides[0], word, codes, at_end), _placed(sides[1], word, codes, at_end)


def _shared_word(sides: Sequence[str], random: np.random.Generator) -> str:
    """A word or number that stands once on each side, or ""."""
    found = [_SHARED.findall(text) for text in sides]
    once = sorted({word for word in found[0] if found[0].count(word) == found[1].count(word) == 1})
    return once[int(random.integers(len(once)))] if once else ""


def _placed(text: str, word: str, codes: tuple[int, ...], at_end: bool) -> Protected:
    start, end = next((one.span() for one in _SHARED.finditer(text) if one[0] == word), (0, 0))
    before, behind = text[:start], text[end:]
    pieces: Pieces
    if len(codes) == 2:
        pieces = (before, codes[0], word, codes[1], behind) if word else (codes[0], text, codes[1])
    elif word:
        pieces = (before, codes[0], behind)
    else:
        pieces = (text, " ", codes[0]) if at_end else (codes[0], " ", text)
    return Protected(pieces=tuple(piece for piece in pieces if piece != ""), originals=dict.fromkeys(codes, ""))
