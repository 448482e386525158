"""Train, validation and test parts of texts to be continued: by document, or from the ends of few long ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from braid.data.example import Example
from braid.data.formats.texts import MESSAGES, is_text_file
from braid.data.keys import mixed, pair_keys
from braid.data.line_places import line_numbers, numbered
from braid.data.split import MIN_ROWS, HeldOut, Wanted, stand_in
from braid.errors import DataError

PART_CHARS = 2000
"""Documents are kept in parts of about so many characters, cut where a line ends."""

FEW = MIN_ROWS
"""With fewer documents than this, each gives its end to validation and test."""

LEAST_CHARS = MIN_ROWS * PART_CHARS
"""Characters that fewer documents must have together."""


def parts_of(document: Example, size: int = PART_CHARS) -> list[Example]:
    """The document in parts of about ``size`` characters; joined by line breaks they are the document again.

    A single longer line is cut behind its last space, or right there. Parts of a text file say at which of its lines
    they begin, those of other documents where the document stands.
    """
    if document.context == MESSAGES or len(document.target) <= size:
        return [document]
    group = document.group or f"{document.file}:{document.line}"
    found: list[Example] = []
    texts, places, length = list[str](), list[int](), 0
    numbers = line_numbers(document)
    for number, line in [*_short_lines(document.target, size), (0, None)]:
        if line is None or (texts and length + len(line) > size):
            part = replace(document, target="\n".join(texts), group=group, key=str(len(found)), jumps=())
            found.append(numbered(part, places) if is_text_file(document.file) else part)
            texts, places, length = [], [], 0
        if line is not None:
            texts.append(line)
            places.append(numbers[number])
            length += len(line) + 1
    return found


def _short_lines(text: str, size: int) -> list[tuple[int, str]]:
    """The text's lines, each with its number from 0; long ones in several."""
    found = []
    for number, line in enumerate(text.split("\n")):
        while len(line) > 2 * size:
            cut = line.rfind(" ", 1, size) + 1 or size
            found.append((number, line[:cut]))
            line = line[cut:]
        found.append((number, line))
    return found


def held_parts(parts: Sequence[Example], before: HeldOut) -> list[str]:
    """Where each of a document's parts was held out before, "" for those that were not; empty when none was.

    The part behind them is held out, too: where text was added to the document, it begins with what was its end.
    """
    if not len(before.valid) + len(before.test):
        return []
    keys = pair_keys(parts)
    found = np.where(stand_in(keys, before.test), "test", np.where(stand_in(keys, before.valid), "valid", ""))
    held = np.flatnonzero(found != "").tolist()
    if held and held[-1] + 1 < len(parts):
        found[held[-1] + 1] = found[held[-1]]  # so it is each time: it is not remembered, or one more were held then
    return found.tolist() if held else []


def split_ends(
    documents: Sequence[Example], given: Mapping[str, Sequence[Example]], wanted: Wanted
) -> dict[str, list[Example]]:
    """Parts of few documents, in three: the ends of each are held out, as far as nothing else is given for that.

    Of each document a tenth at most goes to validation and to the test each. From documents too short for that, some
    chosen by a hash give a part. What was held out before stays so.

    Args:
        documents: Cleaned documents, fewer than `FEW`.
        given: The person's own documents by ``valid`` and ``test``.
        wanted: How many parts to hold out, and which were before.

    Raises:
        DataError: There is too little text.
    """
    characters = sum(len(document.target) for document in documents)
    if characters < LEAST_CHARS:
        raise DataError(f"about {LEAST_CHARS:,} characters of text are needed, got {characters:,}")
    cut = [_cut([document]) for document in documents]
    places = [_known(document, parts, given, wanted.before) for document, parts in zip(documents, cut, strict=True)]
    for name, rows in (("test", wanted.test_rows), ("valid", wanted.valid_rows)):
        if name not in given:
            _hold_ends(documents, places, name, rows / len(documents), wanted.seed)
    found = {"train": [], "valid": _cut(given.get("valid", ())), "test": _cut(given.get("test", ()))}
    for parts, names in zip(cut, places, strict=True):
        for part, name in zip(parts, names, strict=True):
            found[name or "train"].append(part)
    if missing := [name for name, rows in found.items() if not rows]:
        hint = "add documents, or longer ones"
        raise DataError(f"each part needs at least one piece of a document, got none for {missing[0]}", hint=hint)
    return found


def behind_held(documents: Sequence[Example], before: HeldOut) -> np.ndarray:
    """The keys of parts that are held out only for standing behind others: remembered, they would grow each time."""
    found = []
    for document in documents:
        parts = _cut([document])
        found += [part for part, name in zip(parts, held_parts(parts, before), strict=False) if name]
    return np.setdiff1d(pair_keys(found), np.union1d(before.test, before.valid))


def _known(document: Example, parts: Sequence[Example], given: Mapping[str, object], before: HeldOut) -> list[str]:
    """Where each of a document's parts belongs, "" where that is open."""
    key = pair_keys([document])
    for name in ("test", "valid"):
        if name not in given and stand_in(key, getattr(before, name)).any():
            return [name] * len(parts)
    found = held_parts(parts, before) or [""] * len(parts)
    return ["" if name in given else name for name in found]


def _hold_ends(documents: Sequence[Example], places: list[list[str]], name: str, most: float, seed: int) -> None:
    """Hold the ends of documents out for a part of the data: ``most`` parts of each, a tenth of them at most."""
    chances = (mixed(pair_keys(documents), seed + (name == "valid")) / 2.0**64).tolist()
    shares = [0.0 if name in names or "" not in names else min(most, len(names) / 10) for names in places]
    counts = [int(share) or int(chance < share) for share, chance in zip(shares, chances, strict=True)]
    if not any(counts) and not any(name in names for names in places):
        counts[max(range(len(places)), key=lambda place: (shares[place], chances[place]))] = 1
    for names, count in zip(places, counts, strict=True):
        free = [place for place, other in enumerate(names) if not other]
        for place in free[len(free) - count :] if count else ():
            names[place] = name


def _cut(documents: Sequence[Example]) -> list[Example]:
    return [part for document in documents for part in parts_of(document) if part.target.strip()]
