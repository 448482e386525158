"""The contract of recurrent layers: a form over time and an equal one-step form.

``scan(inputs_BTD, padding_mask_BT, state) -> outputs_BTR, state`` and
``step(inputs_BD, state) -> outputs_BR, state``. Padding leaves the state as it was, so that it never changes
a real position, wherever it stands. A state is a dictionary of arrays with the batch first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

from braid.layers.linear import product
from braid.layers.scan import step_scan

State = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class RecurrenceOptions:
    """What some of the recurrences let one choose.

    Args:
        activation: f of the Elman RNN: ``tanh``, ``relu`` or ``sigmoid``.
        num_heads: Blocks or heads, where the recurrence has any.
        decay_init: How the decays of the RG-LRU are drawn: as in its ``paper`` or as in its ``code``.
    """

    activation: str = "tanh"
    num_heads: int = 1
    decay_init: str = "paper"


class Recurrence(keras.layers.Layer):
    """A layer that reads a sequence with a memory.

    As it stands it is one with a matrix U inside the loop, whose positions come strictly one after another; what
    depends on the inputs alone is one matrix product over all of them, and the output is ``state["hidden"]``. Such a
    layer says how many gates it has and how it advances by a position; others say it all themselves.

    Args:
        input_dim: Width D of the inputs.
        rnn_dim: Width R of the outputs.
        options: Choices that some recurrences offer.
    """

    num_gates = 1
    needs_projection = False
    """Whether the layer around it must mix the outputs before it adds them to its inputs."""

    def __init__(self, input_dim: int, rnn_dim: int, options: RecurrenceOptions | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.input_dim, self.rnn_dim, self.options = input_dim, rnn_dim, options or RecurrenceOptions()
        self.make_weights()
        self.built = True

    def make_weights(self) -> None:
        """Add the layer's weights."""
        width = self.num_gates * self.rnn_dim
        self.kernel = self.add_weight(shape=(self.input_dim, width), initializer="glorot_uniform", name="kernel")
        self.recurrent_kernel = self.add_weight(
            shape=(self.rnn_dim, width), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(shape=(width,), initializer=self.initial_bias, name="bias")

    def initial_bias(self, shape: Any, dtype: Any = None) -> Any:
        """Zeros."""
        return ops.zeros(shape, dtype)

    @property
    def projections(self) -> Mapping[str, list[int]]:
        """Widths of the maps that stand side by side in one kernel."""
        return {name: [self.rnn_dim] * self.num_gates for name in ("kernel", "recurrent_kernel")}

    @property
    def state_shapes(self) -> Mapping[str, tuple[int, ...]]:
        """The state's arrays by name, each without its batch dimension."""
        return {"hidden": (self.rnn_dim,)}

    def initial_state(self, batch: Any) -> State:
        """Zeros."""
        return {name: ops.zeros((batch, *shape)) for name, shape in self.state_shapes.items()}

    def advance(self, projected_BG: Any, state: State) -> State:
        """The state after one position whose W x + b is already known."""
        raise NotImplementedError

    def scan(self, inputs_BTD: Any, padding_mask_BT: Any, state: State, reverse: bool = False) -> tuple[Any, State]:
        """Outputs (B, T, R) and the state behind the last real position in scan order."""
        projected_TBG = ops.transpose(product(inputs_BTD, self.kernel) + self.bias, (1, 0, 2))
        real_TB1 = ops.transpose(padding_mask_BT)[:, :, None]
        names = list(self.state_shapes)

        def advance(carry: Any, inputs: Any) -> Any:
            after = self.advance(inputs[0], dict(zip(names, carry, strict=True)))
            return tuple(ops.where(inputs[1], after[name], old) for name, old in zip(names, carry, strict=True))

        start = tuple(state[name] for name in names)
        last, states_TBR = step_scan(advance, start, (projected_TBG, real_TB1), reverse)
        hidden_TBR = states_TBR[names.index("hidden")]
        return ops.transpose(hidden_TBR, (1, 0, 2)), dict(zip(names, last, strict=True))

    def read(self, inputs_BTD: Any, padding_mask_BT: Any) -> Any:
        """The outputs of `scan` from a fresh state, where nobody asks for the last one."""
        return self.scan(inputs_BTD, padding_mask_BT, self.initial_state(ops.shape(inputs_BTD)[0]))[0]

    def step(self, inputs_BD: Any, state: State) -> tuple[Any, State]:
        """Outputs (B, R) and the new state after one position."""
        state = self.advance(ops.matmul(inputs_BD, self.kernel) + self.bias, state)
        return state["hidden"], state
