"""Translation: texts in, answers out, through tokenizer, session and search; no training framework anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from braid.config.recipe import SearchConfig
from braid.runtime.session import EncoderDecoderSession
from braid.search.beam import Hypothesis
from braid.tasks.contract import Answer
from braid.tasks.rewrite import Rewriter
from braid.text.languages import has_spaces
from braid.text.normalize import normalize
from braid.text.sentences import split_near, split_sentences
from braid.text.tokenizer import Tokenizer

PIECE_CHARS = 4000
"""A sentence of more characters is cut before its subwords are counted."""


@dataclass(frozen=True, kw_only=True)
class _Piece:
    """A part of an input that is translated on its own."""

    text: int
    ids: np.ndarray


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
        """One answer for each line without line breaks."""
        pieces = [piece for index, line in enumerate(lines) for piece in self._pieces(index, line)]
        by_line: dict[int, list[Hypothesis]] = {}
        for piece, hypothesis in zip(pieces, self._rewriter.outputs([p.ids for p in pieces], beam_size), strict=True):
            by_line.setdefault(piece.text, []).append(hypothesis)
        return [self._answer(line, by_line.get(index, [])) for index, line in enumerate(lines)]

    def _pieces(self, index: int, line: str) -> list[_Piece]:
        """The line as one piece, or as its sentences where it is too long for the network."""
        line = normalize(line)
        if not line:
            return []
        whole = self._tokenizer.encode([line])[0]
        if len(whole) <= self._max_source_tokens:
            return [_Piece(text=index, ids=whole)]
        parts = []
        for sentence in split_sentences(line):
            for piece in _pieces_of(sentence):
                parts += self._fitting(piece)
        return [_Piece(text=index, ids=ids) for ids in parts]

    def _fitting(self, sentence: str) -> list[np.ndarray]:
        """Ids of the sentence in as few parts as the network's limit allows."""
        parts, waiting = [], [sentence]
        while waiting:
            text = waiting.pop()
            ids = self._tokenizer.encode([text])[0]
            if len(ids) <= self._max_source_tokens or len(text) < 2:
                parts.append(ids)
                continue
            share = max(1, min(len(text) - 1, len(text) * self._max_source_tokens // (len(ids) + 1)))
            first, rest = split_near(text, share)
            waiting += [part for part in (rest, first) if part.strip()]
        return parts

    def _answer(self, line: str, parts: list[Hypothesis]) -> Answer:
        texts = [normalize(text) for text in self._tokenizer.decode([part.token_ids for part in parts])]
        joint = " " if has_spaces(self.target_language) else ""
        return Answer(
            text=joint.join(text for text in texts if text),
            score=float(np.mean([part.score for part in parts])) if parts else 0.0,
            source=line,
            is_complete=all(part.is_finished for part in parts),
        )


def _pieces_of(sentence: str) -> list[str]:
    """The sentence in parts of at most `PIECE_CHARS`: cutting one by subwords takes time with the square of it."""
    pieces = []
    while len(sentence) > PIECE_CHARS:
        first, sentence = split_near(sentence, PIECE_CHARS)
        pieces.append(first)
    return [piece for piece in [*pieces, sentence] if piece.strip()]


def _join(source: str, parts: list[Answer]) -> Answer:
    """One answer from those of its lines."""
    if len(parts) == 1:
        return parts[0]
    scores = [part.score for part in parts if part.source.strip()]
    return Answer(
        text="\n".join(part.text for part in parts),
        score=float(np.mean(scores)) if scores else 0.0,
        source=source,
        is_complete=all(part.is_complete for part in parts),
    )
