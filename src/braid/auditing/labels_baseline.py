"""What a linear model makes of a test part from the training part, and which labels it could not know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from braid.auditing.data_sample import draw
from braid.auditing.labels_audit import MOST_CELLS, fit_one, text_matrix
from braid.data.example import Example
from braid.data.kinds import SEPARATOR
from braid.metrics.intervals import rate_score

TEST_ROWS = 5000
"""Of the test part, at most."""


def linear_accuracy(train: Sequence[Example], test: Sequence[Example], none_label: str = "") -> dict[str, Any] | None:
    """Accuracy on the test part of a linear model that has seen the training part alone, with its interval.

    Args:
        train: Texts as sources, labels as targets.
        test: The same. A label that training lacks is missed, as any model must miss it.
        none_label: The label of texts that belong to no other.

    Returns:
        ``value``, ``low``, ``high`` and ``rows``; nothing where there is no test part, fewer than two labels to learn,
        or texts with several labels or none, for which accuracy says little.

    Cost: As one fold of `braid.auditing.labels_audit.mislabeled_rows`.
    """
    targets = {row.target for part in (train, test) for row in part}
    if not test or any(SEPARATOR in target for target in targets) or none_label in targets:
        return None
    names = sorted({row.target for row in train})
    if len(names) < 2:
        return None
    learned = draw(train, max(1000, MOST_CELLS // len(names))).rows
    asked = draw(test, TEST_ROWS).rows
    matrix = text_matrix([row.source for row in (*learned, *asked)], len(names), num_learned=len(learned))
    place = {name: index for index, name in enumerate(names)}
    gold_BC = np.zeros((len(learned), len(names)), bool)
    gold_BC[np.arange(len(learned)), [place[row.target] for row in learned]] = True
    found = fit_one(matrix[: len(learned)], gold_BC, matrix[len(learned) :]).argmax(axis=1)
    hits = sum(names[label] == row.target for label, row in zip(found.tolist(), asked, strict=True))
    score = rate_score(hits, len(asked), signature="")
    return {"value": score.value, "low": score.low, "high": score.high, "rows": len(asked)}


def unknown_labels(train: Sequence[Example], held_out: Mapping[str, Sequence[Example]]) -> dict[str, Any]:
    """Labels of held-out rows that training lacks: no model of these data gives them.

    Args:
        train: All rows to learn from; read once.
        held_out: Rows by part.

    Returns:
        For each part with any, ``rows``, how many have such an ``unknown`` label, and ``labels`` with their rows, the
        commonest first.
    """
    known = {label for row in train for label in row.target.split(SEPARATOR)}
    found = {}
    for part, rows in held_out.items():
        counts = Counter(label for row in rows for label in row.target.split(SEPARATOR) if label not in known)
        if counts:
            unknown = sum(not known.issuperset(row.target.split(SEPARATOR)) for row in rows)
            found[part] = {"rows": len(rows), "unknown": unknown, "labels": dict(counts.most_common())}
    return found
