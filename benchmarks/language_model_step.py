"""Training speed of language models of one size: patterns of Braid on its backends, beside plain PyTorch.

    python benchmarks/language_model_step.py --out results.json

About 7 million weights: width 320, 5 heads, 4 layers (``RRWR`` is ``RRW`` tiled), 6,000 subwords, texts of 256. The
feed-forward layers are 1280 wide, or as wide as it takes for a pattern to have the weights of ``AAAA``. Adam with
averaged weights, no dropout, 8 texts a batch. ``pytorch AAAA`` is plain PyTorch with scaled_dot_product_attention,
rotary positions and torch.optim.AdamW. Every run has a process of its own, in turn.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from machine import machine
from turns import in_turn, write

VOCAB, DIM, FFN, HEADS, TIME, ROWS, WARM_STEPS = 6000, 320, 1280, 5, 256, 8, 3


def arrays(steps: int) -> list[np.ndarray]:
    """Random ids, one more a row than is read."""
    choose = np.random.default_rng(1)
    return [choose.integers(4, VOCAB, (ROWS, TIME + 1)).astype("int32") for _ in range(steps + WARM_STEPS)]


def time_steps(step: Any, loaded: list[Any]) -> float:
    """Target tokens a second."""
    for batch in loaded[:WARM_STEPS]:
        step(batch)
    begun = time.perf_counter()
    for batch in loaded[WARM_STEPS:]:
        step(batch)
    return (len(loaded) - WARM_STEPS) * ROWS * TIME / (time.perf_counter() - begun)


def run_braid(pattern: str, steps: int) -> tuple[float, int]:
    """Speed and number of weights of a pattern on the backend that KERAS_BACKEND names."""
    from braid.layers.backend import choose_backend
    from braid.training.allocator import keep_memory

    keep_memory()
    choose_backend()
    from braid.config.recipe import ModelConfig, TrainConfig
    from braid.data.encoded import Batch
    from braid.models import build
    from braid.models.weights import named_variables
    from braid.training.optimizer import Optimizer
    from braid.training.step import Limits, make_step

    def network(pattern: str, ffn_dim: int) -> Any:
        shape = ModelConfig(decoder=pattern, model_dim=DIM, ffn_dim=ffn_dim, num_heads=HEADS, dropout=0.0)
        return build(shape, VOCAB, kind="decoder")

    more = network(pattern, FFN).count_params() - network("AAAA", FFN).count_params()
    a_column = 2 * DIM * len(pattern)  # weights of all layers for one more unit of width
    model = network(pattern, FFN - 8 * round(more / a_column / 8))
    config = TrainConfig(optimizer="adamw", label_smoothing=0.0)
    step = make_step(model, Optimizer(config, named_variables(model)), config)
    mask = np.ones((ROWS, TIME), dtype=bool)
    loaded = [Batch(target_ids=ids[:, :-1].copy(), target_mask=mask, labels=ids[:, 1:].copy()) for ids in arrays(steps)]
    return time_steps(lambda batch: step([batch], 1e-4, Limits()), loaded), model.count_params()


def run_plain(steps: int) -> tuple[float, int]:
    """Speed and number of weights of the ordinary transformer in plain PyTorch."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    pace = 10_000.0 ** (-torch.arange(DIM // HEADS // 2) / (DIM // HEADS // 2))
    angles = torch.arange(TIME)[:, None] * pace
    cosine, sine = angles.cos(), angles.sin()

    def rotate(values: Any) -> Any:
        first, second = values.chunk(2, -1)
        return torch.cat([first * cosine - second * sine, second * cosine + first * sine], -1)

    class Layer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.query_key_value, self.out = nn.Linear(DIM, 3 * DIM), nn.Linear(DIM, DIM)
            self.inner, self.outer = nn.Linear(DIM, FFN), nn.Linear(FFN, DIM)
            self.norms = nn.ModuleList(nn.LayerNorm(DIM) for _ in range(2))

        def forward(self, x: Any) -> Any:
            parts = self.query_key_value(self.norms[0](x)).chunk(3, -1)
            query, key, value = (part.unflatten(-1, (HEADS, -1)).transpose(1, 2) for part in parts)
            found = F.scaled_dot_product_attention(rotate(query), rotate(key), value, is_causal=True)
            x = x + self.out(found.transpose(1, 2).flatten(2))
            return x + self.outer(F.relu(self.inner(self.norms[1](x))))

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding, self.norm = nn.Embedding(VOCAB, DIM), nn.LayerNorm(DIM)
            nn.init.normal_(self.embedding.weight, std=0.3 * DIM**-0.5)
            self.layers = nn.Sequential(*(Layer() for _ in range(4)))
            self.bias = nn.Parameter(torch.zeros(VOCAB))

        def forward(self, ids: Any) -> Any:
            hidden = self.norm(self.layers(self.embedding(ids) * DIM**0.5))
            return F.linear(hidden, self.embedding.weight, self.bias)

    torch.manual_seed(1)
    model = Model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, betas=(0.9, 0.98))
    averages = [parameter.detach().clone() for parameter in model.parameters()]

    def step(ids: np.ndarray) -> None:
        tensor = torch.from_numpy(ids).long()
        loss = F.cross_entropy(model(tensor[:, :-1]).flatten(0, 1), tensor[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        torch._foreach_lerp_(averages, [parameter.detach() for parameter in model.parameters()], 0.005)

    return time_steps(step, arrays(steps)), sum(parameter.numel() for parameter in model.parameters())


def main() -> None:
    """Run all of them in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--patterns", nargs="+", default=["AAAA", "DDDA", "RRWR"])
    parser.add_argument("--backends", nargs="+", default=["torch", "tensorflow", "jax"])
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--alone", nargs=2, metavar=("BACKEND", "PATTERN"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        backend, pattern = options.alone
        found = run_plain(options.steps) if backend == "pytorch" else run_braid(pattern, options.steps)
        print(json.dumps(found))
        return
    runs = [("pytorch", "AAAA"), *((backend, pattern) for backend in options.backends for pattern in options.patterns)]
    arguments = {" ".join(run): ["--alone", *run, "--steps", str(options.steps)] for run in runs}
    found = in_turn(__file__, arguments, rounds=options.rounds, threads=options.threads)
    speeds = {run: [round(speed) for speed, _ in pairs] for run, pairs in found.items()}
    result = {
        **machine(),
        "what": f"{options.steps} steps of {ROWS} x {TIME} tokens, {options.threads} threads",
        "weights": {run: pairs[-1][1] for run, pairs in found.items()},
        "tokens_per_second": speeds,
        "median": {run: round(float(np.median(several))) for run, several in speeds.items()},
    }
    write(result, options.out)


if __name__ == "__main__":
    main()
