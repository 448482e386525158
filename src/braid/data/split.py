"""Train, validation and test parts that share no text, and stay where they are when data are added."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from braid.data.example import Example, Reject
from braid.data.kinds import KINDS, DataKind
from braid.errors import DataError

MIN_ROWS = 50
LARGE_GROUP = 8
"""Groups of more rows always go to training: they say little about new texts and would crowd the test. Those that a
person made by naming a column may be larger."""

Sides = tuple[str, ...]
"""What rows may not share across parts: source, target, group."""


class _Letters(dict[int, int | None]):
    """For `str.translate`: keeps letters, marks and digits (a vowel of Thai or Hindi may be a mark), drops the rest."""

    def __missing__(self, code: int) -> int | None:
        self[code] = code if unicodedata.category(chr(code))[0] in "LMN" else None
        return self[code]


_LETTERS = _Letters()


@dataclass(frozen=True, kw_only=True)
class Splits:
    """The three parts, and rows left out because they would leak from one into another."""

    train: list[Example]
    valid: list[Example]
    test: list[Example]
    leaks: list[Reject]


def text_key(text: str) -> str:
    """What two texts share when they differ only in case, spaces and punctuation; symbols alone stay as they are."""
    return text.casefold().translate(_LETTERS) or text


def _keys(example: Example, sides: Sides) -> list[str]:
    """What the example shares with others; at least one key."""
    keys = [side[0] + text_key(getattr(example, side)) for side in sides if getattr(example, side)]
    if example.group and "group" not in sides:
        keys.append(f"g{example.group}")
    return keys or [f"t{example.target}"]


def groups(examples: Sequence[Example], sides: Sides = ("source", "target")) -> list[list[Example]]:
    """Examples joined, directly or through others, by an equal side or by the group that a person named."""
    parent: dict[str, str] = {}

    def find(key: str) -> str:
        root = key
        while parent.setdefault(root, root) != root:
            root = parent[root]
        while parent[key] != root:
            parent[key], key = root, parent[key]
        return root

    for example in examples:
        first, *others = _keys(example, sides)
        for other in others:
            parent[find(first)] = find(other)
    found: dict[str, list[Example]] = {}
    for example in examples:
        found.setdefault(find(_keys(example, sides)[0]), []).append(example)
    return list(found.values())


def _rank(group: list[Example], seed: int, sides: Sides) -> bytes:
    """A number for a group that depends on its texts alone."""
    smallest = min(_keys(example, sides) for example in group)
    return hashlib.blake2b("\0".join([str(seed), *smallest]).encode(), digest_size=16).digest()


def split(
    examples: Sequence[Example],
    *,
    valid_rows: int,
    test_rows: int,
    seed: int,
    valid: Sequence[Example] = (),
    test: Sequence[Example] = (),
    kind: DataKind = KINDS["translate"],
) -> Splits:
    """The examples in three parts; given ``valid`` and ``test`` are kept as they are.

    Whole groups of equal texts go to one part. A group's place depends on a hash of its own texts, so that
    the order of files does not matter and added data move few old rows.

    Args:
        examples: Cleaned rows.
        valid_rows: Rows to split off for validation, a tenth of all at most.
        test_rows: The same for the test.
        seed: Changes which.
        valid: The person's own validation rows.
        test: The person's own test rows.
        kind: What the rows are, and what they may not share across parts.

    Raises:
        DataError: Fewer than 50 rows to learn from, or nothing to validate or test on.
    """
    leaks: list[Reject] = []
    sides = kind.joined_by
    train = _without(examples, [*valid, *test], leaks, sides)
    if len(train) < MIN_ROWS:
        left_out = f" after leaving out {len(leaks)} that share a text with data.valid or data.test" if leaks else ""
        raise DataError(f"at least {MIN_ROWS} usable {kind.row} are needed, got {len(train)}{left_out}")
    parts = {"valid": _without(valid, test, leaks, sides), "test": list(test)}
    order = sorted(groups(train, sides), key=lambda group: _rank(group, seed, sides))
    named = any(example.group for example in train)
    small = order if named else [group for group in order if len(group) <= LARGE_GROUP]
    held: set[int] = set()
    for name, wanted, given in (("test", test_rows, test), ("valid", valid_rows, valid)):
        if not given:
            parts[name], small = _take(small, wanted, len(train) // 10)
            held.update(map(id, parts[name]))
        if not parts[name]:
            message = f"data.{name} needs at least one row that shares no text with the other parts, got none"
            raise DataError(message, hint=f"name a file of other texts under data.{name}, or add data")
    return Splits(train=[example for example in train if id(example) not in held], **parts, leaks=leaks)


def _take(order: list[list[Example]], wanted: int, limit: int) -> tuple[list[Example], list[list[Example]]]:
    """Whole groups from the front until there are enough rows, never more than ``limit``; and the other groups."""
    part: list[Example] = []
    others = []
    for group in order:
        if len(part) < wanted and len(part) + len(group) <= limit:
            part += group
        else:
            others.append(group)
    return part, others


def _without(
    examples: Sequence[Example], others: Iterable[Example], leaks: list[Reject], sides: Sides
) -> list[Example]:
    """The examples that share no text with the others; the rest goes to ``leaks``."""
    taken = {key for example in others for key in _keys(example, sides)}
    kept = []
    for example in examples:
        shared = taken.intersection(_keys(example, sides))
        if shared:
            names = {"s": "source", "g": "group", "t": "target"}
            side = next(name for letter, name in names.items() if any(key[0] == letter for key in shared))
            detail = f"its {side} also stands in held-out data"
            leaks.append(Reject(example=example, rule="leak", detail=detail))
        else:
            kept.append(example)
    return kept
