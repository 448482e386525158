"""Which blocks of a page belong to which of its translation: by their kinds, their headings and their lengths.

Pages of the same kinds of blocks in the same order are taken block by block. Else the cheapest way through both is
looked for with the costs of Gale and Church, on blocks in place of sentences: a pair costs more the further its lengths
are from the pages' own ratio, and the more its kinds differ; a block may also stay alone, or be the translation of two.

Words that look alike in both languages (names, numbers, terms) make a pair cheaper, and numbers of which none is shared
make it dearer.

Papers: Gale and Church (1993), A Program for Aligning Sentences in Bilingual Corpora; Simard, Foster and Isabelle
(1992), Using Cognates to Align Sentences in Bilingual Corpora. Ours differs in that the expected ratio is that of the
two pages, that whole blocks are left out more often than sentences are, that headings match headings alone, and that
blocks that are the same or share an anchor are sure pairs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from braid.data.formats.tags import Tag

VARIANCE = 6.8
"""Of a translation's length by character of the source, from the paper."""

BAND = 200
"""Blocks beside the diagonal between two anchors that are looked at; pages further apart are not aligned well."""

MAX_CELLS = 1_000_000
"""Places in the two pages between two anchors that are looked at in all, a matter of seconds."""

_PRIORS = {(1, 1): 0.89, (1, 0): 0.03, (0, 1): 0.03, (1, 2): 0.025, (2, 1): 0.025}
_STEPS = [(step, -math.log(chance)) for step, chance in _PRIORS.items()]
_OTHER_KIND, _OTHER_LEVEL, _OTHER_NUMBERS, _NEVER = 3.0, 2.0, 1.5, math.inf
_DIVISIBLE = frozenset({"p", "quote"})
"""Kinds of which one block may be the translation of two."""
_SHARED, _LOOKED_AT = 4, 2000
_WORD = re.compile(r"\d+|[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A block of a page.

    Args:
        text: Without the marks that make it what it is.
        kind: Such as ``p``, ``li``, ``h2`` or ``code``.
        line: 1-based line at which it begins.
        anchor: The name by which links find it, or "".
        pieces: The text as words and tags; what has none is taken as words.
    """

    text: str
    kind: str
    line: int
    anchor: str = ""
    pieces: tuple[str | Tag, ...] = ()

    @property
    def is_apart(self) -> bool:
        """Whether it belongs to none but its own kind: program code, and attributes, ``@alt``."""
        return self.kind == "code" or self.kind[0] == "@"

    @property
    def is_heading(self) -> bool:
        """Whether a section begins with it."""
        return len(self.kind) == 2 and self.kind[0] == "h" and self.kind[1].isdigit()


Pair = tuple[Sequence[Unit], Sequence[Unit]]
"""Blocks that belong together; one side is empty where a block stands alone."""


def align(source: Sequence[Unit], target: Sequence[Unit]) -> list[Pair]:
    """The blocks of both pages in order, each in one pair.

    Cost: one comparison a block where the kinds agree; else O(n · `BAND`) time, `MAX_CELLS` at most for a stretch.
    """
    if [unit.kind for unit in source] == [unit.kind for unit in target]:
        return [([one], [other]) for one, other in zip(source, target, strict=True)]
    sizes = [sum(len(unit.text) for unit in side) for side in (source, target)]
    ratio = sizes[1] / sizes[0] if all(sizes) else 1.0
    pairs: list[Pair] = []
    begin = (0, 0)
    for end in [*_anchors(source, target), (len(source), len(target))]:
        pairs += _cheapest(source[begin[0] : end[0]], target[begin[1] : end[1]], ratio)
        begin = end
    return pairs


def _anchors(source: Sequence[Unit], target: Sequence[Unit]) -> list[tuple[int, int]]:
    """Where sections begin that surely belong together.

    All headings, where both pages have the same levels in the same order; else those of the same name, in order.
    """
    places = [[place for place, unit in enumerate(side) if unit.is_heading] for side in (source, target)]
    levels = [[side[place].kind for place in heads] for side, heads in zip((source, target), places, strict=True)]
    if levels[0] == levels[1]:
        return list(zip(*places, strict=True))
    named = [_named(side) for side in (source, target)]
    found: list[tuple[int, int]] = []
    for name, place in named[0].items():
        other = named[1].get(name, -1)
        if other >= 0 and (not found or other > found[-1][1]):
            found.append((place, other))
    return found


def _named(units: Sequence[Unit]) -> dict[str, int]:
    """The places of blocks by their anchors, of those that come once; one that ends in a digit may be a mere number."""
    places: dict[str, int] = {}
    doubled = set()
    for place, unit in enumerate(units):
        if unit.anchor in places:
            doubled.add(unit.anchor)
        places.setdefault(unit.anchor, place)
    return {name: place for name, place in places.items() if name and name not in doubled and not name[-1].isdigit()}


def _cheapest(source: Sequence[Unit], target: Sequence[Unit], ratio: float) -> list[Pair]:
    """The cheapest way through two stretches, by dynamic programming beside the diagonal; none where they are longer
    than can be looked through."""
    num_rows, difference = len(source) + 1, abs(len(source) - len(target))
    width = min(BAND + difference, MAX_CELLS // (2 * num_rows))
    if width <= difference:
        return [*(([unit], []) for unit in source), *(([], [unit]) for unit in target)]
    slope = len(target) / max(len(source), 1)
    steps: list[tuple[int, bytearray]] = []
    recent: list[dict[int, float]] = []
    for row in range(num_rows):
        middle = int(row * slope)
        begin, end = max(0, middle - width), min(len(target), middle + width) + 1
        taken = bytearray(end - begin)
        here: dict[int, float] = {}
        recent = [here, *recent[:2]]
        for column in range(begin, end):
            best = 0.0 if not row and not column else _NEVER
            for number, ((down, right), prior) in enumerate(_STEPS):
                before = recent[down].get(column - right, _NEVER) + prior if row >= down else _NEVER
                if column < right or before >= best:
                    continue
                cost = before + _cost(source[row - down : row], target[column - right : column], ratio)
                if cost < best:
                    best, taken[column - begin] = cost, number
            here[column] = best
        steps.append((begin, taken))
    return _way(steps, source, target)


def _way(steps: Sequence[tuple[int, bytearray]], source: Sequence[Unit], target: Sequence[Unit]) -> list[Pair]:
    """The pairs on the cheapest way, which is known by its last step at each place."""
    row, column = len(source), len(target)
    pairs: list[Pair] = []
    while row or column:
        begin, taken = steps[row]
        (down, right), _ = _STEPS[taken[column - begin]]
        pairs.append((source[row - down : row], target[column - right : column]))
        row, column = row - down, column - right
    return pairs[::-1]


def _cost(source: Sequence[Unit], target: Sequence[Unit], ratio: float) -> float:
    """What it costs to take blocks for each other's translation, beside what is asked for any step of that kind."""
    if not source or not target:
        return 0.0
    first, other = source[0], target[0]
    if len(source) == len(target) and (first.text == other.text or _is_same_anchor(first, other)):
        return 0.0
    lengths = _length_cost(_length(source) * ratio, _length(target))
    return _word_cost(_kind_cost(source, target) + lengths, _words(source), _words(target))


def _word_cost(cost: float, ours: frozenset[str], theirs: frozenset[str]) -> float:
    """The cost by kinds and lengths, less for words that are shared, more for numbers that are not."""
    shared = ours & theirs
    has_numbers = any(word.isdigit() for word in ours | theirs)
    foreign = _OTHER_NUMBERS if has_numbers and not any(word.isdigit() for word in shared) else 0.0
    return max(0.0, cost - len(shared)) + foreign


def _words(units: Sequence[Unit]) -> frozenset[str]:
    return frozenset().union(*(_beginnings(unit.text) for unit in units))


@lru_cache(maxsize=4096)
def _beginnings(text: str) -> frozenset[str]:
    """The numbers of a text and the first letters of its longer words, by which related words are known."""
    return frozenset(word if word.isdigit() else word[:_SHARED].casefold() for word in _WORD.findall(text[:_LOOKED_AT]))


def _is_same_anchor(one: Unit, other: Unit) -> bool:
    return one.anchor == other.anchor != "" and not one.anchor[-1].isdigit()


def _length(units: Sequence[Unit]) -> int:
    return sum(len(unit.text) for unit in units)


def _kind_cost(source: Sequence[Unit], target: Sequence[Unit]) -> float:
    kinds = {unit.kind for unit in (*source, *target)}
    if len(kinds) == 1:
        return 0.0 if len(source) == len(target) or source[0].kind in _DIVISIBLE else _NEVER
    is_heading = {unit.is_heading for unit in (*source, *target)}
    if len(is_heading) > 1 or any(unit.is_apart for unit in (*source, *target)):
        return _NEVER
    if len(source) != len(target):
        return _NEVER
    return _OTHER_LEVEL if is_heading == {True} else _OTHER_KIND


def _length_cost(expected: float, found: float) -> float:
    """Minus the logarithm of the chance that lengths differ by as much, or more."""
    distance = abs(found - expected) / math.sqrt(max(expected + found, 1.0) / 2 * VARIANCE)
    return -math.log(max(math.erfc(distance / math.sqrt(2)), 1e-12))
