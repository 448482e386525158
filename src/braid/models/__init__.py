"""Networks. `build` is the only factory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from braid.config.recipe import ModelConfig

if TYPE_CHECKING:
    from braid.models.encoder_decoder import EncoderDecoder


def build(config: ModelConfig, vocab_size: int, *, seed: int = 1) -> EncoderDecoder:
    """The network a recipe asks for, with fresh weights.

    Args:
        config: The recipe's model section.
        vocab_size: Subwords in the tokenizer.
        seed: Start weights and dropout.
    """
    import keras

    from braid.models.encoder_decoder import EncoderDecoder

    keras.utils.set_random_seed(seed)
    return EncoderDecoder(config, vocab_size, seed=seed)
