"""What a task adds to the one way from files to a scored bundle."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from braid.bundle.schema import BundleInfo
from braid.config.recipe import Recipe
from braid.data.encoded import Encoded
from braid.data.example import Example
from braid.pipeline.prepare import Dataset, Weights

if TYPE_CHECKING:
    from braid.models.size import Head, Kind
    from braid.training.loop import Validation


class TaskPipeline(Protocol):
    """One task's share of training, saving, loading and scoring; one file each implements it as a module."""

    KIND: Kind
    HEAD: Head

    def encode(self, recipe: Recipe, dataset: Dataset, part: str) -> Encoded:
        """Token ids of ``train`` or ``valid``, without what is too long for training."""
        ...

    def network_options(self, dataset: Dataset) -> dict[str, Any]:
        """What `braid.models.build` must know beside kind and head."""
        ...

    def validation(self, recipe: Recipe, dataset: Dataset) -> Validation:
        """The score by which the best weights are chosen, through the serving runtime."""
        ...

    def write(self, recipe: Recipe, dataset: Dataset, weights: Weights, folder: Path) -> dict[str, Any]:
        """Put the files of inference into a bundle's ``runtime`` folder; what they need to be told goes into its
        ``bundle.json`` under ``task_info``."""
        ...

    def open(self, folder: Path, info: BundleInfo, num_threads: int = 0) -> Any:
        """What answers, from a checked bundle."""
        ...

    def evaluate(
        self, model: Any, examples: Sequence[Example], *, memory: Sequence[Example] = (), **options: Any
    ) -> dict[str, Any]:
        """Scores of the model and of the honest baselines on the same examples.

        Args:
            model: What `open` gave.
            examples: Held-out rows.
            memory: Training rows, for baselines that look things up; empty where they are not at hand.
            options: The verb's, such as ``beam_size``.
        """
        ...

    def compare(self, evaluation: dict[str, Any], model: Any, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Scores of another model on the same examples, and the paired differences by metric."""
        ...
