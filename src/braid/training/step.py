"""One training step, forward, backward and update, on whichever backend Keras runs.

A step reads one batch or several, whose gradients add up to those of one large batch. It is not taken when its loss or
its gradient is no number or above a limit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import keras
import numpy as np
from keras import ops

from braid.config.recipe import TrainConfig
from braid.data.encoded import Batch
from braid.models.network import Network
from braid.training.objective import batch_arrays, mean_loss
from braid.training.optimizer import Optimizer, global_norm


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Above either of these a step is not taken."""

    loss: float = math.inf
    gradient_norm: float = math.inf


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """What a step met.

    Args:
        loss: Mean loss in nats a label.
        gradient_norm: Global norm of the gradient before clipping.
        is_taken: Whether the weights were updated.
    """

    loss: float
    gradient_norm: float
    is_taken: bool


StepFunction = Callable[[Sequence[Batch], float, Limits], StepResult]


def make_step(model: Network, optimizer: Optimizer, config: TrainConfig) -> StepFunction:
    """A function of batches, learning rate and limits that takes one step, or leaves it."""
    makers = {"tensorflow": _tensorflow_parts, "jax": _jax_parts, "torch": _torch_parts}
    add, finish = makers[keras.backend.backend()](model, optimizer, config)

    def step(batches: Sequence[Batch], learning_rate: float, limits: Limits) -> StepResult:
        total = sum(batch.loss_weight for batch in batches)
        gradients, loss = None, 0.0
        for batch in batches:
            share = np.float32(batch.loss_weight / total)
            added, gradients = add(batch_arrays(batch), share, gradients)
            loss = added + loss
        numbers = [np.float32(number) for number in (learning_rate, limits.loss, limits.gradient_norm)]
        loss, norm, is_taken = finish(gradients, loss, *numbers)
        return StepResult(loss=float(loss), gradient_norm=float(norm), is_taken=bool(is_taken))

    return step


def _is_good(loss: Any, norm: Any, loss_limit: Any, norm_limit: Any) -> Any:
    finite = ops.logical_and(ops.isfinite(loss), ops.isfinite(norm))
    return ops.logical_and(finite, ops.logical_and(loss <= loss_limit, norm <= norm_limit))


def _tensorflow_parts(model: Any, optimizer: Any, config: TrainConfig) -> tuple[Any, Any]:
    import tensorflow as tf

    variables = list(optimizer.variables.values())

    def gradient(arrays: Any, share: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = mean_loss(model, arrays, config, share=share)
        return loss, tape.gradient(loss, variables)

    def more(arrays: Any, share: Any, before: Any) -> Any:
        loss, gradients = gradient(arrays, share)
        return loss, [old + new for old, new in zip(before, gradients, strict=True)]

    def finish(gradients: Any, loss: Any, *numbers: Any) -> Any:
        learning_rate, *limits = numbers
        norm = global_norm(gradients)
        is_good = _is_good(loss, norm, *limits)

        def apply() -> Any:
            optimizer.apply(gradients, learning_rate, norm)
            return True

        return loss, norm, tf.cond(is_good, apply, lambda: False)

    number = tf.TensorSpec((), tf.float32)
    sums = [tf.TensorSpec(variable.shape, variable.dtype) for variable in variables]
    compiled: Any = tf.function(finish, input_signature=[sums, *[number] * 4], autograph=False)

    @cache
    def graphs(batch: tuple[tuple[str, str, int], ...]) -> tuple[Any, Any]:
        """The graphs for batches that hold these arrays, whatever their sizes."""
        specs = {name: tf.TensorSpec((None,) * rank, dtype) for name, dtype, rank in batch}
        first = tf.function(gradient, input_signature=[specs, number], autograph=False)
        return first, tf.function(more, input_signature=[specs, number, sums], autograph=False)

    def add(arrays: Any, share: Any, before: Any) -> Any:
        first, following = graphs(tuple((name, str(value.dtype), value.ndim) for name, value in arrays.items()))
        arrays = {name: tf.convert_to_tensor(value) for name, value in arrays.items()}
        return first(arrays, share) if before is None else following(arrays, share, before)

    return add, compiled


def _torch_parts(model: Any, optimizer: Any, config: TrainConfig) -> tuple[Any, Any]:
    import torch

    variables = [variable.value for variable in optimizer.variables.values()]

    def add(arrays: Any, share: Any, before: Any) -> Any:
        tensors = {name: torch.from_numpy(value) for name, value in arrays.items()}
        if not tensors["labels"].is_floating_point():
            tensors["labels"] = tensors["labels"].long()
        loss = mean_loss(model, tensors, config, share=float(share))
        # Not loss.backward(): Keras keeps some weights from the module's parameters, so zero_grad() would miss them.
        gradients = torch.autograd.grad(loss, variables)
        if before is not None:
            gradients = [old + new for old, new in zip(before, gradients, strict=True)]
        return loss.detach(), gradients

    @torch.no_grad()
    def finish(gradients: Any, loss: Any, learning_rate: Any, *limits: Any) -> Any:
        norm = global_norm(gradients)
        is_good = bool(_is_good(loss, norm, *map(float, limits)))
        if is_good:
            optimizer.apply(gradients, float(learning_rate), norm)
        return loss, norm, is_good

    return add, finish


def _jax_parts(model: Any, optimizer: Any, config: TrainConfig) -> tuple[Any, Any]:
    import jax

    weights = list(optimizer.variables.values())
    others, slots = model.non_trainable_variables, list(optimizer.state.values())

    def loss_of(trainable: Any, other: Any, arrays: Any, share: Any) -> Any:
        pairs = [*zip(weights, trainable, strict=True), *zip(others, other, strict=True)]
        with keras.StatelessScope(state_mapping=pairs) as scope:
            loss = mean_loss(model, arrays, config, share=share)
        return loss, [scope.get_current_value(variable) for variable in others]

    @jax.jit
    def gradient(trainable: Any, other: Any, arrays: Any, share: Any, before: Any) -> Any:
        (loss, other), gradients = jax.value_and_grad(loss_of, has_aux=True)(trainable, other, arrays, share)
        if before is not None:
            gradients = [old + new for old, new in zip(before, gradients, strict=True)]
        return loss, other, gradients

    def apply(gradients: Any, learning_rate: Any, norm: Any, trainable: Any, kept: Any) -> Any:
        pairs = [*zip(weights, trainable, strict=True), *zip(slots, kept, strict=True)]
        with keras.StatelessScope(state_mapping=pairs) as scope:
            optimizer.apply(gradients, learning_rate, norm)
        return tuple([scope.get_current_value(v) for v in group] for group in (weights, slots))

    def update(trainable: Any, kept: Any, gradients: Any, loss: Any, *numbers: Any) -> Any:
        learning_rate, *limits = numbers
        norm = global_norm(gradients)
        is_good = _is_good(loss, norm, *limits)
        updated = jax.lax.cond(
            is_good,
            lambda values: apply(gradients, learning_rate, norm, *values),
            lambda values: values,
            (trainable, kept),
        )
        return updated, norm, is_good

    compiled = jax.jit(update, donate_argnums=(0, 1))

    def add(arrays: Any, share: Any, before: Any) -> Any:
        loss, other, gradients = gradient(_values(weights), _values(others), arrays, share, before)
        _assign(others, other)
        return loss, gradients

    def finish(gradients: Any, loss: Any, *numbers: Any) -> Any:
        updated, norm, is_good = compiled(_values(weights), _values(slots), gradients, loss, *numbers)
        for group, values in zip((weights, slots), updated, strict=True):
            _assign(group, values)
        return loss, norm, is_good

    return add, finish


def _values(variables: Any) -> list[Any]:
    return [variable.value for variable in variables]


def _assign(variables: Any, values: Any) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
