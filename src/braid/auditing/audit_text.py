"""An audit on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from braid.auditing.audit_sections import audit_sections
from braid.auditing.audit_view import Section, Shown, Table, cell_text, is_number

if TYPE_CHECKING:
    from rich.console import Console

EXAMPLES = 3
"""Rows of the data shown of most sections; the diagnosis shows all of its own."""
TABLE_ROWS = 12
WIDE = 6
"""Columns from which on a table is turned, so that it fits."""


def print_audit(audit: dict[str, Any], console: Console) -> None:
    """All sections, the diagnosis last."""
    from rich.text import Text

    for section in audit_sections(audit):
        console.print()
        console.print(Text(section.title, style="bold"))
        for sentence in section.sentences:
            console.print(Text(sentence))
        for table in section.tables:
            _print_table(table, console)
        for title, sentences in section.lists:
            console.print(Text(f"\n{title}:"))
            for number, sentence in enumerate(sentences, 1):
                _print_item(f"{number}.", sentence, console)
        _print_rows(section, console)


def _print_table(table: Table, console: Console) -> None:
    """A table; one with many columns turned on its side, one with many rows cut."""
    from rich import box
    from rich.table import Table as Grid
    from rich.text import Text

    header, rows = table.header, [[cell_text(cell) for cell in row] for row in table.rows]
    is_turned = len(header) >= WIDE and len(rows) < len(header)
    if is_turned:
        header, *rows = map(list, zip(header, *rows, strict=True))
    grid = Grid(box=box.SIMPLE, pad_edge=False, show_edge=False, header_style="")
    for place, name in enumerate(header):
        is_right = place > 0 and (is_turned or all(is_number(row[place]) for row in rows))
        grid.add_column(Text(name), justify="right" if is_right else "left", overflow="fold")
    for row in rows[:TABLE_ROWS]:
        grid.add_row(*map(Text, row))
    console.print(grid)
    if len(rows) > TABLE_ROWS:
        console.print(Text(f"and {len(rows) - TABLE_ROWS + table.more:,} more"))
    elif table.note:
        console.print(Text(table.note))


def _print_rows(section: Section, console: Console) -> None:
    from rich.padding import Padding
    from rich.text import Text

    rows: Sequence[Shown] = section.rows if section.key == "diagnosis" else section.rows[:EXAMPLES]
    if rows:
        console.print(Text(f"\n{section.rows_title}:"))
    for row in rows:
        reason = _one_line(f"{row.where}  {row.why}")
        # where lines are not wrapped, as in a file, padding would cut them
        console.print(Text(f"  {reason}") if console.soft_wrap else Padding(Text(reason), (0, 0, 0, 2)))
        for sign, text in (("<", row.source), (">", row.target)):
            if text:
                line = Text(f"    {sign} {_one_line(text)}", no_wrap=True, overflow="ellipsis")
                line.truncate(max(40, console.width), overflow="ellipsis")
                console.print(line)


def _one_line(text: str) -> str:
    """The text as a page shows it: all space between words, line breaks too, as one space."""
    return " ".join(text.split())


def _print_item(sign: str, text: str, console: Console) -> None:
    """A sentence behind its number, its lines below each other."""
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid.grid(padding=(0, 1))
    grid.add_column(width=3, justify="right")
    grid.add_column(overflow="fold")
    grid.add_row(Text(sign), Text(text))
    console.print(grid)
