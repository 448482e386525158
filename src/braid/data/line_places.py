"""At which lines of the user's file the lines of a cleaned document stand.

Cleaning takes lines out, shortens others and mends letters, but never changes their order: lines that stand once in
both texts are found first, then equal ones between those, and what is left goes to the most similar line between its
neighbors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from braid.data.example import Example
from braid.data.formats.texts import is_text_file
from braid.text.normalize import normalize_lines

REACH = 500
"""Lines ahead in which an equal one is looked for, between two lines that stand once."""
_SIMILAR_REACH, _COMPARED = 40, 400
"""Lines ahead that are compared with a changed one, and characters looked at of each."""


def placed(document: Example, read: str) -> Example:
    """The document with the lines of its file at which those of its text stand; others than text files as they are.

    Args:
        document: Cleaned; its line is that at which the text as read begins.
        read: Its text as it was read.
    """
    if document.target == read or not is_text_file(document.file):
        return document
    return numbered(document, [document.line + place for place in line_places(document.target, read)])


def numbered(row: Example, lines: Sequence[int]) -> Example:
    """The row with the numbers of its target's lines in the file."""
    jumps = tuple((at, here) for at, (before, here) in enumerate(pairwise(lines), 1) if here != before + 1)
    return replace(row, line=lines[0], jumps=jumps)


def line_numbers(row: Example) -> list[int]:
    """The line of the file at which each line of the target stands; the row's own for all where it is no text file."""
    count = row.target.count("\n") + 1
    if not is_text_file(row.file):
        return [row.line] * count
    found: list[int] = []
    starts = [(0, row.line), *row.jumps, (count, 0)]
    for (begin, line), (end, _) in pairwise(starts):
        found += range(line, line + end - begin)
    return found


def line_places(text: str, read: str) -> list[int]:
    r"""For each line of a cleaned text the line of the text as read, from 0, never descending.

    Args:
        text: Cleaned.
        read: As read; its lines end in line feeds, while cleaning knows further ends of lines.

    Cost:
        Linear in the lines, but for changed ones, each of which is compared with at most 40.

    Example:
        >>> line_places("One.\nTwo.", "\n\nOne.\nBuy at example.com!\nTwo.\n")
        [2, 4]
    """
    numbers, known = [], list[str]()
    for number, line in enumerate(read.split("\n")):
        for part in f"{line}\n".splitlines():
            numbers.append(number)
            known.append(normalize_lines(part))
    lines = text.split("\n")
    first = next((place for place, line in enumerate(known) if line), 0)
    if known[first : first + len(lines)] == lines:  # nothing but ends of lines and the like was changed
        return numbers[first : first + len(lines)]
    places = _equal(lines, known, _lasting(lines, known))
    _place_changed(lines, known, places)
    _place_blank(known, places)
    return [numbers[max(place, 0)] for place in places]


def _lasting(lines: Sequence[str], known: Sequence[str]) -> list[int]:
    """Where lines stand that are there once in both texts; -1 of all others."""
    once, counts, where = Counter(lines), Counter(known), {line: place for place, line in enumerate(known)}
    places, last = [-1] * len(lines), -1
    for number, line in enumerate(lines):
        if line and once[line] == 1 == counts[line] and where[line] > last:
            places[number] = last = where[line]
    return places


def _equal(lines: Sequence[str], known: Sequence[str], places: list[int]) -> list[int]:
    """The places, with those of lines that stand unchanged between the ones that are placed."""
    ends = _following(places, len(known))
    last = -1
    for number, line in enumerate(lines):
        if places[number] < 0 and line:
            ahead = range(last + 1, min(ends[number], last + 1 + REACH))
            places[number] = next((place for place in ahead if known[place] == line), -1)
        last = max(last, places[number])
    return places


def _following(places: Sequence[int], end: int) -> list[int]:
    """For each line the place of the next one behind it that has one."""
    found = [end] * len(places)
    for number in range(len(places) - 1, 0, -1):
        found[number - 1] = places[number] if places[number] >= 0 else found[number]
    return found


def _place_changed(lines: Sequence[str], known: Sequence[str], places: list[int]) -> None:
    """Place lines that were changed: in order where as many are between their neighbors, else by their letters."""
    ends = _following(places, len(known))
    begin = last = 0
    while begin < len(lines):
        end = begin
        while end < len(lines) and places[end] < 0:
            end += 1
        changed = [number for number in range(begin, end) if lines[number]]
        if changed:
            free = [place for place in range(last, ends[begin]) if known[place]]
            for number, place in zip(changed, _chosen([lines[one] for one in changed], known, free), strict=True):
                places[number] = place if place >= 0 else max(last - 1, 0)
        last = places[end] + 1 if end < len(lines) else last
        begin = end + 1


def _chosen(changed: Sequence[str], known: Sequence[str], free: list[int]) -> list[int]:
    """One of the free places for each changed line, never descending; -1 where there is none at all."""
    if len(changed) == len(free):
        return free
    found, begin = [], 0
    pairs_of: dict[int, set[str]] = {}
    for line in changed:
        ahead = free[begin : begin + _SIMILAR_REACH]
        if ahead:
            pairs_of = {place: pairs_of.get(place) or _letter_pairs(known[place]) for place in ahead}
            pairs = _letter_pairs(line)
            shares = [len(pairs & pairs_of[place]) for place in ahead]
            begin += shares.index(max(shares)) + 1
        found.append(free[begin - 1] if free else -1)
    return found


def _letter_pairs(line: str) -> set[str]:
    """Pairs of neighboring characters; of short lines their characters, too."""
    line = line[:_COMPARED]
    return {*map("".join, pairwise(line)), *(line if len(line) < 3 else "")}


def _place_blank(known: Sequence[str], places: list[int]) -> None:
    """Place empty lines: at the nearest ones before what follows."""
    before = [-1] * len(places)
    for number in range(1, len(places)):
        before[number] = max(before[number - 1], places[number - 1])
    next_place = len(known)
    for number in range(len(places) - 1, -1, -1):
        if places[number] < 0:
            between = range(next_place - 1, before[number], -1)
            nearest = max(next_place - 1, before[number])
            places[number] = next((place for place in between if not known[place]), nearest)
        next_place = places[number]
