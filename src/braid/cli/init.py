"""``braid init``: a commented recipe for files one has."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from braid.config.recipe import TASKS
from braid.errors import ConfigError

SHOWN = (
    "name", "task", "data.train", "data.source_language", "data.target_language",
    "data.documents",
    "model.encoder", "model.decoder", "train.minutes", "search.beam_size",
)  # fmt: skip


def command(
    task: Annotated[str, typer.Argument(help=f"What the model shall do: {', '.join(TASKS)}.")],
    files: Annotated[
        list[str] | None, typer.Argument(help="Data files or globs; two files, one a language, as a,b.")
    ] = None,
    source_language: Annotated[str, typer.Option(help="Code of the input language, such as en.")] = "",
    target_language: Annotated[str, typer.Option(help="Code of the output language, such as zh.")] = "",
    recipe: Annotated[
        str, typer.Option("--recipe", help="Build on a recipe that comes with Braid, such as lstm.")
    ] = "",
    name: Annotated[str, typer.Option(help="The bundle's name; taken from the first file if left out.")] = "",
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write the recipe.")] = Path("recipe.toml"),
    force: Annotated[bool, typer.Option("--force", help="Replace an existing recipe.")] = False,
    keys: Annotated[bool, typer.Option("--keys", help="List every recipe key instead.")] = False,
) -> None:
    """Write a recipe with comments, after looking at the files."""
    if keys:
        _print_keys(task)
        return
    from braid.config.loading import make_recipe
    from braid.config.writing import recipe_to_toml
    from braid.pipeline.start import Wishes, starting_table
    from braid.storage import atomic_file

    if task not in TASKS:
        raise ConfigError(f'the task must be one of {", ".join(TASKS)}, got "{task}"', hint="braid init translate FILE")
    if not files:
        raise ConfigError("init needs at least one data file", hint="braid init translate my.tmx")
    if output.exists() and not force:
        hint = "choose another with --output, or replace it with --force"
        raise ConfigError("a recipe is here already", where=str(output), hint=hint)
    wishes = Wishes(source_language=source_language, target_language=target_language, name=name, recipe=recipe)
    table, notes = starting_table(task, files, wishes, folder=Path())
    table["data"]["train"] = [_from(output.parent, name) for name in files]
    table["data"]["held_out"] = f"{table['name']}.held-out.txt"
    shown = [key for key in SHOWN if key != "data.documents" or task == "answer"]
    text = recipe_to_toml(make_recipe(table), shown=shown, head=_HEAD)
    with atomic_file(output) as file:
        file.write(text.encode("utf-8"))
    for note in notes:
        typer.echo(note, err=True)
    typer.echo(f"wrote {output}\n\nnext: braid train {output}", err=True)


def _from(folder: Path, name: str) -> str:
    """The files as the recipe's folder sees them."""
    if folder.resolve() == Path().resolve():
        return name
    parts = [part.strip() for part in name.split(",")] if not Path(name).exists() else [name]
    return ",".join(part if Path(part).is_absolute() else os.path.relpath(part, folder) for part in parts)


_HEAD = """A Braid recipe. Keys with a # in front hold their default.
All keys with their ranges: braid init translate --keys"""


def _print_keys(task: str) -> None:
    from rich.table import Table

    from braid.cli.talk import console
    from braid.config.writing import key_table

    table = Table("key", "default", "must be", "meaning", box=None, pad_edge=False)
    for row in key_table(task):
        table.add_row(*row)
    console(to_stdout=True).print(table, markup=False)
