"""The limit that tells answers from none."""

import numpy as np
import pytest

from braid.pipeline.thresholds import best_limit


def test_the_limit_makes_most_right():
    scores = np.array([5.0, 4.0, 3.0, 1.0, 2.0, 0.0, -np.inf])
    impossible = np.array([0, 0, 0, 0, 1, 1, 1], bool)
    assert best_limit(scores, impossible) == 1.0  # of two as good the lower
    assert best_limit(np.array([3.0, 2.0, 1.0, 0.0]), np.array([0, 0, 1, 1], bool)) == 2.0


def test_few_right_ones_are_refused():
    random = np.random.default_rng()
    possible, impossible = random.normal(0.5, 1, 200), random.normal(0, 1, 200)
    scores, kinds = np.concatenate([possible, impossible]), np.repeat([False, True], 200)
    limit = best_limit(scores, kinds, max_refused=0.05)
    assert np.mean(possible < limit) <= 0.05
    free = best_limit(scores, kinds)

    def right(limit):
        return np.mean((scores >= limit) != kinds)

    assert right(free) >= right(limit) >= right(scores.min())
    assert right(free) == max(map(right, scores))


@pytest.mark.parametrize("kinds", [[True, True], [False, False]])
def test_one_kind_alone_tells_nothing(kinds):
    assert best_limit(np.array([1.0, 2.0]), np.array(kinds)) is None
