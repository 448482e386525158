"""Cross-entropy with label smoothing over the whole vocabulary, with its gradient in closed form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from keras import ops

from braid.layers.embedding import sum_rows
from braid.layers.linear import product

BLOCK_NUMBERS = 2**21
"""Most logits of one block: 8 MB, which fit the caches that processors of 2020 and later share among their cores."""

LEAST_ROWS = 64
"""Positions that a block may have, however large the vocabulary is."""

TINY = 1e-9
"""Least share of the generator: whatever cannot be copied stays possible."""

MOST_LOG = 60.0
"""Of one over a probability; e to the 89th is more than float32 holds."""


@dataclass(frozen=True, kw_only=True)
class LossOptions:
    """What is added to the cross-entropy.

    Args:
        smoothing: Probability spread over all subwords, 0 to 1.
        z_loss: Weight of the squared log-normalizer, which keeps logits from drifting; 0 leaves it out.
    """

    smoothing: float = 0.0
    z_loss: float = 0.0


def smoothed_cross_entropy(
    hidden_PD: Any,
    embedding_VD: Any,
    bias_V: Any,
    labels_P: Any,
    weights_P: Any,
    options: LossOptions,
    copies: tuple[Any, Any] | None = None,
) -> Any:
    """Sum over positions P of weight times (-sum_v q_v log p_v + z_loss log^2 Z), a scalar.

    p = softmax(hidden E^T + bias), and Z its normalizer; q is 1 - smoothing on the label, and smoothing spread evenly
    over all V subwords. With copies the label has the probability g p_label + (1 - g) c, of which r is the first part,
    g p_label / (g p_label + (1 - g) c); without, r = 1.

    The gradient to the logits is (p ((1 - smoothing) r + smoothing + 2 z_loss log Z) - (1 - smoothing) r on the label -
    smoothing / V) times weight; it is formed in the forward pass, where the logits are at hand, and folded at once into
    the gradients of hidden, embedding and bias. Positions are taken in blocks, so that nothing of size P times V is
    ever made.

    Args:
        hidden_PD: Hidden vectors of all positions, padding included; one at least.
        embedding_VD: Output embedding.
        bias_V: Output bias.
        labels_P: Right subword of each position.
        weights_P: Weight of each position, 0 on padding.
        options: Smoothing and z_loss.
        copies: The generator's share g of each position, and the probability c that the label is what is copied.

    Cost: three matrix products of P × D × V.
    Paper: Szegedy et al. (2016), Rethinking the Inception architecture, section 7 (label smoothing);
    Chowdhery et al. (2022), PaLM, section 5 (z-loss); See et al. (2017), Get to the point: summarization with
    pointer-generator networks, equations 8 and 9 (copies).
    """

    @ops.custom_gradient
    def total(*parts: Any) -> Any:
        whole = parts if copies else (*parts, ops.ones_like(weights_P), ops.zeros_like(weights_P))
        loss, *gradients = _in_blocks(whole, labels_P, weights_P, options)

        def gradient(*args: Any, upstream: Any = None) -> Any:
            scale = args[0] if upstream is None else upstream
            return tuple(part * scale for part in gradients[: len(parts)])

        return loss, gradient

    return total(hidden_PD, embedding_VD, bias_V, *(copies or ()))


def _in_blocks(parts: Sequence[Any], labels: Any, weights: Any, options: LossOptions) -> tuple[Any, ...]:
    """The loss and its gradients to hidden, embedding, bias and both copy vectors, block after block of positions."""
    hidden, embedding, bias, share, copied = parts
    vocab_size, dim = embedding.shape
    positions = ops.shape(hidden)[0]
    most = max(LEAST_ROWS, BLOCK_NUMBERS // vocab_size)
    num_blocks = (positions + most - 1) // most
    rows = (positions + num_blocks - 1) // num_blocks  # as even as they can be: fewest rows of padding
    missing = num_blocks * rows - positions
    hidden, labels, weights, share, copied = (
        ops.concatenate([part, ops.zeros((missing, *part.shape[1:]), part.dtype)])
        for part in (hidden, labels, weights, share, copied)
    )

    def block(index: Any, loss: Any, to_hidden: Any, to_embedding: Any, to_bias: Any, *to_copies: Any) -> Any:
        begin, first = index * rows, index * 0  # one type for both: JAX in 64 bits insists
        part = ops.slice(hidden, (begin, first), (rows, dim))
        of_labels, of_weights, *copies = (
            ops.slice(vector, (begin,), (rows,)) for vector in (labels, weights, share, copied)
        )
        added, of_hidden, of_embedding, of_bias, *of_copies = _block(
            (part, embedding, bias, *copies), of_labels, of_weights, options
        )
        return (
            index + 1,
            loss + added,
            ops.slice_update(to_hidden, (begin, first), of_hidden),
            to_embedding + of_embedding,
            to_bias + of_bias,
            *(ops.slice_update(whole, (begin,), new) for whole, new in zip(to_copies, of_copies, strict=True)),
        )

    start = (
        ops.convert_to_tensor(0, "int32"),
        ops.zeros((), hidden.dtype),
        *(ops.zeros_like(part) for part in (hidden, embedding, bias, share, copied)),
    )
    _, loss, to_hidden, to_embedding, to_bias, *to_copies = ops.while_loop(
        lambda index, *_: index < num_blocks, block, start
    )
    return loss, to_hidden[:positions], to_embedding, to_bias, *(vector[:positions] for vector in to_copies)


def _block(parts: Sequence[Any], labels: Any, weights: Any, options: LossOptions) -> tuple[Any, ...]:
    hidden, embedding, bias, generated, copied = parts
    smoothing, z_loss = options.smoothing, options.z_loss
    vocab_size = embedding.shape[0]
    logits = product(hidden, ops.transpose(embedding)) + bias
    peak = ops.max(logits, axis=-1, keepdims=True)
    exponentials = ops.exp(logits - peak)
    normalizer = ops.sum(exponentials, axis=-1, keepdims=True)
    # What follows sees the array of all subwords only through matrix products: each pass over it costs memory traffic.
    label_rows, mean_row = ops.take(embedding, labels, axis=0), ops.mean(embedding, axis=0)
    log_normalizer = (ops.log(normalizer) + peak)[:, 0]
    label_log = ops.sum(hidden * label_rows, axis=-1) + ops.take(bias, labels, axis=0) - log_normalizer
    mean_log = ops.sum(hidden * mean_row, axis=-1) + ops.mean(bias) - log_normalizer
    likelihood, part, to_copies = _mixed(label_log, generated, copied)
    losses = -(1 - smoothing) * likelihood - smoothing * mean_log + z_loss * log_normalizer**2
    on_label, spread = ((1 - smoothing) * weights * part)[:, None], smoothing * weights[:, None]
    share = (on_label + spread + 2 * z_loss * (weights * log_normalizer)[:, None]) / normalizer
    to_hidden = share * product(exponentials, embedding) - on_label * label_rows - spread * mean_row
    to_embedding = (
        product(ops.transpose(exponentials), share * hidden)
        - sum_rows(on_label * hidden, labels, vocab_size)
        - ops.sum(spread * hidden, axis=0) / vocab_size
    )
    to_bias = (
        ops.matmul(ops.transpose(exponentials), share)
        - sum_rows(on_label, labels, vocab_size)
        - ops.sum(spread) / vocab_size
    )[:, 0]
    scale = (1 - smoothing) * weights
    return ops.sum(losses * weights), to_hidden, to_embedding, to_bias, *(scale * vector for vector in to_copies)


def _mixed(label_log: Any, generated: Any, copied: Any) -> tuple[Any, Any, tuple[Any, Any]]:
    """Of g p + (1 - g) c: the logarithm, the share of its first term, and minus the logarithm's slopes in g and in c.

    Args:
        label_log: log p.
        generated: g.
        copied: c.
    """
    first = ops.log(ops.maximum(generated, TINY)) + label_log
    likelihood = ops.logaddexp(first, ops.log((1 - generated) * copied))
    inverse = ops.exp(ops.minimum(-likelihood, MOST_LOG))
    to_generated = copied * inverse - ops.exp(label_log - likelihood)
    return likelihood, ops.exp(first - likelihood), (to_generated, (generated - 1) * inverse)
