"""What a reader sees of a question and its passage: ids, and what kind of position each is.

A network that has seen few questions learns faster where it is shown what anybody can see: which words of the passage
the question holds, too, how much of the question each sentence shares, and what is a digit, a Latin letter or a
Chinese character.

Paper: Chen et al. (2017), Reading Wikipedia to answer open-domain questions, section 3.2 (exact match as a feature).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from braid.text.sentences import split_sentences
from braid.text.shapes import unit_spans
from braid.text.tokenizer import Tokenizer

QUESTION = 0
"""Mark of the question and of what stands between; a passage's marks are 1 + match + 2 * rank + 8 * kind."""

NUM_RANKS = 4
NUM_MARKS = 1 + 2 * NUM_RANKS * 4


@dataclass(frozen=True, kw_only=True)
class Page:
    """A question with a stretch of its passage.

    Args:
        ids: bos, the question, eos, the stretch, eos.
        marks: The kind of each position.
        offsets: (ids, 2) first character of each position in the passage and the one behind it; -1 elsewhere.
    """

    ids: np.ndarray
    marks: np.ndarray
    offsets: np.ndarray


class Pages:
    """Cuts passages into pages.

    Args:
        tokenizer: The bundle's tokenizer.
        max_tokens: Of a page.
    """

    def __init__(self, tokenizer: Tokenizer, max_tokens: int) -> None:
        self._tokenizer, self._max_tokens = tokenizer, max_tokens

    def of(self, question: str, context: str) -> list[Page]:
        """One page, or several that overlap by half where the passage is long."""
        asked = self._tokenizer.encode([question])[0][: self._max_tokens // 3]
        ids, offsets = self._tokenizer.encode_with_offsets([context])[0]
        marks = _marks(question, context, offsets)
        head = np.append([self._tokenizer.bos_id], asked).astype(np.int32)
        if head[-1] != self._tokenizer.eos_id:
            head = np.append(head, self._tokenizer.eos_id).astype(np.int32)
        room = self._max_tokens - len(head) - 1
        pages = []
        for begin in range(0, max(1, len(ids) - room // 2), max(1, room // 2)):
            part = slice(begin, begin + room)
            outside = np.full((len(head), 2), -1)
            pages.append(
                Page(
                    ids=np.concatenate([head, ids[part], [self._tokenizer.eos_id]]).astype(np.int32),
                    marks=np.concatenate([np.zeros(len(head)), marks[part], [QUESTION]]).astype(np.int32),
                    offsets=np.concatenate([outside, offsets[part], [[-1, -1]]]),
                )
            )
            if begin + room >= len(ids):
                break
        return pages


def _marks(question: str, context: str, offsets: np.ndarray) -> np.ndarray:
    """The mark of every subword of the passage."""
    if not len(offsets):
        return np.zeros(0, np.int32)
    asked = {question[begin:end].casefold() for begin, end in unit_spans(question)}
    spans = unit_spans(context)
    units = [context[begin:end].casefold() for begin, end in spans]
    matched = np.zeros(len(context) + 1, bool)
    for (begin, end), unit in zip(spans, units, strict=True):
        if unit in asked:
            matched[begin:end] = True
    ranks = _sentence_ranks(context, spans, units, asked)
    begins = np.minimum(offsets[:, 0], len(context) - 1)
    # A subword that begins with a space begins with its letter.
    begins = np.array([place + (context[place] == " " and place + 1 < len(context)) for place in begins.tolist()])
    kinds = np.array([_kind(context[place]) for place in begins.tolist()])
    return (1 + matched[begins] + 2 * ranks[begins] + 2 * NUM_RANKS * kinds).astype(np.int32)


def _sentence_ranks(
    context: str, spans: Sequence[tuple[int, int]], units: Sequence[str], asked: set[str]
) -> np.ndarray:
    """For every character how much of the question its sentence shares, beside the best sentence: 0 to 3."""
    ranks = np.zeros(len(context) + 1, np.int64)
    counts = Counter(units)
    sentences, begin = [], 0
    for sentence in split_sentences(context):
        sentences.append((begin, begin + len(sentence)))
        begin += len(sentence)
    ends = np.array([end for _, end in sentences])
    shared = np.zeros(len(sentences))
    seen: set[tuple[int, str]] = set()
    for (start, _), unit in zip(spans, units, strict=True):
        place = int(np.searchsorted(ends, start, side="right"))
        if unit in asked and (place, unit) not in seen:
            seen.add((place, unit))
            shared[min(place, len(shared) - 1)] += 1 / counts[unit]
    best = shared.max(initial=0.0)
    for (start, end), value in zip(sentences, shared.tolist(), strict=True):
        share = value / best if best else 0.0
        ranks[start:end] = 3 if share == 1 else 2 if share >= 0.6 else 1 if share >= 0.3 else 0
    return ranks


def _kind(char: str) -> int:
    if char.isdigit():
        return 1
    if char.isalpha():
        return 2 if char < "\u2e80" else 3
    return 0
