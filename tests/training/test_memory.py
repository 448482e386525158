"""Whether a run stays within the memory that was predicted for it, each letter in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.backend,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc"),
]

RUN = """
import json, sys
from pathlib import Path

import braid
from braid.pipeline import train

def memory(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))

found, check = {}, train.check_memory

def watched(*args, **sizes):
    found["before"] = memory("VmRSS:")
    found["predicted"] = check(*args, **sizes)
    return found["predicted"]

train.check_memory = watched
braid.train(sys.argv[1], output=sys.argv[2], overrides=sys.argv[3:])
print(json.dumps({**found, "peak": memory("VmHWM:")}))
"""

SIZES = (
    "task=translate",
    "data.source_language=de",
    "data.target_language=en",
    "model.model_dim=256",
    "model.ffn_dim=1024",
    "tokenizer.vocab_size=1000",
    "train.batch_tokens=2048",
    "train.steps=12",
    "train.validate_steps=6",
)


def write_rows(path: Path, words: int) -> None:
    """Pairs of three to thirty invented words, as long as sentences are."""
    random = np.random.default_rng(1)
    syllables = [a + b for a in "bdfgklmnprst" for b in "aeiou"]
    lexicon = ["".join(random.choice(syllables, 3)) for _ in range(words)]
    rows = [random.choice(lexicon, random.integers(3, 30)) for _ in range(3000)]
    path.write_text("".join(f"{' '.join(row)}\t{' '.join(row[::-1])}\n" for row in rows))


def measured(tmp_path: Path, *changes: str) -> tuple[int, int]:
    """Bytes that a run took beyond those it held when it was predicted, and the prediction."""
    write_rows(tmp_path / "rows.tsv", 800)
    command = [sys.executable, "-c", RUN, str(tmp_path / "rows.tsv"), str(tmp_path / "bundle"), *SIZES, *changes]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    return found["peak"] - found["before"], found["predicted"]


@pytest.mark.parametrize("letter", "ADEGMRSW")
def test_runs_stay_within_their_prediction(letter, tmp_path):
    taken, predicted = measured(tmp_path, f"model.encoder={letter * 2}", f"model.decoder={letter * 2}")
    print(f"{letter}: {taken / 2**30:.2f} GiB of {predicted / 2**30:.2f}")
    assert predicted / 3 < taken < predicted
