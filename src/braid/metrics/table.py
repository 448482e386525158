"""The score table in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from braid.metrics.score import TITLES, format_score

if TYPE_CHECKING:
    from rich.console import Console


LEFT_OUT = frozenset({"macro_precision", "macro_recall"})
"""Metrics that a report has room for, and a terminal has not."""


def print_scores(systems: Sequence[dict[str, Any]], notes: Sequence[str], console: Console) -> None:
    """One row a system, one column a metric, with 95 % intervals; the notes and signatures stand below."""
    from rich.markup import escape
    from rich.table import Table

    names = [name for name in systems[0]["scores"] if name not in LEFT_OUT]
    table = Table("system", *(f"{TITLES.get(name, name)} [95 %]" for name in names), box=None, pad_edge=False)
    for system in systems:
        cells = [escape(format_score(name, system["scores"][name])) for name in names]
        table.add_row(escape(system["name"]), *cells)
    console.print(table)
    for note in notes:
        console.print(note, markup=False)
    for name in names:
        console.print(f"{TITLES.get(name, name)}: {systems[0]['scores'][name]['signature']}", markup=False)
