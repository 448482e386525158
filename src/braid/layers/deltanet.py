"""Gated DeltaNet, letter D."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import ops

from braid.layers.convolution import WIDTH, convolution_step, short_convolution
from braid.layers.delta import delta_rule, delta_step
from braid.layers.linear import product
from braid.layers.norm import EPSILON, rms_norm
from braid.layers.recurrence import Recurrence, State

FASTEST_RATE = 16.0
SHORTEST_STEP, LONGEST_STEP = 1e-3, 0.1
"""A fresh layer forgets at rates from 0 to the fastest, times steps between these."""


class GatedDeltaNet(Recurrence):
    """Heads with a matrix of memory each, written by the gated delta rule, behind a short convolution.

    q, k, v = split(silu(convolution of W x_t over four positions)), each in N heads of H = R / N
    q, k = q / |q| / sqrt(H), k / |k|
    beta_t = sigmoid(W_b x_t);  g_t = -exp(rate) softplus(W_a x_t + step), both one number a head
    o_t = the gated delta rule of q, k, v, beta, g (`braid.layers.delta`)
    out = scale o_t / rms(o_t) * silu(W_z x_t), head by head; the layer around it projects that.

    The shape is that of the linear layers of Qwen3-Next and Qwen3.5, with as many heads for keys as for values; rates
    and steps begin as in the flash-linear-attention library, for training from scratch: exp(rate) evenly from 0 to
    16, softplus(step) evenly on a logarithmic scale from 0.001 to 0.1.

    Paper: Yang et al. (2025), Gated delta networks: improving Mamba2 with delta rule.
    """

    needs_projection = True

    def make_weights(self) -> None:
        size = self.rnn_dim
        self.heads = self.options.num_heads if size % self.options.num_heads == 0 else 1
        self.kernel = self.add_weight(shape=(self.input_dim, 4 * size), initializer="glorot_uniform", name="kernel")
        self.gate_kernel = self.add_weight(
            shape=(self.input_dim, 2 * self.heads), initializer="glorot_uniform", name="gate_kernel"
        )
        bound = WIDTH**-0.5
        self.conv_kernel = self.add_weight(
            shape=(WIDTH, 3 * size), initializer=keras.initializers.RandomUniform(-bound, bound), name="conv_kernel"
        )
        self.rate = self.add_weight(shape=(self.heads,), initializer=self._initial_rate, name="rate")
        self.step_bias = self.add_weight(shape=(self.heads,), initializer=self._initial_step, name="step_bias")
        self.scale = self.add_weight(shape=(size // self.heads,), initializer="ones", name="scale")

    @staticmethod
    def _initial_rate(shape: Any, dtype: Any = None) -> Any:
        return ops.log(keras.random.uniform(shape, 1e-3, FASTEST_RATE, dtype=dtype))

    @staticmethod
    def _initial_step(shape: Any, dtype: Any = None) -> Any:
        steps = ops.exp(keras.random.uniform(shape, np.log(SHORTEST_STEP), np.log(LONGEST_STEP), dtype=dtype))
        return ops.log(ops.expm1(steps))

    @property
    def projections(self) -> Mapping[str, list[int]]:
        return {"kernel": [self.rnn_dim] * 4}

    @property
    def state_shapes(self) -> Mapping[str, tuple[int, ...]]:
        head = self.rnn_dim // self.heads
        return {"window": (WIDTH - 1, 3 * self.rnn_dim), "memory": (self.heads, head, head)}

    def _project(self, inputs: Any) -> tuple[Any, Any, Any, Any]:
        """What the convolution reads, the gate on the output, beta and the logarithm of the decay."""
        mixed, gate = ops.split(product(inputs, self.kernel), (3 * self.rnn_dim,), axis=-1)
        beta, step = ops.split(ops.matmul(inputs, self.gate_kernel), 2, axis=-1)
        log_decay = -ops.exp(self.rate) * ops.softplus(step + self.step_bias)
        return mixed, ops.silu(gate), ops.sigmoid(beta), log_decay

    def _heads(self, convolved: Any) -> tuple[Any, Any, Any]:
        """Queries, keys and values of every head, (..., N, H)."""
        shape = *ops.shape(convolved)[:-1], self.heads, self.rnn_dim // self.heads
        query, key, value = (ops.reshape(part, shape) for part in ops.split(ops.silu(convolved), 3, axis=-1))
        query, key = (part * ops.rsqrt(ops.sum(part**2, axis=-1, keepdims=True) + EPSILON) for part in (query, key))
        return query * shape[-1] ** -0.5, key, value

    def _outputs(self, found: Any, gate: Any) -> Any:
        """(..., R): every head normalized, joined and gated."""
        unit = rms_norm(found) * self.scale
        return ops.reshape(unit, ops.shape(gate)) * gate

    def scan(self, inputs_BTD: Any, padding_mask_BT: Any, state: State, reverse: bool = False) -> tuple[Any, State]:
        if reverse:
            mirrored = ops.flip(inputs_BTD, axis=1), ops.flip(padding_mask_BT, axis=1)
            outputs, state = self.scan(*mirrored, state)
            return ops.flip(outputs, axis=1), state
        mixed, gate, beta, log_decay = self._project(inputs_BTD)
        convolved, window = short_convolution(mixed, padding_mask_BT, state["window"], self.conv_kernel * 1.0)
        real_BT1 = padding_mask_BT[:, :, None]
        beta, log_decay = ops.where(real_BT1, beta, 0.0), ops.where(real_BT1, log_decay, 0.0)
        found, memory = delta_rule(*self._heads(convolved), beta, log_decay, state["memory"])
        return self._outputs(found, gate), {"window": window, "memory": memory}

    def step(self, inputs_BD: Any, state: State) -> tuple[Any, State]:
        mixed, gate, beta, log_decay = self._project(inputs_BD)
        convolved, window = convolution_step(mixed, state["window"], self.conv_kernel * 1.0)
        found, memory = delta_step(*self._heads(convolved), beta, log_decay, state["memory"])
        return self._outputs(found, gate), {"window": window, "memory": memory}
