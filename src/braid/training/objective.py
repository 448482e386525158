"""What training makes small: the mean loss of a batch, for each kind of labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras import ops

from braid.config.recipe import TrainConfig
from braid.data.encoded import Batch
from braid.models.network import Network
from braid.training.loss import LossOptions, smoothed_cross_entropy

INPUTS = ("source_ids", "source_mask", "source_marks", "target_ids", "target_mask", "labels", "weights")
TINY = 1e-9


def batch_arrays(batch: Batch) -> dict[str, Any]:
    """The batch as the named arrays that the network and its loss read."""
    arrays = {name: getattr(batch, name) for name in INPUTS}
    return {name: array for name, array in arrays.items() if array is not None}


def mean_loss(
    model: Network, arrays: dict[str, Any], config: TrainConfig, *, share: Any = 1.0, training: bool = True
) -> Any:
    """Mean loss of a batch in nats a label, times ``share``.

    Args:
        model: The network.
        arrays: A batch as `batch_arrays` gives it.
        config: The recipe's train section: label smoothing and z-loss.
        share: This batch's part of what the step's labels count together.
        training: Whether dropout is on.
    """
    weights = arrays.get("weights", arrays.get("target_mask"))
    weights = ops.cast(weights, "float32")
    weights = weights * (share / ops.maximum(ops.sum(weights), TINY))
    return _LOSSES[model.head](model, arrays, config, weights, training)


def _tokens_loss(model: Network, arrays: dict[str, Any], config: TrainConfig, weights: Any, training: bool) -> Any:
    """Cross-entropy of the next subword."""
    return _cross_entropy(model, model(arrays, training=training), arrays["labels"], config, weights)


def _copied_loss(model: Network, arrays: dict[str, Any], config: TrainConfig, weights: Any, training: bool) -> Any:
    """Cross-entropy of the next subword, which may be generated or copied from the source.

    What label smoothing spreads over all subwords is the generator's own loss.
    """
    hidden, generated_BT, copy_BTS = model.with_copies(arrays, training=training)
    matches = ops.cast(arrays["labels"][:, :, None] == arrays["source_ids"][:, None, :], hidden.dtype)
    copies = (generated_BT, ops.sum(copy_BTS * matches, axis=-1))
    return _cross_entropy(model, hidden, arrays["labels"], config, weights, copies)


def _cross_entropy(
    model: Network,
    hidden: Any,
    labels: Any,
    config: TrainConfig,
    weights: Any,
    copies: tuple[Any, Any] | None = None,
) -> Any:
    flat = ops.reshape(hidden, (-1, model.config.model_dim))
    # Products, not the variables themselves: TensorFlow lets no custom gradient close over a variable.
    embedding, bias = model.embedding * 1.0, model.output_bias * 1.0
    return smoothed_cross_entropy(
        flat,
        embedding,
        bias,
        ops.reshape(labels, (-1,)),
        ops.cast(ops.reshape(weights, (-1,)), flat.dtype),
        LossOptions(smoothing=config.label_smoothing, z_loss=config.z_loss),
        copies=copies and (ops.reshape(copies[0], (-1,)), ops.reshape(copies[1], (-1,))),
    )


def _classes_loss(model: Network, arrays: dict[str, Any], config: TrainConfig, weights: Any, training: bool) -> Any:
    """Cross-entropy of a text's class; of each class by itself where a text may have several."""
    logits_BC = ops.cast(model(arrays, training=training), "float32")
    labels, smoothing = ops.convert_to_tensor(arrays["labels"]), config.label_smoothing
    if len(labels.shape) == 2:
        wanted = labels * (1 - smoothing) + 0.5 * smoothing
        losses = ops.softplus(logits_BC) - wanted * logits_BC
        if len(weights.shape) == 2:  # one for each class of a text: they were divided by as many, too
            return logits_BC.shape[-1] * ops.sum(losses * weights)
        return ops.sum(ops.sum(losses, axis=-1) * weights)
    logs = ops.log_softmax(logits_BC, axis=-1)
    right = ops.take_along_axis(logs, labels[:, None], axis=1)[:, 0]
    return -ops.sum(((1 - smoothing) * right + smoothing * ops.mean(logs, axis=-1)) * weights)


def _spans_loss(model: Network, arrays: dict[str, Any], config: TrainConfig, weights: Any, training: bool) -> Any:
    """Cross-entropy of the first and of the last position of an answer, halved."""
    logits_BS2 = ops.cast(model(arrays, training=training), "float32")
    logs = ops.log_softmax(ops.transpose(logits_BS2, (0, 2, 1)), axis=-1)
    right = ops.take_along_axis(logs, arrays["labels"][:, :, None], axis=2)[:, :, 0]
    return -0.5 * ops.sum(ops.sum(right, axis=-1) * weights)


_LOSSES: dict[str, Callable[[Network, dict[str, Any], TrainConfig, Any, bool], Any]] = {
    "tokens": _tokens_loss,
    "copies": _copied_loss,
    "classes": _classes_loss,
    "spans": _spans_loss,
}
