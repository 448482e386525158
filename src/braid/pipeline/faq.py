"""FAQs scored and set up by their own questions, which are hidden for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from braid.data.documents import Passage
from braid.metrics.answers import retrieval_scores
from braid.pipeline.documents import INDEX
from braid.pipeline.evaluation import evaluation_of, systems_of
from braid.pipeline.thresholds import MAX_REFUSED, best_limit
from braid.retrieval import Index, build_index, covers
from braid.retrieval.terms import terms
from braid.storage import scratch_folder

ASKED = 1000
"""Questions of an FAQ that are asked, drawn at random."""

FOUND = 5
"""Entries that are looked at for each."""

FAQ_COVER, SENTENCE_COVER = 0.2, 0.3
"""Limits where no held-out question says better.

With 0.2, an FAQ of 12, 77 and 385 bank customers' questions gives an entry for 78, 92 and 98 % of paraphrases, and for
19, 48 and 53 % of questions about anything in the world. With 0.3, documents answer 96, 98 and 89 % of the questions
that were asked about them (CMRC; XQuAD in English and in Chinese), and 15, 45 and 3 % of those about other documents.
"""

FEWEST = 50
"""Questions with a paraphrase from which a limit is chosen rather than taken."""

_NEIGHBORS = 10
_BLOCK = 64
_ADVICE = "Give the entries the words that people ask with, or answers of their own where several look alike."


def entries_of(passages: Sequence[Passage]) -> list[Passage]:
    """The passages that are entries of an FAQ."""
    return [passage for passage in passages if passage.answer and passage.title]


def faq_limit(index: Index, passages: Sequence[Passage]) -> float:
    """From which cover on an entry is an answer.

    Where answers have several questions, each is asked without the entry it belongs to: the best other entry with the
    same answer should be given, the best one with another answer should not. Else it is `FAQ_COVER`.

    Args:
        index: Of the passages.
        passages: All of them.

    Cost: up to 1,000 searches and twice as many covers; none where few answers have several questions.
    """
    counts = Counter(entry.answer for entry in entries_of(passages))
    entries = [entry for entry in entries_of(passages) if counts[entry.answer] > 1]
    if len(entries) < FEWEST:
        return FAQ_COVER
    same, others = [], []
    for number in _drawn(len(entries)):
        entry = entries[number]
        hits = [hit.passage for hit in index.search(entry.title, _NEIGHBORS)]
        near = [passage for passage in hits if passage.answer and passage.title != entry.title]
        for scores, is_same in ((same, True), (others, False)):
            best = next((one for one in near if (one.answer == entry.answer) == is_same), None)
            if best is not None:
                scores += covers(index, entry.title, [best])
    if len(same) < FEWEST or not others:
        return FAQ_COVER
    is_impossible = np.repeat([False, True], [len(same), len(others)])
    limit = best_limit(np.array(same + others), is_impossible, max_refused=MAX_REFUSED)
    return FAQ_COVER if limit is None else limit


def faq_evaluation(name: str, language: str, passages: Sequence[Passage], notes: Sequence[str] = ()) -> dict[str, Any]:
    """How often a question finds its own answer when only answers are indexed, beside the cosine of TF-IDF vectors.

    Args:
        name: The bundle's.
        language: Code, or "".
        passages: Some of which are entries of an FAQ; without any there are no scores and no verdict.
        notes: Sentences for the reader.

    Cost: one index and up to 1,000 searches, and as many products with a sparse matrix.
    """
    entries = entries_of(passages)
    if not entries:
        return evaluation_of(
            name=name, task="answer", source_language=language, systems=[], examples=[], notes=notes, score_name=""
        )
    asked = _drawn(len(entries))
    found = {name: _found_by_index(entries, asked), "cosine of TF-IDF vectors": _found_by_cosine(entries, asked)}
    ranks = {
        system: [_rank(texts, entries[number].answer) for number, texts in zip(asked, rows, strict=True)]
        for system, rows in found.items()
    }
    setting = f"question:hidden|entries:{len(entries)}"
    scores = {system: retrieval_scores(rows, ks=(1, FOUND), setting=setting) for system, rows in ranks.items()}
    explained = (
        "An entry counts as found when its own question, which is hidden then, finds its answer among all others."
    )
    return evaluation_of(
        name=name,
        task="answer",
        source_language=language,
        systems=systems_of(scores),
        examples=[
            {
                "source": entries[number].title,
                "reference": entries[number].answer,
                "hypothesis": texts[0] if texts else "",
                "score": 100 / rank if rank else 0.0,
            }
            for number, texts, rank in zip(asked, found[name], ranks[name], strict=True)
        ],
        notes=[*notes, explained],
        advice=_ADVICE,
        score_name="100 / rank",
    )


def _drawn(size: int) -> list[int]:
    return np.random.default_rng(1).permutation(size)[:ASKED].tolist()


def _rank(texts: Sequence[str], answer: str) -> int | None:
    return next((rank for rank, text in enumerate(texts, 1) if text == answer), None)


def _found_by_index(entries: Sequence[Passage], asked: Sequence[int]) -> list[list[str]]:
    """The answers that an index of nothing but answers finds for each question."""
    hidden = [Passage(text=entry.answer, file=entry.file, line=entry.line) for entry in entries]
    with scratch_folder() as place:
        index = build_index(hidden, place / INDEX)
        return [[hit.passage.text for hit in index.search(entries[number].title, FOUND)] for number in asked]


def _found_by_cosine(entries: Sequence[Passage], asked: Sequence[int]) -> list[list[str]]:
    """The answers whose TF-IDF vectors point most nearly where the question's does."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    answers = [entry.answer for entry in entries]
    vectorizer = TfidfVectorizer(analyzer=terms)  # type: ignore[arg-type]
    try:
        answers_NV: Any = vectorizer.fit_transform(answers)
    except ValueError:  # no answer has a term
        return [[] for _ in asked]
    questions_QV = vectorizer.transform([entries[number].title for number in asked])
    found = []
    for begin in range(0, len(asked), _BLOCK):
        for cosines in (questions_QV[begin : begin + _BLOCK] @ answers_NV.T).toarray():
            best = np.argsort(-cosines, kind="stable")[:FOUND]
            found.append([answers[number] for number in best.tolist() if cosines[number] > 0])
    return found
