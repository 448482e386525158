"""Apple's ``.strings`` written back: the values replaced where they stand."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence

from braid.data.formats.apple import begin_of, check_text, read_apple
from braid.data.formats.stream import Stream
from braid.data.formats.tags import Text
from braid.data.localizing.contract import Draft, Edit, LocalizeOptions, Unit, Write
from braid.data.localizing.source import SourceFile

_SKIPPED = re.compile(r"(?:\s++|/\*.*?\*/|//[^\r\n]*+)*+", re.DOTALL)
_TEXT = r'(?:"(?:[^"\\]++|\\.)*+"|[\w.$/-]++)'
_PAIR = re.compile(rf"(?P<key>{_TEXT})(?:\s*+=\s*+(?P<value>{_TEXT}))?\s*+;", re.DOTALL)


def draft_apple(data: bytes, shown_name: str, options: LocalizeOptions) -> Draft:
    """Every value; a key without one is its own text and gets one.

    Raises:
        DataError: Something else stands there.
    """
    check_text(Stream(io.BytesIO(data), shown_name))
    source = SourceFile(data, shown_name)
    units = []
    place, is_braced = begin_of(source.text)
    place = place if is_braced else source.begin
    for entry in read_apple(source.stream()):
        skipped = _SKIPPED.match(source.text, place)
        match = _PAIR.match(source.text, skipped.end() if skipped else place)
        assert match, "what the reader accepts is a pair"
        place = match.end()
        if entry.text.strip():
            write = _write(match.span("value"), match.end("key"))
            units.append(Unit(texts=((entry.text,),), write=write, line=entry.line, key=entry.key))
    return source.draft(units)


def _write(value: tuple[int, int], behind_key: int) -> Write:
    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        text = f'"{_escaped(str(texts[0][0]))}"'
        yield Edit(behind_key, behind_key, f" = {text}") if value[0] < 0 else Edit(*value, text)

    return write


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return text.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
