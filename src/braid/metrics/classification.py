"""Accuracy, precision, recall and F1 of labels, with bootstrap intervals; stand-in until merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from braid.errors import DataError
from braid.metrics.intervals import compare_means
from braid.metrics.score import Comparison, Score

RESAMPLES, SEED = 1000, 12345
Labels = Sequence[tuple[str, ...]]


def _indicators(rows: Labels, place: dict[str, int]) -> np.ndarray:
    found = np.zeros((len(rows), len(place)), bool)
    for index, labels in enumerate(rows):
        found[index, [place[label] for label in labels if label in place]] = True
    return found


def _shares(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    return np.divide(numerator, denominator, out=np.zeros_like(numerator, float), where=denominator > 0)


def classification_scores(
    gold: Labels,
    predicted: Labels,
    *,
    labels: Sequence[str],
    is_multilabel: bool,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> dict[str, Score]:
    if not gold or len(gold) != len(predicted):
        raise DataError(f"labels must be given for as many texts as there are, got {len(gold)} and {len(predicted)}")
    names = sorted({label for row in [*gold, *predicted] for label in row} | set(labels))
    place = {name: index for index, name in enumerate(names)}
    right, given = _indicators(gold, place), _indicators(predicted, place)
    used = right.any(axis=0) | given.any(axis=0)
    right, given = right[:, used], given[:, used]
    same = (right == given).all(axis=1)
    random = np.random.default_rng(seed)
    counts = np.vstack(
        [np.ones(len(gold)), random.multinomial(len(gold), np.full(len(gold), 1 / len(gold)), size=resamples)]
    )
    hits, wanted, said = (counts @ part.astype(float) for part in (right & given, right, given))
    precision, recall = _shares(hits, said), _shares(hits, wanted)
    f1 = _shares(2 * hits, wanted + said)
    values = {
        "exact_match" if is_multilabel else "accuracy": counts @ same / len(gold),
        **({"micro_f1": _shares(2 * hits.sum(1), (wanted + said).sum(1))} if is_multilabel else {}),
        "macro_precision": precision.mean(1),
        "macro_recall": recall.mean(1),
        "macro_f1": f1.mean(1),
    }
    signature = f"labels:{int(used.sum())}|n:{len(gold)}|bs:{resamples}|seed:{seed}|ci:95"
    found = {}
    for name, rows in values.items():
        value = float(100 * rows[0])
        low, high = 100 * np.percentile(rows[1:], [2.5, 97.5])
        found[name] = Score(
            value=value, low=min(float(low), value), high=max(float(high), value), signature=f"{name}|{signature}"
        )
    return found


def per_label(gold: Labels, predicted: Labels, labels: Sequence[str]) -> list[dict[str, Any]]:
    names = sorted({label for row in gold for label in row} | set(labels))
    place = {name: index for index, name in enumerate(names)}
    right, given = _indicators(gold, place), _indicators(predicted, place)
    hits, wanted, said = ((part).sum(0).astype(float) for part in (right & given, right, given))
    rows = zip(
        names,
        100 * _shares(hits, said),
        100 * _shares(hits, wanted),
        100 * _shares(2 * hits, wanted + said),
        wanted,
        said,
        strict=True,
    )
    return [
        {"label": n, "precision": float(p), "recall": float(r), "f1": float(f), "support": int(w), "predicted": int(s)}
        for n, p, r, f, w, s in rows
    ]


def confusion(gold: Labels, predicted: Labels, labels: Sequence[str]) -> dict[str, Any]:
    counts = Counter(
        (one[0] if one else "(none)", other[0] if other else "(none)")
        for one, other in zip(gold, predicted, strict=True)
    )
    largest = [(one, other, count) for (one, other), count in counts.most_common() if one != other]
    return {"largest": largest}


def compare_labels(first: Labels, second: Labels, gold: Labels) -> Comparison:
    one, other = (
        [100.0 * (set(row) == set(right)) for row, right in zip(rows, gold, strict=True)] for rows in (first, second)
    )
    return compare_means(one, other)
