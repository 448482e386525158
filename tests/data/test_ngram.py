"""Kneser-Ney against a plain recursion over dictionaries."""

import itertools
import math
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.data import ngram
from braid.data.ngram import USUAL_DISCOUNTS, NgramModel
from braid.errors import DataError
from braid.metrics.language_model import language_model_scores
from braid.text.normalize import normalize
from braid.text.tokenizer import train_tokenizer

VOCAB, BOS, EOS = 7, 1, 2
ROWS = st.lists(st.lists(st.integers(2, VOCAB - 1), max_size=8), max_size=12)


def markov_rows(seed, num_rows, vocab=VOCAB, memory=2, length=6):
    """Rows in which each id depends on the ``memory`` ids before it, and the end on nothing."""
    random = np.random.default_rng(seed)
    table = random.dirichlet(np.ones(vocab - 3), size=(vocab,) * memory)
    rows = []
    for _ in range(num_rows):
        row = [BOS] * memory
        for _ in range(int(random.geometric(1 / length)) - 1):
            row.append(3 + int(random.choice(vocab - 3, p=table[tuple(row[len(row) - memory :])])))
        rows.append([*row[memory:], EOS])
    return rows


class Reference:
    """The recurrence as the paper writes it, one n-gram at a time."""

    def __init__(self, rows, order):
        self.counts = []
        grams = [Counter() for _ in range(order + 1)]
        for row in rows:
            row = [BOS, *row]
            for end in range(1, len(row)):
                for length in range(1, min(order, end + 1) + 1):
                    grams[length][tuple(row[end - length + 1 : end + 1])] += 1
        for length in range(1, order + 1):
            counts = Counter(grams[length])
            if length < order:
                before = defaultdict(set)
                for gram in grams[length + 1]:
                    before[gram[1:]].add(gram[0])
                counts = Counter({g: c if g[0] == BOS else len(before[g]) for g, c in grams[length].items()})
            self.counts.append(counts)

    def discounts(self, counts):
        n1, n2, n3, n4 = (sum(c == number for c in counts.values()) for number in range(1, 5))
        if not n1 or not n2 or not n3:
            return USUAL_DISCOUNTS
        y = n1 / (n1 + 2 * n2)
        found = (1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)
        return found if min(found) > 0 else USUAL_DISCOUNTS

    def probability(self, context, word):
        if context is None:
            return 1 / VOCAB
        shorter = self.probability(context[1:] if context else None, word)
        counts = self.counts[len(context)]
        after = {gram[-1]: count for gram, count in counts.items() if gram[:-1] == context}
        if not after:
            return shorter
        discounts = self.discounts(counts)
        taken = {w: min(c, discounts[min(c, 3) - 1]) for w, c in after.items()}
        total = sum(after.values())
        return (after.get(word, 0) - taken.get(word, 0)) / total + sum(taken.values()) / total * shorter

    def log_probabilities(self, row, order):
        row = [BOS, *row]
        return [
            math.log(self.probability(tuple(row[max(0, end - order + 1) : end]), row[end]))
            for end in range(1, len(row))
        ]


@pytest.mark.parametrize("order", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("num_rows", [1, 8, 150])
def test_probabilities_are_the_papers(order, num_rows):
    rows = [*markov_rows(num_rows, num_rows), []]
    model, plain = NgramModel.fit(rows, vocab_size=VOCAB, bos_id=BOS, order=order), Reference(rows, order)
    for row in [*markov_rows(99, 12), [0, 0], [BOS, 3], [EOS, EOS, 5], []]:
        np.testing.assert_allclose(model.log_probabilities(row), plain.log_probabilities(row, order), rtol=1e-9)


def test_discounts_are_estimated():
    plain = Reference(markov_rows(150, 150), 4)
    assert any(plain.discounts(counts) != USUAL_DISCOUNTS for counts in plain.counts)


def test_worked_by_hand():
    """Two rows, bigrams: with the usual discounts, as no bigram is counted three times."""
    model = NgramModel.fit([[3, 2], [3, 4, 2]], vocab_size=5, bos_id=1, order=2)
    # Different left neighbors: of 3 one (bos), of 4 one (3), of 2 two (3 and 4). Each gives half of one or one of two.
    below = {token: ((0.5, 1.0)[token == 2] if token in (2, 3, 4) else 0.0) / 4 + (2 / 4) / 5 for token in range(5)}
    expected = [
        (2 - 1) / 2 + 1 / 2 * below[3],
        (1 - 0.5) / 2 + (0.5 + 0.5) / 2 * below[4],
        (1 - 0.5) / 1 + 0.5 * below[2],
    ]
    np.testing.assert_allclose(np.exp(model.log_probabilities([3, 4, 2])), expected)


@given(ROWS, st.lists(st.integers(0, VOCAB - 1), max_size=6), st.integers(1, 6))
@settings(max_examples=150, deadline=None)
def test_probabilities_sum_to_one(rows, context, order):
    model = NgramModel.fit(rows, vocab_size=VOCAB, bos_id=BOS, order=order)
    last = [row[-1] for row in model.score([[*context, token] for token in range(VOCAB)])]
    assert np.exp(last).sum() == pytest.approx(1, abs=1e-12)
    assert np.isfinite(last).all()


@given(ROWS, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_rows_does_not_matter(rows, random):
    shuffled = random.sample(rows, len(rows))
    both = [NgramModel.fit(each, vocab_size=VOCAB, bos_id=BOS, order=3) for each in (rows, shuffled)]
    for row in rows:
        np.testing.assert_allclose(both[0].log_probabilities(row), both[1].log_probabilities(row), rtol=1e-12)


def test_many_rows_are_scored_as_one_by_one(monkeypatch):
    model = NgramModel.fit(iter(markov_rows(1, 100)), vocab_size=VOCAB, bos_id=BOS, order=4)
    rows = [[], *markov_rows(2, 60), [], np.array([3, 4], dtype=np.int32), []]
    for chunk in (1, 10, 10**6):
        monkeypatch.setattr(ngram, "CHUNK", chunk)
        found = model.score(rows)
        assert [len(values) for values in found] == [len(row) for row in rows]
        for row, values in zip(rows, found, strict=True):
            np.testing.assert_array_equal(values, model.log_probabilities(row))
    assert model.score([]) == []


def test_a_cut_model_is_the_model_of_that_order():
    rows = markov_rows(4, 80)
    long = NgramModel.fit(rows, vocab_size=VOCAB, bos_id=BOS, order=5)
    for order in range(1, 6):
        cut, fitted = long.cut(order), NgramModel.fit(rows, vocab_size=VOCAB, bos_id=BOS, order=order)
        assert cut.order == order
        for row in markov_rows(5, 5):
            np.testing.assert_array_equal(cut.log_probabilities(row), fitted.log_probabilities(row))


@pytest.mark.parametrize("memory", [0, 1, 2, 3])
def test_the_best_order_is_the_datas(memory):
    rows = markov_rows(6, 4000, memory=memory, length=15)
    model = NgramModel.fit(rows[:3500], vocab_size=VOCAB, bos_id=BOS, order=6)
    likelihoods = [sum(row.sum() for row in model.cut(order).score(rows[3500:])) for order in range(1, 7)]
    assert np.argmax(likelihoods) == memory


@pytest.mark.parametrize("row", [[VOCAB], [-1], [3, 99]])
def test_ids_outside_of_the_vocabulary_are_refused(row):
    with pytest.raises(DataError, match="ids must be from 0 to 6"):
        NgramModel.fit([row], vocab_size=VOCAB, bos_id=BOS)
    with pytest.raises(DataError, match="ids must be from 0 to 6"):
        NgramModel.fit([[3]], vocab_size=VOCAB, bos_id=BOS).log_probabilities(row)


@pytest.mark.parametrize("rows", [[], [[]], [[], []]])
def test_no_text_leaves_all_ids_equally_likely(rows):
    model = NgramModel.fit(rows, vocab_size=4, bos_id=BOS, order=3)
    np.testing.assert_allclose(np.exp(model.log_probabilities([0, 3, 3, 2])), 0.25)


def test_shakespeare(shared_data):
    """Bits per byte of real text: a baseline that gets weaker would flatter every network."""
    text = (shared_data / "lm" / "tinyshakespeare" / "input.txt").read_text(encoding="utf-8")
    lines = [line for line in map(normalize, text.split("\n")) if line]
    ends = list(itertools.accumulate(len(line) + 1 for line in lines))
    border = next(index for index, end in enumerate(ends) if end >= 0.9 * ends[-1])
    tokenizer = train_tokenizer(lines[:border], vocab_size=2000)
    rows = tokenizer.encode(lines)
    model = NgramModel.fit(rows[:border], vocab_size=tokenizer.vocab_size, bos_id=tokenizer.bos_id)
    ended = [f"{line}\n" for line in lines[border:]]  # the line's end is what eos stands for
    assert language_model_scores(model.score(rows[border:]), ended)["bits_per_byte"].value < 2.25
