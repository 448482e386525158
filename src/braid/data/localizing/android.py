"""Android's ``strings.xml`` written back: the texts of strings, plurals and arrays replaced where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from braid.data.formats.android import unescaped
from braid.data.localizing.contract import Code, Draft, Edit, LocalizeOptions, Text, Unit, Write, shown
from braid.data.localizing.markup import Node, escaped, inner, nodes, xml_file, xml_text
from braid.data.localizing.plurals import missing_forms
from braid.data.localizing.source import SourceFile

_UNITS = frozenset({"string", "plurals", "string-array", "array", "item"})
_REFERENCE = re.compile(r"\s*+[@?][\w.:/]*+\s*+")
_DATA = re.compile(r"\s*<!\[CDATA\[((?:(?!\]\]>).)*)\]\]>\s*", re.DOTALL)
_ESCAPED = {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\t": "\\t"}
_SPECIAL = re.compile(r"""[\\'"\n\t]|[^\S ]""")


def draft_android(data: bytes, shown_name: str, options: LocalizeOptions) -> Draft:
    """Every text that is not marked ``translatable="false"``.

    Raises:
        DataError: Broken XML, or one whose outermost element is not ``resources``.
    """
    source = xml_file(data, shown_name, "resources")
    units: list[Unit] = []
    for node in nodes(source, _UNITS):
        if any(around.attributes.get("translatable", "").lower() == "false" for around in (node, *node.ancestors)):
            continue
        if node.name == "string" or (node.name == "item" and node.attributes.get("type") == "string"):
            units += _units(source, node, node.attributes.get("name", ""))
            continue
        items = node.all("item")
        forms = {item.attributes.get("quantity", "") for item in items}
        doubt = missing_forms(forms, options.target_language) if node.name == "plurals" else ""
        for number, item in enumerate(items):
            key = f"{node.attributes.get('name', '')}.{item.attributes.get('quantity') or number}"
            units += _units(source, item, key, doubt if item is items[-1] else "")
    return source.draft(units)


def _units(source: SourceFile, node: Node, key: str, doubt: str = "") -> Iterator[Unit]:
    raw = inner(source, node)
    if _REFERENCE.fullmatch(raw):
        return
    data = _DATA.fullmatch(raw)
    text = (_unescaped(data[1]),) if data else xml_text(raw.strip(), opaque=_is_opaque, unescape=_unescaped)
    if shown(text).strip():
        write = _write(source, node, raw, is_data=data is not None)
        yield Unit(texts=(text,), write=write, line=node.line, key=key, doubt=doubt)


def _is_opaque(name: str, attributes: dict[str, str]) -> bool:
    return name == "g"  # <xliff:g>: what it holds is not to be translated


def _unescaped(text: str) -> str:
    """A piece of a text as it is shown; white space at its ends, where other pieces may follow, is one space."""
    core = text.strip()
    begin = text[: len(text) - len(text.lstrip())] if core else ""
    end = text[len(text.rstrip()) :] if core else text
    return " " * bool(begin) + unescaped(core) + " " * bool(end)


def _write(source: SourceFile, node: Node, raw: str, *, is_data: bool) -> Write:
    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        text = texts[0]
        begin, end = raw[: len(raw) - len(raw.lstrip())], raw[len(raw.rstrip()) :]
        if is_data:
            content = f"<![CDATA[{_android(str(text[0])).replace(']]>', ']]]]><![CDATA[>')}]]>"
        else:
            last = len(text) - 1
            content = "".join(
                piece.written if isinstance(piece, Code) else _characters(piece, source, place == 0, place == last)
                for place, piece in enumerate(text)
            )
            if isinstance(text[0], str) and text[0][:1] in ("@", "?"):
                content = "\\" + content
        yield Edit(node.inner, node.inner_end, begin + content + end)

    return write


def _characters(text: str, source: SourceFile, is_first: bool, is_last: bool) -> str:
    """A piece of a text; spaces at both ends of the whole would not be shown without quotes."""
    plain = _android(text)
    plain = re.sub(r"^ (?! )", '" "', plain) if is_first else plain
    plain = re.sub(r"(?<! ) $", '" "', plain) if is_last else plain
    return escaped(plain, source)


def _android(text: str) -> str:
    """A text in Android's own escapes; spaces in a row stand in quotes, else they would be shown as one."""
    plain = _SPECIAL.sub(lambda match: _ESCAPED.get(match[0], f"\\u{ord(match[0]):04x}"), text)
    return re.sub(" {2,}", lambda match: f'"{match[0]}"', plain)
