"""TMX written back: units without a variant in the target language get one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from braid.data.formats.inline import is_code
from braid.data.formats.tags import Text, shown, tagged
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
    xml_file,
    xml_pieces,
    xml_written,
)
from braid.data.localizing.source import SourceFile
from braid.text.matching import best_languages


def draft_tmx(data: bytes, shown_name: str, options: LocalizeOptions) -> Draft:
    """Every unit that has a text in the source language and none in the target language.

    Raises:
        DataError: The file is not TMX, or no unit has the source language.
    """
    source = xml_file(data, shown_name, "tmx")
    units: list[Unit] = []
    left: list[Finding] = []
    present: dict[str, None] = {}
    num_kept = num_found = 0
    for node in nodes(source, {"tu"}):
        variants = node.all("tuv")
        languages = [_language(variant) for variant in variants]
        present.update(dict.fromkeys(languages))
        originals = best_languages(options.source_language, languages)
        if not originals:
            left.append(Finding(line=node.line, text="", reason=f"only in {', '.join(languages) or 'no language'}"))
            continue
        num_found += 1
        segment = variants[originals[0]].first("seg")
        text = tagged(xml_pieces(inner(source, segment), opaque=is_code))
        targets = [place for place in best_languages(options.target_language, languages) if place not in originals]
        target = variants[targets[0]].first("seg") if targets else None
        if not shown(text).strip():
            continue
        if inner(source, target).strip() and not options.overwrite:
            num_kept += 1
            continue
        variant = variants[targets[0]] if targets else None
        write = _write(source, (variants[originals[0]], variants[-1], variant), options)
        units.append(Unit(texts=(text,), write=write, line=node.line, is_in_place=False))
    if left and not num_found:
        raise source.fault(
            f'the file must hold texts in "{options.source_language}", got {", ".join(filter(None, present)) or "none"}'
        )
    return source.draft(units, num_kept=num_kept, left=left)


def _language(variant: Node) -> str:
    return variant.attributes.get("xml:lang") or variant.attributes.get("lang", "")


def _write(source: SourceFile, where: tuple[Node, Node, Node | None], options: LocalizeOptions) -> Write:
    original, last, variant = where

    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        content = xml_written(texts[0], source)
        segment = variant.first("seg") if variant else None
        if variant and segment:
            if inner(source, segment) != content:
                tag = start_tag(source, segment).removesuffix("/>").rstrip().removesuffix(">") + ">"
                name = qualified(source, segment, "seg")
                yield Edit(segment.start, segment.end, f"{tag}{content}</{name}>")
            return
        yield Edit(last.end, last.end, _new_variant(source, original, content, options, is_doubtful=is_doubtful))

    return write


def _new_variant(
    source: SourceFile, original: Node, content: str, options: LocalizeOptions, *, is_doubtful: bool
) -> str:
    """A variant indented as the original; TMX has no states, so a property says what is to be reviewed."""
    segment = original.first("seg")
    assert segment is not None, "an original without a segment has no text"
    names = {part: qualified(source, original, part) for part in ("tuv", "seg", "prop")}
    attribute = "xml:lang" if "xml:lang" in attributes_of(start_tag(source, original)) else "lang"
    outer, deeper = indent_before(source, original.start), indent_before(source, segment.start)
    mark = ""
    if is_doubtful or options.marks_review:
        value = "needs review" if is_doubtful else "machine"
        mark = f'{deeper}<{names["prop"]} type="x-braid">{value}</{names["prop"]}>'
    tag = with_attribute(f"<{names['tuv']}>", attribute, options.target_language)
    closing = indent_before(source, original.inner_end)
    segment_text = f"{deeper}<{names['seg']}>{content}</{names['seg']}>"
    return f"{outer}{tag}{mark}{segment_text}{closing}</{names['tuv']}>"
