"""Two parallel text files: line n of the one is the translation of line n of the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, zip_longest

from braid.data.example import Example
from braid.data.formats.contract import FileFacts
from braid.data.formats.stream import Stream
from braid.errors import DataError


def read_parallel(source: Stream, target: Stream) -> Iterator[Example]:
    """One Example a line; blank lines too, so that cleaning counts them.

    Raises:
        DataError: The files have different numbers of lines.
    """
    file = f"{source.shown},{target.shown}"
    counts = [0, 0]
    for number, pair in enumerate(zip_longest(source.lines(source.encoding()), target.lines(target.encoding())), 1):
        counts = [number if text is not None else count for text, count in zip(pair, counts, strict=True)]
        if None not in pair:
            yield Example(source=pair[0], target=pair[1], file=file, line=number)
    if counts[0] != counts[1]:
        raise DataError(
            f"parallel text files must have the same number of lines, got {counts[0]} and {counts[1]}",
            where=file,
            hint="line n of the second file must translate line n of the first; blank lines count",
        )


def inspect_parallel(source: Stream, target: Stream) -> FileFacts:
    """Encoding and first rows of a pair of text files."""
    rows = zip(source.lines(source.encoding()), target.lines(target.encoding()), strict=False)
    return FileFacts(
        file=f"{source.shown},{target.shown}",
        format="parallel",
        encoding=source.encoding(),
        rows=tuple(islice(rows, 3)),
        is_compressed=source.is_compressed,
    )
