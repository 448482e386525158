"""Several programs measured in turn, each in a process of its own, and their results in a file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

BACKENDS = ("tensorflow", "torch", "jax")


def in_turn(script: str, runs: Mapping[str, Sequence[str]], *, rounds: int, threads: int) -> dict[str, list[Any]]:
    """What each run printed last, as JSON, once a round.

    Args:
        script: The program.
        runs: Its arguments for each run, by name; the first word of a name that is a backend chooses it.
        rounds: Times that all runs take their turn.
        threads: What OMP_NUM_THREADS says to them.
    """
    found: dict[str, list[Any]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, arguments in runs.items():
            environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": str(threads)}
            if name.split()[0] in BACKENDS:
                environment["KERAS_BACKEND"] = name.split()[0]
            done = subprocess.run(
                [sys.executable, script, *arguments], env=environment, stdout=subprocess.PIPE, text=True
            )
            if done.returncode:
                raise SystemExit(f"{name} failed")
            found[name].append(json.loads(done.stdout.splitlines()[-1]))
            print(f"{name}: {found[name][-1]}", file=sys.stderr)
    return found


def write(result: Mapping[str, Any], out: Path | None) -> None:
    """Print the result as JSON, and keep it in a file where one is named."""
    text = json.dumps(result, indent=2)
    print(text)
    if out:
        out.write_text(text + "\n", encoding="utf-8")
