"""Summarization: long texts in, short ones out; no training framework anywhere.

What the network writes competes with stretches of the text and with its beginning, where the bundle has learned to
choose.

A text that is longer than the network reads is condensed first: its beginning and the sentences that stand for the
rest, as many as fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from braid.config.recipe import SearchConfig
from braid.data.spans import SpanModel
from braid.metrics.faithfulness import unsupported
from braid.metrics.leads import Lead
from braid.runtime.session import EncoderDecoderSession
from braid.search.beam import Hypothesis
from braid.tasks.choosing import Candidate, Chooser
from braid.tasks.contract import Answer
from braid.tasks.rewrite import Rewriter
from braid.text.normalize import normalize, normalize_lines
from braid.text.ranking import rank_sentences
from braid.text.sentences import split_sentences
from braid.text.tokenizer import Tokenizer

LEAD_SHARE = 0.6
"""Of what the network reads of a long text, this much is its beginning."""
NUM_WRITTEN, NUM_SPANS = 20, 20
"""Outputs of the network and stretches of a text that compete."""


def condensed(text: str, tokenizer: Tokenizer, max_tokens: int) -> tuple[np.ndarray, bool]:
    """Ids of the text within ``max_tokens``, eos included, and whether all of it is there.

    Args:
        text: With its lines, which may be sentences.
        tokenizer: Counts.
        max_tokens: What the network reads at once.
    """
    whole = tokenizer.encode([text])[0]
    if len(whole) <= max_tokens:
        return whole, True
    sentences = [sentence for sentence in split_sentences(text) if sentence.strip()]
    rows = [row[:-1] for row in tokenizer.encode(sentences)]
    room, kept = max_tokens - 1, []
    for index, row in enumerate(rows):
        if room < (1 - LEAD_SHARE) * max_tokens or len(row) > room:
            break
        kept.append(index)
        room -= len(row)
    if not kept:  # the first sentence alone is too long
        return np.append(whole[: max_tokens - 1], tokenizer.eos_id).astype(np.int32), False
    rest = range(len(kept), len(rows))
    scores = rank_sentences(sentences)
    for index in sorted(rest, key=lambda index: -scores[index]):
        if len(rows[index]) <= room:
            kept.append(index)
            room -= len(rows[index])
    ids = np.concatenate([*(rows[index] for index in sorted(kept)), [tokenizer.eos_id]])
    return ids.astype(np.int32), False


@dataclass(frozen=True, kw_only=True)
class Rivals:
    """What competes with the summaries that a network writes.

    Args:
        spans: The learned choice of a stretch.
        lead: How much of a text's beginning stands for its summary.
        chooser: Chooses among what network, stretches and lead give; None takes the network's.
    """

    spans: SpanModel
    lead: Lead
    chooser: Chooser | None = None

    def candidates(self, text: str) -> list[Candidate]:
        """What stands in the text itself."""
        found = [
            Candidate(text=normalize(span.text), score=span.score, maker="stretch")
            for span in self.spans.best(text, NUM_SPANS)
        ]
        return [*found, Candidate(text=normalize(self.lead.summarize(text)), score=0.0, maker="lead")]


class Summarizer:
    """A trained summarizer.

    Args:
        name: What the bundle is called.
        language: Code of the texts' language, or "".
        tokenizer: The bundle's tokenizer.
        session: The bundle's graphs.
        options: The recipe's search section.
        max_source_tokens: What the network reads at once.
        rivals: What competes with the network; None for nothing.
    """

    task = "summarize"

    def __init__(
        self,
        *,
        name: str,
        language: str,
        tokenizer: Tokenizer,
        session: EncoderDecoderSession,
        options: SearchConfig,
        max_source_tokens: int,
        rivals: Rivals | None = None,
    ) -> None:
        self.name, self.source_language, self.target_language = name, language, language
        self._tokenizer, self._max_source_tokens = tokenizer, max_source_tokens
        self._rewriter = Rewriter(tokenizer, session, options)
        self.rivals = rivals

    def summarize(self, texts: str | Sequence[str], *, detail: bool = False, beam_size: int = 0) -> Any:
        """The summary of a text, or of each text of a list, in order.

        Args:
            texts: One text or several; line breaks may separate sentences.
            detail: Return an `Answer` that also names what the summary says and the text does not.
            beam_size: Hypotheses kept; 0 takes the recipe's number.
        """
        single = isinstance(texts, str)
        answers = self.answers([texts] if isinstance(texts, str) else list(texts), beam_size=beam_size)
        results = answers if detail else [answer.text for answer in answers]
        return results[0] if single else results

    def answers(self, texts: Sequence[str], *, beam_size: int = 0) -> list[Answer]:
        """One answer a text; ``is_complete`` says whether the network read all of it and the output ended by itself."""
        clean = [normalize_lines(text) for text in texts]
        answers = [Answer(text="", score=0.0, source=text) for text in texts]
        filled = [index for index, text in enumerate(clean) if text.strip()]
        chooser = self.rivals.chooser if self.rivals else None
        found = self._candidates([clean[index] for index in filled], beam_size, with_rivals=chooser is not None)
        for index, (candidates, is_whole) in zip(filled, found, strict=True):
            place, score = chooser.choose(candidates) if chooser else (0, candidates[0].score)
            chosen = candidates[place]
            marks = unsupported(texts[index], chosen.text, language=self.source_language)
            answers[index] = Answer(
                text=chosen.text,
                score=score,
                source=texts[index],
                is_complete=is_whole and chosen.is_complete,
                unsupported=tuple(mark.text for mark in marks),
            )
        return answers

    def candidates(self, texts: Sequence[str]) -> list[list[Candidate]]:
        """For each text what the network writes, best first, the best stretches of the text, and its beginning."""
        return [found for found, _ in self._candidates([normalize_lines(text) for text in texts], 0, with_rivals=True)]

    def stretch(self, text: str) -> str:
        """The best stretch of a text alone; "" of one without a word, or of a bundle that has not learned any."""
        found = self.rivals.spans.best(normalize_lines(text)) if self.rivals else []
        return normalize(found[0].text) if found else ""

    def _candidates(
        self, clean: Sequence[str], beam_size: int, *, with_rivals: bool
    ) -> list[tuple[list[Candidate], bool]]:
        """The candidates of texts that are not empty, and whether all of each text was read."""
        rows = [condensed(text, self._tokenizer, self._max_source_tokens) for text in clean]
        outputs = self._rewriter.several([ids for ids, _ in rows], NUM_WRITTEN if with_rivals else 1, beam_size)
        found = []
        for text, (_, is_whole), hypotheses in zip(clean, rows, outputs, strict=True):
            candidates = self._written(hypotheses)
            if with_rivals and self.rivals:
                candidates += self.rivals.candidates(text)
            found.append((candidates, is_whole))
        return found

    def _written(self, hypotheses: Sequence[Hypothesis]) -> list[Candidate]:
        spoken = self._tokenizer.decode([hypothesis.token_ids for hypothesis in hypotheses])
        return [
            Candidate(text=normalize(text), score=one.score, maker="network", is_complete=one.is_finished)
            for text, one in zip(spoken, hypotheses, strict=True)
        ]
