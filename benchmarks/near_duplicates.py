"""How fast texts get their MinHash signatures, beside datatrove and datasketch, and how many near-duplicates are found.

    python benchmarks/near_duplicates.py --texts pairs.tsv.gz:1 --texts faq.jsonl.gz:answer --out results.json

Each set of texts is a column of a table (counted from 1) or a key of JSON lines. All three hash on one processor, time
is that of the processor, and each keeps its own idea of a shingle and of a signature's length: datatrove as it comes
cuts English words with spaCy and hashes windows of five of them 112 times; datasketch is given this toolkit's windows
of four letters and hashes them 128 times. Beside the toolkit this needs datatrove, spacy, xxhash and datasketch.
Recall is held against the similarity of all pairs of the first texts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from machine import machine
from turns import write


def main() -> None:
    """Read, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--texts", action="append", required=True, help="FILE:COLUMN or FILE:KEY; may be repeated")
    parser.add_argument("--compared", type=int, default=5000, help="texts of each set of which all pairs are compared")
    parser.add_argument("--megabytes", type=float, default=4, help="of each set at most")
    parser.add_argument("--rounds", type=int, default=3, help="the fastest counts")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    sets = {}
    for name in options.texts:
        path, _, column = name.rpartition(":")
        texts = read(Path(path), column, options.megabytes * 1e6)
        sets[f"{Path(path).parent.name}/{Path(path).name}:{column}"] = {
            "texts": len(texts),
            "megabytes": round(megabytes(texts), 2),
            **speeds(texts, options.rounds),
            **found(texts[: options.compared]),
        }
    write({**machine(), "sets": sets}, options.out)


def read(path: Path, column: str, limit: float) -> list[str]:
    """The texts of a column or key, of so many bytes at most."""
    texts: list[str] = []
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
        for line in file:
            cells = line.rstrip("\n").split("\t")
            texts.append(cells[int(column) - 1] if column.isdigit() else json.loads(line)[column])
            limit -= len(texts[-1].encode())
            if limit < 0:
                break
    return texts


def megabytes(texts: Sequence[str]) -> float:
    """Size of all texts in UTF-8."""
    return sum(len(text.encode()) for text in texts) / 1e6


def speeds(texts: Sequence[str], rounds: int) -> dict[str, Any]:
    """Megabytes a second of each, and how many times faster this toolkit is."""
    from braid.data.near import MinHash

    ours = speed(lambda: MinHash().signatures(texts), texts, rounds)
    others = {
        "datatrove": speed(with_datatrove(texts), texts, 1),
        "datasketch": speed(with_datasketch(texts), texts, 1),
    }
    return {
        "megabytes_a_second": {"braid": round(ours, 2), **{name: round(value, 2) for name, value in others.items()}},
        "ratio": {name: round(ours / value, 1) for name, value in others.items()},
    }


def speed(run: Callable[[], object], texts: Sequence[str], rounds: int) -> float:
    """Megabytes a second of the fastest round."""
    seconds = []
    for _ in range(rounds):
        begun = time.process_time()
        run()
        seconds.append(time.process_time() - begun)
    return megabytes(texts) / min(seconds)


def with_datatrove(texts: Sequence[str]) -> Callable[[], object]:
    """Its first step, which cuts words, hashes and writes sorted signatures."""
    from datatrove.data import Document
    from datatrove.pipeline.dedup import MinhashDedupSignature
    from datatrove.utils.logging import logger

    logger.remove()

    MinhashDedupSignature(output_folder=tempfile.gettempdir()).get_shingles("so that spaCy is loaded before")

    def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            step = MinhashDedupSignature(output_folder=folder)
            step.run(Document(text=text, id=str(number)) for number, text in enumerate(texts))

    return run


def with_datasketch(texts: Sequence[str]) -> Callable[[], object]:
    """Signatures of 128 numbers of the windows of four letters or digits."""
    from datasketch import MinHash

    from braid.data.split import text_key

    def windows(text: str) -> list[bytes]:
        key = text_key(text)
        return [key[place : place + 4].encode() for place in range(len(key) - 3)]

    return lambda: MinHash.bulk([windows(text) for text in texts], num_perm=128)


def found(texts: Sequence[str]) -> dict[str, Any]:
    """Pairs of similarity 0.8 and more, how many of them are found, and how many others were given."""
    from scipy.sparse import csr_matrix

    from braid.data.near import MinHash, near_pairs

    hashes, counts = MinHash().shingles(texts)
    _, columns = np.unique(hashes, return_inverse=True)
    rows = np.repeat(np.arange(len(texts)), counts)
    matrix = csr_matrix((np.ones(len(rows), np.int32), (rows, columns)), (len(texts), columns.max(initial=0) + 1))
    matrix.data[:] = 1
    sizes = np.diff(matrix.indptr)
    shared = (matrix @ matrix.T).tocoo()
    similarity = shared.data / (sizes[shared.row] + sizes[shared.col] - shared.data)
    chosen = (shared.row < shared.col) & (similarity >= 0.8)
    near = set(zip(shared.row[chosen].tolist(), shared.col[chosen].tolist(), strict=True))
    given = {(one, other) for one, other, _ in near_pairs(texts)}
    return {
        "compared": len(texts),
        "near_pairs": len(near),
        "recall": round(len(near & given) / max(len(near), 1), 4),
        "precision": round(len(near & given) / max(len(given), 1), 4),
    }


if __name__ == "__main__":
    main()
