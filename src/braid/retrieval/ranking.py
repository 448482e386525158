"""How well the passages of a segment fit the terms of a question: BM25 over fields, and over whole documents.

A term t adds idf(t) · f / (k1 + f) · (k1 + 1) to a passage, where f sums its counts in text and title, each weighed
and divided by 1 - b + b · length / mean length, and idf(t) = log(1 + (N - n + 0.5) / (n + 0.5)) for n of N passages
that have it. The same sum over the documents that passages belong to, by text and title together, is added with a
weight of its own: a section about "treatment" need not name the disease that its page is about. To a passage that is
the only one of its document its own score is added, with that weight.

Paper: Robertson and Zaragoza (2009), The probabilistic relevance framework: BM25 and beyond, equations 3.15 to 3.21.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from braid.retrieval.segment import Segment


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """The weights of a search.

    Args:
        k1: How fast more of the same term stops to count.
        b: How much long texts are held against themselves, 0 to 1.
        title: Weight of a title beside a text of 1.
        question: Weight of an FAQ's question.
        answer: Weight of an FAQ's answer.
        context: Weight of the document around a passage.
        character: Weight of a single character where pairs of them are terms, too.
        forms: Weight of what else a word of the question may be when its end differs, beside the word itself.
        similar: Weight of terms that only resemble a word of the question, when the index does not know the word.
        least_similar: What counts as resembling, 0 to 1.
        most_similar: How many terms one word may stand for at most.
    """

    k1: float = 1.2
    b: float = 0.75
    title: float = 2.0
    question: float = 4.0
    answer: float = 0.1
    context: float = 1.0
    character: float = 0.5
    forms: float = 0.5
    similar: float = 0.5
    least_similar: float = 0.75
    most_similar: int = 3


@dataclass(frozen=True, slots=True)
class Totals:
    """What the means of lengths are made of, over all segments."""

    passages: int
    text_length: int
    titles: int
    title_length: int
    groups: int

    @classmethod
    def of(cls, segments: Sequence[Segment]) -> Totals:
        """The sums over segments."""

        def total(name: str) -> int:
            return sum(int(segment.arrays[name].sum(dtype=np.int64)) for segment in segments)

        return cls(
            passages=sum(segment.num_passages for segment in segments),
            text_length=total("text_lengths"),
            titles=sum(int(np.count_nonzero(segment.arrays["title_lengths"])) for segment in segments),
            title_length=total("title_lengths"),
            groups=sum(int(segment.arrays["groups"][-1]) + 1 for segment in segments),
        )


def idf(total: int, having: int) -> float:
    """The weight of a term that ``having`` of ``total`` passages have; 0 or more."""
    return math.log1p((total - having + 0.5) / (having + 0.5))


@dataclass(frozen=True, slots=True)
class Matches:
    """The passages of a segment that have a term, or one of several alike.

    Args:
        passages: Their numbers, in order.
        counts: Weighed counts in text and title, for the passages.
        groups: The numbers of their documents.
        group_counts: Plain counts, for the documents.
    """

    passages: np.ndarray
    counts: np.ndarray
    groups: np.ndarray
    group_counts: np.ndarray


class Ranked:
    """A segment with what its lengths mean for the scores.

    Args:
        segment: The segment.
        ranking: The weights.
        totals: Over all segments of the index.
    """

    def __init__(self, segment: Segment, ranking: Ranking, totals: Totals) -> None:
        self.segment, self._ranking = segment, ranking
        text, title = (segment.arrays[f"{field}_lengths"].astype(np.float32) for field in ("text", "title"))
        is_faq = segment.arrays["is_faq"].astype(bool)
        self._groups = segment.arrays["groups"]
        if self._groups[-1] >= segment.num_passages or np.any(self._groups[1:] < self._groups[:-1]):
            raise segment.damaged("groups")
        weights = np.where(is_faq, ranking.answer, 1.0), np.where(is_faq, ranking.question, ranking.title)
        self._text = (weights[0] / self._norm(text, totals.text_length, totals.passages)).astype(np.float32)
        self._title = (weights[1] / self._norm(title, totals.title_length, totals.titles)).astype(np.float32)
        self._is_alone = np.bincount(self._groups) == 1
        lengths = np.bincount(self._groups, weights=text + title)
        norm = self._norm(lengths, totals.text_length + totals.title_length, totals.groups)
        self._group = (1 / norm).astype(np.float32)

    def _norm(self, lengths: np.ndarray, total: int, num: int) -> np.ndarray:
        b = self._ranking.b
        return 1 - b + b * lengths * (num / max(total, 1))

    def matches(self, variants: Mapping[str, float]) -> Matches:
        """The passages with one of the terms, whose counts are weighed and added up."""
        numbers = {self.segment.find(term): weight for term, weight in variants.items()}
        numbers.pop(-1, None)
        found = [self.segment.postings(number) for number in numbers]
        if not found:
            nothing = np.empty(0, np.uint32), np.empty(0, np.float32)
            return Matches(*nothing, *nothing)
        passages = np.concatenate([one[0] for one in found])
        text, title = (
            np.concatenate(
                [np.float32(weight) * one[field] for one, weight in zip(found, numbers.values(), strict=True)]
            )
            for field in (1, 2)
        )
        if len(found) > 1:
            passages, text, title = _added(passages, text, title)
        groups, group_counts = _added(self._groups[passages], text + title, is_sorted=True)
        return Matches(
            passages=passages,
            counts=text * self._text[passages] + title * self._title[passages],
            groups=groups,
            group_counts=group_counts * self._group[groups],
        )

    def empty(self) -> tuple[np.ndarray, np.ndarray]:
        """Scores of 0 for its passages and its documents."""
        return np.zeros(self.segment.num_passages, np.float32), np.zeros(len(self._group), np.float32)

    def add(self, scores: tuple[np.ndarray, np.ndarray], found: Matches, weights: tuple[float, float]) -> None:
        """Add what a term is worth to the scores of the passages and documents that have it."""
        k1 = self._ranking.k1
        scores[0][found.passages] += weights[0] * (k1 + 1) * found.counts / (k1 + found.counts)
        scores[1][found.groups] += weights[1] * (k1 + 1) * found.group_counts / (k1 + found.group_counts)

    def best(self, scores: tuple[np.ndarray, np.ndarray], k: int) -> list[tuple[float, int]]:
        """Score and number of the best passages, the first in order among equals."""
        passages = np.flatnonzero(scores[0])
        own, groups = scores[0][passages], self._groups[passages]
        totals = own + self._ranking.context * np.where(self._is_alone[groups], own, scores[1][groups])
        if len(passages) > k > 0:
            least = np.partition(totals, len(totals) - k)[len(totals) - k]
            passages, totals = passages[totals >= least], totals[totals >= least]
        order = np.argsort(-totals, kind="stable")[:k]
        return list(zip(totals[order].tolist(), passages[order].tolist(), strict=True))


def _added(places: np.ndarray, *values: np.ndarray, is_sorted: bool = False) -> tuple[np.ndarray, ...]:
    """The distinct places in order, with the sums of their values."""
    if not is_sorted:
        order = np.argsort(places, kind="stable")
        places, values = places[order], tuple(value[order] for value in values)
    starts = np.flatnonzero(np.concatenate(([True], places[1:] != places[:-1])))
    return places[starts], *(np.add.reduceat(value, starts) for value in values)
