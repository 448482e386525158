"""Time a training run spends in the kernel, with the C library's allocator as it is and as Braid sets it.

    python benchmarks/allocator.py --backend torch --out results.json

The translation step of ``translation_step.py``. Glibc gives large blocks back to the kernel as soon as they are free,
and gets them anew, page after page, for the next tensor; `braid.training.allocator` has it keep them.
"""

from __future__ import annotations

import argparse
import json
import resource
from pathlib import Path

import numpy as np
from machine import machine
from translation_step import run_braid
from turns import BACKENDS, in_turn, write


def main() -> None:
    """Run both in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--backend", default="torch", choices=BACKENDS)
    parser.add_argument("--steps", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--alone", choices=["kept", "given back"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        speed = run_braid(options.steps, keeps_memory=options.alone == "kept")
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(json.dumps([round(speed), round(used.ru_utime, 1), round(used.ru_stime, 1)]))
        return
    arguments = {
        f"{options.backend} {name}": ["--alone", name, "--steps", str(options.steps)] for name in ("kept", "given back")
    }
    found = in_turn(__file__, arguments, rounds=options.rounds, threads=options.threads)
    columns = ("target_tokens_per_second", "user_seconds", "system_seconds")
    medians = {
        name: dict(zip(columns, np.median(rows, axis=0).round(1).tolist(), strict=True)) for name, rows in found.items()
    }
    write({**machine(), "what": f"{options.steps} steps, whole process", "median": medians}, options.out)


if __name__ == "__main__":
    main()
