"""A portion of the input, read and cleaned row by row, on disk: whole or not there at all.

A shard's folder is named for the hash of its portion and of the rules, so whoever finds it complete need not make it
again: not after a kill, not on another run, not in another process.

    rows.jsonl      rows in use, as they will be written
    raw.jsonl       those of them that cleaning changed, as they were read, with their numbers
    rejects.jsonl   rows that broke a rule
    columns.npz     numbers about the rows in use, see `COLUMNS`
    shard.json      counts, samples and the checksums of the others
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from braid.config.recipe import DataConfig
from braid.data.clean import RULES, clean_row, width_ratio
from braid.data.columns import KEYS
from braid.data.example import Example, Reject
from braid.data.formats.read import Tally
from braid.data.keys import number_of, row_keys
from braid.data.kinds import KINDS
from braid.data.lines import example_of, line_of, reject_line, row_of
from braid.data.portions import Portion
from braid.storage import atomic_folder
from braid.text.normalize import display_width

LAYOUT = 1
SAMPLES = 3
"""Rows shown of each rule."""
PRINTED_CHARS = 200
CHARACTERS = 20_000
"""Distinct characters of a side that are remembered by name; there are hardly more in use."""

COLUMNS: dict[str, type] = {
    **dict.fromkeys(KEYS, np.uint64),  # what rows are joined by
    "pair": np.uint64,  # both texts and the context
    "source": np.uint64,  # the source as it stands
    "target": np.uint64,
    "ratio": np.float32,
    "line": np.uint32,
    "begin": np.uint64,  # of its line in rows.jsonl, in bytes
    "file_number": np.uint16,  # of the portion's
    "is_named": np.uint8,  # whether a person named its group
    "source_chars": np.uint32,
    "target_chars": np.uint32,
    "source_width": np.uint32,
    "target_width": np.uint32,
}
"""A shard's columns, each (N,)."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """How portions are made into shards.

    Args:
        config: The recipe's data section.
        task: The recipe's task.
        folder: Gets the shards.
    """

    config: DataConfig
    task: str
    folder: Path

    def name_of(self, portion: Portion) -> str:
        """The shard's name: a hash of everything it depends on."""
        # Which other files there are, and how many rows are held out, changes no row.
        free = {"train", "valid", "test", "valid_rows", "test_rows", "split_seed", "documents"}
        rules = {name: value for name, value in dataclasses.asdict(self.config).items() if name not in free}
        settings = json.dumps([LAYOUT, RULES, self.task, rules], sort_keys=True)
        return hashlib.sha256(f"{settings}\n{portion.digest()}".encode()).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True)
class Shard:
    """A finished shard.

    Args:
        path: Its folder.
        facts: What ``shard.json`` holds.
        is_new: Whether it was made just now.
    """

    path: Path
    facts: dict[str, Any]
    is_new: bool = False

    @property
    def num_rows(self) -> int:
        """Rows in use."""
        return self.facts["rows"]

    def row(self, begin: int) -> Example:
        """The row in use whose line begins at that byte."""
        with (self.path / "rows.jsonl").open("rb") as file:
            file.seek(begin)
            return example_of(json.loads(file.readline()))

    def lines(self) -> Iterator[bytes]:
        """The rows in use, each as a line of JSON."""
        with (self.path / "rows.jsonl").open("rb") as file:
            yield from file

    def raw(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Number and fields of rows that cleaning changed, as they were read."""
        with (self.path / "raw.jsonl").open("rb") as file:
            for line in file:
                number, row = json.loads(line)
                yield number, row


@dataclass
class _Making:
    """What is gathered while a shard is written."""

    files: dict[str, Tally] = field(default_factory=dict)
    rejected: dict[str, dict[str, Any]] = field(default_factory=dict)
    characters: dict[str, set[str]] = field(default_factory=lambda: {"source": set(), "target": set()})
    columns: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    rows: int = 0


def find_shard(work: Work, name: str) -> Shard | None:
    """The shard of that name where it is there, whole and unaltered."""
    place = work.folder / name
    try:
        facts = json.loads((place / "shard.json").read_bytes())
        is_whole = all(checksum(place / name) == expected for name, expected in facts["sha256"].items())
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return Shard(path=place, facts=facts) if is_whole else None


def make_shard(portion: Portion, work: Work, name: str) -> Shard:
    """The portion's shard: the one that is there already, or a new one.

    Args:
        portion: What to read.
        work: How.
        name: As `Work.name_of` gives it.

    Raises:
        DataError: A file is not what it claims to be.
        StorageError: The disk refuses.
    """
    if (found := find_shard(work, name)) is not None:
        return found
    place = work.folder / name
    begun = time.perf_counter()
    with atomic_folder(place) as folder:
        making = _write_rows(portion, work, folder)
        arrays: dict[str, Any] = {name: np.array(making.columns[name], dtype) for name, dtype in COLUMNS.items()}
        np.savez(folder / "columns.npz", **arrays)
        facts = {
            "rows": making.rows,
            "bytes": portion.num_bytes,
            "files": {name: dataclasses.asdict(tally) for name, tally in making.files.items()},
            "rejected": making.rejected,
            "characters": {side: "".join(sorted(found)) for side, found in making.characters.items()},
            "seconds": round(time.perf_counter() - begun, 3),
            "sha256": {path.name: checksum(path) for path in sorted(folder.iterdir())},
        }
        (folder / "shard.json").write_bytes(line_of(facts))
    return Shard(path=place, facts=facts, is_new=True)


def checksum(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_rows(portion: Portion, work: Work, folder: Path) -> _Making:
    making, kind = _Making(), KINDS[work.task]
    numbers: dict[str, int] = {}
    with (
        (folder / "rows.jsonl").open("wb") as kept,
        (folder / "raw.jsonl").open("wb") as raw,
        (folder / "rejects.jsonl").open("wb") as rejects,
    ):
        for row in portion.rows(kind.options(work.config)):
            read = row.example if isinstance(row, Reject) else row
            if read.file not in making.files:
                making.files[read.file] = Tally()
                numbers[read.file] = len(numbers)
            making.files[read.file].add(row)
            found = row if isinstance(row, Reject) else clean_row(row, work.config, kind)
            if isinstance(found, Reject):
                rejects.write(reject_line(found))
                count_reject(making.rejected, found)
                continue
            making.columns["begin"].append(kept.tell())
            kept.write(line_of(row_of(found)))
            if found != read:
                raw.write(line_of([making.rows, row_of(read)]))  # type: ignore[arg-type]
            _add_columns(making, found, kind.joined_by, numbers[read.file])
            making.rows += 1
    return making


def _add_columns(making: _Making, row: Example, sides: tuple[str, ...], file: int) -> None:
    columns = making.columns
    for name, key in zip(KEYS, row_keys(row, sides), strict=True):
        columns[name].append(key)
    columns["pair"].append(number_of(f"{row.source}\0{row.target}\0{row.context}"))
    columns["source"].append(number_of(row.source))
    columns["target"].append(number_of(row.target))
    widths = display_width(row.source), display_width(row.target)
    columns["ratio"].append(width_ratio(*widths))
    columns["line"].append(row.line)
    columns["file_number"].append(file)
    columns["is_named"].append(bool(row.group))
    for side, width in zip(("source", "target"), widths, strict=True):
        text = getattr(row, side)
        columns[f"{side}_chars"].append(len(text))
        columns[f"{side}_width"].append(width)
        if len(making.characters[side]) < CHARACTERS:
            making.characters[side].update(text)


def count_reject(rejected: dict[str, dict[str, Any]], reject: Reject) -> None:
    """Count a rejected row under its rule, and keep it as a sample while there are few."""
    found = rejected.setdefault(reject.rule, {"rows": 0, "samples": []})
    found["rows"] += 1
    if len(found["samples"]) < SAMPLES:
        example = reject.example
        sample = {
            "file": example.file,
            "line": example.line,
            "source": example.source[:PRINTED_CHARS],
            "target": example.target[:PRINTED_CHARS],
            "detail": reject.detail,
        }
        found["samples"].append({name: printable(value) for name, value in sample.items()})


def printable(value: Any) -> Any:
    """A text with lone surrogates, which odd file names and rejected rows hold, as question marks."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value
