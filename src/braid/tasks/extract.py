"""Summaries made of a text's own sentences: no training, any length, any language."""

from __future__ import annotations

from braid.tasks.contract import Answer
from braid.text.extract import extract
from braid.text.languages import guess_language


def extracted(text: str, sentences: int, language: str = "") -> Answer:
    """An answer that holds the most telling sentences in their order.

    Args:
        text: Of any length.
        sentences: How many at most.
        language: Code; taken from the script when empty.
    """
    found = extract(text, language=language or guess_language([text[:10_000]]), max_sentences=sentences)
    return Answer(text=found.text, score=sum(part.score for part in found.sentences), source=text)
