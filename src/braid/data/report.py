"""The data report: what was read, what was left out and why, and what remains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from braid.data.columns import LEFT_OUT, num_distinct
from braid.data.example import Example
from braid.data.kinds import SEPARATOR
from braid.data.shard import printable
from braid.data.table import Table
from braid.text.units import units

if TYPE_CHECKING:
    from rich.console import Console

COVERING_ROWS = 1_000_000
"""Training rows by which is told which words are known."""

UNEVEN = 5.0
"""Times as many texts of the largest label as of the smallest, from which on advice is given."""
MEASURED_MB = 1.0
"""Megabytes read from which on their speed says something."""

FILES = 8
"""Files printed by name."""

_TOGETHER = 1000
"""Training rows whose words are looked at together."""

PERCENTILES = (5, 25, 50, 75, 95, 100)


def data_report(
    read: Mapping[str, int],
    rejected: Mapping[str, dict[str, Any]],
    parts: Mapping[str, Sequence[Example]],
    tables: Sequence[Table],
    *,
    has_labels: bool = False,
) -> dict[str, Any]:
    """Counts and samples as plain data.

    Rows read are rows kept and rows rejected; documents are counted whole in all three, in ``splits`` by their pieces.

    Args:
        read: Rows read from each file, rejects included.
        rejected: Number and samples of the rows that each rule has left out.
        parts: The remaining rows by part.
        tables: All rows, from whose columns lengths are taken.
        has_labels: Whether targets are labels, which are counted then.
    """
    return {
        "files": {printable(file): rows for file, rows in read.items()},
        "encodings": {
            name: words
            for table in tables
            for shard in table.shards
            for name, words in shard.facts["encodings"].items()
        },
        "rows_read": sum(read.values()),
        "rows_kept": sum(int(table.usable.sum()) for table in tables),
        "rejected": dict(sorted(rejected.items(), key=lambda item: -item[1]["rows"])),
        "splits": {name: len(part) for name, part in parts.items()},
        "sides": {side: side_facts(tables, side) for side in ("source", "target")},
        "unseen_words": unseen_words(parts),
        **({"labels": label_counts(row for part in parts.values() for row in part)} if has_labels else {}),
    }


def label_counts(rows: Iterable[Example]) -> dict[str, int]:
    """How many texts have each label, the commonest first."""
    counts = Counter(label for row in rows for label in row.target.split(SEPARATOR))
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def label_sentences(counts: Mapping[str, int], class_weight: str = "none") -> list[str]:
    """How many labels there are, the largest and the smallest, and what may be done where they are far apart.

    Args:
        counts: As `label_counts` gives them.
        class_weight: The recipe's ``train.class_weight``.
    """
    order = list(counts.items())
    (largest, most), (smallest, least) = order[0], order[-1]
    ratio = most / least
    found = [
        f'{len(counts):,} labels, from {most:,} texts ("{largest}") to {least:,} ("{smallest}"), {ratio:,.1f} to 1'
    ]
    if ratio >= UNEVEN and class_weight == "none":
        found.append(
            'rare labels are easily missed: class_weight = "balanced" under [train] may help them, at some cost to '
            "the frequent ones"
        )
    return found


def side_facts(tables: Sequence[Table], side: str) -> dict[str, Any]:
    """Sizes of the texts of one side, from the columns of the rows in use."""
    characters, counts = 0, np.zeros(1, np.int64)
    for table in tables:
        for state, chars, widths in table.chunks(f"{side}_chars", f"{side}_width"):
            is_used = state < LEFT_OUT
            characters += int(chars[is_used].sum(dtype=np.int64))
            found = np.bincount(widths[is_used].astype(np.int64), minlength=len(counts))
            found[: len(counts)] += counts
            counts = found
    shards = [shard for table in tables for shard in table.shards]
    return {
        "characters": characters,
        "distinct_texts": sum(num_distinct(table.columns, side, table.usable) for table in tables),
        "distinct_characters": len(set().union(*(shard.facts["characters"][side] for shard in shards))),
        "width_percentiles": {str(p): _percentile(counts, p) for p in PERCENTILES},
    }


def _percentile(counts: np.ndarray, percent: int) -> int:
    """The value below which that share of all counted values lies."""
    total = int(counts.sum())
    return int(np.searchsorted(np.cumsum(counts), max(1, total * percent / 100))) if total else 0


def unseen_words(parts: Mapping[str, Sequence[Example]]) -> dict[str, float]:
    """Share of words (characters in Chinese) of each held-out part that training never shows, per side.

    Of a large training part the first `COVERING_ROWS` rows are looked at. An audit (`braid.auditing.data_words`) tells
    it of the words of a dictionary, which takes too long in Chinese to be done at each preparation.
    """
    held = {
        (part, side): Counter(units("\n".join(getattr(row, side) for row in parts[part])))
        for part in ("valid", "test")
        for side in ("source", "target")
    }
    missing = {side: set().union(*(held[part, side] for part in ("valid", "test"))) for side in ("source", "target")}
    training = islice(parts["train"], COVERING_ROWS)
    while rows := list(islice(training, _TOGETHER)):
        for side, words in missing.items():
            if words:
                words.difference_update(units("\n".join(getattr(row, side) for row in rows)))
    return {
        f"{part}_{side}": round(sum(n for word, n in words.items() if word in missing[side]) / max(words.total(), 1), 4)
        for (part, side), words in held.items()
    }


def print_report(report: dict[str, Any], console: Console) -> None:
    """The report as short tables."""
    from rich.table import Table
    from rich.text import Text

    table = Table("rows", "", box=None, pad_edge=False, show_header=False)
    table.columns[0].justify = "right"
    files = report["files"]
    read = "documents read" if report.get("reads") == "texts" else "read"
    table.add_row(
        f"{report['rows_read']:,}", Text(f"{read} from {next(iter(files)) if len(files) == 1 else 'all files'}")
    )
    for file, rows in list(files.items())[:FILES] if len(files) > 1 else ():
        table.add_row(f"{rows:,}", Text(f"  in {file}"))
    if len(files) > FILES:
        table.add_row("", f"  and in {len(files) - FILES} more file{'s' * (len(files) > FILES + 1)}")
    for rule, found in report["rejected"].items():
        table.add_row(f"-{found['rows']:,}", RULE_TITLES.get(rule, rule))
    pieces = "pieces of them " if report.get("reads") == "texts" else ""
    for name, rows in report["splits"].items():
        table.add_row(f"{rows:,}", f"{pieces}in {name}")
    for rule, found in report.get("noted", {}).items():
        table.add_row(f"{found['rows']:,}", f"of them {NOTE_TITLES.get(rule, rule)}")
    console.print(table)
    for name, words in list(report.get("encodings", {}).items())[:FILES]:
        console.print(f"{name} is read as {words}", markup=False)
    for sentence in [*_split_sentences(report), *_speed_sentences(report)]:
        console.print(sentence, markup=False)
    for sentence in label_sentences(report["labels"]) if report.get("labels") else ():
        console.print(sentence, markup=False)
    sides = {side: facts for side, facts in report["sides"].items() if facts["characters"]}
    for side, facts in sides.items():
        widths = facts["width_percentiles"]
        console.print(
            f"{side}: {facts['distinct_texts']:,} distinct texts, half of them up to {widths['50']} columns wide, "
            f"95 % up to {widths['95']}; {facts['distinct_characters']:,} distinct characters",
            markup=False,
        )
    shares = [f"{100 * report['unseen_words'][f'test_{side}']:.1f} % of the {side}" for side in sides]
    console.print(f"words of the test that training never shows: {', '.join(shares)}", markup=False)


def _split_sentences(report: Mapping[str, Any]) -> Iterator[str]:
    """What has become of rows that were held out before, and where they are named."""
    for name, rows in report.get("moved", {}).items():
        old, new = name.split(" to ")
        yield (
            f"WARNING: {rows:,} rows that were held out before (in {old}) are in {new} now, since the recipe wants "
            "another split: scores from before and after cannot be compared"
        )
    if swapped := report.get("swapped"):
        yield (
            f"WARNING: some files or rows look swapped: nearly all of the {swapped['rejected']:,} rows left out for "
            "their language would be right with source and target the other way round"
        )
    if (named := report.get("held_out", {})) and named["added"]:
        yield (
            f"{named['file']} names {named['rows']:,} held-out rows, {named['added']:,} of them new: "
            "keep it with the recipe"
        )
    yield from held_sentences(report)


def held_sentences(report: Mapping[str, Any]) -> Iterator[str]:
    """Which held-out parts are larger than the recipe wants, and why.

    Args:
        report: As preparation writes it.
    """
    what = "documents" if report.get("reads") == "texts" else "rows"
    for part, found in report.get("held_more", {}).items():
        named = report.get("held_out", {}).get("file")
        anew = f"delete {named} and the prepared data" if named else "set another split_seed under [data]"
        yield (
            f"{found['rows']:,} {what} are held out in {part}, {found['rows'] - found['wanted']:,} more than asked for "
            f"({part}_rows = {found['asked']:,}, a tenth of the data at most): what was held out once stays so when it "
            f"comes back, and never becomes a training row; to draw anew, {anew}, after which old scores cannot "
            "be compared"
        )


def _speed_sentences(report: Mapping[str, Any]) -> Iterator[str]:
    """How fast files were read, where there was enough of them to tell, and how long all of this took."""
    read = report.get("bytes_read", 0) / 1e6
    if read >= MEASURED_MB:
        speed = read / max(report["reading_seconds"], 1e-3)
        yield (
            f"{read:,.1f} MB read and cleaned at {speed:,.1f} MB/s per core; "
            f"read, split and written in {report['seconds']:,.1f} s"
        )


RULE_TITLES = {
    "empty": "empty on one side",
    "identical": "target equals source (data.keep_identical)",
    "language_side": "a side in another language (data.check_language)",
    "numbers": "numbers differ (data.check_numbers)",
    "personal_data": "with personal data (data.personal_data)",
    "lexicon": "with a word of the lexicon (data.lexicon)",
    "several_targets": "another target of the same source (data.several_targets)",
    "near_duplicate": "nearly the same as another (data.near_duplicates)",
    "near_leak": "nearly the same as a held-out row (data.split_near)",
    "part": "that name no part (data.split_column)",
    "date": "with no date (data.date_column)",
    "encoding": "with bytes that are no text in the file's encoding",
    "too_long": "too long (data.max_chars)",
    "length_ratio": "lengths do not fit (data.max_length_ratio)",
    "placeholders": "placeholders or tags differ (data.check_placeholders)",
    "duplicate": "repeated",
    "conflict": "the same text with other labels",
    "leak": "also in held-out data",
    "fuzzy": "marked fuzzy by the translator",
    "obsolete": "marked obsolete",
    "untranslated": "marked as not translated",
    "columns": "wrong number of columns",
    "json": "not a JSON object with both texts",
    "cells": "cells that hold no text",
    "format": "not a text file",
    "quotes": "quotation marks that do not close",
    "language": "in other languages",
    "variants": "far too many variants in one unit",
    "repeated_key": "with a key that stands there before",
    "unmatched": "with nothing on the other side",
    "unaligned": "blocks of a page without a counterpart",
    "untranslatable": "not to be translated",
    "code": "code, not words",
    "html": "HTML that never closes",
    "pdf": "pages of PDF that cannot be read",
    "cue": "subtitles that break off",
    "file": "files that cannot be read",
}

NOTE_TITLES = {
    "repaired": "decoded wrongly before, mended (data.repair_text)",
    "advertisement": "with advertisements, taken out (data.remove_advertisements)",
    "boilerplate": "with lines that many documents have, taken out (data.remove_boilerplate)",
    "personal_data": "with personal data, kept as they are (data.personal_data)",
    "masked": "with personal data, now <email> and the like",
    "several_targets": "with a source that has several targets (data.several_targets)",
}
