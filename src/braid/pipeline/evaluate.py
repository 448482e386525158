"""A bundle and held-out texts to scores, with intervals and baselines beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from braid.bundle.folder import read_bundle
from braid.bundle.schema import BundleInfo
from braid.data.example import Example
from braid.data.formats import ReadOptions, read_files
from braid.data.memory import TranslationMemory
from braid.data.prepare import load_prepared
from braid.errors import ConfigError, DataError
from braid.metrics.quality import translation_faults
from braid.metrics.score import verdict
from braid.metrics.translation import compare, length_buckets, sentence_chrf, translation_scores
from braid.pipeline.load import open_translator
from braid.pipeline.places import places_of
from braid.tasks.translate import Translator
from braid.text.normalize import normalize


def evaluate_bundle(
    path: Path, *, data: Sequence[str] = (), other: Path | None = None, beam_size: int = 0
) -> dict[str, Any]:
    """Scores of a bundle on held-out data.

    Args:
        path: The bundle.
        data: Files or globs to score on; the test part kept beside the bundle when empty.
        other: A second bundle to compare with on the same texts by paired bootstrap.
        beam_size: Hypotheses kept; 0 takes the recipe's number.

    Returns:
        An `braid.auditing.report.Evaluation`; with ``other`` it also holds ``comparison``.

    Raises:
        BundleError: A bundle is damaged, or the two translate different languages.
        DataError: No usable row in the files, or no test part beside the bundle.
    """
    info = read_bundle(path)
    memory = _training_rows(path, info)
    examples, notes = _read(data, info) if data else (_test_rows(path, info), [])
    translator = open_translator(path, info)
    evaluation = evaluate(translator, examples, memory=memory, beam_size=beam_size)
    evaluation["notes"] += notes
    if not memory:
        evaluation["notes"].append("The training data are not beside the bundle: no translation-memory baseline.")
    if other is not None:
        evaluation |= _compare(evaluation, other, info, beam_size)
    return evaluation


def evaluate(
    translator: Translator, examples: Sequence[Example], *, memory: Sequence[Example] = (), beam_size: int = 0
) -> dict[str, Any]:
    """Scores of a translator and of the honest baselines on the same examples.

    Args:
        translator: What is judged.
        examples: Held-out sources with references.
        memory: Training rows for the nearest-match baseline; left out when empty.
        beam_size: Hypotheses kept; 0 takes the recipe's number.
    """
    sources = [example.source for example in examples]
    references = [example.target for example in examples]
    language = translator.target_language
    hypotheses = translator.translate(sources, beam_size=beam_size)
    outputs = {translator.name: hypotheses, "copy the source": sources}
    if memory:
        outputs["nearest translation-memory match"] = TranslationMemory(memory).nearest(sources)
    systems = []
    for name, texts in outputs.items():
        scores = translation_scores(texts, references, target_language=language)
        systems.append({"name": name, "scores": {key: score.to_dict() for key, score in scores.items()}})
    chrfs = sentence_chrf(hypotheses, references)
    rows = zip(sources, references, hypotheses, chrfs, strict=True)
    return {
        "name": translator.name,
        "task": "translate",
        "source_language": translator.source_language,
        "target_language": language,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "systems": systems,
        "examples": [dict(zip(("source", "reference", "hypothesis", "chrf"), row, strict=True)) for row in rows],
        "buckets": [
            bucket.to_dict() for bucket in length_buckets(sources, hypotheses, references, target_language=language)
        ],
        "faults": translation_faults(sources, hypotheses),
        "notes": [verdict(systems)],
    }


def _training_rows(path: Path, info: BundleInfo) -> list[Example]:
    """The rows the bundle was trained on, where its work folder still lies beside it."""
    folder = places_of(path).prepared
    if not (folder / "report.json").is_file():
        return []
    prepared = load_prepared(folder)
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
    options = ReadOptions(
        source_language=info.source_language,
        target_language=info.target_language,
        source_column=info.recipe["data"]["source_column"],
        target_column=info.recipe["data"]["target_column"],
    )
    rows = list(read_files(files, options, folder=Path()))
    kept = [
        Example(source=source, target=target, file=row.file, line=row.line, key=row.key)
        for row in rows
        if isinstance(row, Example) and (source := normalize(row.source)) and (target := normalize(row.target))
    ]
    if not kept:
        hint = f"each row needs a text in {info.source_language} and one in {info.target_language}"
        raise DataError("no usable row to score", where=", ".join(files), hint=hint)
    left_out = len(rows) - len(kept)
    return kept, [f"{left_out} of {len(rows)} rows were empty or unusable and are not scored."] if left_out else []


def _compare(evaluation: dict[str, Any], other: Path, info: BundleInfo, beam_size: int) -> dict[str, Any]:
    """The other bundle's row in the table and the paired differences."""
    second = read_bundle(other)
    languages = info.source_language, info.target_language
    if (second.source_language, second.target_language) != languages:
        found = f"{second.source_language}-{second.target_language}"
        raise ConfigError(f"both bundles must translate {'-'.join(languages)}, got {found}", where=str(other))
    sources = [row["source"] for row in evaluation["examples"]]
    references = [row["reference"] for row in evaluation["examples"]]
    hypotheses = [row["hypothesis"] for row in evaluation["examples"]]
    theirs = open_translator(other, second).translate(sources, beam_size=beam_size)
    scores = translation_scores(theirs, references, target_language=info.target_language)
    name = second.name if second.name != info.name else f"{second.name} ({other})"
    system = {"name": name, "scores": {key: score.to_dict() for key, score in scores.items()}}
    differences = compare(hypotheses, theirs, references, target_language=info.target_language)
    return {
        "systems": [evaluation["systems"][0], system, *evaluation["systems"][1:]],
        "comparison": {key: difference.to_dict() for key, difference in differences.items()},
    }
