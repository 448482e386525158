"""Normalization over the last axis, with its gradient in closed form."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

EPSILON = 1e-6
"""Under the root of `rms_norm`, as where it is known from."""


def rms_norm(values: Any) -> Any:
    """Scaled to a root mean square of 1 over the last axis.

    Paper: Zhang and Sennrich (2019), Root mean square layer normalization.
    """
    return values * ops.rsqrt(ops.mean(ops.square(values), axis=-1, keepdims=True) + EPSILON)


class LayerNorm(keras.layers.Layer):
    """gamma (x - mean) / sqrt(variance + epsilon) + beta, mean and variance over the last axis.

    Keras' own layer computes in float32 on PyTorch whatever the inputs are, and elsewhere leaves it to the backend to
    differentiate nine operations one by one.

    Args:
        dim: Width D of the inputs.
        epsilon: Added to the variance.

    Paper: Ba et al. (2016), Layer normalization, equation 4.
    """

    def __init__(self, dim: int, *, epsilon: float = 1e-5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.epsilon = epsilon
        self.gamma = self.add_weight(shape=(dim,), initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=(dim,), initializer="zeros", name="beta")
        self.built = True

    def call(self, inputs: Any) -> Any:
        if keras.backend.backend() == "torch":
            from torch.nn.functional import layer_norm

            gamma, beta = self.gamma.value, self.beta.value
            return layer_norm(inputs, gamma.shape, gamma, beta, self.epsilon)
        # Products, not the variables themselves: TensorFlow lets no custom gradient close over a variable.
        return _normalize(inputs, self.gamma * 1.0, self.beta * 1.0, self.epsilon)


def _normalize(inputs: Any, gamma_D: Any, beta_D: Any, epsilon: float) -> Any:
    """The layer's outputs as one operation with a gradient of its own."""

    @ops.custom_gradient
    def normalize(inputs: Any, gamma: Any, beta: Any) -> Any:
        centered = inputs - ops.mean(inputs, axis=-1, keepdims=True)
        inverse = ops.rsqrt(ops.mean(ops.square(centered), axis=-1, keepdims=True) + epsilon)
        unit = centered * inverse

        def gradient(*args: Any, upstream: Any = None) -> Any:
            upstream = args[0] if upstream is None else upstream
            others = tuple(range(len(upstream.shape) - 1))
            scaled = upstream * gamma
            along = ops.mean(scaled * unit, axis=-1, keepdims=True)
            inputs_gradient = inverse * (scaled - ops.mean(scaled, axis=-1, keepdims=True) - unit * along)
            return inputs_gradient, ops.sum(upstream * unit, axis=others), ops.sum(upstream, axis=others)

        return unit * gamma + beta, gradient

    return normalize(inputs, gamma_D, beta_D)
