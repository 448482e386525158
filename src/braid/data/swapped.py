"""Whether the sides of rows are the wrong way round: each in the other's language, or labels where texts should be."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice

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
_LOOKED_AT = 200
_FEWER = 10
"""So many texts for one label are told from labels for one text."""


def check_sides(table: Table, config: DataConfig, kind: DataKind) -> None:
    """Nothing, of rows that are not the wrong way round.

    Raises:
        DataError: Nearly all rows were left out, for their language or for other labels of the same text, and are right
            when source and target are swapped.
    """
    rule = "conflict" if kind.has_labels else "language_side"
    rejected = table.reject_counts()[rule]
    if rejected < MOST * (int(table.usable.sum()) + sum(table.reject_counts().values())) or not rejected:
        return
    rows = list(islice(_conflicting(table) if kind.has_labels else _rejected(table), _LOOKED_AT))
    if rows and kind.has_labels and are_labels_first(rows):
        raise _swapped(f"{rejected} rows have the same few texts, each with many labels", "")
    if rows and not kind.has_labels and _fit_swapped(rows, config):
        raise _swapped(
            f"{rejected} rows are not in {config.source_language} and {config.target_language}, and nearly all would "
            "be the other way round",
            "; for parallel files, name the file of the source first",
        )


def are_labels_first(rows: Sequence[tuple[str, str]]) -> bool:
    """True of texts and labels of which nearly all labels differ, while the texts are few and short: labels."""
    texts, labels = ({row[side] for row in rows} for side in (0, 1))
    chars = [sum(map(len, found)) / max(len(found), 1) for found in (texts, labels)]
    return len(labels) >= MOST * len(rows) and len(texts) * _FEWER <= len(rows) and chars[0] < chars[1]


def _fit_swapped(rows: Sequence[tuple[str, str]], config: DataConfig) -> bool:
    sources = LanguageCheck(config.target_language, config.source_language).mismatch([source for source, _ in rows])
    targets = LanguageCheck(config.source_language, config.target_language).mismatch([target for _, target in rows])
    fitting = sum(not source and not target for source, target in zip(sources, targets, strict=True))
    return fitting >= MOST * len(rows)


def _swapped(reason: str, further: str) -> DataError:
    hint = 'swap them: source_column = "2" and target_column = "1" under [data], or their names where the first row '
    return DataError(f"the columns look swapped: {reason}", hint=f"{hint}holds names{further}")


def _conflicting(table: Table) -> Iterator[tuple[str, str]]:
    """Texts and labels of rows that another row left out."""
    for state, line, _ in table.rows():
        if state >= LEFT_OUT:
            row = example_of(json.loads(line))
            yield row.source, row.target


def _rejected(table: Table) -> Iterator[tuple[str, str]]:
    """The texts of rows that were left out for their language."""
    for shard in table.shards:
        with (shard.path / "rejects.jsonl").open("rb") as file:
            for line in file:
                row = json.loads(line)
                if row["rule"] == "language_side":
                    yield row.get("source", ""), row.get("target", "")
