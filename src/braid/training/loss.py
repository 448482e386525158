"""Cross-entropy with label smoothing over the whole vocabulary, with its gradient in closed form."""

from __future__ import annotations

from typing import Any

from keras import ops

from braid.layers.embedding import sum_rows


def smoothed_cross_entropy(
    hidden_PD: Any, embedding_VD: Any, bias_V: Any, labels_P: Any, weights_P: Any, *, smoothing: float
) -> Any:
    """Sum over positions P of weight times -sum_v q_v log softmax(hidden E^T + bias)_v, as a scalar.

    q is 1 - smoothing on the label, and smoothing spread evenly over all V subwords. The gradient to the
    logits is (softmax - q) times weight; it is formed in the forward pass, where the logits are at hand,
    and folded at once into the gradients of hidden, embedding and bias. Nothing of size P times V is kept.

    Args:
        hidden_PD: Hidden vectors of all positions, padding included.
        embedding_VD: Output embedding.
        bias_V: Output bias.
        labels_P: Right subword of each position.
        weights_P: Weight of each position, 0 on padding.
        smoothing: 0 to 1.

    Cost: three matrix products of P × D × V.
    Paper: Szegedy et al. (2016), Rethinking the Inception architecture, section 7 (label smoothing).
    """
    vocab_size = embedding_VD.shape[0]

    @ops.custom_gradient
    def total(hidden: Any, embedding: Any, bias: Any) -> Any:
        logits = ops.matmul(hidden, ops.transpose(embedding)) + bias
        shifted = logits - ops.max(logits, axis=-1, keepdims=True)
        exponentials = ops.exp(shifted)
        normalizer = ops.sum(exponentials, axis=-1, keepdims=True)
        log_normalizer = ops.log(normalizer)[:, 0]
        picked = ops.take_along_axis(shifted, labels_P[:, None], axis=-1)[:, 0]
        losses = log_normalizer - (1 - smoothing) * picked - smoothing * ops.mean(shifted, axis=-1)
        weights = weights_P[:, None]
        slope = exponentials * (weights / normalizer) - weights * (smoothing / vocab_size)
        label_rows = ops.take(embedding, labels_P, axis=0) * ((1 - smoothing) * weights)
        hidden_gradient = ops.matmul(slope, embedding) - label_rows
        on_label = weights_P * (1 - smoothing)
        picked_hidden = sum_rows(hidden * on_label[:, None], labels_P, vocab_size)
        embedding_gradient = ops.matmul(ops.transpose(slope), hidden) - picked_hidden
        bias_gradient = ops.sum(slope, axis=0) - sum_rows(on_label[:, None], labels_P, vocab_size)[:, 0]

        def gradient(*args: Any, upstream: Any = None) -> Any:
            scale = args[0] if upstream is None else upstream
            return hidden_gradient * scale, embedding_gradient * scale, bias_gradient * scale

        return ops.sum(losses * weights_P), gradient

    return total(hidden_PD, embedding_VD, bias_V)
