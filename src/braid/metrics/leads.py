"""The lead baseline that suits a data set: as many sentences or words as do best on its training rows.

A baseline with a length of our own choosing would be easy to beat where people write longer or shorter summaries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from braid.errors import DataError
from braid.metrics.summaries import sentence_rouge
from braid.text.languages import has_spaces
from braid.text.lead import lead

ROWS = 1000
"""About how many training rows are looked at, spread evenly."""
_SENTENCES = (1, 2, 3)
_LENGTHS = (0.75, 1, 1.5, 2, 3)
"""In median lengths of a summary: F1 often likes a lead that is longer than its reference."""


@dataclass(frozen=True, kw_only=True)
class Lead:
    """How much of a document's beginning stands for its summary.

    Args:
        language: Of the documents.
        sentences: How many at most; 0 for all.
        max_words: How many words, or characters in scripts without spaces, at most; 0 for all.
        rougeL: What it reached on the training rows, 0 to 100.
    """

    language: str
    sentences: int = 0
    max_words: int = 0
    rougeL: float = 0.0

    @property
    def name(self) -> str:
        """What a table calls it."""
        sentences = "first sentence" if self.sentences == 1 else f"first {self.sentences} sentences"
        words = f"{self.max_words} {'words' if has_spaces(self.language) else 'characters'}"
        if self.sentences and self.max_words:
            return f"{sentences}, {words} at most"
        return sentences if self.sentences else f"first {words}"

    def summarize(self, text: str) -> str:
        """The beginning of a text."""
        return lead(text, language=self.language, sentences=self.sentences, max_words=self.max_words)


def choose_lead(documents: Sequence[str], summaries: Sequence[Sequence[str]], *, language: str) -> Lead:
    """The lead with the highest ROUGE-L among some sentences and some lengths that summaries have.

    Args:
        documents: Of the training rows.
        summaries: One or more of each document.
        language: Of both.

    Raises:
        DataError: No row, not equally many, or a document without a summary.
    """
    if len(documents) != len(summaries):
        raise DataError(f"documents and summaries must be equally many, got {len(documents)} and {len(summaries)}")
    rows = range(0, len(documents), max(1, len(documents) // ROWS))
    texts, wanted = [documents[row] for row in rows], [summaries[row] for row in rows]
    lengths = _lengths(wanted, language)
    variants = [{"sentences": number} for number in _SENTENCES]
    variants += [{"sentences": number, "max_words": length} for number in (0, 1) for length in lengths]
    leads = []
    for variant in variants:
        hypotheses = [lead(text, language=language, **variant) for text in texts]
        values = sentence_rouge(hypotheses, wanted, language=language, metrics=("rougeL",))
        leads.append(Lead(language=language, rougeL=float(values["rougeL"].mean()), **variant))
    return max(leads, key=lambda found: found.rougeL)


def _lengths(summaries: Sequence[Sequence[str]], language: str) -> list[int]:
    """Lengths to try, in words or characters."""
    spaced = has_spaces(language)
    sizes = [len(text.split()) if spaced else len(text) for texts in summaries for text in texts]
    return sorted({max(1, round(times * float(np.median(sizes)))) for times in _LENGTHS}) if sizes else []
