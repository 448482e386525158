"""Texts as arrays of folded letters and digits, and the overlapping windows of them by which texts are compared.

Folding forgets case, spaces and punctuation, as `braid.data.keys.text_key` does, and also width and whether Chinese is
simplified or traditional. A wide character (Chinese, kana, Hangul) fills two columns, for it says as much as two or
three letters: a window of four columns is four letters, or two to three Chinese characters, and mixed texts need no
rule of their own.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from braid.data.keys import mix
from braid.text.normalize import normalize
from braid.text.variants import fold_variant

_UNSEEN = 255
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""Odd, and the same on every machine and in every run."""


class _Folding:
    """For every code point met so far: what it folds to, and how many columns that fills."""

    def __init__(self) -> None:
        self.codes = np.zeros(sys.maxunicode + 1, np.uint32)
        self.columns = np.full(sys.maxunicode + 1, _UNSEEN, np.uint8)
        self.is_digit = np.zeros(sys.maxunicode + 1, np.bool_)

    def columns_of(self, codes: np.ndarray) -> np.ndarray:
        """Columns of each code point."""
        columns = self.columns[codes]
        if (columns == _UNSEEN).any():
            for code in np.unique(codes[columns == _UNSEEN]).tolist():
                self._learn(code)
            columns = self.columns[codes]
        return columns

    def _learn(self, code: int) -> None:
        whole = unicodedata.normalize("NFKC", chr(code)).casefold()
        char = fold_variant(whole) if len(whole) == 1 else chr(code)
        category = unicodedata.category(char)
        self.codes[code] = ord(char)
        self.is_digit[code] = category == "Nd"
        self.columns[code] = 0 if category[0] not in "LMN" else 2 if unicodedata.east_asian_width(char) == "W" else 1


_FOLDING = _Folding()


@dataclass(frozen=True, slots=True)
class Folded:
    """Several texts, folded, one behind the other.

    Args:
        codes: A code point for each column.
        bounds: Text n has the columns from ``bounds[n]`` to ``bounds[n + 1]``.
        is_digit: Whether a column is a decimal digit.
    """

    codes: np.ndarray
    bounds: np.ndarray
    is_digit: np.ndarray

    def key(self, number: int) -> bytes:
        """What two texts share that fold to the same; empty for a text without letters and digits."""
        return self.codes[self.bounds[number] : self.bounds[number + 1]].tobytes()


def fold(texts: Sequence[str]) -> Folded:
    """The texts folded.

    Example:
        >>> folded = fold(["Tom's CAR!", "toms ｃａｒ"])
        >>> folded.key(0) == folded.key(1)
        True
    """
    plain = [(text if text.isascii() else normalize(text)).casefold() for text in texts]
    codes = np.frombuffer("".join(plain).encode("utf-32-le"), "<u4")
    columns = _FOLDING.columns_of(codes)
    widest = columns.max(initial=0)
    chosen = np.repeat(codes, columns) if widest > 1 else codes[columns.view(np.bool_)]
    filled = np.concatenate([[0], np.cumsum(columns, dtype=np.int64)])
    ends = np.cumsum(np.fromiter(map(len, plain), np.int64, len(plain)))
    bounds = filled[np.concatenate([[0], ends])]
    return Folded(_FOLDING.codes[chosen], bounds, _FOLDING.is_digit[chosen])


def window_counts(bounds: np.ndarray, size: int) -> np.ndarray:
    """How many windows of ``size`` columns each text has."""
    return np.maximum(np.diff(bounds) - size + 1, 0)


def window_places(bounds: np.ndarray, size: int) -> np.ndarray:
    """The column at which each window begins that lies in one text, in order."""
    return ranges(bounds[:-1], window_counts(bounds, size))


def ranges(starts: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The numbers from each start on, as many as its count, one range behind the other."""
    shifts = np.repeat(starts - (np.cumsum(counts) - counts), counts)
    return shifts + np.arange(len(shifts))


def window_hashes(codes: np.ndarray, size: int) -> np.ndarray:
    """A 64-bit number for each window of ``size`` columns, wherever it begins, those over two texts included.

    h = c_0 m^(n-1) + c_1 m^(n-2) + … + c_(n-1) modulo 2^64, in about 2 log2(size) multiplications: the hash of a window
    is made of those of two halves.
    """
    num = len(codes) - size + 1
    if num <= 0:
        return np.zeros(0, np.uint64)
    wide = codes.astype(np.uint64)
    hashes, length = wide, 1
    multiplier = int(_MULTIPLIER)
    for bit in bin(size)[3:]:
        power = np.uint64(pow(multiplier, length, 2**64))
        hashes = hashes[:-length] * power + hashes[length:]
        length *= 2
        if bit == "1":
            hashes = hashes[:-1] * _MULTIPLIER + wide[length : length + len(hashes) - 1]
            length += 1
    return mix(hashes)


def digit_hashes(folded: Folded) -> np.ndarray:
    """A 64-bit number for each text that stands for its digits in their order; 0 for one without."""
    places = np.flatnonzero(folded.is_digit)
    owners = np.searchsorted(folded.bounds, places, side="right") - 1
    firsts = np.searchsorted(owners, np.arange(len(folded.bounds) - 1))
    ranks = (np.arange(len(places)) - firsts[owners]).astype(np.uint64)
    found = np.zeros(len(folded.bounds) - 1, np.uint64)
    np.add.at(found, owners, mix((ranks << np.uint64(32)) + folded.codes[places] + np.uint64(1)))
    return found
