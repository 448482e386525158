"""Training speed of one translation model on several engines, in turn, on the same texts.

    python benchmarks/translation_step.py --engines tensorflow torch jax pytorch-eager marian --out results.json

The model: encoder ``AAAA``, decoder ``SS``, width 256, feed-forward 1024, 4 heads, 8,000 subwords, tied embeddings,
pre-norm, dropout 0.1, label smoothing 0.1, Adam with averaged weights, about 2,000 target tokens a batch. The texts are
random subwords of 8 to 40 on either side. Every engine runs in a process of its own with ``--threads`` threads, several
times in turn; the score is real target tokens a second, without the first steps. ``tensorflow``, ``torch`` and ``jax``
are Braid; ``pytorch-eager`` is the same network written in plain PyTorch; ``marian`` is ``pymarian`` (from PyPI).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from machine import machine
from turns import in_turn, write

VOCAB, DIM, FFN, HEADS = 8000, 256, 1024, 4
BATCH_TOKENS, WARM_STEPS = 2048, 4


def texts(rows: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Random subwords, ending with eos (2), each target about as long as its source."""
    choose = np.random.default_rng(1)
    lengths = choose.integers(8, 40, rows)
    source = [np.append(choose.integers(4, VOCAB, size), 2).astype("int32") for size in lengths]
    others = np.clip(lengths + choose.integers(-3, 4, rows), 4, None)
    target = [np.append(choose.integers(4, VOCAB, size), 2).astype("int32") for size in others]
    return source, target


def batches(steps: int) -> list[Any]:
    """The same batches for every engine that takes arrays."""
    from braid.data.batch import BatchPlan
    from braid.data.encoded import EncodedPairs

    source, target = texts(120 * (steps + WARM_STEPS))
    pairs = EncodedPairs(source=source, target=target, bos_id=1, pad_id=0)
    plan = BatchPlan(data=pairs, batch_tokens=BATCH_TOKENS, seed=1, num_shapes=20)
    return [plan.load(rows) for rows in plan.epoch(0)[: steps + WARM_STEPS]]


def time_steps(step: Any, loaded: list[Any]) -> float:
    """Real target tokens a second."""
    for batch in loaded[:WARM_STEPS]:
        step(batch)
    begun = time.perf_counter()
    for batch in loaded[WARM_STEPS:]:
        step(batch)
    return sum(batch.num_tokens for batch in loaded[WARM_STEPS:]) / (time.perf_counter() - begun)


def run_braid(steps: int, optimizer: str = "adamw", precision: str = "float32", keeps_memory: bool = True) -> float:
    """Braid on the backend that KERAS_BACKEND names."""
    from braid.layers.backend import choose_backend
    from braid.training.allocator import keep_memory

    if keeps_memory:
        keep_memory()
    choose_backend()
    from braid.config.recipe import ModelConfig, TrainConfig
    from braid.layers.linear import use_precision
    from braid.models import build
    from braid.models.weights import named_variables
    from braid.training.optimizer import Optimizer
    from braid.training.step import Limits, make_step

    use_precision(precision)
    model = build(ModelConfig(encoder="AAAA", decoder="SS", model_dim=DIM, ffn_dim=FFN, dropout=0.1), VOCAB)
    config = TrainConfig(optimizer=optimizer)
    step = make_step(model, Optimizer(config, named_variables(model)), config)
    loaded = batches(steps)
    if os.environ["KERAS_BACKEND"] == "jax":  # compiled for each shape: those times are not the step's
        for batch in {batch.target_ids.shape + batch.source_ids.shape: batch for batch in loaded}.values():
            step([batch], 1e-4, Limits())
    return time_steps(lambda batch: step([batch], 1e-4, Limits()), loaded)


def run_eager(steps: int) -> float:
    """The same network as an experienced user of PyTorch would write it."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.query, self.key_value, self.out = (nn.Linear(DIM, size) for size in (DIM, 2 * DIM, DIM))

        def forward(self, x: Any, memory: Any, mask: Any) -> Any:
            split = [part.unflatten(-1, (HEADS, -1)).transpose(1, 2) for part in self.key_value(memory).chunk(2, -1)]
            query = self.query(x).unflatten(-1, (HEADS, -1)).transpose(1, 2)
            found = F.scaled_dot_product_attention(query, *split, attn_mask=mask[:, None, None])
            return self.out(found.transpose(1, 2).flatten(2))

    class SSRU(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.kernel, self.bias = nn.Linear(DIM, 2 * DIM, bias=False), nn.Parameter(torch.ones(DIM))

        def forward(self, x: Any) -> Any:
            gate, value = self.kernel(x).chunk(2, -1)
            forget = torch.sigmoid(gate + self.bias)
            forgets, values = forget.unbind(1), ((1 - forget) * value).unbind(1)
            cell, cells = torch.zeros_like(values[0]), []
            for keep, add in zip(forgets, values, strict=True):
                cell = keep * cell + add
                cells.append(cell)
            return torch.relu(torch.stack(cells, 1))

    class Layer(nn.Module):
        def __init__(self, is_decoder: bool) -> None:
            super().__init__()
            self.ssru = SSRU() if is_decoder else None
            self.attention = Attention()
            self.feed = nn.Sequential(nn.Linear(DIM, FFN), nn.ReLU(), nn.Dropout(0.1), nn.Linear(FFN, DIM))
            self.norms = nn.ModuleList(nn.LayerNorm(DIM) for _ in range(3))
            self.drop = nn.Dropout(0.1)

        def forward(self, x: Any, memory: Any, mask: Any) -> Any:
            if self.ssru is not None:
                x = x + self.drop(self.ssru(self.norms[2](x)))
            normed = self.norms[0](x)
            x = x + self.drop(self.attention(normed, normed if memory is None else memory, mask))
            return x + self.drop(self.feed(self.norms[1](x)))

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(VOCAB, DIM)
            nn.init.normal_(self.embedding.weight, std=0.3 * DIM**-0.5)
            self.bias = nn.Parameter(torch.zeros(VOCAB))
            self.encoder = nn.ModuleList(Layer(False) for _ in range(4))
            self.decoder = nn.ModuleList(Layer(True) for _ in range(2))
            self.norms = nn.ModuleList(nn.LayerNorm(DIM) for _ in range(2))
            self.drop = nn.Dropout(0.1)

        def forward(self, source: Any, mask: Any, target: Any) -> Any:
            x = self.drop(self.embedding(source) * DIM**0.5)
            for layer in self.encoder:
                x = layer(x, None, mask)
            memory, y = self.norms[0](x), self.drop(self.embedding(target) * DIM**0.5)
            for layer in self.decoder:
                y = layer(y, memory, mask)
            return F.linear(self.norms[1](y), self.embedding.weight, self.bias)

    torch.manual_seed(1)
    model = Model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, betas=(0.9, 0.98))
    averages = [parameter.detach().clone() for parameter in model.parameters()]

    def step(batch: Any) -> None:
        arrays = [torch.from_numpy(array) for array in (batch.source_ids, batch.source_mask, batch.target_ids)]
        labels = torch.from_numpy(batch.labels).long().masked_fill(~torch.from_numpy(batch.target_mask), -100)
        loss = F.cross_entropy(model(*arrays).flatten(0, 1), labels.flatten(), label_smoothing=0.1)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        torch._foreach_lerp_(averages, [parameter.detach() for parameter in model.parameters()], 0.005)

    return time_steps(step, batches(steps))


def run_marian(steps: int, threads: int) -> float:
    """``pymarian train`` with the same sizes; its own log tells its speed."""
    source, target = texts(120 * (steps + WARM_STEPS))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for side, rows in (("source", source), ("target", target)):
            lines = (" ".join(f"w{token}" for token in row[:-1]) for row in rows)
            (folder / side).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        words = ["</s>", "<unk>", *(f"w{token}" for token in range(4, VOCAB))]
        (folder / "vocab.yml").write_text("".join(f'"{word}": {index}\n' for index, word in enumerate(words)))
        options = f"""
            --type transformer --model model.npz --train-sets source target --vocabs vocab.yml vocab.yml
            --dim-emb {DIM} --transformer-dim-ffn {FFN} --transformer-decoder-dim-ffn {FFN} --transformer-heads {HEADS}
            --enc-depth 4 --dec-depth 2 --transformer-decoder-autoreg rnn --dec-cell ssru
            --transformer-preprocess n --transformer-postprocess da --transformer-postprocess-top n
            --tied-embeddings-all --transformer-dropout 0.1 --label-smoothing 0.1 --exponential-smoothing 0.005
            --optimizer adam --learn-rate 1e-4 --clip-norm 1 --cost-type ce-mean-words --cpu-threads {threads}
            --mini-batch-words {BATCH_TOKENS} --mini-batch 1000 --maxi-batch 100 --after-batches {steps + WARM_STEPS}
            --disp-freq 1u --disp-label-counts --workspace 2000 --seed 1 --no-restore-corpus --overwrite
        """
        command = [sys.executable, "-m", "pymarian", "train", *options.split()]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    found = re.findall(r"Up\. (\d+) .*?Time ([\d.]+)s : ([\d.]+) words/s", done.stderr)
    if done.returncode or len(found) <= WARM_STEPS:
        raise SystemExit(f"marian failed:\n{done.stderr[-3000:]}")
    seconds = [float(time) for _, time, _ in found[WARM_STEPS:]]
    words = [float(time) * float(rate) for _, time, rate in found[WARM_STEPS:]]
    return sum(words) / sum(seconds)


def main() -> None:
    """Run the engines in turn, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    engines = ["tensorflow", "torch", "jax", "pytorch-eager", "marian"]
    parser.add_argument("--engines", nargs="+", default=engines, choices=engines)
    parser.add_argument("--optimizer", default="adamw", choices=["adamw", "muon"], help="of Braid")
    parser.add_argument("--precision", default="float32", choices=["float32", "bfloat16"], help="of Braid's products")
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        engine = options.engines[0]
        if engine == "marian":
            speed = run_marian(options.steps, options.threads)
        elif engine == "pytorch-eager":
            import torch

            torch.set_num_threads(options.threads)
            speed = run_eager(options.steps)
        else:
            speed = run_braid(options.steps, options.optimizer, options.precision)
        print(json.dumps(speed))
        return
    kept = ("steps", "threads", "optimizer", "precision")
    common = [word for name in kept for word in (f"--{name}", str(getattr(options, name)))]
    arguments = {engine: ["--alone", "--engines", engine, *common] for engine in options.engines}
    found = in_turn(__file__, arguments, rounds=options.rounds, threads=options.threads)
    result = {
        **machine(),
        "what": f"{options.steps} steps, {options.threads} threads, optimizer {options.optimizer}, {options.precision}",
        "target_tokens_per_second": {engine: [round(speed) for speed in speeds] for engine, speeds in found.items()},
        "median": {engine: round(float(np.median(speeds))) for engine, speeds in found.items()},
    }
    write(result, options.out)


if __name__ == "__main__":
    main()
