"""The sentences that stand for a text, each with its place in the text.

Paper: Carbonell and Goldstein (1998), The use of MMR, diversity-based reranking for reordering documents and producing
summaries. The next sentence is the one with the highest b * score - (1 - b) * (its highest cosine with a chosen one).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from braid.errors import ConfigError
from braid.text.languages import has_spaces
from braid.text.ranking import WINDOW, rank_sentences, sentence_vectors
from braid.text.sentences import split_near, split_sentences

SENTENCES = 3
"""How many are chosen when no limit is given."""
RELEVANCE = 0.6
"""b above: 1 asks for the best sentences only, 0 for the most different ones."""
SAME = 0.8
"""Sentences with this cosine say the same: the second is taken when nothing else is left."""
_ROOM = 4
"""From a text of more sentences than one window, the best that fill this many times the limit are compared."""


@dataclass(frozen=True, kw_only=True)
class ExtractedSentence:
    """A sentence of the user's own text.

    Args:
        text: The sentence without white space around it.
        start: Its first character in the text.
        end: The character behind its last.
        score: How much of the text it stands for; the scores of all sentences make one.
    """

    text: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, kw_only=True)
class Extract:
    """A summary made of sentences of the text.

    Args:
        text: The sentences in the order of the text; where a line ended between two, a line ends here.
        sentences: The same with their places.
    """

    text: str
    sentences: tuple[ExtractedSentence, ...]


def extract(text: str, *, language: str, max_sentences: int = 0, max_chars: int = 0, max_ratio: float = 0.0) -> Extract:
    """The most telling sentences of a text within every limit given; three when none is.

    Args:
        text: Of any length; where full stops are missing, lines are sentences.
        language: Decides whether a space stands between two sentences.
        max_sentences: How many at most; 0 for no limit.
        max_chars: How long the summary may be; 0 for no limit. When no sentence is that short, the best is cut.
        max_ratio: The same as a share of the text, 0 to 1; one sentence is always allowed.

    Returns:
        No sentence for a text of white space, else at least one.

    Raises:
        ConfigError: A limit is negative, or the ratio above 1.

    Cost: O(words), and O(sentences chosen x words of a window) for the choice; 10 MB take some 20 seconds.
    """
    if min(max_sentences, max_chars, max_ratio) < 0 or max_ratio > 1:
        got = f"{max_sentences}, {max_chars} and {max_ratio}"
        raise ConfigError(f"max_sentences and max_chars must be at least 0 and max_ratio from 0 to 1, got {got}")
    found = _scored(text)
    if not found:
        return Extract(text="", sentences=())
    num_sentences = max_sentences or (len(found) if max_chars or max_ratio else SENTENCES)
    ratio_chars = int(max_ratio * len(text)) if max_ratio else math.inf
    chosen = _choose(found, num_sentences, min(max_chars or math.inf, ratio_chars))
    if not chosen:
        best = max(found, key=lambda sentence: sentence.score)
        chosen = [_cut(best, max_chars)] if max_chars else [best]
    return Extract(text=_joined(text, chosen, " " if has_spaces(language) else ""), sentences=tuple(chosen))


def _scored(text: str) -> list[ExtractedSentence]:
    """The sentences of a text with their scores."""
    pieces = split_sentences(text)
    ends = np.cumsum([len(piece) for piece in pieces])
    spans = []
    for piece, end in zip(pieces, ends.tolist(), strict=True):
        start = end - len(piece.lstrip())
        if sentence := piece.strip():
            spans.append((sentence, start, start + len(sentence)))
    scores = rank_sentences([sentence for sentence, _, _ in spans]).tolist()
    return [
        ExtractedSentence(text=sentence, start=start, end=end, score=score)
        for (sentence, start, end), score in zip(spans, scores, strict=True)
    ]


def _choose(found: Sequence[ExtractedSentence], num_sentences: int, num_chars: float) -> list[ExtractedSentence]:
    """Sentences within the limits, in order; each window of the candidates gives its part of a long summary."""
    order = sorted(range(len(found)), key=lambda index: -found[index].score)
    room, count = _ROOM * num_chars, max(WINDOW, _ROOM * num_sentences)
    kept = []
    for index in order[:count]:
        room -= len(found[index].text)
        kept.append(index)
        if room <= 0 and len(kept) >= WINDOW:
            break
    pool = [found[index] for index in sorted(kept)]
    num_windows = math.ceil(len(pool) / WINDOW)
    chosen = []
    for part in range(num_windows):
        window = pool[part * len(pool) // num_windows : (part + 1) * len(pool) // num_windows]
        quota = (part + 1) * num_sentences // num_windows - len(chosen)
        chosen += _diverse(window, quota, num_chars / num_windows)
    return chosen


def _diverse(window: Sequence[ExtractedSentence], num_sentences: int, num_chars: float) -> list[ExtractedSentence]:
    """The sentences that MMR chooses, in order."""
    vectors = sentence_vectors([sentence.text for sentence in window])
    scores = np.array([sentence.score for sentence in window])
    lengths = np.array([len(sentence.text) + 1 for sentence in window])
    relevance, nearest = RELEVANCE * scores / scores.max(), np.zeros(len(window))
    is_free, num_chars, chosen = np.ones(len(window), dtype=bool), num_chars + 1, []
    while len(chosen) < num_sentences and (is_free := is_free & (lengths <= num_chars)).any():
        worth = relevance - (1 - RELEVANCE) * nearest - (nearest >= SAME)
        best = int(np.argmax(np.where(is_free, worth, -np.inf)))
        chosen.append(best)
        is_free[best] = False
        num_chars -= lengths[best]
        nearest = np.maximum(nearest, vectors.cosines(best))
    return [window[index] for index in sorted(chosen)]


def _cut(sentence: ExtractedSentence, max_chars: int) -> ExtractedSentence:
    """Its beginning, to the last pause or space that leaves it short enough."""
    if len(sentence.text) <= max_chars:
        return sentence
    text = split_near(sentence.text, max_chars)[0].rstrip()
    return ExtractedSentence(text=text, start=sentence.start, end=sentence.start + len(text), score=sentence.score)


def _joined(text: str, chosen: Sequence[ExtractedSentence], space: str) -> str:
    parts = [chosen[0].text]
    for before, sentence in pairwise(chosen):
        parts += ["\n" if "\n" in text[before.end : sentence.start] else space, sentence.text]
    return "".join(parts)
