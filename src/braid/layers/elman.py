"""The simple recurrent network, letter E."""

from __future__ import annotations

from typing import Any

from keras import ops

from braid.layers.recurrence import Recurrence, State

ACTIVATIONS = {"tanh": ops.tanh, "relu": ops.relu, "sigmoid": ops.sigmoid}


class Elman(Recurrence):
    """h_t = f(W x_t + U h_{t-1} + b) with f chosen in the options.

    U starts orthogonal, so that what it remembers neither grows nor fades at first.

    Paper: Elman (1990), Finding structure in time.
    """

    def advance(self, projected_BG: Any, state: State) -> State:
        activation = ACTIVATIONS[self.options.activation]
        return {"hidden": activation(projected_BG + ops.matmul(state["hidden"], self.recurrent_kernel))}
