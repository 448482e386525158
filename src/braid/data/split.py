"""Train, validation and test parts that share no text, and stay where they are when data are added."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from braid.data.example import Example, Reject
from braid.errors import DataError

MIN_ROWS = 50
LARGE_GROUP = 8
"""Groups of more rows always go to training: they say little about new texts and would crowd the test."""

_SEPARATORS = re.compile(r"[\W_]+")


@dataclass(frozen=True, kw_only=True)
class Splits:
    """The three parts, and rows left out because they would leak from one into another."""

    train: list[Example]
    valid: list[Example]
    test: list[Example]
    leaks: list[Reject]


def text_key(text: str) -> str:
    """What two texts share when they differ only in case, spaces and punctuation; symbols alone stay as they are."""
    return _SEPARATORS.sub("", text.casefold()) or text


def _keys(example: Example) -> tuple[str, str]:
    return f"s{text_key(example.source)}", f"t{text_key(example.target)}"


def groups(examples: Sequence[Example]) -> list[list[Example]]:
    """Examples joined, directly or through others, by an equal source or an equal target."""
    parent: dict[str, str] = {}

    def find(key: str) -> str:
        root = key
        while parent.setdefault(root, root) != root:
            root = parent[root]
        while parent[key] != root:
            parent[key], key = root, parent[key]
        return root

    for example in examples:
        source, target = _keys(example)
        parent[find(source)] = find(target)
    found: dict[str, list[Example]] = {}
    for example in examples:
        found.setdefault(find(_keys(example)[0]), []).append(example)
    return list(found.values())


def _rank(group: list[Example], seed: int) -> bytes:
    """A number for a group that depends on its texts alone."""
    smallest = min(_keys(example) for example in group)
    return hashlib.blake2b(f"{seed}\0{smallest[0]}\0{smallest[1]}".encode(), digest_size=16).digest()


def split(
    examples: Sequence[Example],
    *,
    valid_rows: int,
    test_rows: int,
    seed: int,
    valid: Sequence[Example] = (),
    test: Sequence[Example] = (),
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

    Raises:
        DataError: Fewer than 50 rows.
    """
    if len(examples) < MIN_ROWS:
        hint = "look into rejects.jsonl, or add data"
        raise DataError(f"at least {MIN_ROWS} usable sentence pairs are needed, got {len(examples)}", hint=hint)
    leaks: list[Reject] = []
    train = _without(examples, [*valid, *test], leaks)
    kept_valid = _without(valid, test, leaks)
    order = sorted(groups(train), key=lambda group: _rank(group, seed))
    small = [group for group in order if len(group) <= LARGE_GROUP]
    limit = len(train) // 10
    taken: list[list[Example]] = []
    for wanted, given in ((test_rows, test), (valid_rows, valid)):
        part: list[Example] = []
        while not given and small and len(part) < min(wanted, limit):
            part += small.pop(0)
        taken.append(part)
    held = {id(example) for part in taken for example in part}
    return Splits(
        train=[example for example in train if id(example) not in held],
        valid=kept_valid or taken[1],
        test=list(test) or taken[0],
        leaks=leaks,
    )


def _without(examples: Sequence[Example], others: Iterable[Example], leaks: list[Reject]) -> list[Example]:
    """The examples that share no text with the others; the rest goes to ``leaks``."""
    taken = {key for example in others for key in _keys(example)}
    kept = []
    for example in examples:
        shared = taken.intersection(_keys(example))
        if shared:
            side = "source" if any(key.startswith("s") for key in shared) else "target"
            detail = f"its {side} also stands in held-out data"
            leaks.append(Reject(example=example, rule="leak", detail=detail))
        else:
            kept.append(example)
    return kept
