"""Summaries made of a text's own sentences: no training, any length, any language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from braid.errors import ConfigError
from braid.tasks.contract import Answer
from braid.text.extract import SENTENCES, extract
from braid.text.languages import guess_language


def summarize_extractively(
    texts: str | Sequence[str], *, max_sentences: int = SENTENCES, language: str = "", detail: bool = False
) -> Any:
    """The most telling sentences of a text, or of each text of a list, in their order.

    Args:
        texts: One text or several, of any length.
        max_sentences: How many of each text at most, 1 or more.
        language: Code of the texts' language; taken from the script of each when empty.
        detail: Return an `Answer` instead of the bare text.

    Raises:
        ConfigError: There would be no sentence.

    Example:
        >>> summarize_extractively("The cat sat on the mat. It rained. The cat saw the rain.", max_sentences=1)
        'The cat sat on the mat.'
    """
    if max_sentences < 1:
        raise ConfigError(f"max_sentences must be at least 1, got {max_sentences}", hint="leave it out to take 3")
    answers = [extracted(text, max_sentences, language) for text in ([texts] if isinstance(texts, str) else texts)]
    results = answers if detail else [answer.text for answer in answers]
    return results[0] if isinstance(texts, str) else results


def extracted(text: str, sentences: int, language: str = "") -> Answer:
    """An answer that holds the most telling sentences in their order.

    Args:
        text: Of any length.
        sentences: How many at most.
        language: Code; taken from the script when empty.
    """
    found = extract(text, language=language or guess_language([text[:10_000]]), max_sentences=sentences)
    return Answer(text=found.text, score=sum(part.score for part in found.sentences), source=text)
