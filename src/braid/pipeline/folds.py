"""Cross-validation: a classifier trained once for each fold on all others, scored on the texts that it never saw."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from braid.config.recipe import Recipe
from braid.data.example import Example
from braid.data.split import text_key
from braid.errors import ConfigError
from braid.metrics.classification import classification_scores
from braid.metrics.folds import make_folds
from braid.metrics.score import verdict
from braid.pipeline.evaluation import systems_of
from braid.pipeline.places import places_of
from braid.pipeline.prepare import Dataset, learn_tokenizer, prepare
from braid.pipeline.train import TrainOptions, train_dataset
from braid.storage import locked

if TYPE_CHECKING:
    from braid.training.log import RunLog

VALID_SHARE = 0.1


def cross_validate(recipe: Recipe, options: TrainOptions, log: RunLog, num_folds: int) -> dict[str, Any]:
    """Scores over all texts, each by the model that did not see it, with mean and spread over the folds.

    Each fold takes as long as the recipe says. No bundle is written.

    Args:
        recipe: Of a classifier; its own split into parts is not used.
        options: As for training.
        log: Who hears of it.
        num_folds: At least 2.

    Returns:
        ``systems`` by name with scores on all texts, ``verdict`` on them, ``folds`` with those of each fold,
        ``spread`` with mean and standard deviation over the folds by metric, ``examples`` their number.

    Raises:
        ConfigError: The recipe is for another task.
        DataError: There are too few texts for so many folds.
    """
    if recipe.task != "classify":
        raise ConfigError(f'--folds is for the task "classify", got "{recipe.task}"')
    with locked(options.places.lock, "another run works here"):
        dataset = prepare(recipe, folder=options.folder, output=options.places.prepared)
        rows = [row for part in ("train", "valid", "test") for row in getattr(dataset.data, part)]
        labels = [row.target for row in rows]
        groups = [row.group or text_key(row.source) for row in rows]
        folds = make_folds(labels, groups, num_folds, seed=recipe.data.split_seed)
        found = []
        for number, held in enumerate(folds, 1):
            log.say(
                f"fold {number} of {num_folds}: {len(rows) - len(held):,} texts to learn from, {len(held):,} held out"
            )
            found.append(_fold(recipe, options, dataset, rows, held, log))
    return _pooled(found)


def _fold(
    recipe: Recipe, options: TrainOptions, dataset: Dataset, rows: Sequence[Example], held: np.ndarray, log: RunLog
) -> dict[str, Any]:
    """The evaluation of a model trained on everything but the held rows."""
    is_held = np.zeros(len(rows), bool)
    is_held[held] = True
    others = [row for row, out in zip(rows, is_held.tolist(), strict=True) if not out]
    order = np.random.default_rng([recipe.data.split_seed, len(held), int(held[0])]).permutation(len(others))
    count = max(1, min(recipe.data.valid_rows, int(VALID_SHARE * len(others))))
    valid = set(order[:count].tolist())
    data = dataclasses.replace(
        dataset.data,
        train=[row for index, row in enumerate(others) if index not in valid],
        valid=[row for index, row in enumerate(others) if index in valid],
        test=[rows[index] for index in held.tolist()],
    )
    fold = dataclasses.replace(dataset, data=data, tokenizer=learn_tokenizer(recipe, data))
    places = places_of(options.places.work / "fold")
    try:
        result = train_dataset(recipe, dataclasses.replace(options, places=places), fold, log)
    finally:
        for folder in (places.bundle, places.work):
            shutil.rmtree(folder, ignore_errors=True)
    return result["evaluation"]


def _pooled(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All folds together."""
    names = [system["name"] for system in found[0]["systems"]]
    examples = [row for evaluation in found for row in evaluation["examples"]]
    gold = [tuple(row["gold"]) for row in examples]
    labels = sorted({label for row in gold for label in row})
    is_multilabel = "exact_match" in found[0]["systems"][0]["scores"]
    outputs = {
        name: [tuple(given) for evaluation in found for given in evaluation["outputs"][place]]
        for place, name in enumerate(names)
    }
    scores = {
        name: classification_scores(gold, given, labels=labels, is_multilabel=is_multilabel)
        for name, given in outputs.items()
    }
    spread = {}
    for place, name in enumerate(names):
        by_metric = {
            metric: [evaluation["systems"][place]["scores"][metric]["value"] for evaluation in found]
            for metric in found[0]["systems"][place]["scores"]
        }
        spread[name] = {
            metric: {"mean": float(np.mean(values)), "standard_deviation": float(np.std(values, ddof=1))}
            for metric, values in by_metric.items()
        }
    systems = systems_of(scores)
    return {
        "task": "classify",
        "systems": systems,
        "verdict": verdict(systems),
        "folds": [evaluation["systems"] for evaluation in found],
        "spread": spread,
        "examples": len(examples),
    }
