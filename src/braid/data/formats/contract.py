"""What every format reader is given and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass

from braid.text.languages import canonical


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """Which texts of a file are wanted.

    Args:
        source_language: BCP 47 code of the source, matched as `braid.text.matching` says.
        target_language: BCP 47 code of the target.
        source_column: Header name or JSON key of the source; in a table without that name, a column number from 1.
        target_column: The same for the target.
        group_column: The same for what rows must have in common to stay together; none when empty.
        part_column: The same for what says to which part a row belongs: a name, or a date; none when empty.
        part_key: The recipe's key that holds it, for messages.
        encoding: What files are in that do not say it themselves; found out when empty.
        source_roles: Names by which the source is known where none is asked for.
        target_roles: The same for the target.
        reads: ``pairs``, ``texts`` or ``questions``.
        separator: Joins several targets of one JSON list; none are allowed when empty.
        query: The SELECT that gives the rows of an SQLite database; that of its table when empty.
    """

    source_language: str
    target_language: str
    source_column: str = ""
    target_column: str = ""
    group_column: str = ""
    part_column: str = ""
    encoding: str = ""
    part_key: str = "split_column"
    source_roles: tuple[str, ...] = ("source",)
    target_roles: tuple[str, ...] = ("target",)
    separator: str = ""
    reads: str = "pairs"
    query: str = ""

    @property
    def languages(self) -> tuple[str, ...]:
        """Base codes of the languages that are expected."""
        return tuple(canonical(code) for code in (self.source_language, self.target_language) if code)


@dataclass(frozen=True, kw_only=True)
class FileFacts:
    """What a file says about itself at first sight.

    Args:
        file: The path as a person gave it.
        format: A key of `braid.data.formats.FORMATS` or `PAIR_FORMATS`.
        encoding: Python's name of the text encoding.
        languages: Language codes declared inside, the source first where the file says which it is.
        columns: Header names of a table or keys of a JSON object; empty when there is no header.
        rows: The first three rows or units, each as its texts in the order of ``columns`` or ``languages``.
        is_compressed: True for gzip.
    """

    file: str
    format: str
    encoding: str
    languages: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    is_compressed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch or row group of a table.

    Args:
        rows: How many it has.
        begin: Its first byte in the file.
        end: The byte behind its last.
        weight: Bytes of its texts; unpacked, where the table says how many those are.
        facts: What the file says of it elsewhere that its rows depend on.
    """

    rows: int
    begin: int
    end: int
    weight: int
    facts: str = ""


@dataclass(frozen=True, kw_only=True)
class Batches:
    """The batches of a table, in the order of their rows.

    Args:
        schema: What the file says of the columns.
        batches: All of them.
        shared: Bytes, from and up to, that all batches need to be read.
        is_spliced: Whether shared bytes and batches that follow each other are a table again.
    """

    schema: str
    batches: tuple[Batch, ...]
    shared: tuple[tuple[int, int], ...] = ()
    is_spliced: bool = False


@dataclass(frozen=True, kw_only=True)
class TablePart:
    """Rows of a table that are read without the others.

    Args:
        begin: The first row, from 0.
        end: The row behind the last.
        first: The first row of the first batch.
        batches: Numbers, from 0, of the batches or row groups that hold them.
    """

    begin: int
    end: int
    first: int
    batches: range

    def slice(self, number: int, num_rows: int) -> tuple[int, int]:
        """Where in so many rows, ``number`` rows after the table's beginning, the wanted ones begin, and how many."""
        begin, end = max(self.begin - number, 0), min(self.end - number, num_rows)
        return begin, max(end - begin, 0)
