"""Small networks and data sets that several rooms test with. Imports Keras only when asked for a network."""

from __future__ import annotations

from pathlib import Path

import numpy as np

VOCAB = 30


def tiny_config(encoder: str = "A", decoder: str = "S", **changes):
    from braid.config.recipe import ModelConfig

    settings = {"model_dim": 16, "ffn_dim": 0 if encoder == decoder == "MM" else 24, "num_heads": 2, "dropout": 0.1}
    return ModelConfig(encoder=encoder, decoder=decoder, **(settings | changes))


def tiny_model(
    encoder: str = "A", decoder: str = "S", *, kind="encoder-decoder", seed: int = 1, head_options=None, **changes
):
    """A fresh network whose weights are large enough to matter."""
    from braid.models import build
    from braid.models.weights import get_weights, set_weights

    model = build(tiny_config(encoder, decoder, **changes), VOCAB, kind=kind, seed=seed, **(head_options or {}))
    random = np.random.default_rng(seed)
    weights = {
        name: value + random.normal(0, 0.1, value.shape).astype("f4") for name, value in get_weights(model).items()
    }
    set_weights(model, weights)
    return model


def arrays(seed: int = 0) -> dict[str, np.ndarray]:
    """Three sentence pairs as the network reads them, one source padded."""
    random = np.random.default_rng(seed)
    source_mask = np.ones((3, 7), bool)
    source_mask[1, 4:] = False
    return {
        "source_ids": random.integers(4, VOCAB, (3, 7)).astype("int32"),
        "source_mask": source_mask,
        "target_ids": random.integers(4, VOCAB, (3, 5)).astype("int32"),
        "target_mask": np.ones((3, 5), bool),
    }


def copy_task(rows=200, seed=0, change=lambda row: row, longest=8):
    """Sequences of 2 to ``longest`` - 1 symbols and what ``change`` makes of them, as encoded pairs."""
    from braid.data.encoded import EncodedPairs

    random = np.random.default_rng(seed)
    source = [np.append(random.integers(4, VOCAB, random.integers(2, longest)), 2).astype("int32") for _ in range(rows)]
    return EncodedPairs(source=source, target=[np.append(change(row[:-1]), 2) for row in source], bos_id=1, pad_id=0)


def write_pairs(folder: Path, *, rows: int = 300, seed: int = 1, reverse: bool = False) -> Path:
    """A TSV file whose targets spell the sources in another alphabet, word by word (backwards if asked)."""
    random = np.random.default_rng(seed)
    words = ["red", "blue", "cat", "dog", "runs", "sleeps", "big", "small", "house", "tree"]
    others = [word.upper()[::-1] for word in words]
    lines = {}
    while len(lines) < rows:
        picks = random.integers(0, len(words), random.integers(2, 7)).tolist()
        source = " ".join(words[pick] for pick in picks)
        lines[source] = " ".join(others[pick] for pick in (picks[::-1] if reverse else picks))
    path = folder / "pairs.tsv"
    path.write_text("".join(f"{source}\t{target}\n" for source, target in lines.items()), encoding="utf-8")
    return path


TINY_TRAINING = (
    "data.source_language=en",
    "data.target_language=de",
    "model.encoder=A",
    "model.decoder=S",
    "model.model_dim=32",
    "model.ffn_dim=48",
    "model.num_heads=2",
    "model.dropout=0.1",
    "tokenizer.vocab_size=400",
    "train.batch_tokens=256",
    "train.learning_rate=0.01",
    "train.warmup_steps=20",
    "train.checkpoint_minutes=0",
)
"""Overrides for a network that trains in seconds and saves after every step."""
