"""A bundle and held-out texts to scores, with intervals and baselines beside them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from braid.bundle.folder import read_bundle
from braid.bundle.schema import BundleInfo
from braid.config.loading import make_recipe
from braid.data.clean import normalized
from braid.data.example import Example
from braid.data.formats import read_files
from braid.data.kinds import kind_of
from braid.data.prepare import load_prepared
from braid.errors import ConfigError, DataError
from braid.pipeline.evaluation import systems_of
from braid.pipeline.indexing import evaluate_index
from braid.pipeline.load import open_bundle
from braid.pipeline.places import places_of
from braid.pipeline.tasks import pipeline_of


def evaluate_bundle(
    path: Path, *, data: Sequence[str] = (), other: Path | None = None, **options: Any
) -> dict[str, Any]:
    """Scores of a bundle on held-out data.

    Args:
        path: The bundle.
        data: Files or globs to score on; the test part kept beside the bundle when empty.
        other: A second bundle to compare with on the same texts by paired bootstrap.
        options: What the task lets one choose, such as ``beam_size``.

    Returns:
        An `braid.auditing.report.Evaluation`; with ``other`` it also holds ``comparison``.

    Raises:
        BundleError: A bundle is damaged, or the two translate different languages.
        ConfigError: The two are for different tasks, or hold nothing by which they could be compared.
        DataError: No usable row in the files, or no test part beside the bundle.
    """
    info = read_bundle(path)
    if info.task == "answer" and not info.data and not data:  # nothing was learned and nothing held out
        if other is not None:
            hint = "name them: `braid evaluate BUNDLE --compare BUNDLE --data FILE.json`"
            raise ConfigError("two indexes are compared on questions with their passages", hint=hint)
        return evaluate_index(open_bundle(path, info), where=str(path))
    memory = _training_rows(path, info)
    examples, notes = _read(data, info) if data else (_test_rows(path, info), [])
    pipeline = pipeline_of(info.task)
    options = {name: value for name, value in options.items() if value}
    evaluation = pipeline.evaluate(open_bundle(path, info), examples, memory=memory, **options)
    evaluation["notes"] += notes
    if other is not None:
        evaluation |= _compare(evaluation, other, info, options)
    return evaluation


def _training_rows(path: Path, info: BundleInfo) -> list[Example]:
    """The rows the bundle was trained on, where its work folder still lies beside it."""
    folder = places_of(path).prepared
    if not (folder / "report.json").is_file():
        return []
    try:
        prepared = load_prepared(folder)
    except DataError:  # as an older version left it: the baselines of memory are missing then
        return []
    return list(prepared.train) if prepared.fingerprint == info.data_fingerprint else []


def _test_rows(path: Path, info: BundleInfo) -> list[Example]:
    folder = places_of(path).prepared
    hint = "name a file with sources and references: `braid evaluate BUNDLE --data FILE`"
    if not (folder / "report.json").is_file():
        raise DataError("there is no test data beside the bundle", where=str(folder), hint=hint)
    prepared = load_prepared(folder)
    if prepared.fingerprint != info.data_fingerprint:
        raise DataError("the data beside the bundle are not those it was trained on", where=str(folder), hint=hint)
    return list(prepared.test)


def _read(files: Sequence[str], info: BundleInfo) -> tuple[list[Example], list[str]]:
    """Usable rows of the files; empty ones and rejects are counted in a note."""
    recipe = make_recipe(info.recipe, where="bundle.json", trained=True)
    kind = kind_of(recipe)
    rows = list(read_files(files, kind.options(recipe.data), folder=Path()))
    ready = (normalized(row, recipe.data, kind) for row in rows if isinstance(row, Example))
    kept = [row for row in ready if all(getattr(row, side) for side in kind.needed)]
    if not kept:
        sides = f"a text in {info.source_language} and one in {info.target_language}" if kind.is_translation else ""
        hint = f"each row needs {sides or ' and '.join(kind.needed)}"
        raise DataError("no usable row to score", where=", ".join(files), hint=hint)
    left_out = len(rows) - len(kept)
    return kept, [f"{left_out} of {len(rows)} rows were empty or unusable and are not scored."] if left_out else []


def _compare(evaluation: dict[str, Any], other: Path, info: BundleInfo, options: dict[str, Any]) -> dict[str, Any]:
    """The other bundle's row in the table and the paired differences."""
    second = read_bundle(other)
    if second.task != info.task:
        raise ConfigError(f'both bundles must be for "{info.task}", got "{second.task}"', where=str(other))
    languages = info.source_language, info.target_language
    if (second.source_language, second.target_language) != languages:
        found = f"{second.source_language}-{second.target_language}"
        raise ConfigError(f"both bundles must translate {'-'.join(languages)}, got {found}", where=str(other))
    scores, differences = pipeline_of(info.task).compare(evaluation, open_bundle(other, second), **options)
    name = second.name if second.name != info.name else f"{second.name} ({other})"
    return {
        "systems": [evaluation["systems"][0], *systems_of({name: scores}), *evaluation["systems"][1:]],
        "comparison": {key: difference.to_dict() for key, difference in differences.items()},
    }
