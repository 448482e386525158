"""Cleaning: each rule on its own, each rejected row kept as it was read, with the rule's name."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from dataclasses import replace

from braid.config.recipe import DataConfig
from braid.data.example import Example, Reject
from braid.data.kinds import KINDS, SEPARATOR, DataKind
from braid.text.normalize import display_width, normalize, normalize_lines
from braid.text.placeholders import placeholders

RULES = 4
"""Raised whenever other rows would be kept of the same files, so that prepared data are made again."""

SLACK = 12
"""Columns added to both sides before their ratio is taken: short texts vary more."""

_Kept = list[tuple[Example, Example]]
"""Rows still in use: as read, and with normalized texts."""


def clean(
    rows: Iterable[Example | Reject], config: DataConfig, kind: DataKind = KINDS["translate"]
) -> tuple[list[Example], list[Reject]]:
    """Usable rows with normalized texts, and all others with the rule that says why.

    Args:
        rows: As read; rejects of the reader pass through.
        config: The recipe's data section.
        kind: What the rows are.
    """
    kept: _Kept = []
    rejects: list[Reject] = []
    for row in rows:
        if isinstance(row, Reject):
            rejects.append(row)
            continue
        example = normalized(row, config, kind)
        for name in kind.rules:
            if detail := _RULES[name](example, config, kind):
                rejects.append(Reject(example=row, rule=name, detail=detail))
                break
        else:
            kept.append((row, example))
    if kind.checks_ratio:
        kept = _without_odd_lengths(kept, config, rejects)
    kept = _without_duplicates(kept, rejects)
    if kind.has_labels:
        kept = _without_conflicts(kept, rejects)
    return [example for _, example in kept], rejects


def normalized(row: Example, config: DataConfig, kind: DataKind) -> Example:
    """The row with normalized texts: labels in one order, texts to be continued with their lines."""
    if kind.has_labels:
        separator = config.label_separator or SEPARATOR
        labels = {normalize(label) for part in row.target.split(SEPARATOR) for label in part.split(separator)}
        return replace(row, source=normalize(row.source), target=SEPARATOR.join(sorted(labels - {""})))
    if kind.reads == "texts":
        return replace(row, target=normalize_lines(row.target))
    if kind.reads == "questions":  # answers are places in the user's own text: that stays as it is
        return replace(row, source=normalize(row.source))
    references = tuple(filter(None, map(normalize, row.references)))
    source = (normalize_lines if kind.keeps_lines else normalize)(row.source)
    return replace(row, source=source, target=normalize(row.target), references=references)


def _empty(example: Example, config: DataConfig, kind: DataKind) -> str:
    missing = [side for side in kind.needed if not getattr(example, side)]
    return f"no text in {' and '.join(missing)}" if missing else ""


def _identical(example: Example, config: DataConfig, kind: DataKind) -> str:
    if config.keep_identical or example.source != example.target:
        return ""
    return "the target equals the source"


def _too_long(example: Example, config: DataConfig, kind: DataKind) -> str:
    longest = max(len(example.source), 0 if kind.has_labels else len(example.target))
    return f"{longest} characters, at most {config.max_chars}" if longest > config.max_chars else ""


def _placeholders(example: Example, config: DataConfig, kind: DataKind) -> str:
    if not config.check_placeholders:
        return ""
    source, target = placeholders(example.source), placeholders(example.target)
    sides = {"only in the source": source - target, "only in the target": target - source}
    return "; ".join(f"{side}: {' '.join(sorted(found.elements()))}" for side, found in sides.items() if found)


_RULES: dict[str, Callable[[Example, DataConfig, DataKind], str]] = {
    "empty": _empty,
    "identical": _identical,
    "too_long": _too_long,
    "placeholders": _placeholders,
}
"""Rules that one row alone can break. Each says what it saw, or "" when all is well."""


def _ratio(example: Example) -> float:
    return (display_width(example.target) + SLACK) / (display_width(example.source) + SLACK)


def _without_odd_lengths(rows: _Kept, config: DataConfig, rejects: list[Reject]) -> _Kept:
    """Rows whose ratio of widths is near the data's own median; the others go to ``rejects``."""
    if not rows:
        return []
    ratios = [_ratio(example) for _, example in rows]
    median = statistics.median(ratios)
    kept = []
    for (row, example), ratio in zip(rows, ratios, strict=True):
        apart = max(ratio / median, median / ratio)
        if apart <= config.max_length_ratio:
            kept.append((row, example))
        else:
            detail = f"target to source {ratio:.2f}, usual here {median:.2f}, {apart:.1f} times apart"
            rejects.append(Reject(example=row, rule="length_ratio", detail=detail))
    return kept


def _without_duplicates(rows: _Kept, rejects: list[Reject]) -> _Kept:
    """The first row of each pair of texts; its repetitions go to ``rejects``."""
    first: dict[tuple[str, str, str], tuple[Example, Example]] = {}
    for row, example in rows:
        seen, _ = first.setdefault((example.source, example.target, example.context), (row, example))
        if seen is not row:
            rejects.append(Reject(example=row, rule="duplicate", detail=f"as {seen.file}, line {seen.line}"))
    return list(first.values())


def _without_conflicts(rows: _Kept, rejects: list[Reject]) -> _Kept:
    """The first row of each text; the same text with other labels goes to ``rejects``."""
    first: dict[str, tuple[Example, Example]] = {}
    for row, example in rows:
        seen, kept = first.setdefault(example.source, (row, example))
        if seen is not row:
            labels = kept.target.replace(SEPARATOR, ", ")
            rejects.append(Reject(example=row, rule="conflict", detail=f"{labels} in {seen.file}, line {seen.line}"))
    return list(first.values())
