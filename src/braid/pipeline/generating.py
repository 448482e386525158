"""Language models: texts or dialogues to a decoder, scored by bits per byte beside an n-gram model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from braid.bundle.folder import read_tokenizer
from braid.bundle.schema import BundleInfo
from braid.config.loading import make_recipe
from braid.config.recipe import Recipe
from braid.data.encoded import EncodedTexts
from braid.data.example import Example
from braid.data.formats.texts import MESSAGES
from braid.data.ngram import NgramModel
from braid.metrics.language_model import (
    compare_language_models,
    copied_share,
    distinct_n,
    language_model_scores,
    repetition_rate,
)
from braid.metrics.score import Score
from braid.pipeline.evaluation import Styles, evaluation_of, systems_of
from braid.pipeline.prepare import Dataset, Weights
from braid.runtime.session import DecoderSession
from braid.storage import scratch_folder
from braid.tasks.dialogue import ChatTemplate, Message
from braid.tasks.generate import Generator
from braid.text.normalize import normalize_lines
from braid.text.tokenizer import Tokenizer

if TYPE_CHECKING:
    from braid.training.loop import Validation

KIND = "decoder"
HEAD = "tokens"
VALIDATION_TOKENS = 8000
NGRAM_ORDER = 5
SAMPLES = 10
SAMPLE_TOKENS = 120
REFERENCE_CHARS = 400
PROMPT_CHARS = 60
STYLE = {
    "repeated4": "repeated runs of 4 words, %",
    "distinct2": "different pairs of words, %",
    "copied8": "copied from training data, 8 words, %",
}
"""Measures of how samples are written, and the heads of their columns."""

Prompt = str | Sequence[Message]


def has_dialogues(rows: Sequence[Example]) -> bool:
    """Whether there are dialogues among the rows."""
    return any(row.context == MESSAGES for row in rows)


def documents_of(rows: Sequence[Example]) -> Iterator[tuple[str, list[Example]]]:
    """Each document's text and parts: rows of one group that stand one behind another."""
    held: list[Example] = []
    for row in [*rows, None]:
        follows = held and row is not None and row.group and row.group == held[-1].group
        if held and not follows:
            yield "\n".join(part.target for part in held), held
            held = []
        if row is not None:
            held.append(row)


def token_rows(
    tokenizer: Tokenizer, rows: Sequence[Example], template: ChatTemplate | None = None
) -> tuple[list[np.ndarray], list[np.ndarray], list[str]]:
    """For each document its ids from bos to eos, how much each id but the first counts, and the text that counts.

    Of a dialogue what the assistant says counts, of any other document all; training and scoring both go by this.
    """
    ids, weights, texts = [], [], []
    for text, parts in documents_of(rows):
        if parts[0].context == MESSAGES:
            found, counted, said = _dialogue(tokenizer, json.loads(parts[0].target), template or ChatTemplate())
        else:
            body = tokenizer.encode_lines([text])[0]
            found = np.concatenate([[tokenizer.bos_id], body, [tokenizer.eos_id]]).astype(np.int32)
            counted, said = np.ones(len(found) - 1, np.float32), text
        ids.append(found)
        weights.append(counted)
        texts.append(said)
    return ids, weights, texts


def _dialogue(
    tokenizer: Tokenizer, messages: Sequence[Message], template: ChatTemplate
) -> tuple[np.ndarray, np.ndarray, str]:
    """A dialogue's ids, of which only the assistant's content counts."""
    ids, weights = [np.array([tokenizer.bos_id], np.int32)], []
    for message in messages:
        head, body = template.turn_ids(tokenizer, message["role"], normalize_lines(message["content"]))
        ids += [head, body]
        weights += [np.zeros(len(head)), np.full(len(body), float(message["role"] == "assistant"))]
    said = "\n".join(message["content"] for message in messages if message["role"] == "assistant")
    return np.concatenate(ids), np.concatenate(weights).astype(np.float32), said


def encode(recipe: Recipe, dataset: Dataset, part: str) -> EncodedTexts:
    """Documents cut into rows of ``train.max_tokens``, each beginning with the last id of the one before it."""
    ids, weights, _ = token_rows(dataset.tokenizer, getattr(dataset.data, part))
    size, rows, counted = recipe.train.max_tokens, [], []
    for document, weight in zip(ids, weights, strict=True):
        for begin in range(0, len(document) - 1, size):
            if weight[begin : begin + size].any():
                rows.append(document[begin : begin + size + 1])
                counted.append(weight[begin : begin + size])
    weights = counted if has_dialogues(getattr(dataset.data, part)) else ()
    return EncodedTexts(rows=rows, weights=weights, pad_id=dataset.tokenizer.pad_id)


def network_options(dataset: Dataset) -> dict[str, Any]:
    """Nothing."""
    return {}


def _generator(recipe: Recipe, dataset: Dataset, folder: Path) -> Generator:
    return Generator(
        name=recipe.name,
        language=dataset.language,
        tokenizer=dataset.tokenizer,
        session=DecoderSession(folder),
        options=recipe.search,
        window=recipe.train.max_tokens,
    )


def validation(recipe: Recipe, dataset: Dataset) -> Validation:
    """Bits per byte of about 8,000 subwords of the validation texts."""
    from braid.exporting.onnx import export_onnx
    from braid.training.loop import Validation

    ids, weights, texts = token_rows(dataset.tokenizer, dataset.data.valid)
    sizes = np.cumsum([len(row) for row in ids])
    count = int(np.searchsorted(sizes, VALIDATION_TOKENS)) + 1
    ids, weights, texts = ids[:count], weights[:count], texts[:count]
    num_bytes = sum(len(text.encode()) for text in texts)

    def bits(network: Weights) -> float:
        with scratch_folder() as folder:
            export_onnx(recipe.model, network, folder, precision="float32", kind=KIND)
            logs = _generator(recipe, dataset, folder).log_probabilities(ids)
        nats = sum(float((row * weight).sum()) for row, weight in zip(logs, weights, strict=True))
        return -nats / np.log(2) / max(num_bytes, 1)

    return Validation(name="bits per byte", score=bits, is_lower_better=True)


def write(recipe: Recipe, dataset: Dataset, weights: Weights, folder: Path) -> dict[str, Any]:
    """The decoder's graph; and, where dialogues taught it, how they are written."""
    from braid.exporting.onnx import export_onnx

    export_onnx(recipe.model, weights, folder, precision=recipe.runtime.precision, kind=KIND)
    info: dict[str, Any] = {"is_chat": has_dialogues(dataset.data.train), "window": recipe.train.max_tokens}
    return info | ({"chat_template": ChatTemplate().to_dict()} if info["is_chat"] else {})


def open(folder: Path, info: BundleInfo, num_threads: int = 0) -> Generator:
    """The generator of a bundle."""
    where = str(folder / "bundle.json")
    template = ChatTemplate.read(info.task_info.get("chat_template"), where) if info.task_info.get("is_chat") else None
    return Generator(
        name=info.name,
        language=info.source_language,
        tokenizer=read_tokenizer(folder, info),
        session=DecoderSession(folder / "runtime", num_threads=num_threads),
        options=make_recipe(info.recipe, where=where, trained=True).search,
        window=int(info.task_info.get("window", 256)),
        template=template,
    )


def evaluate(model: Generator, examples: Sequence[Example], *, memory: Sequence[Example] = ()) -> dict[str, Any]:
    """Bits per byte of the model and of an n-gram model of the same subwords, with a few samples."""
    ids, weights, texts = token_rows(model.tokenizer, examples, model.template)
    logs = _counted(model.log_probabilities(ids), weights)
    scores = {model.name: _scores(logs, texts)}
    notes = []
    if memory:
        rows, _, trained = token_rows(model.tokenizer, memory, model.template)
        name, others = _ngram(model.tokenizer, rows, ids, weights)
        scores[name] = _scores(others, texts)
    else:
        notes.append("The training data are not beside the bundle: no n-gram baseline.")
        trained = []
    samples = _samples(model, _prompts(examples))
    styles = _styles(samples, trained) if any(row["hypothesis"] for row in samples) else {}
    return evaluation_of(
        name=model.name,
        task="generate",
        source_language=model.source_language,
        systems=systems_of(scores),
        examples=samples,
        score_name="",
        style=styles,
        tables=[_style_table(styles)] if styles else [],
        notes=notes,
        held_out=(examples, logs),
    )


def ngram_baseline(
    tokenizer: Tokenizer, memory: Sequence[Example], examples: Sequence[Example]
) -> tuple[str, dict[str, Score]]:
    """The name and the scores on examples of an n-gram model of the training rows, without any network."""
    ids, weights, texts = token_rows(tokenizer, examples)
    rows, _, _ = token_rows(tokenizer, memory)
    name, logs = _ngram(tokenizer, rows, ids, weights)
    return name, _scores(logs, texts)


def _ngram(
    tokenizer: Tokenizer, rows: Sequence[np.ndarray], ids: Sequence[np.ndarray], weights: Sequence[np.ndarray]
) -> tuple[str, list[np.ndarray]]:
    """The name of the n-gram model that does best, learned from rows, and the log-probabilities of what counts."""
    ngram = NgramModel.fit(
        [row[1:] for row in rows], vocab_size=tokenizer.vocab_size, order=NGRAM_ORDER, bos_id=tokenizer.bos_id
    )
    order, logs = _best_order(ngram, [row[1:] for row in ids], weights)
    return f"{order}-gram model (Kneser-Ney)", logs


def _scores(logs: Sequence[np.ndarray], texts: Sequence[str]) -> dict[str, Score]:
    """Bits per byte, which can be compared across tokenizers, and perplexity, which people know."""
    scores = language_model_scores(logs, texts)
    return {name: scores[name] for name in ("bits_per_byte", "perplexity")}


def _best_order(
    ngram: NgramModel, rows: Sequence[np.ndarray], weights: Sequence[np.ndarray]
) -> tuple[int, list[np.ndarray]]:
    """The order under which the test texts are likeliest, which favors the baseline, and their log-probabilities."""
    found = {order: _counted(ngram.cut(order).score(rows), weights) for order in range(1, ngram.order + 1)}
    order = max(found, key=lambda order: sum(float(row.sum()) for row in found[order]))
    return order, found[order]


def _counted(logs: Sequence[np.ndarray], weights: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The log-probabilities of what counts."""
    return [row[weight > 0] for row, weight in zip(logs, weights, strict=True)]


def _prompts(examples: Sequence[Example]) -> list[tuple[Prompt, str]]:
    """What a few samples begin from, and what people wrote there: questions of dialogues, else beginnings of texts."""
    if has_dialogues(examples):
        dialogues = (json.loads(row.target) for row in examples if row.context == MESSAGES)
        return list(islice(filter(None, map(_question, dialogues)), SAMPLES))
    texts = [text for text, _ in documents_of(examples) if len(text) > 2 * PROMPT_CHARS][:SAMPLES]
    return [(text[:PROMPT_CHARS], text[PROMPT_CHARS:]) for text in texts]


def _question(messages: Sequence[Message]) -> tuple[Prompt, str] | None:
    """A dialogue up to the first answer to a user, and that answer; None where there is none."""
    for place, (before, message) in enumerate(pairwise(messages), 1):
        if before["role"] == "user" and message["role"] == "assistant":
            return messages[:place], message["content"]
    return None


def _samples(model: Generator, prompts: Sequence[tuple[Prompt, str]]) -> list[dict[str, Any]]:
    """What the model writes where people wrote something; a dialogue is answered in the turn format."""
    rows = []
    for prompt, written in prompts:
        output = "".join(model.stream(prompt, max_tokens=SAMPLE_TOKENS, seed=1))
        shown = prompt if isinstance(prompt, str) else "\n".join(message["content"] for message in prompt)
        rows.append({"source": shown, "reference": written[:REFERENCE_CHARS], "hypothesis": output, "score": 0.0})
    return rows


def _styles(samples: Sequence[dict[str, Any]], trained: Sequence[str]) -> Styles:
    """How the samples are written, beside what people wrote in their place: repetition, variety, copies. Of each pair
    the longer is cut, for all three change with the amount of text.
    """
    found = {}
    lengths = [min(len(row["hypothesis"]), len(row["reference"])) for row in samples]
    for name, key in (("samples", "hypothesis"), ("what people wrote there", "reference")):
        texts = [row[key][:length] for row, length in zip(samples, lengths, strict=True)]
        scores = {"repeated4": repetition_rate(texts), "distinct2": distinct_n(texts)}
        scores |= {"copied8": copied_share(texts, trained)} if trained else {}
        found[name] = {key: score.to_dict() for key, score in scores.items()}
    return found


def _style_table(styles: Styles) -> dict[str, Any]:
    rows = [[name, *(measures.get(key, "") for key in STYLE)] for name, measures in styles.items()]
    return {"title": "How they are written", "header": ["", *STYLE.values()], "rows": rows}


def compare(evaluation: dict[str, Any], model: Generator) -> tuple[dict[str, Any], dict[str, Any]]:
    """Scores of another language model on the same texts, and the paired difference in bits per byte."""
    examples, ours = evaluation["held_out"]
    ids, weights, texts = token_rows(model.tokenizer, examples, model.template)
    theirs = _counted(model.log_probabilities(ids), weights)
    difference = compare_language_models(ours, theirs, texts)
    return _scores(theirs, texts), {"bits_per_byte": difference}
