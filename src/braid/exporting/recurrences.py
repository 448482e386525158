"""Recurrent layers as ONNX nodes: over a whole source for encoders, one step at a time for decoders.

Names of states are those of the layers themselves; dimensions as in the shapes legend.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from braid.config.recipe import ModelConfig
from braid.exporting.graph import Graph
from braid.layers.rglru import SHARPNESS, TINY, WIDTH

Weights = dict[str, np.ndarray]


STATES = {
    "E": lambda size: {"hidden": (size,)},
    "M": lambda size: {"hidden": (size,), "cell": (size,)},
    "G": lambda size: {"hidden": (size,)},
    "R": lambda size: {"window": (WIDTH - 1, size), "hidden": (size,)},
    "S": lambda size: {"cell": (size,)},
}
"""What a decoder layer of that width carries from step to step, by name."""


def scan(graph: Graph, letter: str, inputs: str, mask: str, prefix: str, weights: Weights, config: ModelConfig) -> str:
    """Outputs (B, S, R) over the source, backwards where the prefix says so; padding stands on the right."""
    if letter in "RS":
        return (_scan_rglru if letter == "R" else _scan_ssru)(graph, inputs, mask, prefix, weights)
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
    maker = {"E": _step_elman, "M": _step_lstm, "G": _step_gru, "R": _step_rglru, "S": _step_ssru}[letter]
    shapes = STATES[letter](config.model_dim)
    before = [graph.input(f"state.{index}.{name}", np.float32, ["B", "K", *shape]) for name, shape in shapes.items()]
    output, after = maker(graph, inputs, before, prefix, weights, config)
    for (name, shape), value in zip(shapes.items(), after, strict=True):
        graph.output(value, f"next.{index}.{name}", np.float32, ["B", "K", *shape])
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
    return graph.add("Relu", _scan_linear(graph, forget, value, size, prefix))


def _scan_linear(graph: Graph, decay: str, addition: str, size: int, prefix: str) -> str:
    """All h_t = decay_t h_{t-1} + addition_t, (B, S, R), from h = 0."""
    body = Graph("body")
    before = body.input("before", np.float32, ["B", size])
    factor, addend = (body.input(name, np.float32, ["B", size]) for name in ("factor", "addend"))
    after = body.add("Add", body.add("Mul", factor, before), addend)
    body.output(after, "after", np.float32, ["B", size])
    body.output(after, "kept", np.float32, ["B", size])
    rows = graph.add("Shape", decay, start=0, end=1)
    start = graph.add(
        "Expand", graph.constant([[0.0]], np.float32), graph.add("Concat", rows, graph.constant([size]), axis=0)
    )
    back = int(prefix.endswith("back"))
    _, cells = graph.add(
        "Scan",
        start,
        decay,
        addition,
        outputs=2,
        body=body.build(),
        num_scan_inputs=2,
        scan_input_axes=[1, 1],
        scan_output_axes=[1],
        scan_input_directions=[back, back],
        scan_output_directions=[back],
    )
    return cells


def _rglru_branches(graph: Graph, inputs: str, prefix: str, weights: Weights) -> tuple[str, str]:
    """What the recurrence reads, and gelu of the gate on its output."""
    values, gate = graph.split(graph.linear(inputs, prefix, weights), 2)
    cubic = graph.add(
        "Mul", graph.constant(0.044715, np.float32), graph.add("Pow", gate, graph.constant(3, np.float32))
    )
    inner = graph.add("Mul", graph.constant((2 / np.pi) ** 0.5, np.float32), graph.add("Add", gate, cubic))
    share = graph.add("Add", graph.constant(1, np.float32), graph.add("Tanh", inner))
    return values, graph.add("Mul", graph.add("Mul", gate, graph.constant(0.5, np.float32)), share)


def _rglru_recurrence(graph: Graph, values: str, prefix: str, weights: Weights) -> tuple[str, str]:
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


def _scan_rglru(graph: Graph, inputs: str, mask: str, prefix: str, weights: Weights) -> str:
    values, gate = _rglru_branches(graph, inputs, prefix, weights)
    real = graph.add("Unsqueeze", mask, graph.constant([2]))
    values = graph.add("Where", real, values, graph.constant(0, np.float32))  # padding is what stands before the first
    kernel = weights[f"{prefix}.conv_kernel"].T[:, None]  # (R, 1, K)
    is_back = prefix.endswith("back")
    convolved = graph.add(
        "Conv",
        graph.add("Transpose", values, perm=[0, 2, 1]),
        graph.weight(f"{prefix}.onnx_conv", kernel[:, :, ::-1] if is_back else kernel),
        graph.weight(f"{prefix}.conv_bias", weights[f"{prefix}.conv_bias"]),
        group=kernel.shape[0],
        kernel_shape=[kernel.shape[2]],
        pads=[0, kernel.shape[2] - 1] if is_back else [kernel.shape[2] - 1, 0],
    )
    decay, addition = _rglru_recurrence(graph, graph.add("Transpose", convolved, perm=[0, 2, 1]), prefix, weights)
    decay = graph.add("Where", real, decay, graph.constant(1, np.float32))
    addition = graph.add("Where", real, addition, graph.constant(0, np.float32))
    return graph.add("Mul", gate, _scan_linear(graph, decay, addition, kernel.shape[0], prefix))


_Stepped = tuple[str, Sequence[str]]
"""The output of a step and its new states."""


def _step_ssru(
    graph: Graph, inputs: str, before: Sequence[str], prefix: str, weights: Weights, config: ModelConfig
) -> _Stepped:
    forget, enter, value = _ssru_gates(graph, inputs, prefix, weights)
    cell = graph.add("Add", graph.add("Mul", forget, before[0]), graph.add("Mul", enter, value))
    return graph.add("Relu", cell), [cell]


def _step_rglru(
    graph: Graph, inputs: str, before: Sequence[str], prefix: str, weights: Weights, config: ModelConfig
) -> _Stepped:
    window, hidden = before
    values, gate = _rglru_branches(graph, inputs, prefix, weights)
    seen = graph.add("Concat", window, graph.add("Unsqueeze", values, graph.constant([2])), axis=2)
    kernel = graph.weight(f"{prefix}.conv_kernel", weights[f"{prefix}.conv_kernel"])
    summed = graph.add("ReduceSum", graph.add("Mul", seen, kernel), graph.constant([2]), keepdims=0)
    convolved = graph.add("Add", summed, graph.weight(f"{prefix}.conv_bias", weights[f"{prefix}.conv_bias"]))
    decay, addition = _rglru_recurrence(graph, convolved, prefix, weights)
    hidden = graph.add("Add", graph.add("Mul", decay, hidden), addition)
    bounds = [graph.constant([value]) for value in (1, 2**31, 2)]
    return graph.add("Mul", gate, hidden), [graph.add("Slice", seen, *bounds), hidden]


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
