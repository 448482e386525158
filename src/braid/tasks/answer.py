"""Question answering: a question in, a stretch of a document out, or nothing; no training framework anywhere.

A passage is searched for by its words; a reader then says which stretch of it is the answer, or that none is. Without
a reader the sentence that shares most with the question answers. An entry of an FAQ answers as a whole.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from braid.data.documents import Passage
from braid.data.encoded import pad_rows, similar_lengths
from braid.retrieval import Index, covers
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


@dataclass(frozen=True, kw_only=True)
class Limits:
    """From which scores on an answer is one.

    Args:
        answer: Log-odds of a reader's answer against "no answer".
        faq: Cover of an entry of an FAQ, 0 to 1, see `braid.retrieval.covers`.
        sentence: Cover of a passage whose best sentence answers where there is no reader, 0 to 1.
    """

    answer: float = -np.inf
    faq: float = 0.0
    sentence: float = 0.0


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A passage for a question: how likely it is the right one, what it covers (unless it was given), what was read."""

    passage: Passage
    log_share: float = 0.0
    cover: float | None = None
    reading: Reading | None = None

    @property
    def log_odds(self) -> float:
        """How likely the passage is the right one, times how likely it holds the answer."""
        return -np.inf if self.reading is None else _log_sigmoid(self.reading.score) + self.log_share


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
                span = best_span(scores, page, self._max_answer_tokens)
                reading = trimmed(span, pairs[index][1]) if span else None
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


def trimmed(reading: Reading, text: str) -> Reading | None:
    """The stretch without the white space that subwords bring along at its ends; None where nothing else is in it."""
    found = text[reading.start : reading.end]
    start = reading.start + len(found) - len(found.lstrip())
    end = reading.end - len(found) + len(found.rstrip())
    return Reading(start=start, end=end, score=reading.score) if start < end else None


class Answerer:
    """Answers questions from an index of documents, or from a passage that comes with the question.

    Args:
        name: What the bundle is called.
        language: Code of the texts' language, or "".
        reader: The trained reader, where there is one.
        index: The documents, where there are some.
        limits: Answers of lower scores count as none.
    """

    task = "answer"

    def __init__(
        self, *, name: str, language: str, reader: Reader | None, index: Index | None, limits: Limits | None = None
    ) -> None:
        self.name, self.source_language, self.target_language = name, language, ""
        self.reader, self.index, self.limits = reader, index, limits or Limits()

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
        """One answer a question; its score is a reader's log-odds, or else the share of the question that it covers.

        Of a question of more than `QUESTION_CHARS` characters the beginning counts.
        """
        sources, questions = questions, [question[:QUESTION_CHARS] for question in questions]
        if contexts is not None:
            found = [[_Found(passage=Passage(text=text, file="", line=1))] for text in contexts]
        else:
            found = [self._search(question) for question in questions]
        jobs = [(q, one.passage.text) for q, group in zip(questions, found, strict=True) for one in group]
        readings = iter(self._readings(jobs))
        read = [[replace(one, reading=next(readings)) for one in group] for group in found]
        return [self._best(question, group) for question, group in zip(sources, read, strict=True)]

    def _search(self, question: str) -> list[_Found]:
        """The passages that may hold the answer, the best first."""
        asked = normalize(question)
        if self.index is None or not asked:
            return []
        hits = self.index.search(asked, PASSAGES)
        passages, shares = [hit.passage for hit in hits], _log_shares([hit.score for hit in hits])
        needed = passages if self.reader is None else [passage for passage in passages[:1] if passage.answer]
        known = covers(self.index, asked, needed) if needed else []
        known += [0.0] * (len(passages) - len(known))
        return [
            _Found(passage=passage, log_share=share, cover=cover)
            for passage, share, cover in zip(passages, shares, known, strict=True)
        ]

    def _readings(self, jobs: Sequence[tuple[str, str]]) -> list[Reading | None]:
        if self.reader is not None:
            return self.reader.read(jobs)
        sentences = [best_sentence(question, text) for question, text in jobs]
        return [Reading(start=start, end=end, score=score) if score > 0 else None for start, end, score in sentences]

    def _best(self, question: str, found: Sequence[_Found]) -> Answer:
        """The entry of an FAQ, where one fits best of all and well enough; else the likeliest stretch."""
        if not found or not normalize(question[:QUESTION_CHARS]):
            return Answer(text="", score=0.0, source=question)
        first = found[0]
        if first.passage.answer and self._fits(first):
            return _entry(question, first)
        best = max(filter(self._is_usable, found), key=lambda one: one.log_odds, default=None)
        if best is None:
            return Answer(text="", score=0.0 if self.reader else first.cover or 0.0, source=question)
        if self.reader is None and best.passage.answer:
            return _entry(question, best)
        reading = best.reading
        assert reading is not None  # or it were not usable
        if self.reader is not None and reading.score < self.limits.answer:
            return Answer(text="", score=reading.score, source=question)
        if self.reader is None and best.cover is not None:
            reading = replace(reading, score=best.cover)
        return _answer(question, best.passage, reading, best.passage.text[reading.start : reading.end])

    def _is_usable(self, found: _Found) -> bool:
        """True for what a reader read, else for passages that cover enough, with a sentence or an FAQ's answer."""
        if self.reader is not None:
            return found.reading is not None
        return self._fits(found) and (found.reading is not None or bool(found.passage.answer))

    def _fits(self, found: _Found) -> bool:
        limit = self.limits.faq if found.passage.answer else self.limits.sentence
        return found.cover is None or found.cover >= limit


def _entry(question: str, found: _Found) -> Answer:
    """An entry of an FAQ as a whole."""
    reading = Reading(start=0, end=0, score=found.cover or 0.0)
    return _answer(question, found.passage, reading, found.passage.answer)


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
