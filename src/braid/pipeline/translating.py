"""Translation: pairs of texts to an encoder-decoder, scored by BLEU and chrF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from braid.bundle.folder import read_tokenizer
from braid.bundle.schema import BundleInfo
from braid.config.loading import make_recipe
from braid.config.recipe import Recipe, SearchConfig
from braid.data.encoded import EncodedPairs
from braid.data.example import Example
from braid.data.memory import TranslationMemory
from braid.metrics.quality import translation_faults
from braid.metrics.translation import compare as compare_translations
from braid.metrics.translation import sentence_chrf, translation_buckets, translation_scores
from braid.pipeline.evaluation import evaluation_of, systems_of
from braid.pipeline.prepare import Dataset, Weights
from braid.runtime.session import EncoderDecoderSession
from braid.storage import scratch_folder
from braid.tasks.translate import Translator

if TYPE_CHECKING:
    from braid.training.loop import Validation

KIND = "encoder-decoder"
HEAD = "tokens"
VALIDATION_ROWS = 500


def encode(recipe: Recipe, dataset: Dataset, part: str) -> EncodedPairs:
    """Token ids of both sides."""
    return dataset.pairs(part, max_tokens=recipe.train.max_tokens, token_dropout=recipe.train.token_dropout)


def network_options(dataset: Dataset) -> dict[str, Any]:
    """Nothing."""
    return {}


def validation(recipe: Recipe, dataset: Dataset) -> Validation:
    """chrF of greedy translations of the first 500 validation rows."""
    from sacrebleu.metrics.chrf import CHRF

    from braid.exporting.onnx import export_onnx
    from braid.training.loop import Validation

    rows = dataset.data.valid[:VALIDATION_ROWS]
    sources, references = [row.source for row in rows], [[row.target for row in rows]]

    def chrf(weights: Weights) -> float:
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

    return Validation(name="chrF", score=chrf)


def write(recipe: Recipe, dataset: Dataset, weights: Weights, folder: Path) -> dict[str, Any]:
    """The encoder's and the decoder's graph."""
    from braid.exporting.onnx import export_onnx

    export_onnx(recipe.model, weights, folder, precision=recipe.runtime.precision)
    return {}


def open(folder: Path, info: BundleInfo, num_threads: int = 0) -> Translator:
    """The translator of a bundle."""
    return Translator(
        name=info.name,
        source_language=info.source_language,
        target_language=info.target_language,
        tokenizer=read_tokenizer(folder, info),
        session=EncoderDecoderSession(folder / "runtime", num_threads=num_threads),
        options=make_recipe(info.recipe, where=str(folder / "bundle.json"), trained=True).search,
        max_source_tokens=info.sizes.max_source_tokens,
    )


def evaluate(
    model: Translator, examples: Sequence[Example], *, memory: Sequence[Example] = (), beam_size: int = 0
) -> dict[str, Any]:
    """BLEU and chrF of the translator, of copies of the source, and of the nearest match among the training rows."""
    sources = [example.source for example in examples]
    references = [example.target for example in examples]
    language = model.target_language
    hypotheses = model.translate(sources, beam_size=beam_size)
    outputs = {model.name: hypotheses, "copy the source": sources}
    notes = []
    if memory:
        outputs["nearest translation-memory match"] = TranslationMemory(memory).nearest(sources)
    else:
        notes.append("The training data are not beside the bundle: no translation-memory baseline.")
    scores = {name: translation_scores(texts, references, target_language=language) for name, texts in outputs.items()}
    buckets = translation_buckets(sources, hypotheses, references, target_language=language)
    return evaluation_of(
        name=model.name,
        task="translate",
        source_language=model.source_language,
        target_language=language,
        systems=systems_of(scores),
        examples=_examples(sources, references, hypotheses),
        score_name="chrF",
        buckets=[bucket.to_dict() for bucket in buckets],
        faults=translation_faults(sources, hypotheses),
        notes=notes,
    )


def _examples(sources: Sequence[str], references: Sequence[str], hypotheses: Sequence[str]) -> list[dict[str, Any]]:
    chrfs = sentence_chrf(hypotheses, references)
    rows = zip(sources, references, hypotheses, chrfs, strict=True)
    return [dict(zip(("source", "reference", "hypothesis", "score"), row, strict=True)) for row in rows]


def compare(evaluation: dict[str, Any], model: Translator, beam_size: int = 0) -> tuple[dict[str, Any], dict[str, Any]]:
    """Scores of another translator on the same texts, and paired differences by bootstrap."""
    sources, references, hypotheses = (
        [row[name] for row in evaluation["examples"]] for name in ("source", "reference", "hypothesis")
    )
    language = model.target_language
    theirs = model.translate(sources, beam_size=beam_size)
    scores = translation_scores(theirs, references, target_language=language)
    return scores, compare_translations(hypotheses, theirs, references, target_language=language)
