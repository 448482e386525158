"""Braid: train, judge and serve your own text models from your own files.

`load`, `prepare`, `audit`, `train` and `evaluate` are the functions the command line calls; `summarize_extractively`
needs neither training nor a bundle.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from braid.errors import BraidError
from braid.version import __version__

if TYPE_CHECKING:
    from braid.pipeline.prepare import Dataset
    from braid.tasks.translate import Translator

__all__ = ["BraidError", "__version__", "audit", "evaluate", "load", "prepare", "summarize_extractively", "train"]


def load(path: str | Path, *, num_threads: int = 0) -> Translator:
    """The translator in a bundle; see `braid.pipeline.load.load`."""
    from braid.pipeline.load import load as load_bundle

    return load_bundle(path, num_threads=num_threads)


def prepare(recipe: str | Path, *, output: str | Path | None = None, overrides: tuple[str, ...] = ()) -> Dataset:
    """Cleaned, split and tokenized data of a recipe or a data file.

    Args:
        recipe: A TOML recipe, or a file of sentence pairs.
        output: The bundle's folder; the data go beside it.
        overrides: ``key=value`` changes to the recipe.
    """
    from braid.pipeline.places import own_places
    from braid.pipeline.prepare import prepare as prepare_recipe
    from braid.pipeline.start import open_recipe

    opened, folder, _ = open_recipe(Path(recipe), overrides)
    where = own_places(opened, Path(output) if output else None, path=Path(recipe), folder=folder)
    dataset = prepare_recipe(opened, folder=folder, output=where.prepared)
    where.claim()
    return dataset


def audit(recipe: str | Path, *, output: str | Path | None = None, overrides: tuple[str, ...] = ()) -> dict[str, Any]:
    """What is found in the data of a recipe or a data file, with a diagnosis; see `braid.pipeline.audit.audit`.

    Args:
        recipe: A TOML recipe, or a data file.
        output: Gets the findings as an HTML page, if given.
        overrides: ``key=value`` changes to the recipe.
    """
    from braid.auditing.audit_page import audit_page
    from braid.pipeline.audit import audit as audit_recipe
    from braid.pipeline.audit import check_auditable
    from braid.pipeline.places import own_places
    from braid.pipeline.start import open_recipe

    check_auditable(Path(recipe))
    opened, folder, _ = open_recipe(Path(recipe), overrides)
    where = own_places(opened, None, path=Path(recipe), folder=folder)
    found = audit_recipe(opened, folder=folder, prepared=where.prepared)
    where.claim()
    if output is not None:
        audit_page(found, path=Path(output))
    return found


def train(
    recipe: str | Path,
    *,
    output: str | Path | None = None,
    resume: bool = False,
    restart: bool = False,
    overrides: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Train a recipe or a data file into a bundle; returns its path, counts and scores.

    Args:
        recipe: A TOML recipe, or a file of sentence pairs.
        output: The bundle's folder; the recipe's name when left out.
        resume: Go on with an unfinished run.
        restart: Throw an unfinished run away.
        overrides: ``key=value`` changes to the recipe.
    """
    from braid.pipeline.places import own_places
    from braid.pipeline.start import open_recipe
    from braid.pipeline.train import TrainOptions, train_bundle
    from braid.training.log import Silence

    opened, folder, _ = open_recipe(Path(recipe), overrides)
    where = own_places(opened, Path(output) if output else None, path=Path(recipe), folder=folder)
    options = TrainOptions(folder=folder, places=where, resume=resume, restart=restart)
    return train_bundle(opened, options, Silence())


def evaluate(bundle: str | Path, *, data: tuple[str, ...] = (), compare: str | Path | None = None) -> dict[str, Any]:
    """Scores of a bundle on held-out data; see `braid.pipeline.evaluate.evaluate_bundle`."""
    from braid.pipeline.evaluate import evaluate_bundle

    return evaluate_bundle(Path(bundle), data=data, other=Path(compare) if compare else None)


def summarize_extractively(
    texts: str | Sequence[str], *, max_sentences: int = 3, language: str = "", detail: bool = False
) -> Any:
    """The most telling sentences of texts, without a bundle; see `braid.tasks.extract.summarize_extractively`."""
    from braid.tasks import extract

    return extract.summarize_extractively(texts, max_sentences=max_sentences, language=language, detail=detail)
