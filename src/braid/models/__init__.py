"""Networks. `build` is the only factory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from braid.config.recipe import ModelConfig

if TYPE_CHECKING:
    from braid.models.network import Network
    from braid.models.size import Head, Kind


def build(
    config: ModelConfig,
    vocab_size: int,
    *,
    kind: Kind = "encoder-decoder",
    head: Head = "tokens",
    num_classes: int = 0,
    seed: int = 1,
) -> Network:
    """The network a recipe asks for, with fresh weights.

    Args:
        config: The recipe's model section.
        vocab_size: Subwords in the tokenizer.
        kind: Whether there is an encoder, a decoder, or both.
        head: What the last layer says, as `braid.models.network.Network` has it.
        num_classes: Classes of the head ``classes``.
        seed: Start weights and dropout.
    """
    import keras

    from braid.models.network import Network

    keras.utils.set_random_seed(seed)
    return Network(config, vocab_size, kind=kind, head=head, num_classes=num_classes, seed=seed)
