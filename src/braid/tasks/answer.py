"""Question answering: a question in, a stretch of a document out, or nothing; no training framework anywhere.

A passage is searched for by its words; a reader then says which stretch of it is the answer, or that none is. Without
a reader the sentence that shares most with the question answers. An entry of an FAQ answers as a whole.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from braid.data.documents import Passage
from braid.data.encoded import pad_rows, similar_lengths
from braid.retrieval import Index
from braid.retrieval.overlap import best_sentence
from braid.runtime.session import EncoderSession
from braid.tasks.contract import Answer, Origin
from braid.tasks.reading import Page, Pages
from braid.text.normalize import normalize
from braid.text.tokenizer import Tokenizer

BATCH_TOKENS = 8000
PASSAGES = 5
"""Passages that are read for one question."""

QUESTION_CHARS = 10_000
"""Of a longer question only the beginning is read."""

LITERAL = (".txt", ".text", ".rst", ".md", ".markdown")
"""Ends of the names of files whose passages stand in them as they are, line by line."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a reader found in one passage.

    Args:
        start: First character of the answer in the passage.
        end: The character behind its last.
        score: Log-odds of the answer against "no answer".
    """

    start: int
    end: int
    score: float


class Reader:
    """Finds the stretch of a passage that answers a question.

    Args:
        tokenizer: The bundle's tokenizer.
        session: The bundle's graph.
        max_tokens: Of a page; longer passages are read page by page.
        max_answer_tokens: Of an answer.
    """

    def __init__(
        self, tokenizer: Tokenizer, session: EncoderSession, *, max_tokens: int, max_answer_tokens: int
    ) -> None:
        self._tokenizer, self._session = tokenizer, session
        self._pages, self._max_answer_tokens = Pages(tokenizer, max_tokens), max_answer_tokens
        self._lock = threading.Lock()

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[Reading | None]:
        """The best stretch for each question and passage; None where the passage has no words."""
        pages = [(index, page) for index, pair in enumerate(pairs) for page in self._pages.of(*pair)]
        found: list[Reading | None] = [None] * len(pairs)
        for batch in similar_lengths([len(page.ids) for _, page in pages], BATCH_TOKENS):
            for place, scores in zip(batch, self._scores([pages[i][1] for i in batch]), strict=True):
                index, page = pages[place]
                reading = best_span(scores, page, self._max_answer_tokens)
                held = found[index]
                if reading and (held is None or reading.score > held.score):
                    found[index] = reading
        return found

    def _scores(self, pages: Sequence[Page]) -> list[np.ndarray]:
        ids, mask = pad_rows([page.ids for page in pages], self._tokenizer.pad_id)
        marks, _ = pad_rows([page.marks for page in pages], 0)
        with self._lock:
            scores = self._session.scores(ids, mask, marks)
        return [row[: len(page.ids)] for row, page in zip(scores, pages, strict=True)]


def best_span(scores_S2: np.ndarray, page: Page, max_tokens: int) -> Reading | None:
    """The likeliest stretch of at most ``max_tokens`` in a page; None where nothing can be an answer."""
    begin, end = scores_S2[:, 0].astype(np.float64), scores_S2[:, 1].astype(np.float64)
    may = np.flatnonzero(page.offsets[:, 0] >= 0)
    if not len(may):
        return None
    first, last = may[0], may[-1] + 1
    begin_of, end_of = begin[first:last], end[first:last]
    places = np.arange(last - first)
    apart = places[None, :] - places[:, None]
    total = np.where((apart >= 0) & (apart < max_tokens), begin_of[:, None] + end_of[None, :], -np.inf)
    best = int(total.argmax())
    left, right = divmod(best, last - first)
    score = float(total[left, right] - begin[0] - end[0])
    return Reading(start=int(page.offsets[first + left, 0]), end=int(page.offsets[first + right, 1]), score=score)


class Answerer:
    """Answers questions from an index of documents, or from a passage that comes with the question.

    Args:
        name: What the bundle is called.
        language: Code of the texts' language, or "".
        reader: The trained reader, where there is one.
        index: The documents, where there are some.
        threshold: Answers of a lower score count as none.
    """

    task = "answer"

    def __init__(
        self, *, name: str, language: str, reader: Reader | None, index: Index | None, threshold: float = -np.inf
    ) -> None:
        self.name, self.source_language, self.target_language = name, language, ""
        self.reader, self.index, self.threshold = reader, index, threshold

    def answer(
        self, questions: str | Sequence[str], *, context: str | Sequence[str] | None = None, detail: bool = False
    ) -> Any:
        """The answer to a question, or to each question of a list, in order; "" where there is none.

        Args:
            questions: One question or several.
            context: A passage to look in (for a list of questions one each); the bundle's documents when left out.
            detail: Return an `Answer` that says where it stands and how sure it is.
        """
        single = isinstance(questions, str)
        asked = [questions] if isinstance(questions, str) else list(questions)
        contexts = [context] if isinstance(context, str) else None if context is None else list(context)
        answers = self.answers(asked, contexts)
        results = answers if detail else [answer.text for answer in answers]
        return results[0] if single else results

    def answers(self, questions: Sequence[str], contexts: Sequence[str] | None = None) -> list[Answer]:
        """One answer a question; of one of more than `QUESTION_CHARS` characters the beginning counts."""
        sources, questions = questions, [question[:QUESTION_CHARS] for question in questions]
        if contexts is not None:
            passages = [[Passage(text=text, file="", line=1)] for text in contexts]
            weights = [[0.0]] * len(passages)
        else:
            found = [self.index.search(normalize(q), PASSAGES) if self.index and q.strip() else [] for q in questions]
            passages = [[hit.passage for hit in hits] for hits in found]
            weights = [_log_shares([hit.score for hit in hits]) for hits in found]
        jobs = [(q, passage.text) for q, group in zip(questions, passages, strict=True) for passage in group]
        readings = iter(self._readings(jobs))
        results = []
        for question, group, shares in zip(sources, passages, weights, strict=True):
            rated = [(passage, next(readings), share) for passage, share in zip(group, shares, strict=True)]
            results.append(self._best(question, rated))
        return results

    def _readings(self, jobs: Sequence[tuple[str, str]]) -> list[Reading | None]:
        if self.reader is not None:
            return self.reader.read(jobs)
        sentences = [best_sentence(question, text) for question, text in jobs]
        return [Reading(start=start, end=end, score=score) if score > 0 else None for start, end, score in sentences]

    def _best(self, question: str, rated: Sequence[tuple[Passage, Reading | None, float]]) -> Answer:
        """The likeliest answer: how likely the passage is the right one, times how likely it holds the answer."""
        empty = Answer(text="", score=0.0, source=question)
        if not rated or not normalize(question[:QUESTION_CHARS]):
            return empty
        if rated[0][0].answer:  # an entry of an FAQ
            return _answer(question, rated[0][0], Reading(start=0, end=0, score=rated[0][2]), rated[0][0].answer)
        usable = [
            (passage, reading, share)
            for passage, reading, share in rated
            if reading is not None and passage.text[reading.start : reading.end].strip()
        ]
        if not usable:
            return empty
        passage, reading, _ = max(usable, key=lambda row: _log_sigmoid(row[1].score) + row[2])
        if reading.score < self.threshold:
            return Answer(text="", score=reading.score, source=question)
        return _answer(question, passage, reading, passage.text[reading.start : reading.end].strip())


def _answer(question: str, passage: Passage, reading: Reading, text: str) -> Answer:
    is_literal = passage.file.lower().removesuffix(".gz").endswith(LITERAL)
    origin = Origin(
        file=passage.file,
        line=passage.line + passage.text.count("\n", 0, reading.start) * is_literal,
        start=passage.start + reading.start,
        end=passage.start + reading.end,
        title=passage.title,
        passage=passage.text,
    )
    return Answer(text=text, score=reading.score, source=question, origin=origin)


def _log_sigmoid(value: float) -> float:
    return float(-np.logaddexp(0.0, -value))


def _log_shares(scores: Sequence[float]) -> list[float]:
    """Logarithms of the scores' shares of their sum."""
    values = np.maximum(np.array(scores, dtype=float), 1e-9)
    return np.log(values / values.sum()).tolist() if len(values) else []
