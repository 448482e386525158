"""JSON lines written back: each object gets a key with the translation of its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from braid.data.formats.jsonl import json_object
from braid.data.localizing.contract import Draft, Edit, Finding, LocalizeOptions, Text, Unit, Write
from braid.data.localizing.json import json_leaves, json_string
from braid.data.localizing.keyed import Leaf
from braid.data.localizing.source import SourceFile
from braid.data.localizing.tables import SOURCE_ROLES, TARGET_ROLES
from braid.text.matching import best_languages

MARK = "needs_review"
"""The key that is true where a person must look at a translation."""


def draft_jsonl(data: bytes, shown_name: str, options: LocalizeOptions) -> Draft:
    """Every object with a text: under the key asked for, ``source`` or ``text``, or its language's code, on the
    outermost level or in ``translation``."""
    source = SourceFile(data, shown_name)
    units: list[Unit] = []
    left: list[Finding] = []
    num_kept = 0
    for match in re.finditer(r"[^\n]++", source.text[source.begin :]):
        start = source.begin + match.start()
        if not match[0].strip():
            continue
        line = source.line(start)
        try:
            json_object(match[0])
            found = _pair(list(json_leaves(source.text, start, start + len(match[0].rstrip()))), options)
        except ValueError as error:
            left.append(Finding(line=line, text=match[0].strip()[:200], reason=f"the line {error}"))
            continue
        original, target, name = found
        if not original.text.strip():
            continue
        if target and target.text.strip() and not options.overwrite:
            num_kept += 1
            continue
        end = start + len(match[0].rstrip())
        write = _write(source, original, target, name, end)
        units.append(Unit(texts=((original.text,),), write=write, line=line, is_in_place=False))
    return source.draft(units, num_kept=num_kept, left=left)


def _pair(leaves: Sequence[Leaf], options: LocalizeOptions) -> tuple[Leaf, Leaf | None, str]:
    """The text, its translation if there is one, and the key of that.

    Raises:
        ValueError: There is no text; worded for a person.
    """
    for inside in ((), ("translation",)):
        values = {str(leaf.path[-1]): leaf for leaf in leaves if not leaf.is_key and leaf.path[:-1] == inside}
        original = _name(list(values), options.source_column, SOURCE_ROLES, options.source_language)
        if original is not None:
            others = [name for name in values if name != original]
            target = _name(others, options.target_column, TARGET_ROLES, options.target_language)
            name = target or options.target_column or ("target" if original == "source" else options.target_language)
            return values[original], values.get(target or ""), name
    wanted = options.source_column or f"{' or '.join(SOURCE_ROLES)} or {options.source_language}"
    raise ValueError(f"must have a text under {wanted}")


def _name(names: Sequence[str], asked: str, roles: Sequence[str], language: str) -> str | None:
    if asked:
        return asked if asked in names else None
    found = next((role for role in roles if role in names), None)
    if found is None and language:
        found = next((names[place] for place in best_languages(language, names)), None)
    return found


def _write(source: SourceFile, original: Leaf, target: Leaf | None, name: str, end: int) -> Write:
    def write(texts: Sequence[Text], is_doubtful: bool) -> Iterator[Edit]:
        said = json_string(
            str(texts[0][0]),
            is_ascii=source.text[original.start : end].isascii() and r"\u" in source.text[original.start : end],
        )
        if target:
            yield Edit(target.start, target.end, said)
        else:
            yield Edit(original.end, original.end, f", {json_string(name)}: {said}")
        if is_doubtful:
            yield Edit(end - 1, end - 1, f', "{MARK}": true')

    return write
