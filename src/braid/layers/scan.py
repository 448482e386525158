"""The linear recurrence h_t = a_t h_{t-1} + b_t along time, forwards or backwards, with its own gradient.

The gradient is one scan in the other direction (dh arriving at each position, g what leaves it):
g_t = dh_t + a_{t+1} g_{t+1}, then db_t = g_t and da_t = g_t h_{t-1}. Storing only h keeps memory at one
tensor, where automatic differentiation of a loop would keep every intermediate value.

A sequential scan does O(T) work per channel and beats the associative scan, O(T log T), on processors
with few cores; each backend runs it in its own fastest loop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops


def linear_scan(decay_BTR: Any, value_BTR: Any, state_BR: Any, reverse: bool = False) -> Any:
    """All h_t of h_t = decay_t h_{t-1} + value_t, starting from ``state_BR``.

    Args:
        decay_BTR: Factors a_t.
        value_BTR: Additions b_t.
        state_BR: h before the first position (after the last one when ``reverse``).
        reverse: Run from the last position to the first.

    Returns:
        hidden_BTR of the same shape as ``value_BTR``.

    Cost: O(B T R) time and memory.
    """

    @ops.custom_gradient
    def scan(decay: Any, value: Any, state: Any) -> Any:
        hidden = _loop(decay, value, state, reverse)

        def gradient(*args: Any, upstream: Any = None) -> Any:
            upstream = args[0] if upstream is None else upstream
            carried = _loop(_shift(decay, None, not reverse), upstream, ops.zeros_like(state), not reverse)
            before = _shift(hidden, state, reverse)
            last = -1 if reverse else 0
            return carried * before, carried, carried[:, last] * decay[:, last]

        return hidden, gradient

    return scan(decay_BTR, value_BTR, state_BR)


def step_scan(advance: Callable[[Any, Any], Any], start: Any, inputs_TB: Any, reverse: bool) -> tuple[Any, Any]:
    """The last state and all states of a recurrence that only its one-step form defines.

    Args:
        advance: A function of state and inputs at one position that returns the next state.
        start: State before the first position, nested as ``advance`` takes it.
        inputs_TB: Arrays with time first, nested as ``advance`` takes them.
        reverse: Run from the last position to the first.

    Cost: O(T) calls of ``advance``, one after another; differentiated by the backend.
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        states_TB = tf.scan(advance, inputs_TB, start, reverse=reverse, parallel_iterations=1)
        return tf.nest.map_structure(lambda states: states[0 if reverse else -1], states_TB), states_TB

    def twice(state: Any, inputs: Any) -> tuple[Any, Any]:
        state = advance(state, inputs)
        return state, state

    result: Any = ops.scan(twice, start, inputs_TB, reverse=reverse)
    return result


def _shift(values_BTR: Any, first_BR: Any, reverse: bool) -> Any:
    """Each position's predecessor in scan order; ``first_BR`` (or zero) before the first."""
    first = ops.zeros_like(values_BTR[:, 0]) if first_BR is None else first_BR
    if reverse:
        return ops.concatenate([values_BTR[:, 1:], first[:, None]], axis=1)
    return ops.concatenate([first[:, None], values_BTR[:, :-1]], axis=1)


def _loop(decay_BTR: Any, value_BTR: Any, state_BR: Any, reverse: bool) -> Any:
    """The scan itself, without a gradient, in the backend's own loop."""
    backend = keras.backend.backend()
    if backend == "torch":
        return _loop_torch(decay_BTR, value_BTR, state_BR, reverse)
    if backend == "tensorflow":
        return _loop_tensorflow(decay_BTR, value_BTR, state_BR, reverse)
    return _loop_jax(decay_BTR, value_BTR, state_BR, reverse)


def _loop_torch(decay_BTR: Any, value_BTR: Any, state_BR: Any, reverse: bool) -> Any:
    import torch

    times = range(value_BTR.shape[1])
    decays, values = decay_BTR.unbind(1), value_BTR.unbind(1)
    hidden, rows = state_BR, [state_BR] * len(times)
    for time in reversed(times) if reverse else times:
        hidden = torch.addcmul(values[time], decays[time], hidden)
        rows[time] = hidden
    return torch.stack(rows, dim=1)


def _loop_tensorflow(decay_BTR: Any, value_BTR: Any, state_BR: Any, reverse: bool) -> Any:
    import tensorflow as tf

    def step(hidden: Any, inputs: Any) -> Any:
        return inputs[0] * hidden + inputs[1]

    decay_TBR, value_TBR = tf.transpose(decay_BTR, (1, 0, 2)), tf.transpose(value_BTR, (1, 0, 2))
    hidden_TBR = tf.scan(step, (decay_TBR, value_TBR), state_BR, reverse=reverse, parallel_iterations=1)
    return tf.transpose(hidden_TBR, (1, 0, 2))


def _loop_jax(decay_BTR: Any, value_BTR: Any, state_BR: Any, reverse: bool) -> Any:
    import jax
    import jax.numpy as jnp

    def step(hidden: Any, inputs: Any) -> Any:
        hidden = inputs[0] * hidden + inputs[1]
        return hidden, hidden

    decay_TBR, value_TBR = jnp.swapaxes(decay_BTR, 0, 1), jnp.swapaxes(value_BTR, 0, 1)
    _, hidden_TBR = jax.lax.scan(step, state_BR, (decay_TBR, value_TBR), reverse=reverse, unroll=4)
    return jnp.swapaxes(hidden_TBR, 0, 1)
