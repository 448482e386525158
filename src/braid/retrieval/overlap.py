"""The sentence that shares most with a question: the baseline that every reader must beat."""

from __future__ import annotations

import math
from collections import Counter

from braid.retrieval.terms import terms
from braid.text.sentences import split_sentences


def best_sentence(question: str, context: str) -> tuple[int, int, float]:
    """First character of the sentence, the one behind its last, and how much of the question it shares, 0 to 1.

    A term counts the more the fewer sentences of the context hold it. Of equal sentences the first is taken; an empty
    context gives an empty stretch.
    """
    spans, begin = [], 0
    for piece in split_sentences(context):
        text = piece.strip()
        start = begin + len(piece) - len(piece.lstrip())
        begin += len(piece)
        if text:
            spans.append((start, start + len(text), set(terms(text))))
    if not spans:
        return 0, 0, 0.0
    counts = Counter(term for *_, held in spans for term in held)
    asked = set(terms(question))
    weights = {
        term: math.log(1 + len(spans) / counts[term]) if counts[term] else math.log(1 + len(spans)) for term in asked
    }
    total = sum(weights.values()) or 1.0
    shares = [sum(weights[term] for term in asked & held) / total for *_, held in spans]
    best = max(range(len(spans)), key=lambda index: shares[index])
    return spans[best][0], spans[best][1], shares[best]
