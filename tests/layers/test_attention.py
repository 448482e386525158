import keras
import numpy as np
import pytest
from keras import ops

from braid.layers.attention import AttentionOptions, CrossAttention, SelfAttention, attend, rotate, sine_positions
from braid.models.weights import get_weights, set_weights
from tolerances import FLOAT32_PARITY

pytestmark = pytest.mark.backend


def plain_attention(query, key, value, mask):
    scores = np.einsum("btnh,bsnh->bnts", query, key) / np.sqrt(query.shape[-1])
    scores = np.where(mask[:, None, None], scores, -np.inf)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    mixed = np.einsum("bnts,bsnh->btnh", weights, value)
    return mixed.reshape(*mixed.shape[:2], -1)


def test_equals_the_formula():
    random = np.random.default_rng(0)
    query, key, value = (random.normal(size=(2, length, 3, 4)).astype("float32") for length in (5, 7, 7))
    mask = np.arange(7)[None] < np.array([[7], [4]])
    found = ops.convert_to_numpy(attend(*map(ops.convert_to_tensor, (query, key, value, mask))))
    np.testing.assert_allclose(found, plain_attention(query, key, value, mask), atol=FLOAT32_PARITY)


def test_attention_to_a_source_equals_the_plain_loop():
    keras.utils.set_random_seed(3)
    layer = CrossAttention(8, 2)
    random = np.random.default_rng(4)
    weights = {name: random.normal(size=value.shape).astype("f4") for name, value in get_weights(layer).items()}
    set_weights(layer, weights)
    target, source = (random.normal(size=(2, length, 8)).astype("f4") for length in (3, 5))
    mask = np.array([[True] * 5, [False, True, True, False, True]])
    inputs = ops.convert_to_tensor(target), layer.memory(ops.convert_to_tensor(source)), ops.convert_to_tensor(mask)
    found = ops.convert_to_numpy(layer(*inputs))
    for row in range(2):
        key, value = np.split(source[row] @ weights["key_value.kernel"] + weights["key_value.bias"], 2, axis=-1)
        for time in range(3):
            query = target[row, time] @ weights["query.kernel"] + weights["query.bias"]
            heads = []
            for head in (slice(0, 4), slice(4, 8)):
                shares = [np.exp(query[head] @ key[place, head] / 2) * mask[row, place] for place in range(5)]
                heads.append(sum(share * value[place, head] for place, share in enumerate(shares)) / sum(shares))
            wanted = np.concatenate(heads) @ weights["output_projection.kernel"] + weights["output_projection.bias"]
            np.testing.assert_allclose(found[row, time], wanted, atol=FLOAT32_PARITY)


@pytest.mark.parametrize("places", [[0], [5, 6], [2, 3]])
def test_padding_changes_nothing(places):
    keras.utils.set_random_seed(1)
    layer = SelfAttention(8, AttentionOptions(num_heads=2))
    inputs = np.random.default_rng(0).normal(size=(2, 7, 8)).astype("float32")
    real = [time for time in range(7) if time not in places]
    mask = np.ones((2, 7), bool)
    mask[:, places] = False
    padded = ops.convert_to_numpy(layer(ops.convert_to_tensor(inputs), ops.convert_to_tensor(mask)))
    short = layer(ops.convert_to_tensor(inputs[:, real]), ops.convert_to_tensor(mask[:, real]))
    np.testing.assert_allclose(padded[:, real], ops.convert_to_numpy(short), atol=FLOAT32_PARITY)


def test_a_row_of_padding_is_finite():
    ones = np.ones((1, 3, 1, 2), "float32")
    found = attend(*map(ops.convert_to_tensor, (ones, ones, ones, np.zeros((1, 3), bool))))
    assert np.isfinite(ops.convert_to_numpy(found)).all()


def test_positions_differ_and_are_bounded():
    table = sine_positions(200, 17)
    assert table.shape == (200, 17)
    assert np.abs(table).max() <= 1
    assert len(np.unique(table.round(5), axis=0)) == 200


ALL = {"num_heads": 4, "num_kv_heads": 2, "is_rotary": True, "has_qk_norm": True, "has_gate": True, "window": 3}
CHOICES = {
    "plain": {"num_heads": 2},
    "rotary": {"num_heads": 2, "is_rotary": True},
    "grouped": {"num_heads": 4, "num_kv_heads": 1},
    "everything": ALL,
}
TIME, DIM = 9, 12


@pytest.fixture(params=[(name, letter) for name in CHOICES for letter in "AW"], ids="-".join)
def layer(request):
    name, letter = request.param
    keras.utils.set_random_seed(1)
    made = SelfAttention(DIM, AttentionOptions(**{"window": 3, **CHOICES[name]}), is_windowed=letter == "W")
    random = np.random.default_rng(4)
    for variable in made.weights:
        variable.assign(ops.convert_to_numpy(variable) + random.normal(0, 0.3, variable.shape))
    return made


@pytest.fixture
def inputs():
    return np.random.default_rng(2).normal(size=(2, TIME, DIM)).astype("float32")


def plain_self_attention(layer, inputs, *, is_causal):
    """One example (T, D), position by position and head by head."""
    weights = get_weights(layer)
    options = layer.options
    heads, kv_heads = options.num_heads, options.num_kv_heads or options.num_heads
    width = DIM // heads
    projected = inputs @ weights["query_key_value.kernel"] + weights["query_key_value.bias"]
    query, key, value, gate = np.split(projected, np.cumsum([DIM, kv_heads * width, kv_heads * width]), axis=-1)
    query, key, value = (
        query.reshape(-1, heads, width),
        key.reshape(-1, kv_heads, width),
        value.reshape(-1, kv_heads, width),
    )
    if options.has_qk_norm:
        query = query / np.sqrt((query**2).mean(-1, keepdims=True) + 1e-6) * weights["query_scale"]
        key = key / np.sqrt((key**2).mean(-1, keepdims=True) + 1e-6) * weights["key_scale"]
    half, found = width // 2, np.zeros((len(inputs), heads, width))

    def turned(vector, place):
        if not options.is_rotary:
            return vector
        angles = place * 10_000.0 ** (-np.arange(half) / half)
        pairs = (vector[:half] + 1j * vector[half : 2 * half]) * np.exp(1j * angles)
        return np.concatenate([pairs.real, pairs.imag, vector[2 * half :]])

    for place in range(len(inputs)):
        for head in range(heads):
            group = head // (heads // kv_heads)
            seen = [
                other
                for other in range(len(inputs))
                if (other <= place or not is_causal) and (not layer.window or abs(other - place) < layer.window)
            ]
            scores = [turned(query[place, head], place) @ turned(key[other, group], other) for other in seen]
            shares = np.exp(np.array(scores) / np.sqrt(width))
            found[place, head] = (shares / shares.sum()) @ value[seen, group]
    found = found.reshape(len(inputs), DIM)
    if options.has_gate:
        found = found / (1 + np.exp(-gate))
    return found @ weights["output_projection.kernel"] + weights["output_projection.bias"]


def read(layer, inputs, mask=None, state=None):
    mask = np.ones(inputs.shape[:2], bool) if mask is None else mask
    state = layer.initial_state(len(inputs)) if state is None else state
    outputs, state = layer.scan(ops.convert_to_tensor(inputs), ops.convert_to_tensor(mask), state)
    return ops.convert_to_numpy(outputs), state


def test_encoder_form_equals_the_plain_loop(layer, inputs):
    mask = ops.ones(inputs.shape[:2], dtype="bool")
    found = ops.convert_to_numpy(layer(ops.convert_to_tensor(inputs), mask))
    for row, example in zip(found, inputs, strict=True):
        np.testing.assert_allclose(row, plain_self_attention(layer, example, is_causal=False), atol=FLOAT32_PARITY)


def test_scan_step_and_plain_loop_agree(layer, inputs):
    outputs, last = read(layer, inputs)
    for row, example in zip(outputs, inputs, strict=True):
        np.testing.assert_allclose(row, plain_self_attention(layer, example, is_causal=True), atol=FLOAT32_PARITY)
    state = layer.initial_state(len(inputs))
    for time in range(TIME):
        stepped, state = layer.step(ops.convert_to_tensor(inputs[:, time]), state)
        np.testing.assert_allclose(ops.convert_to_numpy(stepped), outputs[:, time], atol=FLOAT32_PARITY)
    for name, value in last.items():
        np.testing.assert_allclose(ops.convert_to_numpy(state[name]), ops.convert_to_numpy(value), atol=FLOAT32_PARITY)


@pytest.mark.parametrize("places", [[0, 1], [7, 8], [2, 4]])
def test_padding_changes_neither_outputs_nor_what_follows(layer, inputs, places):
    real = [time for time in range(TIME) if time not in places]
    mask = np.ones((2, TIME), bool)
    mask[:, places] = False
    padded = inputs.copy()
    padded[:, places] = 99.0
    outputs, state = read(layer, padded, mask)
    expected, expected_state = read(layer, inputs[:, real])
    np.testing.assert_allclose(outputs[:, real], expected, atol=FLOAT32_PARITY)
    whole = ops.convert_to_numpy(layer(ops.convert_to_tensor(padded), ops.convert_to_tensor(mask)))
    alone = layer(ops.convert_to_tensor(inputs[:, real]), ops.ones((2, len(real)), dtype="bool"))
    np.testing.assert_allclose(whole[:, real], ops.convert_to_numpy(alone), atol=FLOAT32_PARITY)
    for _ in range(2):  # the second step reads a state that a step has made
        stepped, state = layer.step(ops.convert_to_tensor(inputs[:, 0]), state)
        wanted, expected_state = layer.step(ops.convert_to_tensor(inputs[:, 0]), expected_state)
        np.testing.assert_allclose(ops.convert_to_numpy(stepped), ops.convert_to_numpy(wanted), atol=FLOAT32_PARITY)


def test_two_scans_are_one(layer, inputs):
    mask = np.ones((2, TIME), bool)
    mask[1, 2] = mask[0, 5] = False
    whole, _ = read(layer, inputs, mask)
    first, state = read(layer, inputs[:, :4], mask[:, :4])
    second, _ = read(layer, inputs[:, 4:], mask[:, 4:], state)
    np.testing.assert_allclose(np.concatenate([first, second], axis=1)[mask], whole[mask], atol=FLOAT32_PARITY)


def test_the_future_changes_nothing(layer, inputs):
    changed = inputs.copy()
    changed[:, 5:] += 5.0
    np.testing.assert_allclose(read(layer, changed)[0][:, :5], read(layer, inputs)[0][:, :5], atol=1e-6)


def test_rotation_knows_only_distances():
    random = np.random.default_rng(0)
    query, key = random.normal(size=(2, 1, 1, 1, 6)).astype("float32")

    def product(place, other):
        ends = (
            rotate(ops.convert_to_tensor(v), ops.convert_to_tensor([[p]])) for v, p in ((query, place), (key, other))
        )
        return float(np.prod([ops.convert_to_numpy(end) for end in ends], axis=0).sum())

    assert product(7, 3) == pytest.approx(product(104, 100), abs=1e-4)
    assert product(7, 3) != pytest.approx(product(7, 4), abs=1e-4)
