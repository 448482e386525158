"""What a language model remembers, and how long a subword takes, after more and more of context.

    python benchmarks/context_memory.py --patterns RRW DDDW DDDA AAAA --out results.json

Networks of one width with random weights, written as graphs and run one subword at a time by ONNX Runtime, as ``braid
generate`` does. For each length of context: bytes of the state, resident memory of the process beyond what it was after
the first subword, and the median time of the last 64 subwords. Each pattern has a process of its own.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from machine import machine
from turns import in_turn, write

VOCAB, LAST = 6000, 64


def resident() -> int:
    """Bytes of memory that the process holds now."""
    fields = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 for line in fields if line.startswith("VmRSS"))


def run(pattern: str, lengths: list[int], window: int, threads: int) -> dict[str, Any]:
    """One pattern through all lengths."""
    from braid.layers.backend import choose_backend

    choose_backend()
    from braid.config.recipe import ModelConfig
    from braid.exporting.onnx import export_onnx
    from braid.models import build
    from braid.models.weights import get_weights
    from braid.runtime.session import DecoderSession

    config = ModelConfig(decoder=pattern, model_dim=192, ffn_dim=768, num_heads=4, window=window)
    with tempfile.TemporaryDirectory() as name:
        weights = get_weights(build(config, VOCAB, kind="decoder"))
        export_onnx(config, weights, Path(name), precision="int8", kind="decoder")
        session = DecoderSession(Path(name), num_threads=threads)
    ids = np.random.default_rng(1).integers(4, VOCAB, max(lengths)).astype(np.int32)
    state, times, found, before = session.initial_state(1), [], {}, 0
    for place, token in enumerate(ids.tolist(), 1):
        begun = time.perf_counter()
        _, state = session.step(np.array([[token]], np.int32), state)
        times.append(time.perf_counter() - begun)
        before = before or resident()
        if place in lengths:
            found[str(place)] = {
                "state_bytes": sum(array.nbytes for array in state.values()),
                "resident_bytes_more": resident() - before,
                "milliseconds": round(1000 * float(np.median(times[-LAST:])), 3),
            }
    return found


def main() -> None:
    """Every pattern in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--patterns", nargs="+", default=["RRW", "DDDW", "DDDA", "AAAA"])
    parser.add_argument("--lengths", type=int, nargs="+", default=[512, 2048, 8192, 32768])
    parser.add_argument("--window", type=int, default=128)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    options = parser.parse_args()
    common = ["--window", str(options.window), "--threads", str(options.threads)]
    common += ["--lengths", *map(str, options.lengths)]
    if options.alone:
        print(json.dumps(run(options.alone, options.lengths, options.window, options.threads)))
        return
    arguments = {pattern: ["--alone", pattern, *common] for pattern in options.patterns}
    found = in_turn(__file__, arguments, rounds=1, threads=options.threads)
    write(
        {
            **machine(),
            "what": f"192/768, int8, {options.threads} threads, window {options.window}",
            **{name: rows[0] for name, rows in found.items()},
        },
        options.out,
    )


if __name__ == "__main__":
    main()
