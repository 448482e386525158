"""XLIFF 1.0 to 1.2 (``trans-unit``) and 2.0 to 2.2 (``unit`` with ``segment``), also as translators' programs write it.

What is done with each thing a unit may hold:

- ``seg-source`` with ``mrk mtype="seg"``, as translators' programs write: one Example a segment where the target is
  divided so, too; what stands between segments is white space. Else the unit is one Example.
- ``state``: what is new, initial or needs translation is untranslated; what needs review is fuzzy, as in PO. A
  ``state-qualifier`` that tells a suggestion of a machine or memory is fuzzy, too, unless the unit is approved or its
  state says that it was translated. Trados' own ``conf`` of a segment counts like that.
- ``approved``: "yes" makes a unit usable whatever its qualifier; "no" is what the standard takes for granted, and says
  nothing.
- ``translate="no"``, on a unit or around it: untranslatable.
- ``xml:lang`` on a source or target goes before the languages declared around it.
- Suggestions (``alt-trans``, ``matches``), notes and binary units are no translations of the file and are left alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from braid.data.example import Example, Reject
from braid.data.formats.contract import FileFacts, ReadOptions
from braid.data.formats.inline import inline_pieces
from braid.data.formats.stream import Stream
from braid.data.formats.tags import shown_pair
from braid.data.formats.xml import Element, missing_languages, read_units
from braid.text.matching import language_rank

_UNITS = frozenset({"trans-unit", "unit"})
UNTRANSLATED = frozenset({"new", "needs-translation", "needs-l10n", "initial"})
_FUZZY = frozenset({"needs-review-translation", "needs-review-l10n"})
_UNCONFIRMED = frozenset({"Draft", "RejectedTranslation", "RejectedSignOff"})
_SUGGESTED = frozenset({
    "fuzzy-match", "leveraged-mt", "mt-suggestion", "tm-suggestion",
    "rejected-grammar", "rejected-inaccurate", "rejected-length", "rejected-spelling",
})  # fmt: skip
_DONE = frozenset({"translated", "final", "signed-off"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A source with its target as the file has them.

    Args:
        name: Within its unit, or "".
        source: The element, if there is one.
        target: The same.
        holder: The element that tells the state beside the target: unit, segment, or Trados' own.
        line: 1-based.
    """

    name: str
    source: Element | None
    target: Element | None
    holder: Element
    line: int


def read_xliff(stream: Stream, options: ReadOptions) -> Iterator[Example | Reject]:
    """One Example a unit (1.x) or segment; those that are not translated are Rejects, so are other languages.

    A file that declares no target language is taken at the options' word; one that declares the two languages the
    other way round is read so.

    Raises:
        DataError: The file is not XLIFF, or every part of it declares other languages.
    """
    present: dict[str, None] = {}
    fits = False
    for unit in read_units(stream, root="xliff", units=_UNITS):
        codes, parts = _codes(unit), _parts(unit)
        for part in parts:
            languages = _languages(unit, part)
            present.update(dict.fromkeys(filter(None, languages)))
            direction = _direction(languages, options)
            fits = fits or direction != 0
            key = "/".join(filter(None, (unit.attribute("id", "resname"), part.name if len(parts) > 1 else "")))
            source, target = _texts(part, codes, direction or 1)
            example = Example(source=source, target=target, file=stream.shown, line=part.line, key=key)
            rule, detail = _judged(unit, part) if direction else ("language", f"declared as {' to '.join(languages)}")
            yield Reject(example=example, rule=rule, detail=detail) if rule else example
    if present and not fits:
        raise missing_languages(stream, f'"{options.source_language}" and "{options.target_language}"', list(present))


def _languages(unit: Element, part: _Part) -> tuple[str, str]:
    """Source and target language declared on the texts, else around the unit; "" where none is."""
    source = target = ""
    for ancestor in unit.ancestors:
        source = ancestor.attribute("source-language", "srcLang") or source
        target = ancestor.attribute("target-language", "trgLang") or target
    around = unit if unit.name == "trans-unit" else part.holder
    codes = [side.attribute("xml:lang") if side else "" for side in (around.first("source"), around.first("target"))]
    return codes[0] or source, codes[1] or target


def _direction(languages: tuple[str, str], options: ReadOptions) -> int:
    """1 when the declared languages fit the options, -1 when they do so reversed, 0 when they do not."""
    wanted = (options.source_language, options.target_language)
    for direction, pair in ((1, wanted), (-1, wanted[::-1])):
        if all(not found or language_rank(want, found) for want, found in zip(pair, languages, strict=True)):
            return direction
    return 0


def _parts(unit: Element) -> list[_Part]:
    """The parts of a unit, each with its target."""
    if unit.name == "trans-unit":
        return _marked_parts(unit) or [
            _Part(name="", source=unit.first("source"), target=unit.first("target"), holder=unit, line=unit.line)
        ]
    segments = unit.all("segment")
    used = {segment.attribute("id") for segment in segments}
    free = (name for number in itertools.count(1) if (name := str(number)) not in used)
    return [
        _Part(
            name=segment.attribute("id") or next(free),
            source=segment.first("source"),
            target=segment.first("target"),
            holder=segment,
            line=segment.line,
        )
        for segment in segments
    ]


def _marked_parts(unit: Element) -> list[_Part]:
    """The segments of a unit of version 1 whose source and target are both divided in some; none of others."""
    ours, theirs = (_marked(unit.first(side)) for side in ("seg-source", "target"))
    if not ours.keys() & theirs.keys():
        return []
    trados = unit.first("seg-defs")
    states = {segment.attribute("id"): segment for segment in (trados.all("seg") if trados else ())}
    return [
        _Part(
            name=name,
            source=ours.get(name),
            target=theirs.get(name),
            holder=states.get(name, unit),
            line=(ours.get(name) or theirs[name]).line,
        )
        for name in dict.fromkeys([*ours, *theirs])
    ]


def _marked(element: Element | None) -> dict[str, Element]:
    """The segments within a text by their ``mid``, also those inside other elements."""
    found: dict[str, Element] = {}
    for child in element.children if element else ():
        if isinstance(child, Element) and child.name == "mrk" and child.attribute("mtype") == "seg":
            found.setdefault(child.attribute("mid"), child)
        elif isinstance(child, Element):
            for name, segment in _marked(child).items():
                found.setdefault(name, segment)
    return found


def _judged(unit: Element, part: _Part) -> tuple[str, str]:
    """The rule by which a part is not to be used, if there is one, and what the file says."""
    told = [one.attribute("translate") for one in (unit, *unit.ancestors[::-1])]
    if next(filter(None, told), "") == "no":
        return "untranslatable", 'translate="no"'
    target = unit.first("target")
    place = target if unit.name == "trans-unit" and target else part.holder
    state, conf, qualifier = place.attribute("state"), part.holder.attribute("conf"), place.attribute("state-qualifier")
    is_done = unit.attribute("approved") == "yes" or state in _DONE
    if state in UNTRANSLATED:
        return "untranslated", f'state="{state}"'
    if state in _FUZZY:
        return "fuzzy", f'state="{state}"'
    if conf in _UNCONFIRMED:
        return "fuzzy", f'conf="{conf}"'
    if qualifier in _SUGGESTED and not is_done:
        return "fuzzy", f'state-qualifier="{qualifier}"'
    return "", ""


def _codes(unit: Element) -> dict[str, str]:
    """XLIFF 2's native code by id."""
    data = unit.first("originalData")
    return {item.attribute("id"): item.text() for item in data.all("data")} if data else {}


def _texts(part: _Part, codes: dict[str, str], direction: int = 1) -> tuple[str, str]:
    """Both texts, the one that is to be translated first."""
    return shown_pair(*(inline_pieces(side, codes) for side in (part.source, part.target)[::direction]))


def inspect_xliff(stream: Stream) -> FileFacts:
    """Declared languages and the first units' texts."""
    languages: list[str] = []
    rows: list[tuple[str, str]] = []
    for unit in itertools.islice(read_units(stream, root="xliff", units=_UNITS), 3):
        for part in _parts(unit):
            languages = languages or [*filter(None, _languages(unit, part))]
            rows.append(_texts(part, _codes(unit)))
    return FileFacts(
        file=stream.shown,
        format="xliff",
        encoding=stream.xml_encoding(),
        languages=tuple(languages),
        rows=tuple(rows[:3]),
        is_compressed=stream.is_compressed,
    )
