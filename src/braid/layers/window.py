"""Attention within a window, block by block: O(T) where the whole matrix of scores would be O(T^2).

Positions are cut into blocks as long as the window; the queries of a block need the keys of their own block, of the one
before it, and without causality of the one after it. Real positions are moved together first, so that padding may
stand anywhere.

Paper: Beltagy et al. (2020), Longformer: the long-document transformer, section 3.1 (sliding window attention).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras import ops

from braid.layers.positions import between, permute_time


def attend_in_blocks(
    attend: Callable[[Any, Any, Any, Any], Any],
    query_BTNH: Any,
    past: tuple[Any, Any, Any],
    new: tuple[Any, Any, Any],
    window: int,
    is_causal: bool,
) -> Any:
    """Weighted values (B, T, D) for every query; what stands at padding means nothing.

    Args:
        attend: A function of queries (B, W, N, H), keys and values (B, S, G, H) and a mask (B, W, S).
        query_BTNH: Queries.
        past: Keys and values (B, W - 1, G, H) before the first position, the newest last, and which are real.
        new: Keys and values (B, T, G, H) of the positions themselves, and which are real.
        window: Positions W that a query sees, its own included, backwards, and as many forwards without causality.
        is_causal: Whether it sees backwards alone.

    Cost: O(B N T W H) time, O(B N T W) memory.
    """
    key_BTGH, value_BTGH, real_BT = new
    shape = ops.shape(query_BTNH)
    batch, time, heads, width = shape[0], shape[1], query_BTNH.shape[2], query_BTNH.shape[3]
    kv_heads = key_BTGH.shape[2]
    places = ops.arange(time, dtype="int32")
    order = ops.argsort(ops.where(real_BT, places, places + time), axis=1)
    origin = ops.argsort(order, axis=1)
    blocks = (time + window - 1) // window

    def together(values_BTNH: Any, size: int) -> Any:
        """Real positions first, then zeros up to whole blocks; (B, M W, size)."""
        flat = permute_time(ops.reshape(values_BTNH, (batch, time, size)), order, origin)
        rest = ops.zeros((batch, blocks * window - time, size), dtype=flat.dtype)
        return ops.concatenate([flat, rest], axis=1)

    def neighbors(before: Any, values: Any, size: int) -> Any:
        """(B M, 2 W or 3 W, size): the rows of the block before, of each block itself, and perhaps of the next one."""
        edge = ops.zeros((batch, 1, size), dtype=values.dtype)
        parts = [edge, before, values]
        if not is_causal:
            parts.append(ops.zeros((batch, window, size), dtype=values.dtype))
        whole = ops.reshape(ops.concatenate(parts, axis=1), (batch, -1, window, size))
        near = [between(whole, first, blocks) for first in range(2 if is_causal else 3)]
        joined = ops.concatenate(near, axis=2)
        return ops.reshape(joined, (batch * blocks, len(near) * window, size))

    count_B1 = ops.sum(ops.cast(real_BT, "int32"), axis=1, keepdims=True)
    is_real = ops.cast(ops.arange(blocks * window, dtype="int32") < count_B1, key_BTGH.dtype)[:, :, None]
    known = neighbors(ops.cast(past[2], key_BTGH.dtype)[:, :, None], is_real, 1)[:, :, 0] > 0.5
    size = kv_heads * width
    key, value = (
        ops.reshape(
            neighbors(ops.reshape(before, (batch, window - 1, size)), together(part, size), size),
            (batch * blocks, -1, kv_heads, width),
        )
        for before, part in ((past[0], key_BTGH), (past[1], value_BTGH))
    )
    query = ops.reshape(together(query_BTNH, heads * width), (batch * blocks, window, heads, width))
    # Query a of a block stands at row a + W of its neighbors.
    distance = ops.arange(window)[:, None] + window - ops.arange(window * (2 if is_causal else 3))
    near = ops.logical_and(distance < window, distance >= 0 if is_causal else distance > -window)
    found = attend(query, key, value, ops.logical_and(near[None], known[:, None]))
    flat = between(ops.reshape(found, (batch, blocks * window, heads * width)), 0, time)
    return permute_time(flat, origin, order)
