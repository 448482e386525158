"""The network: an encoder, a decoder, or a decoder that sees an encoder's output; ids in, logits out."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from braid.config.recipe import ModelConfig
from braid.layers.attention import AttentionOptions, sine_positions
from braid.layers.block import BlockConfig, DecoderBlock, EncoderBlock
from braid.layers.dropout import dropout
from braid.layers.embedding import lookup
from braid.layers.linear import product
from braid.layers.norm import LayerNorm
from braid.layers.recurrence import RecurrenceOptions, State
from braid.models.heads import ClassHead, CopyHead, SpanHead
from braid.models.size import NUM_MARKS, Head, Kind


class Network(keras.Model):
    """Stacks of any patterns over one embedding.

    The same matrix embeds source and target subwords and, transposed, makes the logits
    (Press and Wolf, 2017, Using the output embedding to improve language models).

    Args:
        config: Patterns and widths.
        vocab_size: Subwords V of the joint vocabulary.
        kind: Which stacks there are. A decoder sees an encoder's output where there is one.
        head: Of an encoder alone: ``classes``, or ``spans``, for which its inputs carry marks. A decoder's is
            ``tokens``, or ``copies`` when the config says so.
        num_classes: Classes C of the head ``classes``.
        seed: Start weights and dropout.
        max_positions: Longest source that has a position of its own, where positions are added.
    """

    def __init__(
        self,
        config: ModelConfig,
        vocab_size: int,
        *,
        kind: Kind = "encoder-decoder",
        head: Head = "tokens",
        num_classes: int = 0,
        seed: int = 1,
        max_positions: int = 1024,
    ) -> None:
        super().__init__(name="model")
        self.config, self.vocab_size, self.kind = config, vocab_size, kind
        self.head: Head = "copies" if kind == "encoder-decoder" and config.copy else head
        self.seeds = keras.random.SeedGenerator(seed, name="dropout_seed")
        dim, block = config.model_dim, _block_config(config, self.seeds)
        # Small, so that the first logits are near zero: a vector that meets itself in the tied output would else
        # make the network predict the subword it was just given.
        initializer = keras.initializers.RandomNormal(stddev=0.3 * dim**-0.5)
        self.embedding = self.add_weight(shape=(vocab_size, dim), initializer=initializer, name="embedding")
        if kind != "decoder":
            self.positions = sine_positions(max_positions, dim)
            self.encoder = [EncoderBlock(letter, block, name=f"encoder_{i}") for i, letter in enumerate(config.encoder)]
            self.encoder_norm = LayerNorm(dim, name="encoder_norm")
        if self.head == "spans":
            self.marks = self.add_weight(shape=(NUM_MARKS, dim), initializer=initializer, name="marks")
            self.spans = SpanHead(dim, name="spans")
        if self.head == "classes":
            self.classes = ClassHead(dim, num_classes, config.dropout, self.seeds, name="classes")
        if self.head == "copies":
            self.copies = CopyHead(dim, name="copies")
        if kind != "encoder":
            self.output_bias = self.add_weight(shape=(vocab_size,), initializer="zeros", name="output_bias")
            sees_source = kind == "encoder-decoder"
            self.decoder = [
                DecoderBlock(letter, block, sees_source=sees_source, name=f"decoder_{i}")
                for i, letter in enumerate(config.decoder)
            ]
            self.decoder_norm = LayerNorm(dim, name="decoder_norm")
        self.built = True

    def embed(self, token_ids: Any) -> Any:
        """Embedding rows scaled to unit variance, of the ids' shape + (D,)."""
        return lookup(self.embedding * math.sqrt(self.config.model_dim), token_ids)

    def encode(
        self, source_ids_BS: Any, source_mask_BS: Any, training: bool = False, source_marks_BS: Any = None
    ) -> Any:
        """Encoded source (B, S, D); real tokens alone have positions, so that padding may stand anywhere."""
        embedded = self.embed(source_ids_BS)
        if source_marks_BS is not None:
            embedded = embedded + lookup(self.marks * math.sqrt(self.config.model_dim), source_marks_BS)
        if self.config.positions == "sine":
            places = ops.cumsum(ops.cast(source_mask_BS, "int32"), axis=1) - 1
            table = ops.convert_to_tensor(self.positions, embedded.dtype)
            embedded = embedded + ops.take(table, ops.clip(places, 0, len(self.positions) - 1), axis=0)
        hidden = dropout(embedded, self.config.dropout, self.seeds, training)
        for block in self.encoder:
            hidden = block(hidden, source_mask_BS, training=training)
        return self.encoder_norm(hidden)

    def memories(self, encoded_BSD: Any) -> list[Any]:
        """Keys and values of the source for each decoder layer."""
        return [block.cross.memory(encoded_BSD) for block in self.decoder]

    def call(self, inputs: dict[str, Any], training: bool = False) -> Any:
        """Hidden vectors (B, T, D), from which `logits` reads the next subword.

        An encoder alone gives what its head says: scores of classes (B, C), scores of each position to be the first
        or the last of the answer (B, S, 2), or hidden vectors (B, S, D).

        Args:
            inputs: ``source_ids`` (B, S) and ``source_mask`` (B, S) for an encoder, ``source_marks`` (B, S) too for
                one with spans; ``target_ids`` (B, T), beginning with bos, and ``target_mask`` (B, T) for a decoder.
            training: Whether dropout is on.
        """
        if self.kind == "decoder":
            return self._decode(inputs, None, training)
        encoded = self._encoded(inputs, training)
        if self.kind == "encoder-decoder":
            return self._decode(inputs, encoded, training)
        if self.head == "classes":
            return self.classes(encoded, inputs["source_mask"], training=training)
        return self.spans(encoded, inputs["source_mask"], inputs["source_marks"]) if self.head == "spans" else encoded

    def with_copies(self, inputs: dict[str, Any], training: bool = False) -> tuple[Any, Any, Any]:
        """Hidden vectors (B, T, D), the share of the generator (B, T), and what would be copied (B, T, S)."""
        encoded = self._encoded(inputs, training)
        hidden = self._decode(inputs, encoded, training)
        keys = self.copies.keys(encoded)
        return hidden, *self.copies(hidden, keys, inputs["source_mask"], inputs["target_ids"], inputs["source_ids"])

    def _encoded(self, inputs: dict[str, Any], training: bool) -> Any:
        return self.encode(inputs["source_ids"], inputs["source_mask"], training, inputs.get("source_marks"))

    def _decode(self, inputs: dict[str, Any], encoded: Any, training: bool) -> Any:
        memories = [None] * len(self.config.decoder) if encoded is None else self.memories(encoded)
        source_mask = inputs.get("source_mask")
        hidden = dropout(self.embed(inputs["target_ids"]), self.config.dropout, self.seeds, training)
        for block, memory in zip(self.decoder, memories, strict=True):
            hidden = block(hidden, inputs["target_mask"], memory, source_mask, training=training)
        return self.decoder_norm(hidden)

    def logits(self, hidden: Any) -> Any:
        """Unnormalized log-probabilities over V subwords, of the hidden vectors' leading shape + (V,)."""
        return product(hidden, ops.transpose(self.embedding)) + self.output_bias

    def initial_state(self, batch: Any) -> list[State]:
        """The decoder's memory before the first subword, one state a layer."""
        return [block.mixer.initial_state(batch) for block in self.decoder]

    def step(
        self, token_ids_B: Any, states: list[State], memories: list[Any] | None = None, source_mask_BS: Any = None
    ) -> tuple[Any, list[State]]:
        """Logits (B, V) after one more subword, and the new states."""
        hidden, new_states = self.embed(token_ids_B), []
        memories = memories or [None] * len(states)
        for block, state, memory in zip(self.decoder, states, memories, strict=True):
            hidden, state = block.step(hidden, state, memory, source_mask_BS)
            new_states.append(state)
        return self.logits(self.decoder_norm(hidden)), new_states


def _block_config(config: ModelConfig, seeds: keras.random.SeedGenerator) -> BlockConfig:
    recurrence = RecurrenceOptions(
        activation=config.activation, num_heads=config.num_heads, decay_init=config.decay_init
    )
    attention = AttentionOptions(
        num_heads=config.num_heads,
        num_kv_heads=config.num_kv_heads,
        is_rotary=config.positions == "rotary",
        has_qk_norm=config.qk_norm,
        has_gate=config.attention_gate,
        window=config.window,
    )
    return BlockConfig(
        model_dim=config.model_dim,
        ffn_dim=config.ffn_dim,
        dropout=config.dropout,
        seeds=seeds,
        recurrence=recurrence,
        attention=attention,
    )
