"""Cross-validation: a classifier trained once for each fold on all others, scored on the texts that it never saw."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from braid.config.recipe import Recipe
from braid.data.example import Example
from braid.data.kinds import kind_of
from braid.data.split import groups
from braid.errors import CheckpointError, ConfigError
from braid.layers.backend import choose_backend
from braid.metrics.classification import classification_scores
from braid.metrics.folds import make_folds
from braid.metrics.score import verdict
from braid.pipeline.evaluation import systems_of
from braid.pipeline.places import places_of
from braid.pipeline.prepare import Dataset, learn_tokenizer, prepare
from braid.pipeline.train import TrainOptions, check_unfinished, run_identity, train_dataset
from braid.storage import atomic_file, locked
from braid.training.checkpoint import FORMAT, check_identity, has_checkpoint

if TYPE_CHECKING:
    from braid.training.log import RunLog

VALID_SHARE = 0.1


def cross_validate(recipe: Recipe, options: TrainOptions, log: RunLog, num_folds: int) -> dict[str, Any]:
    """Scores over all texts, each by the model that did not see it, with mean and spread over the folds.

    Each fold takes as long as the recipe says. No bundle is written. Groups that a person named, and equal texts, are
    never parted, neither by folds nor by validation; where groups are named, intervals are over groups. Folds that are
    done are kept until the last one is, so that an unfinished cross-validation can be resumed like a training run.

    Args:
        recipe: Of a classifier; its own split into parts is not used.
        options: As for training.
        log: Who hears of it.
        num_folds: At least 2.

    Returns:
        ``systems`` by name with scores on all texts, ``verdict`` on them, ``folds`` with those of each fold,
        ``spread`` with mean and standard deviation over the folds by metric, ``examples`` their number.

    Raises:
        CheckpointError: An unfinished one is saved here, or one of another recipe or other data is to be resumed.
        ConfigError: The recipe is for another task.
        DataError: There are too few texts for so many folds.
    """
    if recipe.task != "classify":
        raise ConfigError(f'--folds is for the task "classify", got "{recipe.task}"')
    with locked(options.places.lock, "another run works here"):
        kept = options.places.folds
        check_unfinished(options, is_saved=_is_saved(kept), where=kept)
        dataset = prepare(recipe, folder=options.folder, output=options.places.prepared)
        options.places.claim()
        rows = [row for part in ("train", "valid", "test") for row in getattr(dataset.data, part)]
        labels = [row.target for row in rows]
        numbers = _group_numbers(rows, kind_of(recipe).joined_by)
        folds = make_folds(labels, numbers, num_folds, seed=recipe.data.split_seed)
        if options.restart:  # only now: data that cannot be read cost nothing
            shutil.rmtree(kept, ignore_errors=True)
        identity = {"folds": num_folds, **run_identity(recipe, dataset, choose_backend())}
        found = []
        for number, held in enumerate(folds, 1):
            log.say(
                f"fold {number} of {num_folds}: {len(rows) - len(held):,} texts to learn from, {len(held):,} held out"
            )
            found.append(_fold(recipe, options, dataset, _Fold(number, rows, numbers, held), identity, log))
        shutil.rmtree(kept, ignore_errors=True)
    is_grouped = any(row.group for row in rows)
    return _pooled(found, [numbers[row] for held in folds for row in held.tolist()] if is_grouped else ())


def _is_saved(kept: Path) -> bool:
    """Whether a fold is done there, or one can be resumed."""
    return any(kept.glob("fold-*.json")) or any(map(has_checkpoint, kept.glob("fold-*.work/checkpoints")))


def _group_numbers(rows: Sequence[Example], sides: tuple[str, ...]) -> list[str]:
    """For each row the number of its group: rows that share a text or what the person named are in one."""
    place = {id(row): str(number) for number, group in enumerate(groups(rows, sides)) for row in group}
    return [place[id(row)] for row in rows]


@dataclass(frozen=True)
class _Fold:
    """Its number, all rows with the numbers of their groups, and which are held out."""

    number: int
    rows: Sequence[Example]
    groups: Sequence[str]
    held: np.ndarray


def validation_rows(groups: Sequence[str], count: int, random: np.random.Generator) -> set[int]:
    """About ``count`` places at most, of whole groups drawn by lot; of the smallest group where all are larger.

    Of one single group, which cannot be parted otherwise, single places are drawn.
    """
    members: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(group, []).append(place)
    if len(members) == 1:
        return set(random.permutation(len(groups))[:count].tolist())
    taken: set[int] = set()
    drawn = list(members.values())
    for number in random.permutation(len(drawn)).tolist():
        if len(taken) + len(drawn[number]) <= count:
            taken.update(drawn[number])
    return taken or set(min(drawn, key=len))


def _fold(
    recipe: Recipe, options: TrainOptions, dataset: Dataset, fold: _Fold, identity: dict[str, Any], log: RunLog
) -> dict[str, Any]:
    """The fold's evaluation: as it was kept, or of a model that is trained now and forgotten."""
    name = f"fold-{fold.number}"
    result, places = options.places.folds / f"{name}.json", places_of(options.places.folds / name)
    if options.resume and result.exists():
        try:
            saved = json.loads(result.read_text(encoding="utf-8"))
            check_identity(result, saved, identity)
            log.say("done before")
            return saved["evaluation"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            hint = "delete this file to train the fold again"
            raise CheckpointError(f"the fold cannot be read: {error}", where=str(result), hint=hint) from error
    resume = options.resume and has_checkpoint(places.checkpoints)
    ready = dataclasses.replace(options, places=places, resume=resume, restart=not resume)
    evaluation = train_dataset(recipe, ready, _parted(recipe, dataset, fold), log)["evaluation"]
    kept = {key: evaluation[key] for key in ("systems", "examples", "outputs")}
    with atomic_file(result) as file:
        file.write(json.dumps({"format": FORMAT, "identity": identity, "evaluation": kept}).encode())
    for folder in (places.bundle, places.work):
        shutil.rmtree(folder, ignore_errors=True)
    return kept


def _parted(recipe: Recipe, dataset: Dataset, fold: _Fold) -> Dataset:
    """The held rows as test part, a tenth of the others for validation, and subwords of the rest alone."""
    rows, held = fold.rows, fold.held
    is_held = np.zeros(len(rows), bool)
    is_held[held] = True
    others = np.flatnonzero(~is_held).tolist()
    count = max(1, min(recipe.data.valid_rows, int(VALID_SHARE * len(others))))
    random = np.random.default_rng([recipe.data.split_seed, len(held), int(held[0])])
    valid = validation_rows([fold.groups[row] for row in others], count, random)
    data = dataclasses.replace(
        dataset.data,
        train=[rows[row] for place, row in enumerate(others) if place not in valid],
        valid=[rows[row] for place, row in enumerate(others) if place in valid],
        test=[rows[index] for index in held.tolist()],
    )
    return dataclasses.replace(dataset, data=data, tokenizer=learn_tokenizer(recipe, data))


def _pooled(found: Sequence[dict[str, Any]], numbers: Sequence[str]) -> dict[str, Any]:
    """All folds together; intervals over groups where texts have numbers of them."""
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
        name: classification_scores(gold, given, labels=labels, is_multilabel=is_multilabel, groups=numbers)
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
