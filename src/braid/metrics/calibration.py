"""Temperature and calibration error; stand-in until merged."""

from __future__ import annotations

import numpy as np

from braid.metrics.score import Score


def _loss(logits: np.ndarray, gold: np.ndarray, temperature: float) -> float:
    scaled = logits / temperature
    if gold.ndim == 2:
        return float((np.logaddexp(0, scaled) - gold * scaled).mean())
    peak = scaled.max(1, keepdims=True)
    logs = scaled - peak - np.log(np.exp(scaled - peak).sum(1, keepdims=True))
    return float(-logs[np.arange(len(gold)), gold].mean())


def fit_temperature(logits_BC: np.ndarray, gold_B: np.ndarray) -> float:
    from scipy.optimize import minimize_scalar

    if not len(gold_B):
        return 1.0
    found = minimize_scalar(lambda x: _loss(logits_BC, gold_B, float(np.exp(x))), bounds=(-3, 3), method="bounded")
    temperature = float(np.exp(found.x))
    return temperature if _loss(logits_BC, gold_B, temperature) < _loss(logits_BC, gold_B, 1.0) else 1.0


def expected_calibration_error(probabilities_BC: np.ndarray, gold_B: np.ndarray, bins: int = 15) -> Score:
    confidence, right = probabilities_BC.max(1), probabilities_BC.argmax(1) == gold_B
    place = np.minimum((confidence * bins).astype(int), bins - 1)

    def error(rows: np.ndarray) -> float:
        total = 0.0
        for index in range(bins):
            inside = rows[place[rows] == index]
            if len(inside):
                total += len(inside) * abs(confidence[inside].mean() - right[inside].mean())
        return 100 * total / len(rows)

    random = np.random.default_rng(12345)
    everything = np.arange(len(gold_B))
    samples = [error(random.choice(everything, len(everything))) for _ in range(200)]
    value = error(everything)
    low, high = np.percentile(samples, [2.5, 97.5])
    return Score(
        value=value,
        low=min(low, value),
        high=max(high, value),
        signature=f"ece|bins:{bins}|n:{len(gold_B)}|bs:200|seed:12345|ci:95",
    )


def best_thresholds_multilabel(probabilities_BC: np.ndarray, gold_BC: np.ndarray) -> np.ndarray:
    found = np.full(probabilities_BC.shape[1], 0.5)
    for label in range(len(found)):
        best = -1.0
        for limit in np.linspace(0.05, 0.95, 19):
            said = probabilities_BC[:, label] >= limit
            f1 = 2 * (said * gold_BC[:, label]).sum() / max(said.sum() + gold_BC[:, label].sum(), 1)
            if f1 > best + 1e-9:
                best, found[label] = f1, limit
    return found
