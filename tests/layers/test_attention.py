import keras
import numpy as np
import pytest
from keras import ops

from braid.layers.attention import SelfAttention, attend, sine_positions
from tolerances import FLOAT32_PARITY

pytestmark = pytest.mark.backend


def plain_attention(query, key, value, mask):
    scores = np.einsum("bnth,bnsh->bnts", query, key) / np.sqrt(query.shape[-1])
    scores = np.where(mask[:, None, None], scores, -np.inf)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    mixed = np.einsum("bnts,bnsh->btnh", weights, value)
    return mixed.reshape(*mixed.shape[:2], -1)


def test_equals_the_formula():
    random = np.random.default_rng(0)
    query, key, value = (random.normal(size=(2, 3, length, 4)).astype("float32") for length in (5, 7, 7))
    mask = np.arange(7)[None] < np.array([[7], [4]])
    found = ops.convert_to_numpy(attend(*map(ops.convert_to_tensor, (query, key, value, mask))))
    np.testing.assert_allclose(found, plain_attention(query, key, value, mask), atol=FLOAT32_PARITY)


@pytest.mark.parametrize("places", [[0], [5, 6], [2, 3]])
def test_padding_changes_nothing(places):
    keras.utils.set_random_seed(1)
    layer = SelfAttention(8, 2)
    inputs = np.random.default_rng(0).normal(size=(2, 7, 8)).astype("float32")
    real = [time for time in range(7) if time not in places]
    mask = np.ones((2, 7), bool)
    mask[:, places] = False
    padded = ops.convert_to_numpy(layer(ops.convert_to_tensor(inputs), ops.convert_to_tensor(mask)))
    short = layer(ops.convert_to_tensor(inputs[:, real]), ops.convert_to_tensor(mask[:, real]))
    np.testing.assert_allclose(padded[:, real], ops.convert_to_numpy(short), atol=FLOAT32_PARITY)


def test_a_row_of_padding_is_finite():
    ones = np.ones((1, 1, 3, 2), "float32")
    found = attend(*map(ops.convert_to_tensor, (ones, ones, ones, np.zeros((1, 3), bool))))
    assert np.isfinite(ops.convert_to_numpy(found)).all()


def test_positions_differ_and_are_bounded():
    table = sine_positions(200, 17)
    assert table.shape == (200, 17)
    assert np.abs(table).max() <= 1
    assert len(np.unique(table.round(5), axis=0)) == 200
