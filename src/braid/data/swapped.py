"""Whether the sides of pairs are the wrong way round: each in the other's language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

from braid.config.recipe import DataConfig
from braid.data.table import Table
from braid.errors import DataError
from braid.text.identify import LanguageCheck

RULE = "language_side"
MOST = 0.8
"""The share of rows in the wrong language, and of those that are right the other way round, from which on sides are
swapped."""
_LOOKED_AT = 200


def check_sides(table: Table, config: DataConfig) -> None:
    """Nothing, of pairs that are not the wrong way round.

    Raises:
        DataError: Nearly all rows were left out for their language, and are right when source and target are swapped.
    """
    rejected = table.reject_counts()[RULE]
    if rejected < MOST * (int(table.usable.sum()) + sum(table.reject_counts().values())) or not rejected:
        return
    pairs = list(islice(_rejected(table), _LOOKED_AT))
    if not pairs:
        return
    sources = LanguageCheck(config.target_language, config.source_language).mismatch([source for source, _ in pairs])
    targets = LanguageCheck(config.source_language, config.target_language).mismatch([target for _, target in pairs])
    fitting = sum(not source and not target for source, target in zip(sources, targets, strict=True))
    if fitting >= MOST * len(pairs):
        raise DataError(
            f"the columns look swapped: {rejected} rows are not in {config.source_language} and "
            f"{config.target_language}, and nearly all would be the other way round",
            hint='swap them: source_column = "2" and target_column = "1" under [data], or their names where the first '
            "row holds names; for parallel files, name the file of the source first",
        )


def _rejected(table: Table) -> Iterator[tuple[str, str]]:
    """The texts of rows that were left out for their language."""
    for shard in table.shards:
        with (shard.path / "rejects.jsonl").open("rb") as file:
            for line in file:
                row = json.loads(line)
                if row["rule"] == RULE:
                    yield row.get("source", ""), row.get("target", "")
