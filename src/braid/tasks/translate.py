"""Translation: texts in, answers out, through tokenizer, session and search; no training framework anywhere.

Where the tokenizer has tokens for placeholders, each of them comes back letter by letter and as often as it stands in
the source; an ICU message keeps its syntax, its branches being translated as the texts they stand for; an accelerator
goes to a letter of the output.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from braid.config.recipe import SearchConfig
from braid.runtime.session import EncoderDecoderSession
from braid.search.beam import Hypothesis
from braid.tasks.contract import Answer
from braid.tasks.rewrite import Rewriter
from braid.text.accelerators import with_accelerator, without_accelerator
from braid.text.languages import has_spaces
from braid.text.messages import message_texts
from braid.text.normalize import normalize, without_breaks
from braid.text.placeholders import find_placeholders
from braid.text.protected import Protected, masked, protect
from braid.text.sentences import split_near, split_sentences
from braid.text.tokenizer import Tokenizer

PIECE_CHARS = 4000
"""A sentence of more characters is cut before its subwords are counted."""


@dataclass(frozen=True, kw_only=True)
class _Piece:
    """A part of an input that is translated on its own, and the tags around it."""

    text: int
    source: Protected
    ids: np.ndarray
    before: str
    behind: str
    is_only_placeholders: bool


class Translator:
    """A trained translator.

    Args:
        name: What the bundle is called.
        source_language: Code of the input language.
        target_language: Code of the output language.
        tokenizer: The bundle's tokenizer.
        session: The bundle's graphs.
        options: The recipe's search section.
        max_source_tokens: Longer inputs are cut at sentence ends, never silently lost.
    """

    def __init__(
        self,
        *,
        name: str,
        source_language: str,
        target_language: str,
        tokenizer: Tokenizer,
        session: EncoderDecoderSession,
        options: SearchConfig,
        max_source_tokens: int,
    ) -> None:
        self.name, self.source_language, self.target_language = name, source_language, target_language
        self._tokenizer, self._max_source_tokens = tokenizer, max_source_tokens
        self._keeps = tokenizer.slots.total > 0
        self._rewriter = Rewriter(tokenizer, session, options)

    def translate(self, texts: str | Sequence[str], *, detail: bool = False, beam_size: int = 0) -> Any:
        """The translation of a text, or of each text of a list, in order.

        Text in, text out; list in, list out.

        Args:
            texts: One text or several. Line breaks inside a text stay where they are.
            detail: Return an `Answer` with its score instead of the bare text.
            beam_size: Hypotheses kept; 0 takes the recipe's number.
        """
        single = isinstance(texts, str)
        answers = self._answers([texts] if single else list(texts), beam_size)
        results = answers if detail else [answer.text for answer in answers]
        return results[0] if single else results

    def _answers(self, texts: list[str], beam_size: int) -> list[Answer]:
        lines = [text.split("\n") for text in texts]
        flat = [line for parts in lines for line in parts]
        done = iter(self._lines(flat, beam_size))
        return [_join(text, [next(done) for _ in parts]) for text, parts in zip(texts, lines, strict=True)]

    def _lines(self, lines: list[str], beam_size: int) -> list[Answer]:
        """One answer for each line without line breaks; ICU messages through the texts they stand for."""
        messages = [message_texts(line) if self._keeps else None for line in lines]
        parts = [message.texts() if message else [line] for message, line in zip(messages, lines, strict=True)]
        done = iter(self._plain_lines([text for part in parts for text in part], beam_size))
        answers = []
        for line, message, part in zip(lines, messages, parts, strict=True):
            found = [next(done) for _ in part]
            answers.append(_joined(message.fill([one.text for one in found]), line, found) if message else found[0])
        return answers

    def _plain_lines(self, lines: list[str], beam_size: int) -> list[Answer]:
        """One answer for each line, cut where it is too long for the network."""
        marks = [""] * len(lines)
        pieces: list[_Piece] = []
        for index, line in enumerate(lines):
            text = without_breaks(normalize(line))
            if self._keeps:
                text, marks[index] = without_accelerator(text)
            pieces += self._pieces(index, text)
        by_line: dict[int, list[tuple[_Piece, Hypothesis]]] = {}
        for piece, hypothesis in zip(pieces, self._rewriter.outputs([p.ids for p in pieces], beam_size), strict=True):
            by_line.setdefault(piece.text, []).append((piece, hypothesis))
        return [self._answer(line, marks[index], by_line.get(index, [])) for index, line in enumerate(lines)]

    def _pieces(self, index: int, line: str) -> list[_Piece]:
        """The normalized line as one piece, or as its sentences where it is too long; none where nothing is to do."""
        whole = self._piece(index, line)
        if not line or whole.is_only_placeholders:
            return []
        if len(whole.ids) <= self._max_source_tokens:
            return [whole]
        parts = []
        for sentence in _cut_like(line, split_sentences(self._masked(line))):
            for part in _cut_like(sentence, _pieces_of(self._masked(sentence))):
                parts += self._fitting(index, part)
        return parts

    def _fitting(self, index: int, sentence: str) -> list[_Piece]:
        """The sentence in as few pieces as the network's limit allows."""
        pieces, waiting = [], [sentence]
        while waiting:
            text = waiting.pop()
            if not text.strip():
                continue
            piece = self._piece(index, normalize(text))
            if len(piece.ids) <= self._max_source_tokens or len(text) < 2:
                pieces.append(piece)
                continue
            share = max(1, min(len(text) - 1, len(text) * self._max_source_tokens // (len(piece.ids) + 1)))
            first, rest = _cut_like(text, split_near(self._masked(text), share))
            waiting += [rest, first]
        return pieces

    def _piece(self, index: int, text: str) -> _Piece:
        slots = self._tokenizer.slots
        whole = protect(text, slots)
        before, source, behind = whole.unwrapped(slots)
        return _Piece(
            text=index,
            source=source,
            ids=self._tokenizer.encode_protected([source])[0],
            before=before,
            behind=behind,
            is_only_placeholders=whole.is_only_placeholders,
        )

    def _masked(self, text: str) -> str:
        return masked(text) if self._keeps else text

    def _answer(self, line: str, mark: str, parts: list[tuple[_Piece, Hypothesis]]) -> Answer:
        if not parts:
            is_kept = self._keeps and normalize(line)
            return Answer(text=line if is_kept else "", score=0.0, source=line)
        outputs = [hypothesis for _, hypothesis in parts]
        texts = self._tokenizer.decode_protected(
            [output.token_ids for output in outputs], [piece.source for piece, _ in parts]
        )
        joint = " " if has_spaces(self.target_language) else ""
        texts = [piece.before + normalize(text) + piece.behind for text, (piece, _) in zip(texts, parts, strict=True)]
        text = joint.join(text for text in texts if text)
        if self._keeps:
            text = _finished(text, line, mark)
        return Answer(
            text=text,
            score=float(np.mean([output.score for output in outputs])),
            source=line,
            is_complete=all(output.is_finished for output in outputs),
        )


def _finished(text: str, line: str, mark: str) -> str:
    """The output with its accelerator, and with placeholders as they were before the line was normalized."""
    if mark:
        text = with_accelerator(text, mark, [(one.start, one.end) for one in find_placeholders(text)])
    for one in find_placeholders(line):
        if (normalized := without_breaks(normalize(one.text))) != one.text:
            text = text.replace(normalized, one.text)
    return text


def _cut_like(text: str, parts: Sequence[str]) -> list[str]:
    """The text cut where another of the same length was cut."""
    ends = np.cumsum([0, *map(len, parts)]).tolist()
    return [text[start:end] for start, end in itertools.pairwise(ends)]


def _pieces_of(sentence: str) -> list[str]:
    """The sentence in parts of at most `PIECE_CHARS`: cutting one by subwords takes time with the square of it."""
    pieces = []
    while len(sentence) > PIECE_CHARS:
        first, sentence = split_near(sentence, PIECE_CHARS)
        pieces.append(first)
    return [*pieces, sentence]


def _joined(text: str, source: str, parts: list[Answer]) -> Answer:
    """One answer of this text from several; parts without a source count for nothing."""
    scores = [part.score for part in parts if part.source.strip()]
    return Answer(
        text=text,
        score=float(np.mean(scores)) if scores else 0.0,
        source=source,
        is_complete=all(part.is_complete for part in parts),
    )


def _join(source: str, parts: list[Answer]) -> Answer:
    """One answer from those of its lines."""
    return parts[0] if len(parts) == 1 else _joined("\n".join(part.text for part in parts), source, parts)
