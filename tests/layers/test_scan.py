import keras
import numpy as np
import pytest
from keras import ops

from braid.layers.scan import linear_scan, memory_scan
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
    """Of the weighted sum of all outputs, to every input."""

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

        return [np.array(gradient) for gradient in jax.grad(total, argnums=tuple(range(len(inputs))))(*inputs)]
    import torch

    tensors = [torch.tensor(array, requires_grad=True) for array in inputs]
    total(*tensors).backward()
    return [tensor.grad.numpy() for tensor in tensors]


@pytest.mark.parametrize("reverse", [False, True])
def test_equals_the_plain_loop(reverse):
    found = ops.convert_to_numpy(linear_scan(*map(ops.convert_to_tensor, (DECAY, VALUE, STATE)), reverse))
    np.testing.assert_allclose(found, plain_scan(DECAY, VALUE, STATE, reverse), atol=1e-5)


def plain_memory_scan(fade, keys, seen, fresh, state):
    rows = []
    for chunk in range(fresh.shape[1]):
        written = fresh[:, chunk] - seen[:, chunk] @ state
        rows.append(np.concatenate([written, state], axis=-2))
        state = fade[:, chunk] * state + np.swapaxes(keys[:, chunk], -1, -2) @ written
    return np.stack(rows, axis=1)


MEMORY = [  # B 2, M 4 chunks, N 2, C 5, H 3, E 4
    RANDOM.uniform(0.2, 0.99, (2, 4, 2, 1, 1)).astype("float32"),
    0.5 * RANDOM.normal(size=(2, 4, 2, 5, 3)).astype("float32"),
    0.5 * RANDOM.normal(size=(2, 4, 2, 5, 3)).astype("float32"),
    RANDOM.normal(size=(2, 4, 2, 5, 4)).astype("float32"),
    RANDOM.normal(size=(2, 2, 3, 4)).astype("float32"),
]


def test_memory_equals_the_plain_loop():
    found = ops.convert_to_numpy(memory_scan(*map(ops.convert_to_tensor, MEMORY)))
    np.testing.assert_allclose(found, plain_memory_scan(*MEMORY), rtol=1e-4, atol=1e-5)


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
    "memory": (memory_scan, plain_memory_scan, MEMORY),
}


@pytest.mark.parametrize("case", SCANS)
def test_gradient_equals_finite_differences(case):
    scan, plain, inputs = SCANS[case]
    weight = np.random.default_rng(1).normal(size=plain(*inputs).shape).astype("float32")
    found = gradients(scan, inputs, weight)
    for which in range(len(inputs)):
        for place in list(np.ndindex(inputs[which].shape))[::5]:
            ends = []
            for shift in (1e-6, -1e-6):
                moved = [array.astype("float64") for array in inputs]
                moved[which][place] += shift
                ends.append((plain(*moved) * weight).sum())
            assert found[which][place] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=SCAN_GRADIENT)
