import numpy as np
import pytest

from braid.errors import DataError
from braid.metrics import intervals
from braid.metrics.intervals import compare_means, mean_score, rate_score

VALUES = np.random.default_rng(0).normal(50, 10, 400)


def test_the_interval_is_that_of_the_normal_distribution():
    score = mean_score(VALUES, signature="x:1", resamples=4000)
    error = VALUES.std() / 20
    assert score.value == pytest.approx(VALUES.mean())
    assert (score.low, score.high) == pytest.approx((score.value - 1.96 * error, score.value + 1.96 * error), abs=0.1)
    assert score.signature == "x:1|n:400|bs:4000|seed:12345|ci:95"


def test_blocks_change_nothing(monkeypatch):
    whole = mean_score(VALUES, signature="")
    monkeypatch.setattr(intervals, "BLOCK", 1000)
    found = mean_score(VALUES, signature="")
    assert (found.value, found.low, found.high) == pytest.approx((whole.value, whole.low, whole.high), abs=1e-9)


def test_one_value_and_none():
    assert mean_score([7.0], signature="").low == mean_score([7.0], signature="").high == 7
    for score in (
        lambda: mean_score([], signature=""),
        lambda: compare_means([], []),
        lambda: rate_score(0, 0, signature=""),
    ):
        with pytest.raises(DataError):
            score()


def test_comparison_is_paired():
    found = compare_means(VALUES + 1, VALUES)
    assert (found.delta, found.low, found.high) == pytest.approx((1, 1, 1))
    assert found.p_value < 0.01
    assert compare_means(VALUES, VALUES).p_value == 1
    noise = np.random.default_rng(1).normal(0, 10, 400)
    swapped, straight = compare_means(VALUES, VALUES + noise), compare_means(VALUES + noise, VALUES)
    assert (swapped.delta, swapped.low, swapped.high) == pytest.approx((-straight.delta, -straight.high, -straight.low))


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [(15, 50, 19.1, 43.75), (0, 20, 0, 16.11), (20, 20, 83.89, 100)],  # by hand from Wilson's formula
)
def test_rates(hits, total, low, high):
    score = rate_score(hits, total, signature="r")
    assert score.value == pytest.approx(100 * hits / total)
    assert (score.low, score.high) == pytest.approx((low, high), abs=0.02)
    assert score.signature == f"r|n:{total}|interval:wilson|ci:95"
