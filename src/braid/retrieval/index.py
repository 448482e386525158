"""A searchable folder of passages: opened in no time, added to without being written anew.

``index.json`` names the segments. New passages are a new segment beside the old ones; it counts once ``index.json``,
replaced in one step, names it. Some segments are merged when there are many.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from braid.data.documents.passage import Passage
from braid.errors import BundleError, StorageError
from braid.retrieval.ranking import Ranked, Ranking, Totals, idf
from braid.retrieval.segment import AGAIN, Segment, read_json
from braid.retrieval.terms import is_character, terms
from braid.retrieval.writing import merge, write_segment
from braid.storage import atomic_file, atomic_folder, locked, recover

FORMAT = 1
MAX_SEGMENTS = 8
MAX_QUESTION_CHARS = 20_000
MAX_TERMS = 500
"""Different terms of a question that are looked for, the first ones of a longer."""

MAX_UNKNOWN = 20
"""Words of a question that the index does not know and looks for by their likeness."""

_NAMES = "index.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage that was found.

    Args:
        passage: The passage.
        score: How well it fits; sums of logarithms, good for comparing the hits of one question.
        rank: 1 for the best.
    """

    passage: Passage
    score: float
    rank: int


def build_index(passages: Iterable[Passage], folder: Path) -> Index:
    """A new index of the passages; an older one in its place is replaced when the new one is whole.

    Raises:
        StorageError: The disk refuses, or something that is no index stands there.

    Cost: 6 s for 100,000 passages of 600 characters in a language with spaces, 65 s in one without; 250 MB.
    """
    if folder.exists() and not (folder / _NAMES).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        hint = "choose another folder"
        raise StorageError("what stands here is no index and is not replaced", where=str(folder), hint=hint)
    with atomic_folder(folder) as place:
        name = _name(1)
        (place / name).mkdir()
        names = [name] if write_segment(passages, place / name) else []
        if not names:
            (place / name).rmdir()
        with (place / _NAMES).open("wb") as file:
            file.write(_manifest(names, 2))
    return Index.open(folder)


class Index:
    """An index on disk; searching in it from several threads is safe.

    Args:
        folder: Where it is.
        ranking: The weights of a search.
    """

    def __init__(self, folder: Path, ranking: Ranking) -> None:
        self.folder = folder
        self._ranking = ranking
        self._totals, self._parts = self._load()

    @classmethod
    def open(cls, folder: Path, ranking: Ranking | None = None) -> Self:
        """The index in a folder.

        Raises:
            BundleError: There is none, or it is damaged.
        """
        if not (folder / _NAMES).is_file():
            place = folder.resolve()
            recover(place.parent, place.name)  # a process may have been killed while it put a new index there
        if not (folder / _NAMES).is_file():
            raise BundleError("there is no index here", where=str(folder), hint=AGAIN)
        return cls(folder, ranking or Ranking())

    def _load(self) -> tuple[Totals, tuple[Ranked, ...]]:
        names, _ = _read_manifest(self.folder)
        try:
            segments = [Segment(self.folder / name) for name in names]
        except BundleError:
            if _read_manifest(self.folder)[0] == names:
                raise
            return self._load()  # another process merged them meanwhile
        totals = Totals.of(segments)
        return totals, tuple(Ranked(segment, self._ranking, totals) for segment in segments)

    @property
    def num_passages(self) -> int:
        """How many there are."""
        return self._totals.passages

    def search(self, question: str, k: int = 10) -> list[Hit]:
        """The passages that fit a question best; none that has none of its terms.

        Args:
            question: Any text; of a long one the first 500 different terms count.
            k: How many at most, 1 or more.

        Raises:
            BundleError: The index is damaged where it was looked at.

        Cost: 5 to 15 ms among 100,000 passages, most of it for terms that many of them have.
        """
        parts = self._parts
        scores = [part.empty() for part in parts]
        for variants, weight in self._wanted(question):
            found = [part.matches(variants) for part in parts]
            num_passages = sum(len(one.passages) for one in found)
            num_groups = sum(len(one.groups) for one in found)
            weights = (
                weight * idf(self._totals.passages, num_passages),
                weight * idf(self._totals.groups, num_groups),
            )
            for part, own, one in zip(parts, scores, found, strict=True):
                part.add(own, one, weights)
        best = [
            (-score, place, number)
            for place, (part, own) in enumerate(zip(parts, scores, strict=True))
            for score, number in part.best(own, k)
        ]
        hits = enumerate(sorted(best)[:k], 1)
        return [
            Hit(passage=parts[place].segment.passage(number), score=-negative, rank=rank)
            for rank, (negative, place, number) in hits
        ]

    def _wanted(self, question: str) -> list[tuple[dict[str, float], float]]:
        """For each term of a question the terms to look for, with the weight of each and of all of them."""
        counts = Counter(terms(question[:MAX_QUESTION_CHARS]))
        wanted: list[tuple[dict[str, float], float]] = []
        num_unknown = 0
        for term, count in list(counts.items())[:MAX_TERMS]:
            if self.knows(term):
                forms = {
                    form: self._ranking.forms * likeness for form, likeness in self._alike(term, Segment.forms).items()
                }
                wanted.append((forms | {term: 1.0}, count * (self._ranking.character if is_character(term) else 1.0)))
            elif num_unknown < MAX_UNKNOWN:
                num_unknown += 1
                wanted.append((self._alike(term, Segment.similar), count * self._ranking.similar))
        return [(variants, weight) for variants, weight in wanted if variants]

    def _alike(self, word: str, look: Callable[[Segment, str, float, int], dict[str, float]]) -> dict[str, float]:
        """The terms most like a word in any segment, each with its likeness."""
        least, most = self._ranking.least_similar, self._ranking.most_similar
        found: dict[str, float] = {}
        for part in self._parts:
            found |= look(part.segment, word, least, most)
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0]))[:most])

    def knows(self, term: str) -> bool:
        """True when some passage has the term."""
        return any(part.segment.find(term) >= 0 for part in self._parts)

    def alike(self, term: str) -> dict[str, float]:
        """What may stand for a term, with its likeness, 0 to 1: itself, its forms, or what resembles an unknown one."""
        return self._alike(term, Segment.forms if self.knows(term) else Segment.similar) | {term: 1.0}

    def num_having(self, term: str) -> int:
        """How many passages have a term."""
        numbers = [(part.segment, part.segment.find(term)) for part in self._parts]
        return sum(len(segment.postings(number)[0]) for segment, number in numbers if number >= 0)

    def term_weight(self, term: str) -> float:
        """The inverse document frequency of a term: high for a rare one."""
        return idf(self.num_passages, self.num_having(term))

    def passages(self) -> Iterator[Passage]:
        """Every passage, in the order in which they came.

        Raises:
            BundleError: The index is damaged.
        """
        for part in self._parts:
            yield from map(part.segment.passage, range(part.segment.num_passages))

    def add(self, passages: Iterable[Passage]) -> None:
        """Add passages; who opened the index before goes on with what it was.

        Raises:
            StorageError: Another process is adding, or the disk refuses; the index is as it was.
        """
        with locked(self.folder / "lock", "somebody else is adding to this index"):
            names, number = _read_manifest(self.folder)
            self._remove_others(names)
            with atomic_folder(self.folder / _name(number)) as place:
                num_passages = write_segment(passages, place)
            if not num_passages:
                (self.folder / _name(number)).rmdir()
                return
            names = [*names, _name(number)]
            if len(names) > MAX_SEGMENTS:
                names, number = self._merged(names, number + 1), number + 1
            with atomic_file(self.folder / _NAMES) as file:
                file.write(_manifest(names, number + 1))
            self._totals, self._parts = self._load()
            self._remove_others(names)

    def _merged(self, names: list[str], number: int) -> list[str]:
        """The names when the last segments are one: at least two, and on while the next is not much larger."""
        segments = [Segment(self.folder / name) for name in names]
        begin, size = len(segments) - 1, segments[-1].num_passages
        while begin and (begin > len(segments) - 2 or segments[begin - 1].num_passages <= 2 * size):
            begin -= 1
            size += segments[begin].num_passages
        try:
            with atomic_folder(self.folder / _name(number)) as place:
                merge(segments[begin:], place)
        except (ValueError, IndexError) as error:
            raise BundleError("the index is damaged", where=str(self.folder), hint=AGAIN) from error
        return [*names[:begin], _name(number)]

    def _remove_others(self, names: list[str]) -> None:
        """Remove the segments that are no longer, or never came to be, part of the index."""
        for folder in self.folder.glob("segment-*"):
            if folder.name not in names:
                shutil.rmtree(folder, ignore_errors=True)  # Windows keeps what somebody has open; the next time then


def _name(number: int) -> str:
    return f"segment-{number:06d}"


def _manifest(names: list[str], number: int) -> bytes:
    """What ``index.json`` holds: the segments and the number of the next."""
    return (json.dumps({"format": FORMAT, "segments": names, "next": number}, indent=1) + "\n").encode()


def _read_manifest(folder: Path) -> tuple[list[str], int]:
    file = folder / _NAMES
    content = read_json(file)
    if content.get("format") != FORMAT:
        message = f"the index must be of format {FORMAT}, got {content.get('format')!r}"
        raise BundleError(message, where=str(file), hint=AGAIN)
    names, number = content.get("segments"), content.get("next")
    if type(number) is int and 0 < number < 10**6 and isinstance(names, list):
        possible = set(map(_name, range(1, number)))
        if all(isinstance(name, str) and name in possible for name in names):
            return names, number
    raise BundleError("the index does not say which segments it has", where=str(file), hint=AGAIN)
