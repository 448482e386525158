"""The results of ``patterns.py`` as a Markdown table: mean over seeds with lowest and highest, and the fastest speed.

python benchmarks/patterns_table.py results/patterns_translate.json
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

METRICS = {
    "translate": {"bleu": ("BLEU", 1), "chrf": ("chrF", 1), "loss": ("nats a subword", 3)},
    "generate": {"bits_per_byte": ("bits per byte", 3), "perplexity": ("perplexity a subword", 1)},
}
"""What stands in the table, as people write it and with how many digits; the first orders it."""


def cell(values: list[float], digits: int) -> str:
    """Mean (lowest to highest)."""
    return f"{np.mean(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def table(result: dict[str, Any]) -> str:
    """Rows in order of the first metric, best first."""
    metrics = METRICS[result["task"]]
    first = next(iter(metrics))
    patterns: dict[str, list[dict[str, Any]]] = {}
    for row in result["runs"]:
        patterns.setdefault(row["pattern"], []).append(row)

    def mean(name: str) -> float:
        return float(np.mean([row["metrics"][first] for row in patterns[name]]))

    heads = [
        "pattern",
        "weights",
        "runs",
        *(head for head, _ in metrics.values()),
        "training, tokens/s",
        "writing, tokens/s",
    ]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for name in sorted(patterns, key=mean, reverse=first == "bleu"):
        rows = patterns[name]
        scores = [cell([row["metrics"][metric] for row in rows], digits) for metric, (_, digits) in metrics.items()]
        speeds = [  # of the run that was disturbed least
            f"{max(row[key] for row in rows):,.0f}"
            for key in ("training_tokens_per_second", "decoding_tokens_per_second")
        ]
        lines.append(f"| `{name}` | {rows[0]['weights']:,} | {len(rows)} | {' | '.join(scores + speeds)} |")
    return "\n".join(lines)


def main() -> None:
    """Print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("results", type=Path)
    print(table(json.loads(parser.parse_args().results.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main()
