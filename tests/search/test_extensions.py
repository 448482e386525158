"""The best extensions against a stable sort of all of them."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from braid.search.extensions import BLOCKS, SCRATCH, best_extensions, normalizer


@np.errstate(invalid="ignore")
def plain(log_probs, logits, width):
    """Parents, tokens and log-probabilities; all extensions sorted, what is no number impossible."""
    vocab = logits.shape[2]
    totals = log_probs[:, :, None] + plain_log_softmax(logits)
    totals = np.where(np.isnan(totals), -np.inf, totals).reshape(len(logits), -1)
    order = np.argsort(-totals, axis=1, kind="stable")[:, :width]
    return order // vocab, order % vocab, np.take_along_axis(totals, order, axis=1)


@np.errstate(invalid="ignore")
def plain_log_softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def assert_same(found, expected):
    np.testing.assert_array_equal(found[2], expected[2])
    real = np.isfinite(expected[2])
    np.testing.assert_array_equal(found[0][real], expected[0][real])
    np.testing.assert_array_equal(found[1][real], expected[1][real])
    assert (found[1] >= 0).all()


SPECIAL = st.sampled_from([0.0, -0.0, 1.0, 1.0, 2.0, -np.inf, -np.inf, np.nan, np.inf, 1e30, -1e30])
CLOSE = st.integers(-3, 3).map(lambda n: 1.0 + n * 2.0**-23)  # ties that rounding makes
NUMBERS = st.floats(-30, 30, width=32)
SHAPES = st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 3 * BLOCKS))


@given(st.data(), SHAPES, st.sampled_from([NUMBERS, CLOSE, SPECIAL, NUMBERS | SPECIAL]), st.sampled_from(["f4", "f8"]))
@settings(max_examples=300)
def test_the_best_are_those_of_a_stable_sort(data, shape, values, kind):
    logits = data.draw(arrays(kind, shape, elements=values))
    log_probs = data.draw(arrays("f8", shape[:2], elements=st.sampled_from([0.0, -0.5, -0.5, -40.0, -np.inf])))
    width = data.draw(st.integers(1, shape[1] * shape[2]))
    expected = plain(log_probs, logits, width)
    assert_same(best_extensions(log_probs, logits.copy(), normalizer(logits), width), expected)


@given(st.integers(0, 2**32), st.integers(1, 5), st.integers(1, 40), st.integers(40, 3000), st.sampled_from([0, 1, 9]))
@settings(max_examples=60)
def test_vocabularies_of_any_size(seed, batch, width, vocab, digits):
    """Also with logits of few digits, of which many are equal, and with hypotheses that do not exist."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 3, (batch, 3, vocab)).round(digits).astype("f4")
    log_probs = np.where(random.random((batch, 3)) < 0.3, -np.inf, -random.exponential(9, (batch, 3)))
    assert_same(best_extensions(log_probs, logits, normalizer(logits), width), plain(log_probs, logits, width))


@pytest.mark.parametrize("kept", [0, 1, 5])
def test_rows_of_which_little_is_possible(kept):
    """As where a quota forbids all but a few, on log-probabilities that lose nothing more."""
    logits = np.random.default_rng(1).normal(0, 3, (2, 4, 500)).astype("f4")
    taken = normalizer(logits).take(logits)
    np.testing.assert_allclose(np.exp(logits).sum(axis=2), 1, atol=1e-5)
    logits[:, 1:, kept:] = -np.inf
    logits[1, 0] = -np.inf
    log_probs = np.full((2, 4), -2.0)
    totals = (log_probs[:, :, None] + logits).reshape(2, -1)
    expected = np.argsort(-totals, axis=1, kind="stable")[:, :4]
    found = best_extensions(log_probs, logits, taken, 4)
    assert_same(found, (expected // 500, expected % 500, np.take_along_axis(totals, expected, axis=1)))
    assert np.isfinite(found[2][1]).sum() == min(4, 3 * kept)


def test_nothing_possible_is_said_without_a_warning():
    for value in (np.nan, -np.inf, np.inf):
        for old, width in ((1, 1), (1, 3), (3, 1), (3, 3)):
            logits = np.full((2, old, 40), value, dtype="f4")
            with np.errstate(all="raise"):
                parent, token, best = best_extensions(np.zeros((2, old)), logits, normalizer(logits), width)
            assert not parent.any()
            assert not token.any()
            assert (best == -np.inf).all()


@pytest.mark.parametrize("shape", [(1, 1, 7), (5, 3, SCRATCH // 7), (2, 2, SCRATCH), (40, 4, 999)])
def test_the_normalizer_is_that_of_a_plain_softmax(shape):
    logits = np.random.default_rng(2).normal(0, 5, shape).astype("f4")
    expected = plain_log_softmax(logits)
    normalizer(logits).take(logits)
    np.testing.assert_array_equal(logits, expected)


def test_extensions_are_not_written_down():
    logits = np.random.default_rng(3).normal(0, 3, (32, 4, 8000)).astype("f4")
    log_probs = np.zeros((32, 4))
    tracemalloc.start()
    try:
        best_extensions(log_probs, logits, normalizer(logits), 4)
        assert tracemalloc.get_traced_memory()[1] < 0.4 * logits.nbytes
    finally:
        tracemalloc.stop()
