"""The beginning of a text, which is a summary that others must beat."""

from __future__ import annotations

from itertools import islice

from braid.text.languages import has_spaces
from braid.text.sentences import split_sentences


def lead(text: str, *, language: str, sentences: int = 0, max_words: int = 0, max_chars: int = 0) -> str:
    """The beginning of a text on one line; every limit that is given holds.

    Args:
        text: Of any length.
        language: Decides what a word is: a character in Chinese, Japanese, Thai and their like.
        sentences: How many whole sentences (or lines) at most; 0 for all.
        max_words: How many words at most; 0 for all.
        max_chars: How many characters at most; 0 for all. No word is cut in two unless it is the first.
    """
    if sentences:
        text = "".join(islice((piece for piece in split_sentences(text) if piece.strip()), sentences))
    if max_words and has_spaces(language):
        text = " ".join(text.split(maxsplit=max_words)[:max_words])
    text = " ".join(text.split())
    if max_words and not has_spaces(language):
        text = text[:max_words].rstrip()
    return _cut(text, max_chars, has_spaces(language)) if max_chars else text


def _cut(text: str, max_chars: int, at_spaces: bool) -> str:
    if len(text) <= max_chars:
        return text
    space = text.rfind(" ", 0, max_chars + 1) if at_spaces else -1
    return text[: space if space > 0 else max_chars].rstrip()
