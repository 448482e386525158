"""How many weights a network has, told before it is built; no training framework."""

from __future__ import annotations

from typing import Literal

from braid.config.recipe import ModelConfig

Kind = Literal["encoder", "decoder", "encoder-decoder"]
Head = Literal["tokens", "copies", "classes", "spans"]
"""What the last layer says: the next subword, generated or perhaps copied; a text's class; first and last position."""

NUM_MARKS = 40
"""Kinds of positions that a reader may be told apart."""

CONV = 4

FOLLOW = 3.0
"""Scale of what follows what was just copied, among the scores of copies, so that it counts from the start."""


def num_weights(
    config: ModelConfig, vocab_size: int, *, kind: Kind = "encoder-decoder", head: Head = "tokens", num_classes: int = 0
) -> int:
    """The number of weights of the network that `braid.models.build` makes of the same arguments."""
    dim, total = config.model_dim, vocab_size * config.model_dim
    if kind != "decoder":
        total += 2 * dim + sum(_encoder_block(letter, config) for letter in config.encoder)
    if kind != "encoder":
        sees_source = kind == "encoder-decoder"
        total += vocab_size + 2 * dim + sum(_decoder_block(letter, config, sees_source) for letter in config.decoder)
    head = "copies" if kind == "encoder-decoder" and config.copy else head
    return (
        total
        + {
            "tokens": 0,
            "copies": 2 * _linear(dim, dim) + _linear(dim, 1) + 2,
            "classes": dim + _linear(3 * dim, num_classes),
            "spans": NUM_MARKS * dim + _linear(dim, 2),
        }[head]
    )


def _linear(width: int, outputs: int) -> int:
    return width * outputs + outputs


def _encoder_block(letter: str, config: ModelConfig) -> int:
    dim = config.model_dim
    if letter in "AW":
        mixer = _attention(config)
    else:
        halves = (dim + 1) // 2, dim // 2
        mixer = sum(_recurrence(letter, config, half) for half in halves) + _linear(dim, dim)
    return 2 * dim + mixer + _feed_forward(config)


def _decoder_block(letter: str, config: ModelConfig, sees_source: bool) -> int:
    dim = config.model_dim
    mixer = _attention(config) if letter in "AW" else _recurrence(letter, config, dim)
    mixer += _linear(dim, dim) * (letter in "DR")
    cross = 2 * dim + 2 * _linear(dim, dim) + _linear(dim, 2 * dim)
    return 2 * dim + mixer + cross * sees_source + _feed_forward(config)


def _feed_forward(config: ModelConfig) -> int:
    dim, inner = config.model_dim, config.ffn_dim
    return 2 * dim + _linear(dim, inner) + _linear(inner, dim) if inner else 0


def _attention(config: ModelConfig) -> int:
    dim, head = config.model_dim, config.model_dim // config.num_heads
    widths = dim * (1 + config.attention_gate) + 2 * head * (config.num_kv_heads or config.num_heads)
    return _linear(dim, widths) + _linear(dim, dim) + 2 * head * config.qk_norm


def _recurrence(letter: str, config: ModelConfig, size: int) -> int:
    dim = config.model_dim
    heads = config.num_heads if size % config.num_heads == 0 else 1
    head = size // heads
    gated = _linear(dim, size) + size * size
    return {
        "E": gated,
        "M": 4 * gated,
        "G": 3 * gated + 3 * size,
        "S": 2 * dim * size + size,
        "R": _linear(dim, 2 * size) + (CONV + 1) * size + heads * _linear(head, 2 * head) + size,
        "D": 4 * dim * size + 2 * dim * heads + CONV * 3 * size + 2 * heads + head,
    }[letter]
