"""Cross-entropy with label smoothing over the whole vocabulary, with its gradient in closed form."""

from __future__ import annotations

from typing import Any

from keras import ops

from braid.layers.embedding import sum_rows


def smoothed_cross_entropy(
    hidden_PD: Any, embedding_VD: Any, bias_V: Any, labels_P: Any, weights_P: Any, *, smoothing: float, z_loss: float
) -> Any:
    """Sum over positions P of weight times (-sum_v q_v log softmax(hidden E^T + bias)_v + z_loss log^2 Z), a scalar.

    q is 1 - smoothing on the label, and smoothing spread evenly over all V subwords; Z is the softmax's normalizer.
    The gradient to the logits is (softmax (1 + 2 z_loss log Z) - q) times weight; it is formed in the forward pass,
    where the logits are at hand, and folded at once into the gradients of hidden, embedding and bias. Nothing of
    size P times V is kept.

    Args:
        hidden_PD: Hidden vectors of all positions, padding included.
        embedding_VD: Output embedding.
        bias_V: Output bias.
        labels_P: Right subword of each position.
        weights_P: Weight of each position, 0 on padding.
        smoothing: 0 to 1.
        z_loss: Weight of the squared log-normalizer, which keeps logits from drifting; 0 leaves it out.

    Cost: three matrix products of P × D × V.
    Paper: Szegedy et al. (2016), Rethinking the Inception architecture, section 7 (label smoothing);
    Chowdhery et al. (2022), PaLM, section 5 (z-loss).
    """
    vocab_size = embedding_VD.shape[0]

    @ops.custom_gradient
    def total(hidden: Any, embedding: Any, bias: Any) -> Any:
        logits = ops.matmul(hidden, ops.transpose(embedding)) + bias
        peak = ops.max(logits, axis=-1, keepdims=True)
        exponentials = ops.exp(logits - peak)
        normalizer = ops.sum(exponentials, axis=-1, keepdims=True)
        # What follows sees the P x V array only through matrix products: each pass over it costs memory traffic.
        label_rows, mean_row = ops.take(embedding, labels_P, axis=0), ops.mean(embedding, axis=0)
        on_label, spread = (1 - smoothing) * weights_P[:, None], smoothing * weights_P[:, None]
        log_normalizer = ops.log(normalizer) + peak
        share = weights_P[:, None] * (1 + 2 * z_loss * log_normalizer) / normalizer
        label_logit = ops.sum(hidden * label_rows, axis=-1) + ops.take(bias, labels_P, axis=0)
        mean_logit = ops.sum(hidden * mean_row, axis=-1) + ops.mean(bias)
        log_normalizer = log_normalizer[:, 0]
        losses = log_normalizer - (1 - smoothing) * label_logit - smoothing * mean_logit + z_loss * log_normalizer**2
        hidden_gradient = share * ops.matmul(exponentials, embedding) - on_label * label_rows - spread * mean_row
        embedding_gradient = (
            ops.matmul(ops.transpose(exponentials), share * hidden)
            - sum_rows(on_label * hidden, labels_P, vocab_size)
            - ops.sum(spread * hidden, axis=0) / vocab_size
        )
        bias_gradient = (
            ops.matmul(ops.transpose(exponentials), share)
            - sum_rows(on_label, labels_P, vocab_size)
            - ops.sum(spread) / vocab_size
        )[:, 0]

        def gradient(*args: Any, upstream: Any = None) -> Any:
            scale = args[0] if upstream is None else upstream
            return hidden_gradient * scale, embedding_gradient * scale, bias_gradient * scale

        return ops.sum(losses * weights_P), gradient

    return total(hidden_PD, embedding_VD, bias_V)
