"""What a format gives to be translated, and how it takes the translations back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from braid.data.formats.tags import Text


@dataclass(frozen=True, kw_only=True)
class LocalizeOptions:
    """What is wanted of a file.

    Args:
        target_language: BCP 47 code of the translations.
        source_language: Of the texts; a file that declares another one is refused. Not looked at when empty.
        overwrite: Translate what has a translation, too.
        redo_unreviewed: Translate anew what is marked as fuzzy or as needing a review.
        marks_review: Mark every translation made here for a person to look at, where the format can say so.
        source_column: Header name, number from 1 or JSON key of the texts in a table; found by itself when empty.
        target_column: The same for the translations; the target language's code when empty.
    """

    target_language: str
    source_language: str = ""
    overwrite: bool = False
    redo_unreviewed: bool = False
    marks_review: bool = True
    source_column: str = ""
    target_column: str = ""


class Reply(Protocol):
    """A translation of one text."""

    @property
    def text(self) -> str: ...

    @property
    def is_complete(self) -> bool: ...


Translate = Callable[[list[str]], Sequence[Reply]]
"""One reply for each text, in order."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to stand in the place of the characters from ``start`` to ``end`` of a file, or in a row of a table."""

    start: int
    end: int
    text: str


Write = Callable[[Sequence[Text], bool], Iterable[Edit]]
"""Edits that put the translations of a unit's texts into the file; True where a person must look at them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One entry of a file.

    Args:
        texts: What is to be translated: one text, of entries with plural forms several.
        write: Makes edits of their translations.
        line: 1-based, where it begins.
        key: By which its translation is found in an earlier output; "" in formats that have no keys.
        doubt: Why a person must look at its translation whatever it is, or "".
        is_in_place: The translation replaces the text: nothing is edited when both are the same.
    """

    texts: tuple[Text, ...]
    write: Write
    line: int
    key: str = ""
    doubt: str = ""
    is_in_place: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An entry that a person must look at.

    Args:
        line: 1-based; the row of a Parquet table.
        text: The text to translate, as shown to the model.
        reason: Why, for a person.
    """

    line: int
    text: str
    reason: str


@dataclass(kw_only=True)
class Draft:
    """A file taken apart.

    Args:
        units: What is to be translated, in file order.
        build: The file's bytes with edits made; those bytes themselves when there are none.
        encoding: What every edit must be writable in.
        edits: To be made whatever the translations are, such as the declared language.
        num_kept: Entries that have a translation and keep it.
        left: Entries that cannot be translated, with the reason.
    """

    units: list[Unit]
    build: Callable[[list[Edit]], bytes]
    encoding: str = "utf-8"
    edits: list[Edit] = field(default_factory=list)
    num_kept: int = 0
    left: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Localized:
    """A file in another language.

    Args:
        data: Its bytes.
        num_texts: Entries with something to translate: the three numbers below together.
        num_translated: Entries that were translated here.
        num_kept: Entries that had a translation already.
        review: Of those translated here, the ones that a person must look at, in file order.
        left: Entries that stay without a translation.
    """

    data: bytes
    num_texts: int
    num_translated: int
    num_kept: int
    review: tuple[Finding, ...]
    left: tuple[Finding, ...]


def written(text: Text, escape: Callable[[str], str]) -> str:
    """The text as a file holds it, its codes as they were."""
    return "".join(escape(piece) if isinstance(piece, str) else piece.written for piece in text)


def plain(text: Text) -> str:
    """The text without its codes; spaces stand for them, so that nothing grows together."""
    return " ".join(piece for piece in text if isinstance(piece, str))
