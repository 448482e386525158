"""One training step, forward, backward and update, on whichever backend Keras runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from braid.data.batch import Batch
from braid.models.encoder_decoder import EncoderDecoder
from braid.training.loss import smoothed_cross_entropy
from braid.training.optimizer import Optimizer

StepFunction = Callable[[Batch, float], float]


def batch_arrays(batch: Batch) -> dict[str, Any]:
    """The batch as the named arrays that the network reads, and its labels."""
    return {
        "source_ids": batch.source_ids,
        "source_mask": batch.source_mask,
        "target_ids": batch.target_ids,
        "target_mask": batch.target_mask,
        "labels": batch.labels,
    }


def mean_loss(model: EncoderDecoder, arrays: dict[str, Any], smoothing: float, training: bool = True) -> Any:
    """Mean smoothed cross-entropy of a batch in nats a real target token."""
    hidden = model(arrays, training=training)
    flat = ops.reshape(hidden, (-1, model.config.model_dim))
    weights = ops.cast(ops.reshape(arrays["target_mask"], (-1,)), flat.dtype)
    labels = ops.reshape(arrays["labels"], (-1,))
    # Products, not the variables themselves: TensorFlow lets no custom gradient close over a variable.
    embedding, bias = model.embedding * 1.0, model.output_bias * 1.0
    total = smoothed_cross_entropy(flat, embedding, bias, labels, weights / ops.sum(weights), smoothing=smoothing)
    return total


def make_step(model: EncoderDecoder, optimizer: Optimizer, smoothing: float) -> StepFunction:
    """A function of batch and learning rate that updates the weights and returns the mean loss in nats."""
    makers = {"tensorflow": _tensorflow_step, "jax": _jax_step, "torch": _torch_step}
    return makers[keras.backend.backend()](model, optimizer, smoothing)


def _tensorflow_step(model: Any, optimizer: Any, smoothing: float) -> Any:
    import tensorflow as tf

    variables = list(optimizer.variables.values())

    def update(arrays: Any, learning_rate: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = mean_loss(model, arrays, smoothing)
        gradients = tape.gradient(loss, variables)
        optimizer.apply(gradients, learning_rate)
        return loss

    specification = {
        name: tf.TensorSpec((None, None), tf.bool if name.endswith("mask") else tf.int32)
        for name in ("source_ids", "source_mask", "target_ids", "target_mask", "labels")
    }
    concrete: Any = tf.function(update, input_signature=[specification, tf.TensorSpec((), tf.float32)])

    def step(batch: Batch, learning_rate: float) -> Any:
        arrays = {name: tf.convert_to_tensor(value) for name, value in batch_arrays(batch).items()}
        return float(concrete(arrays, tf.constant(learning_rate, tf.float32)))

    return step


def _torch_step(model: Any, optimizer: Any, smoothing: float) -> Any:
    import torch

    variables = list(optimizer.variables.values())

    def step(batch: Batch, learning_rate: float) -> Any:
        arrays = {name: torch.from_numpy(value) for name, value in batch_arrays(batch).items()}
        arrays["labels"] = arrays["labels"].long()
        loss = mean_loss(model, arrays, smoothing)
        # Not loss.backward(): Keras keeps some weights from the module's parameters, so zero_grad() would miss them.
        gradients = torch.autograd.grad(loss, [variable.value for variable in variables])
        with torch.no_grad():
            optimizer.apply(gradients, learning_rate)
        return float(loss.detach())

    return step


def _jax_step(model: Any, optimizer: Any, smoothing: float) -> Any:
    import jax

    weights = list(optimizer.variables.values())
    groups = weights, model.non_trainable_variables, list(optimizer.state.values())

    def loss_of(trainable: Any, other: Any, arrays: Any) -> Any:
        pairs = [*zip(weights, trainable, strict=True), *zip(groups[1], other, strict=True)]
        with keras.StatelessScope(state_mapping=pairs) as scope:
            loss = mean_loss(model, arrays, smoothing)
        return loss, [scope.get_current_value(variable) for variable in groups[1]]

    def pure(trainable: Any, other: Any, slots: Any, arrays: Any, learning_rate: Any) -> Any:
        (loss, other), gradients = jax.value_and_grad(loss_of, has_aux=True)(trainable, other, arrays)
        pairs = [*zip(weights, trainable, strict=True), *zip(groups[2], slots, strict=True)]
        with keras.StatelessScope(state_mapping=pairs) as scope:
            optimizer.apply(gradients, learning_rate)
        trainable, slots = ([scope.get_current_value(v) for v in group] for group in (weights, groups[2]))
        return loss, trainable, other, slots

    compiled = jax.jit(pure, donate_argnums=(0, 1, 2))

    def step(batch: Batch, learning_rate: float) -> Any:
        values = [[variable.value for variable in group] for group in groups]
        loss, *updated = compiled(*values, batch_arrays(batch), learning_rate)
        for group, new_values in zip(groups, updated, strict=True):
            for variable, value in zip(group, new_values, strict=True):
                variable.assign(value)
        return float(loss)

    return step
