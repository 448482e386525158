"""A recipe for files one has: by looking at what they say about themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from braid.config.loading import builtin_recipe, load_recipe, make_recipe
from braid.config.recipe import TASKS, DataConfig, Recipe
from braid.data.formats import FileFacts
from braid.data.formats.hub import hub_name, is_hub_name
from braid.data.formats.read import inspect_files
from braid.data.kinds import KINDS
from braid.errors import ConfigError
from braid.pipeline.looking import check_languages, find_columns
from braid.text.languages import canonical
from braid.text.matching import language_rank

LONGEST_STEM = 60
"""Characters of a file's name that a bundle is called by."""


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What a person said beside the files.

    Args:
        source_language: Code, or "" to take what the files declare.
        target_language: Code, or "".
        name: Of the bundle, or "" to take the first file's.
        recipe: Name of a recipe that comes with Braid to build on, or "".
    """

    source_language: str = ""
    target_language: str = ""
    name: str = ""
    recipe: str = ""


def open_recipe(path: Path, overrides: Sequence[str] = ()) -> tuple[Recipe, Path, list[str]]:
    """A recipe file, or sensible defaults for a data file; with its folder and what was assumed.

    Raises:
        ConfigError: The recipe is faulty, or the data file does not say its languages.
    """
    if path.suffix == ".toml":
        return load_recipe(path, overrides), path.parent, []
    given = {key.strip(): value.strip() for key, _, value in (item.partition("=") for item in overrides)}
    wishes = Wishes(
        source_language=given.get("data.source_language", ""), target_language=given.get("data.target_language", "")
    )
    task = given.get("task", "translate")
    if task not in TASKS:
        raise ConfigError(f'the task must be one of {", ".join(TASKS)}, got "{task}"')
    table, notes = starting_table(task, [str(path)], wishes, folder=Path())
    return make_recipe(table, overrides, where=str(path)), Path(), notes


def starting_table(
    task: str, files: Sequence[str], wishes: Wishes, *, folder: Path
) -> tuple[dict[str, Any], list[str]]:
    """A recipe table for these files, and what was assumed on the way.

    Args:
        task: The recipe's task.
        files: Files or globs, or ``a,b`` for two parallel text files.
        wishes: What a person said beside them.
        folder: Paths are relative to it.

    Raises:
        ConfigError: The languages are declared nowhere.
        DataError: A file cannot be read, or does not belong to the others: it declares other languages, or its columns
            have other names.
    """
    source, target, notes = wishes.source_language, wishes.target_language, []
    facts = []
    if KINDS[task].is_translation:
        facts = [pair for name in files for pair in inspect_files(name, folder=folder)]
        source, target, notes = _languages([fact for _, fact in facts], wishes)
    options = KINDS[task].options(DataConfig(source_language=source, target_language=target))
    check_languages(facts, options)
    columns, told = find_columns(files, options, folder)
    notes = [*notes, *told]
    table: dict[str, Any] = builtin_recipe(wishes.recipe) if wishes.recipe else {}
    table["name"] = wishes.name or _name(files[0], source, target)
    table["task"] = task
    languages = {"source_language": source, "target_language": target}
    data = {"train": list(files), **{key: code for key, code in languages.items() if code}, **columns}
    table["data"] = {**table.get("data", {}), **data}
    return table, notes


def _name(file: str, source: str, target: str) -> str:
    file = hub_name(file).repository if is_hub_name(file) else file
    stem = Path(file.split(",")[0]).name.replace("*", "").split(".")[0][:LONGEST_STEM] or "model"
    return "-".join(part for part in (stem, source, target) if part)


def _languages(facts: Sequence[FileFacts], wishes: Wishes) -> tuple[str, str, list[str]]:
    """Source and target language, from what a person said, else from what the files declare."""
    declared = next((fact for fact in facts if len(set(fact.languages)) >= 2), None)
    if wishes.source_language and wishes.target_language:
        return wishes.source_language, wishes.target_language, []
    if declared is None:
        raise ConfigError(
            "the files do not say which languages they hold",
            where=", ".join(fact.file for fact in facts),
            hint="say it: --source-language en --target-language zh "
            "(or --set data.source_language=en --set data.target_language=zh)",
        )
    codes = list(dict.fromkeys(declared.languages))
    source = wishes.source_language or _other(codes, wishes.target_language)
    target = wishes.target_language or _other(codes, source)
    if not source or not target:
        raise ConfigError(
            f'the files hold no second language beside "{source or target}"',
            where=f"{declared.file}: {', '.join(codes)}",
            hint="say both: --source-language en --target-language zh",
        )
    return source, target, [f"languages {source} → {target}, as {declared.file} declares"]


def _other(codes: Sequence[str], known: str) -> str:
    """The first code that means another language than the known one, or ""."""
    return next((code for code in codes if not known or canonical(code) != canonical(known)), "") or next(
        (code for code in codes if not language_rank(known, code)), ""
    )
