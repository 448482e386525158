"""What every task hands back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an answer stands in the user's own documents.

    Args:
        file: The path as the user gave it.
        line: 1-based line of the answer, or of its passage where documents are no lines; the page of a PDF.
        start: Offset of the answer's first character in the file's text.
        end: The character behind its last.
        title: The heading above it, or an FAQ's question.
        passage: The passage it was found in.
    """

    file: str
    line: int
    start: int
    end: int
    title: str
    passage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An output text with what is known about it.

    Args:
        text: The output.
        score: Mean log-probability of its subwords, in nats; of a summary chosen among several the ROUGE-L
            predicted for it, in percent; 0.0 for an empty input.
        source: The input text.
        is_complete: False when a part reached the longest allowed output before it ended by itself.
        unsupported: Numbers and names that a summary holds and its source does not.
        origin: Where the answer to a question stands; None where there is no answer.
        labels: Every label with its probability, the likeliest first, where the task is to classify.
    """

    text: str
    score: float
    source: str
    is_complete: bool = True
    labels: tuple[tuple[str, float], ...] = ()
    unsupported: tuple[str, ...] = ()
    origin: Origin | None = None
