"""Recurrent layers as ONNX nodes: over a whole source for encoders, one step at a time for decoders.

Names of states are those of the layers themselves; dimensions as in the shapes legend.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from braid.config.recipe import ModelConfig
from braid.exporting.graph import Graph

Weights = dict[str, np.ndarray]


def scan(graph: Graph, letter: str, inputs: str, mask: str, prefix: str, weights: Weights, config: ModelConfig) -> str:
    """Outputs (B, S, R) over the source, backwards where the prefix says so; padding stands on the right."""
    if letter == "S":
        return _scan_ssru(graph, inputs, mask, prefix, weights)
    operator, order, attributes = {
        "E": ("RNN", (0,), {"activations": [config.activation.capitalize()]}),
        "M": ("LSTM", (0, 3, 1, 2), {}),  # ONNX has input, output, forget, cell; we have input, forget, cell, output
        "G": ("GRU", (0, 1, 2), {"linear_before_reset": 1}),
    }[letter]
    size = weights[f"{prefix}.recurrent_kernel"].shape[0]
    rows = np.concatenate([np.arange(size) + gate * size for gate in order])
    bias = weights[f"{prefix}.bias"]
    recurrent_bias = weights.get(f"{prefix}.recurrent_bias", np.zeros_like(bias))
    parts = {
        "input": weights[f"{prefix}.kernel"].T[rows][None],
        "recurrent": weights[f"{prefix}.recurrent_kernel"].T[rows][None],
        "bias": np.concatenate([bias[rows], recurrent_bias[rows]])[None],
    }
    stored = [graph.weight(f"{prefix}.onnx_{name}", values) for name, values in parts.items()]
    lengths = graph.add("ReduceSum", graph.add("Cast", mask, to=6), graph.constant([1]), keepdims=0)
    by_time = graph.add("Transpose", inputs, perm=[1, 0, 2])
    direction = "reverse" if prefix.endswith("back") else "forward"
    outputs = 3 if operator == "LSTM" else 2
    hidden, *_ = graph.add(
        operator, by_time, *stored, lengths, outputs=outputs, hidden_size=size, direction=direction, **attributes
    )
    return graph.add("Transpose", graph.add("Squeeze", hidden, graph.constant([1])), perm=[1, 0, 2])


def step(graph: Graph, letter: str, inputs: str, index: int, weights: Weights, config: ModelConfig) -> str:
    """Outputs (B, K, R) of decoder layer ``index`` after one more position; its states become inputs and outputs."""
    prefix = f"decoder.{index}.mixer"
    makers = {"E": _step_elman, "M": _step_lstm, "G": _step_gru, "S": _step_ssru}
    names = ("cell",) if letter == "S" else ("hidden", "cell") if letter == "M" else ("hidden",)
    shape: list[str | int] = ["B", "K", config.model_dim]
    before = [graph.input(f"state.{index}.{name}", np.float32, shape) for name in names]
    output, after = makers[letter](graph, inputs, before, prefix, weights, config)
    for name, value in zip(names, after, strict=True):
        graph.output(value, f"next.{index}.{name}", np.float32, shape)
    return output


def _ssru_gates(graph: Graph, inputs: str, prefix: str, weights: Weights) -> tuple[str, str, str]:
    """Forget gate, its complement and the candidate."""
    projected = graph.add("MatMul", inputs, graph.weight(f"{prefix}.kernel", weights[f"{prefix}.kernel"]))
    gate, value = graph.split(projected, 2)
    forget = graph.add("Sigmoid", graph.add("Add", gate, graph.weight(f"{prefix}.bias", weights[f"{prefix}.bias"])))
    return forget, graph.add("Sub", graph.constant(1, np.float32), forget), value


def _scan_ssru(graph: Graph, inputs: str, mask: str, prefix: str, weights: Weights) -> str:
    size = weights[f"{prefix}.bias"].shape[0]
    forget, enter, value = _ssru_gates(graph, inputs, prefix, weights)
    real = graph.add("Unsqueeze", mask, graph.constant([2]))
    value = graph.add("Where", real, graph.add("Mul", enter, value), graph.constant(0, np.float32))
    forget = graph.add("Where", real, forget, graph.constant(1, np.float32))
    body = Graph("body")
    before = body.input("before", np.float32, ["B", size])
    decay, addition = (body.input(name, np.float32, ["B", size]) for name in ("decay", "addition"))
    after = body.add("Add", body.add("Mul", decay, before), addition)
    body.output(after, "after", np.float32, ["B", size])
    body.output(after, "kept", np.float32, ["B", size])
    rows = graph.add("Shape", inputs, start=0, end=1)
    start = graph.add(
        "Expand", graph.constant([[0.0]], np.float32), graph.add("Concat", rows, graph.constant([size]), axis=0)
    )
    back = int(prefix.endswith("back"))
    _, cells = graph.add(
        "Scan",
        start,
        forget,
        value,
        outputs=2,
        body=body.build(),
        num_scan_inputs=2,
        scan_input_axes=[1, 1],
        scan_output_axes=[1],
        scan_input_directions=[back, back],
        scan_output_directions=[back],
    )
    return graph.add("Relu", cells)


_Stepped = tuple[str, Sequence[str]]
"""The output of a step and its new states."""


def _step_ssru(
    graph: Graph, inputs: str, before: Sequence[str], prefix: str, weights: Weights, config: ModelConfig
) -> _Stepped:
    forget, enter, value = _ssru_gates(graph, inputs, prefix, weights)
    cell = graph.add("Add", graph.add("Mul", forget, before[0]), graph.add("Mul", enter, value))
    return graph.add("Relu", cell), [cell]


def _recurrent(graph: Graph, hidden: str, prefix: str, weights: Weights) -> str:
    """U h, and its bias where there is one."""
    product = graph.add(
        "MatMul", hidden, graph.weight(f"{prefix}.recurrent_kernel", weights[f"{prefix}.recurrent_kernel"])
    )
    bias = f"{prefix}.recurrent_bias"
    return graph.add("Add", product, graph.weight(bias, weights[bias])) if bias in weights else product


def _step_elman(
    graph: Graph, inputs: str, before: Sequence[str], prefix: str, weights: Weights, config: ModelConfig
) -> _Stepped:
    total = graph.add("Add", graph.linear(inputs, prefix, weights), _recurrent(graph, before[0], prefix, weights))
    hidden = graph.add(config.activation.capitalize(), total)
    return hidden, [hidden]


def _step_lstm(
    graph: Graph, inputs: str, before: Sequence[str], prefix: str, weights: Weights, config: ModelConfig
) -> _Stepped:
    gates = graph.add("Add", graph.linear(inputs, prefix, weights), _recurrent(graph, before[0], prefix, weights))
    enter, forget, candidate, leave = graph.split(gates, 4)
    kept = graph.add("Mul", graph.add("Sigmoid", forget), before[1])
    cell = graph.add("Add", kept, graph.add("Mul", graph.add("Sigmoid", enter), graph.add("Tanh", candidate)))
    hidden = graph.add("Mul", graph.add("Sigmoid", leave), graph.add("Tanh", cell))
    return hidden, [hidden, cell]


def _step_gru(
    graph: Graph, inputs: str, before: Sequence[str], prefix: str, weights: Weights, config: ModelConfig
) -> _Stepped:
    parts = graph.split(graph.linear(inputs, prefix, weights), 3)
    mix, reset, candidate = zip(parts, graph.split(_recurrent(graph, before[0], prefix, weights), 3), strict=True)
    gate = graph.add("Sigmoid", graph.add("Add", *reset))
    new = graph.add("Tanh", graph.add("Add", candidate[0], graph.add("Mul", gate, candidate[1])))
    kept = graph.add("Sigmoid", graph.add("Add", *mix))
    # (1 - z) n + z h = n + z (h - n)
    hidden = graph.add("Add", new, graph.add("Mul", kept, graph.add("Sub", before[0], new)))
    return hidden, [hidden]
