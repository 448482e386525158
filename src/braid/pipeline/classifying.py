"""Classification: labelled texts to an encoder with a class head and a linear model beside it, calibrated together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from braid.bundle.folder import read_tokenizer
from braid.bundle.schema import BundleInfo
from braid.config.recipe import Recipe
from braid.data.encoded import EncodedLabels
from braid.data.example import Example
from braid.data.kinds import SEPARATOR
from braid.data.linear import LinearBaseline
from braid.errors import BundleError, DataError
from braid.metrics.calibration import (
    best_thresholds_multilabel,
    expected_calibration_error,
    fit_temperature,
)
from braid.metrics.classification import classification_scores, compare_labels, confusion, per_label
from braid.pipeline.evaluation import evaluation_of, systems_of
from braid.pipeline.prepare import Dataset, Weights
from braid.runtime.session import EncoderSession
from braid.storage import scratch_folder, write_arrays
from braid.tasks.classify import Classifier, Decision

if TYPE_CHECKING:
    from braid.training.loop import Validation

KIND = "encoder"
HEAD = "classes"
LINEAR = "linear.safetensors"
SHARES = np.linspace(0, 1, 21)
SHOWN_CONFUSIONS = 12


def labels_of(example: Example) -> tuple[str, ...]:
    """The labels of a row."""
    return tuple(example.target.split(SEPARATOR)) if example.target else ()


def is_multilabel(dataset: Dataset) -> bool:
    """Whether any training text has several labels."""
    return any(SEPARATOR in row.target for row in dataset.data.train)


def network_options(dataset: Dataset) -> dict[str, Any]:
    """How many classes there are."""
    if len(dataset.labels) < 2:
        raise DataError(
            f"at least two labels are needed, got {len(dataset.labels)}",
            hint="name the column of the labels: data.target_column",
        )
    return {"num_classes": len(dataset.labels)}


def encode(recipe: Recipe, dataset: Dataset, part: str) -> EncodedLabels:
    """Token ids and classes of the texts; long texts keep their first subwords."""
    rows = [row for row in getattr(dataset.data, part) if all(label in dataset.labels for label in labels_of(row))]
    source = dataset.tokenizer.encode([row.source for row in rows])
    source = [ids[: recipe.train.max_tokens] for ids in source]
    targets = _targets(rows, dataset)
    weights = np.ones(len(rows), np.float32)
    if recipe.train.class_weight == "balanced" and targets.ndim == 1:
        counts = np.bincount(targets, minlength=len(dataset.labels))
        weights = (len(rows) / (len(dataset.labels) * np.maximum(counts, 1)))[targets].astype(np.float32)
    return EncodedLabels(
        source=source,
        labels=targets,
        weights=weights,
        pad_id=dataset.tokenizer.pad_id,
        token_dropout=recipe.train.token_dropout,
    )


def _targets(rows: Sequence[Example], dataset: Dataset) -> np.ndarray:
    """(N,) classes, or (N, C) with 1 on each class of a text where there may be several."""
    place = {label: index for index, label in enumerate(dataset.labels)}
    if not is_multilabel(dataset):
        return np.array([place.get(row.target, -1) for row in rows], np.int32)
    found = np.zeros((len(rows), len(place)), np.float32)
    for index, row in enumerate(rows):
        found[index, [place[label] for label in labels_of(row) if label in place]] = 1.0
    return found


def _known(dataset: Dataset, part: str) -> list[Example]:
    """Rows whose labels all stand in the training part."""
    return [row for row in getattr(dataset.data, part) if all(label in dataset.labels for label in labels_of(row))]


def _classifier(recipe: Recipe, dataset: Dataset, folder: Path, linear: LinearBaseline | None = None) -> Classifier:
    return Classifier(
        name=recipe.name,
        language=dataset.language,
        tokenizer=dataset.tokenizer,
        session=EncoderSession(folder),
        linear=linear,
        decision=Decision(labels=dataset.labels, is_multilabel=is_multilabel(dataset)),
        max_tokens=recipe.train.max_tokens,
    )


def validation(recipe: Recipe, dataset: Dataset) -> Validation:
    """Accuracy of the network alone on the validation rows; F1 over all labels where a text may have several."""
    from braid.exporting.onnx import export_onnx
    from braid.training.loop import Validation

    rows = _known(dataset, "valid")
    texts, targets = [row.source for row in rows], _targets(rows, dataset)

    def score(weights: Weights) -> float:
        with scratch_folder() as folder:
            export_onnx(recipe.model, weights, folder, precision="float32", kind=KIND, head=HEAD)
            scores = _classifier(recipe, dataset, folder).network_scores(texts)
        if targets.ndim == 1:
            return float(100 * (scores.argmax(axis=1) == targets).mean())
        given = scores > 0
        return float(200 * (given * targets).sum() / max(given.sum() + targets.sum(), 1))

    return Validation(name="micro F1" if is_multilabel(dataset) else "accuracy", score=score)


def write(recipe: Recipe, dataset: Dataset, weights: Weights, folder: Path) -> dict[str, Any]:
    """The encoder's graph, the linear model, and how both are mixed and calibrated on the validation rows."""
    from braid.exporting.onnx import export_onnx

    export_onnx(recipe.model, weights, folder, precision=recipe.runtime.precision, kind=KIND, head=HEAD)
    train, valid = dataset.data.train, _known(dataset, "valid")
    linear = LinearBaseline.fit(
        [row.source for row in train],
        [labels_of(row) for row in train],
        labels=dataset.labels,
        is_multilabel=is_multilabel(dataset),
        valid=([row.source for row in valid], [labels_of(row) for row in valid]),
        is_balanced=recipe.train.class_weight == "balanced",
    )
    write_arrays(folder / LINEAR, linear.arrays())
    classifier = _classifier(recipe, dataset, folder, linear)
    texts = [row.source for row in valid]
    decision = calibrated(
        classifier.decision, classifier.network_scores(texts), linear.scores(texts), _targets(valid, dataset)
    )
    return asdict(decision)


def calibrated(decision: Decision, network_BC: np.ndarray, linear_BC: np.ndarray, targets: np.ndarray) -> Decision:
    """The decision whose share and temperature make the validation labels likeliest, with thresholds."""
    fitted = []
    for share in SHARES.tolist():
        mixed = share * network_BC + (1 - share) * linear_BC
        temperature = fit_temperature(mixed, targets)
        candidate = Decision(
            labels=decision.labels, is_multilabel=decision.is_multilabel, share=share, temperature=temperature
        )
        fitted.append((_loss(candidate.probabilities(mixed / temperature), targets), candidate))
    best = min(fitted, key=lambda pair: pair[0])[1]
    if not decision.is_multilabel:
        return best
    probabilities = best.probabilities(best.mixed(network_BC, linear_BC))
    limits = tuple(float(limit) for limit in best_thresholds_multilabel(probabilities, targets))
    return Decision(**{**asdict(best), "thresholds": limits})


def _loss(probabilities: np.ndarray, targets: np.ndarray) -> float:
    """Mean negative log-likelihood."""
    likely = np.clip(probabilities, 1e-12, 1 - 1e-12)
    if targets.ndim == 1:
        return float(-np.log(likely[np.arange(len(targets)), targets]).mean())
    return float(-(targets * np.log(likely) + (1 - targets) * np.log(1 - likely)).mean())


def open(folder: Path, info: BundleInfo, num_threads: int = 0) -> Classifier:
    """The classifier of a bundle."""
    from safetensors.numpy import load_file

    try:
        told = {**info.task_info, **{key: tuple(info.task_info[key]) for key in ("labels", "thresholds")}}
        decision = Decision(**told)
        linear = LinearBaseline.from_arrays(load_file(folder / "runtime" / LINEAR), labels=decision.labels)
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(f"bundle.json does not say how to decide: {error}", where=str(folder)) from error
    return Classifier(
        name=info.name,
        language=info.source_language,
        tokenizer=read_tokenizer(folder, info),
        session=EncoderSession(folder / "runtime", num_threads=num_threads),
        linear=linear,
        decision=decision,
        max_tokens=info.sizes.max_source_tokens,
    )


def evaluate(model: Classifier, examples: Sequence[Example], *, memory: Sequence[Example] = ()) -> dict[str, Any]:
    """Accuracy, precision, recall and F1 of the classifier, of the linear model alone, and of the commonest label."""
    texts, gold = [row.source for row in examples], [labels_of(row) for row in examples]
    probabilities = model.probabilities(texts)
    given = [model.decision.chosen(row) for row in probabilities]
    outputs = {model.name: given}
    if model.linear:
        alone = Decision(labels=model.labels, is_multilabel=model.decision.is_multilabel)
        rows = alone.probabilities(model.linear.scores(texts))
        outputs["TF-IDF + logistic regression"] = [alone.chosen(row) for row in rows]
    common = Counter(map(labels_of, memory or examples)).most_common(1)[0][0]
    outputs["the commonest label"] = [common] * len(examples)
    options = {"labels": model.labels, "is_multilabel": model.decision.is_multilabel}
    scores = {name: classification_scores(gold, rows, **options) for name, rows in outputs.items()}
    right = [float(set(one) == set(other)) for one, other in zip(gold, given, strict=True)]
    likely = probabilities.max(axis=1)
    return evaluation_of(
        name=model.name,
        task="classify",
        source_language=model.source_language,
        systems=systems_of(scores),
        examples=[
            {
                "source": row.source,
                "reference": ", ".join(labels_of(row)),
                "hypothesis": ", ".join(labels) or "(none)",
                "score": 100 * (probability if correct else -probability),
                "gold": list(labels_of(row)),
                "given": list(labels),
            }
            for row, labels, probability, correct in zip(examples, given, likely.tolist(), right, strict=True)
        ],
        score_name="confidence",
        tables=_tables(model, gold, given, probabilities),
        notes=_notes(model),
    )


def _notes(model: Classifier) -> list[str]:
    share = 100 * model.decision.share
    if not model.linear:
        return []
    if share == 0:
        return ["The network adds nothing here: validation gave all weight to the linear model."]
    return [f"Decisions mix {share:.0f} % network and {100 - share:.0f} % linear model, as validation found best."]


def _tables(
    model: Classifier, gold: Sequence[tuple[str, ...]], given: Sequence[tuple[str, ...]], probabilities: np.ndarray
) -> list[dict[str, Any]]:
    """Each label by itself, the commonest confusions, and how far probabilities can be trusted."""
    rows = [
        [row["label"], *(f"{row[name]:.1f}" for name in ("precision", "recall", "f1")), row["support"]]
        for row in per_label(gold, given, model.labels)
    ]
    tables = [{"title": "By label", "header": ["label", "precision", "recall", "F1", "texts"], "rows": rows}]
    if model.decision.is_multilabel:
        return tables
    confused = confusion(gold, given, model.labels)["largest"][:SHOWN_CONFUSIONS]
    if confused:
        header = ["right label", "given label", "texts"]
        tables.append({"title": "Commonest confusions", "header": header, "rows": [list(row) for row in confused]})
    place = {label: index for index, label in enumerate(model.labels)}
    known = [i for i, labels in enumerate(gold) if labels and labels[0] in place]
    if known:
        target = np.array([place[gold[i][0]] for i in known])
        error = expected_calibration_error(probabilities[known], target)
        tables.append(
            {
                "title": "Calibration",
                "header": ["expected calibration error [95 %]", "signature"],
                "rows": [[f"{error.value:.1f} [{error.low:.1f}, {error.high:.1f}]", error.signature]],
            }
        )
    return tables


def compare(evaluation: dict[str, Any], model: Classifier) -> tuple[dict[str, Any], dict[str, Any]]:
    """Scores of another classifier on the same texts, and the paired difference in accuracy."""
    texts = [row["source"] for row in evaluation["examples"]]
    gold, ours = ([tuple(row[name]) for row in evaluation["examples"]] for name in ("gold", "given"))
    theirs = [model.decision.chosen(row) for row in model.probabilities(texts)]
    options = {"labels": model.labels, "is_multilabel": model.decision.is_multilabel}
    scores = classification_scores(gold, theirs, **options)
    return scores, {"accuracy": compare_labels(ours, theirs, gold)}
