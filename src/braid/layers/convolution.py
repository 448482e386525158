"""A short causal convolution along time, one filter a channel, as it stands in front of modern recurrences."""

from __future__ import annotations

from typing import Any

from keras import ops

from braid.layers.positions import gather_time, permute_time

WIDTH = 4
"""Positions that it sees."""


def short_convolution(
    inputs_BTC: Any, padding_mask_BT: Any, window_BWC: Any, kernel_KC: Any, reverse: bool = False
) -> tuple[Any, Any]:
    """out_t = sum_k kernel_k x_{t-K+1+k} over the real positions alone, and the last W = K - 1 of them.

    Padding may stand anywhere: real positions are moved together first. What stands at padding in the outputs means
    nothing.

    Args:
        inputs_BTC: Values of C channels.
        padding_mask_BT: True on real positions.
        window_BWC: The W real positions before the first one, oldest first (after the last one when ``reverse``,
            the farthest first).
        kernel_KC: Filters; the last row belongs to the position itself.
        reverse: Run from the last position to the first.

    Cost: O(B T C K).
    """
    if reverse:
        outputs, window = short_convolution(
            ops.flip(inputs_BTC, axis=1), ops.flip(padding_mask_BT, axis=1), window_BWC, kernel_KC
        )
        return ops.flip(outputs, axis=1), window
    time, width = ops.shape(inputs_BTC)[1], kernel_KC.shape[0] - 1
    places = ops.arange(time, dtype="int32")
    order_BT = ops.argsort(ops.where(padding_mask_BT, places, places + time), axis=1)
    origin_BT = ops.argsort(order_BT, axis=1)
    full = ops.concatenate([window_BWC, permute_time(inputs_BTC, order_BT, origin_BT)], axis=1)
    together = _filtered(full, kernel_KC)
    last = ops.sum(ops.cast(padding_mask_BT, "int32"), axis=1, keepdims=True) + ops.arange(width, dtype="int32")
    return permute_time(together, origin_BT, order_BT), gather_time(full, last)


def _filtered(full_BSC: Any, kernel_KC: Any) -> Any:
    """out_t = sum_k kernel_k x_{t+k} over S = T + K - 1 values. TensorFlow's own gradient of the slices, a padded array
    for each, would take ten times as long as the convolution.
    """
    width = kernel_KC.shape[0]

    @ops.custom_gradient
    def convolve(full: Any, kernel: Any) -> Any:
        time = ops.shape(full)[1] - width + 1
        outputs = sum(full[:, k : k + time] * kernel[k] for k in range(width))

        def gradient(*args: Any, upstream: Any = None) -> Any:
            upstream = args[0] if upstream is None else upstream
            padded = ops.pad(upstream, ((0, 0), (width - 1, width - 1), (0, 0)))
            places = ops.shape(full)[1]
            to_full = sum(padded[:, width - 1 - k : width - 1 - k + places] * kernel[k] for k in range(width))
            to_kernel = [ops.sum(full[:, k : k + time] * upstream, axis=(0, 1)) for k in range(width)]
            return to_full, ops.stack(to_kernel)

        return outputs, gradient

    return convolve(full_BSC, kernel_KC)


def convolution_step(inputs_BC: Any, window_BWC: Any, kernel_KC: Any) -> tuple[Any, Any]:
    """The same for one position: its output and the new window."""
    full_BKC = ops.concatenate([window_BWC, inputs_BC[:, None]], axis=1)
    return ops.sum(full_BKC * kernel_KC, axis=1), full_BKC[:, 1:]
