"""Cross-entropy with label smoothing over the whole vocabulary, with its gradient in closed form."""

from __future__ import annotations

from typing import Any

from keras import ops

from braid.layers.embedding import sum_rows
from braid.layers.linear import product

BLOCK_NUMBERS = 2**21
"""Most logits of one block: 8 MB, which fit the caches that processors of 2020 and later share among their cores."""

LEAST_ROWS = 64
"""Positions that a block may have, however large the vocabulary is."""


def smoothed_cross_entropy(
    hidden_PD: Any, embedding_VD: Any, bias_V: Any, labels_P: Any, weights_P: Any, *, smoothing: float, z_loss: float
) -> Any:
    """Sum over positions P of weight times (-sum_v q_v log softmax(hidden E^T + bias)_v + z_loss log^2 Z), a scalar.

    q is 1 - smoothing on the label, and smoothing spread evenly over all V subwords; Z is the softmax's normalizer.
    The gradient to the logits is (softmax (1 + 2 z_loss log Z) - q) times weight; it is formed in the forward pass,
    where the logits are at hand, and folded at once into the gradients of hidden, embedding and bias. Positions are
    taken in blocks, so that nothing of size P times V is ever made.

    Args:
        hidden_PD: Hidden vectors of all positions, padding included; one at least.
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

    @ops.custom_gradient
    def total(hidden: Any, embedding: Any, bias: Any) -> Any:
        loss, *gradients = _in_blocks(hidden, embedding, bias, labels_P, weights_P, smoothing, z_loss)

        def gradient(*args: Any, upstream: Any = None) -> Any:
            scale = args[0] if upstream is None else upstream
            return tuple(part * scale for part in gradients)

        return loss, gradient

    return total(hidden_PD, embedding_VD, bias_V)


def _in_blocks(
    hidden: Any, embedding: Any, bias: Any, labels: Any, weights: Any, smoothing: float, z_loss: float
) -> tuple[Any, Any, Any, Any]:
    """The loss and its gradients to hidden, embedding and bias, block after block of positions."""
    vocab_size, dim = embedding.shape
    positions = ops.shape(hidden)[0]
    most = max(LEAST_ROWS, BLOCK_NUMBERS // vocab_size)
    num_blocks = (positions + most - 1) // most
    rows = (positions + num_blocks - 1) // num_blocks  # as even as they can be: fewest rows of padding
    missing = num_blocks * rows - positions
    hidden, labels, weights = (
        ops.concatenate([part, ops.zeros((missing, *part.shape[1:]), part.dtype)]) for part in (hidden, labels, weights)
    )

    def block(index: Any, loss: Any, hidden_gradient: Any, embedding_gradient: Any, bias_gradient: Any) -> Any:
        begin, first = index * rows, index * 0  # one type for both: JAX in 64 bits insists
        part = ops.slice(hidden, (begin, first), (rows, dim))
        scale = ops.slice(weights, (begin,), (rows,))
        added, to_hidden, to_embedding, to_bias = _block(
            part, embedding, bias, ops.slice(labels, (begin,), (rows,)), scale, smoothing, z_loss
        )
        hidden_gradient = ops.slice_update(hidden_gradient, (begin, first), to_hidden)
        return index + 1, loss + added, hidden_gradient, embedding_gradient + to_embedding, bias_gradient + to_bias

    start = (
        ops.convert_to_tensor(0, "int32"),
        ops.zeros((), hidden.dtype),
        ops.zeros_like(hidden),
        ops.zeros_like(embedding),
        ops.zeros_like(bias),
    )
    _, loss, hidden_gradient, embedding_gradient, bias_gradient = ops.while_loop(
        lambda index, *_: index < num_blocks, block, start
    )
    return loss, hidden_gradient[:positions], embedding_gradient, bias_gradient


def _block(
    hidden: Any, embedding: Any, bias: Any, labels: Any, weights: Any, smoothing: float, z_loss: float
) -> tuple[Any, Any, Any, Any]:
    vocab_size = embedding.shape[0]
    logits = product(hidden, ops.transpose(embedding)) + bias
    peak = ops.max(logits, axis=-1, keepdims=True)
    exponentials = ops.exp(logits - peak)
    normalizer = ops.sum(exponentials, axis=-1, keepdims=True)
    # What follows sees the array of all subwords only through matrix products: each pass over it costs memory traffic.
    label_rows, mean_row = ops.take(embedding, labels, axis=0), ops.mean(embedding, axis=0)
    on_label, spread = (1 - smoothing) * weights[:, None], smoothing * weights[:, None]
    log_normalizer = ops.log(normalizer) + peak
    share = weights[:, None] * (1 + 2 * z_loss * log_normalizer) / normalizer
    label_logit = ops.sum(hidden * label_rows, axis=-1) + ops.take(bias, labels, axis=0)
    mean_logit = ops.sum(hidden * mean_row, axis=-1) + ops.mean(bias)
    log_normalizer = log_normalizer[:, 0]
    losses = log_normalizer - (1 - smoothing) * label_logit - smoothing * mean_logit + z_loss * log_normalizer**2
    hidden_gradient = share * product(exponentials, embedding) - on_label * label_rows - spread * mean_row
    embedding_gradient = (
        product(ops.transpose(exponentials), share * hidden)
        - sum_rows(on_label * hidden, labels, vocab_size)
        - ops.sum(spread * hidden, axis=0) / vocab_size
    )
    bias_gradient = (
        ops.matmul(ops.transpose(exponentials), share)
        - sum_rows(on_label, labels, vocab_size)
        - ops.sum(spread) / vocab_size
    )[:, 0]
    return ops.sum(losses * weights), hidden_gradient, embedding_gradient, bias_gradient
