"""The gated recurrent unit, letter G."""

from __future__ import annotations

from typing import Any

from keras import ops

from braid.layers.recurrence import Recurrence, State


class GRU(Recurrence):
    """Two gates: one resets what the candidate sees of the past, one mixes candidate and past.

    z, r, n = split(W x_t + b);  u_z, u_r, u_n = split(U h_{t-1} + b_u)
    z = sigmoid(z + u_z);  r = sigmoid(r + u_r);  n = tanh(n + r u_n)
    h_t = (1 - z) n + z h_{t-1}

    The reset gate stands behind the matrix, as in cuDNN, PyTorch and ONNX's ``linear_before_reset``: one product a
    step instead of two.

    Paper: Cho et al. (2014), Learning phrase representations using RNN encoder-decoder, equations 5 to 8.
    """

    num_gates = 3

    def make_weights(self) -> None:
        super().make_weights()
        self.recurrent_bias = self.add_weight(shape=(3 * self.rnn_dim,), initializer="zeros", name="recurrent_bias")

    def advance(self, projected_BG: Any, state: State) -> State:
        recurrent = ops.matmul(state["hidden"], self.recurrent_kernel) + self.recurrent_bias
        mix, reset, candidate = ops.split(projected_BG, 3, axis=-1)
        mix_past, reset_past, candidate_past = ops.split(recurrent, 3, axis=-1)
        mix = ops.sigmoid(mix + mix_past)
        candidate = ops.tanh(candidate + ops.sigmoid(reset + reset_past) * candidate_past)
        return {"hidden": (1 - mix) * candidate + mix * state["hidden"]}
