"""YAML files of nested keys (Rails) written back: scalars replaced where they stand, in their style if possible."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from braid.data.formats.i18n import read_yaml_texts
from braid.data.formats.tags import Text
from braid.data.localizing.contract import Draft, Edit, LocalizeOptions, Unit, Write
from braid.data.localizing.keyed import Leaf, keys_of, language_key, to_translate
from braid.data.localizing.source import SourceFile

_PLAIN = re.compile(r"[^\W_](?:[^:#\[\]{},\n]|:(?=\S)(?![,\[\]{}])|(?<=\S)#)*")
_UNSAFE_CHAR = re.compile("[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_BLOCK = re.compile(r"([|>])([+-]?)[ \t]*+(?:#[^\n]*+)?\r?\n")
_BLOCKS = ("|", ">")
_TEXT_TAG = "tag:yaml.org,2002:str"


def draft_yaml(data: bytes, shown_name: str, options: LocalizeOptions) -> Draft:
    """Every scalar that is a text; symbols (``:name``), numbers, dates and the like are not.

    Raises:
        DataError: No YAML, no mapping, or one with anchors or several documents.
    """
    source = SourceFile(data, shown_name)
    for _ in read_yaml_texts(source.stream()):  # words what is wrong with it
        pass
    leaves = list(_leaves(source))
    keys = keys_of(leaves, (options.source_language, options.target_language))
    units = []
    for leaf in to_translate(leaves):
        text = leaf.text.rstrip("\n") if leaf.style in _BLOCKS else leaf.text
        units.append(Unit(texts=((text,),), write=_write(leaf, source), line=source.line(leaf.start), key=keys[leaf]))
    root = language_key(leaves, options.source_language)
    edits = [Edit(root.start, root.end, _scalar(options.target_language, root.style))] if root else []
    return source.draft(units, edits=edits)


def _leaves(source: SourceFile) -> Iterator[Leaf]:
    import yaml

    path: list[str | int] = []
    is_key: list[bool] = []
    begin = source.begin

    def go_on() -> None:
        if path:
            place = path[-1]
            is_key[-1] = isinstance(place, str)
            path[-1] = place + 1 if isinstance(place, int) else place

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    resolver = yaml.resolver.Resolver()
    for event in yaml.parse(source.text[begin:], Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            is_mapping = isinstance(event, yaml.MappingStartEvent)
            path.append("" if is_mapping else 0)
            is_key.append(is_mapping)
        elif isinstance(event, yaml.CollectionEndEvent):
            path.pop()
            is_key.pop()
            go_on()
        elif isinstance(event, yaml.ScalarEvent):
            tag = event.tag or resolver.resolve(yaml.ScalarNode, event.value, event.implicit)
            is_text = tag == _TEXT_TAG and not (not event.style and event.value.startswith(":"))
            if is_key[-1]:
                path[-1] = event.value
            yield Leaf(
                path=tuple(path),
                text=event.value if is_text or is_key[-1] else "",
                start=event.start_mark.index + begin,
                end=event.end_mark.index + begin,
                is_key=is_key[-1],
                style=event.style or "",
            )
            if is_key[-1]:
                is_key[-1] = False
            else:
                go_on()


def _write(leaf: Leaf, source: SourceFile) -> Write:
    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        text = str(texts[0][0])
        raw = source.text[leaf.start : leaf.end]
        block = _block(text, raw, source) if leaf.style in _BLOCKS else ""
        if block:
            yield Edit(leaf.start, leaf.end, block)
            return
        body = raw.rstrip(" \t\r\n")
        whole = text + "\n" if leaf.text.endswith("\n") and not text.endswith("\n") else text
        yield Edit(leaf.start, leaf.start + len(body), _scalar(whole, leaf.style))

    return write


def _block(text: str, raw: str, source: SourceFile) -> str:
    """The text as a block with the same header and indentation; "" where only quotes keep it as it is."""
    header = _BLOCK.match(raw)
    lines = text.split("\n")
    if header is None or _UNSAFE_CHAR.search(text.replace("\n", "")) or any(line != line.strip() for line in lines):
        return ""
    first = next((line for line in raw[header.end() :].split("\n") if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip(" "))]
    if not indent:
        return ""
    if header[1] == ">":
        lines = [part for line in lines for part in (line, "")][:-1]
    body = raw[header.end() :]
    tail = body[len(body.rstrip()) :]
    return header[0] + source.line_end.join(indent + line if line else "" for line in lines) + tail


def _scalar(text: str, style: str) -> str:
    """The text as a scalar in a style, or in double quotes where that would change it."""
    is_simple = not _UNSAFE_CHAR.search(text) and text == text.strip()
    if style == "'" and is_simple:
        return "'" + text.replace("'", "''") + "'"
    if not style and is_simple and _is_plain(text):
        return text
    return _UNSAFE_CHAR.sub(_code, json.dumps(text, ensure_ascii=False))


def _is_plain(text: str) -> bool:
    """True when the text without quotes is read as itself, also inside brackets."""
    import yaml

    if not _PLAIN.fullmatch(text):
        return False
    return yaml.resolver.Resolver().resolve(yaml.ScalarNode, text, (True, False)) == _TEXT_TAG


def _code(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}" if number < 65536 else f"\\U{number:08x}"
