"""Products in float32 and in bfloat16."""

import numpy as np
import pytest
from keras import ops

from braid.layers import linear
from braid.layers.linear import Linear, product, use_precision

pytestmark = pytest.mark.backend


@pytest.fixture(autouse=True)
def float32_afterwards():
    yield
    use_precision("float32")


def tensors(seed=1):
    random = np.random.default_rng(seed)
    return random.normal(size=(5, 64)).astype("f4"), random.normal(size=(64, 7)).astype("f4")


def test_float32_is_the_plain_product():
    left, right = tensors()
    found = ops.convert_to_numpy(product(ops.convert_to_tensor(left), ops.convert_to_tensor(right)))
    np.testing.assert_allclose(found, left @ right, rtol=1e-5, atol=1e-5)


def test_bfloat16_rounds_the_factors_and_keeps_float32():
    left, right = tensors()
    use_precision("bfloat16")
    found = product(ops.convert_to_tensor(left), ops.convert_to_tensor(right))
    assert found.dtype in ("float32", *[part.dtype for part in [ops.convert_to_tensor(left)]])
    error = np.abs(ops.convert_to_numpy(found) - left @ right)
    assert 1e-4 < error.max() < 0.2


def test_other_types_are_left_alone():
    use_precision("bfloat16")
    left, right = (part.astype("int32") for part in tensors())
    found = ops.convert_to_numpy(product(ops.convert_to_tensor(left), ops.convert_to_tensor(right)))
    np.testing.assert_array_equal(found, left @ right)


def test_layers_keep_float32_weights():
    use_precision("bfloat16")
    layer = Linear(64, 7)
    layer(ops.convert_to_tensor(tensors()[0]))
    assert str(layer.kernel.dtype) == "float32"
    assert linear._PRECISION["products"] == "bfloat16"
