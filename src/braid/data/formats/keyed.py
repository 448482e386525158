"""Two files of keys and texts, one for each language: what stands under the same key belongs together.

Software keeps its texts so: Android and Apple resources, Java properties, JSON and YAML of web frameworks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import PurePath

from braid.data.example import Example, Reject
from braid.data.formats.contract import FileFacts
from braid.data.formats.stream import Stream
from braid.data.formats.tags import Tag, shown_pair
from braid.text.languages import NAMES, canonical

MAX_CHARS = 32 * 2**20
"""Bytes, and characters of the texts and keys, of one such file."""

MAX_ENTRIES = 50_000
"""Of one such file: each takes much more memory than the file; a large program has some ten thousand."""

MAX_KEY = 1000
"""Characters of a key with all that it lies below: each text has a copy."""

_CODE = r"[A-Za-z]{2,3}(?:[-_][A-Z][a-z]{3})?(?:[-_]r?(?:[A-Z]{2}|\d{3})|-[a-z]{2})?"
_LANGUAGE = re.compile(rf"(?:^|(?<=[._-]))(?=({_CODE})$)")
_FOLDER = re.compile(rf"values-({_CODE})|({_CODE})\.lproj|({_CODE})")
_PAIR = re.compile(r"[\ud800-\udbff][\udc00-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One text of a file.

    Args:
        key: By which its translation is found.
        text: As people read it.
        line: 1-based, where it begins.
        rule: Why it is not to be used; "" where it is.
        pieces: The text with tags inside it, where it has any.
    """

    key: str
    text: str
    line: int
    rule: str = ""
    pieces: tuple[str | Tag, ...] = ()


Read = Callable[[Stream], Iterator[Entry]]


def joined(text: str) -> str:
    """The text with characters that were written as two halves, ``\\ud83d\\ude00``, in one piece."""
    return _PAIR.sub(lambda match: match[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)


def read_keyed(source: Stream, target: Stream, read: Read) -> Iterator[Example | Reject]:
    """An Example for each key of the first file, without a target where the second lacks it.

    Keys that only the second file has, keys that come twice and what is marked as not to be translated are Rejects.
    A language that all keys of a file lie below, another one in each file (``en`` and ``de`` in Rails), does not count.

    Raises:
        DataError: A key is longer than 1,000 characters, or a file is larger than 32 MiB or has over 50,000 texts.
    """
    file = f"{source.shown},{target.shown}"
    ours, theirs = _below_language(*(_entries(stream, read) for stream in (source, target)))
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
        elif rule := entry.rule or (partner.rule if partner else ""):
            yield _reject(file, rule, "marked so in the file", source=entry, target=partner)
        else:
            texts = [one.pieces or (one.text,) if one else () for one in (entry, partner)]
            source_text, target_text = shown_pair(*texts)
            yield Example(source=source_text, target=target_text, file=file, line=entry.line, key=entry.key)
        seen.add(entry.key)
    for entry in partners.values():
        if entry.key not in seen:
            yield _reject(file, "unmatched", "its key stands in the second file only", target=entry)


def _entries(stream: Stream, read: Read) -> list[Entry]:
    found, size = [], 0
    stream.keep_below(MAX_CHARS)
    for entry in read(stream):
        size += len(entry.text) + len(entry.key)
        check_entries(len(found) + 1, stream)
        if size > MAX_CHARS:
            raise stream.fault(f"a file of this kind must be smaller than {MAX_CHARS >> 20} MiB", hint="split it")
        if len(entry.key) > MAX_KEY:
            raise stream.fault(f"a key must be shorter than {MAX_KEY} characters", line=entry.line)
        found.append(entry)
    return found


def check_entries(number: int, stream: Stream) -> None:
    """Nothing, where a file may have so many texts.

    Raises:
        DataError: It may not.
    """
    if number > MAX_ENTRIES:
        raise stream.fault(f"a file of this kind must have at most {MAX_ENTRIES} texts", hint="split it")


def check_size(num_lines: int, stream: Stream) -> None:
    """The same of lines, or of other pieces that may say nothing."""
    if num_lines > 10 * MAX_ENTRIES:
        raise stream.fault(f"a file of this kind must have at most {10 * MAX_ENTRIES} lines", hint="split it")


def _reject(file: str, rule: str, detail: str, *, source: Entry | None = None, target: Entry | None = None) -> Reject:
    found = source or target or Entry(key="", text="", line=0)
    texts = [entry.text if entry else "" for entry in (source, target)]
    example = Example(source=texts[0], target=texts[1], file=file, line=found.line, key=found.key)
    return Reject(example=example, rule=rule, detail=detail)


def _below_language(ours: list[Entry], theirs: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    roots = {entry.key.partition(".")[0] for entry in ours}, {entry.key.partition(".")[0] for entry in theirs}
    is_below = all("." in entry.key for entry in (*ours, *theirs))
    if not is_below or [len(names) for names in roots] != [1, 1] or not all(map(_language, roots[0] | roots[1])):
        return ours, theirs
    ours, theirs = ([replace(one, key=one.key.partition(".")[2]) for one in entries] for entries in (ours, theirs))
    return ours, theirs


def inspect_keyed(source: Stream, target: Stream, read: Read, name: str) -> FileFacts:
    """Languages by the files' names, and the first texts."""
    return pair_facts(read_keyed(source, target, read), source, target, name)


def pair_facts(rows: Iterable[Example | Reject], source: Stream, target: Stream, name: str) -> FileFacts:
    """Languages by the names of two files that belong together, and their first texts."""
    first = tuple((row.source, row.target) for row in islice((row for row in rows if isinstance(row, Example)), 3))
    return FileFacts(
        file=f"{source.shown},{target.shown}",
        format=name,
        encoding=source.encoding(),
        languages=named_languages([source.shown, target.shown]),
        rows=first,
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
    folder = _FOLDER.fullmatch(path.parent.name)
    codes = [*(match[1] for match in _LANGUAGE.finditer(stem)), *(folder.groups() if folder else ())]
    return next((found for code in codes if code and (found := _language(code))), "")


def _language(name: str) -> str:
    """The code that a name is, with hyphens; "" of one that is none of a language."""
    code = re.sub("-r(?=[A-Z]{2}$)", "-", name.replace("_", "-"))
    return code if re.fullmatch(_CODE, name) and canonical(code) in NAMES else ""
