"""Token-budget batches from length buckets: little padding, a new order each epoch, any place found again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from braid.data.buckets import Buckets
from braid.data.encoded import Batch, Encoded
from braid.text.sampling import SubwordSampling


@dataclass(frozen=True, kw_only=True)
class BatchPlan:
    """Which examples form which batch.

    Args:
        data: The examples.
        batch_tokens: Budget of target tokens in one batch, padding included; the source may take 1.5 times that.
        seed: Changes the order.
        num_shapes: Shapes in all, each with a fixed number of rows, for a backend that compiles each; 0 pads to the
            longest row only.
        sampling: Segments each text anew in each epoch.
    """

    data: Encoded
    batch_tokens: int
    seed: int
    num_shapes: int = 0
    sampling: SubwordSampling | None = None

    @cached_property
    def _lengths(self) -> tuple[np.ndarray, np.ndarray]:
        return self.data.lengths

    @cached_property
    def _buckets(self) -> Buckets | None:
        if not self.num_shapes or not len(self.data):
            return None
        return Buckets.choose(*self._lengths, num_shapes=self.num_shapes, batch_tokens=self.batch_tokens)

    def epoch(self, epoch: int) -> list[np.ndarray]:
        """Index arrays of the epoch's batches, in the order to be used; a pure function of seed and epoch."""
        random = np.random.default_rng([self.seed, epoch])
        source, target = self._lengths
        order = random.permutation(len(self.data))
        if self._buckets:
            batches = list(self._buckets.cut(source, target, order))
        else:
            # By target, then by source, up and down in turn: where a batch spans two widths its sources are alike.
            turned = np.where(target % 2, source, -source)
            order = order[np.lexsort((turned[order], target[order]))]
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
        random = np.random.default_rng([self.seed, epoch, int(indices[0]), len(indices)])
        sampling = self.sampling
        sample = (lambda rows: sampling.sample(rows, random)) if sampling else None
        return self.data.batch(indices, self._shape, random, sample)

    def _shape(self, rows: int, source: int, target: int) -> tuple[int, int, int]:
        """Rows, source width and target width of a batch with such longest texts."""
        return self._buckets.shape(source, target, rows) if self._buckets else (rows, source, target)

    def padding_shares(self, epoch: int = 0) -> tuple[float, float]:
        """Fractions of source and target positions that are padding, rows of padding included, before anything is
        sampled; 0 for a side that the examples lack.
        """
        source, target = self._lengths
        shapes = [self._shape(len(rows), source[rows].max(), target[rows].max()) for rows in self.epoch(epoch)]

        def share(lengths: np.ndarray, side: int) -> float:
            padded = sum(shape[0] * shape[side] for shape in shapes)
            return 0.0 if (lengths == 1).all() else 1 - float(lengths.sum()) / float(padded)

        return share(source, 1), share(target, 2)
