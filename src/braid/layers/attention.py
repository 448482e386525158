"""Scaled dot-product attention, softmax(Q K^T / sqrt(d)) V, within one text or from one to another.

Paper: Vaswani et al. (2017), Attention is all you need, equation 1; sine positions, section 3.5.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from braid.layers.linear import Linear, product
from braid.layers.norm import rms_norm
from braid.layers.positions import gather_time
from braid.layers.recurrence import State
from braid.layers.window import attend_in_blocks

NEGATIVE = -1e9
"""Added to the scores of what must not be seen: far below any real score, yet finite, so that a row of nothing but
padding has no NaN."""

LONGEST_WAVE = 10_000.0


@dataclass(frozen=True, kw_only=True)
class AttentionOptions:
    """What self-attention lets one choose.

    Args:
        num_heads: Heads N of the queries.
        num_kv_heads: Heads G of keys and values, each shared by N / G heads of queries; 0 is N
            (Ainslie et al., 2023, GQA).
        is_rotary: Turn queries and keys by their position (Su et al., 2021, RoFormer).
        has_qk_norm: Bring queries and keys to one length (Henry et al., 2020, Query-key normalization).
        has_gate: Multiply what each head found by a sigmoid of the input (Qiu et al., 2025, Gated attention for large
            language models).
        window: Positions that letter W sees, its own included: backwards in a decoder, both ways in an encoder.
    """

    num_heads: int = 1
    num_kv_heads: int = 0
    is_rotary: bool = False
    has_qk_norm: bool = False
    has_gate: bool = False
    window: int = 128


def sine_positions(num_positions: int, model_dim: int) -> np.ndarray:
    """Array (num_positions, D): sines of each position in the first half of D, cosines in the second.

    The wavelengths run from 2 pi to 10,000 * 2 pi.
    """
    half = (model_dim + 1) // 2
    wave = np.exp(-math.log(LONGEST_WAVE) / max(half - 1, 1) * np.arange(half))
    angles = np.arange(num_positions)[:, None] * wave[None, :]
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)[:, :model_dim].astype("float32")


def rotary_pace(head_dim: int) -> np.ndarray:
    """Angle (H / 2,) by which each pair of values turns from one position to the next."""
    half = head_dim // 2
    return (LONGEST_WAVE ** (-np.arange(half) / max(half, 1))).astype("float32")


def rotate(values_BTNH: Any, positions_BT: Any) -> Any:
    """Value i and value i + H / 2 of every head turned as a pair, by position times pace; an odd last value stays."""
    half = values_BTNH.shape[-1] // 2
    pace = ops.convert_to_tensor(rotary_pace(values_BTNH.shape[-1]), dtype=values_BTNH.dtype)
    angles = ops.cast(positions_BT, values_BTNH.dtype)[:, :, None, None] * pace
    cosine, sine = ops.cos(angles), ops.sin(angles)
    # Split, not subscripts, whose gradient takes TensorFlow longer than all the rest of this.
    first, second, *rest = ops.split(values_BTNH, (half, 2 * half) if values_BTNH.shape[-1] % 2 else 2, axis=-1)
    return ops.concatenate([first * cosine - second * sine, second * cosine + first * sine, *rest], axis=-1)


def split_heads(values_BTD: Any, num_heads: int) -> Any:
    """(B, T, D) → (B, T, N, H)."""
    shape = ops.shape(values_BTD)
    return ops.reshape(values_BTD, (shape[0], shape[1], num_heads, values_BTD.shape[-1] // num_heads))


def attend(query_BTNH: Any, key_BSGH: Any, value_BSGH: Any, allowed: Any) -> Any:
    """Weighted values (B, T, D) for every query.

    Args:
        query_BTNH: Queries.
        key_BSGH: Keys, whose G heads divide N.
        value_BSGH: Values.
        allowed: Which queries see which keys; (B, S), or (B, T, S).

    Cost: O(B N T S H) time, O(B N T S) memory.
    """
    heads, kv_heads, width = query_BTNH.shape[2], key_BSGH.shape[2], query_BTNH.shape[3]
    if heads != kv_heads:
        key_BSGH, value_BSGH = (ops.repeat(part, heads // kv_heads, axis=2) for part in (key_BSGH, value_BSGH))
    hidden = ops.cast(ops.logical_not(allowed), query_BTNH.dtype) * NEGATIVE
    hidden = hidden[:, None, None] if len(allowed.shape) == 2 else hidden[:, None]
    query, key, value = (ops.transpose(part, (0, 2, 1, 3)) for part in (query_BTNH, key_BSGH, value_BSGH))
    if keras.backend.backend() == "torch":
        from torch.nn.functional import scaled_dot_product_attention

        mixed = scaled_dot_product_attention(query, key, value, attn_mask=hidden)
    else:
        scores = product(query * width**-0.5, ops.swapaxes(key, -1, -2)) + hidden
        shares = ops.ones_like(scores) if scores.shape[-1] == 1 else ops.softmax(scores, axis=-1)  # Keras warns of one
        mixed = product(shares, value)
    shape = ops.shape(mixed)
    return ops.reshape(ops.transpose(mixed, (0, 2, 1, 3)), (shape[0], shape[2], heads * width))


class SelfAttention(keras.layers.Layer):
    """Every position attends to real positions of the same text: in an encoder to all, in a decoder to the past.

    `call` is the encoder's form; `scan` and `step` are the decoder's, with the contract of recurrences: the state
    holds the keys and values of what was read, real positions first, and how many they are. With a window it holds
    as many as the next position can see, the newest last.

    Args:
        model_dim: Width D.
        options: Heads and more.
        is_windowed: See no farther than ``options.window``.
    """

    needs_projection = False

    def __init__(self, model_dim: int, options: AttentionOptions, *, is_windowed: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.options, self.window = options, options.window if is_windowed else 0
        self.kv_heads = options.num_kv_heads or options.num_heads
        self.head_dim = model_dim // options.num_heads
        self.widths = [model_dim, *[self.kv_heads * self.head_dim] * 2, *[model_dim] * options.has_gate]
        self.query_key_value = Linear(model_dim, sum(self.widths), name="query_key_value")
        self.output_projection = Linear(model_dim, model_dim, name="output")
        if options.has_qk_norm:
            self.query_scale = self.add_weight(shape=(self.head_dim,), initializer="ones", name="query_scale")
            self.key_scale = self.add_weight(shape=(self.head_dim,), initializer="ones", name="key_scale")
        self.built = True

    def call(self, inputs_BTD: Any, padding_mask_BT: Any) -> Any:
        """Outputs (B, T, D), each of them from the whole text."""
        places_BT = ops.cumsum(ops.cast(padding_mask_BT, "int32"), axis=1) - 1
        query, key, value, gate = self._project(inputs_BTD, places_BT)

        def whole() -> Any:
            allowed = padding_mask_BT
            if self.window:
                distance_BTS = ops.absolute(places_BT[:, :, None] - places_BT[:, None])
                allowed = ops.logical_and(distance_BTS < self.window, padding_mask_BT[:, None])
            return attend(query, key, value, allowed)

        def in_blocks() -> Any:
            empty = self.initial_state(ops.shape(inputs_BTD)[0])
            past = empty["key"], empty["value"], self._past(empty)[1]
            new = key, value, padding_mask_BT
            return attend_in_blocks(attend, query, past, new, self.window, is_causal=False)

        return self._outputs(self._either(ops.shape(inputs_BTD)[1], whole, in_blocks), gate)

    def scan(self, inputs_BTD: Any, padding_mask_BT: Any, state: State) -> tuple[Any, State]:
        """Outputs (B, T, D), each of them from the past, and the state behind the last real position."""
        outputs, key, value, known_BS = self._look_back(inputs_BTD, padding_mask_BT, state)
        count = state["count"] + ops.cast(ops.sum(ops.cast(padding_mask_BT, "int32"), axis=1), key.dtype)
        return outputs, {**self._kept(key, value, known_BS), "count": count}

    def read(self, inputs_BTD: Any, padding_mask_BT: Any) -> Any:
        """The outputs of `scan` from a fresh state, where nobody asks for the last one."""
        return self._look_back(inputs_BTD, padding_mask_BT, self.initial_state(ops.shape(inputs_BTD)[0]))[0]

    def _look_back(self, inputs_BTD: Any, padding_mask_BT: Any, state: State) -> tuple[Any, Any, Any, Any]:
        """Outputs (B, T, D), and keys, values and reality of all rows, the state's and the new ones."""
        count_B = ops.cast(state["count"], "int32")
        places_BT = count_B[:, None] + ops.cumsum(ops.cast(padding_mask_BT, "int32"), axis=1) - 1
        query, new_key, new_value, gate = self._project(inputs_BTD, places_BT)
        past_places_BL, past_real_BL = self._past(state)
        key = ops.concatenate([state["key"], new_key], axis=1)
        value = ops.concatenate([state["value"], new_value], axis=1)
        known_BS = ops.concatenate([past_real_BL, padding_mask_BT], axis=1)

        def whole() -> Any:
            places_BS = ops.concatenate([past_places_BL, places_BT], axis=1)
            distance_BTS = places_BT[:, :, None] - places_BS[:, None]
            near_BTS = distance_BTS >= 0
            if self.window:
                near_BTS = ops.logical_and(near_BTS, distance_BTS < self.window)
            return attend(query, key, value, ops.logical_and(near_BTS, known_BS[:, None]))

        def in_blocks() -> Any:
            past, new = (state["key"], state["value"], past_real_BL), (new_key, new_value, padding_mask_BT)
            return attend_in_blocks(attend, query, past, new, self.window, is_causal=True)

        found = self._either(ops.shape(inputs_BTD)[1], whole, in_blocks)
        return self._outputs(found, gate), key, value, known_BS

    def _either(self, time: Any, whole: Callable[[], Any], in_blocks: Callable[[], Any]) -> Any:
        """What is cheaper: all scores of a short text at once, or those of a long one within its windows."""
        if not self.window:
            return whole()
        is_long = time > 2 * self.window
        return (
            (in_blocks() if is_long else whole()) if isinstance(is_long, bool) else ops.cond(is_long, in_blocks, whole)
        )

    def step(self, inputs_BD: Any, state: State) -> tuple[Any, State]:
        """Outputs (B, D) and the new state after one position."""
        inputs_B1D = inputs_BD[:, None]
        outputs_B1D, state = self.scan(inputs_B1D, ops.ones(ops.shape(inputs_B1D)[:2], dtype="bool"), state)
        return outputs_B1D[:, 0], state

    @property
    def projections(self) -> dict[str, list[int]]:
        """Widths of the maps that stand side by side in one kernel."""
        return {"query_key_value.kernel": self.widths}

    @property
    def state_shapes(self) -> Mapping[str, tuple[int, ...]]:
        """The state's arrays by name, each without its batch dimension, before the first position."""
        kept = (max(self.window - 1, 0), self.kv_heads, self.head_dim)
        return {"key": kept, "value": kept, "count": ()}

    def initial_state(self, batch: Any) -> State:
        """Nothing seen yet."""
        return {name: ops.zeros((batch, *shape)) for name, shape in self.state_shapes.items()}

    def _project(self, inputs_BTD: Any, places_BT: Any) -> tuple[Any, Any, Any, Any]:
        """Queries (B, T, N, H), keys and values (B, T, G, H), and the gate, or None."""
        ends = np.cumsum(self.widths)[:-1].tolist()
        query, key, value, *gate = ops.split(self.query_key_value(inputs_BTD), ends, axis=-1)
        query, key = split_heads(query, self.options.num_heads), split_heads(key, self.kv_heads)
        if self.options.has_qk_norm:
            query, key = rms_norm(query) * self.query_scale, rms_norm(key) * self.key_scale
        if self.options.is_rotary:
            query, key = rotate(query, places_BT), rotate(key, places_BT)
        return query, key, split_heads(value, self.kv_heads), gate[0] if gate else None

    def _outputs(self, found_BTD: Any, gate_BTD: Any) -> Any:
        return self.output_projection(found_BTD if gate_BTD is None else found_BTD * ops.sigmoid(gate_BTD))

    def _past(self, state: State) -> tuple[Any, Any]:
        """For every row of the state its place in the text, and whether there is one."""
        rows_L = ops.arange(ops.shape(state["key"])[1], dtype="int32")
        count_B1 = ops.cast(state["count"], "int32")[:, None]
        places_BL = rows_L + count_B1 - (self.window - 1) if self.window else rows_L + 0 * count_B1
        return places_BL, ops.logical_and(places_BL >= 0, places_BL < count_B1)

    def _kept(self, key_BSGH: Any, value_BSGH: Any, known_BS: Any) -> State:
        """What the state holds of these keys and values: the real ones first, or the newest last."""
        length = ops.shape(known_BS)[1]
        rows_S = ops.arange(length, dtype="int32")
        if self.window:
            order = ops.argsort(ops.where(known_BS, rows_S + length, rows_S), axis=1)[:, length - self.window + 1 :]
        else:
            order = ops.argsort(ops.where(known_BS, rows_S, rows_S + length), axis=1)
        shape = ops.shape(key_BSGH)
        rows = {}
        for name, part in (("key", key_BSGH), ("value", value_BSGH)):
            flat = ops.reshape(part, (shape[0], shape[1], self.kv_heads * self.head_dim))
            rows[name] = ops.reshape(gather_time(flat, order), (shape[0], -1, self.kv_heads, self.head_dim))
        return rows


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
        self.model_dim = model_dim
        self.query = Linear(model_dim, model_dim, name="query")
        self.key_value = Linear(model_dim, 2 * model_dim, name="key_value")
        self.output_projection = Linear(model_dim, model_dim, name="output")
        self.built = True

    @property
    def projections(self) -> dict[str, list[int]]:
        """Widths of the maps that stand side by side in one kernel."""
        return {"key_value.kernel": [self.model_dim] * 2}

    def memory(self, encoded_BSD: Any) -> tuple[Any, Any]:
        """Keys and values of the source, each (B, S, N, H)."""
        key, value = ops.split(self.key_value(encoded_BSD), 2, axis=-1)
        return split_heads(key, self.num_heads), split_heads(value, self.num_heads)

    def call(self, inputs_BTD: Any, memory: tuple[Any, Any], source_mask_BS: Any) -> Any:
        query = split_heads(self.query(inputs_BTD), self.num_heads)
        return self.output_projection(attend(query, *memory, source_mask_BS))
