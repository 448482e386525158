"""Recurrent layers behind one contract: a parallel form over time and an equal one-step form.

``scan(inputs_BTD, padding_mask_BT, state) -> outputs_BTR, state`` and
``step(inputs_BD, state) -> outputs_BR, state``. Padding leaves the state as it was, so that it never changes
a real position, wherever it stands. A state is a dictionary of arrays with the batch first.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from braid.layers.scan import linear_scan, step_scan

State = dict[str, Any]


class SSRU(keras.layers.Layer):
    """Simpler simple recurrent unit: a gated average of the past, without a matrix inside the loop.

    f_t = sigmoid(W_f x_t + b_f)
    c_t = f_t c_{t-1} + (1 - f_t) W x_t
    h_t = relu(c_t)

    Args:
        input_dim: Width D of the inputs.
        rnn_dim: Width R of the state and the outputs.

    Paper: Kim et al. (2019), From research to production and back: ludicrously fast neural machine
    translation, section 3.1. The forget gate's bias starts at 1 here, so that a new model remembers.
    """

    def __init__(self, input_dim: int, rnn_dim: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rnn_dim = rnn_dim
        self.kernel = self.add_weight(shape=(input_dim, 2 * rnn_dim), initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(rnn_dim,), initializer="ones", name="bias")
        self.built = True

    def initial_state(self, batch: Any) -> State:
        """Zeros: ``cell`` (B, R)."""
        return {"cell": ops.zeros((batch, self.rnn_dim))}

    def gates(self, inputs: Any) -> tuple[Any, Any]:
        """The forget gate f and the candidate W x, of any leading shape."""
        gate, value = ops.split(ops.matmul(inputs, self.kernel), 2, axis=-1)
        return ops.sigmoid(gate + self.bias), value

    def scan(self, inputs_BTD: Any, padding_mask_BT: Any, state: State, reverse: bool = False) -> tuple[Any, State]:
        """Outputs (B, T, R) and the state behind the last real position in scan order."""
        forget_BTR, value_BTR = self.gates(inputs_BTD)
        real_BT1 = padding_mask_BT[:, :, None]
        value_BTR = ops.where(real_BT1, (1 - forget_BTR) * value_BTR, 0.0)
        forget_BTR = ops.where(real_BT1, forget_BTR, 1.0)
        cell_BTR = linear_scan(forget_BTR, value_BTR, state["cell"], reverse)
        return ops.relu(cell_BTR), {"cell": cell_BTR[:, 0 if reverse else -1]}

    def step(self, inputs_BD: Any, state: State) -> tuple[Any, State]:
        """Outputs (B, R) and the new state after one position."""
        forget_BR, value_BR = self.gates(inputs_BD)
        cell_BR = forget_BR * state["cell"] + (1 - forget_BR) * value_BR
        return ops.relu(cell_BR), {"cell": cell_BR}


class LSTM(keras.layers.Layer):
    """Long short-term memory: gates computed from the input and from the previous output.

    i, f, g, o = split(W x_t + U h_{t-1} + b)
    c_t = sigmoid(f) c_{t-1} + sigmoid(i) tanh(g)
    h_t = sigmoid(o) tanh(c_t)

    Args:
        input_dim: Width D of the inputs.
        rnn_dim: Width R of the state and the outputs.

    Paper: Hochreiter and Schmidhuber (1997); the forget gate of Gers et al. (2000), its bias starting
    at 1 after Jozefowicz et al. (2015).
    """

    def __init__(self, input_dim: int, rnn_dim: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rnn_dim = rnn_dim
        self.kernel = self.add_weight(shape=(input_dim, 4 * rnn_dim), initializer="glorot_uniform", name="kernel")
        self.recurrent_kernel = self.add_weight(
            shape=(rnn_dim, 4 * rnn_dim), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(shape=(4 * rnn_dim,), initializer=self._bias, name="bias")
        self.built = True

    def _bias(self, shape: Any, dtype: Any = None) -> Any:
        """Zeros, and ones for the forget gate."""
        position = ops.arange(shape[0])
        return ops.cast((position >= self.rnn_dim) & (position < 2 * self.rnn_dim), dtype or "float32")

    def initial_state(self, batch: Any) -> State:
        """Zeros: ``hidden`` and ``cell``, each (B, R)."""
        return {"hidden": ops.zeros((batch, self.rnn_dim)), "cell": ops.zeros((batch, self.rnn_dim))}

    def _advance(self, projected_BG: Any, hidden_BR: Any, cell_BR: Any) -> tuple[Any, Any]:
        """Hidden and cell after one position whose W x + b is already known."""
        gates = projected_BG + ops.matmul(hidden_BR, self.recurrent_kernel)
        enter, forget, candidate, leave = ops.split(gates, 4, axis=-1)
        cell_BR = ops.sigmoid(forget) * cell_BR + ops.sigmoid(enter) * ops.tanh(candidate)
        return ops.sigmoid(leave) * ops.tanh(cell_BR), cell_BR

    def scan(self, inputs_BTD: Any, padding_mask_BT: Any, state: State, reverse: bool = False) -> tuple[Any, State]:
        """Outputs (B, T, R) and the state behind the last real position in scan order."""
        projected_TBG = ops.transpose(ops.matmul(inputs_BTD, self.kernel) + self.bias, (1, 0, 2))
        real_TB1 = ops.transpose(padding_mask_BT)[:, :, None]

        def advance(carry: Any, inputs: Any) -> Any:
            hidden, cell = self._advance(inputs[0], *carry)
            carry = (ops.where(inputs[1], hidden, carry[0]), ops.where(inputs[1], cell, carry[1]))
            return carry

        start = (state["hidden"], state["cell"])
        last, (hidden_TBR, _) = step_scan(advance, start, (projected_TBG, real_TB1), reverse)
        return ops.transpose(hidden_TBR, (1, 0, 2)), {"hidden": last[0], "cell": last[1]}

    def step(self, inputs_BD: Any, state: State) -> tuple[Any, State]:
        """Outputs (B, R) and the new state after one position."""
        projected_BG = ops.matmul(inputs_BD, self.kernel) + self.bias
        hidden, cell = self._advance(projected_BG, state["hidden"], state["cell"])
        return hidden, {"hidden": hidden, "cell": cell}


RECURRENCES: dict[str, type[SSRU] | type[LSTM]] = {"S": SSRU, "M": LSTM}
