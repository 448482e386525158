"""Products of activations with weights, in the precision that a run asks for, and the dense layer made of one."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

_PRECISION = {"products": "float32"}


def use_precision(name: str) -> None:
    """Let products of this process be computed in ``float32`` or ``bfloat16``; say so before a network is traced."""
    _PRECISION["products"] = name


def product(left: Any, right: Any) -> Any:
    """Matrix product of two float32 tensors, float32; both are rounded to bfloat16 before where a run asks for that.

    Weights, sums, normalizations, softmax, scans and the optimizer stay float32 (mixed precision).

    Paper: Kalamkar et al. (2019), A study of BFLOAT16 for deep learning training.
    """
    if _PRECISION["products"] == "float32" or keras.backend.standardize_dtype(left.dtype) != "float32":
        return ops.matmul(left, right)
    name = _PRECISION["products"]
    return ops.cast(ops.matmul(ops.cast(left, name), ops.cast(right, name)), "float32")


class Linear(keras.layers.Layer):
    """x W + b, and an activation.

    Args:
        input_dim: Width of the inputs.
        output_dim: Width of the outputs.
        activation: ``relu`` or "".
        initial_bias: What b starts as, ``zeros`` or ``ones``.
    """

    def __init__(
        self, input_dim: int, output_dim: int, *, activation: str = "", initial_bias: str = "zeros", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.activation = activation
        self.kernel = self.add_weight(shape=(input_dim, output_dim), initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(output_dim,), initializer=initial_bias, name="bias")
        self.built = True

    def call(self, inputs: Any) -> Any:
        outputs = product(inputs, self.kernel) + self.bias
        return ops.relu(outputs) if self.activation == "relu" else outputs
