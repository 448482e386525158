"""Last layers beside the softmax over subwords: classes of a text, the place of an answer, copies of the source."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from braid.layers.attention import NEGATIVE
from braid.layers.dropout import dropout
from braid.layers.linear import Linear, product
from braid.models.size import FOLLOW

CONTEXT = 1
"""Marks of at least this are positions in which an answer may stand; so may the first of all, for "no answer"."""


class ClassHead(keras.layers.Layer):
    """Scores of classes from the mean, the maximum and an attention-weighted mean of a text's hidden vectors.

    Args:
        model_dim: Width D.
        num_classes: Classes C.
        rate: Dropout before the last product.
        seeds: For dropout.
    """

    def __init__(
        self, model_dim: int, num_classes: int, rate: float, seeds: keras.random.SeedGenerator, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.rate, self.seeds = rate, seeds
        self.query = self.add_weight(shape=(model_dim,), initializer="zeros", name="query")
        self.output_projection = Linear(3 * model_dim, num_classes, name="output")
        self.built = True

    def call(self, hidden_BSD: Any, padding_mask_BS: Any, training: bool = False) -> Any:
        """Scores (B, C)."""
        real_BS1 = ops.cast(padding_mask_BS, hidden_BSD.dtype)[:, :, None]
        hidden = hidden_BSD * real_BS1
        mean = ops.sum(hidden, axis=1) / ops.maximum(ops.sum(real_BS1, axis=1), 1.0)
        largest = ops.max(hidden + (1 - real_BS1) * NEGATIVE, axis=1)
        # A row of padding alone has no maximum.
        largest = ops.where(ops.any(padding_mask_BS, axis=1)[:, None], largest, 0.0)
        scores = ops.sum(hidden * self.query, axis=-1) * hidden.shape[-1] ** -0.5
        shares = ops.softmax(scores + (1 - real_BS1[:, :, 0]) * NEGATIVE, axis=-1)
        attended = ops.sum(hidden * shares[:, :, None], axis=1)
        pooled = ops.concatenate([mean, largest, attended], axis=-1)
        return self.output_projection(dropout(pooled, self.rate, self.seeds, training))


class SpanHead(keras.layers.Layer):
    """Scores of every position to be the first or the last of the answer; far below all others where it cannot be.

    Args:
        model_dim: Width D.
    """

    def __init__(self, model_dim: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.output_projection = Linear(model_dim, 2, name="output")
        self.built = True

    def call(self, hidden_BSD: Any, padding_mask_BS: Any, marks_BS: Any) -> Any:
        """Scores (B, S, 2)."""
        first_BS = ops.cumsum(ops.cast(padding_mask_BS, "int32"), axis=1) == 1
        may = ops.logical_and(ops.logical_or(marks_BS >= CONTEXT, first_BS), padding_mask_BS)
        return self.output_projection(hidden_BSD) + ops.cast(~may, hidden_BSD.dtype)[:, :, None] * NEGATIVE


class CopyHead(keras.layers.Layer):
    """Where in the source the next subword would be copied from, and how likely it is generated instead.

    copy = softmax(W_q h . W_k e / sqrt(D) + f . follows); generate = sigmoid(w . h + b - u . any(follows))

    ``follows`` is 1 at positions behind one that holds the subword just written: a phrase that has begun to be copied
    goes on being copied, names that were never seen included.

    Paper: See et al. (2017), Get to the point: summarization with pointer-generator networks, section 2.2; the gate
    here sees the decoder's hidden vector alone, which has attended to the source already. What follows is ours, after
    the induction heads of Olsson et al. (2022), In-context learning and induction heads.

    Args:
        model_dim: Width D.
    """

    def __init__(self, model_dim: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.query = Linear(model_dim, model_dim, name="query")
        self.key = Linear(model_dim, model_dim, name="key")
        self.gate = Linear(model_dim, 1, initial_bias="ones", name="gate")
        self.follow = self.add_weight(shape=(2,), initializer="ones", name="follow")
        self.built = True

    def keys(self, encoded_BSD: Any) -> Any:
        """Keys (B, S, D) of the source."""
        return self.key(encoded_BSD)

    def call(
        self, hidden_BTD: Any, keys_BSD: Any, source_mask_BS: Any, target_ids_BT: Any, source_ids_BS: Any
    ) -> tuple[Any, Any]:
        """Share of the generator (B, T), and of each source position among the copies (B, T, S).

        Args:
            hidden_BTD: The decoder's hidden vectors.
            keys_BSD: As `keys` gives them.
            source_mask_BS: True on real tokens.
            target_ids_BT: What was written last.
            source_ids_BS: What may be copied.
        """
        scores = product(self.query(hidden_BTD), ops.transpose(keys_BSD, (0, 2, 1)))
        hidden = ops.cast(ops.logical_not(source_mask_BS), scores.dtype)[:, None] * NEGATIVE
        before_BS = ops.concatenate([-ops.ones_like(source_ids_BS[:, :1]), source_ids_BS[:, :-1]], axis=1)
        follows_BTS = ops.cast(target_ids_BT[:, :, None] == before_BS[:, None], scores.dtype)
        follows_BTS = follows_BTS * ops.cast(source_mask_BS, scores.dtype)[:, None]
        scores = scores * hidden_BTD.shape[-1] ** -0.5 + FOLLOW * self.follow[0] * follows_BTS
        gate_BT = self.gate(hidden_BTD)[:, :, 0] - self.follow[1] * ops.max(follows_BTS, axis=-1)
        return ops.sigmoid(gate_BT), ops.softmax(scores + hidden, axis=-1)
