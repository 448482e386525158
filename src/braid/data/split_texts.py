"""Train, validation and test parts of texts to be continued: by document, or from the end of few long ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from braid.data.example import Example
from braid.data.formats.texts import MESSAGES
from braid.data.kinds import DataKind
from braid.data.split import MIN_ROWS, Splits, split
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


def split_texts(
    documents: Sequence[Example],
    *,
    valid_rows: int,
    test_rows: int,
    seed: int,
    valid: Sequence[Example] = (),
    test: Sequence[Example] = (),
    kind: DataKind,
) -> Splits:
    """The documents' parts, in three: whole documents where there are many, the ends of each where there are few.

    Args:
        documents: Cleaned documents.
        valid_rows: Parts (or whole short documents) to hold out for validation, a tenth at most.
        test_rows: The same for the test.
        seed: Changes which documents.
        valid: The person's own validation documents.
        test: The person's own test documents.
        kind: What the rows are.

    Raises:
        DataError: There is too little text.
    """
    if len(documents) >= FEW:
        splits = split(
            documents, valid_rows=valid_rows, test_rows=test_rows, seed=seed, valid=valid, test=test, kind=kind
        )
        cut = {name: _cut(getattr(splits, name)) for name in ("train", "valid", "test")}
        return Splits(**cut, leaks=splits.leaks)
    parts = {"train": [], "valid": _cut(valid), "test": _cut(test)}
    for document in documents:
        rest = [part for part in parts_of(document) if part.target.strip()]
        for name, wanted, given in (("test", test_rows, test), ("valid", valid_rows, valid)):
            share = 0 if given else max(1, min(wanted // max(len(documents), 1), len(rest) // 10))
            parts[name] += rest[len(rest) - share :] if share else []
            rest = rest[: len(rest) - share]
        parts["train"] += rest
    if len(parts["train"]) < MIN_ROWS:
        characters = sum(len(document.target) for document in documents)
        raise DataError(f"about {MIN_ROWS * PART_CHARS:,} characters of text are needed, got {characters:,}")
    return Splits(**parts, leaks=[])


def _cut(documents: Sequence[Example]) -> list[Example]:
    return [part for document in documents for part in parts_of(document) if part.target.strip()]
