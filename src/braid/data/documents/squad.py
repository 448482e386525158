"""The texts of SQuAD's JSON as documents; the questions about them are left to `braid.data.questions`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from braid.data.documents.passage import Passage, cut
from braid.data.documents.text import paragraphs
from braid.data.example import Reject
from braid.data.formats.stream import Stream
from braid.data.questions import read_paragraphs


def read_squad(stream: Stream, title: str) -> Iterator[Passage | Reject]:
    """The passages of every text, titled by its article; offsets count in the text.

    Raises:
        DataError: The file is not JSON of this kind.
    """
    for row in read_paragraphs(stream):
        if isinstance(row, Reject):
            yield row
            continue
        blocks = paragraphs(row.context.splitlines(keepends=True), row.title or title)
        for passage in cut(blocks, file=stream.shown, group=row.group):
            yield replace(passage, line=row.line)
