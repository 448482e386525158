import keras
import numpy as np
import pytest
from keras import ops

from braid.layers.dropout import dropout, random_bytes

pytestmark = pytest.mark.backend


def test_rate_scale_and_seed():
    ones = ops.ones((100, 333))
    first = ops.convert_to_numpy(dropout(ones, 0.3, keras.random.SeedGenerator(5), True))
    again = ops.convert_to_numpy(dropout(ones, 0.3, keras.random.SeedGenerator(5), True))
    other = ops.convert_to_numpy(dropout(ones, 0.3, keras.random.SeedGenerator(6), True))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert (first == 0).mean() == pytest.approx(77 / 256, abs=0.01)
    assert first.mean() == pytest.approx(1, abs=0.02)


def test_each_call_draws_anew():
    seeds = keras.random.SeedGenerator(1)
    ones = ops.ones((1000,))
    first, second = (ops.convert_to_numpy(dropout(ones, 0.5, seeds, True)) for _ in range(2))
    assert (first != second).any()


@pytest.mark.parametrize(("rate", "training"), [(0.0, True), (0.5, False)])
def test_off(rate, training):
    ones = ops.ones((10,))
    assert dropout(ones, rate, keras.random.SeedGenerator(1), training) is ones


def test_bytes_are_uniform():
    found = ops.convert_to_numpy(random_bytes((3, 7, 5001), keras.random.SeedGenerator(9).next()))
    assert found.shape == (3, 7, 5001)
    counts = np.bincount(found.ravel(), minlength=256)
    assert len(counts) == 256
    assert counts.min() > 0.7 * counts.mean()
