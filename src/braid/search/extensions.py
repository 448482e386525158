"""The best extensions of all hypotheses, without sorting all of them or writing down what each is worth.

In every step beam × vocabulary extensions are possible, and as many are kept as the beam is wide. Each maximum of a
block of the vocabulary is worth something; at least so many extensions as are kept are worth what the last of the best
such maxima is. Logits are compared with a floor that follows from it; only those that reach it are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BLOCKS = 16
"""Maxima of each hypothesis at least; more of them would let fewer extensions through, but take longer to find."""

SCRATCH = 1 << 17
"""Numbers whose exponentials are taken at once: few enough to stay in a processor's second cache."""


@dataclass(frozen=True)
class Normalizer:
    """What logits lose, one after the other, to be log-probabilities: their peak, and the logarithm of a sum."""

    peak_BK1: np.ndarray
    log_sum_BK1: np.ndarray

    def take(self, logits_BKV: np.ndarray) -> Normalizer:
        """What the logits still lose when they were made log-probabilities, in place: nothing."""
        with np.errstate(invalid="ignore"):
            logits_BKV -= self.peak_BK1
            logits_BKV -= self.log_sum_BK1
        return Normalizer(np.zeros_like(self.peak_BK1), np.zeros_like(self.log_sum_BK1))


def normalizer(logits_BKV: np.ndarray) -> Normalizer:
    """What turns the logits of each hypothesis into log-probabilities.

    Cost: O(B × K × V) time, no array of that size.
    """
    batch, old, vocab = logits_BKV.shape
    peak_BK1 = logits_BKV.max(axis=2, keepdims=True)
    sum_BK1 = np.empty_like(peak_BK1)
    step = max(1, SCRATCH // (old * vocab))
    scratch = np.empty((min(step, batch), old, vocab), logits_BKV.dtype)
    with np.errstate(invalid="ignore"):
        for begin in range(0, batch, step):
            rows = slice(begin, begin + step)
            part = np.subtract(logits_BKV[rows], peak_BK1[rows], out=scratch[: batch - begin])
            np.exp(part, out=part).sum(axis=2, keepdims=True, out=sum_BK1[rows])
    return Normalizer(peak_BK1, np.log(sum_BK1))


def best_extensions(
    log_probs_BK: np.ndarray, logits_BKV: np.ndarray, taken: Normalizer, width: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The likeliest extensions of each example's hypotheses, best first: parents, tokens and log-probabilities.

    Of equally likely ones those of the smaller parent come first, then those of the smaller token. What is impossible
    or not a number is no extension; where there are too few, the log-probability is -inf.

    Args:
        log_probs_BK: Of each hypothesis so far, -inf where there is none.
        logits_BKV: Of each next token; may be changed.
        taken: What these logits lose to be log-probabilities.
        width: How many for each example, K × V at most.

    Returns:
        Three arrays (B, width).

    Cost: O(B × K × V) time, two comparisons of each logit, and one byte of memory for each.
    """
    batch, old, vocab = logits_BKV.shape
    if old == width == 1:
        return _likeliest(log_probs_BK, logits_BKV, taken)
    floor_BK1 = _floor(log_probs_BK, logits_BKV, taken, width)
    places = np.flatnonzero(logits_BKV >= floor_BK1)
    rows = places // vocab
    examples = rows // old
    values = logits_BKV.reshape(-1)[places] - taken.peak_BK1.reshape(-1)[rows] - taken.log_sum_BK1.reshape(-1)[rows]
    totals = log_probs_BK.reshape(-1)[rows] + values
    order = np.lexsort((-totals, examples))  # stable: equal ones stay as they stand
    rank = np.arange(len(order)) - examples.searchsorted(examples)
    kept = rank < width
    order, slots = order[kept], (examples * width + rank)[kept]
    chosen, best = np.zeros(batch * width, dtype=np.int64), np.full(batch * width, -np.inf)
    chosen[slots], best[slots] = places[order], totals[order]
    parent, token = chosen // vocab % old, chosen % vocab
    return parent.reshape(batch, width), token.astype(np.int32).reshape(batch, width), best.reshape(batch, width)


def _likeliest(
    log_probs_B1: np.ndarray, logits_B1V: np.ndarray, taken: Normalizer
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`best_extensions` where one hypothesis has one extension: steps that only pay for several are left out."""
    taken.take(logits_B1V)
    token_B1 = logits_B1V.argmax(axis=2)
    best_B1 = log_probs_B1 + logits_B1V[np.arange(len(token_B1)), 0, token_B1[:, 0]][:, None]
    return np.zeros_like(token_B1), token_B1.astype(np.int32), np.fmax(best_B1, -np.inf)


def _floor(log_probs_BK: np.ndarray, logits_BKV: np.ndarray, taken: Normalizer, width: int) -> np.ndarray:
    """What a logit must reach to be looked at (B, K, 1); not a number for hypotheses that have no extension."""
    batch, _, vocab = logits_BKV.shape
    size = max(1, vocab // max(BLOCKS, width))
    limits, so_far_BK1 = np.finfo(logits_BKV.dtype), log_probs_BK[:, :, None]
    tops_BKN = np.maximum.reduceat(logits_BKV, np.arange(0, vocab, size), axis=2)
    with np.errstate(invalid="ignore", over="ignore"):
        # Worst first when negated, and what is no number behind them all.
        costs_BKN = taken.log_sum_BK1 - (tops_BKN - taken.peak_BK1) - so_far_BK1
        costs_BN = costs_BKN.reshape(batch, -1)
        costs_BN.partition(width - 1)
        least_B11 = np.fmax(-costs_BN[:, width - 1, None, None], -np.inf)
        wanted_BK1 = least_B11 - so_far_BK1
        # Rounding must not put a candidate below the floor.
        slack_BK1 = abs(so_far_BK1) + abs(wanted_BK1) + abs(taken.peak_BK1) + abs(taken.log_sum_BK1)
        floor_BK1 = wanted_BK1 + taken.log_sum_BK1 + taken.peak_BK1 - 4 * limits.eps * slack_BK1
        return np.maximum(floor_BK1, limits.min).astype(logits_BKV.dtype)
