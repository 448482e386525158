"""One contract suite for every recurrence: scan, step and a plain NumPy loop agree; padding changes nothing."""

import keras
import numpy as np
import pytest
from keras import ops

from braid.layers.deltanet import GatedDeltaNet
from braid.layers.elman import Elman
from braid.layers.family import RECURRENCES
from braid.layers.gru import GRU
from braid.layers.lstm import LSTM
from braid.layers.recurrence import RecurrenceOptions
from braid.layers.rglru import RGLRU
from braid.layers.ssru import SSRU
from tolerances import FLOAT32_PARITY

pytestmark = pytest.mark.backend
BATCH, TIME, DIM, RNN = 3, 6, 4, 6


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def plain_ssru(weights, x, state):
    kernel, bias = weights["kernel"], weights["bias"]
    gate, value = x @ kernel[:, :RNN], x @ kernel[:, RNN:]
    forget = sigmoid(gate + bias)
    cell = forget * state["cell"] + (1 - forget) * value
    return np.maximum(cell, 0), {"cell": cell}


def plain_lstm(weights, x, state):
    gates = x @ weights["kernel"] + state["hidden"] @ weights["recurrent_kernel"] + weights["bias"]
    i, f, g, o = np.split(gates, 4, axis=-1)
    cell = sigmoid(f) * state["cell"] + sigmoid(i) * np.tanh(g)
    hidden = sigmoid(o) * np.tanh(cell)
    return hidden, {"hidden": hidden, "cell": cell}


def plain_elman(weights, x, state):
    hidden = np.tanh(x @ weights["kernel"] + state["hidden"] @ weights["recurrent_kernel"] + weights["bias"])
    return hidden, {"hidden": hidden}


def plain_gru(weights, x, state):
    z, r, n = np.split(x @ weights["kernel"] + weights["bias"], 3, axis=-1)
    past = state["hidden"] @ weights["recurrent_kernel"] + weights["recurrent_bias"]
    past_z, past_r, past_n = np.split(past, 3, axis=-1)
    mix, new = sigmoid(z + past_z), np.tanh(n + sigmoid(r + past_r) * past_n)
    hidden = (1 - mix) * new + mix * state["hidden"]
    return hidden, {"hidden": hidden}


def plain_rglru(weights, x, state):
    value, gate = np.split(x @ weights["kernel"] + weights["bias"], 2, axis=-1)
    gate = gate * 0.5 * (1 + np.tanh(np.sqrt(2 / np.pi) * (gate + 0.044715 * gate**3)))
    seen = np.concatenate([state["window"], value[:, None]], axis=1)
    value = (seen * weights["conv_kernel"]).sum(1) + weights["conv_bias"]
    recur, enter = [], []
    for kernel, bias, part in zip(
        weights["gate_kernel"], weights["gate_bias"], np.split(value, len(weights["gate_bias"]), axis=-1), strict=True
    ):
        gates = np.split(sigmoid(part @ kernel + bias), 2, axis=-1)
        recur.append(gates[0])
        enter.append(gates[1])
    decay = np.exp(-8 * np.concatenate(recur, -1) * np.log1p(np.exp(weights["decay"])))
    hidden = decay * state["hidden"] + np.sqrt(1 - decay**2) * np.concatenate(enter, -1) * value
    return gate * hidden, {"window": seen[:, 1:], "hidden": hidden}


def plain_deltanet(weights, x, state):
    heads, head = len(weights["rate"]), len(weights["scale"])
    mixed, gate = np.split(x @ weights["kernel"], [3 * RNN], axis=-1)
    beta, pace = np.split(x @ weights["gate_kernel"], 2, axis=-1)
    seen = np.concatenate([state["window"], mixed[:, None]], axis=1)
    convolved = (seen * weights["conv_kernel"]).sum(1)
    query, key, value = (part.reshape(-1, heads, head) for part in np.split(convolved * sigmoid(convolved), 3, axis=-1))
    query, key = (part / np.sqrt((part**2).sum(-1, keepdims=True) + 1e-6) for part in (query, key))
    decay = np.exp(-np.exp(weights["rate"]) * np.log1p(np.exp(pace + weights["step_bias"])))
    memory, found = np.zeros_like(state["memory"]), np.zeros_like(value)
    for b, n in np.ndindex(memory.shape[:2]):
        kept = decay[b, n] * state["memory"][b, n]
        error = value[b, n] - kept.T @ key[b, n]
        memory[b, n] = kept + np.outer(key[b, n], sigmoid(beta[b, n]) * error)
        found[b, n] = memory[b, n].T @ query[b, n] / np.sqrt(head)
    found = found / np.sqrt((found**2).mean(-1, keepdims=True) + 1e-6) * weights["scale"]
    return found.reshape(gate.shape) * gate * sigmoid(gate), {"window": seen[:, 1:], "memory": memory}


PLAIN = {
    Elman: plain_elman,
    GRU: plain_gru,
    SSRU: plain_ssru,
    LSTM: plain_lstm,
    RGLRU: plain_rglru,
    GatedDeltaNet: plain_deltanet,
}


@pytest.fixture(params=RECURRENCES, scope="module")
def layer(request):
    keras.utils.set_random_seed(3)
    made = RECURRENCES[request.param](DIM, RNN, RecurrenceOptions(num_heads=2), name=f"layer_{request.param}")
    random = np.random.default_rng(4)
    for variable in made.weights:  # biases, too, must matter
        variable.assign(ops.convert_to_numpy(variable) + random.normal(0, 0.3, variable.shape))
    return made


@pytest.fixture(scope="module")
def inputs():
    return np.random.default_rng(1).normal(size=(BATCH, TIME, DIM)).astype("float32")


def scan(layer, inputs, mask, reverse=False):
    start = layer.initial_state(len(inputs))
    outputs, state = layer.scan(ops.convert_to_tensor(inputs), ops.convert_to_tensor(mask), start, reverse)
    return ops.convert_to_numpy(outputs), {name: ops.convert_to_numpy(value) for name, value in state.items()}


def test_scan_step_and_loop_agree(layer, inputs):
    outputs, last = scan(layer, inputs, np.ones((BATCH, TIME), bool))
    weights = {variable.name: ops.convert_to_numpy(variable) for variable in layer.weights}
    state = layer.initial_state(BATCH)
    plain = {name: ops.convert_to_numpy(value) for name, value in state.items()}
    for time in range(TIME):
        stepped, state = layer.step(ops.convert_to_tensor(inputs[:, time]), state)
        looped, plain = PLAIN[type(layer)](weights, inputs[:, time], plain)
        np.testing.assert_allclose(ops.convert_to_numpy(stepped), outputs[:, time], atol=FLOAT32_PARITY)
        np.testing.assert_allclose(looped, outputs[:, time], atol=FLOAT32_PARITY)
    for name, value in last.items():
        np.testing.assert_allclose(value, plain[name], atol=FLOAT32_PARITY)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("places", [[0, 1], [4, 5], [2, 4]])
def test_padding_changes_nothing(layer, inputs, places, reverse):
    real = [time for time in range(TIME) if time not in places]
    mask = np.ones((BATCH, TIME), bool)
    mask[:, places] = False
    padded = inputs.copy()
    padded[:, places] = 99.0
    outputs, last = scan(layer, padded, mask, reverse)
    expected, expected_last = scan(layer, inputs[:, real], np.ones((BATCH, len(real)), bool), reverse)
    np.testing.assert_allclose(outputs[:, real], expected, atol=FLOAT32_PARITY)
    for name, value in last.items():
        np.testing.assert_allclose(value, expected_last[name], atol=FLOAT32_PARITY)


def test_the_future_changes_nothing(layer, inputs):
    mask = np.ones((BATCH, TIME), bool)
    changed = inputs.copy()
    changed[:, 4:] += 5.0
    np.testing.assert_array_equal(scan(layer, inputs, mask)[0][:, :4], scan(layer, changed, mask)[0][:, :4])


def test_backwards_is_forwards_on_the_mirror_image(layer, inputs):
    mask = np.ones((BATCH, TIME), bool)
    ahead, _ = scan(layer, inputs[:, ::-1].copy(), mask)
    back, _ = scan(layer, inputs, mask, reverse=True)
    np.testing.assert_allclose(back, ahead[:, ::-1], atol=FLOAT32_PARITY)


@pytest.mark.parametrize(("name", "f"), [("relu", lambda x: np.maximum(x, 0)), ("sigmoid", sigmoid)])
def test_the_elman_network_takes_other_functions(name, f, inputs):
    layer = Elman(DIM, RNN, RecurrenceOptions(activation=name))
    outputs, _ = scan(layer, inputs, np.ones((BATCH, TIME), bool))
    weights, hidden = [ops.convert_to_numpy(variable) for variable in layer.weights], np.zeros((BATCH, RNN))
    for time in range(TIME):
        hidden = f(inputs[:, time] @ weights[0] + hidden @ weights[1] + weights[2])
        np.testing.assert_allclose(outputs[:, time], hidden, atol=FLOAT32_PARITY)


@pytest.mark.parametrize("reverse", [False, True])
def test_a_scan_goes_on_where_another_ended(layer, inputs, reverse):
    """The state is all that a layer remembers: two halves one after the other are the whole."""
    mask = np.ones((BATCH, TIME), bool)
    mask[1, 1] = mask[2, 4] = False
    whole, last = scan(layer, inputs, mask, reverse)
    halves = [slice(3, None), slice(0, 3)] if reverse else [slice(0, 3), slice(3, None)]
    state = layer.initial_state(BATCH)
    for half in halves:
        parts = ops.convert_to_tensor(inputs[:, half]), ops.convert_to_tensor(mask[:, half])
        outputs, state = layer.scan(*parts, state, reverse)
        real = mask[:, half]
        np.testing.assert_allclose(ops.convert_to_numpy(outputs)[real], whole[:, half][real], atol=FLOAT32_PARITY)
    for name, value in last.items():
        np.testing.assert_allclose(ops.convert_to_numpy(state[name]), value, atol=FLOAT32_PARITY)


@pytest.mark.parametrize(("init", "low", "high"), [("paper", 0.9, 0.999), ("code", 0.9**8, 0.999**8)])
def test_the_decays_begin_where_they_should(init, low, high):
    layer = RGLRU(DIM, 500, RecurrenceOptions(decay_init=init))
    decays = np.exp(-8 * np.log1p(np.exp(ops.convert_to_numpy(layer.decay).astype("float64"))))
    assert low < decays.min() < low + 0.02 * (high - low) + 0.001
    assert high - 0.02 * (high - low) < decays.max() < high


def test_the_decays_of_a_fresh_delta_net():
    layer = GatedDeltaNet(DIM, 400, RecurrenceOptions(num_heads=400))
    rates = np.exp(ops.convert_to_numpy(layer.rate))
    steps = np.log1p(np.exp(ops.convert_to_numpy(layer.step_bias).astype("float64")))
    assert 0 < rates.min() < 0.5
    assert 15.5 < rates.max() < 16
    assert 0.001 <= steps.min() < 0.0011
    assert 0.09 < steps.max() <= 0.1
    assert np.median(steps) == pytest.approx(0.01, rel=0.3)
