"""XLIFF 1.x and 2.x written back: targets are filled in, everything else stays."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from braid.data.formats.inline import is_code
from braid.data.formats.tags import Text, shown, tagged
from braid.data.formats.xliff import UNTRANSLATED
from braid.data.localizing.contract import Draft, Edit, Finding, LocalizeOptions, Unit, Write
from braid.data.localizing.markup import (
    Node,
    attributes_of,
    indent_before,
    inner,
    nodes,
    qualified,
    start_tag,
    with_attribute,
    without_attribute,
    xml_file,
    xml_pieces,
    xml_written,
)
from braid.data.localizing.source import SourceFile
from braid.text.matching import language_rank

_SEGMENT = re.compile(r"""<(?:[\w.-]+:)?mrk\s(?=[^<>]*?mtype\s*=\s*["']seg["'])[^<>]*>""")
_MARK = re.compile(r"<(/?)(?:[\w.-]+:)?mrk\b[^<>]*>")


def draft_xliff(data: bytes, shown_name: str, options: LocalizeOptions) -> Draft:
    """Every unit without a translation, with those that may be translated anew.

    Raises:
        DataError: The file is not XLIFF, or every part of it declares other languages.
    """
    source = xml_file(data, shown_name, "xliff")
    units: list[Unit] = []
    left: list[Finding] = []
    edits: dict[int, Edit] = {}
    num_kept, fits, declared = 0, False, ("", "")
    for node in nodes(source, {"trans-unit", "unit"}):
        if not _is_translatable(node):
            continue
        languages = _languages(node)
        if not _fits(languages, options):
            declared = languages
            left += [Finding(line=node.line, text="", reason=f"declared as {languages[0]} to {languages[1]}")]
            continue
        fits = True
        for place, edit in _language_edits(source, node, options):
            edits.setdefault(place, edit)
        for original, target, state, make in _segments(source, node, options):
            if not any(shown(text).strip() for text in original):
                continue
            if _is_done(inner(source, target), state, options):
                num_kept += 1
            else:
                units.append(Unit(texts=tuple(original), write=make, line=node.line, is_in_place=False))
    if left and not fits:
        raise source.fault(
            f'the file must be "{options.source_language}" to "{options.target_language}", '
            f'got "{declared[0]}" to "{declared[1]}"',
            hint="take a bundle for these languages, or correct the languages that the file declares",
        )
    return source.draft(units, edits=list(edits.values()), num_kept=num_kept, left=left)


def _is_translatable(node: Node) -> bool:
    """False below the nearest ``translate="no"``."""
    for around in (node, *reversed(node.ancestors)):
        if "translate" in around.attributes:
            return around.attributes["translate"] != "no"
    return True


def _languages(node: Node) -> tuple[str, str]:
    found = ["", ""]
    for ancestor in node.ancestors:
        for side, names in enumerate((("source-language", "srcLang"), ("target-language", "trgLang"))):
            found[side] = next(
                (ancestor.attributes[name] for name in names if name in ancestor.attributes), found[side]
            )
    return found[0], found[1]


def _fits(languages: tuple[str, str], options: LocalizeOptions) -> bool:
    wanted = (options.source_language, options.target_language)
    pairs = zip(wanted, languages, strict=True)
    return all(not want or not found or _is_close(want, found) for want, found in pairs)


def _is_close(one: str, other: str) -> bool:
    return bool(language_rank(one, other) or language_rank(other, one))


def _language_edits(source: SourceFile, node: Node, options: LocalizeOptions) -> Iterator[tuple[int, Edit]]:
    """The target language on the element that should declare it and does not."""
    for ancestor in node.ancestors:
        name = {"file": "target-language", "xliff": "trgLang"}.get(ancestor.name, "")
        is_first = ancestor.attributes.get("version", "1").startswith("1")
        if ancestor.name == "file" and "source-language" not in ancestor.attributes:
            continue
        if not name or (ancestor.name == "xliff" and is_first) or ancestor.attributes.get(name):
            continue
        tag = with_attribute(start_tag(source, ancestor), name, options.target_language)
        yield ancestor.start, Edit(ancestor.start, ancestor.inner, tag)


_Segment = tuple[Sequence[Text], Node | None, str, Write]


def _segments(source: SourceFile, node: Node, options: LocalizeOptions) -> Iterator[_Segment]:
    """For each text: its parts, the element of its translation, that one's state, and how it is written."""
    if node.name == "trans-unit":
        original, target = node.first("source"), node.first("target")
        if original is None:
            return
        segmented = node.first("seg-source")
        parts, frame = _parts(inner(source, segmented or original), is_segmented=segmented is not None)
        state = target.attributes.get("state", "") if target else ""
        where = (node, segmented or original, target)
        yield parts, target, state, _write_first(source, where, frame, options)
        return
    data = node.first("originalData")
    codes = (
        {item.attributes.get("id", ""): html.unescape(inner(source, item)) for item in data.all("data")} if data else {}
    )
    for segment in node.all("segment"):
        original, target = segment.first("source"), segment.first("target")
        if original is not None:
            parts, frame = _parts(inner(source, original), is_segmented=False, codes=codes)
            make = _write_second(source, (segment, original, target), frame, options)
            yield parts, target, segment.attributes.get("state", ""), make


def _parts(raw: str, *, is_segmented: bool, codes: dict[str, str] | None = None) -> tuple[list[Text], list[str]]:
    """The texts of a source and what stands before, between and behind them: its segments, where it has been cut."""
    spans = _segment_spans(raw) if is_segmented else []
    spans = spans or [(0, len(raw))]
    borders = [0, *(place for span in spans for place in span), len(raw)]
    frame = [raw[begin:end] for begin, end in zip(borders[::2], borders[1::2], strict=True)]
    return [tagged(xml_pieces(raw[begin:end], opaque=is_code, codes=codes)) for begin, end in spans], frame


def _segment_spans(raw: str) -> list[tuple[int, int]]:
    """Where the content of each ``<mrk mtype="seg">`` begins and ends; segments do not lie within each other."""
    spans, place = [], 0
    while match := _SEGMENT.search(raw, place):
        depth, end = 1, match.end()
        for tag in _MARK.finditer(raw, match.end()):
            depth += -1 if tag[1] else not tag[0].endswith("/>")
            if not depth:
                end, place = tag.span()
                break
        else:
            return []
        if not match[0].endswith("/>"):
            spans.append((match.end(), end))
    return spans


def _is_done(content: str, state: str, options: LocalizeOptions) -> bool:
    """True when a translation is there and stays."""
    if not content.strip() or options.overwrite or state in UNTRANSLATED:
        return False
    return not (options.redo_unreviewed and state.startswith("needs-"))


def _framed(source: SourceFile, frame: Sequence[str], texts: Sequence[Text]) -> str:
    parts = [frame[0]]
    for text, behind in zip(texts, frame[1:], strict=True):
        parts += [xml_written(text, source), behind]
    return "".join(parts)


_Where = tuple[Node, Node, Node | None]


def _write_first(source: SourceFile, where: _Where, frame: Sequence[str], options: LocalizeOptions) -> Write:
    node, _, target = where

    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        content = _framed(source, frame, texts)
        if target is not None and inner(source, target) == content and not _needs_state(target):
            return
        state = "needs-review-translation" if is_doubtful or options.marks_review else "translated"
        yield from _target_edits(source, where, content, {"state": state})
        if node.attributes.get("approved") == "yes":
            yield Edit(node.start, node.inner, with_attribute(start_tag(source, node), "approved", "no"))

    return write


def _needs_state(target: Node) -> bool:
    return target.attributes.get("state", "") in UNTRANSLATED


def _write_second(source: SourceFile, where: _Where, frame: Sequence[str], options: LocalizeOptions) -> Write:
    segment, _, target = where

    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        content = _framed(source, frame, texts)
        if target is not None and inner(source, target) == content and segment.attributes.get("state") != "initial":
            return
        yield from _target_edits(source, where, content, {})
        tag = with_attribute(without_attribute(start_tag(source, segment), "subState"), "state", "translated")
        if is_doubtful or options.marks_review:
            tag = with_attribute(tag, "subState", "braid:needs-review" if is_doubtful else "braid:machine")
        yield Edit(segment.start, segment.inner, tag)

    return write


def _target_edits(source: SourceFile, where: _Where, content: str, attributes: dict[str, str]) -> Iterator[Edit]:
    """The content in the target that is there, or in a new one behind the source."""
    _, original, target = where
    if target is None:
        name = qualified(source, original, "target")
        tag = f"<{name}>"
        for key, value in attributes.items():
            tag = with_attribute(tag, key, value)
        indent = indent_before(source, original.start)
        yield Edit(original.end, original.end, f"{indent}{tag}{content}</{name}>")
        return
    tag = start_tag(source, target)
    for key, value in attributes.items():
        tag = with_attribute(tag, key, value)
    if "state-qualifier" in attributes_of(tag):
        tag = with_attribute(tag, "state-qualifier", "mt-suggestion")
    if tag.endswith("/>"):
        tag = tag[:-2].rstrip() + ">"
    yield Edit(target.start, target.end, f"{tag}{content}</{qualified(source, target, 'target')}>")
