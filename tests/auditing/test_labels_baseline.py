from dataclasses import replace

import pytest

from audit_rows import labeled, pair
from braid.auditing.labels_baseline import linear_accuracy, unknown_labels


def test_the_test_part_is_judged_by_what_training_shows():
    train, test = labeled(300), labeled(60, seed=2)
    assert linear_accuracy(train, test)["value"] == pytest.approx(100)
    other = [replace(row, source=f"wort{i} silbe{i}") for i, row in enumerate(test)]
    found = linear_accuracy(train, other)
    assert found["value"] < 60
    assert found["low"] < found["value"] < found["high"]
    assert found["rows"] == 60


def test_labels_that_training_lacks_are_missed():
    test = [replace(row, target="new") if i < 30 else row for i, row in enumerate(labeled(60, seed=2))]
    assert linear_accuracy(labeled(300), test)["value"] == pytest.approx(50)


def test_a_word_of_the_test_alone_is_not_learned_from():
    """Features are chosen and weighed by the training part, however often the test has others."""
    train, test = labeled(300), labeled(60, seed=2)
    flooded = [replace(row, source=f"{row.source} {'zzz ' * 20}") for row in test]
    assert linear_accuracy(train, flooded)["value"] == pytest.approx(100)


@pytest.mark.parametrize(
    ("train", "test", "none_label"),
    [
        (labeled(30), [], ""),
        ([], labeled(30), ""),
        (labeled(30)[::3], labeled(30), ""),
        (labeled(30), [pair(0, "a", "food\nsport")], ""),
        (labeled(30), labeled(30), "food"),
    ],
)
def test_where_accuracy_says_nothing(train, test, none_label):
    assert linear_accuracy(train, test, none_label) is None


def test_unknown_labels():
    train = [pair(0, "a", "x"), pair(1, "b", "y\nz")]
    test = [pair(2, "c", "x\nnew"), pair(3, "d", "new"), pair(4, "e", "z"), pair(5, "f", "rare")]
    assert unknown_labels(train, {"valid": train, "test": test}) == {
        "test": {"rows": 4, "unknown": 3, "labels": {"new": 2, "rare": 1}}
    }
