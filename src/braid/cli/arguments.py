"""Options that several verbs share, worded once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class OutputFormat(StrEnum):
    """How a result is printed on stdout."""

    text = "text"
    json = "json"


Overrides = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a recipe key.")]
Format = Annotated[OutputFormat, typer.Option("--format", help="text for people, json for programs.")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="The bundle's folder; the recipe's name if left out.")
]
RecipePath = Annotated[Path, typer.Argument(metavar="RECIPE", help="A TOML recipe, or a file of sentence pairs.")]
BundlePath = Annotated[Path, typer.Argument(metavar="BUNDLE", help="A folder that `braid train` wrote.")]
BeamSize = Annotated[
    int, typer.Option("--beam-size", min=0, max=64, help="Hypotheses kept; 0 takes the recipe's number.")
]
