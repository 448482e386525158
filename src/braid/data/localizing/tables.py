"""CSV and TSV written back: a column of translations is filled, or put behind the others."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from braid.data.formats.columns import COMMENT, find_column
from braid.data.formats.csv import csv_records, dialect_of
from braid.data.formats.tags import Text
from braid.data.formats.tsv import tsv_records
from braid.data.localizing.columns import SOURCE_ROLES, TARGET_ROLES
from braid.data.localizing.contract import Draft, Edit, LocalizeOptions, Unit, Write
from braid.data.localizing.source import SourceFile


@dataclass(frozen=True, slots=True)
class _Cell:
    """Begin and end of a cell as it is written, and what it says."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class _Columns:
    """Where the texts stand, where their translations go (behind the last column where that is not there yet), and how
    many columns the table has; the name of a new column where the first row holds names."""

    source: int
    target: int
    width: int
    has_header: bool
    new_name: str = ""


def draft_tsv(data: bytes, shown_name: str, options: LocalizeOptions) -> Draft:
    """Every row of a table whose cells are told apart by tabs, without quotes."""
    source = SourceFile(data, shown_name)
    rows = []
    for start, end in source.lines:
        cells = []
        for cell in source.text[start:end].rstrip("\r\n").split("\t"):
            cells.append(_Cell(start, start + len(cell), cell))
            start += len(cell) + 1
        rows.append(cells)
    comments = {record.line for record in tsv_records(source.stream()) if record.fault == COMMENT}
    return _draft(source, _without(rows, comments, source), "\t", options)


def draft_csv(data: bytes, shown_name: str, options: LocalizeOptions) -> Draft:
    """Every row of a table with quoted cells.

    Raises:
        DataError: A quoted cell is never closed.
    """
    source = SourceFile(data, shown_name)
    stream = source.stream()
    dialect = dialect_of(stream)
    if not dialect.is_standard:
        raise source.fault(
            "a table that is written back must have its cells in double quotes, with no backslashes or spaces at them",
            hint="save it as CSV from a spreadsheet program",
        )
    delimiter = dialect.delimiter
    comments = set()
    for record in csv_records(stream):
        if record.fault == COMMENT:
            comments.add(record.line)
        elif record.fault:
            raise source.fault(record.fault, line=record.line)
    start = source.text.index("\n") + 1 if dialect.is_declared and "\n" in source.text else source.begin
    rows = list(_csv_rows(source.text, start, delimiter))
    if len(rows) < 1 or not rows[-1] or rows[-1][-1].end < len(source.text.rstrip("\r\n")):
        line = source.line(rows[-1][-1].end) if rows else 1
        raise source.fault("cells must be told apart by one sign and quoted as a whole or not at all", line=line)
    return _draft(source, _without(rows, comments, source), delimiter, options)


def _without(rows: Sequence[list[_Cell]], comments: Collection[int], source: SourceFile) -> Sequence[list[_Cell]]:
    """The rows that are no comments before the table, which stay as they are."""
    return [row for row in rows if not row or source.line(row[0].start) not in comments] if comments else rows


def _csv_rows(text: str, start: int, delimiter: str) -> Iterator[list[_Cell]]:
    """The cells of each record, up to one that is quoted in part."""
    mark = re.escape(delimiter)
    cell_pattern = re.compile(rf'(?:"((?:[^"]++|"")*+)"|([^{mark}\r\n]*+))({mark}|\r?\n|\r|$)')
    cells: list[_Cell] = []
    while start < len(text) or cells:
        match = cell_pattern.match(text, start)
        if match is None:
            yield cells
            return
        said = match[1].replace('""', '"') if match[1] is not None else match[2]
        cells.append(_Cell(start, match.start(3), said))
        start = match.end()
        if match[3] != delimiter:
            yield cells
            cells = []


def _draft(source: SourceFile, rows: Sequence[list[_Cell]], delimiter: str, options: LocalizeOptions) -> Draft:
    full = [row for row in rows if len(row) > 1 or (row and row[0].text.strip())]
    if not full:
        return source.draft([])
    columns = _columns(source, full, options)
    units, edits, num_kept = [], [], 0
    if columns.new_name:
        edits.append(_cell_edit(full[0], columns, columns.new_name, delimiter))
    for row in full[1:] if columns.has_header else full:
        text = row[columns.source].text if columns.source < len(row) else ""
        if not text.strip():
            continue
        if columns.target < len(row) and row[columns.target].text.strip() and not options.overwrite:
            num_kept += 1
            continue
        write = _write(row, columns, delimiter)
        line = source.line(row[0].start)
        units.append(Unit(texts=((text,),), write=write, line=line, is_in_place=False))
    return source.draft(units, edits=edits, num_kept=num_kept)


def _columns(source: SourceFile, rows: Sequence[Sequence[_Cell]], options: LocalizeOptions) -> _Columns:
    """Which columns hold what: by names in the first row, by numbers, or the only one.

    Raises:
        DataError: The column of the texts is not to be found.
    """
    names = [cell.text.strip() for cell in rows[0]]
    width = max(len(row) for row in rows)
    found = find_column(names, options.source_column, SOURCE_ROLES, options.source_language)
    has_header = found is not None
    if found is None:
        asked = options.source_column
        if asked.isascii() and asked.isdigit() and 1 <= int(asked) <= width:
            found = int(asked) - 1
        elif width == 1 and not asked:
            found = 0
        else:
            present = ", ".join(f'"{name[:40]}"' for name in names[:20])
            got = f'"{asked}" and a first row of {present}' if asked else f"a first row of {present}"
            raise source.fault(
                f"the column of the texts must be known, got {got}",
                hint="say which it is: --source-column with its name in the first row, or its number from 1",
            )
    target = find_column(names, options.target_column, TARGET_ROLES, options.target_language) if has_header else None
    asked = options.target_column
    if target is None and not has_header and asked.isascii() and asked.isdigit() and int(asked) >= 1:
        target = int(asked) - 1
    if target == found:
        raise source.fault("texts and translations must have a column each, got the same for both")
    new_name = (asked or options.target_language) if target is None and has_header else ""
    return _Columns(found, width if target is None else target, width, has_header, new_name)


def _write(row: Sequence[_Cell], columns: _Columns, delimiter: str) -> Write:
    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        yield _cell_edit(row, columns, str(texts[0][0]), delimiter)

    return write


def _cell_edit(row: Sequence[_Cell], columns: _Columns, text: str, delimiter: str) -> Edit:
    """A text in its cell, behind empty ones where the row is too short."""
    cell = _written(text, delimiter)
    if columns.target < len(row):
        return Edit(row[columns.target].start, row[columns.target].end, cell)
    missing = columns.target - len(row) + 1
    return Edit(row[-1].end, row[-1].end, delimiter * missing + cell)


def _written(text: str, delimiter: str) -> str:
    """A text as a cell: TSV has no quotes, so tabs and line breaks become spaces there."""
    if delimiter == "\t":
        return re.sub(r"[\t\r\n]", " ", text)
    is_quoted = any(char in text for char in (delimiter, '"', "\n", "\r")) or text != text.strip()
    return '"' + text.replace('"', '""') + '"' if is_quoted else text
