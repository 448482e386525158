"""Scaled dot-product attention, softmax(Q K^T / sqrt(d)) V, within one text or from one to another.

Paper: Vaswani et al. (2017), Attention is all you need, equation 1; sine positions, section 3.5.
"""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
from keras import ops

NEGATIVE = -1e9
"""Added to the scores of padding: far below any real score, yet finite, so that a row of padding has no NaN."""


def sine_positions(num_positions: int, model_dim: int) -> np.ndarray:
    """Array (num_positions, D): sines of each position in the first half of D, cosines in the second.

    The wavelengths run from 2 pi to 10,000 * 2 pi.
    """
    half = (model_dim + 1) // 2
    wave = np.exp(-math.log(10_000.0) / max(half - 1, 1) * np.arange(half))
    angles = np.arange(num_positions)[:, None] * wave[None, :]
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)[:, :model_dim].astype("float32")


def split_heads(values_BTD: Any, num_heads: int) -> Any:
    """(B, T, D) → (B, N, T, H)."""
    shape = ops.shape(values_BTD)
    values = ops.reshape(values_BTD, (shape[0], shape[1], num_heads, values_BTD.shape[-1] // num_heads))
    return ops.transpose(values, (0, 2, 1, 3))


def attend(query_BNTH: Any, key_BNSH: Any, value_BNSH: Any, mask_BS: Any) -> Any:
    """Weighted values (B, T, D) for every query, blind to positions whose mask is False.

    Cost: O(B N T S H) time, O(B N T S) memory.
    """
    scale = query_BNTH.shape[-1] ** -0.5
    scores = ops.matmul(query_BNTH * scale, ops.transpose(key_BNSH, (0, 1, 3, 2)))
    scores = scores + ops.cast(ops.logical_not(mask_BS), scores.dtype)[:, None, None, :] * NEGATIVE
    mixed = ops.matmul(ops.softmax(scores, axis=-1), value_BNSH)
    shape = ops.shape(mixed)
    return ops.reshape(ops.transpose(mixed, (0, 2, 1, 3)), (shape[0], shape[2], shape[1] * query_BNTH.shape[-1]))


class SelfAttention(keras.layers.Layer):
    """Every position attends to every real position of the same text.

    Args:
        model_dim: Width D.
        num_heads: Heads N; must divide D.
    """

    def __init__(self, model_dim: int, num_heads: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.num_heads = num_heads
        self.query_key_value = keras.layers.Dense(3 * model_dim, name="query_key_value")
        self.output_projection = keras.layers.Dense(model_dim, name="output")
        self.query_key_value.build((None, model_dim))
        self.output_projection.build((None, model_dim))
        self.built = True

    def call(self, inputs_BTD: Any, padding_mask_BT: Any) -> Any:
        projected = ops.split(self.query_key_value(inputs_BTD), 3, axis=-1)
        query, key, value = (split_heads(part, self.num_heads) for part in projected)
        return self.output_projection(attend(query, key, value, padding_mask_BT))


class CrossAttention(keras.layers.Layer):
    """Target positions attend to the encoded source.

    Keys and values depend on the source alone: `memory` computes them once for a whole search.

    Args:
        model_dim: Width D.
        num_heads: Heads N; must divide D.
    """

    def __init__(self, model_dim: int, num_heads: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.num_heads = num_heads
        self.query = keras.layers.Dense(model_dim, name="query")
        self.key_value = keras.layers.Dense(2 * model_dim, name="key_value")
        self.output_projection = keras.layers.Dense(model_dim, name="output")
        for layer in (self.query, self.key_value, self.output_projection):
            layer.build((None, model_dim))
        self.built = True

    def memory(self, encoded_BSD: Any) -> tuple[Any, Any]:
        """Keys and values of the source, each (B, N, S, H)."""
        key, value = ops.split(self.key_value(encoded_BSD), 2, axis=-1)
        return split_heads(key, self.num_heads), split_heads(value, self.num_heads)

    def call(self, inputs_BTD: Any, memory: tuple[Any, Any], source_mask_BS: Any) -> Any:
        query = split_heads(self.query(inputs_BTD), self.num_heads)
        return self.output_projection(attend(query, *memory, source_mask_BS))
