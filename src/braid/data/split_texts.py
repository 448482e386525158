"""Train, validation and test parts of texts to be continued: by document, or from the end of few long ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from braid.data.example import Example
from braid.data.formats.texts import MESSAGES
from braid.data.split import MIN_ROWS
from braid.errors import DataError

PART_CHARS = 2000
"""Documents are kept in parts of about so many characters, cut where a line ends."""

FEW = 20
"""With fewer documents than this, each gives its end to validation and test."""


def parts_of(document: Example, size: int = PART_CHARS) -> list[Example]:
    """The document in parts of about ``size`` characters; joined by line breaks they are the document again.

    A single longer line is cut behind its last space, or right there.
    """
    if document.context == MESSAGES or len(document.target) <= size:
        return [document]
    texts, lines, length = [], [], 0
    for line in _short_lines(document.target, size):
        if lines and length + len(line) > size:
            texts.append("\n".join(lines))
            lines, length = [], 0
        lines.append(line)
        length += len(line) + 1
    texts.append("\n".join(lines))
    group = document.group or f"{document.file}:{document.line}"
    begun, found = document.line, []
    for index, text in enumerate(texts):
        found.append(replace(document, target=text, group=group, key=str(index), line=begun))
        begun += text.count("\n") + 1
    return found


def _short_lines(text: str, size: int) -> list[str]:
    found = []
    for line in text.split("\n"):
        while len(line) > 2 * size:
            cut = line.rfind(" ", 1, size) + 1 or size
            found.append(line[:cut])
            line = line[cut:]
        found.append(line)
    return found


def split_ends(
    documents: Sequence[Example], given: Mapping[str, Sequence[Example]], *, valid_rows: int, test_rows: int
) -> dict[str, list[Example]]:
    """Parts of few documents, in three: the ends of each are held out, as far as nothing else is given for that.

    Args:
        documents: Cleaned documents, fewer than `FEW`.
        given: The person's own documents by ``valid`` and ``test``.
        valid_rows: Parts to hold out for validation, a tenth of each document at most.
        test_rows: The same for the test.

    Raises:
        DataError: There is too little text.
    """
    parts = {"train": [], "valid": _cut(given.get("valid", ())), "test": _cut(given.get("test", ()))}
    for document in documents:
        rest = [part for part in parts_of(document) if part.target.strip()]
        for name, wanted in (("test", test_rows), ("valid", valid_rows)):
            share = 0 if name in given else max(1, min(wanted // max(len(documents), 1), len(rest) // 10))
            parts[name] += rest[len(rest) - share :] if share else []
            rest = rest[: len(rest) - share]
        parts["train"] += rest
    if len(parts["train"]) < MIN_ROWS:
        characters = sum(len(document.target) for document in documents)
        raise DataError(f"about {MIN_ROWS * PART_CHARS:,} characters of text are needed, got {characters:,}")
    return parts


def _cut(documents: Sequence[Example]) -> list[Example]:
    return [part for document in documents for part in parts_of(document) if part.target.strip()]
