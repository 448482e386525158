"""Recipes as commented TOML, and the table of all keys; both made from the fields themselves."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

from braid.config.fields import show
from braid.config.loading import all_keys, make_recipe
from braid.config.recipe import SECTIONS, Recipe


def recipe_to_toml(recipe: Recipe, *, shown: Collection[str] = (), head: str = "") -> str:
    """A recipe as TOML with a comment behind each key; reading it back gives the same recipe.

    Args:
        recipe: What to write.
        shown: Dotted keys to write even though they hold the default; all others stand as comments.
        head: Comment lines for the top of the file.
    """
    lines = [f"# {line}".rstrip() for line in head.splitlines()]
    plain = make_recipe({"task": recipe.task})
    for section in ("", *SECTIONS):
        if section:
            lines += ["", f"[{section}]"]
        holder, default = (getattr(recipe, section), getattr(plain, section)) if section else (recipe, plain)
        for field in dataclasses.fields(holder):
            if not section and field.name in SECTIONS:
                continue
            value = getattr(holder, field.name)
            is_default = value == getattr(default, field.name)
            key = f"{section}.{field.name}".lstrip(".")
            mark = "# " if is_default and key not in shown else ""
            lines.append(f"{mark}{field.name} = {show(value)}  # {field.metadata['doc']}")
    return "\n".join(lines) + "\n"


def key_table(task: str = "translate") -> list[tuple[str, str, str, str]]:
    """Key, the task's default, what it must be, and what it means, for every recipe field."""
    rows, plain = [], make_recipe({"task": task})
    for key, field in all_keys().items():
        section, _, name = key.rpartition(".")
        default = getattr(getattr(plain, section) if section else plain, name)
        unit = f" [{field.metadata['unit']}]" if field.metadata["unit"] else ""
        rows.append((key, show(default), field.metadata["constraint"].words(), field.metadata["doc"] + unit))
    return rows
