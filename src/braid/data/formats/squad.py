"""Questions with a passage that answers them, in the JSON of SQuAD, as Examples."""

from __future__ import annotations

from collections.abc import Iterator

from braid.data.example import Example, Reject
from braid.data.formats.contract import ReadOptions
from braid.data.formats.stream import Stream


def read_squad(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a question: its first answer with a known place is the target, the others are references."""
    from braid.data.questions import questions_of  # which looks files up by the readers' own table

    for row in questions_of(stream):
        if isinstance(row, Reject):
            yield row
            continue
        placed = next((answer for answer in row.answers if answer[1] >= 0), (row.answers or (("", -1),))[0])
        yield Example(
            source=row.question,
            target=placed[0],
            file=row.file,
            line=row.line,
            key=row.id,
            group=row.group,
            context=row.context,
            start=placed[1],
            references=tuple(text for text, _ in row.answers if text != placed[0]),
        )
