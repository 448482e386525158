"""What reaches a score on the test part without any network: the baseline that says how hard the data are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from braid.config.recipe import Recipe
from braid.data.example import Example
from braid.metrics.score import Score
from braid.pipeline.prepare import Dataset

TEST_ROWS = 1000
"""Of the test part, at most."""
MEMORY_ROWS = 100_000
NGRAM_CHARS = 3_000_000
"""Of training text that an n-gram model learns from."""


def baseline_of(recipe: Recipe, dataset: Dataset) -> dict[str, Any] | None:
    """``name``, ``metric``, ``value``, ``low``, ``high``, ``rows`` and ``where`` of the baseline on the test part.

    It is the nearest match in translation memory, the best beginning of the text, or the sentence that shares most with
    the question. Classifiers have their linear model (see `braid.auditing.labels_audit`), and texts an n-gram model.

    Args:
        recipe: Names the task and the languages.
        dataset: Prepared.

    Returns:
        Nothing where there is no test part, and for classifiers.
    """
    test = list(dataset.data.test[:TEST_ROWS])
    makers = {"translate": _translation, "summarize": _summary, "answer": _answer, "generate": _text}
    if not test or recipe.task not in makers:
        return None
    name, metric, score = makers[recipe.task](recipe, dataset, test)
    return {"name": name, "metric": metric, "value": score.value, "low": score.low, "high": score.high,
            "rows": len(test), "where": "on your test part"}  # fmt: skip


def _translation(recipe: Recipe, dataset: Dataset, test: Sequence[Example]) -> tuple[str, str, Score]:
    from braid.data.memory import TranslationMemory
    from braid.metrics.translation import translation_scores

    found = TranslationMemory(dataset.data.train[:MEMORY_ROWS]).nearest([row.source for row in test])
    references = [row.target for row in test]
    scores = translation_scores(found, references, target_language=recipe.data.target_language, resamples=300)
    return "the nearest translation-memory match", "bleu", scores["bleu"]


def _summary(recipe: Recipe, dataset: Dataset, test: Sequence[Example]) -> tuple[str, str, Score]:
    from braid.metrics.summaries import summary_scores
    from braid.pipeline.summarizing import best_lead, references_of

    lead = best_lead(dataset.data.train, dataset.language)
    references = [references_of(row) for row in test]
    hypotheses = [lead.summarize(row.source) for row in test]
    return (
        f"the text's beginning ({lead.name})",
        "rougeL",
        summary_scores(hypotheses, references, language=dataset.language, resamples=300)["rougeL"],
    )


def _answer(recipe: Recipe, dataset: Dataset, test: Sequence[Example]) -> tuple[str, str, Score]:
    from braid.metrics.answers import answer_scores
    from braid.pipeline.answering import golds_of
    from braid.retrieval.overlap import best_sentence

    found = []
    for row in test:
        start, end, _ = best_sentence(row.source, row.context)
        found.append(row.context[start:end])
    scores = answer_scores(found, [golds_of(row) for row in test], language=dataset.language)
    return "the sentence that shares most with the question", "f1", scores["f1"]


def _text(recipe: Recipe, dataset: Dataset, test: Sequence[Example]) -> tuple[str, str, Score]:
    from braid.pipeline.generating import ngram_baseline

    train, size = [], 0
    for row in dataset.data.train:
        train.append(row)
        size += len(row.target)
        if size > NGRAM_CHARS:
            break
    name, scores = ngram_baseline(dataset.tokenizer, train, test)
    return f"a {name}", "bits_per_byte", scores["bits_per_byte"]
