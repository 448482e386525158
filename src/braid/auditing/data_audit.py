"""Everything an audit finds in data, as plain data, ready for a diagnosis."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from braid.auditing.data_languages import Variant, language_together, languages_found
from braid.auditing.data_licenses import license_notes
from braid.auditing.data_repeats import NearPair, consistency, leaks, near_duplicates
from braid.auditing.data_sample import MOST_ROWS, SEED, Sample, draw, quoted_row
from braid.auditing.data_tasks import answers_found, summaries_found, texts_found
from braid.auditing.data_words import (
    Words,
    coverage,
    fertility,
    histogram,
    length_ratio,
    percentiles,
    vocabulary_growth,
    words_of,
)
from braid.auditing.labels_audit import mislabeled_rows
from braid.auditing.labels_baseline import linear_accuracy, unknown_labels
from braid.auditing.leakage import Leakage
from braid.auditing.pairs_audit import misaligned_pairs
from braid.auditing.terms import term_counts
from braid.data.example import Example
from braid.data.formats import inspect_file
from braid.data.formats.texts import MESSAGES
from braid.data.report import label_counts
from braid.errors import BraidError

if TYPE_CHECKING:
    from braid.text.tokenizer import Tokenizer

SIDES = {
    "translate": {"source": "source", "target": "target"},
    "summarize": {"source": "text", "target": "summary"},
    "answer": {"source": "question", "context": "passage"},
    "classify": {"source": "text"},
    "generate": {"target": "text"},
}
"""The sides of each task's rows that hold running text, with what people call them."""
PAIRS = 60_000
"""Rows whose alignment is judged: a minute's work."""
FILES = 50
"""Whose encoding is looked up."""
SHOWN = 10

_MOJIBAKE = re.compile("\ufffd|Ã[\u0080-\u00bf]|Â[\u0080-\u00bf]|â€[\u0080-\u02ff™“”œ\u009d]|ï»¿|Ð[\u0080-\u00bf]Ñ")
"""Marks of text that was read in the wrong encoding once."""


@dataclass(frozen=True, kw_only=True)
class Finders:
    """What other rooms find, where they are there to look.

    Args:
        near: Pairs of nearly equal texts among texts, as numbers and how alike they are, 0 to 1.
        leaks: What held-out rows share with training rows.
        variant_of: Tells simplified from traditional Chinese texts.
    """

    near: Callable[[Sequence[str]], Sequence[NearPair]] | None = None
    leaks: Callable[[Sequence[Example], Sequence[Example]], Leakage] | None = None
    variant_of: Variant | None = None


@dataclass(frozen=True, kw_only=True)
class DataFacts:
    """What is audited.

    Args:
        name: The recipe's.
        task: The recipe's.
        parts: Rows of train, valid and test; of data that could not be split, of ``train`` alone.
        report: See `braid.data.report.data_report`.
        folder: The data files' names are relative to it.
        languages: Declared codes of source and target, or "".
        none_label: The label of texts that belong to no other.
        tokenizer: Learned from the training part, where there is one.
        baseline: The score of the honest baseline on the test part: ``name``, ``metric``, ``value``, ``low``, ``high``,
            ``rows`` and ``where`` that is.
        problem: Why the data could not be prepared, or "".
        class_weight: The recipe's ``train.class_weight``.
        given: Held-out parts that the person gave; the others were drawn from the same rows as training.
        left_out: Rows that preparation left out because they say what held-out ones do.
    """

    name: str
    task: str
    parts: Mapping[str, Sequence[Example]]
    report: dict[str, Any]
    folder: Path
    languages: tuple[str, str] = ("", "")
    none_label: str = ""
    tokenizer: Tokenizer | None = None
    baseline: dict[str, Any] | None = None
    problem: str = ""
    class_weight: str = "none"
    given: tuple[str, ...] = ()
    left_out: Sequence[Example] = ()
    finders: Finders = field(default_factory=Finders)


def audit_data(facts: DataFacts) -> dict[str, Any]:
    """What is found in the data, as plain data; `braid.auditing.diagnosis.diagnose` puts it into words.

    Of a part with more than 200,000 rows so many are drawn by lot; ``sampled`` says of which. What held-out rows share
    with training rows is looked for in all of these.
    """
    samples = {part: draw(rows) for part, rows in facts.parts.items()}
    samples = {part: replace(sample, rows=[_plain(row) for row in sample.rows]) for part, sample in samples.items()}
    train = samples["train"].rows
    held_out = {part: samples[part].rows for part in ("valid", "test") if part in samples and samples[part].rows}
    every = [row for sample in samples.values() for row in sample.rows]
    found: dict[str, Any] = {
        "kind": "data",
        "name": facts.name,
        "task": facts.task,
        "languages_declared": list(facts.languages),
        "problem": facts.problem,
        "class_weight": facts.class_weight,
        "data": facts.report,
        "sampled": {part: [len(one.rows), one.total] for part, one in samples.items() if not one.is_whole},
        "seed": SEED,
        "files": _files(facts),
        "damaged": _damaged(every),
        "sides": _sides(facts, samples),
        "licenses": license_notes(list(facts.report["files"]), folder=facts.folder),
        "baseline": facts.baseline,
        "given": list(facts.given),
        "near_duplicates": _near(train, facts),
        "leakage": _leakage(train if samples["train"].is_whole else _PlainRows(facts.parts["train"]), held_out, facts),
    }
    found |= _of_task(facts, train, every)
    return found | (_labels_known(facts, held_out, found) if facts.task == "classify" else {})


class _PlainRows(Sequence[Example]):
    """Rows as `audit_data` looks at them, one at a time: those of a part that is too large to be in memory."""

    def __init__(self, rows: Sequence[Example]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> Example: ...
    @overload
    def __getitem__(self, place: slice) -> list[Example]: ...
    def __getitem__(self, place: int | slice) -> Example | list[Example]:
        found = self._rows[place]
        return _plain(found) if isinstance(found, Example) else list(map(_plain, found))


def _plain(row: Example) -> Example:
    """The row; a dialogue as the lines that were said."""
    if row.context != MESSAGES:
        return row
    try:
        said = [str(message["content"]) for message in json.loads(row.target)]
    except (ValueError, TypeError, KeyError):
        return row
    return replace(row, target="\n".join(said))


def _files(facts: DataFacts) -> list[dict[str, Any]]:
    """Rows and encoding of each file, the largest first."""
    order = sorted(facts.report["files"].items(), key=lambda item: (-item[1], item[0]))
    return [
        {"file": file, "rows": rows, "encoding": _encoding(file, facts.folder) if place < FILES else ""}
        for place, (file, rows) in enumerate(order)
    ]


def _encoding(file: str, folder: Path) -> str:
    """The encoding of a file as its readers tell it; "" where they do not."""
    try:
        return inspect_file(file, folder=folder).encoding
    except (BraidError, OSError, ValueError):
        return ""


def _damaged(rows: Iterable[Example]) -> dict[str, Any]:
    """Rows with marks of a wrong encoding."""
    found = [row for row in rows if any(map(_MOJIBAKE.search, (row.source, row.target, row.context)))]
    return {"rows": len(found), "samples": [quoted_row(row) for row in found[:SHOWN]]}


def _sides(facts: DataFacts, samples: Mapping[str, Sample]) -> dict[str, Any]:
    """Lengths, words, scripts and languages of each side that holds running text."""
    train = samples["train"].rows
    test = samples["test"].rows if "test" in samples else []
    words: dict[str, Words] = {}
    found: dict[str, Any] = {}
    for side, name in SIDES[facts.task].items():
        rows = list({getattr(row, side): row for row in train}.values()) if side == "context" else train
        texts = [getattr(row, side) for row in rows]
        words[side] = words_of(texts)
        declared = facts.languages[0 if side != "target" or facts.task == "generate" else 1]
        found[side] = {
            "name": name,
            "characters": sum(map(len, texts)),
            "lengths": percentiles(words[side].lengths),
            "growth": vocabulary_growth(words[side]),
            "coverage": coverage(words[side], [getattr(row, side) for row in test]) if test else None,
            "fertility": fertility(facts.tokenizer, texts) if facts.tokenizer else 0.0,
            "language": languages_found(rows, side, declared, facts.finders.variant_of),
            "part_languages": {
                part: told
                for part, sample in samples.items()
                if (told := language_together([getattr(row, side) for row in sample.rows]))
            },
        }
        language = _told_language(found[side]["language"])
        found[side]["terms"] = term_counts(texts, language) if language else None
    if set(words) >= {"source", "target"}:
        found["ratio"] = length_ratio(words["source"].lengths, words["target"].lengths)
    found["histogram"] = histogram({found[side]["name"]: words[side].lengths for side in words})
    return found


def _told_language(language: dict[str, Any]) -> str:
    """The declared language, else the one found most."""
    return language["declared"] or next(iter(language["languages"]), "")


def _near(train: Sequence[Example], facts: DataFacts) -> dict[str, Any] | None:
    if facts.finders.near is None:
        return None
    side = next(iter(SIDES[facts.task]))
    return near_duplicates(train, facts.finders.near([getattr(row, side) for row in train]), side)


def _leakage(
    train: Sequence[Example], held_out: Mapping[str, Sequence[Example]], facts: DataFacts
) -> dict[str, Any] | None:
    """What leaks, and as ``left_out`` what would have if preparation had not left it out."""
    look = facts.finders.leaks
    if look is None or not held_out:
        return None
    rows = list(map(_plain, facts.left_out))
    left_out = leaks({part: look(rows, others) for part, others in held_out.items()}) if rows else None
    found = leaks({part: look(train, others) for part, others in held_out.items()})
    return found | {"left_out": left_out and {"rows": _num_leaks(facts), **left_out}}


def _num_leaks(facts: DataFacts) -> int:
    """Rows that preparation counts as left out for leaking."""
    rejected = facts.report["rejected"]
    return sum(rejected.get(rule, {}).get("rows", 0) for rule in ("leak", "near_leak"))


def _labels_known(facts: DataFacts, held_out: Mapping[str, Sequence[Example]], found: dict[str, Any]) -> dict[str, Any]:
    """Labels that training lacks, and how far a linear model comes on the test part; without one, on all texts."""
    train, baseline = facts.parts["train"], facts.baseline
    if score := linear_accuracy(train, held_out.get("test", ()), facts.none_label):
        baseline = {"name": "a linear model", "metric": "accuracy", "where": "on your test part", **score}
    elif "test" not in held_out and (score := found["mislabeled"].get("accuracy")):
        baseline = {"name": "a linear model", "metric": "accuracy", "where": "over all texts (cross-validation)",
                    "rows": found["mislabeled"]["rows"], **score}  # fmt: skip
    return {"unknown_labels": unknown_labels(train, held_out), "baseline": baseline}


def _of_task(facts: DataFacts, train: Sequence[Example], every: Sequence[Example]) -> dict[str, Any]:
    """What only rows of this task have."""
    if facts.task == "translate":
        drawn = draw(every, PAIRS)
        return {"consistency": consistency(every), "misaligned": {**misaligned_pairs(drawn.rows), "of": drawn.total}}
    if facts.task == "summarize":
        language = facts.languages[0] or facts.languages[1]
        return {"consistency": consistency(every), "summaries": summaries_found(train, language)}
    if facts.task == "classify":
        drawn = draw(every, MOST_ROWS)
        return {
            "labels": label_counts(every) if every else {},
            "texts_with_labels": dict(Counter(str(1 + row.target.count("\n")) for row in every)),
            "mislabeled": {**mislabeled_rows(drawn.rows, facts.none_label), "of": drawn.total},
        }
    if facts.task == "answer":
        return {"answers": answers_found(every)}
    return {"texts": texts_found(train)}
