"""Dropout whose randomness is a pure function of one seed: the same on every resumed run.

One random byte decides about one value, so that four (or eight) decisions cost one draw of the generator;
rates are therefore rounded to 256ths, and the scale follows the rounded rate exactly.
"""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops


def random_bytes(shape: tuple[Any, ...], seed_2: Any) -> Any:
    """Uniform uint8 values of a shape, drawn from an integer seed of shape (2,) by the backend's own generator."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        count = tf.reduce_prod(tf.stack(shape))
        words = tf.random.stateless_uniform(
            [(count + 3) // 4], tf.cast(seed_2, tf.int32), minval=None, maxval=None, dtype=tf.uint32, alg="philox"
        )
        return tf.reshape(tf.reshape(tf.bitcast(words, tf.uint8), [-1])[:count], shape)
    if backend == "jax":
        import jax
        import jax.numpy as jnp

        key = jax.random.wrap_key_data(jnp.concatenate([seed_2, seed_2]).astype("uint32"), impl="rbg")
        return jax.random.bits(key, shape, "uint8")
    import torch

    generator = torch.Generator().manual_seed(int(seed_2[0]) * 2**31 + int(seed_2[1]))
    count = math.prod(shape)
    words = torch.empty((count + 7) // 8, dtype=torch.int64).random_(-(2**63), None, generator=generator)
    return words.view(torch.uint8)[:count].view(shape)


def dropout(values: Any, rate: float, seeds: keras.random.SeedGenerator, training: bool) -> Any:
    """``values`` with a fraction ``rate`` set to zero and the rest scaled up, or unchanged outside training.

    Paper: Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from overfitting.
    """
    threshold = round(rate * 256)
    if not training or threshold == 0:
        return values
    kept = random_bytes(ops.shape(values), seeds.next()) >= threshold
    return values * (ops.cast(kept, values.dtype) * (256 / (256 - threshold)))
