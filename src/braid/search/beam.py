"""Beam search; with one hypothesis, greedy search. Ids in, ids out: nothing here knows a task or a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from braid.search.extensions import Normalizer, best_extensions, normalizer
from braid.search.quota import Quota

State = dict[str, np.ndarray]


class Stepper(Protocol):
    """A decoder seen one step at a time.

    A state is a dictionary of arrays, batch first. Names that begin with ``memory.`` belong to an example and are
    (B, …); all others belong to a hypothesis and are (B, K, …).
    """

    def step(self, token_ids_BK: np.ndarray, state: State) -> tuple[np.ndarray, State]:
        """Logits (B, K, V) after one more subword of each hypothesis, and the new state; both belong to the caller."""
        ...


@dataclass(frozen=True, kw_only=True)
class SearchOptions:
    """How to look.

    Args:
        beam_size: Hypotheses K of each example; 1 is greedy.
        length_penalty: A finished hypothesis is worth its log-probability / length ** length_penalty.
        bos_id: Starts every output.
        eos_id: Ends it.
        banned_ids: Subwords never produced.
        max_repeats: Copies of the same few subwords in a row, after which another is forbidden; 0 is no limit.
    """

    beam_size: int
    length_penalty: float
    bos_id: int
    eos_id: int
    banned_ids: tuple[int, ...] = ()
    max_repeats: int = 0


@dataclass(frozen=True, kw_only=True)
class Hypothesis:
    """One output: ids without bos and eos, its score, and whether it ended by itself."""

    token_ids: list[int]
    score: float
    is_finished: bool


@dataclass
class _Beam:
    """What is still open: rows are examples, columns hypotheses."""

    rows: np.ndarray  # (B,) index of each open example in the caller's batch
    tokens: np.ndarray  # (B, K, steps so far)
    log_probs: np.ndarray  # (B, K), -inf on hypotheses that do not exist
    state: State
    quota: Quota | None = None


def search(
    stepper: Stepper,
    state: State,
    max_tokens_B: np.ndarray,
    options: SearchOptions,
    may_loop_B: np.ndarray | None = None,
) -> list[Hypothesis]:
    """The best output found for each example; arguments and cost as for `search_several`."""
    return [found[0] for found in search_several(stepper, state, max_tokens_B, options, may_loop_B)]


def search_several(
    stepper: Stepper,
    state: State,
    max_tokens_B: np.ndarray,
    options: SearchOptions,
    may_loop_B: np.ndarray | None = None,
    count: int = 1,
    quota: Quota | None = None,
) -> list[list[Hypothesis]]:
    """The best outputs met for each example, best first; finished examples leave the batch.

    An example is finished when no open hypothesis can still beat its best finished one, or at its own
    limit of tokens. Outputs that ended by themselves stand before those that were cut.

    Args:
        stepper: The decoder.
        state: The state before the first subword, with K = 1.
        max_tokens_B: Limit of output tokens for each example, eos included.
        options: How to look.
        may_loop_B: Examples whose loops are not broken, because their input repeats itself too.
        count: How many outputs at most; there is always one.
        quota: What each output must hold, with K = 1; used up.

    Cost: O(longest output) decoder steps on B × K hypotheses.
    """
    size = len(max_tokens_B)
    found: list[list[Hypothesis]] = [[] for _ in range(size)]
    start = np.full((size, 1, 1), options.bos_id, dtype=np.int32)
    beam = _Beam(np.arange(size), start, np.zeros((size, 1), dtype=np.float64), state, quota)
    breakable_B = np.ones(size, dtype=bool) if may_loop_B is None else ~may_loop_B
    while len(beam.rows):
        logits, beam.state = stepper.step(beam.tokens[:, :, -1], beam.state)
        logits[:, :, list(options.banned_ids)] = -np.inf
        _break_loops(logits, beam.tokens, options.max_repeats, breakable_B[beam.rows])
        taken = normalizer(logits)
        if beam.quota:
            taken = taken.take(logits)
            beam.quota.restrict(logits, max_tokens_B[beam.rows] - beam.tokens.shape[2] + 1, options.eos_id)
        _extend(beam, logits, taken, options)
        _finish(beam, found, max_tokens_B[beam.rows], options, count)
        _drop(beam, found, max_tokens_B[beam.rows], options)
    nothing = Hypothesis(token_ids=[], score=-np.inf, is_finished=False)  # of logits that are no numbers
    return [outputs or [nothing] for outputs in found]


def _worth(hypothesis: Hypothesis) -> tuple[bool, float]:
    return hypothesis.is_finished, hypothesis.score


LONGEST_LOOP = 16
SHORTEST_BREAK = 8
"""A row of fewer equal subwords, such as the zeros of a number or a line of dots, is never broken."""


def repeats_itself(token_ids: np.ndarray, copies: int) -> bool:
    """True when the same few ids stand ``copies`` times in a row anywhere."""
    for period in range(1, min(LONGEST_LOOP, len(token_ids) // copies) + 1):
        equal = token_ids[period:] == token_ids[:-period]
        changes = np.flatnonzero(np.diff(np.concatenate([[False], equal, [False]])))
        if len(changes) and (changes[1::2] - changes[::2]).max() >= (copies - 1) * period:
            return True
    return False


def _break_loops(logits_BKV: np.ndarray, tokens_BKT: np.ndarray, max_repeats: int, breakable_B: np.ndarray) -> None:
    """Forbid, in place, each subword that would close one repetition too many of the last few subwords."""
    steps = tokens_BKT.shape[2]
    if not max_repeats:
        return
    same = (tokens_BKT[:, :, -LONGEST_LOOP - 1 : -1] == tokens_BKT[:, :, -1:]).any(axis=(0, 1))
    for period in (np.flatnonzero(same[::-1]) + 1).tolist():
        repeated = max(max_repeats * period, SHORTEST_BREAK) - 1  # subwords equal to the one a period before
        if repeated + period > steps:
            break
        last, before = tokens_BKT[:, :, -repeated:], tokens_BKT[:, :, -repeated - period : -period]
        rows, columns = np.nonzero((last == before).all(axis=2) & breakable_B[:, None])
        logits_BKV[rows, columns, tokens_BKT[rows, columns, -period]] = -np.inf


def _extend(beam: _Beam, logits_BKV: np.ndarray, taken: Normalizer, options: SearchOptions) -> None:
    """Replace the hypotheses by the K best of all their extensions."""
    batch, old, vocab = logits_BKV.shape
    width = min(options.beam_size, old * vocab)
    parent, token, beam.log_probs = best_extensions(beam.log_probs, logits_BKV, taken, width)
    examples = np.arange(batch)[:, None]
    beam.tokens = np.concatenate([beam.tokens[examples, parent], token[:, :, None]], axis=2)
    if old > 1 or width > 1:
        for name, value in beam.state.items():
            if not name.startswith("memory."):
                beam.state[name] = value[examples, parent]
    if beam.quota:
        beam.quota.follow(parent, token)


def _finish(beam: _Beam, found: list[list[Hypothesis]], limits: np.ndarray, options: SearchOptions, count: int) -> None:
    """Take hypotheses that ended, or reached their limit, out of the beam and keep the best of them."""
    length = beam.tokens.shape[2] - 1
    ended = beam.tokens[:, :, -1] == options.eos_id
    scores = beam.log_probs / length**options.length_penalty
    for b, k in np.argwhere((ended | (length >= limits)[:, None]) & np.isfinite(scores)).tolist():
        known, worth = found[beam.rows[b]], (bool(ended[b, k]), float(scores[b, k]))
        if len(known) < count or worth > _worth(known[-1]):
            ids = beam.tokens[b, k, 1 : -1 if ended[b, k] else None].tolist()
            known.append(Hypothesis(token_ids=ids, score=worth[1], is_finished=worth[0]))
            known.sort(key=_worth, reverse=True)
            del known[count:]
    beam.log_probs = np.where(ended, -np.inf, beam.log_probs)


def _drop(beam: _Beam, found: list[list[Hypothesis]], limits: np.ndarray, options: SearchOptions) -> None:
    """Remove examples that are decided."""
    length = beam.tokens.shape[2] - 1
    # The most an open hypothesis can still be worth: all further subwords certain, at the longest length.
    bound = beam.log_probs.max(axis=1) / np.maximum(limits, 1) ** options.length_penalty
    held = np.array(
        [max((one.score for one in found[row][:1] if one.is_finished), default=-np.inf) for row in beam.rows]
    )
    still_open = (bound > held) & (length < limits)
    if still_open.all():
        return
    beam.rows, beam.tokens, beam.log_probs = beam.rows[still_open], beam.tokens[still_open], beam.log_probs[still_open]
    beam.state = {name: value[still_open] for name, value in beam.state.items()}
    if beam.quota:
        beam.quota.keep(still_open)
