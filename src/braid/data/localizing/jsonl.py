"""JSON lines written back: each object gets a key with the translation of its text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from braid.data.formats.columns import find_column
from braid.data.formats.jsonl import json_object
from braid.data.localizing.columns import SOURCE_ROLES, TARGET_ROLES
from braid.data.localizing.contract import Draft, Edit, Finding, LocalizeOptions, Text, Unit, Write
from braid.data.localizing.json import json_string, leaves_of
from braid.data.localizing.keyed import Leaf
from braid.data.localizing.source import SourceFile

MARK = "needs_review"
"""The key that is true where a person must look at a translation."""


def draft_jsonl(data: bytes, shown_name: str, options: LocalizeOptions) -> Draft:
    """Every object with a text: under the key asked for, ``source`` or ``text``, or its language's code, on the
    outermost level or in ``translation``."""
    source = SourceFile(data, shown_name)
    units: list[Unit] = []
    left: list[Finding] = []
    num_kept = 0
    for start, behind in source.lines:
        said = source.text[start:behind].rstrip()
        end = start + len(said)
        if not said:
            continue
        line = source.line(start)
        try:
            json_object(said)
            found = _pair(leaves_of(source.text, start, end), options)
        except ValueError as error:
            left.append(Finding(line=line, text=said[:200], reason=f"the line {error}"))
            continue
        original, target, name, mark = found
        if (other := _other(source, original)) != "":
            reason = f'the line must have a text under "{original.path[-1]}", got {other}'
            left.append(Finding(line=line, text=said[:200], reason=reason))
            continue
        if not original.text.strip():
            continue
        if target and (target.text.strip() or _other(source, target)) and not options.overwrite:
            num_kept += 1
            continue
        write = _write(source, (original, target, mark), name, end)
        units.append(Unit(texts=((original.text,),), write=write, line=line, is_in_place=False))
    return source.draft(units, num_kept=num_kept, left=left)


def _other(source: SourceFile, leaf: Leaf) -> str:
    """What a value says that is neither a text nor nothing: a number, true or false."""
    written = source.text[leaf.start : leaf.end]
    return "" if written.startswith('"') or written == "null" else written[:50]


def _pair(leaves: Sequence[Leaf], options: LocalizeOptions) -> tuple[Leaf, Leaf | None, str, Leaf | None]:
    """The text, its translation if there is one, the key of that, and whether it needs a review if that is said.

    Raises:
        ValueError: There is no text; worded for a person.
    """
    mark = next((leaf for leaf in leaves if leaf.path == (MARK,) and not leaf.is_key), None)
    for inside in ((), ("translation",)):
        values = {str(leaf.path[-1]): leaf for leaf in leaves if not leaf.is_key and leaf.path[:-1] == inside}
        names = list(values)
        place = find_column(names, options.source_column, SOURCE_ROLES, options.source_language)
        if place is not None:
            original = names.pop(place)
            place = find_column(names, options.target_column, TARGET_ROLES, options.target_language)
            target = values[names[place]] if place is not None else None
            name = options.target_column or ("target" if original == "source" else options.target_language)
            if target is None and any(leaf.is_key and leaf.path == (*inside, name) for leaf in leaves):
                raise ValueError(f'must have a text under "{name}", got a list or an object')
            return values[original], target, name, mark
    wanted = options.source_column or f"{' or '.join(SOURCE_ROLES)} or {options.source_language}"
    raise ValueError(f"must have a text under {wanted}")


def _write(source: SourceFile, where: tuple[Leaf, Leaf | None, Leaf | None], name: str, end: int) -> Write:
    original, target, mark = where
    line = source.text[original.start : end]
    is_ascii = line.isascii() and "\\u" in line

    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        said = json_string(str(texts[0][0]), is_ascii=is_ascii)
        if target:
            yield Edit(target.start, target.end, said)
        else:
            yield Edit(original.end, original.end, f", {json_string(name)}: {said}")
        if mark:
            yield Edit(mark.start, mark.end, json.dumps(is_doubtful))
        elif is_doubtful:
            yield Edit(end - 1, end - 1, f', "{MARK}": true')

    return write
