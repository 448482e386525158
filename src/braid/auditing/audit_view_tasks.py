"""Sections of an audit that only one task's data have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from braid.auditing.audit_view import (
    SHOWN,
    Section,
    Table,
    count_text,
    share_text,
    shown_row,
)
from braid.data.report import label_sentences


def labels(audit: dict[str, Any]) -> Iterator[Section]:
    """Texts of each label."""
    if counts := audit.get("labels"):
        order = list(counts.items())
        kept = order if len(order) <= 2 * SHOWN else [*order[:SHOWN], *order[-SHOWN:]]
        left = len(order) - len(kept)
        several = sum(rows for number, rows in audit["texts_with_labels"].items() if number != "1")
        sentences = [f"{sentence[0].upper()}{sentence[1:]}." for sentence in label_sentences(counts, "balanced")]
        sentences += [f"{several:,} texts have several."] if several else []
        note = f"{count_text(left, 'label')} in between not shown." if left else ""
        table = Table(header=("label", "texts"), rows=[list(pair) for pair in kept], bar=1, more=left, note=note)
        yield Section(key="labels", title="Labels", sentences=sentences, tables=[table])


def mislabeled(audit: dict[str, Any]) -> Iterator[Section]:
    """Labels that are probably wrong."""
    found = audit.get("mislabeled")
    if not found:
        return
    if not found["is_usable"]:
        sentences = [f"Wrong labels could not be looked for: {found['reason']}."]
        yield Section(key="mislabeled", title="Doubtful labels", sentences=sentences)
        return
    sentences = [
        f"A linear model that never saw the text it judges finds {found['flagged']:,} labels of {found['rows']:,} "
        f"texts doubtful; about {found['estimated']:,} may be wrong or hard to tell (confident learning)."
    ]
    if "accuracy" in found:
        low, high = found["accuracy"]["low"], found["accuracy"]["high"]
        sentences[0] += f" It is right for {found['accuracy']['value']:.1f} % [{low:.1f}, {high:.1f}] of the texts."
        if found["flagged"]:
            low, high = found["precision"]
            sentences.append(
                f"Where one label in fifty to one in ten had been replaced by lot, {100 * low:.0f} to {100 * high:.0f} "
                "% of those flagged by a model this accurate were wrong; with no wrong labels, they are the hard cases."
            )
        if found["too_few"]:
            few = count_text(len(found["too_few"]), "label")
            sentences.append(f"Nothing is said of {few} with too few texts: {', '.join(found['too_few'][:10])}.")
    rows = [[one["given"] or "–", one["likely"] or "–", one["rows"]] for one in found["confusions"][:10]]
    yield Section(
        key="mislabeled",
        title="Doubtful labels",
        sentences=sentences,
        tables=[Table(header=("called", "looks like", "texts"), rows=rows, bar=2)] if rows else [],
        rows=[shown_row(row) for row in found["suspects"][:SHOWN]],
        rows_title="The most doubtful",
    )


def misaligned(audit: dict[str, Any]) -> Iterator[Section]:
    """Pairs whose sides do not belong together."""
    found = audit.get("misaligned")
    if not found:
        return
    if not found["is_usable"]:
        why = f"it tells mixed pairs from these in only {share_text(found['auc'])} of cases" if "auc" in found else (
            f"{found['rows']:,} pairs are too few to learn from")  # fmt: skip
        sentences = [f"Whether sides belong together could not be judged: {why}."]
        yield Section(key="misaligned", title="Sides that do not fit", sentences=sentences)
        return
    drawn = f" ({found['rows']:,} pairs of {found['of']:,}, drawn by lot)" if found["rows"] < found["of"] else ""
    yield Section(
        key="misaligned",
        title="Sides that do not fit",
        sentences=[
            f"Judged by word links learned from the other pairs, lengths and numbers, about {found['estimated']:,} "
            f"of {found['rows']:,} pairs ({share_text(found['estimated_share'])}) do not belong together{drawn}. The "
            f"check puts mixed pairs above these data's own in {share_text(found['auc'])} of cases; free "
            "translations and sayings look odd to it, too."
        ],
        rows=[shown_row(row) for row in found["suspects"][:SHOWN]] if found["estimated"] else (),
        rows_title="The oddest" if found["estimated"] < SHOWN else "The likeliest",
    )


def summaries(audit: dict[str, Any]) -> Iterator[Section]:
    """How summaries are made of their texts."""
    found = audit.get("summaries")
    if not found or not found["rows"]:
        return
    names = {
        "compression": "length in % of the text", "coverage": "words from fragments of the text, %",
        "density": "mean fragment, words", "novel1": "new words, %", "novel2": "new pairs of words, %",
    }  # fmt: skip
    rows = [
        [title, round(score["value"], 1), f"[{score['low']:.1f}, {score['high']:.1f}]"]
        for name, title in names.items()
        if (score := found["scores"].get(name))
    ]
    yield Section(
        key="summaries",
        title="Summaries",
        sentences=[
            f"{share_text(found['copied'])} of the summaries stand in their text word for word. The best beginning "
            f"({found['lead']['name']}) reaches ROUGE-L {found['lead']['rougeL']:.1f}. Of {found['rows']:,} rows:"
        ],
        tables=[Table(header=("measure", "mean", "95 %"), rows=rows)],
        rows=[shown_row(row, "longer than its text") for row in found["longer"]["samples"]],
        rows_title="Longer than their texts",
    )


def answers(audit: dict[str, Any]) -> Iterator[Section]:
    """Where answers stand."""
    found = audit.get("answers")
    if not found:
        return
    lengths = found["lengths"]
    told = f" Answers have {lengths['50']} words in the middle, {lengths['95']} at most in 95 %." if lengths else ""
    rows = [[f"{10 * tenth} to {10 * tenth + 10} %", 100 * part] for tenth, part in enumerate(found["positions"])]
    yield Section(
        key="answers",
        title="Answers",
        sentences=[
            f"{found['rows']:,} questions about {found['passages']:,} passages; {found['without_answer']:,} without "
            f"an answer, {found['not_found']:,} whose answer does not stand in its passage.{told}"
        ],
        tables=[Table(header=("place in the passage", "% of answers"), rows=rows, bar=1)] if rows else [],
        rows=[shown_row(row, "not in its passage") for row in found["samples"]],
        rows_title="Answers not found",
    )


def generated(audit: dict[str, Any]) -> Iterator[Section]:
    """What texts repeat."""
    found = audit.get("texts")
    if not found:
        return
    yield Section(
        key="texts",
        title="Texts",
        sentences=[
            f"{count_text(found['documents'], 'document')}, {found['characters']:,} characters, "
            f"{found['bytes'] / 1e6:,.2f} MB; {found['distinct_characters']:,} different characters, "
            f"{found['characters_once']:,} of them once. {found['repeated_lines']:,} of {found['lines']:,} lines "
            f"({share_text(found['repeated_share'])} of their text) stood there before; "
            f"{found['repeated_documents']:,} texts repeat another."
        ],
        rows=[shown_row(row, f"{row['times']:,} times") for row in found["samples"]],
        rows_title="Lines most repeated",
    )
