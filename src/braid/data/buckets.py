"""Few shapes for backends that compile each: the widths that waste least on the lengths at hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

MULTIPLE = 16
"""Sampled texts may outgrow all buckets; their widths are rounded up to this, and their rows to a power of two."""

CANDIDATES = 64
"""Widths of a side that are considered."""


def best_shapes(source: np.ndarray, target: np.ndarray, count: int) -> list[tuple[int, int]]:
    """Widths of both sides of at most ``count`` shapes that waste little on texts of those lengths, small ones first.

    The largest shape holds every text; then that shape is added, again and again, which saves most positions when each
    text goes to the smallest shape that holds it.

    Args:
        source: Lengths of the sources.
        target: Lengths of their targets.
        count: At least 1.

    Cost: O(count C^3) for C candidates a side.
    """
    sources, targets = (_candidates(lengths) for lengths in (source, target))
    of_source, of_target = np.searchsorted(sources, source), np.searchsorted(targets, target)
    number = np.zeros((len(sources), len(targets)))  # texts of each size
    np.add.at(number, (of_source, of_target), 1)
    now = np.full(number.shape, float(sources[-1] + targets[-1]))  # positions that a text of each size takes
    shapes = [(int(sources[-1]), int(targets[-1]))]
    while len(shapes) < count:
        saved = np.zeros(number.shape)
        for end, width in enumerate(sources):
            positions = width + targets
            less = np.maximum(now[: end + 1, :, None] - positions, 0) * number[: end + 1, :, None]
            saved[end] = np.tril(less.sum(axis=0).T).sum(axis=1)  # of shorter targets alone
        row, column = np.unravel_index(saved.argmax(), saved.shape)
        if not saved[row, column]:
            break
        shapes.append((int(sources[row]), int(targets[column])))
        held = now[: row + 1, : column + 1]
        np.minimum(held, sum(shapes[-1]), out=held)
    return sorted(shapes, key=lambda shape: (sum(shape), shape))


def _candidates(lengths: np.ndarray) -> np.ndarray:
    """Lengths of which a width may be made, ascending, the longest among them."""
    found = np.unique(lengths)
    return np.unique(np.quantile(found, np.linspace(0, 1, CANDIDATES), method="higher"))


@dataclass(frozen=True, kw_only=True)
class Buckets:
    """Shapes of batches.

    Args:
        widths: Source and target width of each bucket, as `best_shapes` gives them.
        batch_tokens: Target tokens in a batch, padding included; the source may take 1.5 times that.
    """

    widths: list[tuple[int, int]]
    batch_tokens: int

    @classmethod
    def choose(cls, source: np.ndarray, target: np.ndarray, *, num_shapes: int, batch_tokens: int) -> Buckets:
        """The shapes that waste least; half as many where one side is always as long."""
        if min(np.ptp(source), np.ptp(target)) == 0:
            num_shapes = (num_shapes + 1) // 2
        return cls(widths=best_shapes(source, target, num_shapes), batch_tokens=batch_tokens)

    def rows(self, source_width: int, target_width: int) -> int:
        """Rows of a batch of that shape."""
        return max(1, min(self.batch_tokens // target_width, int(1.5 * self.batch_tokens) // source_width))

    def cut(self, source: np.ndarray, target: np.ndarray, order: np.ndarray) -> Iterator[np.ndarray]:
        """Batches of the examples in ``order``; what is left over in a bucket goes on to the next that has room for it.

        Args:
            source: Source lengths of all examples.
            target: Target lengths.
            order: Indices of all examples, shuffled.
        """
        place = np.full(len(source), -1)
        for index, (source_width, target_width) in reversed(list(enumerate(self.widths))):
            place[(source <= source_width) & (target <= target_width)] = index
        waiting = [order[place[order] == index] for index in range(len(self.widths))]
        for index, (source_width, target_width) in enumerate(self.widths):
            rows, held = self.rows(source_width, target_width), waiting[index]
            whole = len(held) // rows * rows
            yield from np.split(held[:whole], range(rows, whole, rows)) if whole else []
            rest = held[whole:]
            later = [
                other
                for other in range(index + 1, len(self.widths))
                if self.widths[other][0] >= source_width and self.widths[other][1] >= target_width
            ]
            if len(rest) and later:
                waiting[later[0]] = np.concatenate([waiting[later[0]], rest])
            elif len(rest):
                yield rest

    def shape(self, source_width: int, target_width: int, num_rows: int) -> tuple[int, int, int]:
        """Rows, source width and target width of the smallest bucket that holds a batch of those sizes."""
        fits = [
            (self.rows(*widths) * sum(widths), self.rows(*widths), *widths)
            for widths in self.widths
            if widths[0] >= source_width and widths[1] >= target_width and self.rows(*widths) >= num_rows
        ]
        if fits:
            _, rows, *widths = min(fits)
            return rows, widths[0], widths[1]
        source_width, target_width = (-(-width // MULTIPLE) * MULTIPLE for width in (source_width, target_width))
        return 1 << (num_rows - 1).bit_length(), source_width, target_width
