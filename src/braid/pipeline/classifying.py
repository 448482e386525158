"""Classification: labeled texts to an encoder with a class head and a linear model beside it, calibrated together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from braid.bundle.folder import read_tokenizer
from braid.bundle.schema import BundleInfo
from braid.config.recipe import Recipe
from braid.data.encoded import EncodedLabels
from braid.data.example import Example
from braid.data.kinds import SEPARATOR
from braid.data.labels import indicators
from braid.data.linear import LinearBaseline
from braid.errors import BundleError, DataError
from braid.metrics.calibration import (
    best_threshold,
    best_thresholds_multilabel,
    expected_calibration_error,
    fit_temperature,
    log_loss,
    reliability,
)
from braid.metrics.classification import (
    NONE,
    classification_scores,
    compare_labels,
    confusion,
    curves,
    none_scores,
    per_label,
    ranking,
)
from braid.metrics.score import Score
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


def labels_of(example: Example, none_label: str = "") -> tuple[str, ...]:
    """The labels of a row; none where it belongs to none."""
    given = example.target.split(SEPARATOR) if example.target else ()
    return tuple(label for label in given if label != none_label)


def network_options(dataset: Dataset) -> dict[str, Any]:
    """How many classes there are."""
    labels = dataset.labels
    if len(labels) < 2:
        hint = "name the column of the labels: data.target_column"
        raise DataError(f"at least two labels are needed, got {len(labels)}", hint=hint)
    return {"num_classes": len(labels)}


def encode(recipe: Recipe, dataset: Dataset, part: str) -> EncodedLabels:
    """Token ids and classes of the texts; long texts keep their first subwords."""
    rows = [row for row in getattr(dataset.data, part) if _is_known(row, dataset)]
    source = dataset.tokenizer.encode([row.source for row in rows])
    source = [ids[: recipe.train.max_tokens] for ids in source]
    targets = _targets(rows, dataset)
    is_balanced = recipe.train.class_weight == "balanced"
    weights = balanced_weights(targets, len(dataset.labels)) if is_balanced else np.ones(len(rows), np.float32)
    return EncodedLabels(
        source=source,
        labels=targets,
        weights=weights,
        pad_id=dataset.tokenizer.pad_id,
        token_dropout=recipe.train.token_dropout,
    )


def balanced_weights(targets: np.ndarray, num_labels: int) -> np.ndarray:
    """Weights by which rare labels count as much as frequent ones, 1 on average.

    Args:
        targets: (N,) classes, or (N, C) with 1 on each class of a text.
        num_labels: C.

    Returns:
        (N,) float32, the same total for each class; or (N, C) float32, by which the texts with a class count as much
        together as those without it.
    """
    size = len(targets)
    if targets.ndim == 1:
        counts = np.bincount(targets, minlength=num_labels)
        return (size / (num_labels * np.maximum(counts, 1)))[targets].astype(np.float32)
    counts_C = targets.sum(axis=0)
    is_told_C = (counts_C > 0) & (counts_C < size)  # of a class that all texts have, or none, nothing is to be balanced
    with_C, without_C = (size / (2 * np.maximum(part, 1)) for part in (counts_C, size - counts_C))
    return np.where(is_told_C, np.where(targets > 0, with_C, without_C), 1.0).astype(np.float32)


def _targets(rows: Sequence[Example], dataset: Dataset) -> np.ndarray:
    """(N,) classes, or (N, C) with 1 on each class of a text where there may be several."""
    place = {label: index for index, label in enumerate(dataset.labels)}
    if not dataset.is_multilabel:
        return np.array([place[labels_of(row, dataset.none_label)[0]] for row in rows], np.int32)
    found = np.zeros((len(rows), len(place)), np.float32)
    for index, row in enumerate(rows):
        found[index, [place[label] for label in labels_of(row, dataset.none_label)]] = 1.0
    return found


def _is_known(row: Example, dataset: Dataset) -> bool:
    """Whether the row has a label, and all its labels stand in the training part."""
    labels = labels_of(row, dataset.none_label)
    return bool(labels) and all(label in dataset.labels for label in labels)


def _known(dataset: Dataset, part: str) -> list[Example]:
    return [row for row in getattr(dataset.data, part) if _is_known(row, dataset)]


def _classifier(recipe: Recipe, dataset: Dataset, folder: Path, linear: LinearBaseline | None = None) -> Classifier:
    return Classifier(
        name=recipe.name,
        language=dataset.language,
        tokenizer=dataset.tokenizer,
        session=EncoderSession(folder),
        linear=linear,
        decision=Decision(labels=dataset.labels, is_multilabel=dataset.is_multilabel),
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

    return Validation(name="micro F1" if dataset.is_multilabel else "accuracy", score=score)


def write(recipe: Recipe, dataset: Dataset, weights: Weights, folder: Path) -> dict[str, Any]:
    """The encoder's graph, the linear model, and how both are mixed and calibrated on the validation rows."""
    from braid.exporting.onnx import export_onnx

    export_onnx(recipe.model, weights, folder, precision=recipe.runtime.precision, kind=KIND, head=HEAD)
    train, valid = _known(dataset, "train"), _known(dataset, "valid")
    linear = LinearBaseline.fit(
        [row.source for row in train],
        [labels_of(row, dataset.none_label) for row in train],
        labels=dataset.labels,
        is_multilabel=dataset.is_multilabel,
        valid=([row.source for row in valid], [labels_of(row, dataset.none_label) for row in valid]),
        is_balanced=recipe.train.class_weight == "balanced",
    )
    write_arrays(folder / LINEAR, linear.arrays())
    classifier = _classifier(recipe, dataset, folder, linear)
    texts, targets = [row.source for row in valid], _targets(valid, dataset)
    scores_BC = linear.scores(texts)
    classifier.decision = calibrated(classifier.decision, classifier.network_scores(texts), scores_BC, targets)
    decision, baseline = classifier.decision, calibrated_baseline(classifier.decision, scores_BC, targets)
    if dataset.none_label and not decision.is_multilabel:
        every = [row.source for row in dataset.data.valid]
        alone_BC = linear.scores(every) / baseline.temperature
        decision = replace(decision, threshold=_threshold(classifier.probabilities(every), dataset))
        baseline = replace(baseline, threshold=_threshold(baseline.probabilities(alone_BC), dataset))
    own = {name: getattr(baseline, name) for name in ("temperature", "threshold", "thresholds")}
    return asdict(replace(decision, none_label=dataset.none_label)) | {"baseline": own}


def _threshold(likely_BC: np.ndarray, dataset: Dataset) -> float:
    """The confidence below which a text had better get no label, as the validation part has it."""
    rows = dataset.data.valid
    right = [dataset.labels[best] in labels_of(row) for row, best in zip(rows, likely_BC.argmax(axis=1), strict=True)]
    has_label = [bool(labels_of(row, dataset.none_label)) for row in rows]
    return best_threshold(likely_BC.max(axis=1), np.array(right), np.array(has_label))


def calibrated(decision: Decision, network_BC: np.ndarray, linear_BC: np.ndarray, targets: np.ndarray) -> Decision:
    """The decision whose share and temperature make the validation labels likeliest, with thresholds."""
    cooling, fitted = fit_temperature(network_BC, targets), []
    for share in SHARES.tolist():
        mixed = share * network_BC / cooling + (1 - share) * linear_BC
        temperature = fit_temperature(mixed, targets)
        candidate = replace(decision, cooling=cooling, share=share, temperature=temperature)
        fitted.append((log_loss(mixed / temperature, targets), candidate))
    best = min(fitted, key=lambda pair: pair[0])[1]
    return _with_thresholds(best, best.mixed(network_BC, linear_BC), targets)


def calibrated_baseline(decision: Decision, linear_BC: np.ndarray, targets: np.ndarray) -> Decision:
    """How the linear opinion decides alone, calibrated on the validation labels just as the mixed one is."""
    temperature = fit_temperature(linear_BC, targets)
    return _with_thresholds(decision.of_baseline(temperature=temperature), linear_BC / temperature, targets)


def _with_thresholds(decision: Decision, scores_BC: np.ndarray, targets: np.ndarray) -> Decision:
    """The decision with the best threshold of each label, where a text may have several."""
    if not decision.is_multilabel:
        return decision
    limits = best_thresholds_multilabel(decision.probabilities(scores_BC), targets)
    return replace(decision, thresholds=tuple(limits.tolist()))


def decisions_of(task_info: Mapping[str, Any]) -> tuple[Decision, Decision]:
    """How a bundle's model decides, and how its baseline does: without thresholds in bundles that tell none.

    Raises:
        KeyError, TypeError, ValueError: Something is missing or unknown.
    """
    told = {**task_info, **{key: tuple(task_info[key]) for key in ("labels", "thresholds")}}
    own = told.pop("baseline", {})
    decision = Decision(**told)
    return decision, decision.of_baseline(**own)


def open(folder: Path, info: BundleInfo, num_threads: int = 0) -> Classifier:
    """The classifier of a bundle."""
    from safetensors.numpy import load_file

    try:
        decision, baseline = decisions_of(info.task_info)
        linear = LinearBaseline.from_arrays(load_file(folder / "runtime" / LINEAR), labels=decision.labels)
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(f"bundle.json does not say how to decide: {error}", where=str(folder)) from error
    model = Classifier(
        name=info.name,
        language=info.source_language,
        tokenizer=read_tokenizer(folder, info),
        session=EncoderSession(folder / "runtime", num_threads=num_threads),
        linear=linear,
        decision=decision,
        max_tokens=info.sizes.max_source_tokens,
    )
    model.baseline = baseline
    return model


def evaluate(model: Classifier, examples: Sequence[Example], *, memory: Sequence[Example] = ()) -> dict[str, Any]:
    """Accuracy, precision, recall and F1 of the classifier, of the linear model alone, and of the commonest label."""
    none_label = model.decision.none_label
    texts, gold = [row.source for row in examples], [labels_of(row, none_label) for row in examples]
    probabilities = model.probabilities(texts)
    given = [model.decision.chosen(row) for row in probabilities]
    outputs = {model.name: given}
    if model.linear:
        outputs["TF-IDF + logistic regression"] = model.baseline_labels(texts)
    common = Counter(labels_of(row, none_label) for row in memory or examples).most_common(1)[0][0]
    outputs["the commonest label"] = [common] * len(examples)
    options = {"labels": model.labels, "is_multilabel": model.decision.is_multilabel}
    scores = {name: classification_scores(gold, rows, **options) for name, rows in outputs.items()}
    right = [float(set(one) == set(other)) for one, other in zip(gold, given, strict=True)]
    likely, details = probabilities.max(axis=1), _details(model, gold, given, probabilities)
    return evaluation_of(
        name=model.name,
        task="classify",
        source_language=model.source_language,
        systems=systems_of(scores),
        examples=[
            {
                "source": row.source,
                "reference": ", ".join(wanted) or NONE,
                "hypothesis": ", ".join(labels) or NONE,
                "score": 100 * (probability if correct else -probability),
                "gold": list(wanted),
                "given": list(labels),
            }
            for row, wanted, labels, probability, correct in zip(
                examples, gold, given, likely.tolist(), right, strict=True
            )
        ],
        score_name="confidence",
        outputs=[[list(labels) for labels in rows] for rows in outputs.values()],
        tables=_tables(details),
        **details,
        charts=curves(probabilities, _gold(gold, model.labels), model.labels),
        notes=_notes(model, gold, given, details),
    )


def _gold(gold: Sequence[tuple[str, ...]], labels: Sequence[str]) -> np.ndarray:
    """(texts, labels), 1 where a text has the label; labels that the model has not learned are left out."""
    return indicators([tuple(label for label in row if label in labels) for row in gold], labels).astype(float)


def _notes(
    model: Classifier, gold: Sequence[tuple[str, ...]], given: Sequence[tuple[str, ...]], details: dict[str, Any]
) -> list[str]:
    share, notes = 100 * model.decision.share, []
    if model.linear and share == 0:
        notes.append("The network adds nothing here: validation gave all weight to the linear model.")
    elif model.linear:
        notes.append(
            f"Decisions mix {share:.0f} % network and {100 - share:.0f} % linear model, as validation found best."
        )
    if "calibration" in details:
        error = Score(**details["calibration"]["expected_error"])
        notes.append(f"Confidence is off by {error} points on average (expected calibration error, 0 is best).")
    without = none_scores(gold, given)
    if without:
        found, false = (f"{one.value:.1f} % [{one.low:.1f}, {one.high:.1f}]" for one in without.values())
        notes.append(f"Of texts that belong to no label {found} are found out; {false} of the others are sent away.")
    unknown = {label for row in gold for label in row} - set(model.labels)
    if unknown:
        notes.append(f"{len(unknown)} labels of these texts never stood in training, so that they cannot be given.")
    return notes


def _details(
    model: Classifier, gold: Sequence[tuple[str, ...]], given: Sequence[tuple[str, ...]], probabilities_BC: np.ndarray
) -> dict[str, Any]:
    """``per_label`` scores and ``calibration``; of one label a text also ``confusion``."""
    right_BC, rows = _gold(gold, model.labels), per_label(gold, given, model.labels)
    for row, areas in zip(
        rows, ranking(probabilities_BC, right_BC), strict=False
    ):  # labels unknown have no probability
        row.update(areas)
    found: dict[str, Any] = {"per_label": rows}
    if model.decision.is_multilabel:
        known, target = np.arange(len(gold)), right_BC
    else:
        found["confusion"] = confusion(gold, given, model.labels)
        known = np.flatnonzero(right_BC.any(axis=1))
        target = right_BC.argmax(axis=1)
    if len(known):
        error = expected_calibration_error(probabilities_BC[known], target[known])
        bins = reliability(probabilities_BC[known], target[known])
        found["calibration"] = {"expected_error": error.to_dict(), "bins": bins}
    return found


def _tables(details: dict[str, Any]) -> list[dict[str, Any]]:
    """Each label by itself, the commonest confusions, and how far probabilities can be trusted, for a reader."""
    names = {"precision": "precision", "recall": "recall", "f1": "F1", "average_precision": "average precision"}
    rows = [
        [row["label"], *("" if row.get(name) is None else f"{row[name]:.1f}" for name in names), row["support"]]
        for row in details["per_label"]
    ]
    tables = [{"title": "By label", "header": ["label", *names.values(), "texts"], "rows": rows}]
    confused = details.get("confusion", {}).get("largest", [])[:SHOWN_CONFUSIONS]
    if confused:
        header = ["right label", "given label", "texts"]
        tables.append({"title": "Commonest confusions", "header": header, "rows": [list(row) for row in confused]})
    if "calibration" in details:
        rows = [
            [f"{row['confidence']:.1f}", f"{row['accuracy']:.1f}", row["count"]]
            for row in details["calibration"]["bins"]
        ]
        header = ["mean confidence", "accuracy", "texts" if "confusion" in details else "texts and labels"]
        tables.append({"title": "Calibration", "header": header, "rows": rows})
    return tables


def compare(evaluation: dict[str, Any], model: Classifier) -> tuple[dict[str, Any], dict[str, Any]]:
    """Scores of another classifier on the same texts, and the paired difference in accuracy."""
    texts = [row["source"] for row in evaluation["examples"]]
    gold, ours = ([tuple(row[name]) for row in evaluation["examples"]] for name in ("gold", "given"))
    theirs = [model.decision.chosen(row) for row in model.probabilities(texts)]
    options = {"labels": model.labels, "is_multilabel": model.decision.is_multilabel}
    scores = classification_scores(gold, theirs, **options)
    return scores, {"accuracy": compare_labels(ours, theirs, gold)}
