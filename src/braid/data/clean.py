"""Cleaning of single rows: each rule on its own, each rejected row kept as it was read, with the rule's name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from braid.config.recipe import DataConfig
from braid.data.example import Example, Reject
from braid.data.kinds import KINDS, SEPARATOR, DataKind
from braid.text.normalize import normalize, normalize_lines

RULES = 4
"""Raised whenever other rows would be kept of the same files, so that prepared data are made again."""

# {{x}} ${x} {name} {0}, %(x)s %s %1$s %.2f %d, <b> </b> <a0/> <a href="x">. No branch repeats over what another can
# match. "100% sure" is no placeholder, but a unit or a plural s may follow one: "%dMB", "%ss".
_PLACEHOLDER = re.compile(
    r"\{\{[^{}]{1,60}\}\}"
    r"|\$?\{[\w.:!\-+#, ]{0,60}\}"
    r"|%\([^()]{1,60}\)[a-zA-Z]"
    r"|%(?:\d{1,2}\$)?[+\-0]?\d?(?:\.\d)?(?:ll?|z)?[sdifgux@](?=(?:s|th|x|h|ms?|px|[KMGTkm]i?B)?(?![A-Za-z0-9_]))"
    r"|</?[a-zA-Z][\w.:-]{0,30}(?:\s[^<>=]{1,60}=[^<>]{0,200})?\s?/?>"
)
SLACK = 12
"""Columns added to both sides before their ratio is taken: short texts vary more."""


def placeholders(text: str) -> Counter[str]:
    """How often each placeholder or tag stands in a text; spaces inside one do not count."""
    return Counter(found.replace(" ", "") for found in _PLACEHOLDER.findall(text))


def clean_row(row: Example, config: DataConfig, kind: DataKind = KINDS["translate"]) -> Example | Reject:
    """The row with normalized texts; or as it was read, with the rule it breaks.

    Args:
        row: As read.
        config: The recipe's data section.
        kind: What the row is.
    """
    example = normalized(row, config, kind)
    for name in kind.rules:
        if detail := _RULES[name](example, config, kind):
            return Reject(example=row, rule=name, detail=detail)
    return example


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


def width_ratio(source_width: int, target_width: int) -> float:
    """How wide the target is beside the source."""
    return (target_width + SLACK) / (source_width + SLACK)
