"""The gradient of the training loss by every weight, against central differences in float64."""

from __future__ import annotations

from contextlib import contextmanager

import keras
import numpy as np
import pytest

from braid.config.recipe import TrainConfig
from braid.layers.delta import CHUNK
from braid.models.weights import get_weights, named_variables
from tiny import VOCAB, arrays, tiny_model
from tolerances import FLOAT64_GRADIENT

pytestmark = pytest.mark.backend
SHIFTS = (1e-6, 1e-7, 1e-8)


@contextmanager
def float64():
    """Everything Keras makes and computes inside is float64, though on JAX and PyTorch it would compute in float32."""
    from keras.src.backend.common.dtypes import BIT64_TO_BIT32_DTYPE as WIDEST

    before = keras.config.floatx(), keras.config.dtype_policy(), WIDEST["float64"]
    WIDEST["float64"] = "float64"
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    try:
        if keras.backend.backend() == "jax":
            import jax

            with jax.enable_x64(True):
                yield
        else:
            yield
    finally:
        keras.config.set_floatx(before[0])
        keras.config.set_dtype_policy(before[1])
        WIDEST["float64"] = before[2]


def value_and_gradients(loss, variables):
    """Two functions of the variables' values: the loss, and its gradient as the backend finds it."""
    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        def pure(values):
            with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
                return loss()

        return jax.jit(pure), jax.jit(jax.grad(pure))

    def after_assigning(function):
        def call(values):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
            return function()

        return call

    if backend == "torch":
        import torch

        tensors = [variable.value for variable in variables]
        return after_assigning(loss), after_assigning(lambda: torch.autograd.grad(loss(), tensors))
    import tensorflow as tf

    def gradient():
        with tf.GradientTape() as tape:
            value = loss()
        return tape.gradient(value, variables)

    return after_assigning(tf.function(loss)), after_assigning(tf.function(gradient))


OPTIONS = {"num_heads": 4, "num_kv_heads": 2, "positions": "rotary", "qk_norm": True, "attention_gate": True}


def batch_of(length, random):
    """Source and target ids, with padding at the end of some rows; three short rows, or one of some length."""
    batch = arrays()
    if length:
        batch = {
            "source_ids": random.integers(4, VOCAB, (1, length)).astype("int32"),
            "source_mask": np.arange(length)[None] < length - 3,
            "target_ids": random.integers(4, VOCAB, (1, length)).astype("int32"),
            "target_mask": np.ones((1, length), bool),
        }
    batch["target_mask"][-1, 3 + length // 2 :] = False
    batch["labels"] = random.integers(4, VOCAB, batch["target_ids"].shape)
    return batch


@pytest.mark.parametrize(
    ("encoder", "decoder", "options", "length"),
    [
        *((*stacks, {}, 0) for stacks in (("AS", "SM"), ("ME", "GE"), ("G", "S"), ("R", "R"), ("D", "D"), ("W", "AW"))),
        ("AW", "AW", OPTIONS, 0),
        ("D", "D", {}, 2 * CHUNK + 6),
    ],
)
def test_every_weight_has_the_gradient_of_the_loss(encoder, decoder, options, length):
    from braid.training.step import mean_loss

    random = np.random.default_rng(5)
    with float64():
        model = tiny_model(encoder, decoder, dropout=0.0, window=3, **options)  # narrow: the source takes two blocks
        named = named_variables(model)
        assert {str(variable.dtype) for variable in named.values()} == {"float64"}
        batch = batch_of(length, random)
        tensors = {name: keras.ops.convert_to_tensor(value) for name, value in batch.items()}
        value, gradients = value_and_gradients(
            lambda: mean_loss(model, tensors, TrainConfig(z_loss=0.01), training=False), list(named.values())
        )
        weights = list(get_weights(model).values())
        for place, (name, gradient) in enumerate(zip(named, gradients(weights), strict=True)):
            direction = random.normal(size=weights[place].shape)
            found = (keras.ops.convert_to_numpy(gradient) * direction).sum()

            def difference(shift, place=place, direction=direction):
                ends = []
                for sign in (1, -1):
                    moved = weights.copy()
                    moved[place] = moved[place] + sign * shift * direction
                    ends.append(float(keras.ops.convert_to_numpy(value(moved))))
                return (ends[0] - ends[1]) / (2 * shift)

            wanted = []
            for shift in SHIFTS:  # one may cross the corner of some relu; then a smaller one does not
                wanted.append(pytest.approx(difference(shift), rel=FLOAT64_GRADIENT, abs=4e-15 / shift))
                if found == wanted[-1]:
                    break
            assert found in wanted, f"{name}: {found} must be one of {wanted}"
