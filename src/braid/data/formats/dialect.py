"""How a CSV file is written: its delimiter, its quotation marks, and what stands around and before them.

Each dialect that the first rows may be in is tried on them. The one counts that gives most rows the same number of
cells; where two fit, the standard one does (RFC 4180: cells in double quotes, in which a quotation mark is doubled).
"""

from __future__ import annotations

import csv
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from braid.data.formats.columns import MAX_COLUMNS, TOO_WIDE, Record, header_columns, is_comment
from braid.data.formats.contract import ReadOptions
from braid.data.formats.stream import MAX_UNIT_BYTES

MAX_RECORD_LINES = 100
"""A quoted field that is open for longer was never closed; else one stray quotation mark would take the rest of the
file for its text."""
SAMPLE_LINES = 500
"""Lines by which a dialect is known."""

_USUAL, _UNUSUAL = ",;\t", "|^:"
_DECLARED = re.compile(rf'(?i)"?sep=([{re.escape(_USUAL + _UNUSUAL)}])"?')
"""The first line by which spreadsheets are told the delimiter; it is no row."""
_TEXT_COLON = re.compile(r":\s|\d:\d|://")
"""Colons of texts, times and addresses."""
_FIT = 0.9
"""The least share of rows of one width in a dialect that is not the standard."""
_HIDDEN_QUOTE = "\ufdd0"
"""A character that no text holds stands for an escaped quotation mark while cells are told apart."""
_ESCAPED = re.compile(r'\\([\\"\'])')

_MAX_CELLS = 100_000
"""Separators of a line, many of which may stand within quotes; a cell takes much more memory than in the file."""


class _TooWide(csv.Error):
    """A line that would take much memory in cells."""


csv.field_size_limit(max(csv.field_size_limit(), MAX_UNIT_BYTES))  # long lines are refused where lines are read


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are told apart.

    Args:
        delimiter: Between cells.
        quote: Around cells that hold the delimiter, a quotation mark or a line break.
        has_escapes: Whether a backslash stands before a quotation mark in a cell, and before a backslash.
        skips_spaces: Whether spaces behind a delimiter are no part of the cell.
        is_declared: Whether the first line does nothing but say the delimiter.
    """

    delimiter: str = ","
    quote: str = '"'
    has_escapes: bool = False
    skips_spaces: bool = False
    is_declared: bool = False

    @property
    def is_standard(self) -> bool:
        """Whether cells are quoted as RFC 4180 has it, whatever the delimiter."""
        return self.quote == '"' and not self.has_escapes and not self.skips_spaces


def find_dialect(lines: Sequence[str], options: ReadOptions | None = None, *, is_cut: bool = False) -> Dialect:
    """The dialect whose first row is the header asked for, else the one that gives most rows the same width.

    Args:
        lines: From the beginning of the file.
        options: By which a header is known.
        is_cut: Whether the file goes on behind them.
    """
    declared = _DECLARED.fullmatch(lines[0]) if lines else None
    if declared:
        lines = lines[1:]
    begin = next((place for place, line in enumerate(lines) if line.strip() and not is_comment(line)), 0)
    lines = lines[begin : begin + SAMPLE_LINES]
    text = "\n".join(lines)
    usual = [mark for mark in _USUAL if mark in text] or [","]
    delimiters = [declared[1]] if declared else usual + [mark for mark in _UNUSUAL if mark in text]

    def fit(dialect: Dialect) -> _Fit:
        return _Fit.of(lines, dialect, options, is_cut=is_cut)

    best = fit(Dialect(delimiters[0]))
    for delimiter in delimiters[1:]:
        found = fit(Dialect(delimiter))
        if found.key > best.key and (delimiter in _USUAL or found.is_certain(best)):
            best = found
    standard = best
    for delimiter in delimiters:
        for dialect in _variants(text, delimiter):
            found = fit(dialect)
            if (found.key > best.key or best is standard) and found.replaces(standard):
                best = found
    return replace(best.dialect, is_declared=declared is not None)


def _variants(text: str, delimiter: str) -> Iterator[Dialect]:
    """The dialects of a delimiter, other than the standard one, of which something is to be seen."""
    before = f"(?:^|{re.escape(delimiter)})"
    spaces = (False, True) if re.search(rf"{re.escape(delimiter)} ++[\"']", text) else (False,)
    escapes = (False, True) if '\\"' in text or "\\'" in text else (False,)
    singles, doubles = (len(re.findall(rf"(?m){before}{mark}", text)) for mark in "'\"")
    is_single = singles > 3 * doubles
    for quote in ('"', "'") if is_single else ('"',):
        for has_escapes in escapes:
            for skips_spaces in spaces:
                dialect = Dialect(delimiter, quote, has_escapes, skips_spaces)
                if not dialect.is_standard:
                    yield dialect


@dataclass(frozen=True)
class _Fit:
    """How well the first rows read in a dialect.

    Args:
        dialect: That one.
        is_header: Whether the first row is the header asked for.
        evenness: The share of rows with as many cells as most, of at least two.
        spaced: The share of cells that begin with a space.
        faults: Records that cannot be told apart.
        opened: For each row, whether one of its cells begins with a quotation mark all the same.
        is_spaced_quote: Whether such a cell begins with a space.
        text_colons: Whether the delimiter stands where texts have it.
    """

    dialect: Dialect
    is_header: bool
    evenness: float
    spaced: float
    faults: int
    opened: Sequence[bool]
    is_spaced_quote: bool
    text_colons: bool

    @classmethod
    def of(cls, lines: Sequence[str], dialect: Dialect, options: ReadOptions | None, *, is_cut: bool) -> _Fit:
        records = [record for record in records_of(iter(lines), dialect, is_cut=is_cut) if record.cells]
        rows = [record.cells for record in records if not record.fault]
        widths = Counter(len(row) for row in rows if len(row) > 1)
        cells = [cell for row in rows for cell in row]
        return cls(
            dialect=dialect,
            is_header=options is not None and bool(rows) and header_columns(rows[0], options) is not None,
            evenness=max(widths.values(), default=0) / max(len(records), 1),
            spaced=sum(cell.startswith(" ") for cell in cells) / max(len(cells), 1),
            faults=len(records) - len(rows),
            opened=[any(map(_is_opened, row)) for row in rows],
            is_spaced_quote=any(cell.startswith(" ") and _is_opened(cell) for cell in cells),
            text_colons=dialect.delimiter == ":" and any(map(_TEXT_COLON.search, lines)),
        )

    @property
    def key(self) -> tuple[bool, float, float]:
        """By which the better one of two is known."""
        return self.is_header, round(self.evenness, 3), -round(self.spaced, 3)

    def is_certain(self, usual: _Fit) -> bool:
        """Whether a delimiter that stands in texts, too, is one here, and no usual one."""
        if self.text_colons and not self.is_header:
            return False
        return self.is_header or (self.evenness >= (1.0 if self.dialect.delimiter == ":" else _FIT) > usual.evenness)

    def replaces(self, standard: _Fit) -> bool:
        """Whether rows would be read wrongly in the standard dialect, and are not in this one."""
        if self.faults * 50 > len(self.opened) or self.evenness < max(_FIT, standard.evenness):
            return False
        if self.is_header < standard.is_header or (self.text_colons and not self.is_header):
            return False
        if self.faults < standard.faults or self.evenness > standard.evenness:
            return True
        if self.faults or self.dialect.delimiter != standard.dialect.delimiter:
            return False
        if standard.is_spaced_quote and self.dialect.skips_spaces:
            return True
        # Single quotes in every row that all close where a cell ends are around cells, not around what somebody says.
        quoted = sum(standard.opened)
        return quoted > 1 and all(standard.opened[1:]) and 2 * sum(self.opened) < quoted


def _is_opened(cell: str) -> bool:
    return cell.lstrip(" ").startswith(('"', "'"))


def records_of(source: Iterator[str], dialect: Dialect, number: int = 1, *, is_cut: bool = False) -> Iterator[Record]:
    """The records in lines; of one that cannot be read only the first line is given up, as it stands.

    Args:
        source: The lines.
        dialect: In which they are written.
        number: Of the first of them.
        is_cut: Whether a record whose end is missing at the end of the lines is none.
    """
    ahead: deque[str] = deque()
    is_standard, delimiter = dialect.is_standard, dialect.delimiter
    while (line := ahead.popleft() if ahead else next(source, None)) is not None:
        short = _cells_of_line(line, delimiter) if is_standard else None
        if short is not None:
            yield Record(number, short)
            number += 1
            continue
        ahead.appendleft(line)
        lines = RecordLines(ahead, source)
        try:
            cells = next_cells(lines, dialect)
        except _TooWide as error:
            ahead.extendleft(reversed(lines.taken[1:]))
            yield Record(number, [lines.taken[0][:1000]], fault=str(error))
            number += 1
        except csv.Error as error:
            if is_cut and lines.is_at_end:
                return
            ahead.extendleft(reversed(lines.taken[1:]))
            yield Record(number, lines.taken[:1], fault=_reason(str(error), dialect))
            number += 1
        else:
            yield Record(number, cells)
            number += len(lines.taken)


def _cells_of_line(line: str, delimiter: str) -> list[str] | None:
    """The cells of a record of one line, by a shorter way than `next_cells`; None where it may not be one.

    Of a line without quotation marks one more than `MAX_COLUMNS` at most.
    """
    if '"' not in line and "\r" not in line:
        return line.split(delimiter, MAX_COLUMNS) if line else []
    if line.count('"') % 2 or len(line) > _MAX_CELLS:
        return None
    try:
        return next(csv.reader((line + "\n",), delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def _reason(said: str, dialect: Dialect) -> str:
    """What is wrong with a record."""
    if "unexpected end" in said or "expected after" in said:
        mark = dialect.quote
        inside = f"\\{mark}" if dialect.has_escapes else mark * 2
        return f"a quoted field must be closed where it ends; a quotation mark inside it is written {inside}"
    if "new-line" in said:
        return "a carriage return inside a field must stand in quotation marks"
    return said


class RecordLines:
    """Lines for one record, and which of them it took.

    Args:
        ahead: Lines that come first; those taken are gone from it.
        source: The lines after them.
    """

    def __init__(self, ahead: deque[str], source: Iterator[str]) -> None:
        self.taken: list[str] = []
        self.is_at_end = False
        self._ahead = ahead
        self._source = source
        self._chars = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) == MAX_RECORD_LINES or self._chars > MAX_UNIT_BYTES:
            raise StopIteration
        try:
            line = self._ahead.popleft() if self._ahead else next(self._source)
        except StopIteration:
            self.is_at_end = True
            raise
        self.taken.append(line)
        self._chars += len(line)
        if self._chars > _MAX_CELLS and max(map(line.count, _USUAL + _UNUSUAL)) > _MAX_CELLS:
            raise _TooWide(f"{TOO_WIDE}, got more than {_MAX_CELLS} separators")
        return line + "\n"


def next_cells(lines: RecordLines, dialect: Dialect) -> list[str]:
    """The cells of the next record.

    Raises:
        StopIteration: There is no further line.
        csv.Error: What the lines begin with is no record.
    """
    source: Iterable[str] = (_hidden(line, dialect.quote) for line in lines) if dialect.has_escapes else lines
    cells = next(
        csv.reader(
            source,
            delimiter=dialect.delimiter,
            quotechar=dialect.quote,
            skipinitialspace=dialect.skips_spaces,
            strict=True,
        )
    )
    if dialect.has_escapes:
        return [cell.replace(_HIDDEN_QUOTE, dialect.quote) for cell in cells]
    return cells


def _hidden(line: str, quote: str) -> str:
    """The line with what is escaped written so that it ends no cell."""
    if "\\" not in line:
        return line
    return _ESCAPED.sub(lambda match: _HIDDEN_QUOTE if match[1] == quote else match[1], line)


def first_lines(text: str, *, has_cr_ends: bool = False) -> list[str]:
    """The whole lines at the beginning of a text, as many as are looked at and comments before them."""
    mark = "\r" if has_cr_ends else "\n"
    lines = text.removeprefix("\ufeff").split(mark)
    if len(lines) > 1:
        lines.pop()
    return [line.removesuffix("\r") for line in islice(lines, 2 * SAMPLE_LINES)]
