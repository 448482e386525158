"""The linear recurrence h_t = a_t h_{t-1} + b_t along time, forwards or backwards, with its own gradient.

a_t is a factor for each channel. The gradient is one scan in the other direction (dh arriving at each position, g what
leaves it): g_t = dh_t + a_{t+1} g_{t+1}, then db_t = g_t and da_t = g_t h_{t-1}. Storing only h keeps memory at one
tensor, where automatic differentiation of a loop would keep every intermediate value. `memory_scan` does the same for
a memory that is a matrix and is written chunk by chunk.

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
        (hidden,) = _loop(_advance_channels, (decay, value), (state,), reverse)
        kept = _without_history(hidden)

        def gradient(*args: Any, upstream: Any = None) -> Any:
            upstream = args[0] if upstream is None else upstream
            later = _shift(decay, None, not reverse)
            (carried,) = _loop(_advance_channels, (later, upstream), (ops.zeros_like(state),), not reverse)
            before = _shift(kept, state, reverse)
            last = -1 if reverse else 0
            return carried * before, carried, carried[:, last] * decay[:, last]

        return hidden, gradient

    return scan(decay_BTR, value_BTR, state_BR)


def memory_scan(fade_BM: Any, keys_BM: Any, seen_BM: Any, fresh_BM: Any, state_BNHE: Any) -> Any:
    """The memory S that each of M chunks of C positions starts with, and what the chunk writes to it, w:

    w_m = fresh_m - seen_m S_m;  S_{m+1} = fade_m S_m + keys_m^T w_m

    Args:
        fade_BM: Factors (B, M, N, 1, 1).
        keys_BM: Where is written (B, M, N, C, H).
        seen_BM: What is read before (B, M, N, C, H).
        fresh_BM: What is to stand there (B, M, N, C, E).
        state_BNHE: S_1.

    Returns:
        (B, M, N, C + H, E): the rows of w_m and under them those of S_m.

    Cost: O(B M N C H E) time. A scan with the transitions as matrices would take O(B M N H^2 E) as well.
    """

    def advance(before: Any, fade: Any, keys: Any, seen: Any, fresh: Any) -> Any:
        _, state = before
        written = fresh - ops.matmul(seen, state)
        return written, fade * state + ops.matmul(ops.swapaxes(keys, -1, -2), written)

    def retreat(after: Any, fade: Any, keys: Any, seen: Any, to_written: Any, to_state: Any) -> Any:
        _, carried = after
        to_written = to_written + ops.matmul(keys, carried)
        return to_written, fade * carried - ops.matmul(ops.swapaxes(seen, -1, -2), to_written) + to_state

    @ops.custom_gradient
    def scan(fade: Any, keys: Any, seen: Any, fresh: Any, state: Any) -> Any:
        chunk = fresh.shape[-2]
        start = ops.zeros_like(fresh[:, 0]), state
        written, states = _loop(advance, (fade, keys, seen, fresh), start, False)
        rows = ops.concatenate([written, _shift(states, state, False)], axis=-2)
        kept = _without_history(rows)

        def gradient(*args: Any, upstream: Any = None) -> Any:
            upstream = args[0] if upstream is None else upstream
            arriving = upstream[..., :chunk, :], upstream[..., chunk:, :]
            end = tuple(ops.zeros_like(part[:, 0]) for part in arriving)
            to_written, to_states = _loop(retreat, (fade, keys, seen, *arriving), end, True)
            later = _shift(to_states, None, True)
            written, states = kept[..., :chunk, :], kept[..., chunk:, :]
            to_fade = ops.sum(later * states, axis=(-2, -1), keepdims=True)
            to_keys = ops.matmul(written, ops.swapaxes(later, -1, -2))
            to_seen = -ops.matmul(to_written, ops.swapaxes(states, -1, -2))
            return to_fade, to_keys, to_seen, to_written, to_states[:, 0]

        return rows, gradient

    return scan(fade_BM, keys_BM, seen_BM, fresh_BM, state_BNHE)


def _without_history(values: Any) -> Any:
    """The same numbers: on PyTorch a gradient that holds its own output keeps both alive until garbage is collected."""
    return values.detach() if keras.backend.backend() == "torch" else values


def _advance_channels(before: Any, decay: Any, value: Any) -> Any:
    (hidden,) = before
    if keras.backend.backend() == "torch":
        import torch

        return (torch.addcmul(value, decay, hidden),)
    return (decay * hidden + value,)


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


def _loop(advance: Callable[..., Any], inputs_BT: tuple[Any, ...], start_B: tuple[Any, ...], reverse: bool) -> Any:
    """The scan itself, without a gradient, in the backend's own loop: all states (B, T, ...) of
    ``state_t = advance(state_{t-1}, *inputs_t)``, which are tuples.
    """
    backend = keras.backend.backend()
    if backend == "torch":
        import torch

        times = range(inputs_BT[0].shape[1])
        inputs = [part.unbind(1) for part in inputs_BT]
        state, states = start_B, [start_B] * len(times)
        for time in reversed(times) if reverse else times:
            state = states[time] = advance(state, *(part[time] for part in inputs))
        return tuple(torch.stack(rows, dim=1) for rows in zip(*states, strict=True))
    inputs_TB = tuple(ops.swapaxes(part, 0, 1) for part in inputs_BT)
    if backend == "tensorflow":
        import tensorflow as tf

        states_TB = tf.scan(
            lambda state, inputs: advance(state, *inputs), inputs_TB, start_B, reverse=reverse, parallel_iterations=1
        )
    else:
        import jax

        def twice(state: Any, inputs: Any) -> tuple[Any, Any]:
            state = advance(state, *inputs)
            return state, state

        _, states_TB = jax.lax.scan(twice, start_B, inputs_TB, reverse=reverse, unroll=4)
    return tuple(ops.swapaxes(part, 0, 1) for part in states_TB)
