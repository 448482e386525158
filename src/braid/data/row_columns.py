"""What is kept about each row in use as numbers: by what it is joined and compared with others, and its sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from braid.data.columns import KEYS
from braid.data.example import Example
from braid.data.keys import keys_of, numbers_of, pair_keys, rest_keys
from braid.data.kinds import DataKind
from braid.data.near import NO_KEY, MinHash
from braid.text.normalize import display_width

NEAR = MinHash(digits="apart")
"""How near-duplicates are told: rows that differ in a number are none."""

LEAKS = MinHash()
"""How rows to learn from are told that give a held-out one away, as audits tell them: a number is but a few letters
here. Bands are made so, too: near-duplicates have one in common as likely as they would by `NEAR`."""

SLACK = 12
"""Columns added to both sides before their ratio is taken: short texts vary more."""

COLUMNS: dict[str, type] = {
    **dict.fromkeys(KEYS, np.uint64),  # what rows are joined by
    "pair": np.uint64,  # both texts and the context
    "rest": np.uint64,  # the answer's place and further references, 0 where there are none
    "source": np.uint64,  # the source as it stands
    "target": np.uint64,
    "ratio": np.float32,
    "line": np.uint32,
    "begin": np.uint64,  # of its line in rows.jsonl, in bytes
    "file_number": np.uint16,  # of the portion's
    "assigned": np.int8,  # the part that its own column gives it, or -1
    "is_named": np.uint8,  # whether a person named its group
    "source_chars": np.uint32,
    "target_chars": np.uint32,
    "source_width": np.uint32,
    "target_width": np.uint32,
}
"""A shard's columns, each (N,)."""

Arrays = dict[str, np.ndarray]


def columns_of(
    rows: Sequence[Example], kind: DataKind, *, places: Sequence[tuple[int, int]], numbers: Mapping[str, int]
) -> Arrays:
    """The `COLUMNS` of rows.

    Args:
        rows: N of them.
        kind: What they are.
        places: For each row where its line begins, and the part that it is assigned to.
        numbers: Of the portion's files.
    """
    texts = {side: [getattr(row, side) for row in rows] for side in ("source", "target")}
    widths = {side: np.array([display_width(text) for text in found], np.uint32) for side, found in texts.items()}
    found = dict(zip(KEYS, keys_of(rows, kind.joined_by), strict=True))
    found |= {side: numbers_of(chosen) for side, chosen in texts.items()}
    found |= {f"{side}_chars": np.fromiter(map(len, chosen), np.uint32) for side, chosen in texts.items()}
    found |= {f"{side}_width": chosen for side, chosen in widths.items()}
    begins, assigned = zip(*places, strict=True)
    found |= {
        "pair": pair_keys(rows),
        "rest": rest_keys(rows),
        "ratio": width_ratio(widths["source"], widths["target"]),
        "line": np.array([row.line for row in rows]),
        "begin": np.array(begins, np.uint64),
        "file_number": np.array([numbers[row.file] for row in rows]),
        "assigned": np.array(assigned),
        "is_named": np.array([bool(row.group) for row in rows]),
    }
    return {name: found[name].astype(dtype, copy=False) for name, dtype in COLUMNS.items()}


def width_ratio(source_width: np.ndarray, target_width: np.ndarray) -> np.ndarray:
    """How wide each target is beside its source."""
    return (target_width + float(SLACK)) / (source_width + float(SLACK))


def band_names(side: str) -> list[str]:
    """The columns of ``bands.npz`` for a side."""
    return [f"{side}{number}" for number in range(LEAKS.bands)]


def bands_of(rows: Sequence[Example], kind: DataKind) -> Arrays:
    """The band keys of rows by side, (N, bands) of uint32; 0 where a text is too short to have any."""
    found = {}
    for side in kind.near_sides:
        keys = LEAKS.band_keys(LEAKS.signatures([getattr(row, side) for row in rows]))
        found[side] = np.where(keys == NO_KEY, np.uint64(0), keys).astype(np.uint32)
    return found
