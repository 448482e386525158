"""How long texts are, how many words they use, how many more would bring, and how well training covers the test.

Words are those of `braid.text.words`, found by dictionaries and models where no spaces part them, and not the units
that rows are compared in (`braid.text.units`): the characters of a script are soon all known, so that neither growth
nor coverage could be told by them.

Papers: Heaps (1978), Information retrieval: computational and theoretical aspects, sec. 7.5: types grow as K n^b with
the n words read; we take b from the second half of the curve, for it falls on the way.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from braid.auditing.data_sample import SEED
from braid.text.words import words

if TYPE_CHECKING:
    from braid.text.tokenizer import Tokenizer

PERCENTILES = (1, 5, 25, 50, 75, 95, 99, 100)
POINTS = 24
"""Of a vocabulary's curve."""
FERTILITY_TEXTS = 2000
MOST_BINS = 16


@dataclass(frozen=True, kw_only=True)
class Words:
    """The words of texts as numbers.

    Args:
        ids: Of all words, text after text.
        starts: Where each text begins, and the end of the last.
        vocabulary: The number of each word.
    """

    ids: np.ndarray
    starts: np.ndarray
    vocabulary: dict[str, int]

    @property
    def lengths(self) -> np.ndarray:
        """Words of each text."""
        return np.diff(self.starts)


def _words(text: str) -> list[str]:
    return [text[begin:end].lower() for begin, end in words(text)]


def words_of(texts: Iterable[str]) -> Words:
    """Texts as numbers of words; a word's number is its rank by first appearance."""
    vocabulary: dict[str, int] = {}
    parts, starts = [np.zeros(0, np.int32)], [0]
    for text in texts:
        found = [vocabulary.setdefault(word, len(vocabulary)) for word in _words(text)]
        parts.append(np.array(found, np.int32))
        starts.append(starts[-1] + len(found))
    return Words(ids=np.concatenate(parts), starts=np.array(starts), vocabulary=vocabulary)


def percentiles(values: np.ndarray | Sequence[float], digits: int = 0) -> dict[str, float]:
    """`PERCENTILES` of values by name, rounded; nothing of no values."""
    if not len(values):
        return {}
    found = np.percentile(values, PERCENTILES)
    return {
        str(name): round(float(value), digits) if digits else round(float(value))
        for name, value in zip(PERCENTILES, found, strict=True)
    }


def histogram(sides: dict[str, np.ndarray]) -> dict[str, Any]:
    """Counts of lengths between edges that double, or grow by a half where there are few."""
    longest = max((int(lengths.max()) for lengths in sides.values() if len(lengths)), default=0)
    factor = 1.5 if longest < 1000 else 2.0
    edges = [0, 1]
    while edges[-1] <= longest and len(edges) < 60:
        edges.append(max(edges[-1] + 1, math.ceil(edges[-1] * factor)))
    if len(edges) > MOST_BINS + 1:
        edges = [0, 1, *(2**power for power in range(1, max(2, longest.bit_length() + 1)))]
    bars = {name: np.histogram(lengths, edges)[0].tolist() for name, lengths in sides.items()}
    return {"edges": edges, "bars": bars}


def length_ratio(source: np.ndarray, target: np.ndarray) -> dict[str, float]:
    """Percentiles of the target's words for each of the source's."""
    has_words = (source > 0) & (target > 0)
    return percentiles(target[has_words] / source[has_words], 2)


def vocabulary_growth(words: Words) -> dict[str, Any]:
    """Types by words read, texts in an order by lot, and what twice as many texts would bring.

    Returns:
        ``words``, ``types``, ``once`` (types that stand there once), ``curve`` as points, ``exponent`` b, and
        ``next_doubling``, the new types that doubling the data would bring if the curve went on as in its second half.
    """
    total, num_types = len(words.ids), len(words.vocabulary)
    if not total:
        return {"words": 0, "types": 0, "once": 0, "curve": [], "exponent": 0.0, "next_doubling": 0}
    order = np.random.default_rng(SEED).permutation(len(words.lengths))
    lengths = words.lengths[order]
    begins = np.repeat(words.starts[:-1][order] - (np.cumsum(lengths) - lengths), lengths)
    shuffled = words.ids[begins + np.arange(total)]
    first = np.sort(np.unique(shuffled, return_index=True)[1])
    points = np.unique(np.linspace(0, total, POINTS + 1).astype(np.int64))
    types = np.searchsorted(first, points)
    at_half = int(np.searchsorted(first, total // 2)) or 1
    exponent = math.log2(num_types / at_half) if total > 1 else 0.0
    return {
        "words": total,
        "types": num_types,
        "once": int((np.bincount(words.ids, minlength=num_types) == 1).sum()),
        "curve": [[int(x), int(y)] for x, y in zip(points, types, strict=True)],
        "exponent": round(exponent, 3),
        "next_doubling": round(num_types * (2**exponent - 1)),
    }


def coverage(train: Words, texts: Sequence[str]) -> dict[str, Any]:
    """How much of other texts training has shown: shares of words and of types, and of words it has shown just once."""
    counts = np.bincount(train.ids, minlength=len(train.vocabulary))
    found = [train.vocabulary.get(word, -1) for text in texts for word in _words(text)]
    tokens = np.array(found, np.int64)
    if not len(tokens):
        return {"words": 0, "known": 1.0, "known_types": 1.0, "seen_once": 0.0}
    is_known = tokens >= 0
    types = {word for text in texts for word in _words(text)}
    return {
        "words": len(tokens),
        "known": round(float(is_known.mean()), 4),
        "known_types": round(sum(word in train.vocabulary for word in types) / len(types), 4),
        "seen_once": round(float((counts[tokens[is_known]] == 1).sum() / len(tokens)), 4),
    }


def fertility(tokenizer: Tokenizer, texts: Sequence[str]) -> float:
    """Subwords a word, over some of the texts; 0 where they hold no word."""
    some = texts[:: max(1, len(texts) // FERTILITY_TEXTS)][:FERTILITY_TEXTS]
    num_words = sum(len(_words(text)) for text in some)
    num_subwords = sum(len(ids) - 1 for ids in tokenizer.encode(some)) if some else 0
    return round(num_subwords / num_words, 2) if num_words else 0.0
