"""Which words of one side go with which of the other, learned from the pairs themselves and asked of pairs left out.

Both directions of IBM's model 1: with a pair's source words f and target words e, each once,

    p(e | f) = c(f, e) / sum over e' of c(f, e'),    c(f, e) = sum over pairs of p(e | f) / (sum over f' of p(e | f') +
    null)

for a few rounds; null, half of the word's own share of the corpus, takes words that nothing explains. A pair that was
learned from would speak for itself: a word seen there alone would be sure of its partner. So its own share is taken off
the counts before it is asked, which leaves the model that learned from all other pairs in the last round.

Words are cut to their first letters, which joins the forms of a word; pairs of neighboring characters count as words
in scripts without spaces.

Papers: Brown et al. (1993), The mathematics of statistical machine translation, model 1; Moore (2004), Improving IBM
word-alignment model 1, sec. 4, for the null word's part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from braid.text.scripts import is_unspaced
from braid.text.units import units

PREFIX = 6
"""Letters of a word that count."""
MOST_WORDS = 60
"""Of one text, its first."""
ROUNDS = 4
NULL = 0.5
MOST_LINKS = 16_000_000
"""Pairs of words learned from; of larger data so many rows are drawn as make them."""
BLOCK_LINKS = 4_000_000
"""Pairs of words asked about at once."""
BACKGROUND = 0.1
"""The weight of a word's own share of the corpus in its probability."""
EXPLAINED = 1.0
"""Nats by which a word must be likelier than by itself to count as explained."""
LEAST = 1e-3


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """The words of texts as numbers, each once a text.

    Args:
        ids: Text after text.
        starts: Where each text begins, and the end of the last.
        counts: In how many texts each word stands.
    """

    ids: np.ndarray
    starts: np.ndarray
    counts: np.ndarray

    @property
    def lengths(self) -> np.ndarray:
        """Words of each text."""
        return np.diff(self.starts)

    def at(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The words of some texts, text after text, and the number within ``rows`` that each belongs to."""
        lengths = self.lengths[rows]
        owners = np.repeat(np.arange(len(rows)), lengths)
        places = np.repeat(self.starts[:-1][rows] - (np.cumsum(lengths) - lengths), lengths) + np.arange(len(owners))
        return self.ids[places], owners


def link_words(text: str) -> list[str]:
    """The words of a text by which it is compared with its partner."""
    words = units(text)
    joined = [one + other for one, other in pairwise(words) if len(one) == len(other) == 1 and is_unspaced(one[0])]
    return list(dict.fromkeys([*(word[:PREFIX] for word in words[:MOST_WORDS]), *joined[:MOST_WORDS]]))[:MOST_WORDS]


def tokens_of(words: Sequence[Sequence[str]]) -> Tokens:
    """Texts as numbers of words."""
    vocabulary: dict[str, int] = {}
    ids = [vocabulary.setdefault(word, len(vocabulary)) for text in words for word in text]
    starts = np.concatenate([[0], np.cumsum([len(text) for text in words], dtype=np.int64)]).astype(np.int64)
    found = np.array(ids, np.int64)
    return Tokens(ids=found, starts=starts, counts=np.bincount(found, minlength=len(vocabulary)))


@dataclass(frozen=True, kw_only=True)
class _Links:
    """Every word of a source beside every word of its target.

    Args:
        source: The source word's place among the sources' words at hand.
        target: The target word's place among the targets'.
        keys: A number for the two words.
    """

    source: np.ndarray
    target: np.ndarray
    keys: np.ndarray


def _links(source: tuple[np.ndarray, np.ndarray], target: tuple[np.ndarray, np.ndarray], width: int) -> _Links:
    """The links of pairs whose sides are given as words and owners."""
    num_pairs = 1 + max((int(owners[-1]) for _, owners in (source, target) if len(owners)), default=-1)
    num_target = np.bincount(target[1], minlength=num_pairs)
    begins = np.cumsum(num_target) - num_target
    repeats = num_target[source[1]]
    left = np.repeat(np.arange(len(source[0])), repeats)
    steps = np.arange(len(left)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    right = np.repeat(begins[source[1]], repeats) + steps
    return _Links(source=left, target=right, keys=source[0][left] * width + target[0][right])


@dataclass(frozen=True, kw_only=True)
class _Direction:
    """One side's words given the other's.

    Args:
        before: p for each pair of words, before the last round.
        counts: c of the last round.
        totals: For each pair of words, the sum over the given word's partners.
        shares: Each predicted word's share of the corpus.
    """

    before: np.ndarray
    counts: np.ndarray
    totals: np.ndarray
    shares: np.ndarray


@dataclass(frozen=True, kw_only=True)
class WordLinks:
    """What goes with what.

    Args:
        source: All sources.
        target: All targets; the one of a source has its number.
        keys: Pairs of words met, ascending.
        is_learned: Which rows were learned from.
        forward: Target words given source words.
        backward: The other way.
    """

    source: Tokens
    target: Tokens
    keys: np.ndarray
    is_learned: np.ndarray
    forward: _Direction
    backward: _Direction

    @classmethod
    def fit(cls, source: Tokens, target: Tokens, seed: int = 1) -> WordLinks:
        """Learned from the pairs, or from as many of them by lot as the limit allows.

        Cost: 4 s and 800 MB for 14 million pairs of words (23,000 pairs of 25 words).
        """
        sizes = source.lengths * target.lengths
        order = np.random.default_rng(seed).permutation(len(sizes))
        rows = np.sort(order[np.cumsum(sizes[order]) <= MOST_LINKS])
        words, others = source.at(rows), target.at(rows)
        width = max(1, len(target.counts))
        links = _links(words, others, width)
        keys, kinds = np.unique(links.keys, return_inverse=True)
        kinds = kinds.astype(np.int32)
        is_learned = np.zeros(len(sizes), bool)
        is_learned[rows] = True
        return cls(
            source=source,
            target=target,
            keys=keys,
            is_learned=is_learned,
            forward=_learned(kinds, keys // width, links.target, others[0], target.counts),
            backward=_learned(kinds, keys % width, links.source, words[0], source.counts),
        )

    def evidence(self, source_rows: np.ndarray, target_rows: np.ndarray) -> np.ndarray:
        """How well sources and targets go together, (pairs, 6); a pair learned from is asked without what it taught.

        For each direction: by how many nats a word is likelier than by itself on average, the share of words so
        explained, and the nats summed over the root of the number of words. Words seen in one text only do not count.
        """
        sizes = np.cumsum(self.source.lengths[source_rows] * self.target.lengths[target_rows])
        blocks = np.split(np.arange(len(sizes)), np.flatnonzero(np.diff(sizes // BLOCK_LINKS)) + 1)
        parts = [self._evidence(source_rows[block], target_rows[block]) for block in blocks if len(block)]
        return np.concatenate([np.zeros((0, 6)), *parts])

    def _evidence(self, source_rows: np.ndarray, target_rows: np.ndarray) -> np.ndarray:
        words, others = self.source.at(source_rows), self.target.at(target_rows)
        links = _links(words, others, max(1, len(self.target.counts)))
        if not len(self.keys):
            return np.zeros((len(source_rows), 6))
        kinds = np.minimum(np.searchsorted(self.keys, links.keys), len(self.keys) - 1)
        is_met = self.keys[kinds] == links.keys
        is_own = (source_rows == target_rows) & self.is_learned[source_rows]
        own = is_own[words[1]][links.source] & is_met
        columns = []
        for direction, given, predicted, (ids, owners), counts in (
            (self.forward, links.source, links.target, others, self.target.counts),
            (self.backward, links.target, links.source, words, self.source.counts),
        ):
            probability = _asked(direction, kinds, is_met, own, (given, predicted, ids))
            partners = np.bincount((words if direction is self.forward else others)[1], minlength=len(source_rows))
            columns += _summed(direction, (probability, predicted), (ids, owners), partners, counts)
        return np.stack(columns, axis=1)


def _learned(
    kinds: np.ndarray, given: np.ndarray, predicted: np.ndarray, ids: np.ndarray, counts: np.ndarray
) -> _Direction:
    """One direction after all rounds.

    ``kinds`` numbers the links' pairs of words, ``given`` is the known word of each such pair, ``predicted`` the place
    of each link's other word, ``ids`` the word there, and ``counts`` how often each of these stands in the corpus.
    """
    shares = counts / max(1, counts.sum())
    null = NULL * shares[ids]
    before = probability = np.ones(int(kinds.max(initial=-1)) + 1, np.float32)
    found = totals = probability.astype(np.float64)
    for number in range(ROUNDS):
        before = probability
        posterior = _posterior(before[kinds], predicted, null if number else np.zeros(len(ids)))
        found = np.bincount(kinds, posterior, minlength=len(before))
        totals = np.bincount(given, found)[given] if len(given) else found
        probability = (found / np.maximum(totals, LEAST * LEAST)).astype(np.float32)
    return _Direction(before=before, counts=found, totals=totals, shares=shares)


def _posterior(probability: np.ndarray, predicted: np.ndarray, null: np.ndarray) -> np.ndarray:
    """For each link the probability that its given word made the predicted one."""
    return probability / np.maximum(np.bincount(predicted, probability, minlength=len(null)) + null, 1e-30)[predicted]


def _asked(
    direction: _Direction,
    kinds: np.ndarray,
    is_met: np.ndarray,
    own: np.ndarray,
    places: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> np.ndarray:
    """p of each link, without what its own pair taught where that was learned from."""
    given, predicted, ids = places
    before = np.where(is_met, direction.before[kinds], 0)
    taught = np.where(own, _posterior(before, predicted, NULL * direction.shares[ids]), 0)
    totals = direction.totals[kinds] - np.bincount(given, taught)[given]
    counts = np.maximum(direction.counts[kinds] - taught, 0)
    return np.where(is_met & (totals > LEAST), counts / np.maximum(totals, LEAST), 0)


def _summed(
    direction: _Direction,
    found: tuple[np.ndarray, np.ndarray],
    words: tuple[np.ndarray, np.ndarray],
    partners: np.ndarray,
    counts: np.ndarray,
) -> list[np.ndarray]:
    """The three numbers of one direction for each pair."""
    (probability, predicted), (ids, owners) = found, words
    sums = np.bincount(predicted, probability, minlength=len(ids)) / np.maximum(partners[owners], 1)
    shares = direction.shares[ids]
    nats = np.log(BACKGROUND + (1 - BACKGROUND) * sums / shares)
    counted = counts[ids] > 1
    number = np.maximum(np.bincount(owners, counted, minlength=len(partners)), 1)
    total = np.bincount(owners, nats * counted, minlength=len(partners))
    explained = np.bincount(owners, (nats > EXPLAINED) & counted, minlength=len(partners))
    return [total / number, explained / number, total / np.sqrt(number)]
