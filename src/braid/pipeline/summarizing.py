"""Summarization: texts with summaries to an encoder-decoder that may copy, scored by ROUGE and for faithfulness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from braid.bundle.folder import read_tokenizer
from braid.bundle.schema import BundleInfo
from braid.config.loading import make_recipe
from braid.config.recipe import Recipe, SearchConfig
from braid.data.encoded import EncodedPairs
from braid.data.example import Example
from braid.data.spans import SpanModel
from braid.errors import BundleError
from braid.metrics.faithfulness import faithfulness
from braid.metrics.leads import Lead, choose_lead
from braid.metrics.overlap import compression, extractiveness, novelty, repetition_rate
from braid.metrics.summaries import compare_summaries, sentence_rouge, summary_buckets, summary_scores
from braid.pipeline.evaluation import Styles, evaluation_of, systems_of
from braid.pipeline.prepare import Dataset, Weights
from braid.runtime.session import EncoderDecoderSession
from braid.storage import scratch_folder, write_arrays
from braid.tasks.choosing import Candidate, Chooser
from braid.tasks.summarize import Rivals, Summarizer, condensed
from braid.text.extract import extract
from braid.text.units import units

if TYPE_CHECKING:
    from braid.training.loop import Validation

KIND = "encoder-decoder"
HEAD = "tokens"
VALIDATION_ROWS = 200
STYLE = {
    "novel1": "new words",
    "novel2": "new pairs",
    "compression": "length",
    "coverage": "copied",
    "density": "words at once",
    "repeats": "that repeat",
}
"""Measures of how summaries are written, and the heads of their columns."""
SPANS = "spans.safetensors"
CHOICE_ROWS = 1000
"""Validation rows on which the choice between network and stretches is learned."""
LEAD_ROWS = 2000
"""Training rows on which the lead baseline is chosen."""


def references_of(example: Example) -> tuple[str, ...]:
    """All summaries of a row."""
    return (example.target, *example.references)


def encode(recipe: Recipe, dataset: Dataset, part: str) -> EncodedPairs:
    """Token ids of both sides; long texts are condensed as they will be when the model is used."""
    rows: list[Example] = getattr(dataset.data, part)
    limit = recipe.train.max_tokens
    source = [condensed(row.source, dataset.tokenizer, limit)[0] for row in rows]
    target = dataset.tokenizer.encode([row.target for row in rows])
    kept = [index for index in range(len(rows)) if len(target[index]) <= limit]
    return EncodedPairs(
        source=[source[index] for index in kept],
        target=[target[index] for index in kept],
        bos_id=dataset.tokenizer.bos_id,
        pad_id=dataset.tokenizer.pad_id,
        token_dropout=recipe.train.token_dropout,
    )


def network_options(dataset: Dataset) -> dict[str, Any]:
    """Nothing."""
    return {}


def _summarizer(
    recipe: Recipe, dataset: Dataset, folder: Path, options: SearchConfig, rivals: Rivals | None = None
) -> Summarizer:
    return Summarizer(
        name=recipe.name,
        language=dataset.language,
        tokenizer=dataset.tokenizer,
        session=EncoderDecoderSession(folder),
        options=options,
        max_source_tokens=recipe.train.max_tokens,
        rivals=rivals,
    )


def validation(recipe: Recipe, dataset: Dataset) -> Validation:
    """ROUGE-L of greedy summaries of the first 200 validation rows."""
    from braid.exporting.onnx import export_onnx
    from braid.training.loop import Validation

    rows = dataset.data.valid[:VALIDATION_ROWS]

    def rouge(weights: Weights) -> float:
        with scratch_folder() as folder:
            export_onnx(recipe.model, weights, folder, precision="float32")
            summarizer = _summarizer(recipe, dataset, folder, SearchConfig(beam_size=1, max_ratio=1.0))
            outputs = summarizer.summarize([row.source for row in rows])
        found = sentence_rouge(outputs, [references_of(row) for row in rows], language=dataset.language)
        return float(np.mean(found["rougeL"]))

    return Validation(name="ROUGE-L", score=rouge)


def write(recipe: Recipe, dataset: Dataset, weights: Weights, folder: Path) -> dict[str, Any]:
    """The encoder's and the decoder's graph, the model of stretches, the lead, and how it is chosen among the three.

    The choice is learned on the validation rows.
    """
    from braid.exporting.onnx import export_onnx

    export_onnx(recipe.model, weights, folder, precision=recipe.runtime.precision)
    train, valid = dataset.data.train, dataset.data.valid[:CHOICE_ROWS]
    spans = SpanModel.fit([row.source for row in train], [references_of(row) for row in train])
    write_arrays(folder / SPANS, spans.arrays())
    lead = best_lead(train, dataset.language)
    summarizer = _summarizer(recipe, dataset, folder, recipe.search, Rivals(spans=spans, lead=lead))
    found = summarizer.candidates([row.source for row in valid])
    quality = [_quality(group, row, dataset.language) for group, row in zip(found, valid, strict=True)]
    chooser = Chooser.fit(found, quality)
    choice = asdict(chooser) if chooser else {"weights": [], "max_chars": 0}
    return {"max_source_tokens": recipe.train.max_tokens, "choice": {"lead": asdict(lead), **choice}}


def _quality(candidates: Sequence[Candidate], row: Example, language: str) -> np.ndarray:
    """The ROUGE-L of each candidate."""
    texts, references = [one.text for one in candidates], [references_of(row)] * len(candidates)
    return sentence_rouge(texts, references, language=language, metrics=("rougeL",))["rougeL"]


def best_lead(rows: Sequence[Example], language: str) -> Lead:
    """The lead that does best on training rows: the same one whoever asks, a bundle, its evaluation or an audit.

    Args:
        rows: The training part; its first `LEAD_ROWS` are looked at.
        language: Of both sides.
    """
    rows = rows[:LEAD_ROWS]
    return choose_lead([row.source for row in rows], [references_of(row) for row in rows], language=language)


def open(folder: Path, info: BundleInfo, num_threads: int = 0) -> Summarizer:
    """The summarizer of a bundle; one from before stretches competed gives what its network writes.

    Raises:
        BundleError: The model of stretches, the lead or the choice is damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    rivals = None
    if choice := info.task_info.get("choice"):
        try:
            spans = SpanModel.from_arrays(load_file(folder / "runtime" / SPANS))
            lead = Lead(**choice["lead"])
            lead.summarize("one word, another")  # which numbers and codes of other types do not survive
            rivals = Rivals(spans=spans, lead=lead, chooser=Chooser.of(choice["weights"], choice["max_chars"]))
        except (KeyError, TypeError, AttributeError, OSError, SafetensorError) as error:
            raise BundleError(f"how to choose a summary cannot be read: {error}", where=str(folder)) from error
    return Summarizer(
        name=info.name,
        language=info.source_language,
        tokenizer=read_tokenizer(folder, info),
        session=EncoderDecoderSession(folder / "runtime", num_threads=num_threads),
        options=make_recipe(info.recipe, where=str(folder / "bundle.json"), trained=True).search,
        max_source_tokens=int(info.task_info.get("max_source_tokens", info.sizes.max_source_tokens)),
        rivals=rivals,
    )


def evaluate(
    model: Summarizer, examples: Sequence[Example], *, memory: Sequence[Example] = (), beam_size: int = 0
) -> dict[str, Any]:
    """ROUGE of the summarizer, of the best lead and of extracted sentences as long as the references."""
    sources, references = [row.source for row in examples], [references_of(row) for row in examples]
    language = model.source_language
    hypotheses = model.summarize(sources, beam_size=beam_size)
    best = model.rivals.lead if model.rivals else best_lead(memory or examples, language)
    length = int(np.median([len(row.target) for row in memory or examples]))
    outputs = {model.name: hypotheses}
    if model.rivals:
        outputs["learned stretch"] = [model.stretch(source) for source in sources]
    outputs |= {
        f"lead: {best.name}": [best.summarize(source) for source in sources],
        "extracted sentences": [extract(source, language=language, max_chars=length).text for source in sources],
    }
    scores = {name: summary_scores(texts, references, language=language) for name, texts in outputs.items()}
    found = sentence_rouge(hypotheses, references, language=language)["rougeL"]
    note = "The training data are not beside the bundle: lengths of baselines were chosen on the test texts."
    faith = faithfulness(sources, hypotheses, language=language)
    styles = _styles(sources, outputs | {"reference": [golds[0] for golds in references]}, language)
    styles[model.name] = styles.get(model.name, {}) | {"unsupported": faith["rate"].to_dict()}
    buckets = summary_buckets(sources, hypotheses, references, language=language)
    return evaluation_of(
        name=model.name,
        task="summarize",
        source_language=language,
        systems=systems_of(scores),
        examples=[
            {
                "source": source,
                "reference": " / ".join(golds),
                "hypothesis": output,
                "score": float(score),
                "gold": list(golds),
            }
            for source, golds, output, score in zip(sources, references, hypotheses, found, strict=True)
        ],
        score_name="ROUGE-L",
        buckets=[bucket.to_dict() for bucket in buckets],
        style=styles,
        tables=[_style_table(styles), _faithfulness_table(faith)],
        notes=[*([] if memory else [note]), _faithfulness_note(faith)],
    )


def _styles(sources: Sequence[str], summaries: Mapping[str, Sequence[str]], language: str) -> Styles:
    """How each system writes: what is new, how short it is, how much it copies in one piece, whether it repeats."""
    found = {}
    for name, texts in summaries.items():
        if not any(map(units, texts)):  # no word at all
            continue
        measures = {
            **novelty(sources, texts),
            "compression": compression(sources, texts),
            **extractiveness(sources, texts),
            "repeats": repetition_rate(texts, language=language),
        }
        found[name] = {key: measures[key].to_dict() for key in STYLE if key in measures}
    return found


def _style_table(styles: Styles) -> dict[str, Any]:
    title = "How they are written (in percent; words at once are those copied in one piece)"
    rows = [[name, *(measures.get(key, "") for key in STYLE)] for name, measures in styles.items()]
    return {"title": title, "header": ["", *STYLE.values()], "rows": rows}


def _faithfulness_note(faith: dict[str, Any]) -> str:
    rate = faith["rate"]
    return (
        f"{faith['marked']:,} of {faith['summaries']:,} summaries ({rate.value:.1f} % "
        f"[{rate.low:.1f}, {rate.high:.1f}]) hold a number, a name or a title that their text lacks."
    )


def _faithfulness_table(faith: dict[str, Any]) -> dict[str, Any]:
    rows = [[row["summary"], ", ".join(span["text"] for span in row["spans"])] for row in faith["examples"]]
    return {"title": "Said in the summary, not in the text", "header": ["summary", "unsupported"], "rows": rows}


def compare(evaluation: dict[str, Any], model: Summarizer, beam_size: int = 0) -> tuple[dict[str, Any], dict[str, Any]]:
    """Scores of another summarizer on the same texts, and paired differences."""
    rows = evaluation["examples"]
    sources, hypotheses = [row["source"] for row in rows], [row["hypothesis"] for row in rows]
    references = [tuple(row["gold"]) for row in rows]
    language = model.source_language
    theirs = model.summarize(sources, beam_size=beam_size)
    scores = summary_scores(theirs, references, language=language)
    return scores, compare_summaries(hypotheses, theirs, references, language=language)
