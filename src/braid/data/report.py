"""The data report: what was read, what was left out and why, and what remains."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from braid.data.example import Example, Reject
from braid.data.kinds import SEPARATOR
from braid.text.normalize import display_width

if TYPE_CHECKING:
    from rich.console import Console

SAMPLES = 3
UNEVEN = 5.0
"""Times as many texts of the largest label as of the smallest, from which on advice is given."""
FILES = 8
"""Files printed by name."""

_PUNCTUATION = ".,;:!?\"'()[]{}<>…“”‘’«»„，。、；：！？（）【】《》「」"
PERCENTILES = (5, 25, 50, 75, 95, 100)


def data_report(
    read: Counter[str],
    rejects: Sequence[Reject],
    splits: dict[str, Sequence[Example]],
    *,
    has_labels: bool = False,
) -> dict[str, Any]:
    """Counts and samples as plain data.

    Args:
        read: Rows read from each file, rejects included.
        rejects: All rows left out.
        splits: The remaining rows by part.
        has_labels: Whether targets are labels, which are counted then.
    """
    kept = [example for part in splits.values() for example in part]
    return {
        "files": {_printable(file): rows for file, rows in read.items()},
        "rows_read": sum(read.values()),
        "rows_kept": len(kept),
        "rejected": _rejected(rejects),
        "splits": {name: len(part) for name, part in splits.items()},
        "sides": {side: _side([getattr(example, side) for example in kept]) for side in ("source", "target")},
        "unseen_words": _unseen(splits),
        **({"labels": label_counts(kept)} if has_labels else {}),
    }


def label_counts(rows: Sequence[Example]) -> dict[str, int]:
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


def _printable(text: str) -> str:
    """The text with lone surrogates, which odd file names hold, as question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _rejected(rejects: Sequence[Reject]) -> dict[str, Any]:
    by_rule: dict[str, list[Reject]] = defaultdict(list)
    for reject in rejects:
        by_rule[reject.rule].append(reject)
    return {
        rule: {
            "rows": len(found),
            "samples": [
                {
                    "file": _printable(reject.example.file),
                    "line": reject.example.line,
                    "source": _printable(reject.example.source[:200]),
                    "target": _printable(reject.example.target[:200]),
                    "detail": _printable(reject.detail),
                }
                for reject in found[:SAMPLES]
            ],
        }
        for rule, found in sorted(by_rule.items(), key=lambda item: -len(item[1]))
    }


def _side(texts: Sequence[str]) -> dict[str, Any]:
    widths = [display_width(text) for text in texts] or [0]
    return {
        "characters": sum(map(len, texts)),
        "distinct_texts": len(set(texts)),
        "distinct_characters": len(set().union(*texts)) if texts else 0,
        "width_percentiles": {str(p): int(np.percentile(widths, p)) for p in PERCENTILES},
    }


# Letters of scripts without spaces between words: Thai to Tibetan, Burmese, Khmer, kana and Chinese characters.
_ALONE = re.compile("([\u0e01-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\ua4cf\uf900-\ufaff\U00020000-\U0003ffff])")


def _units(text: str) -> list[str]:
    """Words without punctuation around them; characters where words are not set apart by spaces."""
    words = (word.strip(_PUNCTUATION) for word in _ALONE.sub(r" \1 ", text.casefold()).split())
    return [word for word in words if word]


def _unseen(splits: dict[str, Sequence[Example]]) -> dict[str, float]:
    """Share of words (characters in Chinese) of each held-out part that training never shows, per side."""
    found = {}
    for side in ("source", "target"):
        seen = {word for example in splits["train"] for word in _units(getattr(example, side))}
        for part in ("valid", "test"):
            words = [word for example in splits[part] for word in _units(getattr(example, side))]
            found[f"{part}_{side}"] = round(sum(word not in seen for word in words) / max(len(words), 1), 4)
    return found


def print_report(report: dict[str, Any], console: Console) -> None:
    """The report as short tables."""
    from rich.table import Table
    from rich.text import Text

    table = Table("rows", "", box=None, pad_edge=False, show_header=False)
    table.columns[0].justify = "right"
    files = report["files"]
    table.add_row(
        f"{report['rows_read']:,}", Text(f"read from {next(iter(files)) if len(files) == 1 else 'all files'}")
    )
    for file, rows in list(files.items())[:FILES] if len(files) > 1 else ():
        table.add_row(f"{rows:,}", Text(f"  in {file}"))
    if len(files) > FILES:
        table.add_row("", f"  and in {len(files) - FILES} more files")
    for rule, found in report["rejected"].items():
        table.add_row(f"-{found['rows']:,}", _RULES.get(rule, rule))
    for name, rows in report["splits"].items():
        table.add_row(f"{rows:,}", f"in {name}")
    console.print(table)
    for sentence in label_sentences(report["labels"]) if report.get("labels") else ():
        console.print(sentence, markup=False)
    for side, facts in report["sides"].items():
        widths = facts["width_percentiles"]
        console.print(
            f"{side}: {facts['distinct_texts']:,} distinct texts, half of them up to {widths['50']} columns wide, "
            f"95 % up to {widths['95']}; {facts['distinct_characters']:,} distinct characters",
            markup=False,
        )
    unseen = report["unseen_words"]
    console.print(
        f"words of the test that training never shows: {100 * unseen['test_source']:.1f} % of the source, "
        f"{100 * unseen['test_target']:.1f} % of the target",
        markup=False,
    )


_RULES = {
    "empty": "empty on one side",
    "identical": "target equals source (data.keep_identical)",
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
}
