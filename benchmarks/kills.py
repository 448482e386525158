"""Kill a training run again and again, at random moments, and compare where it ends with a run that nobody killed.

    python benchmarks/kills.py --kills 200 --out results.json

Each round starts ``braid train`` (with ``--resume`` once there is a checkpoint), waits until the run has gone on, and
then a random moment more, and sends SIGKILL; every eighth round sends it at any moment from the start. The run saves
after every step, so that many of the signals fall into the midst of writing. It validates at its end alone, so that
the bundle holds the averaged weights of the last step, in which every step and its dropout have left their trace. They
must equal the unbroken run's, bit for bit. POSIX only. Needs one training framework; KERAS_BACKEND chooses.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from machine import machine
from safetensors.numpy import load_file
from turns import write

WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
OTHERS = ["eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn"]


EARLY_SHARE, EARLY_SECONDS = 0.125, 8.0
"""Rounds that send the signal at any moment of so many seconds from the start."""


def write_inputs(folder: Path, steps: int) -> None:
    """A small translation task and its recipe."""
    choose = random.Random(7)
    rows = set()
    while len(rows) < 400:
        rows.add(tuple(choose.randrange(10) for _ in range(choose.randrange(2, 8))))
    lines = (" ".join(WORDS[i] for i in row) + "\t" + " ".join(OTHERS[i] for i in row) for row in sorted(rows))
    (folder / "pairs.tsv").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    recipe = f"""
name = "run"
[data]
train = ["pairs.tsv"]
source_language = "en"
target_language = "de"
[tokenizer]
vocab_size = 400
[model]
encoder = "AS"
decoder = "SM"
model_dim = 32
ffn_dim = 48
num_heads = 2
dropout = 0.2
[train]
steps = {steps}
batch_tokens = 256
warmup_steps = 20
checkpoint_minutes = 0
validate_steps = {steps}
patience = 0
"""
    (folder / "recipe.toml").write_text(recipe, encoding="utf-8")


def start(folder: Path, *options: str) -> subprocess.Popen[bytes]:
    """A training run in that folder."""
    command = [sys.executable, "-m", "braid", "train", "recipe.toml", *options]
    with (folder / "log.txt").open("ab") as log:
        return subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)


def newest(folder: Path) -> str:
    """Name of the newest checkpoint, or ''."""
    return max((path.name for path in (folder / "run.work" / "checkpoints").glob("step-*")), default="")


def kill_once(folder: Path, moment: random.Random, *options: str) -> dict[str, object] | None:
    """One round: what the signal met, or None when the run ended before it."""
    before, is_early = newest(folder), moment.random() < EARLY_SHARE
    process, begun = start(folder, *options), time.monotonic()
    latest = begun + moment.uniform(0.0, EARLY_SECONDS) if is_early else float("inf")
    while newest(folder) == before and time.monotonic() < latest:
        if process.poll() is not None:
            break
        time.sleep(0.005)
    time.sleep(0.0 if is_early else moment.uniform(0.0, 0.6))
    if process.poll() is not None:
        if process.returncode:
            raise SystemExit(f"a run ended with exit code {process.returncode}; see {folder / 'log.txt'}")
        return None
    process.send_signal(signal.SIGKILL)
    process.wait()
    unfinished = list((folder / "run.work" / "checkpoints").glob(".step-*"))
    return {"checkpoint": newest(folder), "in_the_midst_of_saving": bool(unfinished), "early": is_early}


def main() -> None:
    """Run both and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--steps", type=int, default=0, help="of the run; 0 takes twelve for each kill")
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    steps, moment = options.steps or 12 * options.kills, random.Random(options.seed)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        unbroken, broken = Path(name, "unbroken"), Path(name, "broken")
        for folder in (unbroken, broken):
            folder.mkdir()
            write_inputs(folder, steps)
        if start(unbroken).wait():
            raise SystemExit((unbroken / "log.txt").read_text())
        rounds: list[dict[str, object]] = []
        while len(rounds) < options.kills:
            met = kill_once(broken, moment, *["--resume"] * bool(newest(broken)))
            if met is None:
                break
            rounds.append(met)
            print(f"{len(rounds)} of {options.kills}: {met}", file=sys.stderr)
        if not (broken / "run").exists() and start(broken, "--resume").wait():
            raise SystemExit((broken / "log.txt").read_text())
        wanted, found = (load_file(folder / "run" / "weights.safetensors") for folder in (unbroken, broken))
        equal = [key for key in wanted if key in found and np.array_equal(wanted[key], found[key])]
    result = {
        **machine(),
        "backend": os.environ.get("KERAS_BACKEND", "default"),
        "steps": steps,
        "kills": len(rounds),  # each of them resumed, or this would not be reached
        "in_the_midst_of_saving": sum(bool(met["in_the_midst_of_saving"]) for met in rounds),
        "from_the_start": sum(bool(met["early"]) for met in rounds),
        "arrays": len(wanted),
        "arrays_equal": len(equal),
        "seconds": round(time.monotonic() - begun),
    }
    write(result, options.out)
    if len(rounds) < options.kills:
        raise SystemExit(f"the run ended after {len(rounds)} signals: give it more --steps")
    if len(equal) < len(wanted) or set(wanted) != set(found):
        raise SystemExit("the weights are not those of the unbroken run")


if __name__ == "__main__":
    main()
