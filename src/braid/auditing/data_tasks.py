"""What only one task's rows have: how summaries relate to their texts, where answers stand, what texts repeat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from braid.auditing.data_sample import quoted_row
from braid.auditing.data_words import percentiles
from braid.data.boilerplate import LineCounts
from braid.data.example import Example
from braid.data.line_places import line_numbers
from braid.metrics.leads import choose_lead
from braid.metrics.overlap import compression, extractiveness, novelty
from braid.text.units import units

SUMMARIES = 2000
"""About how many summaries are looked at, spread evenly."""
SHOWN = 10
SHORT_LINE = 3
"""Lines of fewer words are headings, rules and the like: they may come again."""
_PLACES = 10


def summaries_found(rows: Sequence[Example], language: str) -> dict[str, Any]:
    """How summaries are made from their texts.

    Returns:
        ``rows`` looked at; as scores with intervals ``compression``, ``coverage``, ``density`` and ``novel1`` to
        ``novel4`` (see `braid.metrics.overlap`); ``copied``, the share that stands in its text word for word; ``lead``,
        the best beginning of the text with its ``rougeL``; ``longer``, rows whose summary is longer than the text; and
        ``shared_lines`` of the texts.
    """
    some = rows[:: max(1, len(rows) // SUMMARIES)][:SUMMARIES]
    if not some:
        return {"rows": 0}
    sources, targets = [row.source for row in some], [row.target for row in some]
    scores = {"compression": compression(sources, targets)}
    if any(map(units, targets)):
        scores |= extractiveness(sources, targets) | novelty(sources, targets)
    lead = choose_lead(sources, [(row.target, *row.references) for row in some], language=language)
    longer = [row for row in rows if len(row.target) > len(row.source)]
    return {
        "rows": len(some),
        "scores": {name: score.to_dict() for name, score in scores.items()},
        "copied": round(sum(_is_copy(row) for row in some) / len(some), 4),
        "lead": {"name": lead.name, "rougeL": round(lead.rougeL, 1)},
        "longer": {"rows": len(longer), "samples": [quoted_row(row) for row in longer[:SHOWN]]},
        "shared_lines": _shared_lines(row.source for row in rows),
    }


def _shared_lines(documents: Iterable[str]) -> dict[str, Any]:
    """How many lines stand in many documents, the commonest of them, in how ``most`` it stands and of how many."""
    counts = LineCounts()
    for document in documents:
        counts.add(document)
    lines = counts.boilerplate().lines
    line = max(lines, key=lambda one: (lines[one], sum(map(str.isalpha, one))), default="")  # rather than a rule
    return {"lines": len(lines), "line": line, "most": lines.get(line, 0), "documents": counts.num_documents}


def _is_copy(row: Example) -> bool:
    """Whether the summary stands in the text, whatever its case, spaces and last full stop."""
    summary, text = (" ".join(part.casefold().split()).rstrip(".。") for part in (row.target, row.source))
    return bool(summary) and summary in text


def answers_found(rows: Sequence[Example]) -> dict[str, Any]:
    """Where answers stand and how long they are.

    Returns:
        ``rows``; ``passages``, how many different ones; ``without_answer``; ``not_found`` (an answer that stands
        nowhere in its passage) with ``samples``; ``lengths`` in words and ``share_of_passage`` as percentiles;
        ``positions``, the share of answers in each tenth of the passage; and ``same_answer``, the share of the
        commonest.
    """
    answered = [row for row in rows if row.target]
    placed = [row for row in answered if row.start >= 0]
    lost = [row for row in answered if row.start < 0 and row.target not in row.context]
    places = [min(_PLACES - 1, _PLACES * row.start // max(1, len(row.context))) for row in placed]
    common = Counter(row.target for row in answered).most_common(1)
    return {
        "rows": len(rows),
        "passages": len({row.context for row in rows}),
        "without_answer": len(rows) - len(answered),
        "not_found": len(lost),
        "samples": [quoted_row(row) for row in lost[:SHOWN]],
        "lengths": percentiles([len(units(row.target)) for row in answered]),
        "passage_lengths": percentiles([len(row.context) for row in rows]),
        "share_of_passage": percentiles([len(row.target) / max(1, len(row.context)) for row in placed], 3),
        "positions": (np.bincount(places, minlength=_PLACES) / len(places)).round(4).tolist() if places else [],
        "same_answer": round(common[0][1] / len(answered), 4) if common else 0.0,
    }


def texts_found(rows: Sequence[Example]) -> dict[str, Any]:
    """What texts to be continued repeat, and what they are made of.

    Returns:
        ``documents``, ``characters``, ``bytes``; of lines of three words and more ``lines``, ``repeated_lines`` (those
        that stood there before) and ``repeated_share`` (of these lines' characters); ``samples``, the lines most
        repeated, as ``line``, ``times`` and ``where``; ``repeated_documents``; ``characters_once``, characters of
        the alphabet that stand there once, beside ``distinct_characters``; and ``shared_lines``, those that stand in
        many documents.
    """
    first: dict[str, tuple[Example, int]] = {}
    times: Counter[str] = Counter()
    alphabet: Counter[str] = Counter()
    size = repeated = 0
    for row in rows:
        alphabet.update(row.target)
        for number, line in enumerate(map(str.strip, row.target.split("\n"))):
            if not _is_long(line):
                continue
            size += len(line)
            repeated += len(line) if line in times else 0
            times[line] += 1
            first.setdefault(line, (row, number))
    most = [(line, count) for line, count in times.most_common(SHOWN) if count > 1]
    texts = [row.target for row in rows]
    documents: dict[str, list[str]] = {}
    for row in rows:
        documents.setdefault(row.group or row.target, []).append(row.target)
    return {
        "documents": len(documents),
        "shared_lines": _shared_lines(map("\n".join, documents.values())),
        "characters": sum(map(len, texts)),
        "bytes": sum(len(text.encode("utf-8", "replace")) for text in texts),
        "lines": times.total(),
        "repeated_lines": times.total() - len(times),
        "repeated_share": round(repeated / size, 4) if size else 0.0,
        "samples": [_repeated(*first[line], line) | {"times": count} for line, count in most],
        "repeated_documents": len(texts) - len(set(texts)),
        "distinct_characters": len(alphabet),
        "characters_once": sum(number == 1 for number in alphabet.values()),
    }


def _repeated(row: Example, number: int, line: str) -> dict[str, Any]:
    """A line of a text as it is quoted, with its own place in the file."""
    return quoted_row(row) | {"target": line[:200], "source": "", "line": line_numbers(row)[number]}


def _is_long(line: str) -> bool:
    return len(line) > 2 * SHORT_LINE and len(units(line)) >= SHORT_LINE
