"""A recipe to a bundle."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from braid.bundle.folder import check_replaceable, save_bundle
from braid.config.recipe import Recipe
from braid.errors import CheckpointError, ConfigError, DataError, StorageError
from braid.layers.backend import choose_backend
from braid.pipeline.card import model_card
from braid.pipeline.evaluate import evaluate
from braid.pipeline.load import load
from braid.pipeline.places import Places
from braid.pipeline.prepare import Dataset, prepare, token_limits
from braid.storage import locked, scratch_folder, write_arrays
from braid.text.sampling import SubwordSampling
from braid.training.allocator import keep_memory
from braid.training.checkpoint import discard, has_checkpoint
from braid.training.footprint import check_memory
from braid.version import __version__

if TYPE_CHECKING:
    from braid.data.batch import EncodedPairs
    from braid.training.log import RunLog
    from braid.training.loop import Trained

VALIDATION_ROWS = 500


@dataclass(frozen=True, kw_only=True)
class TrainOptions:
    """What a run needs to know beside its recipe.

    Args:
        folder: Paths in the recipe are relative to it.
        places: Where the run keeps its things.
        resume: Go on from the newest checkpoint.
        restart: Begin again; the checkpoints of an unfinished run go once the new run has saved its first.
        attribution: Lines for the model card about where the data come from.
    """

    folder: Path
    places: Places
    resume: bool = False
    restart: bool = False
    attribution: str = ""


def train_bundle(recipe: Recipe, options: TrainOptions, log: RunLog) -> dict[str, Any]:
    """Train, export, score and save; the result is what ``train --format json`` prints, and the evaluation.

    Raises:
        BraidError: Of any kind; nothing half-written is left, and checkpoints stay.
    """
    check_replaceable(options.places.bundle)  # now, not after hours of training
    with locked(options.places.lock, "another run works here"):
        return _train_bundle(recipe, options, log)


def _train_bundle(recipe: Recipe, options: TrainOptions, log: RunLog) -> dict[str, Any]:
    begun = time.monotonic()
    _check_unfinished(options)
    backend = choose_backend()
    keep_memory()
    dataset = prepare(recipe, folder=options.folder, output=options.places.prepared)
    pairs = dataset.pairs("train", max_tokens=recipe.train.max_tokens)
    if not len(pairs):
        raise DataError(
            f"no training row has at most {recipe.train.max_tokens} subwords", hint="raise train.max_tokens"
        )
    left_out = len(dataset.data.train) - len(pairs)
    if left_out:
        log.say(f"{left_out:,} training rows are longer than {recipe.train.max_tokens} subwords and are left out")
    trained = _fit(recipe, options, dataset, pairs, log, backend)
    sizes = {
        "parameters": sum(int(array.size) for array in trained.weights.values()),
        "vocab_size": dataset.tokenizer.vocab_size,
        **token_limits(pairs),
    }
    training = {
        "steps": trained.progress.step,
        "left_out": left_out,
        "examples_seen": trained.progress.examples_seen,
        "tokens_seen": trained.progress.tokens_seen,
        "seconds": round(trained.progress.seconds, 1),
        "backend": backend,
    }
    log.say("scoring on the test part")
    saver = _Saver(recipe, options, dataset, trained, sizes, training)
    evaluation = saver.save()
    try:
        discard(options.places.checkpoints)
    except StorageError as error:  # the bundle is there all the same
        log.say(str(error))
    training["wall_seconds"] = round(time.monotonic() - begun, 1)
    return {
        "bundle": str(options.places.bundle),
        **{key: training[key] for key in ("steps", "examples_seen", "tokens_seen", "seconds")},
        "metrics": evaluation["systems"][0]["scores"],
        "peak_memory_bytes": _peak_memory(),
        "evaluation": evaluation,
    }


def _peak_memory() -> int | None:
    """Bytes that this process held at its largest; None where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _check_unfinished(options: TrainOptions) -> None:
    """An unfinished run is continued or thrown away only when a person says so."""
    if options.resume and options.restart:
        raise ConfigError("resume and restart exclude each other")
    if has_checkpoint(options.places.checkpoints) and not (options.resume or options.restart):
        raise CheckpointError(
            "an unfinished run is saved here",
            where=str(options.places.checkpoints),
            hint="add --resume to go on with it, or --restart to throw it away",
        )


def _fit(
    recipe: Recipe, options: TrainOptions, dataset: Dataset, pairs: EncodedPairs, log: RunLog, backend: str
) -> Trained:
    """The trained weights and how they came about."""
    from braid.data.batch import BatchPlan
    from braid.models import build
    from braid.training.loop import Run, train

    num_widths = 10 if backend == "jax" else 0  # compiled for each shape
    plan = BatchPlan(
        pairs=pairs,
        batch_tokens=recipe.train.batch_tokens,
        seed=recipe.train.seed,
        num_widths=num_widths,
        sampling=_sampling(recipe, dataset),
    )
    model = build(recipe.model, dataset.tokenizer.vocab_size, seed=recipe.train.seed)
    log.say(
        f"{len(pairs):,} pairs, {pairs.num_target_tokens:,} target tokens, {len(plan.epoch(0)):,} batches "
        f"({100 * plan.padding_share():.1f} % padding), {model.count_params():,} weights, {backend}"
    )
    longest = max(len(row) for side in (pairs.source, pairs.target) for row in side)
    check_memory(recipe, num_weights=model.count_params(), vocab_size=dataset.tokenizer.vocab_size, longest=longest)
    settings = {key: value for key, value in recipe.to_dict().items() if key not in ("runtime", "search")}
    identity = {
        "braid_version": __version__,
        "backend": backend,
        "recipe": hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16],
        "data": dataset.data.fingerprint,
        "tokenizer": hashlib.sha256(dataset.tokenizer.to_json().encode()).hexdigest()[:16],
    }
    run = Run(
        config=recipe.train,
        model=model,
        plan=plan,
        folder=options.places.work,
        identity=identity,
        validate=validator(recipe, dataset),
        log=log,
    )
    return train(run, resume=options.resume)


def _sampling(recipe: Recipe, dataset: Dataset) -> SubwordSampling | None:
    rate = recipe.train.subword_dropout
    if not rate:
        return None
    return SubwordSampling(parts_V2=dataset.tokenizer.parts(), rate=rate, max_tokens=recipe.train.max_tokens)


def validator(recipe: Recipe, dataset: Dataset) -> Callable[[dict[str, np.ndarray]], float]:
    """A function of weights: chrF of greedy translations of the validation rows, through the serving runtime."""
    from sacrebleu.metrics.chrf import CHRF

    from braid.config.recipe import SearchConfig
    from braid.exporting.onnx import export_onnx
    from braid.runtime.session import EncoderDecoderSession
    from braid.tasks.translate import Translator

    rows = dataset.data.valid[:VALIDATION_ROWS]
    sources, references = [row.source for row in rows], [[row.target for row in rows]]

    def chrf(weights: dict[str, np.ndarray]) -> float:
        with scratch_folder() as folder:
            export_onnx(recipe.model, weights, folder, precision="float32")
            translator = Translator(
                name=recipe.name,
                source_language=recipe.data.source_language,
                target_language=recipe.data.target_language,
                tokenizer=dataset.tokenizer,
                session=EncoderDecoderSession(folder),
                options=SearchConfig(beam_size=1, max_ratio=2.0),
                max_source_tokens=recipe.train.max_tokens,
            )
            return float(CHRF().corpus_score(translator.translate(sources), references).score)

    return chrf


@dataclass(frozen=True)
class _Saver:
    """Writes the bundle: runtime first, then its scores, since the scores are the runtime's."""

    recipe: Recipe
    options: TrainOptions
    dataset: Dataset
    trained: Trained
    sizes: dict[str, int]
    training: dict[str, Any]

    def save(self) -> dict[str, Any]:
        """Save the bundle and return its evaluation."""
        with scratch_folder() as folder:
            draft = folder / "draft"
            self._write(draft, None)
            data = self.dataset.data
            evaluation = evaluate(load(draft), data.test, memory=data.train)
        evaluation["history"] = self.trained.progress.history
        evaluation["data"] = data.report
        self._write(self.options.places.bundle, evaluation)
        return evaluation

    def _write(self, path: Path, evaluation: dict[str, Any] | None) -> None:
        save_bundle(path, lambda folder: self._fill(folder, evaluation))

    def _fill(self, folder: Path, evaluation: dict[str, Any] | None) -> dict[str, Any]:
        from braid.exporting.onnx import export_onnx

        (folder / "runtime").mkdir()
        export_onnx(
            self.recipe.model, self.trained.weights, folder / "runtime", precision=self.recipe.runtime.precision
        )
        (folder / "tokenizer.json").write_text(self.dataset.tokenizer.to_json(), encoding="utf-8")
        if evaluation is not None:
            from braid.auditing.report import evaluation_report

            write_arrays(folder / "weights.safetensors", self.trained.weights)
            card = model_card(self.recipe, evaluation, self.sizes, self.training, self.options.attribution)
            (folder / "card.md").write_text(card, encoding="utf-8")
            evaluation_report(evaluation, path=folder / "report.html")  # type: ignore[arg-type]
        data = self.dataset.data
        return {
            "name": self.recipe.name,
            "task": self.recipe.task,
            "source_language": self.recipe.data.source_language,
            "target_language": self.recipe.data.target_language,
            "recipe": self.recipe.to_dict(),
            "sizes": self.sizes,
            "data_fingerprint": data.fingerprint,
            "data": {"train": len(data.train), "valid": len(data.valid), "test": len(data.test)},
            "training": self.training,
            "scores": evaluation["systems"] if evaluation else [],
        }
