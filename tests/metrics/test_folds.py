"""Folds."""

import numpy as np
import pytest

from braid.errors import DataError
from braid.metrics.folds import make_folds


def test_every_example_is_held_out_once_and_labels_are_spread():
    labels = ["a"] * 60 + ["b"] * 30 + ["c"] * 3
    folds = make_folds(labels, [str(i) for i in range(93)], 5, seed=1)
    assert sorted(np.concatenate(folds).tolist()) == list(range(93))
    for held in folds:
        assert sum(labels[i] == "a" for i in held) == 12
        assert sum(labels[i] == "b" for i in held) == 6
    again = make_folds(labels, [str(i) for i in range(93)], 5, seed=1)
    assert all((one == other).all() for one, other in zip(folds, again, strict=True))


def test_groups_stay_together():
    groups = [str(i // 4) for i in range(100)]
    folds = make_folds(["a", "b"] * 50, groups, 4, seed=1)
    held = [{groups[i] for i in fold} for fold in folds]
    assert sum(map(len, held)) == 25
    assert sorted(np.concatenate(folds).tolist()) == list(range(100))


def test_too_few():
    with pytest.raises(DataError, match="5 folds need as many groups"):
        make_folds(["a"] * 10, ["x", "y"] * 5, 5, seed=1)
    with pytest.raises(DataError, match="of one label 1 at most"):
        make_folds(list("abcdef"), list("abcdef"), 3, seed=1)
