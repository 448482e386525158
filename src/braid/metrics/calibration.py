"""How far probabilities can be trusted, and what makes them so.

Paper: Guo et al. (2017), On calibration of modern neural networks (temperature scaling; expected calibration error).
"""

from __future__ import annotations

import numpy as np

from braid.errors import DataError
from braid.metrics.score import Score

BINS, RESAMPLES, SEED = 15, 1000, 12345
HOTTEST = 20.0


def log_loss(logits_BC: np.ndarray, gold: np.ndarray) -> float:
    """Mean negative log-likelihood in nats a text.

    Args:
        logits_BC: Scores before normalization.
        gold: (B,) right classes, or (B, C) with 1 on each of several.
    """
    if gold.ndim == 2:
        return float((np.logaddexp(0, logits_BC) - gold * logits_BC).sum(axis=1).mean())
    peak = logits_BC.max(axis=1, keepdims=True)
    logs = logits_BC - peak - np.log(np.exp(logits_BC - peak).sum(axis=1, keepdims=True))
    return float(-logs[np.arange(len(gold)), gold].mean())


def fit_temperature(logits_BC: np.ndarray, gold: np.ndarray) -> float:
    """The number by which scores are divided so that the right labels are likeliest; 1 where none is better.

    Args:
        logits_BC: Scores before normalization, of validation texts.
        gold: As for `log_loss`.
    """
    from scipy.optimize import minimize_scalar

    if not len(gold):
        return 1.0
    logits = logits_BC.astype(np.float64)
    bounds = -np.log(HOTTEST), np.log(HOTTEST)
    found = minimize_scalar(lambda power: log_loss(logits / np.exp(power), gold), bounds=bounds, method="bounded")
    temperature = float(np.exp(found.x))
    return temperature if log_loss(logits / temperature, gold) < log_loss(logits, gold) else 1.0


def expected_calibration_error(probabilities_BC: np.ndarray, gold: np.ndarray, *, bins: int = BINS) -> Score:
    """Mean distance of confidence and accuracy over bins of equal width, 0 to 100, with its bootstrap interval.

    Where a text may have several labels, each pair of a text and a label is an event of its own.

    Args:
        probabilities_BC: Of each label.
        gold: As for `log_loss`.
        bins: Of confidence.

    Raises:
        DataError: There is no text.
    """
    if not len(gold):
        raise DataError("nothing to score: there is no example")
    confidence_BK, right_BK = _events(probabilities_BC, gold)
    place_BK = np.minimum((confidence_BK * bins).astype(int), bins - 1)
    apart = np.zeros((len(gold), bins))
    np.add.at(apart, (np.arange(len(gold))[:, None], place_BK), confidence_BK - right_BK)
    size = len(gold)
    samples = np.random.default_rng(SEED).multinomial(size, np.full(size, 1 / size), size=RESAMPLES)
    counts = np.vstack([np.ones(size), samples])
    errors = 100 * np.abs(counts @ apart).sum(axis=1) / confidence_BK.size
    value = float(errors[0])
    low, high = (float(end) for end in np.percentile(errors[1:], [2.5, 97.5]))
    signature = f"ece|bins:{bins}|n:{size}|bs:{RESAMPLES}|seed:{SEED}|ci:95"
    return Score(value=value, low=min(low, value), high=max(high, value), signature=signature)


def reliability(probabilities_BC: np.ndarray, gold: np.ndarray, *, bins: int = BINS) -> list[dict[str, float]]:
    """For each bin of confidence that holds any: how many, mean confidence and how many are right, in percent.

    Args:
        probabilities_BC: Of each label.
        gold: As for `expected_calibration_error`, whose events are counted.
        bins: Of confidence.
    """
    confidence, right = (array.ravel() for array in _events(probabilities_BC, gold))
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    return [
        {
            "count": int((place == index).sum()),
            "confidence": float(100 * confidence[place == index].mean()),
            "accuracy": float(100 * right[place == index].mean()),
        }
        for index in range(bins)
        if (place == index).any()
    ]


def _events(probabilities_BC: np.ndarray, gold: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Confidence of what is claimed of each text, and whether it is so: one label, or each of several."""
    if gold.ndim == 2:
        return probabilities_BC, gold.astype(float)
    right = probabilities_BC.argmax(axis=1) == gold
    return probabilities_BC.max(axis=1, keepdims=True), right[:, None].astype(float)


def best_threshold(confidence_B: np.ndarray, is_right_B: np.ndarray, has_label_B: np.ndarray) -> float:
    """The confidence below which a text had better get no label: most texts are then treated rightly.

    0 where every text has a label.

    Args:
        confidence_B: Of the likeliest label.
        is_right_B: Whether that label is the right one.
        has_label_B: Whether the text has a label at all.
    """
    if has_label_B.all():
        return 0.0
    order = np.argsort(confidence_B, kind="stable")
    # With the first k texts left without a label: those of them that have none, and of the others those labeled right.
    without = np.concatenate([[0], np.cumsum(~has_label_B[order])])
    labeled = np.concatenate([np.cumsum((is_right_B & has_label_B)[order][::-1])[::-1], [0]])
    best = int(np.argmax(without + labeled))
    if best == 0:
        return 0.0
    below = float(confidence_B[order[best - 1]])
    above = float(confidence_B[order[best]]) if best < len(order) else 1.0
    return (below + above) / 2


def best_thresholds_multilabel(probabilities_BC: np.ndarray, gold_BC: np.ndarray) -> np.ndarray:
    """For each label (C,) the probability from which it is given that makes its F1 highest; a half for unseen ones."""
    found = np.full(probabilities_BC.shape[1], 0.5)
    for label in np.flatnonzero(gold_BC.any(axis=0)):
        likely, right = probabilities_BC[:, label], gold_BC[:, label] > 0
        order = np.argsort(-likely, kind="stable")
        hits = np.cumsum(right[order])
        f1 = 2 * hits / (np.arange(1, len(order) + 1) + right.sum())
        best = int(f1.argmax())
        below = likely[order[best + 1]] if best + 1 < len(order) else 0.0
        found[label] = (likely[order[best]] + below) / 2
    return found
