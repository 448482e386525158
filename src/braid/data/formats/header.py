"""Whether the first row of a table names its columns where nobody said how they are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from braid.data.formats.contract import ReadOptions

LOOKED_AT = 500
"""Rows by which a first row is judged."""
FEW = 3
"""With fewer rows below it nothing can be told of the first."""

_NAME = re.compile(r"[^\W\d][\w .()/#%-]{0,39}(?<![.])")
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)*")
_BOOKKEEPING = frozenset({"status", "state", "priority", "severity", "channel", "language", "assignee", "agent"})
_IDENTIFIERS = frozenset({"id", "uuid", "guid"})


def is_header(rows: Sequence[Sequence[str]], options: ReadOptions) -> bool:
    """Whether the first row reads like names of columns, none or only some of which are known.

    A first row is data when one of its cells is no name, or stands in its column again. Else it is a header when a
    cell is called like an identifier or like one side of a pair, when a column holds numbers from the second row on,
    or, where targets are labels, when labels recur below it beside texts several times as long as the name above them.

    Args:
        rows: Of the table from the first on, as cells.
        options: By which names the sides are known, and whether targets are labels.
    """
    if len(rows) <= FEW or len(rows[0]) < 2:
        return False
    names = [cell.strip() for cell in rows[0]]
    if len(set(names)) < len(names) or not all(map(_NAME.fullmatch, names)):
        return False
    columns = [[row[place].strip() for row in rows[1:] if place < len(row)] for place in range(len(names))]
    columns = [[cell for cell in column if cell] for column in columns]
    if any(name in column for name, column in zip(names, columns, strict=True)):
        return False
    known = _IDENTIFIERS | {*options.source_roles, *options.target_roles}
    if any(name.lower() in known for name in names):
        return True
    if any(len(column) >= FEW and all(map(_NUMBER.fullmatch, column)) for column in columns):
        return True
    return bool(options.separator) and _holds_labels(names, columns)


def _holds_labels(names: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Whether one column's cells recur, all but one in fifty, and another's are texts much longer than its name."""
    recur = {place for place, column in enumerate(columns) if _recurs(column)}
    long = {place for place, column in enumerate(columns) if _mean_length(column) >= 3 * max(len(names[place]), 4)}
    return any(label != text for label in recur for text in long)


def _recurs(cells: Sequence[str]) -> bool:
    counts = Counter(cells).values()
    return 2 * len(counts) <= len(cells) and 50 * sum(count == 1 for count in counts) <= len(cells)


def _mean_length(cells: Sequence[str]) -> float:
    return sum(map(len, cells)) / max(len(cells), 1)


def likely_columns(
    rows: Sequence[Sequence[str]], options: ReadOptions, known: tuple[int | None, int | None] = (None, None)
) -> tuple[str, str]:
    """Names of the columns that may be source and target, for advice.

    Where a side is not known by its name, the source is the longest texts, and the target the next longest; or, where
    targets are labels, the cells that recur most, rather of a column that is not called like a ticket's bookkeeping.

    Args:
        rows: Of the table, the names first.
        options: Whether targets are labels.
        known: Positions of source and target that are known by their names.
    """
    names = [cell.strip() for cell in rows[0]]
    columns = [[row[place] for row in rows[1:] if place < len(row)] for place in range(len(names))]
    order = sorted(range(len(names)), key=lambda place: -_mean_length(columns[place]))
    source, target = known
    if source is None or source == target:
        source = next(place for place in order if place != target)
    others = [place for place in order if place != source]
    if target is None and options.separator:
        target = min(others, key=lambda place: _unlike_labels(names[place], columns[place]))
    return names[source], names[others[0] if target is None else target]


def _unlike_labels(name: str, cells: Sequence[str]) -> tuple[bool, bool, int]:
    """How little a column looks like that of labels."""
    num_distinct = len(set(cells))
    return num_distinct < 2, name.lower() in _BOOKKEEPING, num_distinct
