import keras
import numpy as np
import pytest
from keras import ops

from braid.training import loss as loss_module
from braid.training.loss import LossOptions, smoothed_cross_entropy
from tolerances import FLOAT32_PARITY, LOSS_GRADIENT

pytestmark = pytest.mark.backend
RANDOM = np.random.default_rng(0)
HIDDEN = RANDOM.normal(size=(6, 4)).astype("float32")
EMBEDDING = RANDOM.normal(size=(9, 4)).astype("float32")
BIAS = RANDOM.normal(size=9).astype("float32")
LABELS = np.array([0, 8, 3, 3, 1, 0], "int32")
WEIGHTS = np.array([1, 0.5, 1, 0, 2, 1], "float32")
GENERATED = np.array([0.5, 0.9, 0.1, 0.3, 0.01, 0.6], "float32")
COPIED = np.array([0.7, 0.0, 0.2, 0.4, 1.0, 0.05], "float32")


def plain_loss(hidden, embedding, bias, generated=1.0, copied=0.0, *, smoothing, z_loss):
    logits = hidden @ embedding.T + bias
    log_normalizer = np.log(np.exp(logits).sum(-1, keepdims=True))
    log_probs = logits - log_normalizer
    label = np.log(generated * np.exp(log_probs[np.arange(6), LABELS]) + (1 - generated) * copied)
    rows = z_loss * log_normalizer[:, 0] ** 2 - (1 - smoothing) * label - smoothing * log_probs.mean(-1)
    return float((WEIGHTS * rows).sum())


def loss_and_gradients(inputs, smoothing, z_loss):
    def total(hidden, embedding, bias, *copies):
        labels, weights = ops.convert_to_tensor(LABELS), ops.convert_to_tensor(WEIGHTS)
        options = LossOptions(smoothing=smoothing, z_loss=z_loss)
        return smoothed_cross_entropy(hidden, embedding, bias, labels, weights, options, copies or None)

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        tensors = [tf.constant(part) for part in inputs]
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            loss = total(*tensors) * 3.0
        return float(loss), [np.array(part) for part in tape.gradient(loss, tensors)]
    if backend == "jax":
        import jax

        loss, found = jax.value_and_grad(lambda *parts: total(*parts) * 3.0, argnums=tuple(range(len(inputs))))(*inputs)
        return float(loss), [np.array(part) for part in found]
    import torch

    tensors = [torch.tensor(part, requires_grad=True) for part in inputs]
    loss = total(*tensors) * 3.0
    loss.backward()
    return float(loss.detach()), [tensor.grad.numpy() for tensor in tensors]


@pytest.mark.parametrize("block_rows", [64, 4, 1])
@pytest.mark.parametrize(("smoothing", "z_loss"), [(0.0, 0.0), (0.1, 0.0), (0.5, 0.1)])
@pytest.mark.parametrize("copies", [(), (GENERATED, COPIED)], ids=["", "copies"])
def test_value_and_gradient(copies, smoothing, z_loss, block_rows, monkeypatch):
    monkeypatch.setattr(loss_module, "LEAST_ROWS", block_rows)
    monkeypatch.setattr(loss_module, "BLOCK_NUMBERS", 1)
    inputs = [HIDDEN, EMBEDDING, BIAS, *copies]
    loss, gradients = loss_and_gradients(inputs, smoothing, z_loss)
    assert loss == pytest.approx(3 * plain_loss(*inputs, smoothing=smoothing, z_loss=z_loss), abs=FLOAT32_PARITY)
    for which in range(len(inputs)):
        for place in np.ndindex(inputs[which].shape):
            ends = []
            for shift in (1e-6, -1e-6):
                moved = [part.astype("float64") for part in inputs]
                moved[which][place] += shift
                ends.append(3 * plain_loss(*moved, smoothing=smoothing, z_loss=z_loss))
            assert gradients[which][place] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=LOSS_GRADIENT)


@pytest.mark.parametrize(
    ("generated", "copied", "margin"),
    [(1.0, 0.0, 0.0), (0.0, 0.0, 0.0), (1.0, 1.0, 300.0), (0.0, 1.0, 300.0), (0.5, 0.0, 300.0)],
)
def test_extremes_stay_finite(generated, copied, margin):
    bias = BIAS.copy()
    bias[1] += margin  # every other label is all but impossible
    vectors = [np.full(6, value, "float32") for value in (generated, copied)]
    loss, gradients = loss_and_gradients([HIDDEN, EMBEDDING, bias, *vectors], 0.1, 0.0)
    assert np.isfinite(loss)
    assert all(np.isfinite(gradient).all() for gradient in gradients)
