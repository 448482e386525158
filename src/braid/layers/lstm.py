"""Long short-term memory, letter M."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keras import ops

from braid.layers.recurrence import Recurrence, State


class LSTM(Recurrence):
    """Gates computed from the input and from the previous output decide what enters, stays and leaves a cell.

    i, f, g, o = split(W x_t + U h_{t-1} + b)
    c_t = sigmoid(f) c_{t-1} + sigmoid(i) tanh(g)
    h_t = sigmoid(o) tanh(c_t)

    Paper: Hochreiter and Schmidhuber (1997); the forget gate of Gers et al. (2000), its bias starting
    at 1 after Jozefowicz et al. (2015).
    """

    num_gates = 4

    def initial_bias(self, shape: Any, dtype: Any = None) -> Any:
        """Zeros, and ones for the forget gate."""
        position = ops.arange(shape[0])
        return ops.cast((position >= self.rnn_dim) & (position < 2 * self.rnn_dim), dtype or "float32")

    @property
    def state_shapes(self) -> Mapping[str, tuple[int, ...]]:
        return {"hidden": (self.rnn_dim,), "cell": (self.rnn_dim,)}

    def advance(self, projected_BG: Any, state: State) -> State:
        gates = projected_BG + ops.matmul(state["hidden"], self.recurrent_kernel)
        enter, forget, candidate, leave = ops.split(gates, 4, axis=-1)
        cell_BR = ops.sigmoid(forget) * state["cell"] + ops.sigmoid(enter) * ops.tanh(candidate)
        return {"hidden": ops.sigmoid(leave) * ops.tanh(cell_BR), "cell": cell_BR}
