"""An audit in words: what to expect, what would help most, what to beware of, and which rows to mend first.

Each sentence is made by one rule from numbers that the audit holds, and bears the rule's name.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from braid.auditing.diagnosis_parts import PART_RULES
from braid.auditing.diagnosis_rules import DATA_RULES, OTHER_LANGUAGE
from braid.auditing.diagnosis_tasks import TASK_RULES
from braid.auditing.findings import Audit, place, text_sides
from braid.text.languages import language_name

LEAK_WORDS = {
    "exact": "says the same", "near": "says nearly the same", "key": "has the same identifier",
    "group": "belongs to the same group",
}  # fmt: skip
"""Leaks that are worth a look, by rule; long texts may share a stretch and be none."""
FIX_FIRST = 20
RULES = (*DATA_RULES, *PART_RULES, *TASK_RULES)
"""All rules; each says nothing where there is nothing to say."""
WARNINGS = (
    "answers_first", "conflicts", "copied_summaries", "damaged_text", "duplicates", "encoding", "imbalance",
    "inconsistent", "language", "leakage", "license", "long_summaries", "lost_answers", "misaligned", "mislabeled",
    "near_duplicates", "no_license", "one_file", "one_label", "other_part_language", "personal_data", "rare_labels",
    "rejected", "repeated_lines", "sampled", "script", "small_test", "swapped", "unknown_labels", "unknown_words",
    "unprepared", "variants",
)  # fmt: skip
"""Names of all warnings, for ``--fail-on``."""


def diagnose(audit: Audit) -> dict[str, Any]:
    """What the numbers say, the weightiest first.

    Args:
        audit: As `braid.auditing.data_audit.audit_data` returns it.

    Returns:
        ``expect``, ``help`` and ``warnings``, each a list of ``name`` and ``sentence``, and ``fix_first``.
    """
    found = sorted((finding for rule in RULES for finding in rule(audit)), key=lambda finding: -finding.weight)
    told = {
        key: [{"name": one.name, "sentence": one.sentence} for one in found if one.kind == kind]
        for key, kind in (("expect", "expect"), ("help", "help"), ("warnings", "warning"))
    }
    return told | {"fix_first": fix_first(audit)}


def fix_first(audit: Audit, most: int = FIX_FIRST) -> list[dict[str, Any]]:
    """The rows worth mending first, from all checks in turn, each with ``kind``, ``file``, ``line`` and ``reasons``."""
    queues = [
        [_row("misaligned", row) for row in _listed(audit, "misaligned", "suspects") if row["is_flagged"]],
        [_row("mislabeled", row) for row in _listed(audit, "mislabeled", "suspects")],
        [_row("leak", one["held_out"], f"{place(one['train'])} in the training part {LEAK_WORDS[one['rule']]}")
         for one in _listed(audit, "leakage", "samples") if one["rule"] in LEAK_WORDS],
        [_row("answer", row, "its answer does not stand in its passage") for row in _listed(audit, "answers",
        "samples")],
        [_row("encoding", row, "holds marks of a wrong encoding") for row in audit["damaged"]["samples"]],
        [_row("summary", row, "its summary is longer than its text")
         for row in _listed(audit.get("summaries") or {}, "longer", "samples")],
        *([_row("language", row, f"its {side['name']} looks like {language_name(row['language'])}")
           for row in side["language"]["rows"]]
          for side in text_sides(audit) if side["language"]["other"] >= OTHER_LANGUAGE),
    ]  # fmt: skip
    taken: dict[tuple[str, str], dict[str, Any]] = {}
    for turn in zip_longest(*queues):
        for row in filter(None, turn):
            taken.setdefault((place(row), row["source"]), row)  # a file of JSON may be one line
    return list(taken.values())[:most]


def _listed(audit: Audit, section: str, name: str) -> list[dict[str, Any]]:
    """A section's list of rows; none where there is no such section."""
    return (audit.get(section) or {}).get(name, [])


def _row(kind: str, row: dict[str, Any], reason: str = "") -> dict[str, Any]:
    return {"kind": kind, **row, "reasons": [reason] if reason else row["reasons"]}
