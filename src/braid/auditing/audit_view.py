"""What people are shown of an audit: sections of sentences, tables, charts and rows, for the terminal and the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from braid.data.shard import PRINTED_CHARS

SHOWN = 20
"""Rows of an example list and of most tables."""

LONGEST_WORD = 30
"""Characters that are left out at most, so that no word is cut."""

Cell = str | int | float


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows under a header; the first column is text.

    Args:
        header: One name a column.
        rows: Cells: text, whole numbers, or numbers that are shown with one decimal.
        bar: The column whose values, as shares of the largest, are drawn as bars as well; -1 for none.
        more: How many further rows there would be.
        note: What is said of these where all others are shown.
    """

    header: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    bar: int = -1
    more: int = 0
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A row of the data with where it stands and why it is shown."""

    where: str
    why: str
    source: str = ""
    target: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part of an audit.

    Args:
        key: A short name.
        title: For people.
        sentences: What is said first.
        lists: Titles with sentences below them, in order of importance.
        tables: Next.
        charts: As `braid.auditing.charts.chart_row` takes them; not on a terminal.
        rows: Rows of the data, below ``rows_title``.
        rows_title: What they are.
    """

    key: str
    title: str
    sentences: Sequence[str] = ()
    lists: Sequence[tuple[str, Sequence[str]]] = ()
    tables: Sequence[Table] = ()
    charts: Sequence[dict[str, Any]] = ()
    rows: Sequence[Shown] = ()
    rows_title: str = ""


def cell_text(cell: Cell) -> str:
    """A cell as it is shown."""
    if isinstance(cell, str):
        return cell
    return f"{cell:,}" if isinstance(cell, int) else f"{cell:,.1f}"


def is_number(cell: Cell) -> bool:
    """Whether a cell is read as a number: one, a share, an interval of two, or a dash in the place of one."""
    if not isinstance(cell, str):
        return True
    parts = cell.strip("[]").replace(",", " ").removesuffix("%").split()
    return bool(cell) and all(part == "–" or part.replace(".", "", 1).isdecimal() for part in parts)


def share_text(value: float) -> str:
    """A share of one in percent."""
    return f"{100 * value:.1f} %"


def count_text(number: int, noun: str) -> str:
    """A number of things."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def marked_cut(text: str, size: int = PRINTED_CHARS) -> str:
    """A text of which a report holds so many characters, with a sign that it goes on where it has as many.

    A word that was cut is left out, where there is a space not far before.
    """
    if len(text) < size:
        return text
    space = text.rfind(" ", size - LONGEST_WORD)
    return f"{text[: space if space > 0 else size - 1].rstrip()}…"


def shown_row(row: dict[str, Any], why: str = "") -> Shown:
    """A row of the audit; its reasons say why unless something else is given."""
    return Shown(
        where=f"{row['file']}:{row['line']}",
        why=why or "; ".join(row.get("reasons", ())),
        source=row["source"],
        target=row["target"],
    )
