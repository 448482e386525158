"""Translation Memory eXchange 1.1 to 1.4b.

What is done with each thing a unit may hold:

- the language of a ``tuv`` is its ``xml:lang`` (1.4), else its ``lang`` (1.1); one without either has none, and the
  header's ``srclang`` is not taken for it;
- several variants in one language: an Example for each pair, with the same line and key;
- inline elements: see `braid.data.formats.inline`;
- notes, properties and who changed what and when: left alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from braid.data.example import Example, Reject
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.inline import inline_pieces
from braid.data.formats.stream import Stream
from braid.data.formats.tags import shown, shown_pair, tagged
from braid.data.formats.xml import Element, missing_languages, read_units
from braid.text.matching import best_languages

_INSPECTED_UNITS = 1000
MAX_PAIRS = 100
"""A unit with more pairs than this is no translation but somebody's list."""


def read_tmx(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example for each pair of variants in the two languages; alternatives are Examples of their own.

    The column of a row's date is an attribute here, such as ``changedate``: the target's, or the unit's.

    Units without one of the languages are Rejects.

    Raises:
        DataError: The file is not TMX, or no unit has both languages.
    """
    present: dict[str, None] = {}
    has_pair = False
    for unit in read_units(stream, root="tmx", units=frozenset({"tu"})):
        variants = unit.all("tuv")
        languages = [_language(variant) for variant in variants]
        present.update(dict.fromkeys(languages))
        sources, targets = (
            [variants[i] for i in best_languages(wanted, languages)]
            for wanted in (options.source_language, options.target_language)
        )
        if len(sources) * len(targets) > MAX_PAIRS:
            has_pair = True
            detail = f"must have at most {MAX_PAIRS} pairs of variants, got {len(sources) * len(targets):,}"
            yield Reject(example=_example(unit, sources[0], targets[0], stream.shown), rule="variants", detail=detail)
        elif sources and targets:
            has_pair = True
            for source, target in itertools.product(sources, targets):
                example = _example(unit, source, target, stream.shown)
                column = options.part_column
                part = (target.attribute(column) or unit.attribute(column)) if column else ""
                yield replace(example, part=part) if part else example
        else:
            example = _example(unit, next(iter(sources), None), next(iter(targets), None), stream.shown)
            yield Reject(example=example, rule="language", detail=f"the unit has only {', '.join(languages) or 'none'}")
    if present and not has_pair:
        asked = f'"{options.source_language}" and "{options.target_language}"'
        raise missing_languages(stream, asked, [language for language in present if language])


def _language(variant: Element) -> str:
    return variant.attribute("xml:lang", "lang")


def _example(unit: Element, source: Element | None, target: Element | None, file: str) -> Example:
    texts = shown_pair(*(inline_pieces(side.first("seg")) if side else () for side in (source, target)))
    return Example(source=texts[0], target=texts[1], file=file, line=unit.line, key=unit.attribute("tuid"))


def inspect_tmx(stream: Stream) -> FileFacts:
    """Languages of the header and of the first thousand units, and the first units' texts."""
    languages: dict[str, None] = {}
    rows: list[dict[str, str]] = []
    for unit in islice(read_units(stream, root="tmx", units=frozenset({"header", "tu"})), _INSPECTED_UNITS):
        declared = unit.attribute("srclang")
        if unit.name == "header" and declared and declared.lower() != "*all*":
            languages[declared] = None
        texts = {_language(variant): shown(tagged(inline_pieces(variant.first("seg")))) for variant in unit.all("tuv")}
        languages.update(dict.fromkeys(language for language in texts if language))
        if texts and len(rows) < 3:
            rows.append(texts)
    return FileFacts(
        file=stream.shown,
        format="tmx",
        encoding=stream.xml_encoding(),
        languages=tuple(languages),
        rows=tuple(tuple(row.get(language, "") for language in languages) for row in rows),
        is_compressed=stream.is_compressed,
    )
