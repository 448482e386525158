import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.errors import DataError
from braid.metrics.language_model import (
    compare_language_models,
    copied_share,
    distinct_n,
    language_model_scores,
    repetition_rate,
)


def documents(seed, count, length, mean=-3.0, spread=0.5):
    """Log-probabilities of documents, and texts of three bytes a token."""
    random = np.random.default_rng(seed)
    rows = [np.minimum(random.normal(mean, spread, length), 0) for _ in range(count)]
    return rows, ["abc" * length] * count


def test_worked_by_hand():
    halves = [np.full(6, math.log(0.5)), np.full(10, math.log(0.5))]
    scores = language_model_scores(halves, ["灯", "ab"])  # 3 + 2 bytes, 1 + 2 characters
    assert scores["bits_per_byte"].value == pytest.approx(16 / 5)
    assert scores["bits_per_character"].value == pytest.approx(16 / 3)
    assert scores["perplexity"].value == pytest.approx(2)
    assert "bytes:utf-8:5|" in scores["bits_per_byte"].signature
    assert "per:token:16|n:2|" in scores["perplexity"].signature


def test_bits_per_byte_does_not_know_the_tokenizer():
    """The same probability of the text in few tokens or many."""
    few, many = [np.array([-6.0, -4.0])], [np.full(20, -0.5)]
    both = [language_model_scores(rows, ["some text"]) for rows in (few, many)]
    assert both[0]["bits_per_byte"].value == pytest.approx(both[1]["bits_per_byte"].value)
    assert both[0]["perplexity"].value != pytest.approx(both[1]["perplexity"].value)


@pytest.mark.parametrize(
    ("count", "length", "unit"),
    [(200, 50, "documents:200"), (1, 60_000, "blocks-of-1000-tokens:60"), (1, 6000, "blocks-of-200-tokens:30")],
)
def test_intervals_are_as_wide_as_they_should_be(count, length, unit):
    """Independent tokens: the mean of N of them has 1.96 standard errors on either side."""
    rows, texts = documents(1, count, length)
    score = language_model_scores(rows, texts)["bits_per_byte"]
    expected = 2 * 1.96 * 0.5 / math.sqrt(count * length) / 3 / math.log(2)
    assert score.high - score.low == pytest.approx(expected, rel=0.35)
    assert score.low < score.value < score.high
    assert f"resampled:{unit}|bs:1000|seed:" in score.signature


def test_documents_that_differ_widen_the_interval():
    """Text is alike within a document, so that documents and not tokens are drawn."""
    same, texts = documents(1, 60, 200)
    differ = [row + shift for row, shift in zip(same, np.linspace(0, -2, 60), strict=True)]
    widths = [
        (score := language_model_scores(rows, texts)["bits_per_byte"]).high - score.low for rows in (same, differ)
    ]
    assert widths[1] > 5 * widths[0]


def test_one_block_shows_no_spread():
    score = language_model_scores([np.array([-1.0, -2.0])], ["abc"])["perplexity"]
    assert (score.low, score.value, score.high) == pytest.approx((math.exp(1.5),) * 3)


def test_scores_are_repeatable_and_follow_the_seed():
    rows, texts = documents(3, 40, 20)
    first, again, other = (language_model_scores(rows, texts, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first["bits_per_byte"].value == other["bits_per_byte"].value
    assert first["bits_per_byte"].low != other["bits_per_byte"].low
    assert "bs:50|seed:1|" in language_model_scores(rows, texts, seed=1, resamples=50)["perplexity"].signature


def test_comparison_is_paired():
    rows, texts = documents(5, 80, 100, spread=1.0)
    worse = [row - 0.1 - 0.01 * np.sin(np.arange(100)) for row in rows]
    found = compare_language_models(rows, worse, texts)
    assert found.delta == pytest.approx(-0.1 / 3 / math.log(2), rel=0.01)
    assert found.low <= found.delta <= found.high < 0
    assert found.high - found.low < 0.001
    assert found.p_value < 0.01
    swapped = compare_language_models(worse, rows, texts)
    assert (swapped.delta, swapped.low, swapped.high) == pytest.approx((-found.delta, -found.high, -found.low))
    assert compare_language_models(rows, rows, texts).p_value == 1


def test_comparison_of_different_tokenizers_in_few_documents():
    rows, texts = documents(6, 2, 8000)
    pairs = [row.reshape(-1, 2).sum(axis=1) for row in rows]
    alone, found = language_model_scores(rows, texts)["bits_per_byte"], compare_language_models(rows, pairs, texts)
    assert found.delta == pytest.approx(0, abs=1e-9)
    assert found.high - found.low < 0.3 * (alone.high - alone.low)
    assert found.p_value > 0.5


@pytest.mark.parametrize(
    ("rows", "texts", "words"),
    [
        ([], [], "nothing to score"),
        ([np.zeros(0)], [""], "nothing to score"),
        ([np.array([-1.0])], [""], "nothing to score"),
        ([np.array([-1.0])], ["a", "b"], "equally many, got 1 and 2"),
        ([np.array([-1.0]), np.array([np.nan])], ["a", "b"], "document 2"),
        ([np.array([-np.inf])], ["a"], "finite"),
        ([np.array([0.5])], ["a"], "at most 0"),
    ],
)
def test_what_is_no_score(rows, texts, words):
    with pytest.raises(DataError, match=words):
        language_model_scores(rows, texts)


def test_odd_texts():
    rows = [np.array([-1.0])] * 40
    scores = language_model_scores(rows, ["", "\ud800", "שלום", "👩‍💻", *[""] * 36])
    assert scores["bits_per_byte"].value == pytest.approx(40 / math.log(2) / (3 + 8 + 11))
    assert language_model_scores([np.full(5, -1e6)], ["abcde"])["perplexity"].value == math.inf


def test_repetition_rate():
    assert repetition_rate(["a b c d e f"], n=2).value == 0
    assert repetition_rate(["a b a b a b"], n=2).value == pytest.approx(60)  # 5 pairs, 2 different ones
    assert repetition_rate(["A, b. a B!", "a b"], n=2).value == pytest.approx(25)  # not across texts
    assert repetition_rate(["你好你好你好"], n=4).value == pytest.approx(100 / 3)
    assert repetition_rate(["", "a"], n=4).value == 0
    assert repetition_rate(["สวัสดีสวัสดี"], n=4).value == pytest.approx(100 * 3 / 9)


def test_distinct_n():
    assert distinct_n(["a b a b", "a b c"], n=2).value == pytest.approx(60)  # ab ba ab, ab bc
    assert distinct_n(["the cat", "the cat"], n=1).value == 50
    assert distinct_n(["今天今天"], n=2).value == pytest.approx(200 / 3)
    assert distinct_n([""], n=2).value == 0


def test_signs_of_every_script_without_spaces_count_alone():
    assert distinct_n(["ㄅㄆㄇ", "ꀀꀁꀂ", "กขค", "ကခဂ"], n=1).signature.startswith("distinct:1-grams:12|")


def test_distinct_n_has_the_jackknifes_interval():
    texts = ["a b c", "a b", "d e f g", "a b c d", "x y"]
    score = distinct_n(texts, n=2)
    without = [distinct_n(texts[:i] + texts[i + 1 :], n=2).value for i in range(5)]
    error = math.sqrt(4 / 5 * sum((value - np.mean(without)) ** 2 for value in without))
    assert score.low == pytest.approx(score.value - 1.96 * error)
    assert score.high == pytest.approx(min(100, score.value + 1.96 * error))
    assert score.low < score.value


TRAINING = [
    "It was the best of times, it was the worst of times,",
    "it was the age of wisdom.",
    "满纸荒唐言，一把辛酸泪",
]


@pytest.mark.parametrize(
    ("text", "n", "percent"),
    [
        ("It was the best of times it WAS -- the worst", 8, 100),
        ("It was the best of times", 8, 0),
        ("he said it was the best of days", 5, 100 * 5 / 8),
        ("was the best of it was the age of it", 4, 100 * 9 / 10),
        ("worst of times it was the age", 6, 0),  # not across two texts
        ("曰满纸荒唐言一把辛酸泪", 8, 100 * 10 / 11),
        ("满纸荒唐言", 8, 0),
        ("", 8, 0),
        ("👍🏽 !!", 8, 0),
    ],
)
def test_copied_share(text, n, percent):
    score = copied_share([text], iter(TRAINING), n)
    assert score.value == pytest.approx(percent)
    assert f"copied:{n}-grams|" in score.signature


@given(
    st.lists(st.text("ab ", max_size=12), min_size=1, max_size=4),
    st.lists(st.text("ab ", max_size=12)),
    st.integers(1, 4),
)
def test_copied_share_against_plain_search(generated, training, n):
    total = copied = 0
    for text in generated:
        words = text.split()
        spans = [range(i, i + n) for i in range(len(words) - n + 1)]
        spans = [
            s
            for s in spans
            if any(f" {' '.join(words[s.start : s.stop])} " in f" {' '.join(t.split())} " for t in training)
        ]
        copied += len({place for span in spans for place in span})
        total += len(words)
    score = copied_share(generated, training, n, resamples=5)
    assert score.value == pytest.approx(100 * copied / max(1, total))


def test_shares_have_intervals():
    texts = ["a a a a a a", "a b c d e f"] * 40
    score = repetition_rate(texts, n=2)
    assert score.value == pytest.approx(40)
    assert score.low < 40 < score.high
    assert re.search(r"repeated:2-grams\|of:400\|n:80\|bs:1000\|seed:12345\|ci:95\|numpy:", score.signature)
    width = 2 * 1.96 * 40 / math.sqrt(80)  # each text has 0 or 80 percent
    assert score.high - score.low == pytest.approx(width, rel=0.2)


@pytest.mark.parametrize("measure", [repetition_rate, distinct_n, lambda texts: copied_share(texts, TRAINING)])
def test_no_texts(measure):
    with pytest.raises(DataError, match="no text"):
        measure([])
