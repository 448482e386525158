"""What JSON and YAML files of nested keys have in common when they are written back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from braid.text.matching import language_rank

MESSAGE_KEYS = ("message", "defaultMessage")
"""Where every entry is an object with one of these, only that is a text: the rest describes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A value or a key with its place.

    Args:
        path: The keys above it, and its own; places of lists as numbers.
        text: What it says; "" of a value that is no text.
        start: Of its first character in the file.
        end: Behind its last.
        is_key: It is the last key of its path.
        style: Of YAML: how it is written.
    """

    path: tuple[str | int, ...]
    text: str
    start: int
    end: int
    is_key: bool = False
    style: str = ""


def to_translate(leaves: Sequence[Leaf]) -> list[Leaf]:
    """The values that are texts for people, in file order.

    Not: what stands below a key that begins with ``@`` (ARB), and all but the messages of files that describe each.
    """
    values = [leaf for leaf in leaves if not leaf.is_key]
    described = _message_key(leaves)
    if described:
        values = [leaf for leaf in values if leaf.path[1:] == (described,)]
    return [leaf for leaf in values if leaf.text.strip() and not str(leaf.path[0]).startswith("@")]


def _message_key(leaves: Sequence[Leaf]) -> str:
    entries: dict[str | int, set[str | int]] = {}
    for leaf in leaves:
        entries.setdefault(leaf.path[0], set()).update(leaf.path[1:2])
    found = list(entries.values())
    for key in MESSAGE_KEYS:
        if found and all(key in names for names in found) and any(len(names) > 1 for names in found):
            return key
    return ""


def keys_of(leaves: Sequence[Leaf], languages: Sequence[str]) -> dict[Leaf, str]:
    """For each value the keys above it as one text, without an outermost one that is the file's language."""
    below = int(any(language_key(leaves, language) for language in languages))
    return {leaf: "\0".join(map(str, leaf.path[below:])) for leaf in leaves if not leaf.is_key}


def language_key(leaves: Sequence[Leaf], language: str) -> Leaf | None:
    """The one outermost key when it is the code of the source language, as in Rails, and all texts lie below it."""
    roots = [leaf for leaf in leaves if leaf.is_key and len(leaf.path) == 1]
    if len(roots) != 1 or not language or not language_rank(language, str(roots[0].path[0])):
        return None
    return roots[0] if any(len(leaf.path) > 1 for leaf in leaves) else None
