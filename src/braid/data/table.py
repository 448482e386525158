"""All rows of one part of the recipe across their shards, what becomes of each, and the rules that look across rows."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from braid.config.recipe import DataConfig
from braid.data.boilerplate import Boilerplate, LineCounts, joined
from braid.data.columns import LEFT_OUT, TEST, TRAIN, VALID, Columns, FileColumns, Marked, equal_rows, first_equal
from braid.data.example import Example, Reject
from braid.data.keys import key_names
from braid.data.kinds import SEPARATOR, DataKind
from braid.data.line_places import placed
from braid.data.lines import example_of
from braid.data.restated import Restated, column_values
from braid.data.row_columns import NEAR, band_names
from braid.data.shard import SAMPLES, Shard, count_row
from braid.data.shingles import digit_hashes, fold
from braid.data.split import LEAK, NEAR_LEAK, name_parts

DUPLICATE, LENGTH_RATIO, CONFLICT, SEVERAL = LEFT_OUT, LEFT_OUT + 1, LEFT_OUT + 2, LEFT_OUT + 3
NEAR_DUPLICATE, BARE_DUPLICATE = LEFT_OUT + 4, LEFT_OUT + 5
"""Reasons not to use a row, beside `braid.data.split.LEAK`."""

_RULES = {
    DUPLICATE: "duplicate",
    LENGTH_RATIO: "length_ratio",
    CONFLICT: "conflict",
    SEVERAL: "several_targets",
    NEAR_DUPLICATE: "near_duplicate",
    BARE_DUPLICATE: "duplicate",
    NEAR_LEAK: "near_leak",
}
NEAR_FROM = 0.8
"""Share of their pieces that two rows must have in common to be near-duplicates."""

_BINS_PER_OCTAVE = 1000
_OCTAVES = 40


class Table(Marked):
    """The rows of the files under one of the recipe's keys; columns as `braid.data.row_columns.COLUMNS` has them.

    Args:
        shards: In the order of the rows.
        kind: What the rows are.
    """

    def __init__(self, shards: Sequence[Shard], kind: DataKind) -> None:
        self.shards = shards
        self.kind = kind
        self._files = FileColumns([shard.path / "columns.npz" for shard in shards], [s.num_rows for s in shards])
        super().__init__(self._files)
        self.bands: Columns = FileColumns([shard.path / "bands.npz" for shard in shards], [s.num_rows for s in shards])
        self._kept: tuple[int, dict[str, np.ndarray]] = (-1, {})
        self._first: np.ndarray | None = None
        self._near: dict[int, str] = {}
        self._median = 1.0
        self.noted: dict[str, dict[str, Any]] = {}
        self.boilerplate: Boilerplate | None = None

    def leave_out_repeated(self, config: DataConfig) -> None:
        """Leave out rows of odd length, and repetitions."""
        name_parts(self)
        if self.kind.checks_ratio:
            self._leave_out_odd_lengths(config.max_length_ratio)
        self._leave_out_repeated(DUPLICATE, "pair")

    def compare(self, config: DataConfig) -> None:
        """Leave out texts that stand there with other labels or targets, and near-duplicates, as the recipe says."""
        if self.kind.has_labels:
            self._leave_out_repeated(CONFLICT, "source")
        elif self.kind.reads == "pairs":
            self._note_several_targets()
            if config.several_targets == "first":
                self._leave_out_repeated(SEVERAL, "source")
        if config.near_duplicates == "drop":
            self._leave_out_near()

    def find_boilerplate(self) -> Boilerplate:
        """The lines that stand in many of the documents."""
        counts = LineCounts()
        for example in self.examples():
            counts.add(getattr(example, self._document_side))
        return counts.boilerplate()

    def take_out(self, boilerplate: Boilerplate) -> None:
        """Have rows without these lines from now on, whoever asks for them or compares them; `stripped` counts them.

        Documents that are the same without them are repetitions. What was held out before is known by its pair as it
        was read: other data may have other boilerplate.
        """
        self.boilerplate = boilerplate
        if not boilerplate.keys:
            return
        rows, values = column_values(self._changed(), self._document_side, self.kind)
        self._leave_out_repeated(BARE_DUPLICATE, "pair", Restated(self._files, rows, {"pair": values.pop("pair")}))
        repeated = np.flatnonzero(self.state == BARE_DUPLICATE)
        if self._first is not None:
            self.stand_ins = repeated, self._first[repeated]
        self.columns = Restated(self._files, rows, values)
        self.bands = Restated(self.bands, rows, values)

    def _changed(self) -> Iterator[tuple[int, Example]]:
        """The rows in use that have boilerplate, without it."""
        for number, (state, line, _) in enumerate(self.rows()):
            if state < LEFT_OUT:
                example, removed = self._without(example_of(json.loads(line)))
                if removed:
                    yield number, example

    @property
    def _document_side(self) -> str:
        return "target" if self.kind.reads == "texts" else "source"

    def stripped(self, example: Example, changed: dict | None = None) -> Example:
        """The row without boilerplate, which is counted as noted; a text file with the lines at which its own stand.

        Args:
            example: As a shard holds it.
            changed: Its fields as read, where cleaning changed it.
        """
        bare, removed = self._without(example)
        if removed:
            count_row(self.noted, "boilerplate", example, "; ".join(removed))
        return placed(bare, as_read(example, changed).target) if self.kind.reads == "texts" else bare

    def _without(self, example: Example) -> tuple[Example, list[str]]:
        """The row without boilerplate, unless nothing would be left of it, and the lines that went."""
        text, removed = self.boilerplate.strip(getattr(example, self._document_side)) if self.boilerplate else ("", [])
        if not text.strip():
            return example, []
        return replace(example, **{self._document_side: text}) if removed else example, removed

    def reject_counts(self) -> Counter[str]:
        """How many rows each rule has left out."""
        counts: Counter[str] = Counter()
        for shard in self.shards:
            counts.update({rule: found["rows"] for rule, found in shard.facts["rejected"].items()})
        for code, rows in enumerate(np.bincount(self.state, minlength=256).tolist()):
            if code >= LEFT_OUT and rows:
                counts[_RULES.get(code, "leak")] += rows
        return counts

    def reject(self, number: int, row: Example) -> Reject:
        """A row that is not used, with the reason.

        Args:
            number: Its place among the table's rows.
            row: As it was read.
        """
        code = int(self.state[number])
        if code in (DUPLICATE, BARE_DUPLICATE):
            aside = ", boilerplate aside" if code == BARE_DUPLICATE else ""
            return Reject(example=row, rule="duplicate", detail=f"as {self.place_of(self._first_of(number))}{aside}")
        if code == CONFLICT:
            first = self._first_of(number)
            labels = self.row(first).target.replace(SEPARATOR, ", ")
            return Reject(example=row, rule="conflict", detail=f"{labels} in {self.place_of(first)}")
        if code == SEVERAL:
            first = self._first_of(number)
            return Reject(example=row, rule="several_targets", detail=f"another target in {self.place_of(first)}")
        if code in (NEAR_DUPLICATE, NEAR_LEAK):
            return Reject(example=row, rule=_RULES[code], detail=self._near[number])
        if code == LENGTH_RATIO:
            return Reject(example=row, rule="length_ratio", detail=self._odd(number))
        side = key_names(self.kind.joined_by)[code - LEAK]
        return Reject(example=row, rule="leak", detail=f"its {side} also stands in held-out data")

    def rows(self) -> Iterator[tuple[int, bytes, dict | None]]:
        """State, line and, of a changed row, its fields as read (of rows in use for texts alone); in order."""
        for place, shard in enumerate(self.shards):
            states = self.state[self._files.starts[place] : self._files.starts[place + 1]].tolist()
            is_wanted = [state >= LEFT_OUT or self.kind.reads == "texts" for state in states]
            raw = shard.raw() if any(is_wanted) else iter(())
            ahead = next(raw, None)
            for number, (line, state) in enumerate(zip(shard.lines(), states, strict=True)):
                while ahead is not None and ahead[0] < number:
                    ahead = next(raw, None)
                changed = ahead[1] if is_wanted[number] and ahead is not None and ahead[0] == number else None
                yield state, line, changed

    def examples(self) -> Iterator[Example]:
        """The rows that no rule has left out."""
        return (example_of(json.loads(line)) for state, line, _ in self.rows() if state < LEFT_OUT)

    def stripped_rows(self) -> Iterator[Example]:
        """The same, `stripped`."""
        for state, line, changed in self.rows():
            if state < LEFT_OUT:
                yield self.stripped(example_of(json.loads(line)), changed)

    def _leave_out_odd_lengths(self, most: float) -> None:
        """Rows whose ratio of widths is far from the data's own median."""
        counts = np.zeros(2 * _OCTAVES * _BINS_PER_OCTAVE, np.int64)
        for state, ratios in self.chunks("ratio"):
            np.add.at(counts, _bins(ratios[state < LEFT_OUT]), 1)
        if not counts.any():
            return
        middle = int(np.searchsorted(np.cumsum(counts), counts.sum() / 2))
        self._median = 2.0 ** ((middle + 0.5) / _BINS_PER_OCTAVE - _OCTAVES)
        for state, ratios in self.chunks("ratio"):
            apart = np.abs(np.log2(ratios.astype(np.float64) / self._median))
            state[(apart > math.log2(most)) & (state < LEFT_OUT)] = LENGTH_RATIO

    def _leave_out_repeated(self, code: int, name: str, columns: Columns | None = None) -> None:
        """Leave out rows that have the key of an earlier one, which is remembered."""
        for repeated, firsts in self._repeated(name, columns or self.columns):
            if self._first is None and len(repeated):
                self._first = np.zeros(len(self.state), np.int32 if len(self.state) < 2**31 else np.int64)
            if self._first is not None:
                self._first[repeated] = firsts
            self.state[repeated] = code

    def _repeated(self, name: str, columns: Columns) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Rows that have the key of an earlier one of the same part, and that one."""
        for part in (TRAIN, VALID, TEST):  # a row that its own column holds out loses nothing to one to learn from
            if (self.state == part).any():
                yield from first_equal(columns, name, self.state == part)

    def _note_several_targets(self) -> None:
        """Count rows whose source stands there with another target, too."""
        num_rows, samples = 0, []
        for repeated, firsts in first_equal(self.columns, "source", self.usable):
            num_rows += len(repeated) + len(np.unique(firsts))
            order = np.argsort(repeated)[:SAMPLES]
            pairs = zip(repeated[order].tolist(), firsts[order].tolist(), strict=True)
            samples = sorted([*samples, *pairs])[:SAMPLES]
        for number, first in samples:
            detail = f"as {self.place_of(first)}: {self.row(first).target}"
            count_row(self.noted, "several_targets", self.row(number), detail)
        if num_rows:
            self.noted["several_targets"]["rows"] = num_rows

    def _leave_out_near(self) -> None:
        """Leave out rows that are nearly the same as an earlier one, on both sides together."""
        for name in band_names("source") if "source" in self.kind.near_sides else ():
            for keys, rows in equal_rows(self.bands, [name], self.usable):
                starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else []
                for begin, end in pairwise([*starts, len(keys)]):
                    for alike in self._same_numbers(rows[begin:end].tolist()) if end - begin > 1 else ():
                        self._compare(alike)

    def _same_numbers(self, rows: Sequence[int]) -> Iterator[list[int]]:
        """Rows of the same part whose sources have the same digits."""
        left = [row for row in rows if self.state[row] < LEFT_OUT]
        digits = digit_hashes(fold([self.row(row).source for row in left]))
        found: dict[tuple[int, int], list[int]] = {}
        for row, same in zip(left, digits.tolist(), strict=True):
            found.setdefault((int(self.state[row]), same), []).append(row)
        yield from found.values()

    def _compare(self, rows: Sequence[int]) -> None:
        """Leave out those rows that are like the first of them."""
        if len(rows) < 2:
            return
        first, *others = rows
        text = self._compared(first)
        for number in others:
            similarity = NEAR.similarity(text, self._compared(number))
            if similarity >= NEAR_FROM:
                self.leave_out_near(number, NEAR_DUPLICATE, f"{similarity:.0%} as {self.place_of(first)}")

    def _compared(self, number: int) -> str:
        """What of a row is compared with others."""
        row = self.row(number)
        return row.source if self.kind.has_labels else f"{row.source}\n{row.target}"

    def leave_out_near(self, number: int, code: int, detail: str) -> None:
        """Leave out a row that is nearly the same as another.

        Args:
            number: Its place among the table's rows.
            code: `NEAR_DUPLICATE` or `NEAR_LEAK`.
            detail: As what, and how much.
        """
        self.state[number] = code
        self._near[number] = detail

    def _odd(self, number: int) -> str:
        ratio = float(self._value(number, "ratio"))
        apart = max(ratio / self._median, self._median / ratio)
        return f"target to source {ratio:.2f}, usual here {self._median:.2f}, {apart:.1f} times apart"

    def _first_of(self, number: int) -> int:
        """The row that a left out one repeats."""
        return 0 if self._first is None else int(self._first[number])

    def _shard_of(self, number: int) -> tuple[int, int]:
        """A row's shard and its place there."""
        place = int(np.searchsorted(self._files.starts, number, side="right")) - 1
        return place, number - int(self._files.starts[place])

    def _value(self, number: int, name: str) -> np.generic:
        place, row = self._shard_of(number)
        return self._held(place, name)[row]

    def _held(self, place: int, name: str) -> np.ndarray:
        """A column of a shard, which is kept: whoever asks for a row's asks for the next one's, too."""
        if self._kept[0] != place:
            self._kept = (place, {})
        if name not in self._kept[1]:
            self._kept[1][name] = self._files.of_file(place, name)
        return self._kept[1][name]

    def place_of(self, number: int) -> str:
        """File and line of a row, or its identifier where one file of one line holds many, for a person."""
        place, _ = self._shard_of(number)
        files = list(self.shards[place].facts["files"])
        file = files[int(self._value(number, "file_number"))]
        key = self.row(number).key if self.kind.reads == "questions" else ""
        return f"{file}, {key}" if key else f"{file}, line {self._value(number, 'line')}"

    def row(self, number: int) -> Example:
        """A row in use, by its place among the table's rows; without boilerplate."""
        place, _ = self._shard_of(number)
        return self._without(self.shards[place].row(int(self._value(number, "begin"))))[0]


def apply_rules(tables: Sequence[Table], config: DataConfig) -> None:
    """Leave out rows of odd length, repetitions, and texts that stand there with other labels.

    Lines that are boilerplate in one table are out in all before rows are compared: the same document must not stand
    with its footer on one side of a split and without it on the other.

    Args:
        tables: Of one recipe.
        config: Its data section.
    """
    for table in tables:
        table.leave_out_repeated(config)
    if config.remove_boilerplate and any(table.kind.has_documents for table in tables):
        boilerplate = joined([table.find_boilerplate() for table in tables])
        for table in tables:
            table.take_out(boilerplate)
    for table in tables:
        table.compare(config)


def _bins(ratios: np.ndarray) -> np.ndarray:
    """The bin of each ratio on a logarithmic scale."""
    found = (np.log2(ratios.astype(np.float64)) + _OCTAVES) * _BINS_PER_OCTAVE
    return np.clip(found.astype(np.int64), 0, 2 * _OCTAVES * _BINS_PER_OCTAVE - 1)


def as_read(example: Example, changed: dict | None) -> Example:
    """The row as it was read: from its fields where cleaning changed it."""
    return example_of(changed) if changed else example
