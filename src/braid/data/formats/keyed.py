"""Two files of keys and texts, one for each language: what stands under the same key belongs together.

Software keeps its texts so: Android and Apple resources, Java properties, JSON and YAML of web frameworks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath

from braid.data.example import Example, Reject
from braid.data.formats.contract import FileFacts
from braid.data.formats.stream import Stream
from braid.text.languages import NAMES, canonical

MAX_CHARS = 64 * 2**20
"""Of one such file."""

_CODE = r"[A-Za-z]{2,3}(?:[-_](?:r)?[A-Za-z0-9]{2,8})*"
_LANGUAGE = re.compile(rf"(?:^|[._-])({_CODE})$")
_FOLDER = re.compile(rf"values-({_CODE})|({_CODE})\.lproj|({_CODE})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One text of a file.

    Args:
        key: By which its translation is found.
        text: As people read it.
        line: 1-based, where it begins.
        rule: Why it is not to be used; "" where it is.
    """

    key: str
    text: str
    line: int
    rule: str = ""


Read = Callable[[Stream], Iterator[Entry]]


def read_keyed(source: Stream, target: Stream, read: Read) -> Iterator[Example | Reject]:
    """An Example for each key of the first file, without a target where the second lacks it.

    Keys that only the second file has, keys that come twice and what is marked as not to be translated are Rejects.
    A name that all keys of a file lie below, another one in each file (``en`` and ``de`` in Rails), does not count.
    """
    file = f"{source.shown},{target.shown}"
    ours, theirs = list(read(source)), list(read(target))
    ours, theirs = _below_language(ours, theirs)
    partners: dict[str, Entry] = {}
    for entry in theirs:
        if entry.key in partners:
            yield _reject(file, "repeated_key", "its key came before in the second file", target=entry)
        partners.setdefault(entry.key, entry)
    seen: set[str] = set()
    for entry in ours:
        partner = partners.get(entry.key)
        if entry.key in seen:
            yield _reject(file, "repeated_key", "its key came before in the first file", source=entry)
        elif entry.rule:
            yield _reject(file, entry.rule, "marked so in the file", source=entry, target=partner)
        else:
            text = partner.text if partner else ""
            yield Example(source=entry.text, target=text, file=file, line=entry.line, key=entry.key)
        seen.add(entry.key)
    for entry in partners.values():
        if entry.key not in seen:
            yield _reject(file, "unmatched", "its key stands in the second file only", target=entry)


def _reject(file: str, rule: str, detail: str, *, source: Entry | None = None, target: Entry | None = None) -> Reject:
    found = source or target or Entry(key="", text="", line=0)
    texts = [entry.text if entry else "" for entry in (source, target)]
    example = Example(source=texts[0], target=texts[1], file=file, line=found.line, key=found.key)
    return Reject(example=example, rule=rule, detail=detail)


def _below_language(ours: list[Entry], theirs: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    roots = [{entry.key.partition(".")[0] for entry in entries if "." in entry.key} for entries in (ours, theirs)]
    is_below = all("." in entry.key for entry in (*ours, *theirs))
    if not is_below or len(roots[0]) != 1 or len(roots[1]) != 1 or roots[0] == roots[1]:
        return ours, theirs
    ours, theirs = (
        [Entry(key=one.key.partition(".")[2], text=one.text, line=one.line, rule=one.rule) for one in entries]
        for entries in (ours, theirs)
    )
    return ours, theirs


def inspect_keyed(source: Stream, target: Stream, read: Read, name: str) -> FileFacts:
    """Languages by the files' names, and the first texts."""
    rows = islice((row for row in read_keyed(source, target, read) if isinstance(row, Example)), 3)
    return FileFacts(
        file=f"{source.shown},{target.shown}",
        format=name,
        encoding=source.encoding(),
        languages=named_languages([source.shown, target.shown]),
        rows=tuple((row.source, row.target) for row in rows),
        is_compressed=source.is_compressed,
    )


def named_languages(files: Sequence[str]) -> tuple[str, ...]:
    """The languages that the names of two files tell: ``values-de/``, ``de.lproj/``, ``de/``, ``app_de.properties``.

    Nothing where they tell fewer than two.
    """
    found = [_named(PurePath(file)) for file in files]
    return tuple(found) if all(found) and len(set(found)) == len(found) else ()


def _named(path: PurePath) -> str:
    stem = path.name.removesuffix(".gz").rpartition(".")[0]
    for match in (_LANGUAGE.search(stem), _FOLDER.fullmatch(path.parent.name)):
        if match:
            code = re.sub("-r(?=[A-Z]{2}$)", "-", next(part for part in match.groups() if part).replace("_", "-"))
            if canonical(code) in NAMES:
                return code
    return ""
