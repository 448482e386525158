"""Which columns of a table hold source and target, and its rows as Examples; what tables say about themselves."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from braid.data.example import Example, Reject
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.header import LOOKED_AT, is_header, likely_columns
from braid.data.formats.language_names import named_language, side_columns
from braid.data.formats.stream import Stream

MAX_COLUMNS = 4096
"""Cells of a row, or keys of an object, that are looked at: a table whose first row has more is refused, in another row
further ones stay unread."""

_MAX_COMMENTS = 100
"""Lines among which the first row is looked for."""

_LANGUAGE_CODE = re.compile(r"[a-z]{2}([-_][A-Za-z]{2,4})?")


class Record(NamedTuple):
    """One row of a table as its format's reader found it.

    Args:
        line: 1-based line on which it begins.
        cells: The first `MAX_COLUMNS` cells; none of a blank line; the line as it is where they cannot be told apart.
        fault: Why its cells cannot be trusted, or "".
    """

    line: int
    cells: Sequence[str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions of source, target, group and part from 0, -1 for none, and whether the first row is a header."""

    source: int = 0
    target: int = 1
    group: int = -1
    part: int = -1
    has_header: bool = False


TOO_WIDE = f"a row must have at most {MAX_COLUMNS} columns"
"""Begins the fault of a row of which that is known before it is read."""


def narrow(records: Iterable[Record], stream: Stream) -> Iterator[Record]:
    """The records with no more than `MAX_COLUMNS` cells each.

    Raises:
        DataError: The first one has more.
    """
    for place, record in enumerate(records):
        if len(record.cells) > MAX_COLUMNS or record.fault.startswith(TOO_WIDE):
            if place == 0:
                raise stream.fault(
                    f"a table must have at most {MAX_COLUMNS} columns, got more in its first row",
                    line=record.line,
                    hint="keep the columns that are read",
                )
            record = Record(record.line, record.cells[:MAX_COLUMNS], fault=record.fault)
        yield record


COMMENT = "a comment before the first row"


def is_comment(text: str) -> bool:
    """Whether a line before the first row, or its first cell, may be none of the table."""
    return text.startswith("#")


def fault_rule(record: Record) -> str:
    """The rule by which a record with a fault is rejected."""
    return "empty" if record.fault == COMMENT else "quotes"


def mark_comments(records: Iterable[Record], options: ReadOptions | None = None) -> Iterator[Record]:
    """The records, those with a fault that are comments: they begin with # and stand before the first row.

    A line of as many cells as that row is one of the table, unless that row is the header asked for.
    """
    records = iter(records)
    head: list[Record] = []
    first: Record | None = None
    for record in itertools.islice(records, _MAX_COMMENTS):
        head.append(record)
        if record.cells and not is_comment(record.cells[0]):
            first = record
            break
    is_header = first is not None and options is not None and header_columns(first.cells, options) is not None
    for record in head:
        is_other = first is not None and len(record.cells) != len(first.cells) > 1
        if record.cells and is_comment(record.cells[0]) and (is_header or is_other):
            yield Record(record.line, record.cells, fault=COMMENT)
        else:
            yield record
    yield from records


def header_columns(cells: Sequence[str], options: ReadOptions) -> Columns | None:
    """The columns a header row names, or None when the row is no header for these options."""
    names = [cell.strip() for cell in cells]
    source = find_column(names, options.source_column, options.source_roles, options.source_language)
    target = find_column(names, options.target_column, options.target_roles, options.target_language)
    if source is None or target is None or source == target:
        return None
    return Columns(source, target, has_header=True)


def find_column(names: Sequence[str], column: str, roles: Sequence[str], language: str) -> int | None:
    """The column asked for, else the first one named by a role, else the one named by its language.

    Args:
        names: Of the columns.
        column: Asked for by name; "" when none is.
        roles: Names by which the side is known.
        language: Code of the side's language; "" where sides are not languages.
    """
    if column:
        return names.index(column) if column in names else None
    folded = [name.lower() for name in names]
    for role in roles:
        if role in folded:
            return folded.index(role)
    return next(iter(side_columns(language, roles, names)), None) if language else None


def find_columns(first: Record, options: ReadOptions, stream: Stream) -> Columns:
    """Where source and target stand: by header, by the numbers asked for, or the first two columns.

    Raises:
        DataError: A column was asked for by a name that the first row does not hold.
    """
    by_header = header_columns(first.cells, options)
    if by_header is not None:
        group, part = further_columns(first.cells, options, stream, first.line)
        return replace(by_header, group=group, part=part)
    asked = (options.source_column, options.target_column)
    numbers = [int(column) - 1 if column.isascii() and column.isdigit() else -1 for column in asked]
    if any(column and number < 0 for column, number in zip(asked, numbers, strict=True)):
        present = ", ".join(f'"{cell[:40]}"' for cell in first.cells[:20])
        raise stream.fault(
            "data.source_column and data.target_column must name two columns of the header row, "
            f'got "{asked[0]}" and "{asked[1]}"; it holds {present}',
            line=first.line,
            hint="name both columns as the header does, or give column numbers counted from 1",
        )
    source = numbers[0] if asked[0] else (0 if numbers[1] != 0 else 1)
    target = numbers[1] if asked[1] else (1 if source != 1 else 0)
    group, part = further_columns(first.cells, options, stream, first.line)
    return Columns(source, target, group, part)


def further_columns(cells: Sequence[str], options: ReadOptions, stream: Stream, line: int) -> tuple[int, int]:
    """Positions from 0 of the columns of groups and of parts, by name or number; -1 where none is asked for.

    Args:
        cells: Of the first row.
        options: Which columns are asked for.
        stream: The file, for messages.
        line: Of the first row.

    Raises:
        DataError: A name stands in no cell, or a number is below 1.
    """
    names = [cell.strip() for cell in cells]
    found = []
    for key, name in (("group_column", options.group_column), (options.part_key, options.part_column)):
        if name and name not in names and not (name.isascii() and name.isdigit() and int(name) > 0):
            present = ", ".join(f'"{cell[:40]}"' for cell in cells[:20])
            raise stream.fault(
                f'data.{key} must name a column of the header row, got "{name}"; it holds {present}',
                line=line,
                hint="name the column as the header does, or give its number counted from 1",
            )
        found.append(-1 if not name else names.index(name) if name in names else int(name) - 1)
    return found[0], found[1]


def table_examples(records: Iterable[Record], stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """Every row below the header as an Example, malformed ones as Rejects.

    Raises:
        DataError: A column was asked for that the first row does not hold, or that row names columns nobody asked for.
    """
    columns, records = None, iter(records)
    head = list(itertools.islice(records, LOOKED_AT + 1))
    check_first_row(head, stream, options)
    records = itertools.chain(head, records)
    for record in records:
        if not record.cells or record.fault:
            yield _example(record, Columns(), stream.shown)
            continue
        columns = find_columns(record, options, stream)
        if not columns.has_header:
            yield _example(record, columns, stream.shown)
        break
    if columns is not None:
        yield from _examples(records, columns, stream.shown)


def check_first_row(head: Sequence[Record], stream: Stream, options: ReadOptions) -> None:
    """Refuses a table whose first row reads like names of columns, when none was asked for and they are not known.

    Read as data it would give a wrong row and, worse, take two columns for source and target because they come first.

    Raises:
        DataError: It does; its ``keys`` are the columns that may be meant.
    """
    rows = [record.cells for record in head if record.cells and not record.fault]
    is_asked = options.source_column or options.target_column or options.group_column or options.part_column
    if is_asked or not rows or header_columns(rows[0], options) or not is_header(rows, options):
        return
    names = [cell.strip() for cell in rows[0]]
    if options.reads == "texts":
        columns: dict[str, str] = {"target_column": likely_columns(rows, options)[0]}
        numbers = "a file without the row of names"
    else:
        known = (
            find_column(names, "", options.source_roles, options.source_language),
            find_column(names, "", options.target_roles, options.target_language),
        )
        columns = dict(zip(("source_column", "target_column"), likely_columns(rows, options, known), strict=True))
        numbers = 'source_column = "1" and target_column = "2"'
    found = ", ".join(f'"{name}"' for name in names[:20])
    wanted = " and ".join(f'{key} = "{name}"' for key, name in columns.items())
    fault = stream.fault(
        f"columns must be named in the recipe where their names are not known, got a first row of names: {found}",
        line=next(record.line for record in head if record.cells and not record.fault),
        hint=f"write {wanted} under [data], or as they should be; if the first row is data after all, {numbers}",
    )
    fault.keys |= columns
    raise fault


def _examples(records: Iterable[Record], columns: Columns, file: str) -> Iterator[Example | Reject]:
    """The rows; those that are as they should be, nearly all, by the shortest way."""
    source, target, group, part = columns.source, columns.target, columns.group, columns.part
    needed = max(source, target, group, part) + 1
    for record in records:
        line, cells, fault = record
        if len(cells) < needed or fault or not (cells[source] or cells[target]):
            yield _example(record, columns, file)
        elif group < 0 and part < 0:
            yield Example(source=cells[source], target=cells[target], file=file, line=line)
        else:
            yield Example(
                source=cells[source],
                target=cells[target],
                file=file,
                line=line,
                group=cells[group] if group >= 0 else "",
                part=cells[part] if part >= 0 else "",
            )


def _example(record: Record, columns: Columns, file: str) -> Example | Reject:
    cells = record.cells
    source, target = (cells[i] if i < len(cells) else "" for i in (columns.source, columns.target))
    group, part = (cells[i] if 0 <= i < len(cells) else "" for i in (columns.group, columns.part))
    example = Example(source=source, target=target, file=file, line=record.line, group=group, part=part)
    if record.fault:
        return Reject(example=example, rule=fault_rule(record), detail=record.fault)
    if not any(cells):
        return Reject(example=example, rule="empty", detail="blank line")
    needed = max(columns.source, columns.target, columns.group, columns.part) + 1
    if len(cells) < needed:
        return Reject(example=example, rule="columns", detail=f"must have at least {needed} columns, got {len(cells)}")
    return example


def table_facts(records: Iterable[Record], stream: Stream, name: str) -> FileFacts:
    """Header, if the first row looks like one without being told, and the first rows."""
    rows = [tuple(record.cells) for record in itertools.islice((one for one in records if not one.fault), 4)]
    header = tuple(cell.strip() for cell in rows[0]) if rows else ()
    codes = declared_languages(header)
    is_named = {"source", "target"} <= {cell.lower() for cell in header} or len(set(codes)) >= 2
    return FileFacts(
        file=stream.shown,
        format=name,
        encoding=stream.encoding(),
        languages=codes if is_named else (),
        columns=header if is_named else (),
        rows=tuple(rows[1:4] if is_named else rows[:3]),
        is_compressed=stream.is_compressed,
    )


def named_facts(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], stream: Stream, name: str, encoding: str = ""
) -> FileFacts:
    """Columns and first rows of a file whose cells have names, as JSON and Parquet have.

    Args:
        rows: The first rows, or more.
        columns: The names.
        stream: The file.
        name: Of its format.
        encoding: Of its texts, where that is not the file's.
    """
    inner = rows[0].get("translation") if rows else None
    codes = tuple(inner) if isinstance(inner, dict) else declared_languages(columns)
    return FileFacts(
        file=stream.shown,
        format=name,
        encoding=encoding or stream.encoding(),
        languages=codes if len(set(codes)) >= 2 else (),
        columns=tuple(columns),
        rows=tuple(tuple(cell_text(row.get(column)) for column in columns) for row in rows[:3]),
        is_compressed=stream.is_compressed,
    )


def cell_text(value: Any) -> str:
    """A cell as text: what is none, as JSON writes it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def declared_languages(names: Sequence[str]) -> tuple[str, ...]:
    """The names of columns that are language codes, or where there are none the codes of those named in words."""
    codes = tuple(name for name in names if _LANGUAGE_CODE.fullmatch(name))
    if not set(codes) - {"id"}:
        return tuple(filter(None, map(named_language, names))) or codes
    if "id" in codes and len(codes) > 2:
        return tuple(code for code in codes if code != "id")  # far more often an identifier than Indonesian
    return codes
