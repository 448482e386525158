"""Token-budget batches from length buckets: little padding, a new order each epoch, any place found again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from braid.data.buckets import Buckets
from braid.text.sampling import SubwordSampling


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Padded ids of a few sentence pairs, or of texts without a source; masks are True on real tokens.

    Args:
        source_ids: (B, S) int32.
        source_mask: (B, S) bool.
        target_ids: (B, T) int32, the target shifted right: bos first, without its last token.
        target_mask: (B, T) bool.
        labels: (B, T) int32, the target ending with eos.
    """

    source_ids: np.ndarray | None = None
    source_mask: np.ndarray | None = None
    target_ids: np.ndarray
    target_mask: np.ndarray
    labels: np.ndarray

    @property
    def num_target_tokens(self) -> int:
        """Real target tokens."""
        return int(self.target_mask.sum())

    @property
    def num_examples(self) -> int:
        """Rows that hold an example; rows of padding alone fill a batch up to its fixed shape."""
        return int(self.target_mask.any(axis=1).sum())


@dataclass(frozen=True, kw_only=True)
class EncodedPairs:
    """Token ids of a data set, each side ending with eos."""

    source: Sequence[np.ndarray]
    target: Sequence[np.ndarray]
    bos_id: int
    pad_id: int

    def __len__(self) -> int:
        return len(self.source)

    @property
    def num_target_tokens(self) -> int:
        """Real target tokens of the whole set."""
        return sum(len(row) for row in self.target)


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


@dataclass(frozen=True, kw_only=True)
class BatchPlan:
    """Which examples form which batch.

    Args:
        pairs: The data.
        batch_tokens: Budget of target tokens in one batch, padding included; the source may take 1.5 times that.
        seed: Changes the order.
        num_widths: Target widths in all, each with a fixed number of rows, so that a compiling backend meets few
            shapes; 0 pads to the longest row only.
        sampling: Segments each text anew in each epoch.
    """

    pairs: EncodedPairs
    batch_tokens: int
    seed: int
    num_widths: int = 0
    sampling: SubwordSampling | None = None

    @cached_property
    def _lengths(self) -> tuple[np.ndarray, np.ndarray]:
        """Source and target length of each example."""
        source, target = (np.array([len(row) for row in side]) for side in (self.pairs.source, self.pairs.target))
        return source, target

    @cached_property
    def _buckets(self) -> Buckets | None:
        if not self.num_widths or not len(self.pairs):
            return None
        return Buckets.choose(*self._lengths, num_widths=self.num_widths, batch_tokens=self.batch_tokens)

    def epoch(self, epoch: int) -> list[np.ndarray]:
        """Index arrays of the epoch's batches, in the order to be used; a pure function of seed and epoch."""
        random = np.random.default_rng([self.seed, epoch])
        source, target = self._lengths
        order = random.permutation(len(self.pairs))
        if self._buckets:
            batches = list(self._buckets.cut(source, target, order))
        else:
            order = order[np.lexsort((source[order], target[order]))]
            batches = [order[begin:end] for begin, end in self._cuts(source[order], target[order])]
        return [batches[i] for i in random.permutation(len(batches))]

    def _cuts(self, source: np.ndarray, target: np.ndarray) -> Iterator[tuple[int, int]]:
        """Begin and end of each batch in rows sorted by length."""
        begin, widest_source, widest_target = 0, 0, 0
        for index in range(len(source)):
            widest_source = max(widest_source, int(source[index]))
            widest_target = max(widest_target, int(target[index]))
            rows = index - begin + 1
            if rows > 1 and (
                rows * widest_target > self.batch_tokens or rows * widest_source > 1.5 * self.batch_tokens
            ):
                yield begin, index
                begin, widest_source, widest_target = index, int(source[index]), int(target[index])
        if len(source):
            yield begin, len(source)

    def load(self, indices: np.ndarray, epoch: int = 0) -> Batch:
        """The batch of these examples; a pure function of seed, epoch and indices."""
        pairs = self.pairs
        sources, targets = [pairs.source[i] for i in indices], [pairs.target[i] for i in indices]
        if self.sampling:
            random = np.random.default_rng([self.seed, epoch, int(indices[0]), len(indices)])
            sources, targets = (self.sampling.sample(rows, random) for rows in (sources, targets))
        shifted = [np.concatenate([[pairs.bos_id], row[:-1]]) for row in targets]
        height, source_width, target_width = self._shape(sources, targets)
        source_ids, source_mask = pad_rows(sources, pairs.pad_id, width=source_width, height=height)
        target_ids, target_mask = pad_rows(shifted, pairs.pad_id, width=target_width, height=height)
        labels, _ = pad_rows(targets, pairs.pad_id, width=target_width, height=height)
        return Batch(
            source_ids=source_ids,
            source_mask=source_mask,
            target_ids=target_ids,
            target_mask=target_mask,
            labels=labels,
        )

    def _shape(self, sources: Sequence[np.ndarray], targets: Sequence[np.ndarray]) -> tuple[int, int, int]:
        """Rows, source width and target width of the batch of these examples."""
        source, target = (max(map(len, rows)) for rows in (sources, targets))
        return self._buckets.shape(source, target, len(sources)) if self._buckets else (len(sources), source, target)

    def padding_share(self, epoch: int = 0) -> float:
        """Fraction of target positions that are padding, rows of padding included, before anything is sampled."""
        sides = self.pairs.source, self.pairs.target
        shapes = [self._shape(*([side[i] for i in batch] for side in sides)) for batch in self.epoch(epoch)]
        padded = sum(rows * target for rows, _, target in shapes)
        return 1 - self.pairs.num_target_tokens / padded
