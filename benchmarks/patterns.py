"""Models of many patterns with equally many weights on the same data, for as many steps or minutes, several seeds each.

    python benchmarks/patterns.py translate --train train.tsv --valid valid.tsv --test test.tsv --languages de en \
        --model-dim 128 --ffn-dim 512 --vocab-size 3000 --batch-tokens 1024 --steps 400 --out patterns.json
    python benchmarks/patterns.py generate --train text.txt --model-dim 192 --ffn-dim 768 --minutes 5 --out texts.json

Translation: the encoders stand before the decoder ``SS``, the decoders behind the encoder ``AAAA``. Language models:
four layers. The feed-forward layers are made as wide as it takes for a pattern to have the weights of ``AAAA`` with
``SS``, or of ``AAAA``. Each run is ``braid train`` in a process of its own; results are added to ``--out`` after
each, and runs that stand there already are not repeated. With ``--at-once 2`` two runs share the machine, each with
one thread.

For each run: the scores of the test part and of its baselines, for translation also the cross-entropy of the test
part's targets in nats a subword, tokens a second in training, and target tokens a second when the bundle translates
320 lines greedily, or writes two texts one after the other.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from machine import machine

ENCODERS = ["AAAA", "WWWW", "RRRR", "SSSS", "DDDD", "MM", "GG", "EE", "RRRA", "DDDA", "SSSA"]
DECODERS = ["AA", "WW", "RR", "DD", "MM", "GG", "EE", "DA"]
PATTERNS = {
    "translate": [*(f"{encoder}-SS" for encoder in ENCODERS), *(f"AAAA-{decoder}" for decoder in DECODERS), "MM-MM"],
    "generate": ["AAAA", "DDDA", "RRWR", "WWWA", "SSSA", "DDDD", "RRRR", "SSSS", "MMMM", "GGGG", "EEEE"],
}


def count_weights(pattern: str, ffn_dim: int, vocab_size: int, model_dim: int) -> int:
    """Weights of such a network."""
    from braid.config.recipe import ModelConfig
    from braid.models.size import num_weights

    encoder, _, decoder = pattern.rpartition("-")
    shape = ModelConfig(encoder=encoder or "A", decoder=decoder, ffn_dim=ffn_dim, model_dim=model_dim)
    return num_weights(shape, vocab_size, kind="encoder-decoder" if encoder else "decoder")


def matching_width(options: argparse.Namespace, pattern: str, vocab_size: int) -> int:
    """The feed-forward width, a multiple of 8, that brings a pattern nearest to the standard's number of weights."""
    standard = PATTERNS[options.task][0]
    wanted = count_weights(standard, options.ffn_dim, vocab_size, options.model_dim)
    few, more = (count_weights(pattern, width, vocab_size, options.model_dim) for width in (8, 16))
    return max(8, round((wanted - few) / (more - few)) * 8 + 8)


def decode_speed(options: argparse.Namespace, bundle: Path) -> float:
    """Target tokens a second: 320 lines greedily, after 32 others; two texts of 256 subwords of a language model."""
    import braid
    from braid.text.tokenizer import Tokenizer

    model = braid.load(bundle, num_threads=int(os.environ["OMP_NUM_THREADS"]))
    if options.task == "generate":
        model.generate("The", max_tokens=32, seed=1)
        begun = time.perf_counter()
        outputs = [model.generate("The", max_tokens=256, seed=seed) for seed in range(2)]
    else:
        sources = [line.split("\t")[0] for line in options.test.read_text(encoding="utf-8").splitlines()[:352]]
        model.translate(sources[:32], beam_size=1)
        begun = time.perf_counter()
        outputs = model.translate(sources[32:], beam_size=1)
    seconds = time.perf_counter() - begun
    return sum(map(len, Tokenizer.load(bundle / "tokenizer.json").encode(outputs))) / seconds


def held_out_loss(options: argparse.Namespace, bundle: Path) -> float:
    """Cross-entropy of the test part's targets given their sources, in nats a subword, as the bundle serves them."""
    from braid.data.encoded import pad_rows, similar_lengths
    from braid.runtime.session import EncoderDecoderSession
    from braid.text.normalize import normalize
    from braid.text.tokenizer import Tokenizer

    tokenizer = Tokenizer.load(bundle / "tokenizer.json")
    session = EncoderDecoderSession(bundle / "runtime", num_threads=int(os.environ["OMP_NUM_THREADS"]))
    pairs = [line.split("\t")[:2] for line in options.test.read_text(encoding="utf-8").splitlines()]
    sources, targets = (tokenizer.encode([normalize(pair[side]) for pair in pairs]) for side in (0, 1))
    total = 0.0
    for batch in similar_lengths([len(row) for row in targets], 2000):
        state = session.encode(*pad_rows([sources[i] for i in batch], tokenizer.pad_id))
        ids_BT, mask_BT = pad_rows([targets[i] for i in batch], tokenizer.pad_id)
        before_B = np.full(len(batch), tokenizer.bos_id, np.int32)
        for position in range(ids_BT.shape[1]):
            logits_BV = (outputs := session.step(before_B[:, None], state))[0][:, 0].astype(np.float64)
            before_B, state = ids_BT[:, position], outputs[1]
            high_B = logits_BV.max(axis=1)
            normalizer_B = high_B + np.log(np.exp(logits_BV - high_B[:, None]).sum(axis=1))
            total += float(((normalizer_B - logits_BV[np.arange(len(batch)), before_B]) * mask_BT[:, position]).sum())
    return total / sum(map(len, targets))


def recipe_of(options: argparse.Namespace, pattern: str, seed: int, width: int) -> str:
    """The recipe of one run."""
    files = [
        f"{part} = [{str(path.resolve())!r}]" for part in ("train", "valid", "test") if (path := options.files[part])
    ]
    encoder, _, decoder = pattern.rpartition("-")
    if options.task == "translate":
        files += [f'source_language = "{options.languages[0]}"', f'target_language = "{options.languages[1]}"']
    return "\n".join(
        [
            'name = "run"',
            f'task = "{options.task}"',
            "[data]",
            *files,
            "[tokenizer]",
            f"vocab_size = {options.vocab_size}",
            "[model]",
            *([f'encoder = "{encoder}"'] if encoder else []),
            f'decoder = "{decoder}"',
            f"model_dim = {options.model_dim}",
            f"ffn_dim = {width}",
            f"window = {options.window}",
            f"dropout = {options.dropout}",
            "[train]",
            f"minutes = {options.minutes}" if options.minutes else f"steps = {options.steps}",
            f"batch_tokens = {options.batch_tokens}",
            f"seed = {seed}",
            f'precision = "{options.precision}"',
            "patience = 0",
            "",
        ]
    )


def run(options: argparse.Namespace, pattern: str, seed: int, folder: Path) -> dict[str, Any]:
    """Train one pattern in ``folder`` and measure it."""
    width = options.widths[pattern]
    (folder / "recipe.toml").write_text(recipe_of(options, pattern, seed, width), encoding="utf-8")
    command = [sys.executable, "-m", "braid", "train", "recipe.toml", "--format", "json"]
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{pattern} failed:\n{done.stderr[-2000:]}")
    found = json.loads(done.stdout)
    bundle = json.loads((folder / "run" / "bundle.json").read_text(encoding="utf-8"))
    with options.lock:  # one at a time decodes, though another may train
        speed = decode_speed(options, folder / "run")
        loss = {"loss": held_out_loss(options, folder / "run")} if options.task == "translate" else {}
    return {
        "pattern": pattern,
        "seed": seed,
        "ffn_dim": width,
        "weights": bundle["sizes"]["parameters"],
        "steps": found["steps"],
        "metrics": {name: score["value"] for name, score in found["metrics"].items()} | loss,
        "intervals": {name: [score["low"], score["high"]] for name, score in found["metrics"].items()},
        "baselines": {row["name"]: {k: v["value"] for k, v in row["scores"].items()} for row in bundle["scores"][1:]},
        "training_tokens_per_second": round(found["tokens_seen"] / found["seconds"]),
        "decoding_tokens_per_second": round(speed),
        "seconds": round(time.perf_counter() - begun),
    }


def main() -> None:
    """Run what is not in the results yet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("task", choices=list(PATTERNS))
    for part in ("train", "valid", "test"):
        parser.add_argument(f"--{part}", type=Path, required=part == "train")
    parser.add_argument("--languages", nargs=2, default=["de", "en"])
    parser.add_argument("--patterns", nargs="+")
    parser.add_argument("--model-dim", type=int, default=256)
    parser.add_argument("--ffn-dim", type=int, default=1024)
    parser.add_argument("--vocab-size", type=int, default=5000, help="0 lets the data choose")
    parser.add_argument("--window", type=int, default=8, help="of `W`; one as long as the texts is `A`")
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--batch-tokens", type=int, default=2048)
    parser.add_argument("--precision", default="float32", choices=["float32", "bfloat16"])
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=0, help="for each run, in the place of steps")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--at-once", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    if options.task == "translate" and not options.test:
        parser.error("translate needs --test, whose lines it translates")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["OMP_NUM_THREADS"] = str(max(1, (os.cpu_count() or 1) // options.at_once))
    patterns = options.patterns or PATTERNS[options.task]
    options.files = {part: getattr(options, part) for part in ("train", "valid", "test")}
    options.lock = threading.Lock()
    options.widths = {pattern: matching_width(options, pattern, options.vocab_size or 2000) for pattern in patterns}
    kept = (
        "task",
        "model_dim",
        "ffn_dim",
        "vocab_size",
        "window",
        "dropout",
        "batch_tokens",
        "precision",
        "steps",
        "minutes",
        "at_once",
    )
    settings = {name: getattr(options, name) for name in kept}
    settings["files"] = [path.name for path in options.files.values() if path]
    result = json.loads(options.out.read_text()) if options.out.exists() else {**machine(), **settings, "runs": []}
    if {name: result.get(name) for name in settings} != settings:
        parser.error(f"{options.out} holds runs of other settings")
    known = {(row["pattern"], row["seed"]) for row in result["runs"]}

    def work(job: tuple[int, str]) -> None:
        seed, pattern = job
        with tempfile.TemporaryDirectory() as name:
            row = run(options, pattern, seed, Path(name))
        with options.lock:
            result["runs"].append(row)
            print(json.dumps(row), file=sys.stderr)
            options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")

    jobs = [(seed, pattern) for seed in options.seeds for pattern in patterns]
    with ThreadPoolExecutor(options.at_once) as pool:
        list(pool.map(work, [job for job in jobs if (job[1], job[0]) not in known]))


if __name__ == "__main__":
    main()
