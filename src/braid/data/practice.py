"""Practice with placeholders: a few training rows get some that their files do not hold.

Most data have few placeholders, seldom more than two in a text, and many have no tags, while the users of a translator
bring all of them. So a share of the rows gets some where they are sure to be right: in place of a name or number that
both sides share, at the edge of both texts, and as tags around words that translate each other or around a placeholder
that is there already. Words translate each other when their subwords are each other's best by Dice's coefficient in
the training rows.

Papers: Post, Ding, Martindale and Wu (2019), An exploration of placeholding in neural machine translation, who let
placeholders stand for what both sides share; Hanneman and Dinu (2020), How should markup tags be translated?, who
train on tags put around aligned words. Their alignments come from an aligner; Dice's coefficient is ours.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from braid.text.accelerators import without_accelerator
from braid.text.protected import Protected, Slots, protect
from braid.text.tokenizer import Tokenizer

Pair = tuple[Protected, Protected]
Spans = tuple[tuple[int, int], tuple[int, int]]
"""Where a word stands in the source, and where in the target: first characters and ends."""

SHARE = 0.1
"""Of the rows that get some."""

MAX_ROWS = 50_000
"""Rows that are counted to know which words translate each other."""

MIN_COUNT, MIN_DICE = 5, 0.35
_SHARED = re.compile(r"[A-Z][A-Za-z0-9]{1,30}|\d{2,12}")


def protected_pair(source: str, target: str, slots: Slots) -> Pair:
    """A normalized pair as a translator learns it: placeholders in slots, without accelerators and enclosing tags.

    Args:
        source: Its placeholders give the slots.
        target: What it has and the source has not stays text.
        slots: How many there are; with none both sides stay as they are.
    """
    if slots.total:
        source, target = _without_accelerators(source, target)
    protected = protect(source, slots)
    translated = protect(target, slots, source=protected)
    (before, inner, _), (started, within, _) = protected.unwrapped(slots), translated.unwrapped(slots)
    return (inner, within) if before == started else (protected, translated)


def _without_accelerators(source: str, target: str) -> tuple[str, str]:
    """The pair without accelerators: an uncertain one is one where the other side has one for certain."""
    (plain, mark), (translated, other) = without_accelerator(source), without_accelerator(target)
    if mark and not other:
        translated, _ = without_accelerator(target, is_expected=True)
    elif other and not mark:
        plain, mark = without_accelerator(source, is_expected=True)
    return (plain, translated) if mark else (source, target)


def practice(pairs: Sequence[Pair], tokenizer: Tokenizer, share: float = SHARE) -> list[Pair]:
    """The same pairs, a share of them with placeholders or tags more; which ones is decided by their texts alone.

    Args:
        pairs: As `protected_pair` makes them.
        tokenizer: Its slots are used and its subwords counted.
        share: Of the pairs that change.

    Cost: O(subwords of both sides, multiplied) for each of `MAX_ROWS` rows.
    """
    if not tokenizer.slots.total or not share:
        return list(pairs)
    words: _Words | None = None
    done = list(pairs)
    for place, (source, target) in enumerate(pairs):
        seed = zlib.crc32(f"{source.restore()}\n{target.restore()}".encode("utf-8", "replace"))
        if seed >= share * 2**32:
            continue
        random = np.random.default_rng(seed)
        if len(source.pieces) == len(target.pieces) == 1 and not source.originals:
            words = words or _Words(pairs, tokenizer)
            done[place] = _practiced(str(source.pieces[0]), str(target.pieces[0]), words, tokenizer.slots, random)
        else:
            done[place] = _tagged(source, target, tokenizer.slots, random)
    return done


def _practiced(source: str, target: str, words: _Words, slots: Slots, random: np.random.Generator) -> Pair:
    """A pair of bare texts with one placeholder, or with one or two pairs of tags."""
    aligned = words.aligned(source, target)
    if aligned and random.random() < 0.6:
        count = min(len(aligned), 1 + int(random.random() < 0.3))
        chosen = [aligned[int(i)] for i in random.permutation(len(aligned))[:count]]
        numbers = random.permutation(slots.pairs)[:count].tolist()
        codes = [(slots.opening(number), slots.closing(number)) for number in numbers]
        return _around(source, [one[0] for one in chosen], codes), _around(target, [one[1] for one in chosen], codes)
    slot = int(random.integers(slots.values))
    shared = _shared_words(source, target)
    if shared:
        spans = shared[int(random.integers(len(shared)))]
        return _instead(source, spans[0], slot), _instead(target, spans[1], slot)
    at_end = random.random() < 0.5
    sides = [(text, " ", slot) if at_end else (slot, " ", text) for text in (source, target)]
    return Protected(pieces=sides[0], originals={slot: ""}), Protected(pieces=sides[1], originals={slot: ""})


def _tagged(source: Protected, target: Protected, slots: Slots, random: np.random.Generator) -> Pair:
    """The pair with tags around a placeholder that stands once on each side, if it has one and no tags."""
    sides = source.pieces, target.pieces
    once = [slot for slot in source.originals if all(side.count(slot) == 1 for side in sides)]
    if not once or any(slot >= slots.values for slot in source.originals):
        return source, target
    chosen, pair = once[int(random.integers(len(once)))], int(random.integers(slots.pairs))
    codes = slots.opening(pair), slots.closing(pair)
    done = []
    for one in (source, target):
        at = one.pieces.index(chosen)
        pieces = (*one.pieces[:at], codes[0], chosen, codes[1], *one.pieces[at + 1 :])
        done.append(Protected(pieces=pieces, originals=one.originals | dict.fromkeys(codes, "")))
    return done[0], done[1]


def _shared_words(source: str, target: str) -> list[Spans]:
    """Names and numbers that stand once on each side."""
    found = [[(one[0], one.span()) for one in _SHARED.finditer(text)] for text in (source, target)]
    texts = [[text for text, _ in side] for side in found]
    once = [text for text in texts[0] if texts[0].count(text) == texts[1].count(text) == 1]
    return [(dict(found[0])[text], dict(found[1])[text]) for text in once]


def _around(text: str, spans: list[tuple[int, int]], codes: list[tuple[int, int]]) -> Protected:
    pieces: list[str | int] = []
    end = 0
    for (start, stop), (opening, closing) in sorted(zip(spans, codes, strict=True)):
        pieces += [text[end:start], opening, text[start:stop], closing]
        end = stop
    pieces = [piece for piece in [*pieces, text[end:]] if piece != ""]
    return Protected(pieces=tuple(pieces), originals=dict.fromkeys((code for pair in codes for code in pair), ""))


def _instead(text: str, span: tuple[int, int], slot: int) -> Protected:
    pieces = (text[: span[0]], slot, text[span[1] :])
    return Protected(pieces=tuple(piece for piece in pieces if piece != ""), originals={slot: ""})


@dataclass(frozen=True)
class _Side:
    """One side's texts as subwords."""

    ids: list[np.ndarray]
    counts: np.ndarray


class _Words:
    """Which words of two texts translate each other."""

    def __init__(self, pairs: Sequence[Pair], tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        rows = [pair for pair in pairs if all(len(side.pieces) == 1 for side in pair)][:MAX_ROWS]
        source, target = (self._side([str(row[place].pieces[0]) for row in rows]) for place in (0, 1))
        size = tokenizer.vocab_size
        together = [
            np.add.outer(a.astype(np.int64) * size, b).ravel() for a, b in zip(source.ids, target.ids, strict=True)
        ]
        keys, counts = np.unique(np.concatenate([np.empty(0, np.int64), *together]), return_counts=True)
        dice = 2 * counts / (source.counts[keys // size] + target.counts[keys % size])
        is_kept = (counts >= MIN_COUNT) & (dice >= MIN_DICE)
        self._keys, self._dice = keys[is_kept], dice[is_kept]

    def _side(self, texts: list[str]) -> _Side:
        ids = [np.unique(row) for row in self._tokenizer.encode_lines(texts)]
        counts = np.bincount(np.concatenate([np.empty(0, np.int32), *ids]), minlength=self._tokenizer.vocab_size)
        return _Side(ids, counts)

    def aligned(self, source: str, target: str) -> list[Spans]:
        """Where words that translate each other stand, in the source's order; no two of them overlap."""
        (ids, places), (other_ids, other_places) = self._tokenizer.encode_with_offsets([source, target])
        if not len(self._keys) or not len(ids) or not len(other_ids):
            return []
        keys = np.add.outer(ids.astype(np.int64) * self._tokenizer.vocab_size, other_ids)
        found = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        dice = np.where(self._keys[found] == keys, self._dice[found], 0.0)
        spans: list[Spans] = []
        for row, column in enumerate(dice.argmax(axis=1)):
            best = dice[row, column]
            is_mutual = best > 0 and (dice[row] >= best).sum() == (dice[:, column] >= best).sum() == 1
            if is_mutual:
                pair = _word_at(source, places[row]), _word_at(target, other_places[column])
                if all(start < stop for start, stop in pair) and not any(_overlap(pair, other) for other in spans):
                    spans.append(pair)
        return spans


def _word_at(text: str, place: np.ndarray) -> tuple[int, int]:
    """The whole word around a subword, without the space before it; nothing where there is no letter."""
    start, stop = int(place[0]), int(place[1])
    while start < stop and text[start].isspace():
        start += 1
    if not any(char.isalpha() for char in text[start:stop]):
        return start, start
    while start and _continues(text[start - 1]):
        start -= 1
    while stop < len(text) and _continues(text[stop]):
        stop += 1
    return start, stop


def _continues(char: str) -> bool:
    return char.isalnum() and char < "\u2e80"


def _overlap(pair: Spans, other: Spans) -> bool:
    return any(a[0] < b[1] and b[0] < a[1] for a, b in zip(pair, other, strict=True))
