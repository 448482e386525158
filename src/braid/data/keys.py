"""What rows have in common with others, as numbers: rows of any length are compared by 64 bits."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator, Sequence
from hashlib import blake2b

import numpy as np

from braid.data.example import Example
from braid.text.normalize import without_breaks

Sides = tuple[str, ...]
"""What rows may not share across parts: source, target, group."""

NUM_KEYS = 3
"""Keys of a row at most: both sides and its group."""

BATCH_CHARS = 2**18
"""Texts are worked on in batches of about so many characters, which stay in the processor's cache."""

_SEPARATOR = "\U0010ffff"
"""Between texts that are looked at together: a noncharacter, which hardly any text holds."""


class _Letters:
    """Which characters are letters, marks (a vowel of Thai or Hindi may be one) or numbers, as far as any were met."""

    _UNSEEN = 2

    def __init__(self) -> None:
        self._table = np.full(sys.maxunicode + 1, self._UNSEEN, np.uint8)

    def among(self, codes: np.ndarray) -> np.ndarray:
        """Whether each code point is one, bool."""
        found = self._table[codes]
        if (found == self._UNSEEN).any():
            for code in np.unique(codes[found == self._UNSEEN]).tolist():
                self._table[code] = unicodedata.category(chr(code))[0] in "LMN"
            found = self._table[codes]
        return found.view(np.bool_)


_LETTERS = _Letters()


def text_key(text: str) -> str:
    """What two texts share when they differ only in case, spaces and punctuation; symbols alone stay as they are."""
    return text_keys([text])[0]


def text_keys(texts: Sequence[str]) -> list[str]:
    """The `text_key` of each text; those of many are found in a fraction of the time."""
    return [key for _, batch in batches(texts) for key in _text_keys(batch)]


def _text_keys(texts: Sequence[str]) -> list[str]:
    joined = _SEPARATOR.join([text.casefold() for text in texts])
    if joined.count(_SEPARATOR) > len(texts) - 1:  # a text holds it, too
        if len(texts) > 1:
            return [text_key(text) for text in texts]
        joined = joined.replace(_SEPARATOR, "")
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4")
    kept = codes[_LETTERS.among(codes) | (codes == ord(_SEPARATOR))]
    keys = kept.tobytes().decode("utf-32-le", "surrogatepass").split(_SEPARATOR)
    return [key or text for key, text in zip(keys, texts, strict=True)]


def batches(texts: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    """The texts in order, some `BATCH_CHARS` characters at a time, and the number of the first of them."""
    begin = num_chars = 0
    for end, text in enumerate(texts, 1):
        num_chars += len(text)
        if num_chars >= BATCH_CHARS:
            yield begin, texts[begin:end]
            begin, num_chars = end, 0
    if begin < len(texts):
        yield begin, texts[begin:]


def number_of(text: str) -> int:
    """64 bits of the text's BLAKE2b hash, never 0; zero-width spaces, which not everybody writes, count for nothing."""
    return int.from_bytes(_digest(text), "little") or 1


def numbers_of(texts: Sequence[str]) -> np.ndarray:
    """`number_of` each text, (N,) of uint64."""
    return np.maximum(np.frombuffer(b"".join(map(_digest, texts)), "<u8"), np.uint64(1))


def _digest(text: str) -> bytes:
    return blake2b(without_breaks(text).encode("utf-8", "surrogatepass"), digest_size=8).digest()


def keys_of(rows: Sequence[Example], sides: Sides) -> np.ndarray:
    """The keys of rows, (`NUM_KEYS`, N) of uint64: 0 where a row has none in that place, but one of each is not 0.

    Args:
        rows: N of them.
        sides: By which rows are joined, besides the group that a person named.
    """
    found = np.zeros((NUM_KEYS, len(rows)), np.uint64)
    for place, side in enumerate(sides):
        texts = [getattr(row, side) for row in rows]
        keys = [side[0] + key for key in text_keys(texts)]
        found[place] = np.where(np.fromiter(map(bool, texts), np.bool_, len(texts)), numbers_of(keys), 0)
    if "group" not in sides:
        for number, row in enumerate(rows):
            if row.group:
                found[len(sides), number] = number_of(f"g{row.group}")
    for number in np.flatnonzero(~found.any(0)).tolist():
        found[0, number] = number_of(f"t{rows[number].target}")
    return found


def pair_keys(rows: Sequence[Example]) -> np.ndarray:
    """What rows have in common that repeat each other, (N,) of uint64."""
    return numbers_of([f"{row.source}\0{row.target}\0{row.context}" for row in rows])


def rest_keys(rows: Sequence[Example]) -> np.ndarray:
    """A number for each answer's place and further references, (N,) of uint64; 0 where there are none."""
    found = np.zeros(len(rows), np.uint64)
    for number, row in enumerate(rows):
        if row.start >= 0 or row.references:
            found[number] = number_of(repr((row.start, row.references)))
    return found


def key_names(sides: Sides) -> list[str]:
    """What the keys of `keys_of` are of, place by place."""
    return [*sides, *(["group"] if "group" not in sides else [])]


def mixed(keys: np.ndarray, seed: int) -> np.ndarray:
    """The keys as other evenly spread numbers, which the seed changes."""
    return mix(keys ^ np.uint64(number_of(f"seed {seed}")))


def mix(values: np.ndarray) -> np.ndarray:
    """Each 64-bit number as another one, all of whose bits depend on all of its bits; one to one.

    Paper: Steele, Lea and Flood (2014), the finalizer of SplitMix64: the same on every machine and in every run.
    """
    mixed = values ^ (values >> np.uint64(30))
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed
