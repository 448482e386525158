"""Scores of labels against scikit-learn's and against counts by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

from braid.errors import DataError
from braid.metrics.classification import (
    classification_scores,
    compare_labels,
    confusion,
    curves,
    none_scores,
    per_label,
    ranking,
)

NAMES = ("a", "b", "c", "d")
ONE = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcd")), min_size=1, max_size=40)


def scores(gold, given, *, is_multilabel=False):
    return classification_scores(gold, given, labels=NAMES, is_multilabel=is_multilabel, resamples=50)


@given(ONE)
def test_one_label_as_scikit_learn_counts(pairs):
    gold, given_labels = zip(*pairs, strict=True)
    found = scores([(label,) for label in gold], [(label,) for label in given_labels])
    macro = precision_recall_fscore_support(gold, given_labels, average="macro", zero_division=0)
    wanted = [accuracy_score(gold, given_labels), *macro[:3]]
    names = ("accuracy", "macro_precision", "macro_recall", "macro_f1")
    assert [found[name].value for name in names] == pytest.approx([100 * value for value in wanted])
    assert all(score.low <= score.value <= score.high for score in found.values())


@given(st.lists(st.tuples(st.sets(st.sampled_from("abc")), st.sets(st.sampled_from("abcd"))), min_size=1, max_size=30))
def test_several_labels_as_scikit_learn_counts(pairs):
    gold, given_labels = ([tuple(sorted(row)) for row in side] for side in zip(*pairs, strict=True))
    used = sorted({label for row in [*gold, *given_labels] for label in row})
    found = scores(gold, given_labels, is_multilabel=True)
    matrix = [[[label in row for label in used] for row in side] for side in (gold, given_labels)]
    assert found["exact_match"].value == pytest.approx(100 * np.mean([a == b for a, b in zip(*matrix, strict=True)]))
    if len(used) > 1:  # of one column scikit-learn makes two classes
        for average in ("micro", "macro"):
            wanted = 100 * f1_score(np.array(matrix[0]), np.array(matrix[1]), average=average, zero_division=0)
            assert found[f"{average}_f1"].value == pytest.approx(wanted)


def test_labels_one_by_one():
    rows = per_label([("a",), ("a",), ("b",)], [("a",), ("b",), ("b",)], NAMES)
    assert [row["label"] for row in rows] == list(NAMES)
    assert rows[0] == {
        "label": "a",
        "precision": 100,
        "recall": 50,
        "f1": pytest.approx(200 / 3),
        "support": 2,
        "predicted": 1,
    }
    assert rows[3]["f1"] == 0


def test_confusions():
    found = confusion([("a",), ("a",), ("a",), ("b",)], [("b",), ("b",), (), ("b",)], ("a", "b"))
    assert found["labels"] == ["a", "b", "(none)"]
    assert found["matrix"] == [[0, 2, 1], [0, 1, 0], [0, 0, 0]]
    assert found["largest"] == [("a", "b", 2), ("a", "(none)", 1)]


def test_comparison():
    gold = [("a",)] * 50
    found = compare_labels([("a",)] * 50, [("b",)] * 25 + [("a",)] * 25, gold)
    assert found.delta == 50
    assert found.low > 30


def test_none_of_these():
    found = none_scores([(), (), ("a",), ("a",)], [(), ("a",), ("a",), ()])
    assert (found["recall"].value, found["false_alarms"].value) == (50, 50)
    assert none_scores([("a",)], [("a",)]) == {}


def test_intervals_know_how_many_texts():
    few, many = (scores([("a",), ("b",)] * size, [("a",), ("a",)] * size)["accuracy"] for size in (10, 1000))
    assert few.value == many.value == 50
    assert few.high - few.low > 5 * (many.high - many.low)
    assert "n:20|" in few.signature


def test_curves():
    gold, names = np.eye(3)[[0, 1, 2, 0]], ("a", "b", "c")
    perfect, chance = (curves(probabilities, gold, names) for probabilities in (gold, np.full((4, 3), 0.3)))
    for chart in perfect:
        assert list(chart["lines"]) == ["all labels (1.000)", "a (1.000)", "b (1.000)", "c (1.000)"]
    assert "all labels (0.500)" in chance[0]["lines"]
    wild, gold = np.random.default_rng(1).random((5000, 7)), np.eye(7)[np.arange(5000) % 7]
    gold[:9] = np.eye(7)[6]
    lines = curves(wild, gold, tuple("abcdefg"))[0]["lines"]
    assert [name.split(" (")[0] for name in lines] == ["all labels", "g", "a", "b", "c", "d"]
    assert all(len(points) <= 200 for points in lines.values())
    assert list(curves(wild[:, :2], gold[:, :2], ("a", "b"))[0]["lines"])[1:] == []
    assert curves(np.ones((2, 1)), np.ones((2, 1)), ("a",)) == []


def test_labels_are_ranked():
    gold = np.array([[1, 0], [1, 0], [0, 0], [1, 0]])
    likely = np.array([[0.9, 0.1], [0.4, 0.2], [0.5, 0.3], [0.8, 0.3]])
    first, second = ranking(likely, gold)
    assert first["roc_auc"] == pytest.approx(200 / 3)
    assert first["average_precision"] == pytest.approx(100 * (1 + 1 + 3 / 4) / 3)
    assert second == {"roc_auc": None, "average_precision": None}


def test_nothing_to_score():
    with pytest.raises(DataError):
        scores([], [])
    with pytest.raises(DataError):
        scores([("a",)], [])


def test_intervals_over_groups():
    random = np.random.default_rng(1)
    gold = [(NAMES[i],) for i in random.integers(0, 3, 40)]
    given_labels = [(NAMES[i],) for i in random.integers(0, 3, 40)]
    options = {"labels": NAMES, "is_multilabel": False}
    alone = classification_scores(gold, given_labels, **options)
    assert classification_scores(gold, given_labels, groups=[f"{i:02}" for i in range(40)], **options)[
        "accuracy"
    ].low == pytest.approx(alone["accuracy"].low)
    groups = [f"{i:02}" for i in range(40)] * 10  # ten copies of each text tell no more than one
    copied = classification_scores(gold * 10, given_labels * 10, groups=groups, **options)["accuracy"]
    assert (copied.value, copied.low, copied.high) == pytest.approx(
        (alone["accuracy"].value, alone["accuracy"].low, alone["accuracy"].high)
    )
    assert "|n:400|groups:40|" in copied.signature
    apart = classification_scores(gold * 10, given_labels * 10, **options)["accuracy"]
    assert apart.high - apart.low < 0.5 * (copied.high - copied.low)
    with pytest.raises(DataError, match="a group must be given for each of 40 texts, got 2"):
        classification_scores(gold, given_labels, groups=["a", "b"], **options)
