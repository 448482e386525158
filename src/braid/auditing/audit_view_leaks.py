"""Sections of an audit about texts that stand twice: near duplicates, and held-out rows in training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from braid.auditing.audit_view import Section, Shown, Table, count_text, share_text
from braid.auditing.data_repeats import LEAK_COLUMNS
from braid.auditing.findings import num_leaks, place

EXAMPLES = 10

_ALIKE = {
    "exact": "the {side} of {place}", "near": "{alike} like the {side} of {place}",
    "stretch": "{alike} of its {side} stands in {place}", "contained": "its {side} stands inside that of {place}",
    "key": "the identifier of {place}", "group": "the group of {place}",
}  # fmt: skip
"""What a held-out row has in common with another, by the rule that found it."""


def near(audit: dict[str, Any]) -> Iterator[Section]:
    """Near duplicates, where they were looked for."""
    if found := audit["near_duplicates"]:
        yield Section(
            key="near_duplicates",
            title="Near duplicates",
            sentences=[f"{found['rows']:,} training rows nearly repeat another ({found['pairs']:,} pairs)."],
            rows=[
                _both(one["one"], one["other"], f"{share_text(one['similarity'])} like {place(one['other'])}")
                for one in found["samples"][:EXAMPLES]
            ],
            rows_title="The most alike",
        )


def _both(one: dict[str, Any], other: dict[str, Any], why: str) -> Shown:
    """Two rows below each other: the texts that were compared, or what the rows say."""
    texts = [row.get("compared") or row["source"] or row["target"] for row in (one, other)]
    return Shown(where=place(one), why=f"{why}:", source=texts[0], target=texts[1])


def leakage(audit: dict[str, Any]) -> Iterator[Section]:
    """Held-out rows in training, and in what preparation left out for that, where they were looked for."""
    found = audit["leakage"]
    if not found:
        return
    left_out = found.get("left_out")
    sentences = ["Held-out rows that stand in the training part as well."]
    tables = [_leak_table("part", found["parts"])]
    rows = _leak_rows(audit, found["samples"][:EXAMPLES])
    if left_out:
        given = [part for part, one in left_out["parts"].items() if part in audit["given"] and num_leaks(audit, one)]
        sentences.append(
            f"Preparation left out {count_text(left_out['rows'], 'row')} for saying what held-out rows say, exactly or "
            "nearly; the second table counts the held-out rows that they would have given away. "
            + (f"The files given for {' and '.join(given)} are not independent of the others." if given
               else "Where parts are drawn by lot, some are to be expected.")
        )  # fmt: skip
        tables.append(_leak_table("left out, by part", left_out["parts"]))
        others = _leak_rows(audit, left_out["samples"][:EXAMPLES], " (left out)")
        rows = [*others, *rows] if given else [*rows, *others]
    yield Section(
        key="leakage",
        title="Leakage",
        sentences=sentences,
        tables=tables,
        rows=rows[:EXAMPLES],
        rows_title="The most alike",
    )


def _leak_table(name: str, parts: dict[str, dict[str, int]]) -> Table:
    header = (name, "rows", "exactly", "nearly", "by identifier", "in part")
    return Table(header=header, rows=[[part, *(one[name] for name in ("rows", *LEAK_COLUMNS))]
                                      for part, one in parts.items()])  # fmt: skip


def _leak_rows(audit: dict[str, Any], samples: list[dict[str, Any]], end: str = "") -> list[Shown]:
    names = {key: side["name"] for key, side in audit["sides"].items() if "name" in side}
    return [
        _both(
            one["held_out"],
            one["train"],
            _ALIKE[one["rule"]].format(
                side=names.get(one["side"], one["side"]), place=place(one["train"]), alike=share_text(one["similarity"])
            )
            + end,
        )
        for one in samples
    ]
