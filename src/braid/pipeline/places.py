"""Where a run keeps its things, beside the recipe."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from braid.config.recipe import Recipe


@dataclass(frozen=True)
class Places:
    """The folders of one run.

    Args:
        bundle: The trained folder.
        work: Prepared data, checkpoints and event files; may be deleted once the bundle is there.
    """

    bundle: Path
    work: Path

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


def places(recipe: Recipe, output: Path | None) -> Places:
    """The folders of a recipe's run: ``output`` or the recipe's name, and the same with ``.work`` behind it."""
    return places_of(output or Path(recipe.name))


def places_of(bundle: Path) -> Places:
    """The folders that belong to a bundle's path, whether or not they exist."""
    named = bundle if bundle.name not in ("", "..") else bundle.resolve()
    return Places(bundle=bundle, work=named.parent / f"{named.name}.work")
