"""What a reader of a summary must be warned of: numbers and names that its source lacks.

The check compares forms, not meanings. What it marks stands nowhere in the source as a number of the same worth or a
name of the same letters; what it leaves unmarked can still be wrong. People's summaries have such marks too, where the
writer knew more than the text says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any, TypeVar

from braid.errors import DataError
from braid.metrics.evidence import Evidence
from braid.metrics.intervals import rate_score
from braid.text.languages import canonical
from braid.text.names import Name, find_names
from braid.text.numbers import Number, find_numbers
from braid.text.shapes import WORD, shapes

EXAMPLES = 10
_Found = TypeVar("_Found", Number, Name)
_RUN = re.compile("u[lm]+(?: u[lm]+)+")
"""In shapes: capitalized words side by side."""
_MAX_ACRONYM = 8


@dataclass(frozen=True, kw_only=True)
class Span:
    """A part of a summary.

    Args:
        text: As it is written.
        start: Its first character in the summary.
        end: The character behind its last.
        kind: ``number``, ``name`` or ``title``.
    """

    text: str
    start: int
    end: int
    kind: str

    def to_dict(self) -> dict[str, Any]:
        """The span as plain data."""
        return asdict(self)


def unsupported(source: str, summary: str, *, language: str) -> list[Span]:
    """The numbers, names and titles of a summary that its source lacks, in order.

    Args:
        source: What was summarized.
        summary: Any text about it.
        language: Of both; decides what separators in numbers and capitals mean.

    Cost: O(source) for each summary.
    """
    numbers = [number for number in find_numbers(summary, language=language) if not number.is_weak]
    names = _outside(find_names(summary, language=language), numbers)  # 5GB is no name
    numbers = _outside(numbers, names)  # and the digits of an address are no number
    if not numbers and not names:
        return []
    evidence = Evidence(source, language)
    known = _abbreviated(summary, evidence.acronyms)
    missing = [_span(summary, number, "number") for number in numbers if not evidence.has_number(number)]
    for name in names:
        has = evidence.has_title if name.kind == "title" else evidence.has_name
        if name.start not in known and not has(summary[name.start : name.end]):
            missing.append(_span(summary, name, name.kind))
    return _joined(summary, sorted(missing, key=lambda span: span.start))


def _outside(found: Sequence[_Found], others: Sequence[Number | Name]) -> list[_Found]:
    """What does not lie inside one of the others, which do not overlap."""
    owners = {place: index for index, other in enumerate(others) for place in range(other.start, other.end)}
    return [
        one for one in found if one.start not in owners or owners[one.start] != owners.get(one.end - 1, len(others))
    ]


def _span(summary: str, found: Number | Name, kind: str) -> Span:
    return Span(text=summary[found.start : found.end], start=found.start, end=found.end, kind=kind)


def _abbreviated(summary: str, acronyms: Set[str]) -> set[int]:
    """Where the words begin that together spell an acronym of the source: Remote Desktop Protocol, where it has RDP."""
    known = set()
    for run in _RUN.finditer(shapes(summary)) if acronyms else ():
        begins = [run.start() + match.start() for match in WORD.finditer(run[0])]
        for first, length in product(range(len(begins)), range(2, _MAX_ACRONYM + 1)):
            words = begins[first : first + length]
            if "".join(summary[begin] for begin in words) in acronyms:
                known.update(words)
    return known


def _joined(summary: str, spans: Sequence[Span]) -> list[Span]:
    """The spans with names that stand side by side as one."""
    found: list[Span] = []
    for span in spans:
        last = found[-1] if found else None
        if last and last.kind == span.kind == "name" and summary[last.end : span.start] in (" ", "-"):
            found[-1] = Span(text=summary[last.start : span.end], start=last.start, end=span.end, kind="name")
        else:
            found.append(span)
    return found


def faithfulness(
    sources: Sequence[str], summaries: Sequence[str], *, language: str, examples: int = EXAMPLES
) -> dict[str, Any]:
    """How many summaries name a number, a name or a title that their source lacks, and some of them.

    Args:
        sources: What was summarized.
        summaries: One of each.
        language: Of both.
        examples: How many summaries with such marks to return at most.

    Returns:
        ``rate``: a `Score`, the summaries with at least one, in percent. ``summaries``, ``marked`` and ``spans``: how
        many there are, have one, and of all; ``kinds``: the spans by kind. ``examples``: row, summary and spans.

    Raises:
        DataError: None, or not equally many.
    """
    if len(sources) != len(summaries):
        raise DataError(f"sources and summaries must be equally many, got {len(sources)} and {len(summaries)}")
    found = [
        unsupported(source, summary, language=language) for source, summary in zip(sources, summaries, strict=True)
    ]
    marked = [row for row, spans in enumerate(found) if spans]
    kinds = Counter(span.kind for spans in found for span in spans)
    return {
        "rate": rate_score(
            len(marked), len(found), signature=f"unsupported:numbers+names+titles|lang:{canonical(language)}"
        ),
        "summaries": len(found),
        "marked": len(marked),
        "spans": kinds.total(),
        "kinds": {kind: kinds[kind] for kind in ("number", "name", "title")},
        "examples": [
            {"row": row, "summary": summaries[row], "spans": [span.to_dict() for span in found[row]]}
            for row in marked[:examples]
        ],
    }
