"""The RG-LRU, letter R, as ONNX nodes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from braid.exporting.graph import Graph, Weights
from braid.exporting.scan import Stepped, convolve, convolve_step, scan_linear
from braid.layers.rglru import SHARPNESS, TINY


def _branches(graph: Graph, inputs: str, prefix: str, weights: Weights) -> tuple[str, str]:
    """What the recurrence reads, and gelu of the gate on its output."""
    values, gate = graph.split(graph.linear(inputs, prefix, weights), 2)
    cubic = graph.add(
        "Mul", graph.constant(0.044715, np.float32), graph.add("Pow", gate, graph.constant(3, np.float32))
    )
    inner = graph.add("Mul", graph.constant((2 / np.pi) ** 0.5, np.float32), graph.add("Add", gate, cubic))
    share = graph.add("Add", graph.constant(1, np.float32), graph.add("Tanh", inner))
    return values, graph.add("Mul", graph.add("Mul", gate, graph.constant(0.5, np.float32)), share)


def _recurrence(graph: Graph, values: str, prefix: str, weights: Weights) -> tuple[str, str]:
    """Decay and addition from the convolution's outputs (B, S or K, R)."""
    kernel, bias = weights[f"{prefix}.gate_kernel"], weights[f"{prefix}.gate_bias"]
    blocks, head, _ = kernel.shape
    parts = graph.add("Reshape", values, graph.constant([0, 0, blocks, head]))
    # Each gate by itself, so that joining the blocks again gives the layer's order of channels. Einsum, not MatMul:
    # ONNX Runtime has no product of 8-bit integers with a stack of matrices.
    gates = []
    for name, half in (("recur", slice(None, head)), ("enter", slice(head, None))):
        stored = graph.weight(f"{prefix}.{name}_kernel", kernel[:, :, half])
        product = graph.add("Einsum", parts, stored, equation="bsnh,nhg->bsng")
        total = graph.add("Add", product, graph.weight(f"{prefix}.{name}_bias", bias[:, half]))
        gates.append(graph.add("Reshape", graph.add("Sigmoid", total), graph.constant([0, 0, blocks * head])))
    decay = weights[f"{prefix}.decay"].astype("float64")
    strength = graph.weight(f"{prefix}.strength", (-SHARPNESS * np.logaddexp(0, decay)).astype("float32"))
    log_decay = graph.add("Mul", gates[0], strength)
    doubled = graph.add("Exp", graph.add("Mul", log_decay, graph.constant(2, np.float32)))
    open_ = graph.add("Max", graph.add("Sub", graph.constant(1, np.float32), doubled), graph.constant(TINY, np.float32))
    addition = graph.add("Mul", graph.add("Sqrt", open_), graph.add("Mul", gates[1], values))
    return graph.add("Exp", log_decay), addition


def scan(graph: Graph, inputs: str, mask: str, prefix: str, weights: Weights) -> str:
    """Outputs (B, S, R) over the source."""
    values, gate = _branches(graph, inputs, prefix, weights)
    real = graph.add("Unsqueeze", mask, graph.constant([2]))
    values = graph.add("Where", real, values, graph.constant(0, np.float32))
    bias = graph.weight(f"{prefix}.conv_bias", weights[f"{prefix}.conv_bias"])
    convolved = convolve(graph, values, weights[f"{prefix}.conv_kernel"], prefix, bias)
    decay, addition = _recurrence(graph, convolved, prefix, weights)
    decay = graph.add("Where", real, decay, graph.constant(1, np.float32))
    addition = graph.add("Where", real, addition, graph.constant(0, np.float32))
    size = weights[f"{prefix}.decay"].shape[0]
    return graph.add("Mul", gate, scan_linear(graph, decay, addition, size, prefix))


def step(graph: Graph, inputs: str, before: Sequence[str], prefix: str, weights: Weights) -> Stepped:
    """Output (B, K, R) of one more position, and the states after it."""
    window, hidden = before
    values, gate = _branches(graph, inputs, prefix, weights)
    convolved, window = convolve_step(graph, values, window, weights[f"{prefix}.conv_kernel"], prefix)
    bias = graph.weight(f"{prefix}.conv_bias", weights[f"{prefix}.conv_bias"])
    decay, addition = _recurrence(graph, graph.add("Add", convolved, bias), prefix, weights)
    hidden = graph.add("Add", graph.add("Mul", decay, hidden), addition)
    return graph.add("Mul", gate, hidden), [window, hidden]
