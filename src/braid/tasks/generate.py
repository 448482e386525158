"""Text generation: a prompt in, its continuation out, one subword at a time; no training framework anywhere.

A model may be asked from several threads: each text that is being written owns its state, and no lock is held while a
reader of a stream takes its time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from braid.config.recipe import SearchConfig
from braid.runtime.session import DecoderSession
from braid.search.sample import FINISHED, SampleOptions, sample
from braid.tasks.contract import Answer
from braid.tasks.dialogue import ChatTemplate, Message
from braid.text.normalize import normalize_lines
from braid.text.streaming import TextStream
from braid.text.tokenizer import Tokenizer

BATCH = 32
"""Texts read or written at once."""

MAX_PROMPT_TOKENS = 32_768
"""Of a longer prompt only the end is read; of a quarter of that already where the state grows with the text."""

Pieces = Iterator[tuple[int, str, bool]]
"""Row, next piece of its text, and whether the text has ended by itself."""


class Writing(Iterator[str]):
    """A text in pieces, as they come.

    ``is_complete`` says, once the last piece is there, whether the text ended by itself or at a stop string; False
    means that it was cut at the most subwords allowed.
    """

    def __init__(self, pieces: Pieces) -> None:
        self._pieces, self.is_complete = pieces, False

    def __next__(self) -> str:
        for _, piece, has_ended in self._pieces:
            self.is_complete |= has_ended
            if piece:
                return piece
        raise StopIteration


class Generator:
    """A trained language model.

    Args:
        name: What the bundle is called.
        language: Code of the texts' language, or "".
        tokenizer: The bundle's tokenizer.
        session: The bundle's graph.
        options: The recipe's search section.
        window: Subwords that training saw at once; perplexity is taken over windows of this many.
        template: How dialogues are written, where it was trained on some; None where it was not.
    """

    task = "generate"

    def __init__(
        self,
        *,
        name: str,
        language: str,
        tokenizer: Tokenizer,
        session: DecoderSession,
        options: SearchConfig,
        window: int,
        template: ChatTemplate | None = None,
    ) -> None:
        self.name, self.source_language, self.target_language = name, language, ""
        self.window, self.template, self.tokenizer = window, template, tokenizer
        self._session, self._options = session, options

    @property
    def is_chat(self) -> bool:
        """Whether it was trained on dialogues."""
        return self.template is not None

    def generate(
        self, prompts: str | Sequence[str], *, detail: bool = False, stop: Sequence[str] = (), **options: Any
    ) -> Any:
        """The continuation of a prompt, or of each prompt of a list, in order.

        A model that was trained on dialogues takes a prompt for a user's turn and answers it. Of a prompt of more than
        `MAX_PROMPT_TOKENS` subwords the end is read.

        Args:
            prompts: One text or several; an empty one begins a text of its own.
            detail: Return an `Answer` instead of the bare text.
            stop: Strings that end a text; they are not part of it.
            options: ``temperature``, ``top_k``, ``top_p``, ``min_p``, ``repetition_penalty``, ``max_tokens``, ``seed``
                in the place of the recipe's. Same seed, same text.

        Raises:
            ConfigError: An option is outside its range.
        """
        single = isinstance(prompts, str)
        texts = [prompts] if isinstance(prompts, str) else list(prompts)
        outputs = ["" for _ in texts]
        is_complete = [False] * len(texts)
        chosen = self.sample_options(options)
        for begin in range(0, len(texts), BATCH):
            ids = [self._prompt_ids(text) for text in texts[begin : begin + BATCH]]
            for row, piece, ended in self._stream(ids, stop, begin, chosen):
                outputs[begin + row] += piece
                is_complete[begin + row] |= ended
        rows = zip(texts, outputs, is_complete, strict=True)
        results = [Answer(text=output, score=0.0, source=text, is_complete=ended) for text, output, ended in rows]
        shown = results if detail else [result.text for result in results]
        return shown[0] if single else shown

    def stream(self, prompt: str | Sequence[Message], *, stop: Sequence[str] = (), **options: Any) -> Writing:
        """The continuation of a prompt, or the answer to a dialogue, in pieces as they come.

        A prompt is taken as by `generate`, messages as by `chat`. What is wrong with either, or with an option, is
        raised here and not at the first piece.
        """
        chosen = self.sample_options(options)
        ids = self._prompt_ids(prompt) if isinstance(prompt, str) else self._chat_ids(prompt)
        return Writing(self._stream([ids], stop, 0, chosen))

    def chat(self, messages: Sequence[Message], **options: Any) -> str:
        """The assistant's answer to a dialogue.

        Args:
            messages: Each with ``role`` (system, user or assistant) and ``content``.
            options: As for `generate`.

        Raises:
            RequestError: A message has another role, or no text.
        """
        return "".join(self.stream(messages, **options))

    def _prompt_ids(self, prompt: str) -> list[int]:
        if self.template:
            return self._chat_ids([{"role": "user", "content": prompt}])
        text = normalize_lines(prompt)
        return self._last_ids(
            [self.tokenizer.bos_id, *(self.tokenizer.encode_lines([text])[0].tolist() if text else [])]
        )

    def _chat_ids(self, messages: Sequence[Message]) -> list[int]:
        return self._last_ids((self.template or ChatTemplate()).question_ids(self.tokenizer, messages))

    def _last_ids(self, ids: list[int]) -> list[int]:
        """The ids, or bos and the last of them where they are too many."""
        most = MAX_PROMPT_TOKENS // 4 if self._session.has_growing_state else MAX_PROMPT_TOKENS
        return ids if len(ids) <= most else [self.tokenizer.bos_id, *ids[1 - most :]]

    def _stream(self, prompts: list[list[int]], stop: Sequence[str], first_row: int, options: SampleOptions) -> Pieces:
        """The pieces of all texts as they are written."""
        # A state that grows with each id cannot hold texts of different lengths.
        if self._session.has_growing_state and len({len(ids) for ids in prompts}) > 1:
            for row, ids in enumerate(prompts):
                for _, piece, ended in self._stream([ids], stop, first_row + row, options):
                    yield row, piece, ended
            return
        streams = [TextStream(self.tokenizer, stop, is_continuation=len(ids) > 1) for ids in prompts]

        def is_over(row: int, ids: list[int]) -> bool:
            return streams[row].is_stopped

        state = self._read(prompts)
        last = np.array([ids[-1] for ids in prompts], np.int32)
        drawn = sample(self._session, state, last, options, history=prompts, stop=is_over, first_row=first_row)
        for ids_B in drawn:
            for row, token in enumerate(ids_B.tolist()):
                if token != FINISHED:
                    piece = streams[row].push([token])
                    yield row, piece, token == self.tokenizer.eos_id or streams[row].is_stopped
        for row, text in enumerate(streams):
            yield row, text.finish(), False

    def sample_options(self, changes: Mapping[str, Any]) -> SampleOptions:
        """The recipe's options with what a caller asked for."""
        known, tokenizer = self._options, self.tokenizer
        base = SampleOptions(
            temperature=known.temperature,
            top_k=known.top_k,
            top_p=known.top_p,
            min_p=known.min_p,
            repetition_penalty=known.repetition_penalty,
            max_tokens=known.max_new_tokens,
            bos_id=tokenizer.bos_id,
            eos_id=tokenizer.eos_id,
            banned_ids=(tokenizer.pad_id, tokenizer.bos_id, tokenizer.unk_id),
        )
        return replace(base, **{name: value for name, value in changes.items() if value is not None})

    def _read(self, prompts: list[list[int]]) -> dict[str, np.ndarray]:
        """The state after all of each prompt but its last id."""
        rows: list[dict[str, np.ndarray]] = []
        for ids in prompts:
            state = self._session.initial_state(1)
            for token in ids[:-1]:
                _, state = self._session.step(np.array([[token]], np.int32), state)
            rows.append(state)
        return {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}

    def log_probabilities(self, rows: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Natural logarithm of the probability of every id behind the first of each row.

        Long rows are read in windows as long as those of training, each of which begins in the midst of the one
        before it, so that no id but the first few has less than half a window before it.
        """
        jobs = [(index, begin) for index, row in enumerate(rows) for begin in _begins(len(row) - 1, self.window)]
        found = [np.zeros(max(len(row) - 1, 0)) for row in rows]
        jobs.sort(key=lambda job: min(self.window, len(rows[job[0]]) - 1 - job[1]))
        for start in range(0, len(jobs), BATCH):
            batch = jobs[start : start + BATCH]
            parts = [rows[index][begin : begin + self.window + 1] for index, begin in batch]
            for (index, begin), logs in zip(batch, self._window_logs(parts), strict=True):
                skip = self.window // 2 if begin else 0
                found[index][begin + skip : begin + len(logs)] = logs[skip:]
        return found

    def _window_logs(self, parts: Sequence[np.ndarray]) -> list[np.ndarray]:
        longest = max(map(len, parts)) - 1
        ids = np.full((len(parts), longest + 1), self.tokenizer.pad_id, np.int32)
        for row, part in enumerate(parts):
            ids[row, : len(part)] = part
        logs = np.zeros((len(parts), longest))
        state = self._session.initial_state(len(parts))
        for place in range(longest):
            logits, state = self._session.step(ids[:, place : place + 1], state)
            scores = logits[:, 0].astype(np.float64)
            peak = scores.max(axis=-1)
            normalizer = peak + np.log(np.exp(scores - peak[:, None]).sum(axis=-1))
            logs[:, place] = scores[np.arange(len(parts)), ids[:, place + 1]] - normalizer
        return [row[: len(part) - 1] for row, part in zip(logs, parts, strict=True)]


def _begins(length: int, window: int) -> list[int]:
    """Where windows begin, half a window apart, so that the last reaches the end."""
    half = max(1, window // 2)
    return [0, *range(half, max(length - window, 0) + half, half)] if length > window else [0][: length > 0]
