"""How much of a question a passage covers: from 0 to 1 for every question, where the scores of a search have no top."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from braid.data.documents.passage import Passage
from braid.retrieval.index import MAX_QUESTION_CHARS, MAX_TERMS, MAX_UNKNOWN, Index
from braid.retrieval.ranking import Ranking, idf
from braid.retrieval.terms import is_character, terms


def covers(index: Index, question: str, passages: Sequence[Passage]) -> list[float]:
    """For each passage the share of the question that it covers, 0 to 1.

    With w(t) the inverse document frequency of a term and l(t) the likeness of what the passage, or its title, has of
    it (1 for the term itself), the share is sum w(t) l(t) / sum w(t) over the terms of the question. A word that no
    passage has weighs as much as one that a single passage has. An entry of an FAQ is compared by its own question
    alone, both ways: the geometric mean of that share and of the share of the entry's question that the question
    covers. They ask the same when neither asks much else.

    Args:
        index: Whose frequencies count.
        question: What is asked; of a long one the first 500 different terms.
        passages: Whatever was found.

    Cost: as much as a search.
    """
    scale = _Scale(index)
    asked = list(dict.fromkeys(terms(question[:MAX_QUESTION_CHARS])))[:MAX_TERMS]
    variants = scale.variants(asked)
    said: dict[str, float] = {}
    for forms in variants.values():
        said |= {form: max(likeness, said.get(form, 0.0)) for form, likeness in forms.items()}
    found = []
    for passage in passages:
        title = dict.fromkeys(terms(passage.title))
        held = title.keys() if passage.answer else {*terms(passage.text), *title}
        likenesses = {
            term: max((forms[form] for form in held & forms.keys()), default=0.0) for term, forms in variants.items()
        }
        share = scale.share(asked, likenesses)
        found.append(math.sqrt(share * scale.share(title, said)) if passage.answer else share)
    return found


class _Scale:
    """The weights of terms, each looked up once.

    Args:
        index: Whose frequencies count.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._weights: dict[str, float] = {}

    def weight(self, term: str) -> float:
        """The inverse document frequency, less for a single character where pairs of them are terms, too."""
        if term not in self._weights:
            weight = idf(self._index.num_passages, max(1, self._index.num_having(term)))
            self._weights[term] = weight * (Ranking.character if is_character(term) else 1.0)
        return self._weights[term]

    def variants(self, asked: Iterable[str]) -> dict[str, dict[str, float]]:
        """For each term what may stand for it, with its likeness; for unknown ones beyond the first 20 themselves."""
        found, num_unknown = {}, 0
        for term in asked:
            is_known = self._index.knows(term)
            num_unknown += not is_known
            found[term] = self._index.alike(term) if is_known or num_unknown <= MAX_UNKNOWN else {term: 1.0}
        return found

    def share(self, asked: Iterable[str], likenesses: Mapping[str, float]) -> float:
        """How much of the terms' weight is covered; 0 where there are none."""
        weights = {term: self.weight(term) for term in asked}
        total = sum(weights.values())
        return sum(weight * likenesses.get(term, 0.0) for term, weight in weights.items()) / total if total else 0.0
