"""How often a question of an FAQ finds its own page, and its own answer, when the answers alone are indexed.

    python benchmarks/retrieval.py --faq faq.jsonl.gz --questions 1000 --out results.json

Questions, titles and topics are hidden. Each line of the file has ``id``, ``question`` and ``answer``; what stands
before the last hyphen of an ``id`` is the page, as in MedQuAD. Equal answers count as one. The baseline ranks answers
by how many of the question's words they hold, shorter ones first among equals.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import time
from pathlib import Path

import numpy as np
from machine import machine
from turns import write


def main() -> None:
    """Index, ask, score."""
    from braid.data.documents.passage import Passage
    from braid.metrics.answers import retrieval_scores
    from braid.retrieval.index import build_index
    from braid.text.units import units

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--faq", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with (gzip.open if options.faq.suffix == ".gz" else open)(options.faq, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    passages = [
        Passage(text=row["answer"], file=page, group=page, line=number)
        for number, row in enumerate(rows)
        for page in [row["id"].rsplit("-", 1)[0]]
    ]
    asked = np.random.default_rng(options.seed).permutation(len(rows))[: options.questions].tolist()
    pages: list[int | None] = []
    answers: list[int | None] = []
    by_words: list[int | None] = []
    pages_of: dict[str, set[str]] = {}
    for passage in passages:
        pages_of.setdefault(passage.text, set()).add(passage.file)
    words, owners = [set(units(text)) for text in pages_of], list(pages_of.values())
    for number in asked:
        wanted = set(units(rows[number]["question"]))
        shared = [(-len(wanted & found), len(found)) for found in words]
        order = sorted(range(len(words)), key=shared.__getitem__)[:10]
        right = [passages[number].file in owners[place] for place in order]
        by_words.append(right.index(True) + 1 if any(right) else None)
    with tempfile.TemporaryDirectory() as name:
        begun = time.perf_counter()
        index = build_index(passages, Path(name) / "index")
        built = time.perf_counter() - begun
        begun = time.perf_counter()
        for number in asked:
            hits = [hit.passage for hit in index.search(rows[number]["question"], 10)]
            right = [hit.file == passages[number].file for hit in hits]
            pages.append(right.index(True) + 1 if any(right) else None)
            right = [hit.text == passages[number].text for hit in hits]
            answers.append(right.index(True) + 1 if any(right) else None)
        seconds = time.perf_counter() - begun
    result = {
        **machine(),
        "answers": len(rows),
        "questions": len(asked),
        "seconds_to_build": round(built, 2),
        "milliseconds_a_question": round(1000 * seconds / len(asked), 2),
        "own_page": {key: score.to_dict() for key, score in retrieval_scores(pages, ks=(1, 5, 10)).items()},
        "own_page_by_shared_words": {
            key: score.to_dict() for key, score in retrieval_scores(by_words, ks=(1, 5, 10)).items()
        },
        "own_answer": {key: score.to_dict() for key, score in retrieval_scores(answers, ks=(1, 5, 10)).items()},
    }
    write(result, options.out)


if __name__ == "__main__":
    main()
