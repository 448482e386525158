"""Question answering: questions with passages to a reader, documents to an index, in one bundle."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from braid.bundle.folder import read_tokenizer
from braid.bundle.schema import BundleInfo
from braid.config.recipe import Recipe
from braid.data.documents import Passage
from braid.data.encoded import EncodedSpans
from braid.data.example import Example
from braid.metrics.answers import answer_scores, compare_answers, question_f1
from braid.pipeline.evaluation import evaluation_of, systems_of
from braid.pipeline.indexing import INDEX, open_index, read_passages
from braid.pipeline.prepare import Dataset, Weights
from braid.retrieval import build_index
from braid.retrieval.overlap import best_sentence
from braid.runtime.session import EncoderSession
from braid.storage import scratch_folder
from braid.tasks.answer import Answerer, Reader
from braid.tasks.reading import Page, Pages

if TYPE_CHECKING:
    from braid.training.loop import Validation

KIND = "encoder"
HEAD = "spans"
VALIDATION_ROWS = 300


def golds_of(example: Example) -> tuple[str, ...]:
    """All accepted answers of a question; none where it has none."""
    return tuple(text for text in (example.target, *example.references) if text)


def encode(recipe: Recipe, dataset: Dataset, part: str) -> EncodedSpans:
    """Pages of questions and passages, with the place of the answer; the first position where a page has none."""
    pages = Pages(dataset.tokenizer, recipe.train.max_tokens)
    rows, spans = [], []
    for example in getattr(dataset.data, part):
        if example.start < 0 and example.target:
            continue  # its place is not known: good for scores alone
        for page in pages.of(example.source, example.context):
            rows.append(page)
            spans.append(_span(page, example))
    return EncodedSpans(
        source=[page.ids for page in rows],
        marks=[page.marks for page in rows],
        spans=np.array(spans, np.int32).reshape(-1, 2),
        pad_id=dataset.tokenizer.pad_id,
        token_dropout=recipe.train.token_dropout,
    )


def _span(page: Page, example: Example) -> tuple[int, int]:
    """First and last position of the answer in the page, or of "no answer"."""
    start, end = example.start, example.start + len(example.target)
    inside = np.flatnonzero((page.offsets[:, 1] > start) & (page.offsets[:, 0] < end) & (page.offsets[:, 0] >= 0))
    if not example.target or not len(inside):
        return 0, 0
    first, last = int(inside[0]), int(inside[-1])
    is_whole = page.offsets[first, 0] <= start and page.offsets[last, 1] >= end
    return (first, last) if is_whole else (0, 0)


def network_options(dataset: Dataset) -> dict[str, Any]:
    """Nothing."""
    return {}


def _longest_answer(dataset: Dataset) -> int:
    """Subwords that 99 of 100 training answers stay within."""
    answers = [row.target for row in dataset.data.train if row.target]
    lengths = [len(ids) for ids in dataset.tokenizer.encode(answers)] or [1]
    return int(np.percentile(lengths, 99))


def _reader(recipe: Recipe, dataset: Dataset, folder: Path) -> Reader:
    return Reader(
        dataset.tokenizer,
        EncoderSession(folder),
        max_tokens=recipe.train.max_tokens,
        max_answer_tokens=_longest_answer(dataset),
    )


def validation(recipe: Recipe, dataset: Dataset) -> Validation:
    """F1 of the reader on the first 300 validation questions, each with its passage."""
    from braid.exporting.onnx import export_onnx
    from braid.training.loop import Validation

    rows = dataset.data.valid[:VALIDATION_ROWS]
    pairs, golds = [(row.source, row.context) for row in rows], [golds_of(row) for row in rows]

    def f1(weights: Weights) -> float:
        with scratch_folder() as folder:
            export_onnx(recipe.model, weights, folder, precision="float32", kind=KIND, head=HEAD)
            readings = _reader(recipe, dataset, folder).read(pairs)
        texts = [row.context[one.start : one.end] if one else "" for row, one in zip(rows, readings, strict=True)]
        return float(np.mean(question_f1(texts, golds, language=dataset.language)))

    return Validation(name="F1", score=f1)


def write(recipe: Recipe, dataset: Dataset, weights: Weights, folder: Path) -> dict[str, Any]:
    """The reader's graph, the index of the documents, and from which score on an answer is one."""
    from braid.exporting.onnx import export_onnx

    export_onnx(recipe.model, weights, folder, precision=recipe.runtime.precision, kind=KIND, head=HEAD)
    passages, told = _passages(recipe, dataset)
    build_index(passages, folder / INDEX)
    reader = _reader(recipe, dataset, folder)
    rows = dataset.data.valid
    readings = reader.read([(row.source, row.context) for row in rows])
    scores = np.array([one.score if one else -np.inf for one in readings])
    return {
        "max_tokens": recipe.train.max_tokens,
        "max_answer_tokens": _longest_answer(dataset),
        "documents": told,
        "threshold": _threshold(scores, np.array([not golds_of(row) for row in rows])),
    }


def _threshold(scores: np.ndarray, is_impossible: np.ndarray) -> float | None:
    """The score that tells answers from none best on validation; None where every question has an answer."""
    if not is_impossible.any() or is_impossible.all():
        return None
    limits = np.unique(scores[np.isfinite(scores)])
    right = [np.mean((scores >= limit) != is_impossible) for limit in limits]
    return float(limits[int(np.argmax(right))])


def _passages(recipe: Recipe, dataset: Dataset) -> tuple[list[Passage], dict[str, Any]]:
    """The documents to look in; the passages of the questions where none are named; and what is told about them."""
    if recipe.data.documents:
        return read_passages(recipe.data.documents, dataset.folder)
    rows = [row for part in ("train", "valid", "test") for row in getattr(dataset.data, part)]
    first = {row.context: row for row in reversed(rows)}
    passages = [
        Passage(text=text, file=row.file, line=row.line, title=row.group, group=row.group)
        for text, row in reversed(first.items())
    ]
    return passages, {"passages": len(passages), "files": len({row.file for row in rows}), "left_out": {}}


def open(folder: Path, info: BundleInfo, num_threads: int = 0) -> Answerer:
    """The answerer of a bundle."""
    told, runtime = info.task_info, folder / "runtime"
    reader = None
    if "runtime/encoder.onnx" in info.files:
        reader = Reader(
            read_tokenizer(folder, info),
            EncoderSession(runtime, num_threads=num_threads),
            max_tokens=int(told.get("max_tokens", 384)),
            max_answer_tokens=int(told.get("max_answer_tokens", 30)),
        )
    limit = told.get("threshold")
    return Answerer(
        name=info.name,
        language=info.source_language,
        reader=reader,
        index=open_index(folder),
        threshold=-np.inf if limit is None else float(limit),
    )


def evaluate(model: Answerer, examples: Sequence[Example], *, memory: Sequence[Example] = ()) -> dict[str, Any]:
    """Exact match and F1 of the reader and of the sentence that shares most with the question, given the passage."""
    questions, contexts = [row.source for row in examples], [row.context for row in examples]
    golds, language = [golds_of(row) for row in examples], model.source_language
    texts = [answer.text for answer in model.answers(questions, contexts)]
    outputs = {model.name: texts}
    for name, clause in (("the sentence that shares most", False), ("its clause that shares most", True)):
        pairs = zip(questions, contexts, strict=True)
        spans = [best_sentence(question, context, clause=clause) for question, context in pairs]
        outputs[name] = [context[start:end] for context, (start, end, _) in zip(contexts, spans, strict=True)]
    scores = {name: answer_scores(rows, golds, language=language) for name, rows in outputs.items()}
    f1 = question_f1(texts, golds, language=language)
    return evaluation_of(
        name=model.name,
        task="answer",
        source_language=language,
        systems=systems_of(scores),
        examples=[
            {
                "source": question,
                "reference": " / ".join(gold) or "(no answer)",
                "hypothesis": text,
                "score": float(score),
                "gold": list(gold),
            }
            for question, gold, text, score in zip(questions, golds, texts, f1, strict=True)
        ],
        score_name="F1",
        notes=_retrieval_notes(model, questions, contexts),
        held_out=contexts,
    )


def _retrieval_notes(model: Answerer, questions: Sequence[str], contexts: Sequence[str]) -> list[str]:
    """How often the right passage is among the first that the index finds."""
    if model.index is None:
        return []
    hits = [[hit.passage.text for hit in model.index.search(question, 5)] for question in questions]
    found = [
        next((rank for rank, text in enumerate(texts, 1) if text in context or context in text), 0)
        for texts, context in zip(hits, contexts, strict=True)
    ]
    first, five = (100 * sum(0 < rank <= k for rank in found) / len(found) for k in (1, 5))
    return [f"The index finds the right passage first for {first:.1f} % of the questions, among five for {five:.1f} %."]


def compare(evaluation: dict[str, Any], model: Answerer) -> tuple[dict[str, Any], dict[str, Any]]:
    """Scores of another answerer on the same questions, and paired differences."""
    rows, contexts = evaluation["examples"], evaluation["held_out"]
    golds = [tuple(row["gold"]) for row in rows]
    theirs = [answer.text for answer in model.answers([row["source"] for row in rows], contexts)]
    ours = [row["hypothesis"] for row in rows]
    language = model.source_language
    return (
        answer_scores(theirs, golds, language=language),
        compare_answers(ours, theirs, golds, language=language),
    )
