"""How often texts name women and men, and other groups, and beside whom occupations stand.

Counts, shares and intervals, no verdict: what share would be right depends on what the texts are about. The word lists
(`braid.auditing.term_lists`) are short and hold only words that mean a person; forms that mean something else as well
are left out or told.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from braid.auditing.term_lists import LISTS
from braid.metrics.intervals import rate_score
from braid.text.languages import canonical

WINDOW = 60
"""Characters on either side of an occupation in which a gendered word counts as beside it."""
MIN_OCCUPATIONS = 5
"""Sightings with a gendered word from which on an occupation is told."""
NEAR = 20
"""The same in languages without spaces."""
SHOWN = 20


def term_counts(texts: Sequence[str], language: str) -> dict[str, Any] | None:
    """Counts of gendered and group terms in texts; nothing for a language without lists.

    Returns:
        ``language``; ``gender``: for each kind of words (pronouns, people, titles, pairs of occupations) ``female`` and
        ``male`` counts and the female ``share`` in percent with its interval (``low``, ``high``), texts taken for
        independent; ``occupations``: those seen beside gendered words, with the same; ``groups``: counts of other
        group terms by kind; and ``notes`` about the lists.
    """
    lists = LISTS.get(canonical(language))
    if lists is None:
        return None
    pattern, kinds = _pattern(canonical(language))
    gender: dict[str, Counter[str]] = defaultdict(Counter)
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    occupations: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        found = [(match.start(), match.end(), match[0]) for match in pattern.finditer(text.lower())]
        for _, _, word in found:
            for kind, side in kinds[word]:
                if side in ("female", "male"):
                    gender[kind][side] += 1
                elif side == "group":
                    groups[kind][word] += 1
        for name, side in _beside(found, kinds, NEAR if lists.is_unspaced else WINDOW):
            occupations[name][side] += 1
    told = {name: counts for name, counts in occupations.items() if counts.total() >= MIN_OCCUPATIONS}
    order = sorted(told.items(), key=lambda item: (-item[1].total(), item[0]))[:SHOWN]
    return {
        "language": canonical(language),
        "gender": {kind: _share(counts) for kind, counts in gender.items()},
        "occupations": {name: _share(counts) for name, counts in order},
        "groups": {kind: dict(counts.most_common(8)) for kind, counts in groups.items()},
        "notes": list(lists.notes),
    }


Kinds = dict[str, list[tuple[str, str]]]
"""For each word its kinds, each with the side it counts for: female, male, group or occupation."""


@cache
def _pattern(code: str) -> tuple[re.Pattern[str], Kinds]:
    """All terms of a language, longest first, and what each is."""
    lists = LISTS[code]
    kinds: Kinds = defaultdict(list)
    for kind, (female, male) in lists.gender.items():
        for side, words in (("female", female), ("male", male)):
            for word in words.split():
                kinds[word.replace("_", " ")].append((kind, side))
    for word in lists.occupations.split():
        kinds[word.replace("_", " ")].append(("occupation", "occupation"))
    for kind, words in lists.groups.items():
        for word in words.split():
            kinds[word.replace("_", " ")].append((kind, "group"))
    for word in lists.others.split():
        kinds[word.replace("_", " ")] = []
    words = "|".join(map(re.escape, sorted(kinds, key=len, reverse=True)))
    return re.compile(words if lists.is_unspaced else rf"(?<!\w)(?:{words})(?!\w)"), kinds


def _beside(found: Sequence[tuple[int, int, str]], kinds: Kinds, window: int) -> Iterator[tuple[str, str]]:
    """Each sighting of an occupation with the side of the nearest gendered word around it."""
    sides = [(start, end, side) for start, end, word in found for _, side in kinds[word] if side in ("female", "male")]
    begins = [start for start, _, _ in sides]
    for start, end, word in found:
        if ("occupation", "occupation") in kinds[word]:
            place = bisect(begins, start)
            near = [
                (max(first - end, start - last, 0), side) for first, last, side in sides[max(0, place - 1) : place + 1]
            ]
            if near and min(near)[0] <= window:
                yield word, min(near)[1]


def _share(counts: Counter[str]) -> dict[str, Any]:
    female, male = counts["female"], counts["male"]
    score = rate_score(female, female + male, signature="")
    return {
        "female": female,
        "male": male,
        "share": round(score.value, 1),
        "low": round(score.low, 1),
        "high": round(score.high, 1),
    }
