"""An audit as sections in order; the diagnosis comes last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from braid.auditing import audit_view_data as data
from braid.auditing import audit_view_leaks as leaks
from braid.auditing import audit_view_tasks as tasks
from braid.auditing.audit_view import Section, shown_row


def audit_sections(audit: dict[str, Any]) -> list[Section]:
    """The audit's parts in order; the diagnosis comes last."""
    makers = (
        data.sizes, data.noted, data.languages, data.lengths, data.vocabulary, data.repeats, leaks.near, leaks.leakage,
        tasks.labels, tasks.mislabeled, tasks.misaligned, tasks.summaries, tasks.answers, tasks.generated,
        data.terms_counted, data.licenses, _diagnosis,
    )  # fmt: skip
    return [section for maker in makers for section in maker(audit)]


def _diagnosis(audit: dict[str, Any]) -> Iterator[Section]:
    found = audit["diagnosis"]
    titles = (("expect", "What to expect"), ("help", "What would help most"), ("warnings", "Beware"))
    yield Section(
        key="diagnosis",
        title="Diagnosis",
        lists=[(title, [one["sentence"] for one in found[key]]) for key, title in titles if found[key]],
        rows=[shown_row(row, f"{row['kind']}: {'; '.join(row['reasons'])}") for row in found["fix_first"]],
        rows_title="Rows worth mending first",
    )
