import math
import random
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.errors import DataError
from braid.metrics.answers import answer_scores, compare_answers, retrieval_scores


def scored(prediction, golds, language="en"):
    scores = answer_scores([prediction], [golds], language=language, resamples=5)
    return scores["exact_match"].value, round(scores["f1"].value, 2)


@pytest.mark.parametrize(
    ("prediction", "golds", "exact", "f1"),
    [
        ("The  Nile!", ["nile"], 100, 100),
        ("the blue Nile", ["Nile", "a river"], 0, 66.67),
        ("river river Nile", ["river Nile river Nile"], 0, 85.71),
        ("can't", ["cant"], 100, 100),
        ("10,000", ["10000"], 100, 100),
        ("theatre", ["atre"], 0, 0),
        ("", ["Nile"], 0, 0),
        ("Nile", [], 0, 0),
        ("", [], 100, 100),
        ("The", [], 100, 100),
        ("a", ["the", "Nile"], 0, 0),
        ("a", ["the"], 100, 100),
        ("“Nile”", ["Nile"], 0, 0),
    ],
)
def test_squad_rules(prediction, golds, exact, f1):
    assert scored(prediction, golds) == (exact, f1)
    assert scored(prediction, golds, "de") == (exact, f1)


@pytest.mark.parametrize(
    ("prediction", "golds", "exact", "f1"),
    [
        ("光荣和ω-force", ["光荣和ω-force"], 100, 100),
        ("光荣和ω-Force。", ["光荣和ωforce"], 100, 100),
        ("是光荣", ["光荣和ω-force"], 0, 57.14),  # runs of 3 and 4 units, 2 in common
        ("荣光", ["光荣"], 0, 50),
        ("北京大学", ["北京的大学"], 0, 44.44),  # the longest run counts, not all that is common
        ("1980年代", ["1980年"], 0, 80),
        ("3.5公里", ["5公里"], 0, 66.67),
        ("一", ["二", "一"], 100, 100),
        ("一", [], 0, 0),
        ("。", [], 100, 100),
        ("", ["一"], 0, 0),
    ],
)
def test_cmrc_rules(prediction, golds, exact, f1):
    for language in ("zh", "zh-TW", "yue"):
        assert scored(prediction, golds, language) == (exact, f1)


def test_other_languages_without_spaces_count_characters():
    assert scored("ひらが", ["ひらがな"], "ja") == (0, 85.71)
    assert scored("ひらが", ["ひらがな"], "zh") == (0, 0)


def longest_run(first, second):
    return max(
        (
            length
            for i in range(len(first))
            for j in range(len(second))
            for length in range(1, min(len(first) - i, len(second) - j) + 1)
            if first[i : i + length] == second[j : j + length]
        ),
        default=0,
    )


@given(st.text("中国人天", max_size=8), st.text("中国人天", max_size=8))
def test_chinese_f1_is_of_the_longest_common_run(first, second):
    shared = longest_run(first, second)
    wanted = 100.0 * (first == second) if not first or not second else 200 * shared / (len(first) + len(second))
    assert scored(first, [second], "zh")[1] == round(wanted, 2)
    assert scored(first, [second], "zh") == scored(second, [first], "zh")


@given(st.text(), st.lists(st.text(), max_size=3), st.sampled_from(["en", "zh", "ja"]))
def test_any_text_can_be_scored(prediction, golds, language):
    exact, f1 = scored(prediction, golds, language)
    assert exact in (0, 100)
    assert exact <= f1 <= 100
    assert (exact, f1) == scored(prediction, golds[::-1], language)
    assert scored(prediction, [prediction], language) == (100, 100)


def test_questions_without_an_answer():
    predictions, golds = ["", "Nile", "Nile", ""], [[], [], ["Nile"], ["Nile"]]
    scores = answer_scores(predictions, golds, language="en")
    assert {name: score.value for name, score in scores.items()} == {
        "exact_match": 50,
        "f1": 50,
        "answerable_f1": 50,
        "no_answer_accuracy": 50,
    }
    assert "|n:2|" in scores["no_answer_accuracy"].signature
    assert "|n:4|" in scores["f1"].signature
    for part in (slice(0, 2), slice(2, 4)):
        assert set(answer_scores(predictions[part], golds[part], language="en")) == {"exact_match", "f1"}


PREDICTIONS = ["Nile" if i % 3 else "the river Nile" for i in range(300)]
GOLDS = [["Nile"]] * 300


def test_intervals():
    """The share of a third: its standard error is that of 300 coins."""
    score = answer_scores(PREDICTIONS, GOLDS, language="en")["exact_match"]
    assert score.value == pytest.approx(200 / 3)
    assert (score.high - score.low) / 2 == pytest.approx(196 * math.sqrt(2 / 9 / 300), rel=0.1)
    assert score == answer_scores(PREDICTIONS, GOLDS, language="en")["exact_match"]
    assert score.signature.startswith("exact_match|rules:squad2.0|n:300|bs:1000|seed:12345|ci:95|version:braid-")
    assert score != answer_scores(PREDICTIONS, GOLDS, language="en", seed=1)["exact_match"]


def test_samples_in_parts_are_the_same(monkeypatch):
    whole = answer_scores(PREDICTIONS, GOLDS, language="en")
    monkeypatch.setattr("braid.metrics.answers._HELD", 1000)
    for name, score in answer_scores(PREDICTIONS, GOLDS, language="en").items():
        assert (score.low, score.high) == pytest.approx((whole[name].low, whole[name].high))


def test_order_does_not_matter():
    pairs = list(zip(PREDICTIONS, GOLDS, strict=True))
    random.Random(1).shuffle(pairs)
    predictions, golds = zip(*pairs, strict=True)
    values = [answer_scores(*rows, language="en")["f1"].value for rows in ((PREDICTIONS, GOLDS), (predictions, golds))]
    assert values[0] == pytest.approx(values[1])


def test_comparison():
    worse = ["Congo" if i % 10 == 0 else text for i, text in enumerate(PREDICTIONS)]
    found = compare_answers(PREDICTIONS, worse, GOLDS, language="en")["exact_match"]
    assert found.delta == pytest.approx(100 * 20 / 300)
    assert 0 < found.low < found.delta < found.high
    assert found.p_value < 0.01
    turned = compare_answers(worse, PREDICTIONS, GOLDS, language="en")["exact_match"]
    assert (turned.delta, turned.p_value) == (-found.delta, found.p_value)
    same = compare_answers(worse, worse, GOLDS, language="en")["f1"]
    assert (same.delta, same.low, same.high, same.p_value) == (0, 0, 0, 1)


@pytest.mark.parametrize(("predictions", "golds"), [([], []), (["a"], []), ([], [["a"]]), (["a"], [["a"], ["b"]])])
def test_nothing_to_score(predictions, golds):
    with pytest.raises(DataError):
        answer_scores(predictions, golds, language="en")
    with pytest.raises(DataError):
        compare_answers(["a"], predictions, golds, language="en")


def test_retrieval():
    scores = retrieval_scores([1, 2, None, 5, 11], ks=(1, 5))
    assert {name: score.value for name, score in scores.items()} == pytest.approx(
        {"recall@1": 20, "recall@5": 60, "mrr@5": 100 * (1 + 1 / 2 + 1 / 5) / 5}
    )
    assert all(score.low <= score.value <= score.high for score in scores.values())
    assert list(retrieval_scores([1])) == ["recall@1", "recall@5", "recall@10", "mrr@10"]


@pytest.mark.parametrize("ranks", [[], [0], [1, -1]])
def test_ranks_that_are_none(ranks):
    with pytest.raises(DataError):
        retrieval_scores(ranks)


def test_quick_enough():
    begun = time.process_time()
    answer_scores(["中国" * 2000], [["国中" * 2000]], language="zh")
    retrieval_scores(np.arange(1, 20_001).tolist())
    assert time.process_time() - begun < 20
