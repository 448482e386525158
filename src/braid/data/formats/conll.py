"""CoNLL: sentences as blocks of token lines below comments; CoNLL-U, its plain relatives, and xSID with its intents.

A sentence is read as an object whose keys are its comments (``# text = …`` or ``# intent: …``) and ``text``, which is
put together from its tokens where no comment gives it. Specification: https://universaldependencies.org/format.html.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from braid.data.example import Example, Reject
from braid.data.formats.cells import cell_reject, pair_rows
from braid.data.formats.columns import named_facts
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.spacing import space_between
from braid.data.formats.stream import MAX_UNIT_BYTES, Stream
from braid.data.formats.texts import document_of

_COMMENT = re.compile(r"#\s*+([^\s=:][^=:]*+)[=:](.*)")
_INDEX = re.compile(r"\d{1,9}(?:[-.]\d{1,9})?")
_HUGS_LEFT = re.compile(r"[.,;:!?)\]}%]+|'\w{1,2}|n't")
_HUGS_RIGHT = frozenset("([{")
_FORM, _MISC, _NO_SPACE = "FORM", "MISC", "SpaceAfter=No"
_NEW_DOCUMENT = re.compile(r"#\s*+newdoc\b(?:\s++id\s*+=\s*+(.*))?")
_NEW_PARAGRAPH = re.compile(r"#\s*+newpar\b")
_BREAK = "-DOCSTART-"
_DOCUMENT = "newdoc id"
_LINE_COST = 100
"""Bytes of memory that a line takes beside its characters, about."""


@dataclass(slots=True)
class _Sentence:
    """A block.

    Args:
        line: 1-based, of its first line.
        document: A number for the document that it belongs to, 0 where none is marked, and its name.
        opens_paragraph: Whether it is the first of a paragraph.
        columns: The names of the columns, where the file tells them.
    """

    line: int
    document: tuple[int, str]
    opens_paragraph: bool
    columns: Sequence[str]
    comments: dict[str, str] = field(default_factory=dict)
    tokens: list[list[str]] = field(default_factory=list)

    def row(self) -> dict[str, str]:
        """The comments, the text, the identifier as ``id``, and which document it belongs to, if the file says so."""
        row = dict(self.comments)
        if self.document[0]:
            row[_DOCUMENT] = self.document[1] or str(self.document[0])
        row["text"] = row.get("text") or _joined(self.tokens, self.columns)
        row["id"] = row.get("id") or row.get("sent_id", "")
        return row


def _sentences(stream: Stream) -> Iterator[_Sentence]:
    """Every block.

    Raises:
        DataError: A block is larger than 16 MiB.
    """
    columns: Sequence[str] = ()
    document = (0, "")
    opens = False
    for number, lines in _blocks(stream):
        comments = list(itertools.takewhile(_is_comment, lines))
        for line in comments:
            if found := _NEW_DOCUMENT.match(line):
                document, opens = (document[0] + 1, (found[1] or "").strip()), True
            opens = opens or bool(_NEW_PARAGRAPH.match(line))
        tokens = [line.split("\t") if "\t" in line else line.split() for line in lines[len(comments) :]]
        said: dict[str, str] = {}
        for found in filter(None, map(_COMMENT.match, comments)):
            said.setdefault(found[1].strip(), found[2].strip())
        columns = said.pop("global.columns", "").split() or columns
        if tokens and tokens[0][0] == _BREAK:
            document, opens, tokens = (document[0] + 1, ""), True, tokens[1:]
        if tokens or said:
            yield _Sentence(number, document, opens, columns, said, tokens)
            opens = False


def _blocks(stream: Stream) -> Iterator[tuple[int, list[str]]]:
    """The line at which each block begins, and its lines."""
    held: list[str] = []
    size = 0
    number = 0
    for number, line in enumerate(stream.lines(stream.encoding()), 1):
        if line.strip():
            held.append(line)
            size += len(line) + _LINE_COST
            if size > MAX_UNIT_BYTES:
                raise stream.fault(f"a sentence must be smaller than {MAX_UNIT_BYTES >> 20} MiB", line=number)
        elif held:
            yield number - len(held), held
            held, size = [], 0
    if held:
        yield number - len(held) + 1, held


def _is_comment(line: str) -> bool:
    """Whether a line above the first token is a comment; one with a tab behind its first word is a token's."""
    return line.startswith("#") and "\t" not in line.partition(" ")[0]


def _joined(tokens: Sequence[Sequence[str]], columns: Sequence[str]) -> str:
    """The words of a sentence with the spaces between them.

    A word made of several (lines ``3-4``, ``3`` and ``4``) counts once, as it is written; words that are not written
    (``5.1``) do not count. ``SpaceAfter=No`` in the last column is respected; where none tells it, signs stand
    as they do in print, and no space beside characters of scripts that have none.
    """
    is_indexed = bool(tokens) and tokens[0][0].partition("-")[0] in ("0", "1") and len(tokens[0]) > 1
    is_indexed = is_indexed and all(_INDEX.fullmatch(token[0]) for token in tokens)
    form = columns.index(_FORM) if _FORM in columns else int(is_indexed)
    misc = columns.index(_MISC) if _MISC in columns else 9
    tells_spaces = any(_NO_SPACE in token[misc] for token in tokens if len(token) > misc)
    parts: list[str] = []
    written, hugs = -1, True
    for token in tokens:
        if is_indexed and not _counts(token[0], written):
            continue
        written = max(written, _last(token[0])) if is_indexed else -1
        word = token[form] if form < len(token) else ""
        hugs = hugs or (not tells_spaces and bool(_HUGS_LEFT.fullmatch(word)))
        parts += ["" if hugs else " " if tells_spaces else space_between(parts[-1], word), word]
        is_no = tells_spaces and len(token) > misc and _NO_SPACE in token[misc].split("|")
        hugs = is_no or (not tells_spaces and word in _HUGS_RIGHT)
    return "".join(parts)


def _counts(index: str, written: int) -> bool:
    return "." not in index and int(index.partition("-")[0]) > written


def _last(index: str) -> int:
    """The number of the last word that an index stands for, where it stands for several."""
    return int(index.partition("-")[2]) if "-" in index else -1


def read_conll(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a sentence; those without a text, or without the comment asked for, as Rejects."""
    rows = ((sentence.line, sentence.row()) for sentence in _sentences(stream))
    return pair_rows(rows, options, stream, "columns")


def read_conll_documents(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a document, its paragraphs parted by blank lines; one a sentence where no documents are marked."""
    held: list[tuple[_Sentence, str]] = []
    size = 0
    for sentence in _sentences(stream):
        row = sentence.row()
        try:
            text = document_of(row, options)[0]
        except ValueError as error:
            yield cell_reject(row, str(error), stream.shown, sentence.line, "columns")
            continue
        if held and (not sentence.document[0] or held[0][0].document != sentence.document or size > MAX_UNIT_BYTES):
            yield _document(held, stream.shown)
            held, size = [], 0
        held.append((sentence, text))
        size += len(text)
    if held:
        yield _document(held, stream.shown)


def _document(held: Sequence[tuple[_Sentence, str]], file: str) -> Example:
    parts: list[str] = []
    for sentence, text in held:
        between = "\n\n" if sentence.opens_paragraph else space_between(parts[-1] if parts else "", text)
        parts += [between, text] if parts else [text]
    line = held[0][0].line
    return Example(source="", target="".join(parts), file=file, line=line, group=f"{file}:{line}")


def inspect_conll(stream: Stream) -> FileFacts:
    """Comments of the first sentence as columns, and the first sentences."""
    rows = [sentence.row() for sentence in itertools.islice(_sentences(stream), 3)]
    return named_facts(rows, tuple(rows[0]) if rows else (), stream, "conll")
