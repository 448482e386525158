"""The sentence of a text that shares most with a question: what every trained reader must beat."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from braid.retrieval.ranking import Ranking, idf
from braid.retrieval.terms import is_character, terms
from braid.text.sentences import split_sentences

_BORDER = re.compile(r"[,;:](?=\s)|[，；：、（）《》()]|\s[–—-]\s")
_MARKS = " \t\r\n,;:，；：、（）《》()–—-"

Span = tuple[int, int]


def best_sentence(
    question: str, context: str, *, weight: Callable[[str], float] | None = None, clause: bool = False
) -> tuple[int, int, float]:
    """Start, end and score of the sentence whose terms cover most of the question's, by weight.

    The score is the share of the question's weight that is covered, 0 to 1. Among equals the shortest is chosen,
    then the first. A text without a sentence gives (0, 0, 0.0).

    Args:
        question: What is asked.
        context: Where the answer is looked for.
        weight: Of a term, such as `Index.term_weight`; without it, one in few sentences of the context weighs much.
        clause: Give only the part of the sentence, between commas or brackets, that covers most.

    Example:
        >>> best_sentence("Who built it?", "It is old. The king built it. It fell.")[:2]
        (11, 29)
    """
    spans = _sentences(context)
    if not spans:
        return 0, 0, 0.0
    if weight is None:
        having = Counter(term for start, end in spans for term in set(terms(context[start:end])))
        weights = {term: idf(len(spans), having[term]) for term in terms(question)}
    else:
        weights = {term: weight(term) for term in dict.fromkeys(terms(question))}
    for term in filter(is_character, weights):
        weights[term] *= Ranking.character
    start, end, cover = _best(context, spans, weights)
    if clause:
        start, end, cover = _best(context, _clauses(context, start, end), weights)
    total = sum(weights.values())
    return start, end, cover / total if total else 0.0


def _best(text: str, spans: Sequence[Span], weights: Mapping[str, float]) -> tuple[int, int, float]:
    """The stretch with the highest weight of terms, with that weight."""
    covers = []
    for start, end in spans:
        found = set(terms(text[start:end]))
        covers.append(sum(value for term, value in weights.items() if term in found))
    best = max(range(len(spans)), key=lambda number: (covers[number], spans[number][0] - spans[number][1]))
    return *spans[best], covers[best]


def _sentences(text: str) -> list[Span]:
    """Where the sentences are, without the white space around them."""
    ends = itertools.accumulate(map(len, split_sentences(text)), initial=0)
    return _stripped(text, itertools.pairwise(ends), "")


def _clauses(text: str, start: int, end: int) -> list[Span]:
    """Where the parts of a sentence are, without the marks around them; the sentence itself when it has none."""
    borders = [start, *(found.end() for found in _BORDER.finditer(text, start, end)), end]
    return _stripped(text, itertools.pairwise(borders), _MARKS) or [(start, end)]


def _stripped(text: str, spans: Iterable[Span], marks: str) -> list[Span]:
    """The stretches without white space and these marks at their ends, those left out that hold nothing else."""
    found = []
    for start, end in spans:
        while start < end and (text[start].isspace() or text[start] in marks):
            start += 1
        while start < end and (text[end - 1].isspace() or text[end - 1] in marks):
            end -= 1
        if start < end:
            found.append((start, end))
    return found
