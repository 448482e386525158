"""Cleaning: each rule on its own, each rejected row kept with the rule's name."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from braid.config.recipe import DataConfig
from braid.data.example import Example, Reject
from braid.text.normalize import display_width, normalize

# {{x}} ${x} {name} {0}, %(x)s %s %1$s %d, <b> </b> <a0/>. No branch repeats over what another can match.
_PLACEHOLDER = re.compile(
    r"\{\{[^{}]{1,60}\}\}|\$?\{[\w.:!\-+#, ]{0,60}\}|%\([^()]{1,60}\)[a-zA-Z]|%(?:\d{1,2}\$)?[sdifgux@](?![A-Za-z0-9_])|</?[a-zA-Z][\w.:-]{0,30}[^<>]{0,200}>"
)
SLACK = 12
"""Columns added to both sides before their ratio is taken: short texts vary more."""


def placeholders(text: str) -> Counter[str]:
    """How often each placeholder or tag stands in a text."""
    return Counter(_PLACEHOLDER.findall(text))


def clean(rows: Iterable[Example | Reject], config: DataConfig) -> tuple[list[Example], list[Reject]]:
    """Usable rows with normalized texts, and all others with the rule that says why.

    Args:
        rows: As read; rejects of the reader pass through.
        config: The recipe's data section.
    """
    kept, rejects = [], []
    for row in rows:
        if isinstance(row, Reject):
            rejects.append(row)
            continue
        example = replace(row, source=normalize(row.source), target=normalize(row.target))
        reason = _fault(example, config)
        if reason:
            rejects.append(Reject(example=row, rule=reason[0], detail=reason[1]))
        else:
            kept.append(example)
    kept, wrong = _by_ratio(kept, config)
    kept, double = _by_duplicate(kept)
    return kept, rejects + wrong + double


def _fault(example: Example, config: DataConfig) -> tuple[str, str] | None:
    """Rule and detail when the row alone shows that it cannot be used."""
    source, target = example.source, example.target
    if not source or not target:
        return "empty", f"the {'source' if not source else 'target'} is empty"
    if not config.keep_identical and source == target:
        return "identical", "the target equals the source"
    longest = max(len(source), len(target))
    if longest > config.max_chars:
        return "too_long", f"{longest} characters, at most {config.max_chars}"
    if config.check_placeholders and (found := placeholders(source)) != (other := placeholders(target)):
        missing, added = sorted((found - other).elements()), sorted((other - found).elements())
        return (
            "placeholders",
            f"only in the source: {' '.join(missing) or '-'}; only in the target: {' '.join(added) or '-'}",
        )
    return None


def _ratio(example: Example) -> float:
    return (display_width(example.target) + SLACK) / (display_width(example.source) + SLACK)


def _by_ratio(examples: list[Example], config: DataConfig) -> tuple[list[Example], list[Reject]]:
    """Rows whose ratio of widths is near the data's own median, and the others."""
    if not examples:
        return [], []
    ratios = [_ratio(example) for example in examples]
    median = statistics.median(ratios)
    kept, rejects = [], []
    for example, ratio in zip(examples, ratios, strict=True):
        apart = max(ratio / median, median / ratio)
        if apart <= config.max_length_ratio:
            kept.append(example)
        else:
            detail = f"target to source {ratio:.2f}, usual here {median:.2f}, {apart:.1f} times apart"
            rejects.append(Reject(example=example, rule="length_ratio", detail=detail))
    return kept, rejects


def _by_duplicate(examples: list[Example]) -> tuple[list[Example], list[Reject]]:
    """The first row of each pair of texts, and its repetitions."""
    first: dict[tuple[str, str], Example] = {}
    rejects = []
    for example in examples:
        seen = first.setdefault((example.source, example.target), example)
        if seen is not example:
            rejects.append(Reject(example=example, rule="duplicate", detail=f"as {seen.file}, line {seen.line}"))
    return list(first.values()), rejects
