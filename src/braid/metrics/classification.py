"""Accuracy, precision, recall and F1 of labels, with bootstrap intervals; what is confused with what; curves.

Per label, scores are those of scikit-learn with zero where nothing is to be divided by. The bootstrap resamples texts;
counts of each sample are one product of matrices.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from braid.data.labels import Labels, indicators
from braid.errors import DataError
from braid.metrics.intervals import compare_means, rate_score
from braid.metrics.score import Comparison, Score

RESAMPLES, SEED = 1000, 12345
POINTS = 200
"""Of a curve, at most."""

SHOWN_LABELS = 5
"""Whose curves a chart has room for."""

NONE = "(none)"


def _check(gold: Labels, predicted: Labels, groups: Sequence[str] = ()) -> None:
    if not gold or len(gold) != len(predicted):
        raise DataError(f"labels must be given for as many texts as there are, got {len(gold)} and {len(predicted)}")
    if groups and len(groups) != len(gold):
        raise DataError(f"a group must be given for each of {len(gold)} texts, got {len(groups)}")


def _names(gold: Labels, predicted: Labels, labels: Sequence[str]) -> list[str]:
    """All labels in the order known, others behind them."""
    return list(dict.fromkeys([*labels, *(label for row in [*gold, *predicted] for label in row)]))


def _shares(parts: np.ndarray, wholes: np.ndarray) -> np.ndarray:
    """Quotients in percent, 0 where nothing is divided by."""
    return 100 * np.divide(parts, wholes, out=np.zeros(parts.shape), where=wholes > 0)


def classification_scores(
    gold: Labels,
    predicted: Labels,
    *,
    labels: Sequence[str],
    is_multilabel: bool,
    groups: Sequence[str] = (),
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> dict[str, Score]:
    """Scores of labels, 0 to 100, with 95 % percentile intervals over resampled texts, or groups of texts.

    ``accuracy``, or for several labels a text ``exact_match`` and ``micro_f1``; then the means over labels,
    ``macro_precision``, ``macro_recall`` and ``macro_f1``, of labels that stand in ``gold`` or ``predicted``.

    Args:
        gold: Right labels.
        predicted: Labels given, in the same order.
        labels: All labels known.
        is_multilabel: Whether a text may have several.
        groups: What each text belongs to, such as a dialogue, where texts of one group are alike; none when empty.
        resamples: Bootstrap samples.
        seed: Of the bootstrap.

    Raises:
        DataError: There is no text, or not as many labels given, or groups, as there are texts.
    """
    _check(gold, predicted, groups)
    names = _names(gold, predicted, labels)
    right, given = indicators(gold, names), indicators(predicted, names)
    used = right.any(axis=0) | given.any(axis=0)
    right, given = right[:, used], given[:, used]
    size = len(gold)
    counts = np.vstack([np.ones(size), _samples(size, groups, resamples, seed)])  # first the texts as they are
    hits, wanted, said = (counts @ part.astype(float) for part in (right & given, right, given))
    same = _shares(counts @ (right == given).all(axis=1), counts.sum(axis=1))
    f1 = _shares(2 * hits, wanted + said)
    values = {"exact_match" if is_multilabel else "accuracy": same}
    if is_multilabel:
        values["micro_f1"] = _shares(2 * hits.sum(axis=1), (wanted + said).sum(axis=1))
    means = {"macro_precision": _shares(hits, said), "macro_recall": _shares(hits, wanted), "macro_f1": f1}
    values |= {name: part.mean(axis=1) if part.shape[1] else np.zeros(len(counts)) for name, part in means.items()}
    grouped = f"|groups:{len(set(groups))}" if groups else ""
    signature = f"labels:{int(used.sum())}|n:{size}{grouped}|bs:{resamples}|seed:{seed}|ci:95"
    return {name: _score(rows, f"{name}|{signature}") for name, rows in values.items()}


def _samples(size: int, groups: Sequence[str], resamples: int, seed: int) -> np.ndarray:
    """How often each text is in each bootstrap sample, (resamples, texts); texts of one group equally often."""
    places = np.unique(list(groups), return_inverse=True)[1] if groups else np.arange(size)
    num_groups = int(places.max()) + 1
    drawn = np.random.default_rng(seed).multinomial(num_groups, np.full(num_groups, 1 / num_groups), size=resamples)
    return drawn[:, places]


def _score(rows: np.ndarray, signature: str) -> Score:
    """Of the first row the value, of the others the interval."""
    value = float(rows[0])
    low, high = (float(end) for end in np.percentile(rows[1:], [2.5, 97.5]))
    return Score(value=value, low=min(low, value), high=max(high, value), signature=signature)


def per_label(gold: Labels, predicted: Labels, labels: Sequence[str]) -> list[dict[str, Any]]:
    """Precision, recall and F1 of each label, 0 to 100, its texts, and how often it was given."""
    _check(gold, predicted)
    names = _names(gold, predicted, labels)
    right, given = indicators(gold, names), indicators(predicted, names)
    hits, wanted, said = (part.sum(axis=0).astype(float) for part in (right & given, right, given))
    columns = _shares(hits, said), _shares(hits, wanted), _shares(2 * hits, wanted + said), wanted, said
    return [
        {"label": name, "precision": p, "recall": r, "f1": f, "support": int(texts), "predicted": int(times)}
        for name, p, r, f, texts, times in zip(names, *(column.tolist() for column in columns), strict=True)
    ]


def confusion(gold: Labels, predicted: Labels, labels: Sequence[str]) -> dict[str, Any]:
    """Which label was given how often for which right one.

    Args:
        gold: Right labels, one a text at most.
        predicted: Labels given, one a text at most.
        labels: All labels known.

    Returns:
        ``labels``, ``matrix`` (right by given) and ``largest``, the mistakes as (right, given, times), most first.
    """
    _check(gold, predicted)
    pairs = Counter(
        (next(iter(one), NONE), next(iter(other), NONE)) for one, other in zip(gold, predicted, strict=True)
    )
    names = list(dict.fromkeys([*labels, *(name for pair in pairs for name in pair)]))
    matrix = [[pairs[right, given] for given in names] for right in names]
    mistakes = sorted((pair for pair in pairs if pair[0] != pair[1]), key=lambda pair: (-pairs[pair], pair))
    return {"labels": names, "matrix": matrix, "largest": [(*pair, pairs[pair]) for pair in mistakes]}


def compare_labels(first: Labels, second: Labels, gold: Labels) -> Comparison:
    """How much more often the first labels are all right than the second, in percent, text by text."""
    _check(gold, first)
    _check(gold, second)
    right = [[100.0 * (set(row) == set(one)) for row, one in zip(rows, gold, strict=True)] for rows in (first, second)]
    return compare_means(*right)


def none_scores(gold: Labels, predicted: Labels) -> dict[str, Score]:
    """``recall`` of texts without a label and ``false_alarms`` among the others, in percent; {} where all have one."""
    _check(gold, predicted)
    without = [not given for right, given in zip(gold, predicted, strict=True) if not right]
    others = [not given for right, given in zip(gold, predicted, strict=True) if right]
    if not without or not others:
        return {}
    return {
        "recall": rate_score(sum(without), len(without), signature="none:recall"),
        "false_alarms": rate_score(sum(others), len(others), signature="none:false_alarms"),
    }


def curves(probabilities_BC: np.ndarray, gold_BC: np.ndarray, labels: Sequence[str]) -> list[dict[str, Any]]:
    """ROC and precision-recall curves as charts of a report, with their areas.

    One curve over all pairs of text and label, and one for each of the commonest `SHOWN_LABELS` where there are more
    than two.

    Args:
        probabilities_BC: Of each label.
        gold_BC: 1 where a text has the label.
        labels: Their names.
    """
    from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_curve

    columns = {"all labels": (gold_BC.ravel().astype(bool), probabilities_BC.ravel())}
    if len(labels) > 2:
        for index in map(int, np.argsort(-gold_BC.sum(axis=0), kind="stable")[:SHOWN_LABELS]):
            columns[labels[index]] = (gold_BC[:, index].astype(bool), probabilities_BC[:, index])
    known = {name: pair for name, pair in columns.items() if pair[0].any() and not pair[0].all()}
    if "all labels" not in known:
        return []
    roc: dict[str, list[tuple[float, float]]] = {}
    precisions: dict[str, list[tuple[float, float]]] = {}
    for name, (right, likely) in known.items():
        false, true, _ = roc_curve(right, likely)
        precision, recall, _ = precision_recall_curve(right, likely)
        roc[f"{name} ({auc(false, true):.3f})"] = _thinned(false, true)
        precisions[f"{name} ({average_precision_score(right, likely):.3f})"] = _thinned(recall, precision)
    return [
        {"title": "ROC (area)", "x": "false positive rate", "y": "true positive rate", "lines": roc},
        {"title": "Precision and recall (area)", "x": "recall", "y": "precision", "lines": precisions},
    ]


def ranking(probabilities_BC: np.ndarray, gold_BC: np.ndarray) -> list[dict[str, float | None]]:
    """Of each label by itself the areas under its curves: ``roc_auc`` and ``average_precision``, 0 to 100.

    None where all texts have the label, or none.
    """
    from sklearn.metrics import average_precision_score, roc_auc_score

    return [
        {
            "roc_auc": 100 * float(roc_auc_score(right, likely)),
            "average_precision": 100 * float(average_precision_score(right, likely)),
        }
        if 0 < right.sum() < len(right)
        else {"roc_auc": None, "average_precision": None}
        for right, likely in zip(gold_BC.T.astype(bool), probabilities_BC.T, strict=True)
    ]


def _thinned(across: np.ndarray, up: np.ndarray) -> list[tuple[float, float]]:
    kept = np.unique(np.linspace(0, len(across) - 1, min(POINTS, len(across))).astype(int))
    return list(zip(across[kept].tolist(), up[kept].tolist(), strict=True))
