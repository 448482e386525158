"""Few shapes for backends that compile each: the widths that waste least on the lengths at hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

SOURCE_WIDTHS = 2
"""Source widths for each target width."""

MULTIPLE = 8
"""Sampled texts may outgrow all buckets; their batches are rounded up to this."""


def best_widths(lengths: np.ndarray, count: int) -> list[int]:
    """At most ``count`` widths, ascending, for which padding every length up to the next width adds least.

    Cost: O(count L^2) for a longest length L.
    """
    longest = int(lengths.max())
    below = np.bincount(lengths, minlength=longest + 1).cumsum()
    least = np.full((count + 1, longest + 1), np.inf)
    least[0, 0] = 0
    begins = np.zeros((count + 1, longest + 1), dtype=int)
    for used in range(1, count + 1):
        for end in range(1, longest + 1):
            costs = least[used - 1, :end] + (below[end] - below[:end]) * end
            begins[used, end] = costs.argmin()
            least[used, end] = costs[begins[used, end]]
    widths, end = [], longest
    used = int(least[:, longest].argmin())
    while end:
        widths.append(end)
        end, used = int(begins[used, end]), used - 1
    return widths[::-1]


@dataclass(frozen=True, kw_only=True)
class Buckets:
    """Shapes of batches.

    Args:
        widths: Source and target width of each bucket, narrow targets first.
        batch_tokens: Target tokens in a batch, padding included; the source may take 1.5 times that.
    """

    widths: list[tuple[int, int]]
    batch_tokens: int

    @classmethod
    def choose(cls, source: np.ndarray, target: np.ndarray, *, num_widths: int, batch_tokens: int) -> Buckets:
        """The best target widths, and for the texts under each the best source widths."""
        widths = []
        target_widths = best_widths(target, num_widths)
        of = np.searchsorted(target_widths, target)
        for index, width in enumerate(target_widths):
            widths += [(size, width) for size in best_widths(source[of == index], SOURCE_WIDTHS)]
        return cls(widths=widths, batch_tokens=batch_tokens)

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
        return num_rows, source_width, target_width
