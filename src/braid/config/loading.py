"""Recipes from TOML files and ``--set`` arguments, with every fault reported at once."""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from braid.config.constraints import TextList
from braid.config.fields import faults
from braid.config.recipe import SECTIONS, TASKS, ModelConfig, Recipe
from braid.errors import ConfigError

Values = dict[str, dict[str, Any]]


def load_recipe(path: Path, overrides: Sequence[str] = ()) -> Recipe:
    """The recipe in a TOML file, changed by ``key=value`` overrides.

    Raises:
        ConfigError: The file is missing, is not TOML, or holds unknown keys or impossible values; all of
            them are listed, each with its line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        hint = "write one with `braid init translate FILE`"
        raise ConfigError("the recipe does not exist", where=str(path), hint=hint) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the recipe cannot be read: {error}", where=str(path)) from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"the recipe is not TOML: {error}", where=str(path)) from None
    return make_recipe(table, overrides, where=str(path), lines=_lines(text))


def builtin_recipe(name: str) -> dict[str, Any]:
    """A recipe that comes with Braid, as a table to build on.

    Raises:
        ConfigError: There is none of that name.
    """
    folder = resources.files("braid.config") / "recipes"
    names = sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    if name not in names:
        raise ConfigError(f'there is no recipe "{name}"; there are {", ".join(names)}')
    return tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))


def task_defaults(task: Any) -> dict[str, dict[str, Any]]:
    """What a task takes in place of the general defaults, by section; nothing where it takes them as they are."""
    file = resources.files("braid.config") / "defaults" / f"{task}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if task in TASKS and file.is_file() else {}


def make_recipe(
    table: Mapping[str, Any],
    overrides: Sequence[str] = (),
    *,
    where: str = "",
    lines: Mapping[str, int] | None = None,
    trained: bool = False,
) -> Recipe:
    """A checked recipe from a nested table and ``key=value`` overrides.

    Args:
        table: As parsed from TOML.
        overrides: From ``--set``; they go before the table.
        where: The file's name for messages.
        lines: Line of each dotted key in that file.
        trained: The recipe is a bundle's: its network is there, in whatever sizes the version that trained it allowed.

    Raises:
        ConfigError: Listing every fault.
    """
    found: list[tuple[str, str]] = []
    values = _sort_out(table, found)
    _override(values, overrides, found)
    for section, defaults in task_defaults(values[""].get("task", "")).items():
        values[section] = {**defaults, **values[section]}
    found += _faults(values, sizes_matter=not trained)
    if found:
        places = lines or {}
        messages = [_placed(message, key, where, places, overrides) for key, message in found]
        hint = "every key, its default and its range: `braid init translate --keys`"
        raise ConfigError("\n".join(messages), hint=hint)
    sections = {name: kind(**values[name]) for name, kind in SECTIONS.items()}
    return Recipe(**values[""], **sections)


def _placed(message: str, key: str, where: str, lines: Mapping[str, int], overrides: Sequence[str]) -> str:
    if any(override.partition("=")[0].strip() == key for override in overrides):
        return f"{message} (--set)"
    place = ", ".join(part for part in (where, f"line {lines[key]}" if key in lines else "") if part)
    return f"{message} ({place})" if place else message


def _settings(section: str) -> dict[str, dataclasses.Field]:
    kind = SECTIONS[section] if section else Recipe
    return {field.name: field for field in dataclasses.fields(kind) if section or field.name not in SECTIONS}


def all_keys() -> dict[str, dataclasses.Field]:
    """Every recipe field by its dotted key, in the order of the sections."""
    return {
        f"{section}.{name}".lstrip("."): field
        for section in ("", *SECTIONS)
        for name, field in _settings(section).items()
    }


def _unknown(key: str) -> str:
    near = difflib.get_close_matches(key, all_keys(), n=1, cutoff=0.5) or [
        name for name in all_keys() if name.rpartition(".")[2] == key.rpartition(".")[2]
    ]
    return f"{key} is not a recipe key" + (f"; did you mean {near[0]}?" if near else "")


def _sort_out(table: Mapping[str, Any], found: list[tuple[str, str]]) -> Values:
    """The table's values by section; unknown keys and misplaced sections go to ``found``."""
    values: Values = {"": {}, **{section: {} for section in SECTIONS}}
    for name, value in table.items():
        if name in SECTIONS and isinstance(value, Mapping):
            for key, item in value.items():
                _place(values, name, key, item, found)
        elif name in SECTIONS:
            found.append((name, f"{name} must be a section, [{name}]"))
        else:
            _place(values, "", name, value, found)
    return values


def _place(values: Values, section: str, key: str, value: Any, found: list[tuple[str, str]]) -> None:
    dotted = f"{section}.{key}".lstrip(".")
    field = _settings(section).get(key)
    if field is None:
        found.append((dotted, _unknown(dotted)))
        return
    if isinstance(field.metadata["constraint"], TextList):
        value = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value
    values[section][key] = value


def _override(values: Values, overrides: Sequence[str], found: list[tuple[str, str]]) -> None:
    for override in overrides:
        key, equals, text = override.partition("=")
        key = key.strip()
        if not equals:
            found.append((key, f'--set must be key=value, got "{override}"'))
            continue
        section, _, name = key.rpartition(".")
        field = _settings(section).get(name) if section in ("", *SECTIONS) else None
        if field is None:
            found.append((key, _unknown(key)))
            continue
        _place(values, section, name, field.metadata["constraint"].parse(text.strip()), found)


def _faults(values: Values, *, sizes_matter: bool) -> list[tuple[str, str]]:
    """Values that break their constraint, and sizes that cannot stand together."""
    found: list[tuple[str, str]] = []
    for section in values:
        kind = SECTIONS[section] if section else Recipe
        defaults = {name: _default(field) for name, field in _settings(section).items()}
        probe = object.__new__(kind)
        for name, value in (defaults | values[section]).items():
            object.__setattr__(probe, name, value)
        known = faults(probe, section, skip=() if section else tuple(SECTIONS))
        found += known.items()
        if section == "model" and not known and sizes_matter:
            found += _conflicts(probe)  # type: ignore[arg-type]
    return found


def _conflicts(model: ModelConfig) -> list[tuple[str, str]]:
    """Sizes of a network that do not divide each other."""
    dim, heads, kv_heads = model.model_dim, model.num_heads, model.num_kv_heads
    found = []
    if dim % heads:
        found.append(("model.num_heads", f"model.num_heads must divide model.model_dim {dim}, got {heads}"))
    elif dim % (2 * heads) and set("DR") & set(model.encoder):
        words = f"model.num_heads must divide half of model.model_dim {dim} where the encoder has D or R, which"
        found.append(("model.num_heads", f"{words} run both ways with half the width each, got {heads}"))
    if kv_heads and heads % kv_heads:
        words = f"model.num_kv_heads must divide model.num_heads {heads}, got {kv_heads}"
        found.append(("model.num_kv_heads", words))
    return found


def _default(field: dataclasses.Field) -> Any:
    return field.default if field.default is not dataclasses.MISSING else field.default_factory()  # type: ignore[misc]


def _lines(text: str) -> dict[str, int]:
    """The line of each dotted key in a TOML text, as far as plain reading finds it."""
    found, section = {}, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[\s*([\w.-]+)\s*\]", line):
            section = header[1]
            found.setdefault(section, number)
        elif assignment := re.match(r"\s*([\w.-]+)\s*=", line):
            found.setdefault(f"{section}.{assignment[1]}".lstrip("."), number)
    return found
