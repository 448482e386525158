"""SQLite databases, opened for reading alone: the rows of a query, or of the one table that has what is asked for.

What a query may do is asked of an authorizer for each of its steps: it may select, read columns and call functions, and
nothing else; not attach, write, set, recurse or load. Neither the database nor a file beside it is ever changed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from braid.data.example import Example, Reject
from braid.data.formats.cells import Rows, check_columns, document_columns, document_rows, pair_columns, pair_rows
from braid.data.formats.columns import declared_languages, named_facts
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.dialogues import DIALOGUES, is_dialogue
from braid.data.formats.stream import Stream

if TYPE_CHECKING:
    import sqlite3  # which not every Python has

MAX_SECONDS = 120.0
"""A query that yields no row for longer than this is given up: a database may hold views without an end."""

MAX_TABLES = 1000
_MAGIC = b"SQLite format 3\0"
_MAX_CELL = 17 * 2**20
"""Bytes of a text, a row or what a query makes of them: SQLite holds several of them at once."""
_STEPS = 100_000
"""Steps of SQLite's machine between two looks at the clock, about a millisecond."""

_REFUSED_FUNCTIONS = frozenset({
    "load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "zeroblob", "randomblob",
})  # fmt: skip
_SAFE = ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON", "mmap_size = 0")


def _may(action: int, name: str | None, detail: str | None, *_: object) -> int:
    """SQLite's question whether a step is allowed."""
    import sqlite3

    is_allowed = action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION)
    is_refused = action == sqlite3.SQLITE_FUNCTION and (detail or "").lower() in _REFUSED_FUNCTIONS
    return sqlite3.SQLITE_OK if is_allowed and not is_refused else sqlite3.SQLITE_DENY


class _Clock:
    """Ends a query that has not given a row for `MAX_SECONDS`."""

    def __init__(self) -> None:
        self.begun = time.monotonic()

    def row(self) -> None:
        self.begun = time.monotonic()

    def __call__(self) -> int:
        return int(time.monotonic() - self.begun > MAX_SECONDS)


@contextmanager
def _opened(stream: Stream, query: str = "") -> Iterator[tuple[sqlite3.Connection, _Clock]]:
    """The database, which nobody may write meanwhile.

    Raises:
        DataError: It is none, damaged, compressed, or a program is still writing to it.
    """
    try:
        import sqlite3
    except ImportError:
        raise stream.fault("this Python must come with SQLite, got one without", hint="save the table as CSV") from None
    if stream.is_compressed:
        raise stream.fault("an SQLite database must not be gzip: it is read where it stands", hint="unpack it")
    if not stream.head.startswith(_MAGIC):
        raise stream.fault(
            "a file of this name must be an SQLite database, got something else", hint="check the name's ending"
        )
    path = Path(stream.raw.name).resolve()  # pyright: ignore[reportAttributeAccessIssue]
    for ending in ("-wal", "-journal"):
        rest = path.with_name(path.name + ending)
        if rest.is_file() and rest.stat().st_size:
            raise stream.fault(
                f"a database must be closed by the program that writes it, got unfinished changes in {rest.name}",
                hint="close the program, or read a copy made with its backup command",
            )
    clock = _Clock()
    with _worded(stream, query), closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        for pragma in _SAFE:
            database.execute(f"PRAGMA {pragma}")
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_CELL)
        database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        database.set_authorizer(_may)
        database.set_progress_handler(clock, _STEPS)
        database.text_factory = _text
        yield database, clock


def _text(cell: bytes) -> str:
    """A text; of one that is not UTF-8, halves of surrogate pairs for its bytes, by which its row is refused."""
    return cell.decode("utf-8", "surrogateescape")


@contextmanager
def _worded(stream: Stream, query: str) -> Iterator[None]:
    """While it lasts, what SQLite says becomes a `DataError`; the query is to blame where one was given."""
    import sqlite3

    try:
        yield
    except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError) as error:
        reason = str(error) or type(error).__name__
        reason = f"no row for {MAX_SECONDS:.0f} seconds" if "interrupted" in reason else reason
        is_damaged = "malformed" in reason or "not a database" in reason or "I/O" in reason
        if query and not is_damaged:
            message, hint = "data.query must be one SELECT that only reads", "it may join, not write, attach or recurse"
        else:
            message, hint = (
                "a database must be whole and readable",
                "copy it again, or check it with SQLite's own program",
            )
        raise stream.fault(f"{message}, got: {reason}", hint=hint) from error


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _names(database: sqlite3.Connection, query: str) -> tuple[str, ...]:
    """The names of a query's columns."""
    with closing(database.execute(query)) as cursor:
        return tuple(str(column[0]) for column in cursor.description or ())


def _tables(database: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """The columns of every table that holds rows of its own, without those that SQLite keeps for itself."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0 AND substr(name, 1, 7) <> 'sqlite_' "
        f"ORDER BY rowid LIMIT {MAX_TABLES}"
    )
    tables = [row[0] for row in database.execute(query)]
    return {name: _names(database, f"SELECT * FROM {_quoted(name)} LIMIT 0") for name in tables}


def _table(database: sqlite3.Connection, options: ReadOptions, stream: Stream) -> tuple[str, tuple[str, ...]]:
    """The only table that has the columns asked for.

    Raises:
        DataError: None has, or several have.
    """
    tables = _tables(database)
    fitting = [name for name, columns in tables.items() if _fits(columns, options, stream.shown)]
    if len(fitting) == 1:
        return fitting[0], tables[fitting[0]]
    shown = "; ".join(f"{name} ({', '.join(columns[:10])})" for name, columns in list(tables.items())[:10])
    got = f"several: {', '.join(fitting[:10])}" if fitting else f"the tables {shown or 'none'}"
    raise stream.fault(
        f"just one table must have the columns that are looked for, got {got}",
        hint='say which rows under [data], such as query = "SELECT source, target FROM pairs", or name the columns',
    )


def _fits(columns: Sequence[str], options: ReadOptions, file: str) -> bool:
    if options.reads == "texts":
        if options.target_column:
            return options.target_column in columns
        names = {name.lower() for name in columns}
        return bool({*options.target_roles, *DIALOGUES} & names) or is_dialogue(dict.fromkeys(names, ""))
    try:
        check_columns(columns, options, file)
    except ValueError:
        return False
    return True


def _rows(stream: Stream, options: ReadOptions) -> Rows:
    """Number from 1 and cells by name of each row that is asked for.

    A table is read in its own order, not in that of an index.

    Raises:
        DataError: The database or the query cannot be read, up to its end.
    """
    with _opened(stream, options.query) as (database, clock):
        query = options.query
        if not query:
            table, columns = _table(database, options, stream)
            chosen = ", ".join(map(_quoted, _chosen(columns, options, stream)))
            query = f"SELECT {chosen} FROM {_quoted(table)} NOT INDEXED"
        with closing(database.execute(query)) as cursor:
            names = [str(column[0]) for column in cursor.description or ()]
            _chosen(names, options, stream)
            for number, row in enumerate(cursor, 1):
                yield number, dict(zip(names, row, strict=True))
                clock.row()


def _chosen(names: Sequence[str], options: ReadOptions, stream: Stream) -> list[str]:
    if options.reads == "texts":
        return document_columns(names, options)
    return pair_columns(names, options, stream)


def read_sqlite(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a row; rows whose cells hold no text as Rejects.

    Raises:
        DataError: The database cannot be read, or no table has the columns that are looked for.
    """
    return pair_rows(_rows(stream, options), options, stream)


def read_sqlite_documents(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a row: a text, or a dialogue; rows that hold none as Rejects."""
    return document_rows(_rows(stream, options), options, stream)


def inspect_sqlite(stream: Stream) -> FileFacts:
    """Columns and first rows of the first table; one with columns for two languages goes first."""
    with _opened(stream) as (database, _):
        tables = _tables(database)
        if not tables:
            raise stream.fault("a database must hold a table, got none")
        table = next(
            (name for name, columns in tables.items() if len(declared_languages(columns)) > 1), next(iter(tables))
        )
        found = database.execute(f"SELECT * FROM {_quoted(table)} NOT INDEXED LIMIT 3").fetchall()
    rows: list[dict[str, Any]] = [dict(zip(tables[table], row, strict=True)) for row in found]
    return named_facts(rows, tables[table], stream, "sqlite", encoding="utf-8")
