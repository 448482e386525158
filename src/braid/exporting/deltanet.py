"""Gated DeltaNet, letter D, as ONNX nodes: one position after another, as ONNX has no triangular solve."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from braid.exporting.graph import Graph, Weights
from braid.exporting.scan import Stepped, convolve, convolve_step
from braid.layers.norm import EPSILON


def scan(graph: Graph, inputs: str, mask: str, prefix: str, weights: Weights) -> str:
    """Outputs (B, S, R) over the source."""
    real = graph.add("Unsqueeze", mask, graph.constant([2]))
    mixed, gate, beta, log_decay = _project(graph, inputs, prefix, weights)
    zero = graph.constant(0, np.float32)
    mixed, beta, log_decay = (graph.add("Where", real, part, zero) for part in (mixed, beta, log_decay))
    convolved = convolve(graph, mixed, weights[f"{prefix}.conv_kernel"], prefix)
    heads, head = _sizes(prefix, weights)
    body = Graph("body")
    memory = body.input("before", np.float32, ["B", heads, head, head])
    query, key, value = (body.input(name, np.float32, ["B", heads, head]) for name in ("query", "key", "value"))
    strength, fade = (body.input(name, np.float32, ["B", heads]) for name in ("beta", "log_decay"))
    found, memory = _update(body, query, key, value, strength, fade, memory)
    body.output(memory, "after", np.float32, ["B", heads, head, head])
    body.output(found, "found", np.float32, ["B", heads, head])
    rows = graph.add("Shape", inputs, start=0, end=1)
    shape = graph.add("Concat", rows, graph.constant([heads, head, head]), axis=0)
    back = int(prefix.endswith("back"))
    _, founds = graph.add(
        "Scan",
        graph.add("Expand", graph.constant([[[[0.0]]]], np.float32), shape),
        *_vectors(graph, convolved, prefix, weights),
        beta,
        log_decay,
        outputs=2,
        body=body.build(),
        num_scan_inputs=5,
        scan_input_axes=[1] * 5,
        scan_output_axes=[1],
        scan_input_directions=[back] * 5,
        scan_output_directions=[back],
    )
    return _gated(graph, founds, gate, prefix, weights)


def step(graph: Graph, inputs: str, before: Sequence[str], prefix: str, weights: Weights) -> Stepped:
    """Output (B, K, R) of one more position, and the states after it."""
    window, memory = before
    mixed, gate, beta, log_decay = _project(graph, inputs, prefix, weights)
    convolved, window = convolve_step(graph, mixed, window, weights[f"{prefix}.conv_kernel"], prefix)
    found, memory = _update(graph, *_vectors(graph, convolved, prefix, weights), beta, log_decay, memory)
    return _gated(graph, found, gate, prefix, weights), [window, memory]


def _sizes(prefix: str, weights: Weights) -> tuple[int, int]:
    """Number of heads and width of each."""
    return weights[f"{prefix}.rate"].shape[0], weights[f"{prefix}.scale"].shape[0]


def _silu(graph: Graph, value: str) -> str:
    return graph.add("Mul", value, graph.add("Sigmoid", value))


def _project(graph: Graph, inputs: str, prefix: str, weights: Weights) -> tuple[str, str, str, str]:
    """What the convolution reads, the gate on the output, beta and the logarithm of the decay."""
    heads, head = _sizes(prefix, weights)
    products = [
        graph.add("MatMul", inputs, graph.weight(f"{prefix}.{name}", weights[f"{prefix}.{name}"]))
        for name in ("kernel", "gate_kernel")
    ]
    sizes = graph.constant([3 * heads * head, heads * head])
    mixed, gate = graph.add("Split", products[0], sizes, outputs=2, axis=-1)
    beta, pace = graph.split(products[1], 2)
    pace = graph.add("Add", pace, graph.weight(f"{prefix}.step_bias", weights[f"{prefix}.step_bias"]))
    rate = graph.weight(f"{prefix}.onnx_rate", -np.exp(weights[f"{prefix}.rate"]))
    return mixed, _silu(graph, gate), graph.add("Sigmoid", beta), graph.add("Mul", rate, graph.add("Softplus", pace))


def _vectors(graph: Graph, convolved: str, prefix: str, weights: Weights) -> tuple[str, str, str]:
    """Queries, keys and values, each (B, S or K, N, H)."""
    heads, head = _sizes(prefix, weights)
    query, key, value = (
        graph.add("Reshape", part, graph.constant([0, 0, heads, head]))
        for part in graph.split(_silu(graph, convolved), 3)
    )
    query, key = (
        graph.over_root(part, graph.add("ReduceSumSquare", part, axes=[-1], keepdims=1), EPSILON)
        for part in (query, key)
    )
    return graph.add("Mul", query, graph.constant(head**-0.5, np.float32)), key, value


def _update(graph: Graph, query: str, key: str, value: str, beta: str, log_decay: str, memory: str) -> tuple[str, str]:
    """What a query finds after one more position was written, (..., N, H), and the memory (..., N, H, H)."""
    last, before_last = graph.constant([-1]), graph.constant([-2])
    decay = graph.add("Unsqueeze", graph.add("Exp", log_decay), graph.constant([-2, -1]))
    memory = graph.add("Mul", decay, memory)
    answer = graph.add("Squeeze", graph.add("MatMul", graph.add("Unsqueeze", key, before_last), memory), before_last)
    missing = graph.add("Mul", graph.add("Unsqueeze", beta, last), graph.add("Sub", value, answer))
    written = graph.add("Mul", graph.add("Unsqueeze", key, last), graph.add("Unsqueeze", missing, before_last))
    memory = graph.add("Add", memory, written)
    found = graph.add("MatMul", graph.add("Unsqueeze", query, before_last), memory)
    return graph.add("Squeeze", found, before_last), memory


def _gated(graph: Graph, found: str, gate: str, prefix: str, weights: Weights) -> str:
    """Every head normalized, all joined, (B, S or K, R), and gated."""
    unit = graph.rms_norm(found, f"{prefix}.scale", weights, EPSILON)
    heads, head = _sizes(prefix, weights)
    return graph.add("Mul", graph.add("Reshape", unit, graph.constant([0, 0, heads * head])), gate)
