"""Positions along time, the second axis: moved, picked and cut, with gradients that cost no more than they must."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


def permute_time(values_BTC: Any, order_BT: Any, inverse_BT: Any) -> Any:
    """(B, T, C): each example's values in its own order. The gradient is the inverse order, where a backend that
    does not know that there is one would add up slices.
    """

    @ops.custom_gradient
    def permute(values: Any) -> Any:
        def gradient(*args: Any, upstream: Any = None) -> Any:
            return gather_time(args[0] if upstream is None else upstream, inverse_BT)

        return gather_time(values, order_BT), gradient

    return permute(values_BTC)


def gather_time(values_BTC: Any, places_BU: Any) -> Any:
    """(B, U, C): each example's values at its own places."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.gather(values_BTC, places_BU, batch_dims=1)
    examples = ops.arange(ops.shape(values_BTC)[0], dtype="int32")[:, None]
    return values_BTC[examples, places_BU]


def between(values_BT: Any, first: Any, length: Any) -> Any:
    """``length`` positions from ``first``. TensorFlow's gradient of a subscript takes ten times as long as of this."""
    shape = ops.shape(values_BT)
    return ops.slice(values_BT, (0, first) + (0,) * (len(shape) - 2), (shape[0], length, *shape[2:]))
