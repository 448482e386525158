"""Temperatures, calibration errors and thresholds."""

import numpy as np
import pytest

from braid.errors import DataError
from braid.metrics.calibration import (
    best_threshold,
    best_thresholds_multilabel,
    expected_calibration_error,
    fit_temperature,
    log_loss,
    reliability,
)


def drawn(temperature, size=4000, seed=1):
    """Logits, and labels that follow them when they are divided by the temperature."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 3, (size, 4))
    likely = np.exp(logits / temperature)
    likely /= likely.sum(axis=1, keepdims=True)
    return logits, (likely.cumsum(axis=1) < random.random((size, 1))).sum(axis=1)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_is_found(temperature):
    logits, gold = drawn(temperature)
    found = fit_temperature(logits, gold)
    assert found == pytest.approx(temperature, rel=0.1)
    assert log_loss(logits / found, gold) <= log_loss(logits, gold)


def test_several_labels_have_one_temperature():
    random = np.random.default_rng(1)
    logits = random.normal(0, 4, (3000, 3))
    gold = (random.random(logits.shape) < 1 / (1 + np.exp(-logits / 2))).astype(float)
    assert fit_temperature(logits, gold) == pytest.approx(2, rel=0.1)


def test_nothing_to_fit():
    assert fit_temperature(np.zeros((0, 3)), np.zeros(0, int)) == 1.0
    assert fit_temperature(np.zeros((5, 3)), np.zeros(5, int)) == 1.0


def test_the_error_by_hand():
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.6, 0.4]])
    gold = np.array([0, 1, 0, 0])
    found = expected_calibration_error(probabilities, gold)
    assert found.value == pytest.approx(100 * (2 * 0.4 + 2 * 0.4) / 4)
    assert found.low <= found.value <= found.high
    bins = reliability(probabilities, gold)
    assert [(row["count"], row["accuracy"]) for row in bins] == [(2, 100), (2, 50)]
    with pytest.raises(DataError):
        expected_calibration_error(np.zeros((0, 2)), np.zeros(0, int))


def test_several_labels_are_as_many_claims():
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1]])
    gold = np.array([[1, 0], [0, 0]])
    found = expected_calibration_error(probabilities, gold)
    assert found.value == pytest.approx(100 * (0.8 + 0.2) / 4)
    assert "n:2|" in found.signature
    rows = reliability(probabilities, gold)
    assert [(row["count"], round(row["confidence"]), row["accuracy"]) for row in rows] == [(2, 10, 0), (2, 90, 50)]


def test_calibrated_probabilities_have_little_error():
    logits, gold = drawn(1.0)
    likely = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    hot = np.exp(logits * 3) / np.exp(logits * 3).sum(axis=1, keepdims=True)
    assert expected_calibration_error(likely, gold).value < 3 < 10 < expected_calibration_error(hot, gold).value


def test_the_best_threshold():
    confidence = np.array([0.9, 0.8, 0.5, 0.3, 0.2])
    right = np.array([True, True, True, False, False])
    has_label = np.array([True, True, True, False, False])
    assert best_threshold(confidence, right, has_label) == pytest.approx(0.4)
    assert best_threshold(confidence, right, np.ones(5, bool)) == 0.0
    assert best_threshold(confidence, right, np.zeros(5, bool)) > 0.9
    brute = np.random.default_rng(2)
    for _ in range(30):
        confidence, right, has_label = brute.random(20), brute.random(20) < 0.7, brute.random(20) < 0.6
        treated = [
            np.mean(np.where(has_label, right & (confidence >= limit), confidence < limit))
            for limit in (best_threshold(confidence, right, has_label), *np.linspace(0, 1, 300))
        ]
        assert treated[0] >= max(treated) - 1e-9


def test_thresholds_of_several_labels():
    likely = np.array([[0.9, 0.3, 0.1], [0.8, 0.2, 0.1], [0.2, 0.1, 0.1]])
    gold = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 0]])
    assert best_thresholds_multilabel(likely, gold) == pytest.approx([0.5, 0.25, 0.5])
