"""As many rows as an audit looks at, whatever the size of the data, and where each of them stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from braid.data.example import Example

MOST_ROWS = 200_000
"""Of a larger part so many rows are drawn by lot, with a seed that does not change."""
SEED = 1
LONGEST = 240
"""Characters quoted of a text."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Rows of one part, in its order.

    Args:
        rows: All of them, or those drawn.
        total: How many the part has.
    """

    rows: list[Example]
    total: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing was left out."""
        return len(self.rows) == self.total


def draw(part: Sequence[Example], most: int = MOST_ROWS, seed: int = SEED) -> Sample:
    """The part, or ``most`` of its rows by lot; it is read once, from front to back."""
    total = len(part)
    if total <= most:
        return Sample(rows=list(part), total=total)
    is_drawn = np.zeros(total, bool)
    is_drawn[np.random.default_rng(seed).choice(total, most, replace=False)] = True
    return Sample(rows=[row for row, drawn in zip(part, is_drawn.tolist(), strict=True) if drawn], total=total)


def quoted(text: str) -> str:
    """A text on one line, its end left out where it is long; lone surrogates as question marks."""
    line = " ".join(text[: 2 * LONGEST].split()).encode("utf-8", "replace").decode("utf-8")
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def quoted_row(row: Example) -> dict[str, Any]:
    """Where a row stands and what it says."""
    target = row.target.replace("\n", ", ") if row.target.count("\n") < 8 else row.target
    file = row.file.encode("utf-8", "replace").decode("utf-8")
    return {"file": file, "line": row.line, "source": quoted(row.source), "target": quoted(target)}
