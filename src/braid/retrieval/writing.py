"""Passages → segments, and several segments → one; memory is needed for the terms and a block of what they point to."""

from __future__ import annotations

import itertools
import shutil
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from braid.data.documents.passage import Passage
from braid.retrieval.segment import ARRAYS, Segment, gram_key, pack, write_header
from braid.retrieval.terms import grams, terms

MAX_TOKENS = 2**22
"""Terms, repetitions included, after which a segment is written: 250 MB with all that is made of them."""

_MAX_COUNT = 255
"""A term that a text has more often is as good as one that it has so often."""

_BLOCK = 2**21
"""Postings that are merged at a time."""

_FIELDS = ("text", "title")
_POSTINGS = ("posting_passages", "text_counts", "title_counts")


class SegmentWriter:
    """Takes passages in and writes them as one segment.

    Args:
        file: Where the passages themselves go.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._numbers: defaultdict[str, int] = defaultdict()
        self._numbers.default_factory = self._numbers.__len__
        self._tokens = {field: array("I") for field in _FIELDS}
        self._lengths = {field: array("I") for field in _FIELDS}
        self._ends, self._groups, self._is_faq = array("Q"), array("I"), array("B")
        self._group = ""

    @property
    def is_full(self) -> bool:
        """True when what is held should be written."""
        return sum(map(len, self._tokens.values())) >= MAX_TOKENS

    def add(self, passage: Passage) -> None:
        """Take in a passage; those of a group that follow one another belong together."""
        self._file.write(pack(passage))
        self._ends.append(self._file.tell())
        for field, text in zip(_FIELDS, (passage.text, passage.title), strict=True):
            found = terms(text)
            self._tokens[field].extend(map(self._numbers.__getitem__, found))
            self._lengths[field].append(len(found))
        is_new = not passage.group or passage.group != self._group
        self._groups.append(self._groups[-1] + is_new if self._groups else 0)
        self._group = passage.group
        self._is_faq.append(bool(passage.answer))

    def write(self, folder: Path) -> None:
        """Write all but the passages themselves and the runs of characters, which serve the whole alone."""
        vocabulary, places = self._vocabulary()
        _write(folder, "passage_ends", self._ends)
        _write(folder, "groups", self._groups)
        _write(folder, "is_faq", self._is_faq)
        for field in _FIELDS:
            _write(folder, f"{field}_lengths", self._lengths[field])
        self._write_postings(folder, len(vocabulary), places)
        _write_terms(folder, vocabulary)
        _finish(folder)

    def _vocabulary(self) -> tuple[list[bytes], np.ndarray]:
        """The terms, sorted, and the place of each by its number so far."""
        self._numbers.default_factory = None  # else it would hold itself, and all that memory, for long
        words = [word.encode("utf-8", "surrogatepass") for word in self._numbers]
        order = sorted(range(len(words)), key=words.__getitem__)
        places = np.empty(len(words), np.uint64)
        places[order] = np.arange(len(words), dtype=np.uint64)
        return [words[number] for number in order], places

    def _write_postings(self, folder: Path, num_terms: int, places: np.ndarray) -> None:
        """Sort the tokens by term and passage, and write how often each pair of them is there in either field."""
        keys, counts = np.unique(self._keys(places), return_counts=True)
        pairs = keys >> np.uint64(1)
        is_first = np.ones(len(pairs), bool)
        is_first[1:] = pairs[1:] != pairs[:-1]
        pairs, rows = pairs[is_first], np.cumsum(is_first) - 1
        for bit, field in enumerate(_FIELDS):
            is_here = (keys & np.uint64(1)) == bit
            in_field = np.zeros(len(pairs), np.uint8)
            in_field[rows[is_here]] = np.minimum(counts[is_here], _MAX_COUNT)
            _write(folder, f"{field}_counts", in_field)
        _write(folder, "posting_passages", pairs & np.uint64(2**32 - 1))
        ends = np.searchsorted(pairs >> np.uint64(32), np.arange(1, num_terms + 1, dtype=np.uint64))
        _write(folder, "posting_ends", ends)

    def _keys(self, places: np.ndarray) -> np.ndarray:
        """A number for each token: the place of its term, its passage, and a bit for its field."""
        found = []
        for bit, field in enumerate(_FIELDS):
            lengths = np.asarray(self._lengths[field], np.int64)
            passages = np.repeat(np.arange(len(lengths), dtype=np.uint64), lengths)
            tokens = places[np.asarray(self._tokens[field], np.uint32)]
            found.append(tokens << np.uint64(33) | passages << np.uint64(1) | np.uint64(bit))
        return np.concatenate(found)


def write_segment(passages: Iterable[Passage], folder: Path) -> int:
    """Write passages into an empty folder, in parts that are then merged where memory demands it; and their number."""
    parts = list(_write_parts(passages, folder))
    if len(parts) == 1:
        for file in list(parts[0].iterdir()):
            file.rename(folder / file.name)
        _write_grams(folder, Segment(folder).all_terms())
        _finish(folder)
    elif parts:
        merge([Segment(part) for part in parts], folder)
    for part in parts:
        shutil.rmtree(part)
    return Segment(folder).num_passages if parts else 0


def _write_parts(passages: Iterable[Passage], folder: Path) -> Iterator[Path]:
    coming = iter(passages)
    for number, first in enumerate(coming):
        part = folder / f"part-{number}"
        part.mkdir()
        with (part / "passages.bin").open("wb") as file:
            writer = SegmentWriter(file)
            writer.add(first)
            while not writer.is_full and (passage := next(coming, None)) is not None:
                writer.add(passage)
        writer.write(part)
        yield part


def merge(segments: Sequence[Segment], folder: Path) -> None:
    """Write several segments, in order, as one into an empty folder.

    Cost: memory for all terms and two million postings.
    """
    vocabulary, numbers = _merged_terms(segments)
    _write_terms(folder, vocabulary)
    with (folder / "passages.bin").open("wb") as file:
        for segment in segments:
            with (segment.folder / "passages.bin").open("rb") as source:
                shutil.copyfileobj(source, file)
    for name in ("text_lengths", "title_lengths", "is_faq"):
        _write(folder, name, np.concatenate([segment.arrays[name] for segment in segments]))
    bytes_before = itertools.accumulate((len(segment.arrays["passages"]) for segment in segments), initial=0)
    ends = [segment.arrays["passage_ends"] + np.uint64(n) for segment, n in zip(segments, bytes_before, strict=False)]
    _write(folder, "passage_ends", np.concatenate(ends))
    _write(folder, "groups", np.concatenate(list(_groups(segments))))
    _merge_postings(segments, numbers, len(vocabulary), folder)
    _write_grams(folder, vocabulary)
    _finish(folder)


def _merged_terms(segments: Sequence[Segment]) -> tuple[list[bytes], list[np.ndarray]]:
    """All terms, sorted, and for each segment the numbers that its terms have among them."""
    vocabulary = sorted({term for segment in segments for term in segment.all_terms()})
    number = {term: place for place, term in enumerate(vocabulary)}
    return vocabulary, [np.fromiter(map(number.__getitem__, segment.all_terms()), np.int64) for segment in segments]


def _groups(segments: Sequence[Segment]) -> Iterator[np.ndarray]:
    """The groups counted through; one that ends a segment and begins the next is one."""
    before, last = 0, ""
    for segment in segments:
        goes_on = bool(last) and segment.passage(0).group == last
        groups = segment.arrays["groups"] + np.uint32(before - goes_on)
        yield groups
        before, last = int(groups[-1]) + 1, segment.passage(segment.num_passages - 1).group


def _merge_postings(segments: Sequence[Segment], numbers: Sequence[np.ndarray], num_terms: int, folder: Path) -> None:
    """Bring together what each term points to, a block of terms at a time."""
    totals = np.zeros(num_terms, np.int64)
    for segment, own in zip(segments, numbers, strict=True):
        totals[own] += np.diff(segment.arrays["posting_ends"].astype(np.int64), prepend=0)
    ends = np.cumsum(totals)
    _write(folder, "posting_ends", ends)
    begin = 0
    while begin < num_terms:
        limit = (int(ends[begin - 1]) if begin else 0) + _BLOCK
        end = max(begin + 1, int(np.searchsorted(ends, limit, side="right")))
        for name, values in _merged_block(segments, numbers, begin, end).items():
            _write(folder, name, values)
        begin = end


def _merged_block(
    segments: Sequence[Segment], numbers: Sequence[np.ndarray], begin: int, end: int
) -> dict[str, np.ndarray]:
    """The postings of the terms from ``begin`` to ``end``, by term and passage."""
    found: dict[str, list[np.ndarray]] = {name: [] for name in _POSTINGS}
    owners = []
    num_passages = 0
    for segment, own in zip(segments, numbers, strict=True):
        first, last = np.searchsorted(own, (begin, end)).tolist()
        ends = segment.arrays["posting_ends"][max(first - 1, 0) : last].astype(np.int64)
        ends = ends if first else np.concatenate(([0], ends))
        owners.append(np.repeat(own[first:last], np.diff(ends)))
        for name in _POSTINGS:
            found[name].append(segment.arrays[name][ends[0] : ends[-1]])
        found["posting_passages"][-1] = found["posting_passages"][-1] + np.uint32(num_passages)
        num_passages += segment.num_passages
    order = np.argsort(np.concatenate(owners), kind="stable")
    return {name: np.concatenate(values)[order] for name, values in found.items()}


def _write_terms(folder: Path, vocabulary: Sequence[bytes]) -> None:
    with (folder / "terms.bin").open("wb") as file:
        file.writelines(vocabulary)
    _write(folder, "term_ends", np.cumsum(np.fromiter(map(len, vocabulary), np.uint64, len(vocabulary))))


def _write_grams(folder: Path, vocabulary: Iterable[bytes]) -> None:
    """Write under each run of four characters the terms that have it."""
    keys, owners = array("I"), array("I")
    for number, term in enumerate(vocabulary):
        found = grams(term.decode("utf-8", "replace"))
        keys.extend(map(gram_key, found))
        owners.extend(itertools.repeat(number, len(found)))
    order = np.argsort(np.asarray(keys), kind="stable")
    distinct, counts = np.unique(np.asarray(keys), return_counts=True)
    _write(folder, "grams", distinct)
    _write(folder, "gram_ends", np.cumsum(counts))
    _write(folder, "gram_terms", np.asarray(owners)[order])


def _write(folder: Path, name: str, values: np.ndarray | array) -> None:
    """Append to an array's file."""
    with (folder / f"{name}.bin").open("ab") as file:
        file.write(np.asarray(values).astype(ARRAYS[name][0]).tobytes())


def _finish(folder: Path) -> None:
    """Write the header: how long the arrays are."""
    counts: dict[str, int] = {}
    for name, (dtype, count) in ARRAYS.items():
        file = folder / f"{name}.bin"
        file.touch()
        length = file.stat().st_size // np.dtype(dtype).itemsize
        assert counts.setdefault(count, length) == length, name
    write_header(folder, counts)
