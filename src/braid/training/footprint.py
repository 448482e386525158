"""How much memory a run will take at its peak, told before it begins, and how much there is."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from braid.config.recipe import Recipe
from braid.errors import ConfigError
from braid.models.size import Head, Kind

COPIES = 14
"""Copies of the weights at the peak: themselves, gradients, two averages of the optimizer, averaged weights, the best
ones, what an update makes on its way, and all of that once more, twice, while a checkpoint is written."""

NUMBER = 4
"""Bytes of a float32."""

FIXED = 512 * 2**20
"""Bytes of a run of any size: what the framework keeps, compiled steps, the graphs and the search of validation."""

VALUES = {"A": 24, "D": 80, "E": 20, "G": 24, "M": 24, "R": 44, "S": 20, "W": 70}
"""Values kept for the backward pass at each position of a layer of that letter, for each unit of ``model_dim``."""

VALUES_OF_CROSS, VALUES_OF_FFN = 12, 5
"""The same for attention to the source, and for each unit of ``ffn_dim``."""

VALUES_OF_COPIES = 6
"""The same for a pointer, for each pair of a target and a source position of one text."""

LOSS_COPIES = 3
"""Arrays of the size of the embedding, and of a block of logits, while the loss of next subwords is formed."""


def predicted_bytes(
    recipe: Recipe,
    *,
    num_weights: int,
    vocab_size: int,
    longest: int,
    kind: Kind = "encoder-decoder",
    head: Head = "tokens",
) -> int:
    """Memory beyond what the process holds before its first step.

    Args:
        recipe: Network and batches.
        num_weights: Weights of the network.
        vocab_size: Subwords.
        longest: Subwords of the longest training text, on which attention scores depend.
        kind: Which of the recipe's two stacks the network has.
        head: What its last layer finds.

    An upper estimate for float32: counts of what the layers keep, checked against measured peaks (see the log).
    """
    from braid.training.loss import BLOCK_NUMBERS, LEAST_ROWS

    model, tokens = recipe.model, recipe.train.batch_tokens
    # Beside a decoder a batch may hold half as many source tokens again.
    positions = {"encoder": 1.5 * tokens if kind == "encoder-decoder" else tokens, "decoder": tokens}
    total = COPIES * num_weights
    for stack in kind.split("-"):
        for letter in getattr(model, stack):
            cross = stack == "decoder" and kind == "encoder-decoder"
            kept = (VALUES[letter] + VALUES_OF_CROSS * cross) * model.model_dim + VALUES_OF_FFN * model.ffn_dim
            scores = 3 * ((letter in "AW") + cross) * model.num_heads * min(longest, tokens)
            total += positions[stack] * (kept + scores)
    if head == "tokens":
        total += LOSS_COPIES * (vocab_size * model.model_dim + max(BLOCK_NUMBERS, LEAST_ROWS * vocab_size))
        total += VALUES_OF_COPIES * tokens * min(longest, tokens) * model.copy
    return FIXED + int(NUMBER * total)


def available_bytes() -> int | None:
    """Memory that this process may still take, by the system's and its container's word; None where neither says."""
    found = [_system_bytes(), _container_bytes()]
    known = [value for value in found if value is not None]
    return min(known) if known else None


def _system_bytes() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):  # another system than Linux
        return None


def _container_bytes() -> int | None:
    """What a control group (version 2, then 1) leaves; file caches count as free."""
    for limit, usage, statistics in (
        ("memory.max", "memory.current", "memory.stat"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat"),
    ):
        folder = Path("/sys/fs/cgroup")
        try:
            allowed = (folder / limit).read_text(encoding="ascii").strip()
            used = int((folder / usage).read_text(encoding="ascii"))
            rows = dict(line.split() for line in (folder / statistics).read_text(encoding="ascii").splitlines())
            cached = int(rows.get("inactive_file", rows.get("total_inactive_file", 0)))
            return None if allowed == "max" else int(allowed) - used + cached
        except (OSError, ValueError):
            continue
    return None


def check_memory(
    recipe: Recipe,
    *,
    num_weights: int,
    vocab_size: int,
    longest: int,
    kind: Kind = "encoder-decoder",
    head: Head = "tokens",
    resume: bool = False,
) -> int:
    """The predicted bytes, when there is room for them; arguments as for `predicted_bytes`.

    Args:
        resume: The run has begun, and its batches can no longer change.

    Raises:
        ConfigError: There is not; the hint names a smaller batch with the same mathematics.
    """
    sizes = {"num_weights": num_weights, "vocab_size": vocab_size, "longest": longest, "kind": kind, "head": head}
    needed, available = predicted_bytes(recipe, **sizes), available_bytes()  # type: ignore[arg-type]
    if available is None or needed <= available:
        return needed
    tokens, accumulate = recipe.train.batch_tokens, recipe.train.accumulate
    hint = "end other programs" if available <= FIXED else "take a smaller model.model_dim or fewer layers"
    while tokens // 2 >= max(64, longest):
        tokens, accumulate = tokens // 2, accumulate * 2
        train = dataclasses.replace(recipe.train, batch_tokens=tokens, accumulate=accumulate)
        smaller = predicted_bytes(dataclasses.replace(recipe, train=train), **sizes)
        if smaller <= available:
            change = f"--set train.batch_tokens={tokens} --set train.accumulate={accumulate}"
            hint = f"{change} trains the same and needs about {smaller / 2**30:.1f} GiB"
            if resume:
                hint = f"end other programs, or begin again with --restart: {hint}"
            break
    raise ConfigError(
        f"training would need about {needed / 2**30:.1f} GiB of memory, {available / 2**30:.1f} GiB are free", hint=hint
    )
