"""Words, pairs of words and pieces of words, counted in buckets: what a linear model reads.

A text becomes tokens: words, single symbols, and single characters in scripts without spaces between words. A
feature is a stretch of these tokens with one space at each border. So every feature is a piece of one string, and all
are found and hashed at once, without a loop over them: the hash of a piece is the difference of two running sums, as
in Karp and Rabin's search.

Papers: Karp and Rabin (1987), Efficient randomized pattern-matching algorithms; Weinberger et al. (2009), Feature
hashing for large scale multitask learning (without their signs: buckets cost nothing here, so that there are enough
of them to make collisions rare).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from braid.data.keys import mix
from braid.text.normalize import normalize, without_breaks

GRAMS = (2, 3, 4)
"""Lengths of the pieces of a word, its border counted as a character."""
MAX_WORD = 64
"""Longer words are cut: a line of base64 is not one word."""
PIECE_CHARS = 500_000
"""Characters worked on at once. No feature crosses the border of two such pieces of one text."""

_SPACE, _WORD, _MARK, _SYMBOL, _ALONE, _APOSTROPHE, _DROPPED = range(1, 8)
_KIND_OF_CATEGORY = {"L": _WORD, "N": _WORD, "M": _MARK, "P": _SYMBOL, "S": _SYMBOL, "Z": _SPACE, "C": _SYMBOL}
_WITHOUT_SPACES = (
    (0x0E00, 0x109F),  # Thai, Lao, Tibetan, Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0xA4CF), (0xF900, 0xFAFF), (0x1B000, 0x1B16F), (0x20000, 0x3FFFF),  # kana, Han, Yi
)  # fmt: skip
_KINDS = np.zeros(0x110000, np.uint8)  # of every character, filled as they are met
_BASE = 0x9E3779B97F4A7C15


def _kind(code: int) -> int:
    char, category = chr(code), unicodedata.category(chr(code))
    if char in "'’":
        return _APOSTROPHE
    if char in "\u200c\u200d":  # joiners in words of Persian and Indic scripts, and in emoji
        return _MARK
    if category in ("Cc", "Cf") or 0xFE00 <= code <= 0xFE0F:  # variation selectors: one heart, two spellings
        return _SPACE if char.isspace() else _DROPPED
    kind = _KIND_OF_CATEGORY[category[0]]
    is_alone = kind == _WORD and any(low <= code <= high for low, high in _WITHOUT_SPACES)
    return _ALONE if is_alone else kind


def _codes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)


def _classified(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Code points of the texts with line breaks between them, the kind of each, and where a mark follows its base.

    A mark has the kind of its base; one that follows a space is none.
    """
    codes = _codes("\n".join(texts))
    for code in np.unique(codes[_KINDS[codes] == 0]).tolist():
        _KINDS[code] = _kind(code)
    codes = codes[_KINDS[codes] != _DROPPED]
    kinds = _KINDS[codes]
    is_word = kinds == _WORD
    is_inner = kinds == _APOSTROPHE
    is_inner[1:-1] &= is_word[:-2] & is_word[2:]
    is_inner[:1] = is_inner[-1:] = False
    kinds[kinds == _APOSTROPHE] = _SYMBOL
    kinds[is_inner] = _WORD
    is_mark = kinds == _MARK
    kinds = np.where(is_mark, kinds[_last(~is_mark)], kinds)
    kinds[kinds == _MARK] = _SPACE
    return codes, kinds, is_mark


def _last(is_chosen: np.ndarray) -> np.ndarray:
    """For each place the last chosen one up to it, 0 before the first."""
    return np.maximum.accumulate(np.where(is_chosen, np.arange(len(is_chosen)), 0))


@dataclass(frozen=True, kw_only=True)
class _Tokens:
    """Tokens of several texts in one string, with one space before each and one at the end.

    Args:
        codes: The string as code points.
        starts: Where each token begins.
        ends: Where it ends.
        is_alone: Whether it is a character of a script without spaces.
        is_word: Whether it is a word of two characters or more.
        rows: Number of its text.
    """

    codes: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    is_alone: np.ndarray
    is_word: np.ndarray
    rows: np.ndarray


def _tokens(texts: Sequence[str]) -> _Tokens:
    codes, kinds, is_mark = _classified(texts)
    inside = kinds != _SPACE
    begins = inside & ~is_mark
    begins[1:] &= (kinds[1:] != _WORD) | (kinds[:-1] != _WORD)
    begins |= inside & ((np.arange(len(kinds)) - _last(begins)) % MAX_WORD == 0)
    first, token = np.flatnonzero(begins), np.cumsum(begins)[inside] - 1
    lengths = np.bincount(token, minlength=len(first))
    padded = np.full(len(token) + len(first) + 1, ord(" "), np.uint32)
    padded[np.arange(len(token)) + token + 1] = np.where(codes == ord("’"), ord("'"), codes)[inside]
    ends = np.cumsum(lengths + 1)
    return _Tokens(
        codes=padded,
        starts=ends - lengths,
        ends=ends,
        is_alone=kinds[first] == _ALONE,
        is_word=(kinds[first] == _WORD) & (lengths > 1),
        rows=np.cumsum(codes == ord("\n"))[first],
    )


def _features(tokens: _Tokens) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Starts and ends in the string, and text numbers, of all features, kind by kind."""
    starts, ends, rows, is_alone = tokens.starts - 1, tokens.ends + 1, tokens.rows, tokens.is_alone
    yield starts, ends, rows
    pair = rows[1:] == rows[:-1]
    yield starts[:-1][pair], ends[1:][pair], rows[1:][pair]
    triple = pair[1:] & pair[:-1] & is_alone[2:] & is_alone[1:-1] & is_alone[:-2]
    yield starts[:-2][triple], ends[2:][triple], rows[2:][triple]
    owner = np.repeat(np.arange(len(starts)), tokens.ends - starts)
    places = np.flatnonzero(tokens.is_word[owner])
    owner = owner[places]
    for size in GRAMS:
        fits = (places + size <= ends[owner]) & (size < (ends - starts)[owner])
        yield places[fits], places[fits] + size, rows[owner[fits]]


def _mixed(values: np.ndarray) -> np.ndarray:
    """64 bits that each depend on every bit of the value."""
    return mix(values + np.uint64(_BASE))


class _Hasher:
    """Buckets of the pieces of a string: a piece has the same one wherever it stands, in every run."""

    def __init__(self, codes: np.ndarray, num_buckets: int) -> None:
        base, inverse = np.uint64(_BASE), np.uint64(pow(_BASE, -1, 1 << 64))
        powers = np.cumprod(np.full(len(codes), base, np.uint64))
        self._inverses = np.cumprod(np.full(len(codes) + 1, inverse, np.uint64))
        self._sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(_mixed(codes.astype(np.uint64)) * powers)])
        self._num_buckets = np.uint64(num_buckets)

    def __call__(self, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        hashes = _mixed((self._sums[ends] - self._sums[starts]) * self._inverses[starts])
        return (hashes % self._num_buckets).astype(np.int64)


def _pieces(texts: Sequence[str]) -> Iterator[tuple[list[str], np.ndarray]]:
    """Cleaned texts, or pieces of long ones, with the number of each one's text; a bounded number at a time."""
    pieces: list[str] = []
    rows: list[int] = []
    size = 0
    for row, text in enumerate(texts):
        clean = unicodedata.normalize("NFKC", without_breaks(normalize(text))).casefold()
        for start in range(0, max(len(clean), 1), PIECE_CHARS):
            pieces.append(clean[start : start + PIECE_CHARS])
            rows.append(row)
            size += len(pieces[-1]) + 1
            if size > PIECE_CHARS:
                yield pieces, np.array(rows)
                pieces, rows, size = [], [], 0
    if pieces:
        yield pieces, np.array(rows)


def word_character_features(text: str) -> list[str]:
    """Every feature of a text as often as it occurs; a space marks the border of a word.

    Words and pairs of words; in scripts without spaces characters, pairs and triples of them; and the pieces of 2
    to 4 characters of each word with its borders. Case and width do not matter; each symbol is a word.

    Cost: Linear in the length of the text.

    Example:
        >>> word_character_features("Hi 我!")
        [' hi ', ' 我 ', ' ! ', ' hi 我 ', ' 我 ! ', ' h', 'hi', 'i ', ' hi', 'hi ']
    """
    found = []
    for pieces, _ in _pieces([text]):
        tokens = _tokens(pieces)
        string = tokens.codes.tobytes().decode("utf-32-le")
        for starts, ends, _ in _features(tokens):
            found += [string[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    return found


def hashed(features: Sequence[str], num_buckets: int) -> tuple[np.ndarray, np.ndarray]:
    """The buckets that the features fall into, ascending, and how many fall into each."""
    lengths = np.array([len(feature) for feature in features], np.int64)
    ends = np.cumsum(lengths)
    buckets = _Hasher(_codes("".join(features)), num_buckets)(ends - lengths, ends)
    return np.unique(buckets, return_counts=True)


@dataclass(frozen=True, kw_only=True)
class FeatureCounts:
    """How often the features of several texts fall into each bucket, text after text.

    Args:
        starts: Where the buckets of each text begin, and the end of the last, (texts + 1,).
        buckets: Bucket numbers, ascending within a text.
        counts: How often, for each of ``buckets``.
    """

    starts: np.ndarray
    buckets: np.ndarray
    counts: np.ndarray


def feature_counts(texts: Sequence[str], num_buckets: int) -> FeatureCounts:
    """`hashed` of the `word_character_features` of every text, all at once and with NumPy alone.

    Args:
        texts: Any.
        num_buckets: At most 2**32, so that a text and a bucket fit into one number.

    Cost: About 2 s for 40,000 texts of 60 characters.
    """
    keys, counts = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for pieces, rows in _pieces(texts):
        tokens = _tokens(pieces)
        hasher, base = _Hasher(tokens.codes, num_buckets), rows * num_buckets
        found = [base[owners] + hasher(starts, ends) for starts, ends, owners in _features(tokens)]
        key, count = np.unique(np.concatenate(found), return_counts=True)
        keys.append(key)
        counts.append(count)
    key, count = np.concatenate(keys), np.concatenate(counts)
    if (key[1:] <= key[:-1]).any():  # a text in several pieces
        key, places = np.unique(key, return_inverse=True)
        count = np.bincount(places, count).astype(np.int64)
    starts = np.searchsorted(key, np.arange(len(texts) + 1) * num_buckets)
    return FeatureCounts(starts=starts, buckets=key % num_buckets, counts=count)
