"""Last layers as ONNX nodes: classes of a text, the place of an answer, copies of the source."""

from __future__ import annotations

import numpy as np

from braid.exporting import attention
from braid.exporting.graph import Graph, Weights
from braid.models.size import FOLLOW

TINY = 1e-9


def classes(graph: Graph, encoded: str, mask: str, marks: str, weights: Weights) -> str:
    """Scores (B, C) from the mean, the maximum and an attention-weighted mean of the hidden vectors."""
    dim = weights["classes.query"].shape[0]
    real = graph.add("Unsqueeze", graph.add("Cast", mask, to=1), graph.constant([2]))
    hidden = graph.add("Mul", encoded, real)
    total = graph.add("ReduceSum", hidden, graph.constant([1]), keepdims=0)
    count = graph.add("ReduceSum", real, graph.constant([1]), keepdims=0)
    mean = graph.add("Div", total, graph.add("Max", count, graph.constant(1.0, np.float32)))
    penalty = attention.hide(graph, mask)
    hiding = graph.add("Unsqueeze", penalty, graph.constant([2]))
    largest = graph.add("ReduceMax", graph.add("Add", hidden, hiding), axes=[1], keepdims=0)
    # No product of matrices: ONNX Runtime cannot quantize one with a vector.
    terms = graph.add("Mul", hidden, graph.weight("classes.query", weights["classes.query"]))
    asked = graph.add("ReduceSum", terms, graph.constant([-1]), keepdims=0)
    scores = graph.add("Add", graph.add("Mul", asked, graph.constant(dim**-0.5, np.float32)), penalty)
    shares = graph.add("Unsqueeze", graph.add("Softmax", scores, axis=-1), graph.constant([2]))
    attended = graph.add("ReduceSum", graph.add("Mul", hidden, shares), graph.constant([1]), keepdims=0)
    pooled = graph.add("Concat", mean, largest, attended, axis=-1)
    return graph.linear(pooled, "classes.output_projection", weights)


def spans(graph: Graph, encoded: str, mask: str, marks: str, weights: Weights) -> str:
    """Scores (B, S, 2) of each position to be the first or the last; padding stands on the right."""
    scores = graph.linear(encoded, "spans.output_projection", weights)
    length = graph.add("Squeeze", graph.add("Shape", mask, start=1, end=2))
    places = graph.add("Range", graph.constant(0), length, graph.constant(1))
    first = graph.add("Equal", places, graph.constant(0))
    marked = graph.add("GreaterOrEqual", marks, graph.constant(1, np.int32))
    may = graph.add("And", graph.add("Or", marked, graph.add("Unsqueeze", first, graph.constant([0]))), mask)
    return graph.add("Add", scores, graph.add("Unsqueeze", attention.hide(graph, may), graph.constant([2])))


def copies(graph: Graph, hidden: str, logits: str, dim: int, weights: Weights) -> str:
    """Log-probabilities (B, K, V) of subwords that are generated or copied from ``memory.source_ids``."""
    ids = graph.input("memory.source_ids", np.int32, ["B", "S"])
    key = graph.input("memory.copy_key", np.float32, ["B", "S", dim])
    query = graph.linear(hidden, "copies.query", weights)
    asked = graph.add("MatMul", query, graph.add("Transpose", key, perm=[0, 2, 1]))
    scaled = graph.add("Mul", asked, graph.constant(dim**-0.5, np.float32))
    penalty = graph.add("Unsqueeze", attention.hide(graph, "memory.mask"), graph.constant([1]))
    follows = _follows(graph, ids)
    strength, pull = (np.float32(value) for value in weights["copies.follow"])
    followed = graph.add("Mul", follows, graph.constant(FOLLOW * strength, np.float32))
    scores = graph.add("Add", graph.add("Add", scaled, followed), penalty)
    shares = graph.add("Softmax", scores, axis=-1)
    any_follows = graph.add("ReduceMax", follows, axes=[-1], keepdims=1)
    opened = graph.add(
        "Sub",
        graph.linear(hidden, "copies.gate", weights),
        graph.add("Mul", any_follows, graph.constant(pull, np.float32)),
    )
    gate = graph.add("Sigmoid", opened)
    generated = graph.add("Mul", gate, graph.add("Softmax", logits, axis=-1))
    copied = graph.add("Mul", graph.add("Sub", graph.constant(1.0, np.float32), gate), shares)
    wide = graph.add("Unsqueeze", graph.add("Cast", ids, to=7), graph.constant([1]))
    places = graph.add("Expand", wide, graph.add("Shape", copied))
    mixed = graph.add("ScatterElements", generated, places, copied, axis=2, reduction="add")
    return graph.add("Log", graph.add("Max", mixed, graph.constant(TINY, np.float32)))


def _follows(graph: Graph, ids: str) -> str:
    """(B, K, S): 1 at source positions behind one that holds the subword just written."""
    bounds = [graph.constant([bound]) for bound in (0, -1, 1)]
    earlier = graph.add("Slice", ids, *bounds)
    none = graph.add("Slice", ids, graph.constant([0]), graph.constant([1]), graph.constant([1]))
    none = graph.add("Sub", graph.add("Mul", none, graph.constant([0], np.int32)), graph.constant([1], np.int32))
    before = graph.add("Concat", none, earlier, axis=1)
    written = graph.add("Unsqueeze", "token_ids", graph.constant([2]))
    same = graph.add("Equal", written, graph.add("Unsqueeze", before, graph.constant([1])))
    real = graph.add("Unsqueeze", graph.add("Cast", "memory.mask", to=1), graph.constant([1]))
    return graph.add("Mul", graph.add("Cast", same, to=1), real)
