"""A gettext message and the Examples in it; shared by PO and MO."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from braid.data.example import Example
from braid.data.formats.contract import ReadOptions
from braid.data.formats.stream import Stream
from braid.text.matching import language_rank


@dataclass(slots=True)
class Message:
    """One entry of a catalog.

    Args:
        line: 1-based line of its first keyword (PO) or place in the table (MO); 0 before either is known.
        pieces: Its strings by keyword: ``msgctxt``, ``msgid``, ``msgid_plural``, ``msgstr`` or ``msgstr[0]`` ….
        num_chars: Their length in all.
    """

    line: int = 0
    is_fuzzy: bool = False
    is_obsolete: bool = False
    pieces: dict[str, list[str]] = field(default_factory=dict)
    num_chars: int = 0

    def add(self, keyword: str, text: str) -> None:
        """Append to the string of a keyword."""
        self.pieces.setdefault(keyword, []).append(text)
        self.num_chars += len(text)

    def text(self, keyword: str) -> str:
        """The whole string of a keyword, or ""."""
        return "".join(self.pieces.get(keyword, ()))

    @property
    def source(self) -> str:
        """The text to be translated."""
        return self.text("msgid")

    @property
    def forms(self) -> list[str]:
        """The translations, one for each plural form; at least one."""
        return [self.text(keyword) for keyword in self.pieces if keyword.startswith("msgstr")] or [""]

    @property
    def is_header(self) -> bool:
        """True for the message without a text, which holds the catalog's header."""
        return not self.source and "msgctxt" not in self.pieces


def message_examples(message: Message, file: str, *, reverse: bool) -> Iterator[Example]:
    """The singular with the first form and, where there is a plural, the plural with the last."""
    pairs = [(message.source, message.forms[0])]
    if "msgid_plural" in message.pieces:
        pairs.append((message.text("msgid_plural"), message.forms[-1]))
    for original, translation in pairs:
        source, target = (translation, original) if reverse else (original, translation)
        yield Example(source=source, target=target, file=file, line=message.line, key=message.text("msgctxt"))


def declared_language(header: Message) -> str:
    """The header's ``Language:`` field, or ""."""
    for line in header.forms[0].splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == "language":
            return value.strip()
    return ""


def is_reversed(header: Message, stream: Stream, options: ReadOptions) -> bool:
    """True when the catalog translates into the wanted source language.

    Raises:
        DataError: It translates into neither of the two languages.
    """
    language = declared_language(header)
    if not language or language_rank(options.target_language, language):
        return False
    if language_rank(options.source_language, language):
        return True
    raise stream.fault(
        f'the catalog must be a translation into "{options.target_language}" (or "{options.source_language}"), '
        f'got "Language: {language}" in its header',
        line=header.line,
        hint="set data.target_language, or correct the header",
    )
