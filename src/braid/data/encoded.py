"""Data sets as token ids, one class a kind of task, and the batches made of them.

Every class knows how long its examples are, by which batches are cut, and how some of them become a `Batch`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

Rows = list[np.ndarray]
Shape = Callable[[int, int, int], tuple[int, int, int]]
"""Rows, longest source and longest target of a batch → the shape it is padded to, in the same order."""

UNK_ID = 3


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Padded ids of a few examples; masks are True on real tokens.

    Args:
        source_ids: (B, S) int32.
        source_mask: (B, S) bool.
        source_marks: (B, S) int32, a kind for each position, where a task tells kinds apart.
        target_ids: (B, T) int32, the target shifted right: bos first, without its last token.
        target_mask: (B, T) bool.
        labels: (B, T) int32, the target ending with eos; or (B,) int32 a class for each example; or (B, C) float32,
            1 on each of its classes; or (B, 2) int32, first and last position of an answer in the source.
        weights: (B, T) or (B,) float32, how much each label counts; (B, C) where each of C classes of an example has
            a weight of its own; None counts real target tokens alike.
    """

    source_ids: np.ndarray | None = None
    source_mask: np.ndarray | None = None
    source_marks: np.ndarray | None = None
    target_ids: np.ndarray | None = None
    target_mask: np.ndarray | None = None
    labels: np.ndarray
    weights: np.ndarray | None = None

    @property
    def _mask(self) -> np.ndarray:
        mask = self.source_mask if self.target_mask is None else self.target_mask
        if mask is None:
            raise ValueError("a batch holds sources, targets or both")
        return mask

    @property
    def num_tokens(self) -> int:
        """Real target tokens, or source tokens where there is no target."""
        return int(self._mask.sum())

    @property
    def loss_weight(self) -> float:
        """What the mean loss of the batch is divided by."""
        if self.weights is None:
            return float(self.num_tokens)
        return float((self.weights.mean(axis=1) if self._is_by_class else self.weights).sum())

    @property
    def _is_by_class(self) -> bool:
        """Whether each class of an example has a weight of its own: labels and weights are (B, C), without a target."""
        return self.target_mask is None and self.weights is not None and self.weights.ndim == 2

    @property
    def num_examples(self) -> int:
        """Rows that hold an example; rows of padding alone fill a batch up to its fixed shape."""
        return int(self._mask.any(axis=1).sum())


def pad_rows(
    rows: Sequence[np.ndarray], pad_id: int, *, width: int = 0, height: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Rows as one int32 array of at least ``height`` × ``width``, and the mask of real tokens."""
    shape = max(height, len(rows)), max([width, *(len(row) for row in rows)])
    ids = np.full(shape, pad_id, dtype=np.int32)
    mask = np.zeros(shape, dtype=bool)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = row
        mask[index, : len(row)] = True
    return ids, mask


def similar_lengths(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Indices in runs of similar length, shortest first, each within ``budget`` when padded; longer ones go alone."""
    batches: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda index: lengths[index]):
        if batches and (len(batches[-1]) + 1) * lengths[index] <= budget:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches


class Encoded(Protocol):
    """A data set as token ids."""

    def __len__(self) -> int:
        """Examples."""
        ...

    @property
    def num_tokens(self) -> int:
        """Real target tokens of the whole set, or source tokens where there is no target."""
        ...

    @property
    def lengths(self) -> tuple[np.ndarray, np.ndarray]:
        """Source and target tokens of each example; the second are those that fill a batch's budget."""
        ...

    def batch(
        self, indices: np.ndarray, shape: Shape, random: np.random.Generator, sample: Callable[[Rows], Rows] | None
    ) -> Batch:
        """The batch of these examples.

        Args:
            indices: Which.
            shape: What they are padded to.
            random: For what is drawn anew for each batch.
            sample: Segments texts anew.
        """
        ...


def _lengths(rows: Sequence[np.ndarray]) -> np.ndarray:
    return np.array([len(row) for row in rows], dtype=np.int64)


def _picked(rows: Sequence[np.ndarray], indices: np.ndarray, sample: Callable[[Rows], Rows] | None) -> Rows:
    picked = [rows[i] for i in indices]
    return sample(picked) if sample else picked


def _shifted(rows: Rows, bos_id: int) -> Rows:
    return [np.concatenate([[bos_id], row[:-1]]) for row in rows]


def _dropped(rows: Rows, rate: float, random: np.random.Generator, spared: range = range(0)) -> Rows:
    """The rows with some tokens made unknown, the last of each, eos, and spared ones never (token dropout)."""
    if not rate:
        return rows
    found = []
    for row in rows:
        drop = random.random(len(row)) < rate
        drop[-1:] = False
        if spared:
            drop &= (row < spared.start) | (row >= spared.stop)
        found.append(np.where(drop, UNK_ID, row))
    return found


@dataclass(frozen=True, kw_only=True)
class EncodedPairs:
    """Sources with targets, each ending with eos.

    Args:
        source: Ids of each source.
        target: Ids of each target.
        bos_id: Stands before a target that is to be continued.
        pad_id: Fills up.
        token_dropout: Share of the sources' tokens made unknown in training.
        placeholder_ids: Tokens that are never made unknown.
    """

    source: Sequence[np.ndarray]
    target: Sequence[np.ndarray]
    bos_id: int
    pad_id: int
    token_dropout: float = 0.0
    placeholder_ids: range = range(0)

    def __len__(self) -> int:
        return len(self.source)

    @property
    def num_tokens(self) -> int:
        """Real target tokens of the whole set."""
        return sum(len(row) for row in self.target)

    @property
    def lengths(self) -> tuple[np.ndarray, np.ndarray]:
        """Source and target tokens of each pair."""
        return _lengths(self.source), _lengths(self.target)

    def batch(
        self, indices: np.ndarray, shape: Shape, random: np.random.Generator, sample: Callable[[Rows], Rows] | None
    ) -> Batch:
        """See `Encoded`."""
        sources, targets = (_picked(side, indices, sample) for side in (self.source, self.target))
        height, source_width, target_width = shape(len(sources), max(map(len, sources)), max(map(len, targets)))
        sources = _dropped(sources, self.token_dropout, random, self.placeholder_ids)
        source_ids, source_mask = pad_rows(sources, self.pad_id, width=source_width, height=height)
        target_ids, target_mask = pad_rows(
            _shifted(targets, self.bos_id), self.pad_id, width=target_width, height=height
        )
        labels, _ = pad_rows(targets, self.pad_id, width=target_width, height=height)
        return Batch(
            source_ids=source_ids,
            source_mask=source_mask,
            target_ids=target_ids,
            target_mask=target_mask,
            labels=labels,
        )


@dataclass(frozen=True, kw_only=True)
class EncodedTexts:
    """Texts to be continued; no source.

    Args:
        rows: Ids of each text, from the first that is read to the last that is predicted.
        weights: For each text, how much each id but the first counts; empty when all count alike.
        pad_id: Fills up.
    """

    rows: Sequence[np.ndarray]
    weights: Sequence[np.ndarray] = ()
    pad_id: int

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def num_tokens(self) -> int:
        """Ids to be predicted in all texts."""
        return sum(len(row) - 1 for row in self.rows)

    @property
    def lengths(self) -> tuple[np.ndarray, np.ndarray]:
        """1 for the missing source, and the ids to be predicted of each text."""
        return np.ones(len(self), np.int64), _lengths(self.rows) - 1

    def batch(
        self, indices: np.ndarray, shape: Shape, random: np.random.Generator, sample: Callable[[Rows], Rows] | None
    ) -> Batch:
        """See `Encoded`; texts with weights of their own are not sampled."""
        rows = _picked(self.rows, indices, None if self.weights else sample)
        height, _, width = shape(len(rows), 1, max(map(len, rows)) - 1)
        ids, mask = pad_rows([row[:-1] for row in rows], self.pad_id, width=width, height=height)
        labels, _ = pad_rows([row[1:] for row in rows], self.pad_id, width=width, height=height)
        weights = mask.astype(np.float32)
        for row, index in enumerate(indices if self.weights else ()):
            weights[row, : len(rows[row]) - 1] = self.weights[index]
        return Batch(target_ids=ids, target_mask=mask, labels=labels, weights=weights)


@dataclass(frozen=True, kw_only=True)
class _Sources:
    """Texts that are read and never written."""

    source: Sequence[np.ndarray]
    pad_id: int
    token_dropout: float = 0.0

    def __len__(self) -> int:
        return len(self.source)

    @property
    def num_tokens(self) -> int:
        """Real tokens of all texts."""
        return sum(len(row) for row in self.source)

    @property
    def lengths(self) -> tuple[np.ndarray, np.ndarray]:
        """1 for the missing target, and the tokens of each text."""
        return np.ones(len(self), np.int64), _lengths(self.source)


@dataclass(frozen=True, kw_only=True)
class EncodedLabels(_Sources):
    """Texts with classes.

    Args:
        source: Ids of each text, ending with eos.
        labels: (N,) int32 classes, or (N, C) float32 with 1 on each class of a text.
        weights: (N,) float32, how much each text counts; or (N, C), how much each class of each text does.
        pad_id: Fills up.
        token_dropout: Share of tokens made unknown in training.
    """

    labels: np.ndarray
    weights: np.ndarray

    def batch(
        self, indices: np.ndarray, shape: Shape, random: np.random.Generator, sample: Callable[[Rows], Rows] | None
    ) -> Batch:
        """See `Encoded`; rows of padding count nothing."""
        sources = _dropped(_picked(self.source, indices, sample), self.token_dropout, random)
        height, _, width = shape(len(sources), 1, max(map(len, sources)))
        ids, mask = pad_rows(sources, self.pad_id, width=width, height=height)
        labels = np.zeros((height, *self.labels.shape[1:]), self.labels.dtype)
        labels[: len(indices)] = self.labels[indices]
        weights = np.zeros((height, *self.weights.shape[1:]), np.float32)
        weights[: len(indices)] = self.weights[indices]
        return Batch(source_ids=ids, source_mask=mask, labels=labels, weights=weights)


@dataclass(frozen=True, kw_only=True)
class EncodedSpans(_Sources):
    """Questions with a passage and the place of the answer in it.

    Args:
        source: Ids of each question and its passage.
        marks: For each, the kind of every position.
        spans: (N, 2) int32, first and last position of the answer.
        pad_id: Fills up.
        token_dropout: Share of tokens made unknown in training.
    """

    marks: Sequence[np.ndarray]
    spans: np.ndarray

    def batch(
        self, indices: np.ndarray, shape: Shape, random: np.random.Generator, sample: Callable[[Rows], Rows] | None
    ) -> Batch:
        """See `Encoded`; positions would move, so nothing is sampled."""
        sources = _dropped([self.source[i] for i in indices], self.token_dropout, random)
        height, _, width = shape(len(sources), 1, max(map(len, sources)))
        ids, mask = pad_rows(sources, self.pad_id, width=width, height=height)
        marks, _ = pad_rows([self.marks[i] for i in indices], 0, width=width, height=height)
        spans = np.zeros((height, 2), np.int32)
        spans[: len(indices)] = self.spans[indices]
        weights = np.zeros(height, np.float32)
        weights[: len(indices)] = 1.0
        return Batch(source_ids=ids, source_mask=mask, source_marks=marks, labels=spans, weights=weights)
