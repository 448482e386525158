"""Means and rates over texts, with their 95 % intervals.

Papers: Efron (1979), Bootstrap methods: another look at the jackknife; Wilson (1927), Probable inference, the law of
succession, and statistical inference; Koehn (2004), Statistical significance tests for machine translation evaluation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from braid.errors import DataError
from braid.metrics.score import Comparison, Score
from braid.metrics.translation import RESAMPLES, SEED

BLOCK = 1 << 22
"""Numbers of bootstrap counts held at once."""
_Z = 1.959963984540054
"""What 95 % of a standard normal distribution lies within."""


def _resampled_means(values_N: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """The mean of each bootstrap sample; of several columns at once when there are some.

    Memory does not grow with the samples: they are drawn in blocks, which changes no draw.
    """
    size = len(values_N)
    random, shares, means = np.random.default_rng(seed), np.full(size, 1 / size), []
    for begin in range(0, resamples, rows := max(1, BLOCK // size)):
        counts = random.multinomial(size, shares, size=min(rows, resamples - begin))
        means.append(counts @ values_N / size)
    return np.concatenate(means)


def mean_score(
    values: Sequence[float] | np.ndarray, *, signature: str, resamples: int = RESAMPLES, seed: int = SEED
) -> Score:
    """The mean of one number a text, with the percentile interval of its bootstrap.

    Args:
        values: One for each text.
        signature: The settings that made the values; the number of texts and the bootstrap are added.
        resamples: Bootstrap samples.
        seed: Of the bootstrap.

    Raises:
        DataError: There is no value.

    Cost: O(texts x resamples).
    """
    values_N = np.asarray(values, dtype=np.float64)
    if not len(values_N):
        raise DataError("nothing to score: there is no example")
    value = float(values_N.mean())
    low, high = np.percentile(_resampled_means(values_N, resamples, seed), [2.5, 97.5])
    signature = f"{signature}|n:{len(values_N)}|bs:{resamples}|seed:{seed}|ci:95"
    return Score(value=value, low=min(float(low), value), high=max(float(high), value), signature=signature)


def compare_means(
    first: Sequence[float] | np.ndarray,
    second: Sequence[float] | np.ndarray,
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Comparison:
    """How far the mean of the first is above that of the second on the same texts, by paired bootstrap.

    The p-value is two-sided: the share of samples whose difference is as far from the mean difference as the real one
    is from zero.

    Raises:
        DataError: There is no value.
    """
    differences = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    if not len(differences):
        raise DataError("nothing to compare: there is no example")
    delta = float(differences.mean())
    deltas = _resampled_means(differences, resamples, seed)
    low, high = np.percentile(deltas, [2.5, 97.5])
    extreme = int((np.abs(deltas - deltas.mean()) >= abs(delta)).sum())
    return Comparison(delta=delta, low=float(low), high=float(high), p_value=(extreme + 1) / (resamples + 1))


def rate_score(hits: int, total: int, *, signature: str) -> Score:
    """How many of the texts, in percent, with Wilson's interval, which has a width at 0 and 100 % as well.

    Raises:
        DataError: There is no text.
    """
    if not total:
        raise DataError("nothing to score: there is no example")
    share, spread = hits / total, _Z**2 / total
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * math.sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    signature = f"{signature}|n:{total}|interval:wilson|ci:95"
    return Score(value=100 * share, low=100 * min(low, share), high=100 * max(high, share), signature=signature)
