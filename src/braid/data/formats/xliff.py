"""XLIFF 1.0 to 1.2 (``trans-unit``) and 2.x (``unit`` with ``segment``).

Suggestions of a translation memory (``alt-trans``, ``matches``) are not translations of the file and are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from braid.data.example import Example, Reject
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.inline import inline_text
from braid.data.formats.stream import Stream
from braid.data.formats.xml import Element, missing_languages, read_units
from braid.text.matching import language_rank

_UNITS = frozenset({"trans-unit", "unit"})
_UNTRANSLATED = frozenset({"new", "needs-translation", "initial"})


def read_xliff(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a unit (1.x) or segment (2.x); those marked untranslated are Rejects, so are other languages.

    A file that declares no target language is taken at the options' word; one that declares the two languages the
    other way round is read so.

    Raises:
        DataError: The file is not XLIFF, or every part of it declares other languages.
    """
    present: dict[str, None] = {}
    fits = False
    for unit in read_units(stream, root="xliff", units=_UNITS):
        languages = _languages(unit)
        present.update(dict.fromkeys(language for language in languages if language))
        direction = _direction(languages, options)
        fits = fits or direction != 0
        for example, state in _examples(unit, stream.shown, reverse=direction < 0):
            if direction == 0:
                yield Reject(example=example, rule="language", detail=f"declared as {' to '.join(languages)}")
            elif state in _UNTRANSLATED:
                yield Reject(example=example, rule="untranslated", detail=f'state="{state}"')
            else:
                yield example
    if present and not fits:
        raise missing_languages(stream, f'"{options.source_language}" and "{options.target_language}"', list(present))


def _languages(unit: Element) -> tuple[str, str]:
    """Source and target language declared around a unit; "" where none is."""
    source = target = ""
    for ancestor in unit.ancestors:
        source = ancestor.attribute("source-language", "srcLang") or source
        target = ancestor.attribute("target-language", "trgLang") or target
    return source, target


def _direction(languages: tuple[str, str], options: ReadOptions) -> int:
    """1 when the declared languages fit the options, -1 when they do so reversed, 0 when they do not."""
    wanted = (options.source_language, options.target_language)
    for direction, pair in ((1, wanted), (-1, wanted[::-1])):
        if all(not found or language_rank(want, found) for want, found in zip(pair, languages, strict=True)):
            return direction
    return 0


def _examples(unit: Element, file: str, *, reverse: bool) -> Iterator[tuple[Example, str]]:
    """The Examples of a unit, each with its state."""
    identity = unit.attribute("id", "resname")
    data = unit.first("originalData")
    codes = {item.attribute("id"): item.text() for item in data.all("data")} if data else {}
    segments = [unit] if unit.name == "trans-unit" else unit.all("segment")
    for segment in segments:
        original, translation = (segment.first(side) for side in ("source", "target"))
        state = translation.attribute("state") if translation and segment is unit else segment.attribute("state")
        texts = [inline_text(side, codes) for side in (original, translation)]
        source, target = reversed(texts) if reverse else texts
        part = segment.attribute("id") if len(segments) > 1 else ""
        key = f"{identity}/{part}" if part else identity
        yield Example(source=source, target=target, file=file, line=segment.line, key=key), state


def inspect_xliff(stream: Stream) -> FileFacts:
    """Declared languages and the first units' texts."""
    languages: list[str] = []
    rows: list[tuple[str, str]] = []
    for unit in islice(read_units(stream, root="xliff", units=_UNITS), 3):
        languages = languages or [language for language in _languages(unit) if language]
        rows += [(example.source, example.target) for example, _ in _examples(unit, stream.shown, reverse=False)]
    return FileFacts(
        file=stream.shown,
        format="xliff",
        encoding=stream.xml_encoding(),
        languages=tuple(languages),
        rows=tuple(rows[:3]),
        is_compressed=stream.is_compressed,
    )
