"""What an FAQ bundle does with its own questions and with questions about anything in the world.

    braid train recipe.toml     # [data] documents = ["faq.jsonl"]
    python benchmarks/faq_answers.py --bundle medquad --faq faq.jsonl --foreign NQ-open.dev.jsonl --out results.json

A question of its own is right when the entry given has the same question (several entries may); of foreign ones every
answer is a false alarm. Lines of both files have ``question``.
"""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path

import numpy as np
from machine import machine
from turns import write


def questions(path: Path, count: int, seed: int) -> list[str]:
    """Some of a file's questions by lot."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
        found = [json.loads(line)["question"] for line in file]
    return [found[place] for place in np.random.default_rng(seed).permutation(len(found))[:count].tolist()]


def main() -> None:
    """Ask both and count."""
    import braid
    from braid.metrics.intervals import rate_score

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    for name in ("bundle", "faq", "foreign"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    model = braid.load(options.bundle)
    own, foreign = (questions(path, options.questions, options.seed) for path in (options.faq, options.foreign))
    answers = model.answer(own, detail=True)
    right = [bool(answer.text) and answer.origin.title == asked for answer, asked in zip(answers, own, strict=True)]
    alarms = [bool(text) for text in model.answer(foreign)]
    result = {
        **machine(),
        "own": len(own),
        "foreign": len(foreign),
        "own_question_given": rate_score(sum(right), len(right), signature="given:same-question").to_dict(),
        "false_alarms": rate_score(sum(alarms), len(alarms), signature="given:any").to_dict(),
    }
    write(result, options.out)


if __name__ == "__main__":
    main()
