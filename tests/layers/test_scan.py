import keras
import numpy as np
import pytest
from keras import ops

from braid.layers.scan import linear_scan, matrix_scan
from tolerances import SCAN_GRADIENT

pytestmark = pytest.mark.backend
RANDOM = np.random.default_rng(0)
DECAY = RANDOM.uniform(0.2, 0.99, (2, 7, 3)).astype("float32")
VALUE = RANDOM.normal(size=(2, 7, 3)).astype("float32")
STATE = RANDOM.normal(size=(2, 3)).astype("float32")


def plain_scan(decay, value, state, reverse):
    hidden, rows = state, np.zeros_like(value)
    for time in reversed(range(value.shape[1])) if reverse else range(value.shape[1]):
        hidden = decay[:, time] * hidden + value[:, time]
        rows[:, time] = hidden
    return rows


def gradients(scan, inputs, weight):
    """Of the weighted sum of all outputs, to decay, value and state."""

    def total(*arrays):
        return ops.sum(scan(*arrays) * ops.convert_to_tensor(weight))

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        variables = [tf.Variable(array) for array in inputs]
        with tf.GradientTape() as tape:
            loss = total(*[tf.convert_to_tensor(variable) for variable in variables])
        return [np.array(gradient) for gradient in tape.gradient(loss, variables)]
    if backend == "jax":
        import jax

        return [np.array(gradient) for gradient in jax.grad(total, argnums=(0, 1, 2))(*inputs)]
    import torch

    tensors = [torch.tensor(array, requires_grad=True) for array in inputs]
    total(*tensors).backward()
    return [tensor.grad.numpy() for tensor in tensors]


@pytest.mark.parametrize("reverse", [False, True])
def test_equals_the_plain_loop(reverse):
    found = ops.convert_to_numpy(linear_scan(*map(ops.convert_to_tensor, (DECAY, VALUE, STATE)), reverse))
    np.testing.assert_allclose(found, plain_scan(DECAY, VALUE, STATE, reverse), atol=1e-5)


def plain_matrix_scan(transition, value, state):
    rows = []
    for time in range(value.shape[1]):
        state = transition[:, time] @ state + value[:, time]
        rows.append(state)
    return np.stack(rows, axis=1)


TRANSITION = RANDOM.normal(size=(2, 5, 2, 3, 3)).astype("float32")
ADDITION = RANDOM.normal(size=(2, 5, 2, 3, 4)).astype("float32")
MATRIX = RANDOM.normal(size=(2, 2, 3, 4)).astype("float32")


def test_matrices_equal_the_plain_loop():
    found = ops.convert_to_numpy(matrix_scan(*map(ops.convert_to_tensor, (TRANSITION, ADDITION, MATRIX))))
    np.testing.assert_allclose(found, plain_matrix_scan(TRANSITION, ADDITION, MATRIX), rtol=1e-4, atol=1e-5)


SCANS = {
    "ahead": (
        lambda *arrays: linear_scan(*arrays, False),
        lambda *arrays: plain_scan(*arrays, False),
        [DECAY, VALUE, STATE],
    ),
    "back": (
        lambda *arrays: linear_scan(*arrays, True),
        lambda *arrays: plain_scan(*arrays, True),
        [DECAY, VALUE, STATE],
    ),
    "matrices": (matrix_scan, plain_matrix_scan, [0.5 * TRANSITION, ADDITION, MATRIX]),
}


@pytest.mark.parametrize("case", SCANS)
def test_gradient_equals_finite_differences(case):
    scan, plain, inputs = SCANS[case]
    weight = np.random.default_rng(1).normal(size=inputs[1].shape).astype("float32")
    found = gradients(scan, inputs, weight)
    for which in range(3):
        for place in list(np.ndindex(inputs[which].shape))[::5]:
            ends = []
            for shift in (1e-6, -1e-6):
                moved = [array.astype("float64") for array in inputs]
                moved[which][place] += shift
                ends.append((plain(*moved) * weight).sum())
            assert found[which][place] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=SCAN_GRADIENT)
