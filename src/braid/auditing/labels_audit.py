"""Labeled texts whose label is probably wrong, by confident learning.

A linear model gives every text probabilities without having seen it (cross-validation). A label's threshold t_j is the
mean probability of j over the texts that are called j; a text belongs for certain to the likeliest label that reaches
its threshold. Counted by given and by certain label, these make the confident joint; scaled to the number of texts of
each given label, what is off its diagonal estimates how many labels are wrong. We flag as many texts as are counted off
the diagonal unscaled, which is fewer and surer, and take those first whose given label is least likely beside the
likeliest, as a difference of log-probabilities: differences of probabilities, which the paper ranks by, put doubtful
texts above impossible ones (banking77 with one label in twenty replaced by lot: 76 % of the first 500 found are wrong
by these, 92 % by those). Several labels a text are several questions of two answers.

Deviations: thresholds of labels with few texts are so low that everything reaches them, so that a text belongs for
certain to another label only where that has `MIN_TEXTS` texts, as its own has, and a probability of `MIN_CHANCE`; and
none is flagged whose likeliest label is not `MIN_TIMES` as likely as its own. With 0, 2, 5 and 10 % of the labels
replaced by lot (texts, labels, accuracy of the model: precision and recall of what is flagged):

    banking77, 9,999, 77:          90 %, 93 flagged   88 %, 0.76, 0.89   85 %, 0.94, 0.81   80 %, 0.97, 0.76
    banking77, 4,000, 77:          86 %, 68 flagged   83 %, 0.50, 0.75   80 %, 0.69, 0.66   75 %, 0.87, 0.66
    snips, 13,579, 7:              99 %, 29 flagged   96 %, 0.95, 0.79   93 %, 0.98, 0.80   88 %, 0.99, 0.80
    xSID, 807, 15:                 94 %, 2 flagged    91 %, 1.00, 0.50   89 %, 1.00, 0.57   83 %, 0.98, 0.56
    home intents, 1,024, 33:       96 %, 0 flagged    94 %, 1.00, 0.20   91 %, 1.00, 0.35   86 %, 1.00, 0.41
    sentence polarity, 10,662, 2:  78 %, 204 flagged  76 %, 0.21, 0.26   74 %, 0.42, 0.23   70 %, 0.66, 0.19

`PRECISION` is what these say.

Paper: Northcutt et al. (2021), Confident learning: estimating uncertainty in dataset labels, sec. 3.1 and 3.2.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from braid.auditing.data_sample import quoted_row
from braid.data.example import Example
from braid.data.features import feature_counts
from braid.data.kinds import SEPARATOR
from braid.errors import DataError
from braid.metrics.folds import make_folds
from braid.metrics.intervals import rate_score

FOLDS = 4
STRENGTH = 4.0
"""Inverse L2 regularization."""
TOLERANCE, ROUNDS = 1e-4, 30
MOST_CELLS = 1_500_000
"""Training texts x labels of a fold; of more texts so many are drawn to learn from, and all are judged."""
MOST_WEIGHTS = 8_000_000
NUM_BUCKETS = 1 << 32
MIN_ACCURACY = 60.0
"""Of the linear model, in percent: below, what it finds odd is odd to it alone."""
MIN_GAIN = 0.2
"""Share of the texts without the largest label that it must get right beyond those with it."""
MIN_TEXTS, MIN_CHANCE, MIN_TIMES = 10, 0.3, 5.0
"""Texts of a label, probability of a text's likeliest other label, and how many times as likely as the given one that
is, from which on the text may be flagged."""
PRECISION = ((70.0, 0.2, 0.65), (76.0, 0.21, 0.87), (83.0, 0.5, 0.97), (88.0, 0.76, 0.99), (96.0, 0.95, 0.99))
"""Accuracy of the linear model, and the share of flagged labels that were wrong where 2 and where 10 % had been
replaced; between these it is interpolated."""
MIN_F1 = 0.7
"""The same for one of several labels."""
LISTED = 200
LEAST = 1e-6
SEED = 1

_UNUSABLE = {"is_usable": False, "flagged": 0, "estimated": 0, "suspects": []}


def mislabeled_rows(rows: Sequence[Example], none_label: str = "") -> dict[str, Any]:
    """Texts whose label is probably wrong, the likeliest first.

    Args:
        rows: Texts as sources, labels as targets.
        none_label: The label of texts that belong to no other.

    Returns:
        ``rows``; ``is_usable`` (there are enough of two labels at least), with ``reason`` where not; for one
        label a text, ``accuracy`` of the linear model in cross-validation with its interval, ``precision``,
        between which shares of the flagged labels such a model was right (see `PRECISION`), and ``too_few``,
        the labels with too few texts for it to judge; ``estimated`` wrong labels by the scaled joint and
        ``flagged`` ones; ``suspects``, each with ``file``, ``line``, ``source``, ``target``, ``given`` and
        ``likely`` labels, their probabilities ``p_given`` and ``p_likely``, ``score`` and ``reasons``; and
        ``confusions``, the labels most often taken for each other, as ``given``, ``likely`` and ``rows``.

    Cost: 16 s for 10,000 texts of 12 words with 77 labels, 5 s for 14,000 with seven; linear in texts x labels, and
        in texts alone from 1.5 million of these products on.
    """
    given = [set(row.target.split(SEPARATOR)) - {none_label, ""} for row in rows]
    names = sorted(set().union(*given))
    is_multilabel = any(len(labels) > 1 for labels in given) or (none_label != "" and any(not one for one in given))
    if len(names) < 2 and not is_multilabel:
        return {"rows": len(rows), "reason": f"{len(names)} label", **_UNUSABLE}
    place = {name: index for index, name in enumerate(names)}
    gold_BC = np.zeros((len(rows), len(names)), bool)
    for row, labels in enumerate(given):
        gold_BC[row, [place[label] for label in labels]] = True
    try:
        chances_BC = _out_of_fold(rows, gold_BC, is_multilabel=is_multilabel)
    except DataError as error:
        return {"rows": len(rows), "reason": error.message, **_UNUSABLE}
    if is_multilabel:
        judged = [_f1(gold_BC[:, label], chances_BC[:, label] > 0.5) >= MIN_F1 for label in range(len(names))]
        if not any(judged):
            reason = f"a linear model reaches F1 {MIN_F1} for none of the {len(names)} labels"
            return {"rows": len(rows), "reason": reason, **_UNUSABLE}
        found = _of_several(gold_BC, chances_BC, np.flatnonzero(judged).tolist())
        return _told(rows, names, found, chances_BC) | {"judged": sum(judged), "labels": len(names)}
    accuracy = _accuracy(gold_BC, chances_BC)
    largest = 100 * float(gold_BC.mean(axis=0).max())
    if accuracy["value"] < max(MIN_ACCURACY, largest + MIN_GAIN * (100 - largest)):
        reason = f"a linear model is right for only {accuracy['value']:.0f} % of the texts, the largest label for "
        reason += f"{largest:.0f} %"
        return {"rows": len(rows), "reason": reason, "accuracy": accuracy, **_UNUSABLE}
    found = _told(rows, names, _of_one(gold_BC, chances_BC), chances_BC)
    few = [names[label] for label in np.flatnonzero(gold_BC.sum(axis=0) < MIN_TEXTS)]
    return found | {"accuracy": accuracy, "precision": _precision(accuracy["value"]), "too_few": few}


def _out_of_fold(rows: Sequence[Example], gold_BC: np.ndarray, *, is_multilabel: bool) -> np.ndarray:
    """Probabilities of every label by a model that did not see the text, (texts, labels)."""
    texts, keys = [row.source for row in rows], [row.target for row in rows]
    groups = [row.group or f"\0{place}" for place, row in enumerate(rows)]
    folds = make_folds(keys, groups, FOLDS, seed=SEED)
    matrix = text_matrix(texts, gold_BC.shape[1])
    chances_BC = np.zeros(gold_BC.shape, np.float32)
    random = np.random.default_rng(SEED)
    for held in folds:
        others = np.setdiff1d(np.arange(len(rows)), held, assume_unique=True)
        most = max(1000, MOST_CELLS // gold_BC.shape[1])
        if len(others) > most:
            others = np.sort(random.choice(others, most, replace=False))
        fitted = _fit_several if is_multilabel else fit_one
        chances_BC[held] = fitted(matrix[others], gold_BC[others], matrix[held])
    return chances_BC


def text_matrix(texts: Sequence[str], num_labels: int, num_learned: int | None = None) -> Any:
    """TF-IDF of words, pairs of words and pieces of words, (texts, features).

    Args:
        texts: What is learned from, and after it what is judged only.
        num_labels: More of them, fewer features.
        num_learned: How many texts are learned from, all when not given: what stands in fewer than two of them is left
            out, and they alone say how much a feature weighs.
    """
    import scipy.sparse
    from sklearn.feature_extraction.text import TfidfTransformer

    num_learned = len(texts) if num_learned is None else num_learned
    found = feature_counts(texts, NUM_BUCKETS)
    buckets, columns = np.unique(found.buckets, return_inverse=True)
    num_texts = np.bincount(columns[: found.starts[num_learned]], minlength=len(buckets))
    shape = (len(texts), len(buckets))
    counts = scipy.sparse.csr_matrix((found.counts.astype(np.float32), columns, found.starts), shape=shape)
    order = np.argsort(-num_texts, kind="stable")[: max(1, MOST_WEIGHTS // num_labels)]
    chosen = np.sort(order[num_texts[order] >= min(2, int(num_texts.max(initial=1)))])
    counts = counts[:, chosen]
    return TfidfTransformer(sublinear_tf=True).fit(counts[:num_learned]).transform(counts)


def _regression(matrix: Any, target: np.ndarray) -> Any:
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    # One thread: its vectors are short, and two threads wait for each other, ten times as long beside other work.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one that has not quite converged does as well
        return LogisticRegression(C=STRENGTH, tol=TOLERANCE, max_iter=ROUNDS).fit(matrix, target)


def fit_one(matrix: Any, gold_BC: np.ndarray, asked: Any) -> np.ndarray:
    """Probabilities of labels for texts, by a linear model of others with one label each, (texts, labels).

    Args:
        matrix: Features of the texts learned from.
        gold_BC: Their labels.
        asked: Features of the texts judged.
    """
    target = gold_BC.argmax(axis=1)
    chances_BC = np.zeros((asked.shape[0], gold_BC.shape[1]))
    if (target == target[0]).all():
        chances_BC[:, target[0]] = 1
        return chances_BC
    model = _regression(matrix, target)
    chances_BC[:, model.classes_] = model.predict_proba(asked)
    return chances_BC


def _fit_several(matrix: Any, gold_BC: np.ndarray, asked: Any) -> np.ndarray:
    chances_BC = np.zeros((asked.shape[0], gold_BC.shape[1]))
    for label in range(gold_BC.shape[1]):
        target = gold_BC[:, label]
        if (target == target[0]).all():
            chances_BC[:, label] = float(target[0])
        else:
            chances_BC[:, label] = _regression(matrix, target).predict_proba(asked)[:, 1]
    return chances_BC


Suspect = tuple[int, int, int, float]
"""Row, given label, likely label (-1 for "not this one"), and by how many nats the likely one is likelier."""


def _of_one(gold_BC: np.ndarray, chances_BC: np.ndarray) -> tuple[int, list[Suspect]]:
    """The estimated number of wrong labels, and the texts, for one label a text."""
    given, number = gold_BC.argmax(axis=1), gold_BC.sum(axis=0)
    every = np.arange(len(given))
    others_BC = np.where(number >= MIN_TEXTS, chances_BC, 0)
    others_BC[every, given] = -1
    likely = others_BC.argmax(axis=1)
    chance = others_BC[every, likely]
    is_judged = (number[given] >= MIN_TEXTS) & (chance >= MIN_CHANCE)
    scaled, counted = _joint(given, chances_BC, is_judged)
    nats = np.log(np.maximum(chance, 0) + LEAST) - np.log(chances_BC[every, given] + LEAST)
    odd = np.flatnonzero(is_judged & (nats > np.log(MIN_TIMES)))
    order = odd[np.argsort(-nats[odd], kind="stable")][:counted]
    return scaled, [(int(row), int(given[row]), int(likely[row]), float(nats[row])) for row in order]


def _precision(accuracy: float) -> list[float]:
    """Which share of the flagged labels may be wrong, from and to, by the linear model's accuracy."""
    known, *ends = zip(*PRECISION, strict=True)
    return [round(float(np.interp(accuracy, known, end)), 2) for end in ends]


def _joint(given: np.ndarray, chances_BC: np.ndarray, is_judged: np.ndarray | None = None) -> tuple[int, int]:
    """What is off the confident joint's diagonal: scaled to the number of texts of each given label, and as counted.

    Where it is said which texts may be judged, others are never off it.
    """
    num_labels = chances_BC.shape[1]
    number = np.bincount(given, minlength=num_labels)
    own = np.bincount(given, chances_BC[np.arange(len(given)), given], minlength=num_labels)
    is_known = number >= (1 if is_judged is None else MIN_TEXTS)
    thresholds = np.where(is_known, own / np.maximum(number, 1), np.inf)
    reached_BC = np.where(chances_BC >= thresholds, chances_BC, -1)
    found = reached_BC.argmax(axis=1)
    is_certain = reached_BC.max(axis=1) >= 0
    if is_judged is not None:
        is_certain &= is_judged | (found == given)
    joint = np.zeros((num_labels, num_labels))
    np.add.at(joint, (given[is_certain], found[is_certain]), 1)
    wrong = joint.sum(axis=1) - joint.diagonal()
    scaled = wrong / np.maximum(joint.sum(axis=1), 1) * number
    return round(float(scaled.sum())), round(float(wrong.sum()))


def _of_several(gold_BC: np.ndarray, chances_BC: np.ndarray, judged: Sequence[int]) -> tuple[int, list[Suspect]]:
    """The same for any number of labels a text: each of those that the model can judge is a question of its own."""
    scaled = 0
    suspects: list[Suspect] = []
    for label in judged:
        given = gold_BC[:, label].astype(np.int64)
        pair_BC = np.stack([1 - chances_BC[:, label], chances_BC[:, label]], axis=1)
        estimate, number = _joint(given, pair_BC)
        scaled += estimate
        odds = np.log(pair_BC[:, 1] + LEAST) - np.log(pair_BC[:, 0] + LEAST)
        nats = np.where(given == 1, -odds, odds)
        for row in np.argsort(-nats, kind="stable")[:number].tolist():
            has = given[row] == 1
            if nats[row] > 0:
                suspects.append((row, label if has else -1, -1 if has else label, float(nats[row])))
    return scaled, sorted(suspects, key=lambda suspect: -suspect[3])


def _f1(gold: np.ndarray, called: np.ndarray) -> float:
    return 2 * int((gold & called).sum()) / max(1, int(gold.sum() + called.sum()))


def _accuracy(gold_BC: np.ndarray, chances_BC: np.ndarray) -> dict[str, float]:
    hits = int((chances_BC.argmax(axis=1) == gold_BC.argmax(axis=1)).sum())
    score = rate_score(hits, len(gold_BC), signature="").to_dict()
    return {name: round(float(score[name]), 2) for name in ("value", "low", "high")}


def _told(
    rows: Sequence[Example], names: Sequence[str], found: tuple[int, list[Suspect]], chances_BC: np.ndarray
) -> dict[str, Any]:
    estimated, suspects = found
    confusions: dict[tuple[str, str], int] = {}
    listed = []
    for rank, (row, given, likely, nats) in enumerate(suspects):
        shown = [names[label] if label >= 0 else "" for label in (given, likely)]
        confusions[shown[0], shown[1]] = confusions.get((shown[0], shown[1]), 0) + 1
        if rank < LISTED:
            chances = [float(chances_BC[row, label]) if label >= 0 else 0.0 for label in (given, likely)]
            listed.append(_suspect(rows[row], shown, chances, nats))
    most = sorted(confusions.items(), key=lambda item: (-item[1], item[0]))[:20]
    return {
        "rows": len(rows),
        "is_usable": True,
        "estimated": estimated,
        "flagged": len(suspects),
        "suspects": listed,
        "confusions": [{"given": one, "likely": other, "rows": number} for (one, other), number in most],
    }


def _suspect(row: Example, labels: Sequence[str], chances: Sequence[float], nats: float) -> dict[str, Any]:
    (given, likely), (p_given, p_likely) = labels, chances
    if given and likely:
        reason = f"called {given} ({100 * p_given:.1f} % likely), looks like {likely} ({100 * p_likely:.0f} %)"
    elif given:
        reason = f"called {given}, which is {100 * p_given:.1f} % likely"
    else:
        reason = f"not called {likely}, which is {100 * p_likely:.0f} % likely"
    return quoted_row(row) | {
        "given": given,
        "likely": likely,
        "p_given": round(p_given, 4),
        "p_likely": round(p_likely, 4),
        "score": round(nats, 3),
        "reasons": [reason],
    }
