"""The real-gated linear recurrent unit with its convolution and its output gate, letter R."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from braid.layers.convolution import WIDTH, convolution_step, short_convolution
from braid.layers.linear import product
from braid.layers.recurrence import Recurrence, State
from braid.layers.scan import linear_scan

SHARPNESS = 8.0
"""c in the paper: how strongly the recurrence gate moves the decay."""

SLOWEST, FASTEST = 0.999, 0.9
"""Between these the decays of a fresh layer lie."""

TINY = 1e-6


class RGLRU(Recurrence):
    """A gated decay of every channel by itself, behind a short convolution, times a gate on the output.

    x, y = split(W u_t + b);  x = convolution of x over four positions
    r_t = sigmoid(W_a x_t + b_a);  i_t = sigmoid(W_i x_t + b_i), in blocks, one a head
    a_t = exp(-8 r_t softplus(Lambda))
    h_t = a_t h_{t-1} + sqrt(1 - a_t^2) (i_t x_t)
    out = gelu(y_t) h_t; the layer around it projects that.

    ``options.decay_init``: the paper draws a^8, the decay under an open gate, evenly from 0.9 to 0.999; the released
    code draws the square of a itself so, and a^8 therefore begins at 0.43.

    Paper: De et al. (2024), Griffin: mixing gated linear recurrences with local attention, section 2.4 and appendix A.
    """

    needs_projection = True

    def make_weights(self) -> None:
        size = self.rnn_dim
        blocks = self.options.num_heads if size % self.options.num_heads == 0 else 1
        head = size // blocks
        self.kernel = self.add_weight(shape=(self.input_dim, 2 * size), initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(2 * size,), initializer="zeros", name="bias")
        self.conv_kernel = self.add_weight(
            shape=(WIDTH, size), initializer=keras.initializers.RandomNormal(stddev=WIDTH**-0.5), name="conv_kernel"
        )
        self.conv_bias = self.add_weight(shape=(size,), initializer="zeros", name="conv_bias")
        self.gate_kernel = self.add_weight(
            shape=(blocks, head, 2 * head),
            initializer=keras.initializers.RandomNormal(stddev=head**-0.5),
            name="gate_kernel",
        )
        self.gate_bias = self.add_weight(shape=(blocks, 2 * head), initializer="zeros", name="gate_bias")
        self.decay = self.add_weight(shape=(size,), initializer=self._initial_decay, name="decay")

    def _initial_decay(self, shape: Any, dtype: Any = None) -> Any:
        """Lambda, such that the decays are spread as the options say."""
        if self.options.decay_init == "paper":
            strength = -ops.log(keras.random.uniform(shape, FASTEST, SLOWEST, dtype=dtype)) / SHARPNESS
        else:
            strength = -ops.log(keras.random.uniform(shape, FASTEST**2, SLOWEST**2, dtype=dtype)) / 2
        return ops.log(ops.expm1(strength))

    @property
    def projections(self) -> Mapping[str, list[int]]:
        return {"kernel": [self.rnn_dim] * 2}

    @property
    def state_shapes(self) -> Mapping[str, tuple[int, ...]]:
        return {"window": (WIDTH - 1, self.rnn_dim), "hidden": (self.rnn_dim,)}

    def _recurrence(self, values: Any) -> tuple[Any, Any]:
        """Decay a and addition sqrt(1 - a^2) (i x), of any leading shape, from the convolution's outputs."""
        blocks, head, _ = self.gate_kernel.shape
        leading = ops.shape(values)[:-1]
        # A product of stacked matrices, not einsum: TensorFlow's takes a hundred times as long to find its gradient.
        parts = ops.transpose(ops.reshape(values, (-1, blocks, head)), (1, 0, 2))
        products = ops.transpose(ops.matmul(parts, self.gate_kernel), (1, 0, 2))
        gates = ops.sigmoid(ops.reshape(products, (*leading, blocks, 2 * head)) + self.gate_bias)
        recur, enter = (ops.reshape(gate, (*leading, self.rnn_dim)) for gate in ops.split(gates, 2, axis=-1))
        log_decay = -SHARPNESS * recur * ops.softplus(self.decay)
        # Below the bound the root's gradient would grow without limit.
        scale = ops.sqrt(ops.maximum(-ops.expm1(2 * log_decay), TINY))
        return ops.exp(log_decay), scale * enter * values

    def _branches(self, inputs: Any) -> tuple[Any, Any]:
        """What the recurrence reads, and the gate on its output."""
        values, gate = ops.split(product(inputs, self.kernel) + self.bias, 2, axis=-1)
        return values, ops.gelu(gate, approximate=True)

    def scan(self, inputs_BTD: Any, padding_mask_BT: Any, state: State, reverse: bool = False) -> tuple[Any, State]:
        values, gate = self._branches(inputs_BTD)
        values, window = short_convolution(values, padding_mask_BT, state["window"], self.conv_kernel * 1.0, reverse)
        decay, addition = self._recurrence(values + self.conv_bias)
        real_BT1 = padding_mask_BT[:, :, None]
        decay, addition = ops.where(real_BT1, decay, 1.0), ops.where(real_BT1, addition, 0.0)
        hidden = linear_scan(decay, addition, state["hidden"], reverse)
        return gate * hidden, {"window": window, "hidden": hidden[:, 0 if reverse else -1]}

    def step(self, inputs_BD: Any, state: State) -> tuple[Any, State]:
        values, gate = self._branches(inputs_BD)
        values, window = convolution_step(values, state["window"], self.conv_kernel * 1.0)
        decay, addition = self._recurrence(values + self.conv_bias)
        hidden = decay * state["hidden"] + addition
        return gate * hidden, {"window": window, "hidden": hidden}
