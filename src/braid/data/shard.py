"""A portion of the input, read and cleaned row by row, on disk: whole or not there at all.

A shard's folder is named for the hash of its portion and of the rules, so whoever finds it complete need not make it
again: not after a kill, not on another run, not in another process.

    rows.jsonl      rows in use, as they will be written
    raw.jsonl       those of them that cleaning changed, as they were read, with their numbers
    rejects.jsonl   rows that broke a rule
    columns.npz     numbers about the rows in use, see `braid.data.row_columns.COLUMNS`
    bands.npz       keys by which near-duplicates are found, for each side that rows may not share
    shard.json      counts, samples and the checksums of the others
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from braid.config.recipe import DataConfig
from braid.data.assigned import assigned_part
from braid.data.clean import RULES, Cleaned, Cleaner
from braid.data.example import Example, Reject
from braid.data.formats.read import Tally
from braid.data.keys import number_of
from braid.data.kinds import KINDS, DataKind
from braid.data.lines import example_of, line_of, reject_line, row_of
from braid.data.portions import Portion
from braid.data.row_columns import COLUMNS, LEAKS, Arrays, band_names, bands_of, columns_of
from braid.storage import atomic_folder
from braid.text.personal import mask_personal

LAYOUT = 3

BATCH_ROWS = 2000
"""Rows that are cleaned together …"""
BATCH_CHARS = 2**20
"""… and about how many characters of them at most."""

NO_KINDS: Mapping[str, int] = {}
SAMPLES = 3
"""Rows shown of each rule."""
PRINTED_CHARS = 200
CHARACTERS = 20_000
"""Distinct characters of a side that are remembered by name; there are hardly more in use."""

ACROSS = frozenset({
    "train", "valid", "test", "documents", "valid_rows", "test_rows", "split_seed", "split_near", "held_out",
    "max_length_ratio", "several_targets", "near_duplicates", "remove_boilerplate",
})  # fmt: skip
"""Keys of the recipe that change no row by itself: which files there are, and rules that look across rows."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """How portions are made into shards.

    Args:
        config: The recipe's data section.
        task: The recipe's task.
        folder: Gets the shards.
        base: Paths in the recipe are relative to it.
        lexicon: SHA-256 of the recipe's lexicon, or "".
    """

    config: DataConfig
    task: str
    folder: Path
    base: Path = Path()
    lexicon: str = ""

    def name_of(self, portion: Portion) -> str:
        """The shard's name: a hash of everything it depends on."""
        rules = {name: value for name, value in dataclasses.asdict(self.config).items() if name not in ACROSS}
        settings = json.dumps([LAYOUT, RULES, self.task, rules, self.lexicon], sort_keys=True)
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
    noted: dict[str, dict[str, Any]] = field(default_factory=dict)
    encodings: dict[str, str] = field(default_factory=dict)
    characters: dict[str, set[str]] = field(default_factory=lambda: {"source": set(), "target": set()})
    columns: dict[str, list[np.ndarray]] = field(default_factory=lambda: defaultdict(list))
    bands: dict[str, list[np.ndarray]] = field(default_factory=lambda: defaultdict(list))
    rows: int = 0

    def add(self, rows: Sequence[Example], kind: DataKind, places: Sequence[tuple[int, int]]) -> None:
        """Take note of rows in use: of where their lines begin and the parts they are assigned to, too."""
        numbers = {name: number for number, name in enumerate(self.files)}
        for name, column in columns_of(rows, kind, places=places, numbers=numbers).items():
            self.columns[name].append(column)
        for side, bands in bands_of(rows, kind).items():
            self.bands[side].append(bands)
        for side, found in self.characters.items():
            if len(found) < CHARACTERS:
                found.update(*(getattr(row, side) for row in rows))
        self.rows += len(rows)

    def column_arrays(self) -> Arrays:
        """What ``columns.npz`` holds."""
        return {name: np.concatenate([np.zeros(0, dtype), *self.columns[name]]) for name, dtype in COLUMNS.items()}

    def band_arrays(self, kind: DataKind) -> Arrays:
        """What ``bands.npz`` holds."""
        found: Arrays = {}
        for side in kind.near_sides:
            bands = np.concatenate([np.zeros((0, LEAKS.bands), np.uint32), *self.bands[side]])
            found |= dict(zip(band_names(side), bands.T, strict=True))
        return found


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
        _save(folder / "columns.npz", making.column_arrays())
        _save(folder / "bands.npz", making.band_arrays(KINDS[work.task]))
        facts = {
            "rows": making.rows,
            "bytes": portion.num_bytes,
            "files": {name: dataclasses.asdict(tally) for name, tally in making.files.items()},
            "rejected": making.rejected,
            "noted": making.noted,
            "encodings": {printable(name): words for name, words in making.encodings.items()},
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


def _save(path: Path, arrays: dict[str, Any]) -> None:
    np.savez(path, **arrays)


def _write_rows(portion: Portion, work: Work, folder: Path) -> _Making:
    making, kind = _Making(), KINDS[work.task]
    making.files = {file.name: Tally() for file in portion.files}
    cleaner = Cleaner(work.config, kind, work.base)
    with (
        (folder / "rows.jsonl").open("wb") as kept,
        (folder / "raw.jsonl").open("wb") as raw,
        (folder / "rejects.jsonl").open("wb") as rejects,
    ):
        for batch in _batches(portion.rows(kind.options(work.config), making.encodings)):
            used, places = [], []
            for read, found, part in _cleaned(batch, cleaner, work.config, making):
                if work.config.personal_data == "mask":
                    read, found = _masked(read, found)
                if isinstance(found, Reject):
                    rejects.write(reject_line(found))
                    count_row(making.rejected, found.rule, read, found.detail, found.kinds)
                    continue
                for rule, detail in found.notes:
                    count_row(making.noted, rule, read, detail, found.kinds.get(rule, {}))
                if found.example is not read and found.example != read:
                    raw.write(line_of([making.rows + len(used), row_of(read)]))
                places.append((kept.tell(), part))
                kept.write(line_of(row_of(found.example)))
                used.append(found.example)
            if used:
                making.add(used, kind, places)
    return making


def _batches(rows: Iterator[Example | Reject]) -> Iterator[list[Example | Reject]]:
    """The rows in order, some at a time."""
    batch, num_chars = [], 0
    for row in rows:
        batch.append(row)
        example = row.example if isinstance(row, Reject) else row
        num_chars += len(example.source) + len(example.target) + len(example.context)
        if len(batch) == BATCH_ROWS or num_chars >= BATCH_CHARS:
            yield batch
            batch, num_chars = [], 0
    if batch:
        yield batch


def _cleaned(
    batch: Sequence[Example | Reject], cleaner: Cleaner, config: DataConfig, making: _Making
) -> Iterator[tuple[Example, Cleaned | Reject, int]]:
    """Each row as read, what cleaning made of it, and the part that its own column gives it, or -1."""
    for row in batch:
        making.files.setdefault((row.example if isinstance(row, Reject) else row).file, Tally()).add(row)
    cleaned = iter(cleaner.clean([row for row in batch if isinstance(row, Example)]))
    for row in batch:
        if isinstance(row, Reject):
            yield row.example, row, -1
            continue
        found, part = next(cleaned), -1
        if isinstance(found, Cleaned):
            try:
                part = assigned_part(row, config)
            except ValueError as error:
                found = Reject(example=row, rule="part" if config.split_column else "date", detail=str(error))
        yield row, found, part


def _masked(read: Example, found: Cleaned | Reject) -> tuple[Example, Cleaned | Reject]:
    """A row as read and what became of it, with no personal data: whoever masks them wants none in the work's folder.

    The file and the line, which stay, lead to the row as it is.
    """
    example = found.example
    masked = _without_personal(read)
    if isinstance(found, Reject):
        detail = mask_personal(found.detail)[0]
        return masked, replace(found, example=_without_personal(example), detail=detail)
    notes = tuple((rule, mask_personal(detail)[0]) for rule, detail in found.notes)
    return masked, replace(found, example=_anonymous(example), notes=notes)


def _anonymous(row: Example) -> Example:
    """The row without personal data in what it is called by; rows of one group stay together."""
    group, key = (mask_personal(text)[0] for text in (row.group, row.key))
    if (group, key) == (row.group, row.key):
        return row
    return replace(row, group=row.group if group == row.group else f"{number_of(row.group):016x}", key=key)


def _without_personal(row: Example) -> Example:
    row = _anonymous(row)
    texts = {side: getattr(row, side) for side in ("source", "target", "context")}
    masked = {side: mask_personal(text)[0] for side, text in texts.items() if text}
    changes: dict[str, Any] = {side: text for side, text in masked.items() if text != texts[side]}
    if changes:
        changes["start"] = -1  # the answer may stand elsewhere now
    references = tuple(mask_personal(text)[0] for text in row.references)
    return replace(row, **changes, references=references) if changes or references != row.references else row


def count_row(
    counts: dict[str, dict[str, Any]], rule: str, row: Example, detail: str, kinds: Mapping[str, int] = NO_KINDS
) -> None:
    """Count a row under a rule with what it saw by kind, and keep it as a sample while there are few."""
    found = counts.setdefault(rule, {"rows": 0, "samples": []})
    found["rows"] += 1
    _add_kinds(found, kinds)
    if len(found["samples"]) < SAMPLES:
        sample = {
            "file": row.file,
            "line": row.line,
            **({"key": row.key} if row.key else {}),
            "source": row.source[:PRINTED_CHARS],
            "target": row.target[:PRINTED_CHARS],
            "detail": detail[:PRINTED_CHARS],
        }
        found["samples"].append({name: printable(value) for name, value in sample.items()})


def join_counts(counts: dict[str, dict[str, Any]], others: dict[str, dict[str, Any]]) -> None:
    """Add what `count_row` counted elsewhere."""
    for rule, found in others.items():
        known = counts.setdefault(rule, {"rows": 0, "samples": []})
        known["rows"] += found["rows"]
        known["samples"] = (known["samples"] + found["samples"])[:SAMPLES]
        _add_kinds(known, found.get("kinds", {}))


def _add_kinds(found: dict[str, Any], kinds: Mapping[str, int]) -> None:
    if kinds:
        found["kinds"] = dict(sorted((Counter(found.get("kinds", {})) + Counter(kinds)).items()))


def printable(value: Any) -> Any:
    """A text with lone surrogates, which odd file names and rejected rows hold, as question marks."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value
