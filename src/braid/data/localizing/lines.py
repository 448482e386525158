"""A plain text written back: one line in, one line out; blank lines and indentation stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from braid.data.formats.tags import Text
from braid.data.localizing.contract import Draft, Edit, LocalizeOptions, Unit, Write
from braid.data.localizing.source import SourceFile


def draft_lines(data: bytes, shown_name: str, options: LocalizeOptions) -> Draft:
    """Every line that is not blank."""
    source = SourceFile(data, shown_name)
    units = []
    for match in re.finditer(r"[^\r\n]++", source.text[source.begin :]):
        start = source.begin + match.start()
        if match[0].strip():
            write = _write(start, start + len(match[0]))
            units.append(Unit(texts=((match[0],),), write=write, line=source.line(start)))
    return source.draft(units)


def _write(start: int, end: int) -> Write:
    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        yield Edit(start, end, str(texts[0][0]).replace("\n", " "))

    return write
