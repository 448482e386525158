"""A network's weights by name: the same names on every backend, in files and in exported graphs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np

from braid.errors import BundleError


def named_variables(layer: keras.layers.Layer, prefix: str = "") -> dict[str, Any]:
    """Every trainable variable under its dotted path of attributes, such as ``encoder.0.mixer.output.kernel``."""
    return dict(_walk(layer, prefix))


def _walk(layer: keras.layers.Layer, prefix: str) -> Iterator[tuple[str, Any]]:
    if not type(layer).__module__.startswith("braid."):
        yield from ((f"{prefix}{variable.name}", variable) for variable in layer.trainable_weights)
        return
    # PyTorch keeps a module's parts in a dictionary of their own.
    for name, value in {**vars(layer), **vars(layer).get("_modules", {})}.items():
        if name.startswith("_"):
            continue
        if isinstance(value, keras.Variable):
            yield f"{prefix}{name}", value
        for index, part in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(part, keras.layers.Layer):
                yield from _walk(part, f"{prefix}{name}." if index is None else f"{prefix}{name}.{index}.")


def get_weights(model: keras.layers.Layer) -> dict[str, np.ndarray]:
    """Copies of all weights as float32 arrays by name."""
    return {name: np.array(keras.ops.convert_to_numpy(value)) for name, value in named_variables(model).items()}


def set_weights(model: keras.layers.Layer, weights: Mapping[str, np.ndarray]) -> None:
    """Put arrays into the variables of the same names.

    Raises:
        BundleError: Names or shapes differ; the message lists all of them.
    """
    variables = named_variables(model)
    faults = [f"{name} is missing" for name in sorted(set(variables) - set(weights))]
    faults += [f"{name} is not part of this network" for name in sorted(set(weights) - set(variables))]
    for name in sorted(set(variables) & set(weights)):
        if tuple(variables[name].shape) != weights[name].shape:
            faults.append(f"{name} must be of shape {tuple(variables[name].shape)}, got {weights[name].shape}")
    if faults:
        raise BundleError("the weights do not fit the network:\n  " + "\n  ".join(faults))
    for name, variable in variables.items():
        variable.assign(weights[name])
