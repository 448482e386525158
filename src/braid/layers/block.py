"""One layer of an encoder or a decoder: pre-normalized residual sublayers in a fixed order.

encoder:  x += mix(norm(x));                      x += feed_forward(norm(x))
decoder:  x += mix(norm(x));    x += attend(norm(x), source);  x += feed_forward(norm(x))

Paper: Xiong et al. (2020), On layer normalization in the transformer architecture (normalizing first).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import keras
from keras import ops

from braid.layers.attention import AttentionOptions, CrossAttention, SelfAttention
from braid.layers.dropout import dropout
from braid.layers.family import RECURRENCES
from braid.layers.linear import Linear
from braid.layers.norm import LayerNorm
from braid.layers.recurrence import RecurrenceOptions, State


@dataclass(frozen=True, kw_only=True)
class BlockConfig:
    """What every block of one stack shares."""

    model_dim: int
    ffn_dim: int
    dropout: float
    seeds: keras.random.SeedGenerator
    recurrence: RecurrenceOptions
    attention: AttentionOptions


class FeedForward(keras.layers.Layer):
    """relu(x W_1 + b_1) W_2 + b_2, with dropout inside."""

    def __init__(self, config: BlockConfig, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config = config
        self.inner = Linear(config.model_dim, config.ffn_dim, activation="relu", name="inner")
        self.outer = Linear(config.ffn_dim, config.model_dim, name="outer")
        self.built = True

    def call(self, inputs_BTD: Any, training: bool = False) -> Any:
        hidden_BTF = dropout(self.inner(inputs_BTD), self.config.dropout, self.config.seeds, training)
        return self.outer(hidden_BTF)


class Bidirectional(keras.layers.Layer):
    """A recurrence run in both directions, each of half the width, joined and projected."""

    def __init__(self, letter: str, config: BlockConfig, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        model_dim = config.model_dim
        halves = (model_dim + 1) // 2, model_dim // 2
        self.ahead = RECURRENCES[letter](model_dim, halves[0], config.recurrence, name="ahead")
        self.back = RECURRENCES[letter](model_dim, halves[1], config.recurrence, name="back")
        self.output_projection = Linear(model_dim, model_dim, name="output")
        self.built = True

    def call(self, inputs_BTD: Any, padding_mask_BT: Any) -> Any:
        batch = ops.shape(inputs_BTD)[0]
        ahead = self.ahead.read(inputs_BTD, padding_mask_BT)
        back, _ = self.back.scan(inputs_BTD, padding_mask_BT, self.back.initial_state(batch), reverse=True)
        return self.output_projection(ops.concatenate([ahead, back], axis=-1))


class EncoderBlock(keras.layers.Layer):
    """One encoder layer: self-attention (A, W) or a recurrence in both directions, then feed-forward."""

    def __init__(self, letter: str, config: BlockConfig, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config = config
        self.mixer_norm = LayerNorm(config.model_dim, name="mixer_norm")
        if letter in "AW":
            self.mixer = SelfAttention(config.model_dim, config.attention, is_windowed=letter == "W", name="mixer")
        else:
            self.mixer = Bidirectional(letter, config, name="mixer")
        if config.ffn_dim:
            self.ffn_norm = LayerNorm(config.model_dim, name="ffn_norm")
            self.ffn = FeedForward(config, name="ffn")
        self.built = True

    def call(self, hidden_BSD: Any, padding_mask_BS: Any, training: bool = False) -> Any:
        rate, seeds = self.config.dropout, self.config.seeds
        mixed = self.mixer(self.mixer_norm(hidden_BSD), padding_mask_BS)
        hidden_BSD = hidden_BSD + dropout(mixed, rate, seeds, training)
        if self.config.ffn_dim:
            fed = self.ffn(self.ffn_norm(hidden_BSD), training=training)
            hidden_BSD = hidden_BSD + dropout(fed, rate, seeds, training)
        return hidden_BSD


class DecoderBlock(keras.layers.Layer):
    """One decoder layer: a recurrence over the target or attention to its past, attention to the source, feed-forward.

    Attention to the past knows positions by rotation alone: a decoder adds none to its embeddings.
    """

    def __init__(self, letter: str, config: BlockConfig, *, sees_source: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config, self.sees_source = config, sees_source
        self.mixer_norm = LayerNorm(config.model_dim, name="mixer_norm")
        if letter in "AW":
            options = replace(config.attention, is_rotary=True)
            self.mixer: Any = SelfAttention(config.model_dim, options, is_windowed=letter == "W", name="mixer")
        else:
            self.mixer = RECURRENCES[letter](config.model_dim, config.model_dim, config.recurrence, name="mixer")
        if self.mixer.needs_projection:
            self.mixer_output = Linear(config.model_dim, config.model_dim, name="mixer_output")
        if sees_source:
            self.cross_norm = LayerNorm(config.model_dim, name="cross_norm")
            self.cross = CrossAttention(config.model_dim, config.attention.num_heads, name="cross")
        if config.ffn_dim:
            self.ffn_norm = LayerNorm(config.model_dim, name="ffn_norm")
            self.ffn = FeedForward(config, name="ffn")
        self.built = True

    def call(
        self, hidden_BTD: Any, target_mask_BT: Any, memory: Any, source_mask_BS: Any, training: bool = False
    ) -> Any:
        rate, seeds = self.config.dropout, self.config.seeds
        mixed = self._projected(self.mixer.read(self.mixer_norm(hidden_BTD), target_mask_BT))
        return self._rest(hidden_BTD + dropout(mixed, rate, seeds, training), memory, source_mask_BS, training)

    def step(self, hidden_BD: Any, state: State, memory: Any, source_mask_BS: Any) -> tuple[Any, State]:
        """The same for one position: hidden (B, D) and the recurrence's new state."""
        mixed, state = self.mixer.step(self.mixer_norm(hidden_BD), state)
        return self._rest((hidden_BD + self._projected(mixed))[:, None], memory, source_mask_BS, False)[:, 0], state

    def _projected(self, mixed: Any) -> Any:
        return self.mixer_output(mixed) if self.mixer.needs_projection else mixed

    def _rest(self, hidden_BTD: Any, memory: Any, source_mask_BS: Any, training: bool = False) -> Any:
        """What stands behind the mixer: attention to the source where there is one, and feed-forward."""
        rate, seeds = self.config.dropout, self.config.seeds
        if self.sees_source:
            attended = self.cross(self.cross_norm(hidden_BTD), memory, source_mask_BS)
            hidden_BTD = hidden_BTD + dropout(attended, rate, seeds, training)
        if self.config.ffn_dim:
            fed = self.ffn(self.ffn_norm(hidden_BTD), training=training)
            hidden_BTD = hidden_BTD + dropout(fed, rate, seeds, training)
        return hidden_BTD
