"""Throughput of preparing sentence pairs: Braid on one process and on two, datatrove with the same steps a row, and a
plain script that holds everything in memory.

    python -m pip install ".[scale]" orjson
    python benchmarks/preparation.py --megabytes 100

All four read the same tab-separated file, bring both sides to NFC with single spaces, leave out rows that are empty,
too long, identical, of odd length or with other placeholders, and write JSON lines. Braid's figures are with the rules
that the others lack switched off ("same rules"), and with its defaults; Braid and the plain script also leave out
repetitions and split without leaks, and Braid counts personal data. Prints JSON; MB/s is of input, per core.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from machine import machine

PLACEHOLDER = re.compile(r"\{[^{}]{0,60}\}|%[sd]|</?[a-z]+/?>")
LACKED = ("check_language", "check_numbers", "repair_text", "split_near")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--only", default="", help="run one way, used for the processes of the others")
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    if arguments.only:
        WAYS[arguments.only](arguments.folder)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = write_pairs(folder / "pairs.tsv", arguments.megabytes * 10**6)
        found: dict[str, Any] = {}
        for way in WAYS:
            found[way] = measure(way, folder, size)
    print(json.dumps({"machine": machine(), "bytes": size, "ways": found}, indent=1))


def write_pairs(path: Path, size: int) -> int:
    """A file of generated pairs; its size."""
    source = random.Random(1)
    words = ["".join(source.choices("etaoinshrdlu", k=source.randint(2, 10))) for _ in range(20_000)]
    weights = [1 / (rank + 10) for rank in range(len(words))]
    written, number = 0, 0
    with path.open("w", encoding="utf-8") as file:
        while written < size:
            chosen = source.choices(words, weights, k=source.randint(5, 40))
            number += 1
            line = f"{' '.join(chosen)} {number}.\t{' '.join(word + 'é' for word in chosen)} {number}.\n"
            written += len(line.encode())
            file.write(line)
    return written


def measure(way: str, folder: Path, size: int) -> dict[str, float]:
    """Seconds and peak memory of a way in a process of its own."""
    command = [sys.executable, __file__, "--only", way, "--folder", str(folder)]
    begun = time.perf_counter()
    process = subprocess.Popen(["/usr/bin/env", "time", "-v", *command], stderr=subprocess.PIPE, text=True)
    _, talk = process.communicate()
    seconds = time.perf_counter() - begun
    if process.returncode:
        raise SystemExit(talk)
    peak = re.search(r"Maximum resident set size \(kbytes\): (\d+)", talk)
    cores = 2 if way.endswith("two processes") else 1
    return {
        "seconds": round(seconds, 2),
        "MB_per_second_and_core": round(size / 1e6 / seconds / cores, 2),
        "peak_MB_of_largest_process": round(int(peak[1]) / 1000) if peak else 0,
    }


def braid_one(folder: Path, *, processes: int = 1, same: bool = True) -> None:
    """Braid's own preparation."""
    import joblib

    from braid.config.loading import make_recipe
    from braid.data.prepare import prepare_data

    joblib.cpu_count = lambda: processes
    data: dict[str, Any] = {"train": ["pairs.tsv"], "source_language": "en", "target_language": "fr"}
    data |= dict.fromkeys(LACKED, False) if same else {}
    output = folder / f"out{processes}{same}"
    shutil.rmtree(output, ignore_errors=True)
    prepare_data(make_recipe({"data": data}), folder=folder, output=output)


def usable(source: str, target: str) -> bool:
    """The rules that all ways have in common, for one row."""
    if not source or not target or source == target or max(len(source), len(target)) > 600:
        return False
    if not 0.25 < (len(target) + 12) / (len(source) + 12) < 4:
        return False
    return sorted(PLACEHOLDER.findall(source)) == sorted(PLACEHOLDER.findall(target))


def tidy(text: str) -> str:
    """NFC with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def plain(folder: Path) -> None:
    """A script as people write it: one loop, everything in memory."""
    seen, rows = set(), []
    with (folder / "pairs.tsv").open(encoding="utf-8") as file:
        for line in file:
            source, target = map(tidy, line.split("\t")[:2])
            if usable(source, target) and (source, target) not in seen:
                seen.add((source, target))
                rows.append((source, target))
    random.Random(1).shuffle(rows)
    for name, part in (("test", rows[:1000]), ("valid", rows[1000:1500]), ("train", rows[1500:])):
        with (folder / f"plain.{name}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps({"source": s, "target": t}, ensure_ascii=False) + "\n" for s, t in part)


def trove(folder: Path) -> None:
    """datatrove's local executor with a reader, a filter and its writer of JSON lines; rows are neither compared nor
    split."""
    from datatrove.data import Document
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.filters import LambdaFilter
    from datatrove.pipeline.writers import JsonlWriter

    def read(data: Any, rank: int = 0, world_size: int = 1) -> Any:
        with (folder / "pairs.tsv").open(encoding="utf-8") as file:
            for number, line in enumerate(file):
                source, target = map(tidy, line.split("\t")[:2])
                yield Document(text=source, id=str(number), metadata={"target": target})

    steps = [
        read,
        LambdaFilter(lambda document: usable(document.text, document.metadata["target"])),
        JsonlWriter(str(folder / "trove"), compression=None),
    ]
    LocalPipelineExecutor(pipeline=steps, tasks=1, workers=1, logging_dir=str(folder / "logs")).run()


WAYS = {
    "braid, same rules": braid_one,
    "braid, same rules, two processes": lambda folder: braid_one(folder, processes=2),
    "braid, defaults": lambda folder: braid_one(folder, same=False),
    "datatrove": trove,
    "plain script": plain,
}


if __name__ == "__main__":
    main()
