"""The gated delta rule, letter D's memory: a matrix that forgets, and corrects what it answers to a key.

S_t = exp(g_t) S_{t-1};  S_t += k_t (beta_t (v_t - S_t^T k_t))^T;  out_t = S_t^T q_t

Over many positions it is computed in chunks. Within a chunk of C positions, with G_i = g_1 + ... + g_i and
L_ij = beta_i (k_i . k_j) exp(G_i - G_j) below the diagonal, one triangular solve gives what each position writes:

(I + L) [W, U] = [beta exp(G) K, beta V];   V' = U - W S

where S is the memory the chunk starts with. From chunk to chunk S becomes exp(G_C) S + (exp(G_C - G) K)^T V', and all
outputs come from matrix products: out = exp(G) Q S + (Q K^T exp(G_i - G_j)) V'.

Paper: Yang et al. (2025), Gated delta networks: improving Mamba2 with delta rule, section 3.3.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from braid.layers.positions import between
from braid.layers.scan import memory_scan

CHUNK = 32
"""Positions solved together."""

BLOCK = 8
"""Positions of one step of `solve_by_blocks`."""

NEVER = -1e9
"""Logarithm of a factor that is zero."""


def delta_rule(
    query_BTNH: Any, key_BTNH: Any, value_BTNE: Any, beta_BTN: Any, log_decay_BTN: Any, state_BNHE: Any
) -> tuple[Any, Any]:
    """Outputs (B, T, N, E) of N heads, and the memory behind the last position.

    A position whose beta and log_decay are 0 leaves the memory as it was.

    Args:
        query_BTNH: What is asked.
        key_BTNH: Where it is written; of length at most 1.
        value_BTNE: What is written.
        beta_BTN: How far, 0 to 1.
        log_decay_BTN: g, at most 0.
        state_BNHE: The memory before the first position.

    Cost: O(B T N (C (C + H + E) + H E)) for chunks of C.
    """
    time = ops.shape(query_BTNH)[1]
    query, key, value = (_chunks(part, time) for part in (query_BTNH, key_BTNH, value_BTNE))
    beta, log_decay = (_chunks(part[..., None], time) for part in (beta_BTN, log_decay_BTN))
    upto = ops.tril(ops.ones((CHUNK, CHUNK), dtype=log_decay.dtype))
    total = ops.matmul(upto, log_decay)  # (B, M, N, C, 1): sums up to each position
    turned = ops.swapaxes(key, -1, -2)
    places = ops.arange(CHUNK)
    fade = ops.exp(ops.where(places[:, None] >= places, total - ops.swapaxes(total, -1, -2), NEVER))
    overlap = ops.where(places[:, None] > places, beta * ops.matmul(key, turned) * fade, 0.0)
    wanted = ops.concatenate([beta * ops.exp(total) * key, beta * value], axis=-1)
    solved = solve_unit_triangular(overlap, wanted)
    head = key.shape[-1]
    seen, fresh = ops.split(solved, (head,), axis=-1)
    whole = total[..., -1:, :]
    kept = key * ops.exp(whole - total)
    rows = memory_scan(ops.exp(whole), kept, seen, fresh, state_BNHE)
    written, before = ops.split(rows, (CHUNK,), axis=-2)
    outputs = ops.matmul(query * ops.exp(total), before) + ops.matmul(ops.matmul(query, turned) * fade, written)
    end = ops.shape(whole)[1] - 1
    whole, before, kept, written = (ops.squeeze(between(part, end, 1), 1) for part in (whole, before, kept, written))
    last = ops.exp(whole) * before + ops.matmul(ops.swapaxes(kept, -1, -2), written)
    shape = ops.shape(outputs)
    flat = ops.reshape(ops.transpose(outputs, (0, 1, 3, 2, 4)), (shape[0], -1, shape[2], shape[4]))
    return between(flat, 0, time), last


def delta_step(
    query_BNH: Any, key_BNH: Any, value_BNE: Any, beta_BN: Any, log_decay_BN: Any, state_BNHE: Any
) -> tuple[Any, Any]:
    """The same for one position: its output (B, N, E) and the new memory."""
    state = ops.exp(log_decay_BN)[..., None, None] * state_BNHE
    answer_BNE = ops.sum(state * key_BNH[..., None], axis=-2)
    correction_BNE = beta_BN[..., None] * (value_BNE - answer_BNE)
    state = state + key_BNH[..., None] * correction_BNE[..., None, :]
    return ops.sum(state * query_BNH[..., None], axis=-2), state


def solve_unit_triangular(below: Any, wanted: Any) -> Any:
    """x of (I + L) x = wanted, where L is 0 on the diagonal and above it.

    JAX 0.10 solves stacks of systems on a processor's threads and has each wait for the others there: two layers at
    once stop a two-core machine for good. It is given matrix products instead.

    Args:
        below: L, (..., C, C), where C is a multiple of `BLOCK`.
        wanted: (..., C, X).
    """
    if keras.backend.backend() == "jax":
        return solve_by_blocks(below, wanted)
    return ops.solve_triangular(below + ops.eye(below.shape[-1], dtype=below.dtype), wanted, lower=True)


def solve_by_blocks(below: Any, wanted: Any) -> Any:
    """The same by forward substitution, one block of rows after another.

    Within a block L^8 is 0, so that its inverse is (I - L) (I + L^2) (I + L^4), whose numbers stay small: over all
    positions at once the powers of L would grow beyond what float32 can cancel.
    """
    solved: list[Any] = []
    for begin in range(0, below.shape[-1], BLOCK):
        rows = below[..., begin : begin + BLOCK, :]
        part = wanted[..., begin : begin + BLOCK, :]
        if solved:
            part = part - ops.matmul(rows[..., :begin], ops.concatenate(solved, axis=-2))
        inner = rows[..., begin : begin + BLOCK]
        square = ops.matmul(inner, inner)
        part = part + ops.matmul(ops.matmul(square, square), part)
        part = part + ops.matmul(square, part)
        solved.append(part - ops.matmul(inner, part))
    return ops.concatenate(solved, axis=-2)


def _chunks(values_BTNX: Any, time: Any) -> Any:
    """(B, M, N, C, X): M chunks, the last filled up with zeros."""
    shape = ops.shape(values_BTNX)
    missing = -time % CHUNK
    rest = ops.zeros((shape[0], missing, *values_BTNX.shape[2:]), dtype=values_BTNX.dtype)
    full = ops.concatenate([values_BTNX, rest], axis=1)
    return ops.transpose(ops.reshape(full, (shape[0], -1, CHUNK, *values_BTNX.shape[2:])), (0, 1, 3, 2, 4))
