"""One immutable part of an index on disk: raw arrays, mapped into memory, never more than is looked at.

A folder holds ``header.json`` with the counts and one file for each array of `ARRAYS`. All sizes follow from the
counts and are compared with the files before anything is mapped. Terms are sorted by their UTF-8 bytes; the postings
of a term stand together, by passage.
"""

from __future__ import annotations

import bisect
import itertools
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from braid.data.documents.passage import Passage
from braid.errors import BundleError
from braid.retrieval.terms import GRAM, grams

FORMAT = 1
MAX_HEADER_BYTES = 2**16

ARRAYS = {
    "passages": ("u1", "passage_bytes"),
    "passage_ends": ("<u8", "passages"),
    "text_lengths": ("<u4", "passages"),
    "title_lengths": ("<u4", "passages"),
    "is_faq": ("u1", "passages"),
    "groups": ("<u4", "passages"),
    "terms": ("u1", "term_bytes"),
    "term_ends": ("<u8", "terms"),
    "posting_ends": ("<u8", "terms"),
    "posting_passages": ("<u4", "postings"),
    "text_counts": ("u1", "postings"),
    "title_counts": ("u1", "postings"),
    "grams": ("<u4", "grams"),
    "gram_ends": ("<u8", "grams"),
    "gram_terms": ("<u4", "gram_terms"),
}
"""Every array with its type and the count that is its length. ``ends`` are where the items of a list end."""

COUNTS = tuple(dict.fromkeys(count for _, count in ARRAYS.values()))
_CANDIDATES = 50
"""Terms that are compared with a word, those with most runs in common or the first in order."""

_SHORTEST_INFLECTED = 5
_NEEDED = frozenset({"text", "file", "line"})

AGAIN = "build the index again, or copy the whole folder again"


def gram_key(gram: str) -> int:
    """The number under which a run of characters is kept; two may share one, which costs a comparison."""
    return zlib.crc32(gram.encode("utf-8", "surrogatepass"))


def pack(passage: Passage) -> bytes:
    """A passage as a line of JSON, without what may be left out; ``true`` for an answer that is the text."""
    fields = {name: value for name, value in asdict(passage).items() if value or name in _NEEDED}
    if fields.get("answer") == passage.text:
        fields["answer"] = True
    return (json.dumps(fields, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass")


class Segment:
    """The arrays of one folder.

    Args:
        folder: Where they are.

    Raises:
        BundleError: The header is none, or a file is missing or of another size than the header says.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        counts = read_header(folder)
        self.num_passages, self.num_terms = counts["passages"], counts["terms"]
        arrays = {name: _map(folder, name, counts[count]) for name, (_, count) in ARRAYS.items()}
        self.arrays: Mapping[str, np.ndarray] = arrays
        self._term_ends, self._posting_ends = arrays["term_ends"].data, arrays["posting_ends"].data
        self._terms, self._passages = arrays["terms"].data, arrays["passages"].data
        self._check_ends()

    def _check_ends(self) -> None:
        for ends, list_name in (
            ("passage_ends", "passages"),
            ("term_ends", "terms"),
            ("posting_ends", "posting_passages"),
            ("gram_ends", "gram_terms"),
        ):
            last = int(self.arrays[ends][-1]) if len(self.arrays[ends]) else 0
            if last != len(self.arrays[list_name]):
                raise self.damaged(ends)

    def damaged(self, name: str) -> BundleError:
        """The error for an array that does not hold what it must."""
        return BundleError("the index is damaged", where=str(self.folder / f"{name}.bin"), hint=AGAIN)

    def term(self, number: int) -> bytes:
        """The bytes of a term."""
        begin = self._term_ends[number - 1] if number else 0
        return bytes(self._terms[begin : self._term_ends[number]])

    def all_terms(self) -> Iterator[bytes]:
        """The terms in order."""
        content, ends = self._terms.tobytes(), self._term_ends.tolist()
        return map(content.__getitem__, map(slice, [0, *ends], ends))

    def find(self, term: str) -> int:
        """The number of a term, or -1."""
        wanted = term.encode("utf-8", "surrogatepass")
        number = bisect.bisect_left(range(self.num_terms), wanted, key=self.term)
        return number if number < self.num_terms and self.term(number) == wanted else -1

    def postings(self, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The passages that hold a term, in order, and how often each has it in its text and in its title.

        Raises:
            BundleError: They cannot be right.
        """
        begin, end = self._posting_ends[number - 1] if number else 0, self._posting_ends[number]
        passages = self.arrays["posting_passages"][begin:end]
        if not 0 < len(passages) == end - begin or passages.max() >= self.num_passages:
            raise self.damaged("posting_passages")
        return passages, self.arrays["text_counts"][begin:end], self.arrays["title_counts"][begin:end]

    def forms(self, word: str, least: float, most: int) -> dict[str, float]:
        """Terms that begin like a word, inflected forms most of them, as `similar` gives its own.

        Only the end of the word may differ, one letter in five of it.
        """
        if len(word) < _SHORTEST_INFLECTED or not grams(word):
            return {}
        begin = word[: max(GRAM, round(0.8 * len(word)))].encode("utf-8", "surrogatepass")
        first = bisect.bisect_left(range(self.num_terms), begin, key=self.term)
        near = map(self.term, range(first, min(first + _CANDIDATES, self.num_terms)))
        found = itertools.takewhile(lambda term: term.startswith(begin), near)
        return _most_similar(word, found, least, most)

    def similar(self, word: str, least: float, most: int) -> dict[str, float]:
        """Terms most like a word, the most similar first, with their similarity.

        Those that share most runs of four characters are compared by the longest common subsequence: twice its
        length over the sum of both lengths.

        Args:
            word: Not necessarily a term.
            least: Of the similarity, 0 to 1.
            most: How many.
        """
        shared: Counter[int] = Counter()
        for gram in grams(word):
            shared.update(self._terms_with(gram_key(gram)))
        return _most_similar(word, (self.term(number) for number, _ in shared.most_common(_CANDIDATES)), least, most)

    def _terms_with(self, key: int) -> list[int]:
        keys, ends = self.arrays["grams"], self.arrays["gram_ends"]
        number = int(np.searchsorted(keys, np.uint32(key)))
        if number >= len(keys) or keys[number] != key:
            return []
        numbers = self.arrays["gram_terms"][int(ends[number - 1]) if number else 0 : int(ends[number])]
        if len(numbers) and numbers.max() >= self.num_terms:
            raise self.damaged("gram_terms")
        return numbers.tolist()

    def passage(self, number: int) -> Passage:
        """The passage of a number.

        Raises:
            BundleError: It cannot be read.
        """
        ends = self.arrays["passage_ends"]
        try:
            packed = bytes(self._passages[int(ends[number - 1]) if number else 0 : int(ends[number])])
            fields = json.loads(packed.decode("utf-8", "surrogatepass"))
            if fields.get("answer") is True:
                fields["answer"] = fields["text"]
            return Passage(**fields)
        except (ValueError, TypeError, KeyError) as error:
            raise self.damaged("passages") from error


def _most_similar(word: str, candidates: Iterable[bytes], least: float, most: int) -> dict[str, float]:
    from rapidfuzz.distance import Indel

    terms = [term.decode("utf-8", "replace") for term in candidates]
    found = {term: Indel.normalized_similarity(word, term) for term in terms}
    chosen = sorted((-similarity, term) for term, similarity in found.items() if similarity >= least)
    return {term: -negative for negative, term in chosen[:most]}


def write_header(folder: Path, counts: Mapping[str, int]) -> None:
    """Say how long the arrays of a folder are."""
    content = json.dumps({"format": FORMAT, "counts": dict(counts)}, indent=1)
    (folder / "header.json").write_text(content + "\n", encoding="utf-8")


def read_header(folder: Path) -> dict[str, int]:
    """The counts of a segment.

    Raises:
        BundleError: There is no header, or none of this format.
    """
    file = folder / "header.json"
    content = read_json(file)
    if content.get("format") != FORMAT:
        raise BundleError(
            f"the index must be of format {FORMAT}, got {content.get('format')!r}", where=str(file), hint=AGAIN
        )
    counts = content.get("counts")
    if not isinstance(counts, dict) or set(counts) != set(COUNTS):
        raise BundleError(f"the header must give {', '.join(COUNTS)}", where=str(file), hint=AGAIN)
    is_number = all(type(value) is int and 0 <= value < 2**48 for value in counts.values())
    if not is_number or not counts["passages"]:
        raise BundleError("the header must give whole numbers, and of passages at least 1", where=str(file), hint=AGAIN)
    return counts


def read_json(file: Path) -> dict[str, Any]:
    """The object in a small JSON file of the index.

    Raises:
        BundleError: It is missing or something else.
    """
    try:
        if file.stat().st_size > MAX_HEADER_BYTES:
            raise BundleError(f"{file.name} is too large to be one of an index", where=str(file), hint=AGAIN)
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BundleError(f"{file.name} cannot be read: {error}", where=str(file), hint=AGAIN) from None
    if not isinstance(content, dict):
        raise BundleError(f"{file.name} must hold an object", where=str(file), hint=AGAIN)
    return content


def _map(folder: Path, name: str, length: int) -> np.ndarray:
    dtype = np.dtype(ARRAYS[name][0])
    file = folder / f"{name}.bin"
    try:
        size = file.stat().st_size
        if size != length * dtype.itemsize:
            message = f"{file.name} must be {length * dtype.itemsize:,} bytes, got {size:,}"
            raise BundleError(message, where=str(file), hint=AGAIN)
        return np.asarray(np.memmap(file, dtype=dtype, mode="r")) if length else np.empty(0, dtype)
    except OSError as error:
        raise BundleError(f"{file.name} cannot be read: {error.strerror}", where=str(file), hint=AGAIN) from None
