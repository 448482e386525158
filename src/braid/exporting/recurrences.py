"""Layers with a state as ONNX nodes: over a whole source for encoders, one step at a time for decoders.

Names of states are those of the layers themselves; dimensions as in the shapes legend.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from braid.config.recipe import ModelConfig
from braid.exporting import attention, deltanet, rglru
from braid.exporting.graph import Graph, Weights
from braid.exporting.scan import Stepped, scan_linear
from braid.layers.convolution import WIDTH


def _states(letter: str, config: ModelConfig) -> dict[str, tuple[int | str, ...]]:
    """What a decoder layer carries from step to step, by name; a word is a length that grows."""
    size, heads = config.model_dim, config.num_heads
    if letter in "AW":
        kept = (config.num_kv_heads or heads, "L" if letter == "A" else config.window - 1, size // heads)
        return {"key": kept, "value": kept, "count": ()}
    return {
        "D": {"window": (WIDTH - 1, 3 * size), "memory": (heads, size // heads, size // heads)},
        "E": {"hidden": (size,)},
        "G": {"hidden": (size,)},
        "M": {"hidden": (size,), "cell": (size,)},
        "R": {"window": (WIDTH - 1, size), "hidden": (size,)},
        "S": {"cell": (size,)},
    }[letter]


def scan(graph: Graph, letter: str, inputs: str, mask: str, prefix: str, weights: Weights, config: ModelConfig) -> str:
    """Outputs (B, S, R) over the source, backwards where the prefix says so; padding stands on the right."""
    if letter in "DRS":
        maker = {"D": deltanet.scan, "R": rglru.scan, "S": _scan_ssru}[letter]
        return maker(graph, inputs, mask, prefix, weights)
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
    maker = {
        "A": partial(attention.step, config=config, window=0),
        "D": deltanet.step,
        "E": partial(_step_elman, activation=config.activation),
        "G": _step_gru,
        "M": _step_lstm,
        "R": rglru.step,
        "S": _step_ssru,
        "W": partial(attention.step, config=config, window=config.window),
    }[letter]
    shapes = _states(letter, config)
    before = [graph.input(f"state.{index}.{name}", np.float32, ["B", "K", *shape]) for name, shape in shapes.items()]
    output, after = maker(graph, inputs, before, prefix, weights)
    for (name, shape), value in zip(shapes.items(), after, strict=True):
        grown = ["L + 1" if size == "L" else size for size in shape]
        graph.output(value, f"next.{index}.{name}", np.float32, ["B", "K", *grown])
    projection = f"decoder.{index}.mixer_output"
    return graph.linear(output, projection, weights) if f"{projection}.kernel" in weights else output


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
    return graph.add("Relu", scan_linear(graph, forget, value, size, prefix))


def _step_ssru(graph: Graph, inputs: str, before: Sequence[str], prefix: str, weights: Weights) -> Stepped:
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
    graph: Graph, inputs: str, before: Sequence[str], prefix: str, weights: Weights, activation: str
) -> Stepped:
    total = graph.add("Add", graph.linear(inputs, prefix, weights), _recurrent(graph, before[0], prefix, weights))
    hidden = graph.add(activation.capitalize(), total)
    return hidden, [hidden]


def _step_lstm(graph: Graph, inputs: str, before: Sequence[str], prefix: str, weights: Weights) -> Stepped:
    gates = graph.add("Add", graph.linear(inputs, prefix, weights), _recurrent(graph, before[0], prefix, weights))
    enter, forget, candidate, leave = graph.split(gates, 4)
    kept = graph.add("Mul", graph.add("Sigmoid", forget), before[1])
    cell = graph.add("Add", kept, graph.add("Mul", graph.add("Sigmoid", enter), graph.add("Tanh", candidate)))
    hidden = graph.add("Mul", graph.add("Sigmoid", leave), graph.add("Tanh", cell))
    return hidden, [hidden, cell]


def _step_gru(graph: Graph, inputs: str, before: Sequence[str], prefix: str, weights: Weights) -> Stepped:
    parts = graph.split(graph.linear(inputs, prefix, weights), 3)
    mix, reset, candidate = zip(parts, graph.split(_recurrent(graph, before[0], prefix, weights), 3), strict=True)
    gate = graph.add("Sigmoid", graph.add("Add", *reset))
    new = graph.add("Tanh", graph.add("Add", candidate[0], graph.add("Mul", gate, candidate[1])))
    kept = graph.add("Sigmoid", graph.add("Add", *mix))
    # (1 - z) n + z h = n + z (h - n)
    hidden = graph.add("Add", new, graph.add("Mul", kept, graph.add("Sub", before[0], new)))
    return hidden, [hidden]
