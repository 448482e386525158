"""A recipe's data, read as for training, audited: what is in them, what is wrong with them, what they will give."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from braid.auditing.data_audit import DataFacts, Finders, audit_data
from braid.auditing.data_repeats import NearPair
from braid.auditing.data_sample import MOST_ROWS
from braid.auditing.diagnosis import diagnose
from braid.auditing.leakage import Leakage, leakage
from braid.config.recipe import Recipe
from braid.data.example import Example
from braid.data.jobs import PARTS, jobs_of
from braid.data.kinds import kind_of
from braid.data.labels import label_text
from braid.data.lines import example_of
from braid.data.near import near_pairs
from braid.data.prepare import unsplit_data
from braid.data.row_columns import NEAR
from braid.errors import ConfigError, DataError
from braid.pipeline.baselines import baseline_of
from braid.pipeline.prepare import Dataset, prepare
from braid.text.variants import chinese_variant

PAGE = "audit.html"

_LEAKS = (b'{"rule": "leak"', b'{"rule": "near_leak"')
"""How the lines of such rejected rows begin; those of others, of which there may be millions, are not parsed."""

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
        given=_given(recipe),
        left_out=_left_out(dataset.data.folder / "rejects.jsonl"),
        class_weight=recipe.train.class_weight,
        finders=finders,
    )


def _unprepared(recipe: Recipe, folder: Path, prepared: Path, error: DataError, finders: Finders) -> DataFacts:
    """The cleaned rows as the files give them, parts that no file is named for left empty, and why they are not enough.

    A file that cannot be read raises its own error here as well.
    """
    config = recipe.data
    kept, report = unsplit_data(recipe, folder=folder, output=prepared)
    parts = _as_given(recipe, kept, folder, prepared)
    where = f" ({error.where})" if error.where else ""
    return DataFacts(
        name=recipe.name,
        task=recipe.task,
        parts=parts,
        report=report | {"splits": {part: len(rows) for part, rows in parts.items()}},
        folder=folder,
        languages=(config.source_language, config.target_language),
        none_label=label_text(config.none_label),
        problem=f"{error.message}{where}",
        given=_given(recipe),
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


def _given(recipe: Recipe) -> tuple[str, ...]:
    """The held-out parts that the person gave, as files or by a column of the rows."""
    if recipe.data.split_column:
        return ("valid", "test")
    return tuple(part for part in ("valid", "test") if getattr(recipe.data, part))


def _as_given(recipe: Recipe, rows: Sequence[Example], folder: Path, prepared: Path) -> dict[str, Sequence[Example]]:
    """Rows that could not be prepared by the part whose files they stand in, the first of several."""
    part_of: dict[str, str] = {}
    for job in jobs_of(recipe, folder=folder, output=prepared) if _given(recipe) else ():
        for file in job.portion.files:
            part_of.setdefault(file.name, job.part)
    parts: dict[str, list[Example]] = {part: [] for part in PARTS}
    for row in rows:
        parts[part_of.get(row.file, "train")].append(row)
    return {part: found for part, found in parts.items() if found or part == "train"}


def _left_out(path: Path) -> list[Example]:
    """Rows that preparation left out because they say what held-out ones do, so many as an audit looks at."""
    found: list[Example] = []
    try:
        with path.open("rb") as file:
            for line in file:
                if line.startswith(_LEAKS):
                    row = json.loads(line)
                    found.append(example_of({name: row[name] for name in row.keys() - {"rule", "detail"}}))
                if len(found) == MOST_ROWS:
                    break
    except (OSError, ValueError, TypeError):
        return []  # what else there is to say of the data does not depend on it
    return found
