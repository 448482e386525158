"""The simpler simple recurrent unit, letter S."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keras import ops

from braid.layers.linear import product
from braid.layers.recurrence import Recurrence, State
from braid.layers.scan import linear_scan


class SSRU(Recurrence):
    """A gated average of the past, without a matrix inside the loop.

    f_t = sigmoid(W_f x_t + b_f)
    c_t = f_t c_{t-1} + (1 - f_t) W x_t
    h_t = relu(c_t)

    Paper: Kim et al. (2019), From research to production and back: ludicrously fast neural machine
    translation, section 3.1. The forget gate's bias starts at 1 here, so that a new model remembers.
    """

    def make_weights(self) -> None:
        shape = self.input_dim, 2 * self.rnn_dim
        self.kernel = self.add_weight(shape=shape, initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(self.rnn_dim,), initializer="ones", name="bias")

    @property
    def state_shapes(self) -> Mapping[str, tuple[int, ...]]:
        return {"cell": (self.rnn_dim,)}

    @property
    def projections(self) -> Mapping[str, list[int]]:
        return {"kernel": [self.rnn_dim] * 2}

    def gates(self, inputs: Any) -> tuple[Any, Any]:
        """The forget gate f and the candidate W x, of any leading shape."""
        gate, value = ops.split(product(inputs, self.kernel), 2, axis=-1)
        return ops.sigmoid(gate + self.bias), value

    def scan(self, inputs_BTD: Any, padding_mask_BT: Any, state: State, reverse: bool = False) -> tuple[Any, State]:
        forget_BTR, value_BTR = self.gates(inputs_BTD)
        real_BT1 = padding_mask_BT[:, :, None]
        value_BTR = ops.where(real_BT1, (1 - forget_BTR) * value_BTR, 0.0)
        forget_BTR = ops.where(real_BT1, forget_BTR, 1.0)
        cell_BTR = linear_scan(forget_BTR, value_BTR, state["cell"], reverse)
        return ops.relu(cell_BTR), {"cell": cell_BTR[:, 0 if reverse else -1]}

    def step(self, inputs_BD: Any, state: State) -> tuple[Any, State]:
        forget_BR, value_BR = self.gates(inputs_BD)
        cell_BR = forget_BR * state["cell"] + (1 - forget_BR) * value_BR
        return ops.relu(cell_BR), {"cell": cell_BR}
