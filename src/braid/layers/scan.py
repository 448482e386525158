"""The linear recurrence h_t = a_t h_{t-1} + b_t along time, forwards or backwards, with its own gradient.

a_t is a factor for each channel, or a matrix. The gradient is one scan in the other direction (dh arriving at each
position, g what leaves it): g_t = dh_t + a_{t+1}^T g_{t+1}, then db_t = g_t and da_t = g_t h_{t-1}^T. Storing only h
keeps memory at one tensor, where automatic differentiation of a loop would keep every intermediate value.

A sequential scan does O(T) work per channel and beats the associative scan, O(T log T), on processors
with few cores; each backend runs it in its own fastest loop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops


def linear_scan(decay_BTR: Any, value_BTR: Any, state_BR: Any, reverse: bool = False) -> Any:
    """All h_t of h_t = decay_t h_{t-1} + value_t, channel by channel, starting from ``state_BR``.

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
        hidden = _loop(_advance_channels, decay, value, state, reverse)
        kept = _without_history(hidden)

        def gradient(*args: Any, upstream: Any = None) -> Any:
            upstream = args[0] if upstream is None else upstream
            later = _shift(decay, None, not reverse)
            carried = _loop(_advance_channels, later, upstream, ops.zeros_like(state), not reverse)
            before = _shift(kept, state, reverse)
            last = -1 if reverse else 0
            return carried * before, carried, carried[:, last] * decay[:, last]

        return hidden, gradient

    return scan(decay_BTR, value_BTR, state_BR)


def matrix_scan(transition_BTNHH: Any, value_BTNHE: Any, state_BNHE: Any) -> Any:
    """All S_t of S_t = transition_t S_{t-1} + value_t, starting from ``state_BNHE``, of the shape of the values.

    Cost: O(B T N H^2 E) time.
    """

    @ops.custom_gradient
    def scan(transition: Any, value: Any, state: Any) -> Any:
        states = _loop(_advance_matrices, transition, value, state, False)
        kept = _without_history(states)

        def gradient(*args: Any, upstream: Any = None) -> Any:
            upstream = args[0] if upstream is None else upstream
            back = ops.swapaxes(transition, -1, -2)
            carried = _loop(_advance_matrices, _shift(back, None, True), upstream, ops.zeros_like(state), True)
            before = ops.swapaxes(_shift(kept, state, False), -1, -2)
            return ops.matmul(carried, before), carried, ops.matmul(back[:, 0], carried[:, 0])

        return states, gradient

    return scan(transition_BTNHH, value_BTNHE, state_BNHE)


def _without_history(values: Any) -> Any:
    """The same numbers: on PyTorch a gradient that holds its own output keeps both alive until garbage is collected."""
    return values.detach() if keras.backend.backend() == "torch" else values


def _advance_channels(decay: Any, value: Any, hidden: Any) -> Any:
    if keras.backend.backend() == "torch":
        import torch

        return torch.addcmul(value, decay, hidden)
    return decay * hidden + value


def _advance_matrices(transition: Any, value: Any, state: Any) -> Any:
    return ops.matmul(transition, state) + value


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


def _shift(values_BT: Any, first_B: Any, reverse: bool) -> Any:
    """Each position's predecessor in scan order; ``first_B`` (or zero) before the first."""
    first = ops.zeros_like(values_BT[:, 0]) if first_B is None else first_B
    if reverse:
        return ops.concatenate([values_BT[:, 1:], first[:, None]], axis=1)
    return ops.concatenate([first[:, None], values_BT[:, :-1]], axis=1)


def _loop(advance: Callable[[Any, Any, Any], Any], decay_BT: Any, value_BT: Any, state_B: Any, reverse: bool) -> Any:
    """The scan itself, without a gradient, in the backend's own loop."""
    backend = keras.backend.backend()
    if backend == "torch":
        import torch

        times = range(value_BT.shape[1])
        decays, values = decay_BT.unbind(1), value_BT.unbind(1)
        hidden, rows = state_B, [state_B] * len(times)
        for time in reversed(times) if reverse else times:
            hidden = advance(decays[time], values[time], hidden)
            rows[time] = hidden
        return torch.stack(rows, dim=1)
    inputs_TB = ops.swapaxes(decay_BT, 0, 1), ops.swapaxes(value_BT, 0, 1)
    if backend == "tensorflow":
        import tensorflow as tf

        def step(hidden: Any, inputs: Any) -> Any:
            return advance(*inputs, hidden)

        hidden_TB = tf.scan(step, inputs_TB, state_B, reverse=reverse, parallel_iterations=1)
    else:
        import jax

        def twice(hidden: Any, inputs: Any) -> Any:
            hidden = advance(*inputs, hidden)
            return hidden, hidden

        _, hidden_TB = jax.lax.scan(twice, state_B, inputs_TB, reverse=reverse, unroll=4)
    return ops.swapaxes(hidden_TB, 0, 1)
