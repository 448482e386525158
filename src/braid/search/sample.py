"""Sampling: ids drawn from a network's distribution, one step at a time. Ids in, ids out: nothing here knows text.

Papers: Holtzman et al. (2020), The curious case of neural text degeneration (top-p); Nguyen et al. (2024), Turning up
the heat: min-p sampling; Keskar et al. (2019), CTRL (repetition penalty). Our deviations stand in `filter_logits`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from braid.config.constraints import FloatRange, IntRange
from braid.config.fields import faults, setting
from braid.errors import ConfigError
from braid.search.beam import State, Stepper

FINISHED = -1
"""Stands in the place of an id where a text has ended before."""

LARGEST = 1e30
"""Logits beyond are taken for this large, so that no penalty or temperature makes a number that is none."""

ShouldStop = Callable[[int, list[int]], bool]


@dataclass(frozen=True, kw_only=True)
class SampleOptions:
    """How to draw. Every fault is reported at once, as a `ConfigError`."""

    temperature: float = setting(1.0, FloatRange(0, 100), "logits are divided by it; 0 always takes the likeliest id")
    top_k: int = setting(0, IntRange(0, 10**9), "ids kept at most, the likeliest ones; 0 keeps all")
    top_p: float = setting(1.0, FloatRange(0, 1), "share of probability that the kept ids must reach; 1 keeps all")
    min_p: float = setting(
        0.0, FloatRange(0, 1), "probability of a kept id at least, as a share of the likeliest one's"
    )
    repetition_penalty: float = setting(1.0, FloatRange(0.1, 10), "weakens ids that stand in the window; 1 does not")
    repetition_window: int = setting(256, IntRange(0, 10**9), "last ids, prompt included, that it looks at; 0 is all")
    max_tokens: int = setting(256, IntRange(1, 10**9), "ids of one text at most, eos included")
    seed: int = setting(0, IntRange(0, 2**63 - 1), "same seed, same text")
    bos_id: int = setting(1, IntRange(0, 10**9), "begins a text that has no prompt; never drawn")
    eos_id: int = setting(2, IntRange(0, 10**9), "ends a text")
    banned_ids: tuple[int, ...] = field(default=(), metadata={"doc": "ids never drawn"})

    def __post_init__(self) -> None:
        if found := faults(self, "", skip=("banned_ids",)):
            raise ConfigError("\n".join(found.values()))


@dataclass
class _Text:
    """A text that is being written: its place in the caller's batch, its random numbers, and what stands in it."""

    row: int
    random: np.random.Generator
    recent_ids: deque[int]
    token_ids: list[int] = field(default_factory=list)

    def extend(self, logits_V: np.ndarray, options: SampleOptions) -> int:
        """Draw one id and remember it."""
        token = _draw(filter_logits(logits_V, options, list(self.recent_ids)), self.random)
        self.token_ids.append(token)
        self.recent_ids.append(token)
        return token


def sample(
    session: Stepper,
    state: State,
    last_ids_B: np.ndarray,
    options: SampleOptions,
    *,
    history: Sequence[Sequence[int] | np.ndarray] | None = None,
    stop: ShouldStop | None = None,
    first_row: int = 0,
) -> Iterator[np.ndarray]:
    """The next id of each text (B,), int32, step after step; `FINISHED` for texts that have ended before.

    A text ends with eos, which is handed out too, when ``stop`` says so, or at ``options.max_tokens``; it then leaves
    the batch. Each text has random numbers of its own, made from the seed and its row: what else is in the batch
    changes nothing as long as the session gives the same logits.

    Args:
        session: The network, one step at a time, with one hypothesis a text (K = 1).
        state: Its state after all of each prompt but the last id, batch first.
        last_ids_B: The last id of each prompt, bos where there is none.
        options: How to draw.
        history: Ids of each prompt, for the repetition penalty; none means empty prompts.
        stop: Asked for each text after its id was handed out, with its row and all ids drawn for it (not to be
            changed); True ends the text.
        first_row: Row of the first text, where a long list is written in several batches.

    Cost: O(longest text) steps of the session; O(B × V log V) a step at most here.
    """
    prompts = history if history is not None else [[]] * len(last_ids_B)
    texts = [
        _Text(
            row=row,
            random=np.random.default_rng([options.seed, first_row + row]),
            recent_ids=deque(map(int, prompt), maxlen=options.repetition_window or None),
        )
        for row, prompt in zip(range(len(last_ids_B)), prompts, strict=True)
    ]
    tokens_B = np.asarray(last_ids_B, dtype=np.int32)
    for _ in range(options.max_tokens):
        if not texts:
            return
        logits_BKV, state = session.step(tokens_B[:, None], state)
        drawn = [text.extend(logits_V, options) for text, logits_V in zip(texts, logits_BKV[:, 0], strict=True)]
        tokens_B = np.array(drawn, dtype=np.int32)
        handed_out = np.full(len(last_ids_B), FINISHED, dtype=np.int32)
        handed_out[[text.row for text in texts]] = tokens_B
        yield handed_out
        is_open = tokens_B != options.eos_id
        if stop is not None:
            is_open &= [
                not (more and stop(text.row, text.token_ids)) for text, more in zip(texts, is_open, strict=True)
            ]
        if not is_open.all():
            texts = [text for text, more in zip(texts, is_open, strict=True) if more]
            tokens_B, state = tokens_B[is_open], {name: value[is_open] for name, value in state.items()}


def _draw(probabilities_V: np.ndarray, random: np.random.Generator) -> int:
    """An id, with its probability.

    The winner of a race of exponential clocks. Unlike one draw on the running sum of all probabilities, an id cut off
    at the edge, or the rounding of another batch size, changes the winner only where that id itself would have won.
    """
    clocks_V = np.maximum(random.standard_exponential(len(probabilities_V)), np.finfo(np.float64).tiny)
    return int((probabilities_V / clocks_V).argmax())


def filter_logits(logits_V: np.ndarray, options: SampleOptions, recent_ids: Sequence[int] | np.ndarray) -> np.ndarray:
    """Probabilities (V,), float64, from which the next id is drawn; at least one is above 0, whatever the logits.

    In this order, each step on what the one before has left:

    1. banned ids and bos are impossible;
    2. repetition penalty r: x / r where the logit x of an id in ``recent_ids`` is positive, else x × r. The paper
       divides always, which would favor an id of negative logit. Eos is spared: to end is no repetition;
    3. temperature t: softmax(x / t); at 0 the likeliest id (the smallest of several) has probability 1;
    4. top-k: the k likeliest, of equally likely ones the smaller ids;
    5. top-p: the fewest likeliest ids that hold this share of what is left;
    6. min-p: ids of at least this share of the likeliest one's probability.

    Logits that are not a number count as impossible; where all are impossible, eos has probability 1.

    Args:
        logits_V: Any numbers, infinite ones included.
        options: The settings of these steps.
        recent_ids: What the penalty looks at; the window is the caller's affair.

    Cost: O(V) and a sort of the ids that can be kept.
    """
    scores_V = _scores(logits_V, options, recent_ids)
    best = int(scores_V.argmax())
    probabilities_V = np.zeros(len(scores_V))
    if scores_V[best] == -np.inf:
        probabilities_V[options.eos_id] = 1.0
    elif options.temperature == 0:
        probabilities_V[best] = 1.0
    else:
        with np.errstate(over="ignore"):  # a difference divided by a tiny temperature: -inf is what is meant
            weights_V = np.exp((scores_V - scores_V[best]) / options.temperature)
        kept = _kept(weights_V, options)
        probabilities_V[kept] = weights_V[kept] / weights_V[kept].sum()
    return probabilities_V


def _scores(logits_V: np.ndarray, options: SampleOptions, recent_ids: Sequence[int] | np.ndarray) -> np.ndarray:
    """Logits after bans and penalty, float64: finite, or -inf where impossible."""
    logits_V = np.asarray(logits_V, dtype=np.float64)
    scores_V = np.where(logits_V > -np.inf, np.clip(logits_V, -LARGEST, LARGEST), -np.inf)
    scores_V[[options.bos_id, *options.banned_ids]] = -np.inf
    if options.repetition_penalty != 1:
        seen = np.setdiff1d(np.asarray(recent_ids, dtype=np.int64), [options.eos_id])
        penalty, values = options.repetition_penalty, scores_V[seen]
        scores_V[seen] = np.where(values > 0, values / penalty, values * penalty)
    return scores_V


def _kept(weights_V: np.ndarray, options: SampleOptions) -> np.ndarray:
    """Ids that top-k, top-p and min-p leave; the weights are probabilities but for a factor, 1 at the likeliest."""
    ids = np.flatnonzero(weights_V)
    if 0 < options.top_k < len(ids):
        edge = np.partition(weights_V[ids], -options.top_k)[-options.top_k]
        ids = _likeliest_first(ids[weights_V[ids] >= edge], weights_V)[: options.top_k]
    if options.top_p < 1:
        total = weights_V[ids].sum()
        # Ids below this weight could all be cut off at once: they need not be sorted.
        floor = total * (1 - options.top_p) / len(ids)
        ids = _likeliest_first(ids[weights_V[ids] >= floor], weights_V)
        ids = ids[: np.searchsorted(np.cumsum(weights_V[ids]), options.top_p * total) + 1]
    return ids[weights_V[ids] >= options.min_p]


def _likeliest_first(ids: np.ndarray, weights_V: np.ndarray) -> np.ndarray:
    return ids[np.argsort(-weights_V[ids], kind="stable")]
