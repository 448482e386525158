"""Where a run keeps its things: in the folder it is started from, or where it is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from braid.config.recipe import Recipe
from braid.pipeline.origin import Origin, origin_of


@dataclass(frozen=True)
class Places:
    """The folders of one run.

    Args:
        bundle: The trained folder.
        work: Prepared data, checkpoints and event files; may be deleted once the bundle is there.
        origin: Whose data they are, where a recipe's file is known.
    """

    bundle: Path
    work: Path
    origin: Origin | None = None

    @property
    def prepared(self) -> Path:
        """Cleaned and split data with their tokenizer."""
        return self.work / "prepared"

    @property
    def documents(self) -> Path:
        """The index of the documents, until it is in the bundle."""
        return self.work / "documents"

    @property
    def checkpoints(self) -> Path:
        """Saved states of a run that has not ended."""
        return self.work / "checkpoints"

    @property
    def folds(self) -> Path:
        """What is known of a cross-validation that has not ended."""
        return self.work / "folds"

    @property
    def lock(self) -> Path:
        """Held by the run at work."""
        return self.work / "lock"

    def claim(self) -> None:
        """Write down whose the work folder is, once there are prepared data in it.

        Raises:
            StorageError: The disk refuses.
        """
        if self.origin is not None and self.prepared.is_dir():
            self.origin.keep(self.work)


def places(recipe: Recipe, output: Path | None) -> Places:
    """The folders of a recipe's run: ``output`` or the recipe's name, and the same with ``.work`` behind it."""
    return places_of(output or Path(recipe.name))


def own_places(recipe: Recipe, output: Path | None, *, path: Path, folder: Path) -> Places:
    """The same for a recipe out of a file.

    Args:
        recipe: As it was read.
        output: The bundle's folder, or None.
        path: The file it was read from.
        folder: Paths in it are relative to that.

    Raises:
        ConfigError: Another recipe's data are kept there.
    """
    found, origin = places(recipe, output), origin_of(recipe, path, folder)
    origin.check(found.work)
    return replace(found, origin=origin)


def places_of(bundle: Path) -> Places:
    """The folders that belong to a bundle's path, whether or not they exist."""
    named = bundle if bundle.name not in ("", "..") else bundle.resolve()
    return Places(bundle=bundle, work=named.parent / f"{named.name}.work")
