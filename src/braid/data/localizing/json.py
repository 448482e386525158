"""JSON files of nested keys (i18next, Vue, Flutter's ARB) written back: strings replaced where they stand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from braid.data.formats.i18n import json_leaves, read_json_texts
from braid.data.localizing.contract import Draft, Edit, LocalizeOptions, Text, Unit, Write
from braid.data.localizing.keyed import Leaf, keys_of, language_key, to_translate
from braid.data.localizing.source import SourceFile


def draft_json(data: bytes, shown_name: str, options: LocalizeOptions) -> Draft:
    """Every string that is a value.

    Raises:
        DataError: No JSON, or no object.
    """
    source = SourceFile(data, shown_name)
    for _ in read_json_texts(source.stream()):  # words what is wrong with it
        pass
    leaves = leaves_of(source.text)
    is_ascii = _is_escaped(source.text)
    keys = keys_of(leaves, (options.source_language, options.target_language))
    units = []
    for leaf in to_translate(leaves):
        write, line = _write(leaf, is_ascii=is_ascii), source.line(leaf.start)
        units.append(Unit(texts=((leaf.text,),), write=write, line=line, key=keys[leaf]))
    return source.draft(units, edits=list(_language_edits(leaves, options)))


def _is_escaped(text: str) -> bool:
    """True when the file writes ``\\u00e4`` for letters beyond ASCII."""
    return text.isascii() and re.search(r"\\u[0-9a-fA-F]{4}", text) is not None


def leaves_of(text: str, start: int = 0, end: int | None = None) -> list[Leaf]:
    """The keys and the values that are no collections of valid JSON, in order.

    Args:
        text: Holds the JSON.
        start: Where it begins there.
        end: Where it ends; with the text when None.
    """
    return [
        Leaf(path=leaf.path, text=leaf.text, start=leaf.start, end=leaf.end, is_key=leaf.is_key)
        for leaf in json_leaves(text, start, end)
    ]


def _language_edits(leaves: Sequence[Leaf], options: LocalizeOptions) -> Iterator[Edit]:
    """ARB's ``@@locale`` and an outermost key that is a language."""
    for leaf in leaves:
        if leaf.path == ("@@locale",) and not leaf.is_key:
            yield Edit(leaf.start, leaf.end, json_string(options.target_language.replace("-", "_")))
    if root := language_key(leaves, options.source_language):
        yield Edit(root.start, root.end, json_string(options.target_language))


def _write(leaf: Leaf, *, is_ascii: bool) -> Write:
    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        yield Edit(leaf.start, leaf.end, json_string(str(texts[0][0]), is_ascii=is_ascii))

    return write


def json_string(text: str, *, is_ascii: bool = False) -> str:
    """A text as a JSON string."""
    return json.dumps(text, ensure_ascii=is_ascii)
