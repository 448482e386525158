"""Question answering: questions with passages to a reader, documents to an index, in one bundle."""

from __future__ import annotations

import shutil
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
from braid.metrics.answers import answer_scores, compare_answers, question_f1, retrieval_scores
from braid.metrics.score import TITLES, verdict
from braid.pipeline.documents import INDEX, open_index, read_passages
from braid.pipeline.evaluation import evaluation_of, systems_of
from braid.pipeline.faq import FAQ_COVER, faq_limit
from braid.pipeline.prepare import Dataset, Weights
from braid.pipeline.thresholds import MAX_REFUSED, best_limit
from braid.retrieval import Index, build_index
from braid.retrieval.overlap import best_sentence
from braid.runtime.session import EncoderSession
from braid.storage import scratch_folder
from braid.tasks.answer import Answerer, Limits, Reader
from braid.tasks.reading import Page, Pages
from braid.text.normalize import normalize

if TYPE_CHECKING:
    from braid.training.loop import Validation

KIND = "encoder"
HEAD = "spans"
VALIDATION_ROWS = 300
MISMATCHED_FROM = 20
"""Passages that are looked at for one of another article."""

BASELINES = {"the sentence that shares most": False, "its clause that shares most": True}
"""What answers without a reader, and whether it gives a part of its sentence alone."""


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
    told, cover = _write_index(recipe, dataset, folder / INDEX)
    return {
        "max_tokens": recipe.train.max_tokens,
        "max_answer_tokens": _longest_answer(dataset),
        "documents": told,
        "threshold": _threshold(_reader(recipe, dataset, folder), dataset.data.valid),
        "faq_cover": cover,
    }


def _threshold(reader: Reader, rows: Sequence[Example]) -> float | None:
    """The score that tells answers from none best on validation.

    Where every question has an answer in its passage, each is read once more with a passage of another article; at
    most 5 % of the right passages are refused then. None where there is no other article.
    """
    pairs, max_refused = [(row.source, row.context) for row in rows], 1.0
    is_impossible = [not golds_of(row) for row in rows]
    if not any(is_impossible):
        others, max_refused = mismatched(rows), MAX_REFUSED
        pairs, is_impossible = pairs + others, is_impossible + [True] * len(others)
    scores = np.array([one.score if one else -np.inf for one in reader.read(pairs)])
    return best_limit(scores, np.array(is_impossible, bool), max_refused=max_refused)


def mismatched(rows: Sequence[Example]) -> list[tuple[str, str]]:
    """Each question with the passage of another article that fits it best and holds none of its answers."""
    contexts = list({row.context: row.group for row in rows}.items())
    passages = [Passage(text=text, file="", line=1, group=group) for text, group in contexts]
    found = []
    with scratch_folder() as place:
        index = build_index(passages, place / INDEX)
        for row in rows:
            hits = (hit.passage for hit in index.search(normalize(row.source), MISMATCHED_FROM))
            others = (one.text for one in hits if one.group != row.group)
            text = next((text for text in others if not any(gold in text for gold in golds_of(row))), None)
            found += [(row.source, text)] if text is not None else []
    return found


def _write_index(recipe: Recipe, dataset: Dataset, folder: Path) -> tuple[dict[str, Any], float]:
    """Put the index of the documents, or else of the questions' passages, in its place; what is told about it."""
    if dataset.documents is not None:
        shutil.copytree(dataset.documents.folder, folder)
        return dataset.documents.told, dataset.documents.cover
    if recipe.data.documents:
        documents = read_passages(recipe.data.documents, dataset.folder)
        return documents.told, faq_limit(build_index(documents.passages, folder), documents.passages)
    rows = [row for part in ("train", "valid", "test") for row in getattr(dataset.data, part)]
    first = {row.context: row for row in reversed(rows)}
    passages = [
        Passage(text=text, file=row.file, line=row.line, title=row.group, group=row.group)
        for text, row in reversed(first.items())
    ]
    build_index(passages, folder)
    return {"passages": len(passages), "files": len({row.file for row in rows}), "left_out": {}}, FAQ_COVER


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
    limits = Limits(
        answer=-np.inf if limit is None else float(limit),
        faq=float(told.get("faq_cover", 0.0)),
        sentence=float(told.get("sentence_cover", 0.0)),
    )
    return Answerer(
        name=info.name,
        language=info.source_language,
        reader=reader,
        index=open_index(folder),
        limits=limits,
    )


def evaluate(model: Answerer, examples: Sequence[Example], *, memory: Sequence[Example] = ()) -> dict[str, Any]:
    """Exact match and F1 of the reader and of the sentence that shares most with the question.

    Both are given the passage first, then look for it in the index by themselves.
    """
    questions, contexts = [row.source for row in examples], [row.context for row in examples]
    golds, language = [golds_of(row) for row in examples], model.source_language
    texts = [answer.text for answer in model.answers(questions, contexts)]
    outputs = {model.name: texts}
    for name, clause in BASELINES.items():
        outputs[name] = [_best_text(*pair, clause=clause) for pair in zip(questions, contexts, strict=True)]
    found = _searched(model, questions)
    scores = {name: answer_scores(rows, golds, language=language) for name, rows in [*outputs.items(), *found.items()]}
    systems = systems_of(scores)
    retrieval, notes = _retrieval(model, examples)
    if found:
        notes.append(f"Without the passage, found by the index: {verdict(systems[len(outputs) :])}")
    f1 = question_f1(texts, golds, language=language)
    return evaluation_of(
        name=model.name,
        task="answer",
        source_language=language,
        systems=systems[: len(outputs)],
        further=systems[len(outputs) :],
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
        notes=notes,
        held_out=contexts,
        **retrieval,
    )


def _best_text(question: str, context: str, *, clause: bool) -> str:
    start, end, _ = best_sentence(question, context, clause=clause)
    return context[start:end]


def _searched(model: Answerer, questions: Sequence[str]) -> dict[str, list[str]]:
    """Answers without the passages: of index and reader, and of the first passage's best sentence and clause."""
    if model.index is None or model.reader is None:
        return {}
    firsts = [model.index.search(normalize(question), 1) for question in questions]
    passages = [hits[0].passage.text if hits else "" for hits in firsts]
    outputs = {f"index + {model.name}": [answer.text for answer in model.answers(questions)]}
    for name, clause in BASELINES.items():
        pairs = zip(questions, passages, strict=True)
        outputs[f"index + {name}"] = [_best_text(*pair, clause=clause) for pair in pairs]
    return outputs


def _retrieval(model: Answerer, examples: Sequence[Example]) -> tuple[dict[str, Any], list[str]]:
    """How early the index finds the passages of questions that have an answer: scores and a table, and a note."""
    rows = [row for row in examples if golds_of(row)]
    if model.index is None or not rows:
        return {}, []
    ranks = [_rank(model.index, row) for row in rows]
    if not any(ranks):
        return {}, ["The index holds other documents than the passages of these questions."]
    scores = retrieval_scores(ranks, ks=(1, 5, 10), setting=f"passages:{model.index.num_passages}")
    titles = [TITLES.get(name, name) for name in scores]
    table = [[title, str(score), score.signature] for title, score in zip(titles, scores.values(), strict=True)]
    told = ", ".join(f"{title} {score}" for title, score in zip(titles, scores.values(), strict=True))
    return {
        "retrieval": {name: score.to_dict() for name, score in scores.items()},
        "tables": [{"title": "Finding the passage", "header": ["", "[95 %]", "signature"], "rows": table}],
    }, [f"The index finds the passage of the question, in percent: {told}."]


def _rank(index: Index, row: Example) -> int | None:
    hits = index.search(normalize(row.source), 10)
    texts = (hit.passage.text for hit in hits)
    return next((rank for rank, text in enumerate(texts, 1) if text in row.context or row.context in text), None)


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
