"""What training and held-out data have in common that they should not: a score on rows learned by heart says nothing.

Looked for are equal texts (ignoring case, punctuation and width), near-duplicates, long stretches that stand in both,
short texts that stand inside longer ones, equal identifiers and equal groups. Each is counted on its own, with the
places of both rows; whether it matters is for a person to say.

An identifier says that two rows are the same unit only where it was given for that. Those of documents are made by us
when they are cut into parts, so that texts to be continued are compared by what they say alone; those of translators'
files (contexts, keys of menus) hold within their file, and there only when no other row has them; so do small
numbers, which count rows.

Paper: Brown et al. (2020), Language models are few-shot learners, appendix C, for stretches: 13 words there, 50 letters
or digits here (25 Chinese characters), which are ten words or more and need no word borders. Deviation: a stretch
counts however often it occurs in training, and the share of the text that such stretches cover is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from braid.auditing.stretches import contained, stretches
from braid.data.example import Example, Reject
from braid.data.formats import ReadOptions, read_files
from braid.data.keys import batches
from braid.data.kinds import DataKind
from braid.data.near import MinHash, near_pairs
from braid.data.shard import printable
from braid.data.shingles import fold

SHOWN = 5
SHOWN_CHARS = 200

PORTION_ROWS = 200_000
"""Training rows that are looked at together."""

_MOST = 20
"""Candidates for near-duplicates looked at for each held-out text in each band."""

_COUNT_DIGITS = 6
"""Digits of numbers that may just count rows, so that they say nothing about another file's."""

_SENTENCES = {
    "exact": "have the {side} of a training row, ignoring case and punctuation",
    "near": "have nearly the {side} of a training row",
    "stretch": "share a long stretch of their {side} with a training row",
    "contained": "have a {side} that stands inside a longer one in training",
    "key": "have the identifier of a training row",
    "group": "belong to a group that training has, too",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A held-out row and a training row that it has something in common with.

    Args:
        held_out: The one …
        train: … and the other.
        similarity: Jaccard similarity of near-duplicates, share of the held-out text covered by stretches; else 1.
    """

    held_out: Example
    train: Example
    similarity: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """Everything found by one rule on one side of the rows.

    Args:
        rule: ``exact``, ``near``, ``stretch``, ``contained``, ``key`` or ``group``. A text is counted by the first of
            the first four that holds.
        side: ``source``, ``target``, ``context``; "" for keys and groups.
        rows: Places of the held-out rows, ascending.
        share: Of all held-out rows.
        num_train: Training rows with what is shared: all of them for ``exact``, ``key`` and ``group``, else those named
            in matches.
        matches: One for each held-out text, key or group, the most similar first.
    """

    rule: str
    side: str
    rows: tuple[int, ...]
    share: float
    num_train: int
    matches: tuple[Match, ...]

    def sentence(self) -> str:
        """The finding for a person."""
        shares = f"{len(self.rows):,} held-out rows ({100 * self.share:.1f} %)"
        return f"{shares} {_SENTENCES[self.rule].format(side=self.side)}"

    def to_dict(self) -> dict[str, Any]:
        """The finding as plain data, with a few matches."""
        return {
            "rule": self.rule,
            "side": self.side,
            "rows": len(self.rows),
            "share": round(self.share, 4),
            "train_rows": self.num_train,
            "examples": [
                {
                    "held_out": _place(match.held_out, self.side),
                    "train": _place(match.train, self.side),
                    "similarity": round(match.similarity, 4),
                }
                for match in self.matches[:SHOWN]
            ],
        }


@dataclass(frozen=True, kw_only=True)
class Leakage:
    """What held-out rows share with training rows.

    Args:
        num_train: Training rows.
        num_held_out: Held-out rows.
        overlaps: One for each rule and side by which anything was found.
        num_unread: Rows of files that could not be read, which were not looked at.
    """

    num_train: int
    num_held_out: int
    overlaps: tuple[Overlap, ...]
    num_unread: int = 0

    def find(self, rule: str, side: str = "") -> Overlap | None:
        """The finding of a rule on a side, if there is one."""
        return next((found for found in self.overlaps if (found.rule, found.side) == (rule, side)), None)

    def rows(self, *rules: str) -> list[int]:
        """Places of the held-out rows found by any of the rules, by any at all when none is named."""
        return sorted({row for found in self.overlaps if not rules or found.rule in rules for row in found.rows})

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "train_rows": self.num_train,
            "held_out_rows": self.num_held_out,
            "unread_rows": self.num_unread,
            "leaking_rows": len(self.rows()),
            "overlaps": [found.to_dict() for found in self.overlaps],
        }


def leakage(
    train: Sequence[Example],
    held_out: Sequence[Example],
    kind: DataKind,
    *,
    threshold: float = 0.8,
    minhash: MinHash | None = None,
) -> Leakage:
    """What the held-out rows share with the training rows.

    Args:
        train: Rows learned from.
        held_out: Rows judged by.
        kind: Which texts count: both sides of a translation, the document of a summary, question and passage, …
        threshold: Jaccard similarity from which on texts are near-duplicates.
        minhash: How those are looked for.

    Cost: about 10 MB of training text a second; the training rows are read once, `PORTION_ROWS` at a time, and memory
        is some 650 bytes for each distinct text of a portion and of the held-out rows.
    """
    finders = [_TextFinder(held_out, side, threshold, minhash or MinHash()) for side in _sides(kind)]
    if kind.reads != "texts":
        finders += [_ValueFinder(held_out, "key", kind), _ValueFinder(held_out, "group", kind)]
    for begin in range(0, len(train), PORTION_ROWS):
        portion = train[begin : begin + PORTION_ROWS]
        for finder in finders:
            finder.look(portion, begin)
    overlaps = [
        _overlap(rule, finder.side, pairs, train, held_out) for finder in finders for rule, pairs in finder.found()
    ]
    return Leakage(num_train=len(train), num_held_out=len(held_out), overlaps=tuple(overlaps))


def leakage_between(
    train: Sequence[str],
    held_out: Sequence[str],
    kind: DataKind,
    *,
    options: ReadOptions,
    held_out_options: ReadOptions | None = None,
    folder: Path = Path(),
    threshold: float = 0.8,
) -> Leakage:
    """What rows of some files share with rows of others, as `leakage` says, whichever recipe they belong to.

    Args:
        train: Files or globs learned from.
        held_out: Files or globs judged by.
        kind: What the rows are.
        options: How both are read …
        held_out_options: … or, where given, the first only.
        folder: Where relative names begin.
        threshold: As for `leakage`.

    Raises:
        DataError: A file cannot be read.
    """
    parts = [list(read_files(train, options, folder=folder))]
    parts.append(list(read_files(held_out, held_out_options or options, folder=folder)))
    ours, theirs = ([row for row in part if isinstance(row, Example)] for part in parts)
    found = leakage(ours, theirs, kind, threshold=threshold)
    num_unread = sum(isinstance(row, Reject) for part in parts for row in part)
    return Leakage(
        num_train=found.num_train, num_held_out=found.num_held_out, overlaps=found.overlaps, num_unread=num_unread
    )


def _sides(kind: DataKind) -> tuple[str, ...]:
    """The texts of a row that held-out rows should not share."""
    if kind.reads == "questions":
        return ("source", "context")
    return tuple(side for side in kind.joined_by if side in ("source", "target"))


_Rows = dict[Any, list[int]]
_Pairs = list[tuple[list[int], list[int], float]]
"""Places of held-out rows that share something, places of the training rows they share it with, and how similar."""


class _ValueFinder:
    """Finds training rows with the key or group of a held-out one; rows without one are left out."""

    side = ""

    def __init__(self, held_out: Sequence[Example], name: str, kind: DataKind) -> None:
        self._name = name
        self._is_local = kind.is_translation
        self._theirs: _Rows = {}
        self._ours: _Rows = {}
        for place, row in enumerate(held_out):
            if value := self._value(row):
                self._theirs.setdefault(value, []).append(place)

    def _value(self, row: Example) -> Any:
        """What says which unit or group the row is of: a key with its file, where it means something in there only."""
        value = getattr(row, self._name)
        if not value or self._name == "group":
            return value
        is_count = len(value) <= _COUNT_DIGITS and value.isdecimal()
        return (row.file, value) if self._is_local or is_count else value

    def look(self, train: Sequence[Example], begin: int) -> None:
        """Take in the training rows from that place on."""
        for place, row in enumerate(train, begin):
            if (value := self._value(row)) in self._theirs:
                self._ours.setdefault(value, []).append(place)

    def found(self) -> Iterator[tuple[str, _Pairs]]:
        """The rule and what it found, if that is anything."""
        is_unique = self._is_local and self._name == "key"
        pairs = [
            (places, ours, 1.0)
            for value, places in self._theirs.items()
            if (ours := self._ours.get(value)) and (not is_unique or len(places) == len(ours) == 1)
        ]
        if pairs:
            yield self._name, pairs


class _TextFinder:
    """Finds what held-out rows share with training rows on one side, each distinct text counted by one rule."""

    def __init__(self, held_out: Sequence[Example], side: str, threshold: float, minhash: MinHash) -> None:
        self.side = side
        self._threshold, self._minhash = threshold, minhash
        rows = _rows_by_text(held_out, side)
        self._keys, self._theirs = list(rows), list(rows.values())
        self._texts = [getattr(held_out[places[0]], side) for places in self._theirs]
        self._exact: dict[int, list[int]] = {}
        self._best: dict[str, dict[int, tuple[float, list[int]]]] = {"near": {}, "stretch": {}, "contained": {}}

    def look(self, train: Sequence[Example], begin: int) -> None:
        """Take in the training rows from that place on."""
        ours = _rows_by_text(train, self.side)
        for number, key in enumerate(self._keys):
            if key in ours:
                self._exact.setdefault(number, []).extend(begin + place for place in ours[key])
        left = [number for number in range(len(self._keys)) if number not in self._exact]
        known = list(ours.values())
        texts = [self._texts[number] for number in left]
        others = [getattr(train[places[0]], self.side) for places in known]
        for rule, found in (
            ("near", _nearest(texts, others, self._threshold, self._minhash)),
            ("stretch", stretches(texts, others)),
            ("contained", contained(texts, others)),
        ):
            best = self._best[rule]
            for one, (similarity, other) in found.items():
                if similarity > best.get(left[one], (0.0, []))[0]:
                    best[left[one]] = similarity, [begin + place for place in known[other]]

    def found(self) -> Iterator[tuple[str, _Pairs]]:
        """Each rule and what it found beyond those before it, if that is anything."""
        counted: set[int] = set()
        every = {"exact": {number: (1.0, places) for number, places in self._exact.items()}, **self._best}
        for rule, best in every.items():
            news = {number: match for number, match in best.items() if number not in counted}
            counted.update(news)
            if news:
                yield rule, [(self._theirs[number], ours, alike) for number, (alike, ours) in sorted(news.items())]


def _rows_by_text(rows: Sequence[Example], side: str) -> _Rows:
    """Places of the rows by their folded text; texts of symbols alone stay as they are."""
    found: _Rows = {}
    texts = [getattr(row, side) for row in rows]
    for begin, batch in batches(texts):
        folded = fold(batch)
        for number, text in enumerate(batch):
            if key := folded.key(number) or text.strip():
                found.setdefault(key, []).append(begin + number)
    return found


def _overlap(rule: str, side: str, pairs: _Pairs, train: Sequence[Example], held_out: Sequence[Example]) -> Overlap:
    """The finding that the pairs make."""
    best = sorted(pairs, key=lambda pair: -pair[2])
    rows = tuple(sorted(row for theirs, _, _ in pairs for row in theirs))
    return Overlap(
        rule=rule,
        side=side,
        rows=rows,
        share=len(rows) / len(held_out),
        num_train=len({row for _, ours, _ in pairs for row in ours}),
        matches=tuple(
            Match(held_out=held_out[theirs[0]], train=train[ours[0]], similarity=similarity)
            for theirs, ours, similarity in best
        ),
    )


def _nearest(
    texts: Sequence[str], others: Sequence[str], threshold: float, minhash: MinHash
) -> dict[int, tuple[float, int]]:
    """The most similar of the others for each text that has one similar enough."""
    best: dict[int, tuple[float, int]] = {}
    for one, other, similarity in near_pairs(texts, others, threshold=threshold, minhash=minhash, most=_MOST):
        if similarity > best.get(one, (0.0, 0))[0]:
            best[one] = similarity, other
    return best


def _place(row: Example, side: str) -> dict[str, Any]:
    text = getattr(row, side or "source") or row.target
    return {"file": printable(row.file), "line": row.line, "text": printable(text[:SHOWN_CHARS])}
