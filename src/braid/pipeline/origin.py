"""Whose files a work folder was made from, so that two recipes of one name do not take each other's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from braid.config.recipe import Recipe
from braid.data.formats.hub import is_hub_name
from braid.errors import ConfigError
from braid.storage import atomic_file, make_folder

ORIGIN = "origin.json"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a run's data come from.

    Args:
        recipe: The recipe's file, or the data file that stands for one.
        files: What the recipe names as data, all in full.
    """

    recipe: str
    files: tuple[str, ...]

    def check(self, work: Path) -> None:
        """Nothing, where a work folder is new, or of this recipe or one with the same files.

        It is this recipe's under another name, too: of a recipe that was moved or renamed the old file is gone.

        Raises:
            ConfigError: It was made from the files of another recipe, which is still there.
        """
        try:
            facts = json.loads((work / ORIGIN).read_text(encoding="utf-8"))
            recipe, files = Path(facts["recipe"]), tuple(facts["files"])
        except (OSError, ValueError, TypeError, KeyError):
            return
        if files != self.files and str(recipe) != self.recipe and recipe.is_file():
            raise ConfigError(
                f"the work folder must be this recipe's own, got that of another one of the same name, {recipe}",
                where=str(work),
                hint="give one of them another name, or keep it elsewhere with --output; or, if the other is not "
                "needed any more, delete the folder",
            )

    def keep(self, work: Path) -> None:
        """Write down whose a work folder is.

        Raises:
            StorageError: The disk refuses.
        """
        text = json.dumps({"recipe": self.recipe, "files": self.files}, ensure_ascii=True, indent=1)
        make_folder(work)
        with atomic_file(work / ORIGIN) as file:
            file.write(text.encode())


def origin_of(recipe: Recipe, path: Path, folder: Path) -> Origin:
    """Where the data of a recipe come from.

    Args:
        recipe: As it was read.
        path: The file it was read from.
        folder: Paths in it are relative to that.
    """
    data = recipe.data
    names = [name for key in ("train", "valid", "test", "documents") for name in getattr(data, key)]
    start = folder.resolve()
    files = tuple(name if is_hub_name(name) else str(start / name) for name in names)
    return Origin(recipe=str(path.resolve()), files=files)
