"""A recipe to a bundle."""

from __future__ import annotations

import hashlib
import shutil
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from braid.bundle.folder import check_replaceable, save_bundle
from braid.config.recipe import Recipe
from braid.data.kinds import kind_of
from braid.data.report import label_counts, label_sentences, passed_sentences
from braid.errors import CheckpointError, ConfigError, DataError, StorageError
from braid.layers.backend import choose_backend
from braid.models.size import num_weights
from braid.pipeline.card import model_card
from braid.pipeline.documents import IndexedDocuments
from braid.pipeline.evaluation import details_of
from braid.pipeline.indexing import index_bundle, index_documents
from braid.pipeline.load import load
from braid.pipeline.places import Places
from braid.pipeline.prepare import Dataset, prepare, token_limits
from braid.pipeline.tasks import pipeline_of
from braid.storage import locked, scratch_folder, write_arrays
from braid.text.sampling import SubwordSampling
from braid.training.allocator import keep_memory
from braid.training.checkpoint import discard, has_checkpoint, nothing_to_resume
from braid.training.footprint import check_memory
from braid.version import __version__

if TYPE_CHECKING:
    from braid.data.encoded import Encoded
    from braid.training.log import RunLog
    from braid.training.loop import Trained

COMPILED_SHAPES = 24
"""Shapes of batches where each is compiled: under 8 % of padding on real pairs of texts."""


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
    if recipe.task == "answer" and not recipe.data.train:  # which is made in one go
        return index_bundle(recipe, folder=options.folder, bundle=options.places.bundle, log=log)
    check_unfinished(options, is_saved=has_checkpoint(options.places.checkpoints), where=options.places.checkpoints)
    documents = _documents(recipe, options, log)
    dataset = prepare(recipe, folder=options.folder, output=options.places.prepared)
    options.places.claim()
    for sentence in passed_sentences(dataset.data.report):
        log.say(sentence)
    result = train_dataset(recipe, options, replace(dataset, documents=documents), log)
    if documents is not None:
        shutil.rmtree(documents.folder, ignore_errors=True)  # the bundle has its own now
    return result


def _documents(recipe: Recipe, options: TrainOptions, log: RunLog) -> IndexedDocuments | None:
    """The index of a reader's documents, made before hours of training; None where the recipe names none."""
    if recipe.task != "answer" or not recipe.data.documents:
        return None
    places = options.places
    return index_documents(recipe.data.documents, options.folder, bundle=places.bundle, place=places.documents, log=log)


def train_dataset(recipe: Recipe, options: TrainOptions, dataset: Dataset, log: RunLog) -> dict[str, Any]:
    """The same from prepared data; who calls it holds the lock."""
    begun = time.monotonic()
    keep_memory()  # before the framework starts its threads
    backend = choose_backend()
    encoded = pipeline_of(recipe.task).encode(recipe, dataset, "train")
    if not len(encoded):
        raise DataError(
            f"no training row has at most {recipe.train.max_tokens} subwords", hint="raise train.max_tokens"
        )
    left_out = max(0, len(dataset.data.train) - len(encoded))
    if left_out:
        log.say(f"{left_out:,} training rows are longer than {recipe.train.max_tokens} subwords and are left out")
    if kind_of(recipe).has_labels:
        for sentence in label_sentences(label_counts(dataset.data.train), recipe.train.class_weight):
            log.say(sentence)
    trained = _fit(recipe, options, dataset, encoded, log, backend)
    sizes = {
        "parameters": sum(int(array.size) for array in trained.weights.values()),
        "vocab_size": dataset.tokenizer.vocab_size,
        **token_limits(encoded),
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
        **details_of(evaluation),
        "evaluation": evaluation,
    }


def _peak_memory() -> int | None:
    """Bytes that this process held at its largest; None where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def check_unfinished(options: TrainOptions, *, is_saved: bool, where: Path) -> None:
    """An unfinished run is continued or thrown away only when a person says so.

    Raises:
        CheckpointError: One is saved at ``where``, and the options say neither; or none, and it is to be continued.
        ConfigError: They say both.
    """
    if options.resume and options.restart:
        raise ConfigError("resume and restart exclude each other")
    if options.resume and not is_saved:
        raise nothing_to_resume(where)
    if is_saved and not (options.resume or options.restart):
        raise CheckpointError(
            "an unfinished run is saved here",
            where=str(where),
            hint="add --resume to go on with it, or --restart to throw it away",
        )


def _fit(
    recipe: Recipe, options: TrainOptions, dataset: Dataset, encoded: Encoded, log: RunLog, backend: str
) -> Trained:
    """The trained weights and how they came about."""
    from braid.data.batch import BatchPlan
    from braid.layers.linear import use_precision
    from braid.models import build
    from braid.training.loop import Run, train
    from braid.training.processor import has_bfloat16
    from braid.training.schedule import peak_learning_rate

    plan = BatchPlan(
        data=encoded,
        batch_tokens=recipe.train.batch_tokens,
        seed=recipe.train.seed,
        num_shapes=COMPILED_SHAPES if backend == "jax" else 0,
        sampling=_sampling(recipe, dataset),
    )
    pipeline = pipeline_of(recipe.task)
    shape = {"kind": pipeline.KIND, "head": pipeline.HEAD, **pipeline.network_options(dataset)}
    _check_size(recipe, dataset, encoded, shape, options.resume)
    use_precision(recipe.train.precision)
    model = build(
        recipe.model,
        dataset.tokenizer.vocab_size,
        seed=recipe.train.seed,
        **shape,
    )
    shares = [100 * share for share in plan.padding_shares()]
    padding = f"{shares[1]:.1f} % padding" + (f", {shares[0]:.1f} % of the source" if shares[0] else "")
    log.say(
        f"{len(encoded):,} rows, {encoded.num_tokens:,} tokens, {len(plan.epoch(0)):,} batches "
        f"({padding}), {model.count_params():,} weights, {backend}"
    )
    if recipe.train.precision == "float32" and backend != "jax" and has_bfloat16():
        log.say('this processor multiplies bfloat16: precision = "bfloat16" under [train] may make more steps a minute')
    config = replace(recipe.train, learning_rate=peak_learning_rate(recipe.train, recipe.model.model_dim))
    log.say(f"{config.optimizer}, {config.schedule} from a learning rate of {config.learning_rate:.2g}")
    run = Run(
        config=config,
        model=model,
        plan=plan,
        folder=options.places.work,
        identity=run_identity(recipe, dataset, backend),
        validation=pipeline.validation(recipe, dataset),
        log=log,
    )
    return train(run, resume=options.resume)


def run_identity(recipe: Recipe, dataset: Dataset, backend: str) -> dict[str, Any]:
    """What must be the same for a checkpoint to be continued, under names that a refusal can print."""
    settings = recipe.to_dict()
    found = {key: value for key, value in settings.items() if not isinstance(value, dict)}
    for name in ("data", "tokenizer", "model", "train"):
        found |= {f"{name}.{key}": value for key, value in settings[name].items()}
    return {
        **found,
        "braid_version": __version__,
        "backend": backend,
        "prepared data": dataset.data.fingerprint,
        "subwords": hashlib.sha256(dataset.tokenizer.to_json().encode()).hexdigest()[:16],
    }


def _check_size(recipe: Recipe, dataset: Dataset, encoded: Encoded, shape: dict[str, Any], resume: bool) -> None:
    """Refuses a network that the machine has no room for, before it is built."""
    vocab_size = dataset.tokenizer.vocab_size
    count = num_weights(recipe.model, vocab_size, **shape)
    longest = int(max(lengths.max() for lengths in encoded.lengths))
    check_memory(
        recipe,
        num_weights=count,
        vocab_size=vocab_size,
        longest=longest,
        kind=shape["kind"],
        head=shape["head"],
        resume=resume,
    )


def _sampling(recipe: Recipe, dataset: Dataset) -> SubwordSampling | None:
    rate = recipe.train.subword_dropout
    if not rate:
        return None
    is_part = pipeline_of(recipe.task).KIND == "decoder"  # of a text, with one subword to begin from
    return SubwordSampling(
        parts_V2=dataset.tokenizer.parts(), rate=rate, max_tokens=recipe.train.max_tokens + is_part, is_cut=is_part
    )


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
        pipeline, data = pipeline_of(self.recipe.task), self.dataset.data
        with scratch_folder() as folder:
            runtime, draft = folder / "runtime", folder / "draft"
            runtime.mkdir()
            task_info = pipeline.write(self.recipe, self.dataset, self.trained.weights, runtime)
            self._write(draft, runtime, task_info, None)
            evaluation = pipeline.evaluate(load(draft), data.test, memory=data.train)
            evaluation["history"] = self.trained.progress.history
            evaluation["validation"] = self.trained.validation
            evaluation["data"] = data.report
            self._write(self.options.places.bundle, runtime, task_info, evaluation)
        return evaluation

    def _write(self, path: Path, runtime: Path, task_info: dict[str, Any], evaluation: dict[str, Any] | None) -> None:
        needed = 2 * sum(array.nbytes for array in self.trained.weights.values())  # as arrays and as graphs
        save_bundle(path, lambda folder: self._fill(folder, runtime, task_info, evaluation), needed=needed)

    def _fill(
        self, folder: Path, runtime: Path, task_info: dict[str, Any], evaluation: dict[str, Any] | None
    ) -> dict[str, Any]:
        shutil.copytree(runtime, folder / "runtime")
        (folder / "tokenizer.json").write_text(self.dataset.tokenizer.to_json(), encoding="utf-8")
        if evaluation is not None:
            from braid.auditing.report import evaluation_report

            write_arrays(folder / "weights.safetensors", self.trained.weights)
            kind = pipeline_of(self.recipe.task).KIND
            card = model_card(self.recipe, kind, evaluation, self.sizes, self.training, self.options.attribution)
            (folder / "card.md").write_text(card, encoding="utf-8")
            evaluation_report(evaluation, path=folder / "report.html")  # type: ignore[arg-type]
        data = self.dataset.data
        return {
            "name": self.recipe.name,
            "task": self.recipe.task,
            "source_language": self.dataset.language,
            "target_language": self.recipe.data.target_language,
            "task_info": task_info,
            "recipe": self.recipe.to_dict(),
            "sizes": self.sizes,
            "data_fingerprint": data.fingerprint,
            "data": {"train": len(data.train), "valid": len(data.valid), "test": len(data.test)},
            "training": self.training,
            "scores": evaluation["systems"] if evaluation else [],
        }
