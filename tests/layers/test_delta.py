"""The chunked form of the gated delta rule against one step after another."""

import numpy as np
import pytest
from keras import ops

from braid.layers.delta import CHUNK, delta_rule, delta_step, solve_by_blocks, solve_unit_triangular
from tolerances import FLOAT32_PARITY

pytestmark = pytest.mark.backend


def random_inputs(time, *, batch=2, heads=3, head=5, width=4, seed=0):
    """Query, key, value, beta, logarithm of the decay, memory; some decays and keys extreme."""
    random = np.random.default_rng(seed)
    query, key = random.normal(size=(2, batch, time, heads, head))
    key /= np.linalg.norm(key, axis=-1, keepdims=True)
    key[:, time // 2 :] = key[:, time // 2 - 1 : time // 2]  # the same place again and again
    value = random.normal(size=(batch, time, heads, width))
    beta = random.uniform(size=(batch, time, heads))
    log_decay = -(random.uniform(size=(batch, time, heads)) ** 8) * 50
    state = random.normal(size=(batch, heads, head, width))
    return [part.astype("float32") for part in (query, key, value, beta, log_decay, state)]


@pytest.mark.parametrize("time", [1, 2, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 5])
def test_chunks_equal_steps(time):
    *inputs, state = random_inputs(max(time, 2))
    inputs = [part[:, :time] for part in inputs]
    outputs, last = delta_rule(*map(ops.convert_to_tensor, inputs), ops.convert_to_tensor(state))
    outputs, state = ops.convert_to_numpy(outputs), ops.convert_to_tensor(state)
    assert outputs.shape == (2, time, 3, 4)
    for place in range(time):
        output, state = delta_step(*[ops.convert_to_tensor(part[:, place]) for part in inputs], state)
        np.testing.assert_allclose(ops.convert_to_numpy(output), outputs[:, place], atol=FLOAT32_PARITY)
    np.testing.assert_allclose(ops.convert_to_numpy(last), ops.convert_to_numpy(state), atol=FLOAT32_PARITY)


@pytest.mark.parametrize("solve", [solve_by_blocks, solve_unit_triangular])
@pytest.mark.parametrize("kind", ["one key", "turning key", "random"])
def test_systems_are_solved(solve, kind):
    random = np.random.default_rng(3)
    factors = {"one key": 1.0, "turning key": (-1.0) ** np.add.outer(np.arange(CHUNK), np.arange(CHUNK))}
    below = np.tril(np.broadcast_to(factors.get(kind, random.uniform(-1, 1, (3, CHUNK, CHUNK))), (3, CHUNK, CHUNK)), -1)
    below = below * (0.2 if kind == "random" else 0.99)
    wanted = random.normal(size=(3, CHUNK, 5))
    found = ops.convert_to_numpy(solve(*(ops.convert_to_tensor(part.astype("float32")) for part in (below, wanted))))
    expected = np.linalg.solve(below + np.eye(CHUNK), wanted)
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


def test_what_is_written_is_found_again():
    """With orthogonal keys, full strength and no decay the memory is a dictionary, and writing again replaces."""
    keys = np.eye(4, dtype="float32")[[0, 1, 2, 1]][None, :, None]
    values = np.arange(8, dtype="float32").reshape(1, 4, 1, 2) + 1
    ones, zeros = np.ones((1, 4, 1), "float32"), np.zeros((1, 4, 1), "float32")
    start = np.zeros((1, 1, 4, 2), "float32")
    _, memory = delta_rule(*map(ops.convert_to_tensor, (keys, keys, values, ones, zeros, start)))
    np.testing.assert_allclose(ops.convert_to_numpy(memory)[0, 0], [[1, 2], [7, 8], [5, 6], [0, 0]], atol=1e-6)


def test_a_network_learns_nothing_from_beyond_the_end():
    """What stands in the last chunk behind the end never reaches the memory or the outputs."""
    *inputs, state = random_inputs(CHUNK + 3)
    whole, last = delta_rule(*map(ops.convert_to_tensor, inputs), ops.convert_to_tensor(state))
    inputs[3][:, -2:] = 0
    inputs[4][:, -2:] = 0
    short = [part[:, :-2] for part in inputs]
    same, same_last = delta_rule(*map(ops.convert_to_tensor, short), ops.convert_to_tensor(state))
    padded, padded_last = delta_rule(*map(ops.convert_to_tensor, inputs), ops.convert_to_tensor(state))
    for other in (ops.convert_to_numpy(whole)[:, :-2], ops.convert_to_numpy(padded)[:, :-2]):
        np.testing.assert_allclose(ops.convert_to_numpy(same), other, atol=1e-5)
    np.testing.assert_allclose(ops.convert_to_numpy(same_last), ops.convert_to_numpy(padded_last), atol=1e-5)
    assert np.abs(ops.convert_to_numpy(last) - ops.convert_to_numpy(same_last)).max() > 0.01
