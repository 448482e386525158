"""Pairs whose sides do not belong together, found by what the data themselves teach.

Some rows are given another row's target, half of them a neighbor's; a logistic regression learns to tell these from the
rows as they are, by which words go together (`braid.auditing.word_links`), lengths, numbers and shared words. Every row
is judged by a regression that did not see it. Few rows may be wrong: they spoil the lesson little.

How many are: with s(x) the chance that a row is one of those we mixed up, rows that no right pair looks like have the
density pi n(x), n being that of mixed pairs; so pi is the share of the rows beyond a limit over the share of the mixed
pairs beyond it, at the limit that nine tenths of these exceed.

Paper: Blanchard et al. (2010), Semi-supervised novelty detection, for the share; the mixing is ours.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from braid.auditing.data_sample import SEED, quoted_row
from braid.auditing.word_links import WordLinks, link_words, tokens_of
from braid.data.example import Example
from braid.text.normalize import display_width
from braid.text.shapes import HALF_WIDTH

MIN_ROWS = 200
"""With fewer nothing can be learned from them."""
MIN_AUC = 0.85
"""How well mixed pairs must be told from the data's own for its findings to be told."""
REACHED = 0.9
"""The share of mixed pairs beyond the limit at which wrong ones are counted."""
SLACK = 8
"""Columns added to both sides before their ratio is taken."""
WIDEST = 8.0
LISTED = 200
"""Rows told at most, and so many of those that look worst where fewer look wrong."""
LEAST_LISTED = 20
NEIGHBORS = (-3, -2, -1, 1, 2, 3)
FITS = 0.1
"""Chance of being mixed up under which a neighbor's target is said to fit better."""

_NUMBER = re.compile(r"\d+")


def _sides(rows: Sequence[Example]) -> tuple[list[str], list[str]]:
    return [row.source for row in rows], [row.target for row in rows]


class _Pairs:
    """Rows in the order of the files, and what is known of any source beside any target."""

    def __init__(self, rows: Sequence[Example]) -> None:
        self.rows = rows
        sides = [[link_words(text) for text in texts] for texts in _sides(rows)]
        self._words = [[frozenset(words) for words in side] for side in sides]
        self._links = WordLinks.fit(tokens_of(sides[0]), tokens_of(sides[1]))
        self._numbers = [
            [frozenset(_NUMBER.findall(text.translate(HALF_WIDTH))) for text in texts] for texts in _sides(rows)
        ]
        widths = [[display_width(text) + SLACK for text in texts] for texts in _sides(rows)]
        self._widths = np.log(np.array(widths, float))
        ratios = self._widths[1] - self._widths[0]
        self.usual_ratio = float(np.median(ratios))
        self._spread = 1.4826 * float(np.median(np.abs(ratios - self.usual_ratio))) + 0.01

    def facts(self, sources: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """What tells whether sources and targets belong together, (pairs, 11)."""
        evidence = self._links.evidence(sources, targets)
        shared, numbers, has_numbers = np.zeros((3, len(sources)))
        for place, (source, target) in enumerate(zip(sources.tolist(), targets.tolist(), strict=True)):
            one, other = self._words[0][source], self._words[1][target]
            shared[place] = len(one & other) / max(1, min(len(one), len(other)))
            one, other = self._numbers[0][source], self._numbers[1][target]
            numbers[place] = len(one ^ other) / max(1, len(one | other))
            has_numbers[place] = bool(one) and bool(other)
        sizes = [np.log1p(tokens.lengths[rows]) for tokens, rows in
                 ((self._links.source, sources), (self._links.target, targets))]  # fmt: skip
        return np.column_stack([evidence, self.oddness(sources, targets), numbers, has_numbers, shared, *sizes])

    def oddness(self, sources: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """How many usual deviations the ratio of widths is from the usual one, 8 at most."""
        ratios = self._widths[1][targets] - self._widths[0][sources]
        return np.minimum(np.abs(ratios - self.usual_ratio) / self._spread, WIDEST)

    def times_off(self, row: int) -> float:
        """How many times the target is longer or shorter than its source would have it."""
        return float(np.exp(abs(self._widths[1][row] - self._widths[0][row] - self.usual_ratio)))

    def numbers_apart(self, row: int) -> tuple[list[str], list[str]]:
        """The numbers that only the source has, and those that only the target has."""
        one, other = self._numbers[0][row], self._numbers[1][row]
        return sorted(one - other), sorted(other - one)


def misaligned_pairs(rows: Sequence[Example], seed: int = SEED) -> dict[str, Any]:
    """Pairs that look as if their sides did not belong together, the likeliest first.

    Args:
        rows: Of all parts.
        seed: Changes which rows are mixed for the lesson.

    Returns:
        ``rows`` judged; ``auc``, how well mixed pairs are told from the data's own (1 is always, 0.5 never);
        ``is_usable``; ``estimated_share`` and ``estimated`` rows that are wrong; and ``suspects``, each with ``file``,
        ``line``, ``source``, ``target``, ``score`` (0 to 1), ``is_flagged`` (it is among the estimated number) and
        ``reasons``. Too few rows bring ``rows`` and ``is_usable`` alone.

    Cost: 15 s for 30,000 pairs of 25 words, 4 s for short ones, on one core.
    """
    ordered = sorted(rows, key=lambda row: (row.file, row.line))
    if len(ordered) < MIN_ROWS:
        return {"rows": len(ordered), "is_usable": False}
    pairs = _Pairs(ordered)
    random = np.random.default_rng(seed)
    every = np.arange(len(ordered))
    mixed = _mixed(ordered, random)
    kept = every[mixed >= 0]
    if len(kept) < MIN_ROWS // 2:  # nearly all targets are the same
        return {"rows": len(ordered), "is_usable": False}
    facts, others = pairs.facts(every, every), pairs.facts(kept, mixed[kept])
    judges = _Judges(facts, others, kept, random.integers(0, 2, len(every)))
    fold = judges.fold
    scores, mixed_scores = judges.chances(facts, fold), judges.chances(others, fold[kept])
    auc = _auc(scores, mixed_scores)
    limit = np.quantile(mixed_scores, 1 - REACHED)
    share = float(min(1.0, (scores >= limit).mean() / REACHED))
    estimated = round(share * len(ordered))
    is_usable = auc >= MIN_AUC
    order = np.argsort(-scores, kind="stable")[: min(LISTED, max(LEAST_LISTED, estimated))].tolist()
    return {
        "rows": len(ordered),
        "auc": round(auc, 4),
        "is_usable": is_usable,
        "estimated_share": round(share, 5),
        "estimated": estimated,
        "suspects": [
            quoted_row(ordered[row])
            | {
                "score": round(float(scores[row]), 4),
                "is_flagged": rank < estimated,
                "reasons": _reasons(pairs, judges, row, facts[row]),
            }
            for rank, row in enumerate(order)
        ]
        if is_usable
        else [],
    }


def _mixed(rows: Sequence[Example], random: np.random.Generator) -> np.ndarray:
    """For each row another whose target it gets, half of them near; -1 where that target is the same."""
    size = len(rows)
    others = (np.arange(size) + random.choice(NEIGHBORS, size)) % size
    others = np.where(random.random(size) < 0.5, others, random.integers(0, size, size))
    is_same = [rows[one].target == rows[other].target for one, other in enumerate(others.tolist())]
    return np.where(is_same, -1, others)


class _Judges:
    """Two regressions, each learned from one half of the rows and of the mixed pairs."""

    def __init__(self, facts: np.ndarray, mixed: np.ndarray, kept: np.ndarray, fold: np.ndarray) -> None:
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import PolynomialFeatures, StandardScaler
        from threadpoolctl import threadpool_limits

        self.fold, self._models = fold, []
        for half in (0, 1):
            ours, theirs = facts[fold != half], mixed[fold[kept] != half]
            labels = np.repeat([0, 1], [len(ours), len(theirs)])
            squares = PolynomialFeatures(2, include_bias=False)
            model = make_pipeline(StandardScaler(), squares, LogisticRegression(C=0.1, max_iter=300))
            with threadpool_limits(1), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # one that has not quite converged does as well
                self._models.append(model.fit(np.concatenate([ours, theirs]), labels))

    def chances(self, facts: np.ndarray, fold: np.ndarray) -> np.ndarray:
        """The chance of each pair to be a mixed one, by the regression that did not see its half."""
        found = np.zeros(len(facts))
        for half, model in enumerate(self._models):
            if (fold == half).any():
                found[fold == half] = model.predict_proba(facts[fold == half])[:, 1]
        return found


def _auc(scores: np.ndarray, mixed: np.ndarray) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(np.repeat([0, 1], [len(scores), len(mixed)]), np.concatenate([scores, mixed])))


def _reasons(pairs: _Pairs, judges: _Judges, row: int, facts: np.ndarray) -> list[str]:
    """Why a pair looks wrong, in words."""
    found = []
    if (better := _better(pairs, judges, row)) is not None:
        found.append(f"the target of line {pairs.rows[better].line} fits this source")
    explained = max(facts[1], facts[4])
    if explained < 0.5:
        share = f"only {100 * explained:.0f} %" if explained else "none"
        found.append(f"{share} of its words have a usual partner on the other side")
    if (times := pairs.times_off(row)) >= 1.8:
        found.append(f"lengths are {times:.1f} times off what is usual here")
    only_source, only_target = pairs.numbers_apart(row)
    if only_source or only_target:
        one, other = (", ".join(numbers[:4]) or "none" for numbers in (only_source, only_target))
        found.append(f"numbers differ: {one} / {other}")
    return found or ["its words seldom go together here"]


def _better(pairs: _Pairs, judges: _Judges, row: int) -> int | None:
    """The neighbor in the same file whose target fits the source, if there is one."""
    places = [row + step for step in NEIGHBORS if 0 <= row + step < len(pairs.rows)]
    places = [place for place in places if pairs.rows[place].file == pairs.rows[row].file]
    if not places:
        return None
    facts = pairs.facts(np.full(len(places), row), np.array(places))
    chances = judges.chances(facts, np.full(len(places), judges.fold[row]))
    best = int(chances.argmin())
    return places[best] if chances[best] < FITS else None
