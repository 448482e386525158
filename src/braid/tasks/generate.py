"""Text generation: a prompt in, its continuation out, one subword at a time; no training framework anywhere.

A dialogue is written as its turns, each as a role, a line break and the content, ended by eos.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from braid.config.recipe import SearchConfig
from braid.errors import RequestError
from braid.runtime.session import DecoderSession
from braid.search.sample import FINISHED, SampleOptions, sample
from braid.tasks.contract import Answer
from braid.text.normalize import normalize_lines
from braid.text.streaming import TextStream
from braid.text.tokenizer import Tokenizer

BATCH = 32
"""Texts read or written at once."""

Message = Mapping[str, str]
ROLES = ("system", "user", "assistant")


def turn_ids(tokenizer: Tokenizer, role: str, content: str) -> tuple[np.ndarray, np.ndarray]:
    """Ids of what begins a turn, and of its content with the eos that ends it."""
    head, body = tokenizer.encode_lines([f"{role}\n", content])
    return head, np.append(body, tokenizer.eos_id).astype(np.int32)


class Generator:
    """A trained language model.

    Args:
        name: What the bundle is called.
        language: Code of the texts' language, or "".
        tokenizer: The bundle's tokenizer.
        session: The bundle's graph.
        options: The recipe's search section.
        window: Subwords that training saw at once; perplexity is taken over windows of this many.
        is_chat: Whether it was trained on dialogues.
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
        is_chat: bool = False,
    ) -> None:
        self.name, self.source_language, self.target_language = name, language, ""
        self.window, self.is_chat, self.tokenizer = window, is_chat, tokenizer
        self._session, self._options = session, options
        self._lock = threading.Lock()

    def generate(
        self, prompts: str | Sequence[str], *, detail: bool = False, stop: Sequence[str] = (), **options: Any
    ) -> Any:
        """The continuation of a prompt, or of each prompt of a list, in order.

        Args:
            prompts: One text or several; an empty one begins a text of its own.
            detail: Return an `Answer` instead of the bare text.
            stop: Strings that end a text; they are not part of it.
            options: ``temperature``, ``top_k``, ``top_p``, ``min_p``, ``repetition_penalty``, ``max_tokens``, ``seed``
                in the place of the recipe's. Same seed, same text.
        """
        single = isinstance(prompts, str)
        texts = [prompts] if isinstance(prompts, str) else list(prompts)
        outputs = ["" for _ in texts]
        is_complete = [False] * len(texts)
        for begin in range(0, len(texts), BATCH):
            ids = [self._prompt_ids(text) for text in texts[begin : begin + BATCH]]
            for row, piece, ended in self._stream(ids, stop, begin, options):
                outputs[begin + row] += piece
                is_complete[begin + row] |= ended
        rows = zip(texts, outputs, is_complete, strict=True)
        results = [Answer(text=output, score=0.0, source=text, is_complete=ended) for text, output, ended in rows]
        shown = results if detail else [result.text for result in results]
        return shown[0] if single else shown

    def stream(self, prompt: str | Sequence[Message], *, stop: Sequence[str] = (), **options: Any) -> Iterator[str]:
        """The continuation of a prompt, or the answer to a dialogue, in pieces as they come."""
        ids = self._prompt_ids(prompt) if isinstance(prompt, str) else self._chat_ids(prompt)
        for _, piece, _ in self._stream([ids], stop, 0, options):
            if piece:
                yield piece

    def chat(self, messages: Sequence[Message], **options: Any) -> str:
        """The assistant's answer to a dialogue.

        Args:
            messages: Each with ``role`` (system, user or assistant) and ``content``.
            options: As for `generate`.
        """
        return "".join(self.stream(messages, **options))

    def _prompt_ids(self, prompt: str) -> list[int]:
        text = normalize_lines(prompt)
        return [self.tokenizer.bos_id, *(self.tokenizer.encode_lines([text])[0].tolist() if text else [])]

    def _chat_ids(self, messages: Sequence[Message]) -> list[int]:
        ids = [self.tokenizer.bos_id]
        for message in messages:
            role, content = message.get("role"), message.get("content")
            if role not in ROLES or not isinstance(content, str):
                raise RequestError("each message must have a role (system, user, assistant) and a text as its content")
            for part in turn_ids(self.tokenizer, role, normalize_lines(content)):
                ids += part.tolist()
        return ids + turn_ids(self.tokenizer, "assistant", "")[0].tolist()

    def _stream(
        self, prompts: list[list[int]], stop: Sequence[str], first_row: int, options: Mapping[str, Any]
    ) -> Iterator[tuple[int, str, bool]]:
        """Row, next piece of text and whether the text has ended by itself."""
        # A state that grows with each id cannot hold texts of different lengths.
        if self._session.has_growing_state and len({len(ids) for ids in prompts}) > 1:
            for row, ids in enumerate(prompts):
                for _, piece, ended in self._stream([ids], stop, first_row + row, options):
                    yield row, piece, ended
            return
        chosen = self.sample_options(options)
        streams = [TextStream(self.tokenizer, stop, is_continuation=len(ids) > 1) for ids in prompts]

        def is_over(row: int, ids: list[int]) -> bool:
            return streams[row].is_stopped

        with self._lock:
            state = self._read(prompts)
            last = np.array([ids[-1] for ids in prompts], np.int32)
            drawn = sample(self._session, state, last, chosen, history=prompts, stop=is_over, first_row=first_row)
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
        with self._lock:
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
