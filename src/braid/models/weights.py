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
    for name, index, part in _parts(layer):
        if isinstance(part, keras.Variable):
            yield f"{prefix}{name}", part
        elif isinstance(part, keras.layers.Layer):
            yield from _walk(part, f"{prefix}{name}." if index is None else f"{prefix}{name}.{index}.")


def projection_widths(layer: keras.layers.Layer) -> dict[str, list[int]]:
    """For kernels that hold several maps side by side, the widths of these maps, by the names of `named_variables`."""
    found = {}
    for prefix, part in _layers(layer, ""):
        found |= {f"{prefix}{name}": list(widths) for name, widths in getattr(part, "projections", {}).items()}
    return {name: widths for name, widths in found.items() if name in named_variables(layer)}


def _layers(layer: keras.layers.Layer, prefix: str) -> Iterator[tuple[str, keras.layers.Layer]]:
    """Every layer of ours with the prefix of its variables' names."""
    yield prefix, layer
    for name, index, part in _parts(layer):
        if isinstance(part, keras.layers.Layer):
            yield from _layers(part, f"{prefix}{name}." if index is None else f"{prefix}{name}.{index}.")


def _parts(layer: keras.layers.Layer) -> Iterator[tuple[str, int | None, Any]]:
    """Public attributes; those of a list one by one. PyTorch keeps a module's parts in a dictionary of their own."""
    for name, value in {**vars(layer), **vars(layer).get("_modules", {})}.items():
        if not name.startswith("_"):
            yield from (
                ((name, index, part) for index, part in enumerate(value))
                if isinstance(value, list)
                else [(name, None, value)]
            )


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
