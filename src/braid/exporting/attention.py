"""Attention as ONNX nodes: over a whole source for encoders, one step at a time for decoders, and to the source."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from braid.config.recipe import ModelConfig
from braid.exporting.graph import Graph, Weights
from braid.exporting.scan import Stepped
from braid.layers.attention import NEGATIVE, rotary_pace
from braid.layers.norm import EPSILON


def split_heads(graph: Graph, value: str, num_heads: int, head_dim: int) -> str:
    """(B, T, D) → (B, N, T, H)."""
    shaped = graph.add("Reshape", value, graph.constant([0, 0, num_heads, head_dim]))
    return graph.add("Transpose", shaped, perm=[0, 2, 1, 3])


def hide(graph: Graph, allowed: str) -> str:
    """What to add to scores: a lot less where the mask is False."""
    hidden = graph.add("Cast", graph.add("Not", allowed), to=1)
    return graph.add("Mul", hidden, graph.constant(NEGATIVE, np.float32))


def attend(graph: Graph, query: str, memory: tuple[str, str], penalty: str, num_heads: int, head_dim: int) -> str:
    """softmax(Q K^T / sqrt(H) + penalty) V, (B, T, D), from queries, keys and values (B, N, ..., H)."""
    turned = graph.add("Transpose", memory[0], perm=[0, 1, 3, 2])
    mixed = _mix(graph, query, turned, memory[1], penalty, head_dim)
    joined = graph.add("Transpose", mixed, perm=[0, 2, 1, 3])
    return graph.add("Reshape", joined, graph.constant([0, 0, num_heads * head_dim]))


def encode(
    graph: Graph, letter: str, inputs: str, mask: str, prefix: str, weights: Weights, config: ModelConfig
) -> str:
    """What letter A or W of an encoder finds, (B, S, D), before its output projection."""
    heads, head_dim, kv_heads = _sizes(config)
    length = graph.add("Shape", inputs, start=1, end=2)
    ends = [graph.constant(value) for value in (0, 1)]
    places_S = graph.add("Range", ends[0], graph.add("Squeeze", length), ends[1])
    is_rotary = config.positions == "rotary"
    query, key, value, gate = _project(graph, inputs, places_S if is_rotary else "", prefix, weights, config)
    penalty = graph.add("Unsqueeze", hide(graph, mask), graph.constant([1, 2]))
    if letter == "W":
        rows, columns = (graph.add("Unsqueeze", places_S, graph.constant([axis])) for axis in (1, 0))
        distance = graph.add("Abs", graph.add("Sub", rows, columns))
        penalty = graph.add("Add", penalty, hide(graph, graph.add("Less", distance, graph.constant(config.window))))
    query, key, value = (graph.add("Transpose", part, perm=[0, 2, 1, 3]) for part in (query, key, value))
    if kv_heads != heads:
        key, value = (_repeat(graph, part, kv_heads, heads) for part in (key, value))
    return _gated(graph, attend(graph, query, (key, value), penalty, heads, head_dim), gate)


def step(
    graph: Graph, inputs: str, before: Sequence[str], prefix: str, weights: Weights, *, config: ModelConfig, window: int
) -> Stepped:
    """What letter A or W of a decoder finds after one more position, (B, K, D), and its states.

    Keys and values (B, K, G, L, H) of L earlier positions; with a window, those before the first position stay hidden.
    """
    heads, head_dim, kv_heads = _sizes(config)
    query, key, value, gate = _project(graph, inputs, before[2], prefix, weights, config)
    kept = [
        graph.add("Concat", past, graph.add("Unsqueeze", new, graph.constant([3])), axis=3)
        for past, new in zip(before, (key, value), strict=False)
    ]
    query = graph.add("Reshape", query, graph.constant([0, 0, kv_heads, heads // kv_heads, head_dim]))
    penalty = graph.constant(0, np.float32)
    if window:
        rows = graph.constant(np.arange(window) - (window - 1), np.float32)
        places = graph.add("Add", graph.add("Unsqueeze", before[2], graph.constant([2, 3, 4])), rows)
        penalty = hide(graph, graph.add("GreaterOrEqual", places, penalty))
    turned = graph.add("Transpose", kept[0], perm=[0, 1, 2, 4, 3])
    mixed = _mix(graph, query, turned, kept[1], penalty, head_dim)
    joined = graph.add("Reshape", mixed, graph.constant([0, 0, heads * head_dim]))
    count = graph.add("Add", before[2], graph.constant(1, np.float32))
    if window:
        bounds = [graph.constant([bound]) for bound in (1, 2**31, 3)]
        kept = [graph.add("Slice", part, *bounds) for part in kept]
    found = graph.linear(_gated(graph, joined, gate), f"{prefix}.output_projection", weights)
    return found, [*kept, count]


def _sizes(config: ModelConfig) -> tuple[int, int, int]:
    """Heads of queries, width of each, heads of keys and values."""
    return config.num_heads, config.model_dim // config.num_heads, config.num_kv_heads or config.num_heads


def _mix(graph: Graph, query: str, turned: str, value: str, penalty: str, head_dim: int) -> str:
    """Weighted values of every query, from keys that are turned already."""
    scaled = graph.add("Mul", query, graph.constant(head_dim**-0.5, np.float32))
    scores = graph.add("Add", graph.add("MatMul", scaled, turned), penalty)
    return graph.add("MatMul", graph.add("Softmax", scores, axis=-1), value)


def _project(
    graph: Graph, inputs: str, places: str, prefix: str, weights: Weights, config: ModelConfig
) -> tuple[str, str, str, str]:
    """Queries (B, T, N, H), keys and values (B, T, G, H), and the gate or ""; turned where places are given."""
    heads, head_dim, kv_heads = _sizes(config)
    widths = [config.model_dim, *[kv_heads * head_dim] * 2, *[config.model_dim] * config.attention_gate]
    projected = graph.linear(inputs, f"{prefix}.query_key_value", weights)
    query, key, value, *gate = graph.add("Split", projected, graph.constant(widths), outputs=len(widths), axis=-1)
    query = graph.add("Reshape", query, graph.constant([0, 0, heads, head_dim]))
    key, value = (graph.add("Reshape", part, graph.constant([0, 0, kv_heads, head_dim])) for part in (key, value))
    if config.qk_norm:
        query = graph.rms_norm(query, f"{prefix}.query_scale", weights, EPSILON)
        key = graph.rms_norm(key, f"{prefix}.key_scale", weights, EPSILON)
    if places:
        turn = partial(_rotate, graph, angles=_angles(graph, places, head_dim), head_dim=head_dim)
        query, key = turn(query), turn(key)
    return query, key, value, gate[0] if gate else ""


def _angles(graph: Graph, places: str, head_dim: int) -> str:
    """(..., 1, H / 2) for each place."""
    last = graph.add("Unsqueeze", graph.add("Cast", places, to=1), graph.constant([-2, -1]))
    return graph.add("Mul", last, graph.constant(rotary_pace(head_dim), np.float32))


def _rotate(graph: Graph, value: str, *, angles: str, head_dim: int) -> str:
    half = head_dim // 2
    sizes = [half, half, head_dim - 2 * half] if head_dim % 2 else [half, half]
    first, second, *rest = graph.add("Split", value, graph.constant(sizes), outputs=len(sizes), axis=-1)
    cosine, sine = graph.add("Cos", angles), graph.add("Sin", angles)
    turned = [
        graph.add("Sub", graph.add("Mul", first, cosine), graph.add("Mul", second, sine)),
        graph.add("Add", graph.add("Mul", second, cosine), graph.add("Mul", first, sine)),
    ]
    return graph.add("Concat", *turned, *rest, axis=-1)


def _repeat(graph: Graph, value: str, kv_heads: int, heads: int) -> str:
    """(B, G, S, H) → (B, N, S, H): each head as often as heads of queries share it."""
    times = heads // kv_heads
    several = graph.add("Concat", *[graph.add("Unsqueeze", value, graph.constant([2]))] * times, axis=2)
    shape = graph.add("Shape", value)
    sizes = [graph.add("Gather", shape, graph.constant([axis])) for axis in (0, 2, 3)]
    new_shape = graph.add("Concat", sizes[0], graph.constant([heads]), *sizes[1:], axis=0)
    return graph.add("Reshape", several, new_shape)


def _gated(graph: Graph, found: str, gate: str) -> str:
    return graph.add("Mul", found, graph.add("Sigmoid", gate)) if gate else found
