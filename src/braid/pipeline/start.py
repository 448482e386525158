"""A recipe for files one has: by looking at what they say about themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from braid.config.loading import builtin_recipe, load_recipe, make_recipe
from braid.config.recipe import Recipe
from braid.data.formats import FileFacts, inspect_file
from braid.errors import ConfigError


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
    table, notes = starting_table("translate", [str(path)], wishes, folder=Path())
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
        DataError: A file cannot be read.
    """
    facts = [inspect_file(name, folder=folder) for name in files]
    source, target, notes = _languages(facts, wishes)
    table: dict[str, Any] = builtin_recipe(wishes.recipe) if wishes.recipe else {}
    table["name"] = wishes.name or _name(files[0], source, target)
    table["task"] = task
    data = {"train": list(files), "source_language": source, "target_language": target}
    table["data"] = {**table.get("data", {}), **data}
    return table, notes


def _name(file: str, source: str, target: str) -> str:
    stem = Path(file.split(",")[0]).name.replace("*", "").split(".")[0] or "model"
    return f"{stem}-{source}-{target}"


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
    source = wishes.source_language or next(code for code in codes if code != wishes.target_language)
    target = wishes.target_language or next(code for code in codes if code != source)
    return source, target, [f"languages {source} → {target}, as {declared.file} declares"]
