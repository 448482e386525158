"""A recipe's data, read as for training, audited: what is in them, what is wrong with them, what they will give."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from braid.auditing.data_audit import DataFacts, Finders, audit_data
from braid.auditing.data_repeats import NearPair
from braid.auditing.diagnosis import diagnose
from braid.auditing.leakage import Leakage, leakage
from braid.config.recipe import Recipe
from braid.data.example import Example
from braid.data.jobs import PARTS
from braid.data.kinds import kind_of
from braid.data.labels import label_text
from braid.data.near import near_pairs
from braid.data.prepare import unsplit_data
from braid.data.row_columns import NEAR
from braid.errors import ConfigError, DataError
from braid.pipeline.baselines import baseline_of
from braid.pipeline.prepare import Dataset, prepare
from braid.text.variants import chinese_variant

PAGE = "audit.html"

NEIGHBORS = 16
"""Of many texts that are all alike, each is compared with so many."""


def check_auditable(path: Path) -> None:
    """Refuses what is no recipe and no data.

    Raises:
        ConfigError: It is a bundle.
    """
    if (path / "bundle.json").is_file():
        hint = f"audit the recipe or the data it was trained from; `braid evaluate {path}` scores the bundle"
        raise ConfigError("audit takes a recipe or a data file, got a bundle", where=str(path), hint=hint)


def audit(recipe: Recipe, *, folder: Path, prepared: Path, finders: Finders | None = None) -> dict[str, Any]:
    """What is found in a recipe's data, with a diagnosis, as plain data.

    Data that cannot be prepared (too few rows, nothing to hold out) are audited as they were read; ``problem`` says
    why.

    Args:
        recipe: Names the files and the rules.
        folder: Paths in the recipe are relative to it.
        prepared: Where prepared data are kept, as for `braid.pipeline.prepare.prepare`.
        finders: What looks for near duplicates, leaks and variants of Chinese.

    Raises:
        ConfigError: A language is missing, or no file is named.
        DataError: A file cannot be read.
        StorageError: The disk is full or refuses.

    Cost: About a minute for 25,000 sentence pairs on one core, the tokenizer that training needs anyway included.
    """
    try:
        dataset = prepare(recipe, folder=folder, output=prepared)
    except DataError as error:
        facts = _unprepared(recipe, folder, prepared, error, finders or _finders(recipe))
    else:
        facts = _prepared(recipe, dataset, finders or _finders(recipe))
    found = audit_data(facts)
    if found["baseline"] is None and "accuracy" in found.get("mislabeled", {}):
        found["baseline"] = _linear(found)
    return found | {"diagnosis": diagnose(found)}


def _prepared(recipe: Recipe, dataset: Dataset, finders: Finders) -> DataFacts:
    source = recipe.data.source_language or dataset.language
    return DataFacts(
        name=recipe.name,
        task=recipe.task,
        parts={part: getattr(dataset.data, part) for part in PARTS},
        report=dataset.data.report,
        folder=dataset.folder,
        languages=(source, recipe.data.target_language),
        none_label=label_text(recipe.data.none_label),
        tokenizer=dataset.tokenizer,
        baseline=baseline_of(recipe, dataset),
        class_weight=recipe.train.class_weight,
        finders=finders,
    )


def _unprepared(recipe: Recipe, folder: Path, prepared: Path, error: DataError, finders: Finders) -> DataFacts:
    """The cleaned rows of all parts together, and why they are not enough.

    A file that cannot be read raises its own error here as well.
    """
    config = recipe.data
    kept, report = unsplit_data(recipe, folder=folder, output=prepared)
    parts: dict[str, Sequence[Example]] = {"train": kept}
    where = f" ({error.where})" if error.where else ""
    return DataFacts(
        name=recipe.name,
        task=recipe.task,
        parts=parts,
        report=report | {"splits": {"train": len(kept)}},
        folder=folder,
        languages=(config.source_language, config.target_language),
        none_label=label_text(config.none_label),
        problem=f"{error.message}{where}",
        class_weight=recipe.train.class_weight,
        finders=finders,
    )


def _finders(recipe: Recipe) -> Finders:
    """What looks for near duplicates, leaks and variants of Chinese."""
    kind = kind_of(recipe)

    def near(texts: Sequence[str]) -> list[NearPair]:
        return near_pairs(texts, minhash=NEAR, most=NEIGHBORS)

    def leaks(train: Sequence[Example], held_out: Sequence[Example]) -> Leakage:
        return leakage(train, held_out, kind)

    return Finders(near=near, leaks=leaks, variant_of=_variant)


def _variant(texts: Sequence[str]) -> str:
    return chinese_variant(texts).name


def _linear(found: dict[str, Any]) -> dict[str, Any]:
    """The linear model's accuracy, with the interval that a test part of its size would have."""
    from braid.metrics.intervals import rate_score

    rows = max(1, found["data"]["splits"].get("test", 0))
    value = found["mislabeled"]["accuracy"]["value"]
    score = rate_score(round(rows * value / 100), rows, signature="")
    return {"name": "a linear model (cross-validation)", "metric": "accuracy", "value": value, "low": score.low,
            "high": score.high, "rows": rows, "where": "over all texts"}  # fmt: skip
