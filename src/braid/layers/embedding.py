"""Embedding lookup whose gradient is one dense matrix.

Where the same matrix also makes the logits its gradient is dense anyway. TensorFlow would turn that dense
part into slices to add it to the slices of the lookups, and sum them row by row: a third of a training step.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


def lookup(table_VD: Any, token_ids: Any) -> Any:
    """Rows of the table, of the ids' shape + (D,).

    Args:
        table_VD: A tensor, not a variable: TensorFlow lets no custom gradient close over one.
        token_ids: Integers below V, of any shape.
    """

    @ops.custom_gradient
    def take(table: Any) -> Any:
        def gradient(*args: Any, upstream: Any = None) -> Any:
            rows = ops.reshape(args[0] if upstream is None else upstream, (-1, table_VD.shape[1]))
            return sum_rows(rows, ops.reshape(token_ids, (-1,)), table_VD.shape[0])

        return ops.take(table, token_ids, axis=0), gradient

    return take(table_VD)


def sum_rows(rows_PD: Any, token_ids_P: Any, vocab_size: int) -> Any:
    """(V, D): for each subword the sum of the rows that belong to it, added up in one order on every run."""
    if keras.backend.backend() == "torch":  # whose scatter adds in whatever order its threads arrive
        import torch

        return torch.ops.aten.embedding_dense_backward(rows_PD, token_ids_P.long(), vocab_size, -1, False)
    return ops.segment_sum(rows_PD, token_ids_P, num_segments=vocab_size)
