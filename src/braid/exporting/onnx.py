"""Weights to ONNX: one graph that encodes the source, one that takes the decoder a single step.

Input and output names are the contract with `braid.runtime`: the encoder's outputs ``memory.*`` and the
decoder's ``state.*`` go into the decoder's inputs of the same names. The decoder's outputs ``next.*`` are
its next ``state.*``. An encoder alone has the output ``scores``, of classes or of positions. Dimensions as in the
shapes legend; K is the number of hypotheses, C of classes.
"""

from __future__ import annotations

import logging
import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from braid.config.recipe import ModelConfig
from braid.exporting import attention, recurrences
from braid.exporting import heads as heads_of
from braid.exporting.graph import Graph, Weights
from braid.layers.attention import sine_positions

if TYPE_CHECKING:
    from braid.models.size import Head, Kind

MAX_SOURCE_TOKENS = 1024


def export_onnx(
    config: ModelConfig,
    weights: Weights,
    folder: Path,
    *,
    precision: str,
    kind: Kind = "encoder-decoder",
    head: Head = "tokens",
) -> list[Path]:
    """Write ``encoder.onnx`` and ``decoder.onnx``, or the one that the network has, and return their paths.

    Args:
        config: The recipe's model section.
        weights: Arrays by name, as `braid.models.weights.get_weights` gives them.
        folder: Where the files go.
        precision: ``float32``, or ``int8`` for matrices of 8-bit integers with 7 bits used: without that,
            processors that lack VNNI let sums of products overflow.
        kind: As for `braid.models.build`.
        head: The same.
    """
    import onnx

    head = "copies" if kind == "encoder-decoder" and config.copy else head
    graphs = {}
    if kind != "decoder":
        graphs["encoder"] = _encoder(config, weights, head, has_decoder=kind == "encoder-decoder")
    if kind != "encoder":
        graphs["decoder"] = _decoder(config, weights, head, sees_source=kind == "encoder-decoder")
    paths = []
    for name, graph in graphs.items():
        path = folder / f"{name}.onnx"
        onnx.save(graph.model(), str(path))
        if precision == "int8":
            _quantize(path)
        paths.append(path)
    return paths


def _quantize(path: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    source = path.with_suffix(".float32.onnx")
    path.rename(source)
    level = logging.root.level
    logging.disable(logging.WARNING)  # it recommends a preprocessing step that changes nothing here
    try:
        quantize_dynamic(
            source,
            path,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True},
        )
    finally:
        logging.disable(logging.NOTSET)
        logging.root.setLevel(level)
        source.unlink()


def _embed(graph: Graph, ids: str, weights: Weights) -> str:
    table = weights["embedding"] * np.float32(math.sqrt(weights["embedding"].shape[1]))
    return graph.add("Gather", graph.weight("embedding", table), ids)


def _feed_forward(graph: Graph, hidden: str, prefix: str, weights: Weights) -> str:
    """hidden + feed-forward of its norm; hidden itself when the network has none."""
    if f"{prefix}.ffn.inner.kernel" not in weights:
        return hidden
    inner = graph.linear(graph.norm(hidden, f"{prefix}.ffn_norm", weights), f"{prefix}.ffn.inner", weights)
    outer = graph.linear(graph.add("Relu", inner), f"{prefix}.ffn.outer", weights)
    return graph.add("Add", hidden, outer)


def _encoder(config: ModelConfig, weights: Weights, head: Head, *, has_decoder: bool) -> Graph:
    graph, dim, heads = Graph("encoder"), config.model_dim, config.num_heads
    ids = graph.input("source_ids", np.int32, ["B", "S"])
    mask = graph.input("source_mask", np.bool_, ["B", "S"])
    hidden = _embed(graph, ids, weights)
    marks = ""
    if head == "spans":
        marks = graph.input("source_marks", np.int32, ["B", "S"])
        table = graph.weight("marks", weights["marks"] * np.float32(math.sqrt(dim)))
        hidden = graph.add("Add", hidden, graph.add("Gather", table, marks))
    if config.positions == "sine":
        table = graph.weight("positions", sine_positions(MAX_SOURCE_TOKENS, dim))
        length = graph.add("Shape", ids, start=1, end=2)
        positions = graph.add("Slice", table, graph.constant([0]), length, graph.constant([0]))
        hidden = graph.add("Add", hidden, positions)
    for index, letter in enumerate(config.encoder):
        prefix = f"encoder.{index}"
        normed = graph.norm(hidden, f"{prefix}.mixer_norm", weights)
        if letter in "AW":
            mixed = attention.encode(graph, letter, normed, mask, f"{prefix}.mixer", weights, config)
        else:
            ways = [f"{prefix}.mixer.{way}" for way in ("ahead", "back")]
            both = [recurrences.scan(graph, letter, normed, mask, way, weights, config) for way in ways]
            mixed = graph.add("Concat", *both, axis=-1)
        mixed = graph.linear(mixed, f"{prefix}.mixer.output_projection", weights)
        hidden = _feed_forward(graph, graph.add("Add", hidden, mixed), prefix, weights)
    encoded = graph.norm(hidden, "encoder_norm", weights)
    if head == "copies":
        graph.output(graph.linear(encoded, "copies.key", weights), "memory.copy_key", np.float32, ["B", "S", dim])
    if not has_decoder:
        maker, shape = {
            "classes": (heads_of.classes, ["B", "C"]),
            "spans": (heads_of.spans, ["B", "S", 2]),
        }[head]
        graph.output(maker(graph, encoded, mask, marks, weights), "scores", np.float32, shape)
        return graph
    for index in range(len(config.decoder)):
        parts = graph.split(graph.linear(encoded, f"decoder.{index}.cross.key_value", weights), 2)
        for name, part in zip(("key", "value"), parts, strict=True):
            shape: list[str | int] = ["B", heads, "S", dim // heads]
            split = attention.split_heads(graph, part, heads, dim // heads)
            graph.output(split, f"memory.{index}.{name}", np.float32, shape)
    return graph


def _decoder(config: ModelConfig, weights: Weights, head: Head, *, sees_source: bool) -> Graph:
    graph, dim, heads = Graph("decoder"), config.model_dim, config.num_heads
    ids = graph.input("token_ids", np.int32, ["B", "K"])
    hidden, penalty = _embed(graph, ids, weights), ""
    if sees_source:
        mask = graph.input("memory.mask", np.bool_, ["B", "S"])
        penalty = graph.add("Unsqueeze", attention.hide(graph, mask), graph.constant([1, 2]))
    for index, letter in enumerate(config.decoder):
        prefix = f"decoder.{index}"
        normed = graph.norm(hidden, f"{prefix}.mixer_norm", weights)
        hidden = graph.add("Add", hidden, recurrences.step(graph, letter, normed, index, weights, config))
        if sees_source:
            memory = [
                graph.input(f"memory.{index}.{name}", np.float32, ["B", heads, "S", dim // heads])
                for name in ("key", "value")
            ]
            normed = graph.norm(hidden, f"{prefix}.cross_norm", weights)
            asked = graph.linear(normed, f"{prefix}.cross.query", weights)
            query = attention.split_heads(graph, asked, heads, dim // heads)
            mixed = attention.attend(graph, query, (memory[0], memory[1]), penalty, heads, dim // heads)
            hidden = graph.add("Add", hidden, graph.linear(mixed, f"{prefix}.cross.output_projection", weights))
        hidden = _feed_forward(graph, hidden, prefix, weights)
    hidden = graph.norm(hidden, "decoder_norm", weights)
    table = graph.weight("output_embedding", weights["embedding"].T)
    logits = graph.add("Add", graph.add("MatMul", hidden, table), graph.weight("output_bias", weights["output_bias"]))
    if head == "copies":
        logits = heads_of.copies(graph, hidden, logits, dim, weights)
    graph.output(logits, "logits", np.float32, ["B", "K", weights["embedding"].shape[0]])
    return graph
