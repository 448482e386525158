"""Translation models of many patterns with equally many weights on the same data, for the same number of steps.

    python benchmarks/patterns.py --train train.tsv --valid valid.tsv --test test.tsv --languages de en --steps 1000 \
        --seeds 1 2 3 --out patterns.json

The width of all is 256; the feed-forward layers are made as wide as it takes for a pattern to have the weights of
``AAAA`` with ``SS`` and 1,024. Each run is ``braid train`` in a process of its own, one after the other; results are
added to ``--out`` after each, and runs that stand there already are not repeated. For each: BLEU and chrF of the test
part with the bundle's own search, real target tokens a second in training, and target tokens a second when the bundle
translates greedily.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from machine import machine

ENCODERS = ["AAAA", "WWWW", "RRRR", "SSSS", "DDDD", "MM", "GG", "EE", "RRRA", "DDDA"]
DECODERS = ["AA", "WW", "RR", "DD", "MM", "GG", "EE", "DA"]
PATTERNS = [*(f"{encoder}-SS" for encoder in ENCODERS), *(f"AAAA-{decoder}" for decoder in DECODERS), "MM-MM"]


def count_weights(encoder: str, decoder: str, ffn_dim: int, vocab_size: int) -> int:
    """Weights of such a network."""
    from braid.config.recipe import ModelConfig
    from braid.models import build

    return build(ModelConfig(encoder=encoder, decoder=decoder, ffn_dim=ffn_dim), vocab_size).count_params()


def matching_width(encoder: str, decoder: str, vocab_size: int) -> int:
    """The feed-forward width, a multiple of 8, that brings a pattern nearest to the standard's number of weights."""
    wanted = count_weights("AAAA", "SS", 1024, vocab_size)
    few, more = (count_weights(encoder, decoder, width, vocab_size) for width in (8, 16))
    return max(8, round((wanted - few) / (more - few)) * 8 + 8)


def decode_speed(bundle: Path, test: Path) -> float:
    """Target tokens a second when the bundle translates 320 lines greedily, after 32 others."""
    import braid
    from braid.text.tokenizer import Tokenizer

    translator = braid.load(bundle)
    sources = [line.split("\t")[0] for line in test.read_text(encoding="utf-8").splitlines()[:352]]
    translator.translate(sources[:32], beam_size=1)
    begun = time.perf_counter()
    outputs = translator.translate(sources[32:], beam_size=1)
    seconds = time.perf_counter() - begun
    return sum(map(len, Tokenizer.load(bundle / "tokenizer.json").encode(outputs))) / seconds


def run(options: argparse.Namespace, encoder: str, decoder: str, seed: int, folder: Path) -> dict[str, Any]:
    """Train one pattern in ``folder`` and measure it."""
    width = matching_width(encoder, decoder, options.vocab_size)
    files = {part: str(getattr(options, part).resolve()) for part in ("train", "valid", "test")}
    recipe = f"""
name = "run"
[data]
train = [{files["train"]!r}]
valid = [{files["valid"]!r}]
test = [{files["test"]!r}]
source_language = "{options.languages[0]}"
target_language = "{options.languages[1]}"
[tokenizer]
vocab_size = {options.vocab_size}
[model]
encoder = "{encoder}"
decoder = "{decoder}"
ffn_dim = {width}
[train]
steps = {options.steps}
seed = {seed}
patience = 0
"""
    (folder / "recipe.toml").write_text(recipe, encoding="utf-8")
    command = [sys.executable, "-m", "braid", "train", "recipe.toml", "--format", "json"]
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"{encoder}-{decoder} failed")
    found = json.loads(done.stdout)
    bundle = json.loads((folder / "run" / "bundle.json").read_text(encoding="utf-8"))
    return {
        "encoder": encoder,
        "decoder": decoder,
        "seed": seed,
        "ffn_dim": width,
        "weights": bundle["sizes"]["parameters"],
        "steps": found["steps"],
        "metrics": found["metrics"],
        "training_tokens_per_second": round(found["tokens_seen"] / found["seconds"]),
        "decoding_tokens_per_second": round(decode_speed(folder / "run", options.test)),
        "seconds": round(time.perf_counter() - begun),
    }


def main() -> None:
    """Run what is not in the results yet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    for part in ("train", "valid", "test"):
        parser.add_argument(f"--{part}", type=Path, required=True)
    parser.add_argument("--languages", nargs=2, default=["de", "en"])
    parser.add_argument("--patterns", nargs="+", default=PATTERNS)
    parser.add_argument("--vocab-size", type=int, default=5000)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    result = json.loads(options.out.read_text()) if options.out.exists() else {**machine(), "runs": []}
    known = {(row["encoder"], row["decoder"], row["seed"], row["steps"]) for row in result["runs"]}
    for seed in options.seeds:
        for pattern in options.patterns:
            encoder, decoder = pattern.split("-")
            if (encoder, decoder, seed, options.steps) in known:
                continue
            with tempfile.TemporaryDirectory() as name:
                result["runs"].append(run(options, encoder, decoder, seed, Path(name)))
            print(json.dumps(result["runs"][-1]), file=sys.stderr)
            options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
