"""Whether the sides of rows are the wrong way round: each in the other's language, or labels where texts should be."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from braid.config.recipe import DataConfig
from braid.data.columns import LEFT_OUT
from braid.data.kinds import DataKind
from braid.data.lines import example_of
from braid.data.table import Table
from braid.errors import DataError
from braid.text.identify import LanguageCheck

MOST = 0.8
"""The share of rows that are wrong, and of those that are right the other way round, from which on sides are
swapped."""
SOME = 0.3
"""The share of wrong rows from which on it is looked at, and believed where hardly a row stands the right way."""
HARDLY = 0.1
"""Rows that surely stand the right way beside those that are wrong, at most: of short texts most cannot be told."""
_LOOKED_AT = 200
_FEWER = 10
"""So many texts for one label are told from labels for one text."""


def check_sides(table: Table, config: DataConfig, kind: DataKind) -> dict[str, int]:
    """What `swapped_rows` finds; nothing, of rows that are not the wrong way round.

    Raises:
        DataError: Nearly all rows were left out, for their language or for other labels of the same text, and are right
            when source and target are swapped; or a good part of the rows, and hardly another one is surely right.
    """
    counts = table.reject_counts()
    every = int(table.usable.sum()) + sum(counts.values())
    is_conflicting = kind.has_labels and counts["conflict"] >= MOST * every > 0
    if is_conflicting and are_labels_first(list(islice(_conflicting(table), _LOOKED_AT))):
        raise _swapped(f"{counts['conflict']} rows have the same few texts, each with many labels", "")
    found = swapped_rows(table, config, kind)
    if found and (found["rejected"] >= MOST * every or _num_right(table, config) <= HARDLY * found["rejected"]):
        raise _swapped(
            f"{found['rejected']} rows are not in {config.source_language} and {config.target_language}, and nearly "
            "all would be the other way round",
            "; for parallel files, name the file of the source first",
        )
    return found


def swapped_rows(table: Table, config: DataConfig, kind: DataKind) -> dict[str, int]:
    """How many rows were left out for their language, where those are many and nearly all are right when swapped.

    Returns:
        ``rejected``, ``looked_at`` of these, and ``fitting``, how many of the latter are right the other way round;
        empty where rows stand as they should.
    """
    counts = table.reject_counts()
    rejected = counts["language_side"]
    if not kind.is_translation or not rejected:
        return {}
    if rejected < SOME * (int(table.usable.sum()) + sum(counts.values())):
        return {}
    rows = list(islice(_rejected(table, max(1, rejected // _LOOKED_AT)), _LOOKED_AT))
    fitting = sum(_fit(rows, config.target_language, config.source_language))
    return {"rejected": rejected, "looked_at": len(rows), "fitting": fitting} if fitting >= MOST * len(rows) else {}


def _num_right(table: Table, config: DataConfig) -> float:
    """About how many rows in use surely stand the right way: a side of them cannot be in the other's language."""
    usable = np.flatnonzero(table.usable)
    some = usable[:: max(1, len(usable) // _LOOKED_AT)][:_LOOKED_AT].tolist()
    rows = [(row.source, row.target) for row in map(table.row, some)]
    fitting = sum(_fit(rows, config.target_language, config.source_language))
    return len(usable) * (len(rows) - fitting) / max(len(rows), 1)


def are_labels_first(rows: Sequence[tuple[str, str]]) -> bool:
    """True of texts and labels of which nearly all labels differ, while the texts are few and short: labels."""
    texts, labels = ({row[side] for row in rows} for side in (0, 1))
    chars = [sum(map(len, found)) / max(len(found), 1) for found in (texts, labels)]
    return len(labels) >= MOST * len(rows) and len(texts) * _FEWER <= len(rows) and chars[0] < chars[1]


def _fit(rows: Sequence[tuple[str, str]], source_language: str, target_language: str) -> list[bool]:
    """Of each row whether both sides may be in these languages."""
    sources = LanguageCheck(source_language, target_language).mismatch([source for source, _ in rows])
    targets = LanguageCheck(target_language, source_language).mismatch([target for _, target in rows])
    return [not source and not target for source, target in zip(sources, targets, strict=True)]


def _swapped(reason: str, further: str) -> DataError:
    hint = 'swap them: source_column = "2" and target_column = "1" under [data], or their names where the first row '
    return DataError(f"the columns look swapped: {reason}", hint=f"{hint}holds names{further}")


def _conflicting(table: Table) -> Iterator[tuple[str, str]]:
    """Texts and labels of rows that another row left out."""
    for state, line, _ in table.rows():
        if state >= LEFT_OUT:
            row = example_of(json.loads(line))
            yield row.source, row.target


def _rejected(table: Table, every: int) -> Iterator[tuple[str, str]]:
    """The texts of one in so many rows that were left out for their language."""
    number = 0
    for shard in table.shards:
        with (shard.path / "rejects.jsonl").open("rb") as file:
            for line in file:
                if line.startswith(b'{"rule": "language_side"'):
                    if number % every == 0:
                        row = json.loads(line)
                        yield row.get("source", ""), row.get("target", "")
                    number += 1
