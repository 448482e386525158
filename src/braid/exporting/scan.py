"""What several recurrent layers share as ONNX nodes: a linear scan and a short convolution over a whole source."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from braid.exporting.graph import Graph

Stepped = tuple[str, Sequence[str]]
"""The output of a step and its new states."""


def scan_linear(graph: Graph, decay: str, addition: str, size: int, prefix: str) -> str:
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


def convolve(graph: Graph, values: str, kernel_KC: np.ndarray, prefix: str, bias: str | None = None) -> str:
    """Each channel of (B, S, C) filtered along the source, towards its start where the prefix says so.

    Values at padding must be 0, as are those before the first position.
    """
    kernel = kernel_KC.T[:, None]  # (C, 1, K)
    before = kernel.shape[2] - 1
    is_back = prefix.endswith("back")
    parts = [graph.weight(f"{prefix}.onnx_conv", kernel[:, :, ::-1] if is_back else kernel)]
    convolved = graph.add(
        "Conv",
        graph.add("Transpose", values, perm=[0, 2, 1]),
        *parts,
        *([bias] if bias else []),
        group=kernel.shape[0],
        kernel_shape=[kernel.shape[2]],
        pads=[0, before] if is_back else [before, 0],
    )
    return graph.add("Transpose", convolved, perm=[0, 2, 1])


def convolve_step(graph: Graph, values: str, window: str, kernel_KC: np.ndarray, prefix: str) -> tuple[str, str]:
    """The same for one position (B, K, C) behind a window (B, K, W, C): its output and the new window."""
    seen = graph.add("Concat", window, graph.add("Unsqueeze", values, graph.constant([2])), axis=2)
    product = graph.add("Mul", seen, graph.weight(f"{prefix}.conv_kernel", kernel_KC))
    bounds = [graph.constant([value]) for value in (1, 2**31, 2)]
    return graph.add("ReduceSum", product, graph.constant([2]), keepdims=0), graph.add("Slice", seen, *bounds)
