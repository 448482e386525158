"""Rules of the diagnosis that hold for one task's data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from braid.auditing.findings import Audit, Finding, Rule, advice, data_size, place, warning
from braid.data.report import UNEVEN

FEW_TEXTS = 10
"""Texts of a label below which it is hardly learned."""
MIN_MISALIGNED, MIN_MISALIGNED_SHARE, MENDED_SHARE = 3, 0.0005, 0.003
"""Pairs, their share from which on they are told, and from which on mending them is advised."""
MIN_CONFUSED, CONFUSED, MANY_SUSPECTS = 3, 0.05, 10
"""Suspects of one pair of labels, and their share of all, from which on the pair is told; suspects from which on it is
told that there is none."""
SHARED_LINES = 0.1
"""Share of the documents that have the same line, from which on it is told."""
INCONSISTENT = 0.1
MUCH_COPIED, MUCH_REPEATED, FIRST_TENTH = 0.3, 0.1, 0.5
SMALL_PAIRS = 60_000
"""Pairs up to which docs/patterns.md says something about encoders."""


def misaligned(audit: Audit) -> Iterator[Finding]:
    """Pairs whose sides do not belong together."""
    found = audit.get("misaligned")
    if not found or not found["is_usable"]:
        return
    number, share = found["estimated"], found["estimated_share"]
    if number < MIN_MISALIGNED or share < MIN_MISALIGNED_SHARE:
        return
    first = found["suspects"][0]
    yield warning(
        "misaligned", 30 + min(60, 1200 * share),
        f"About {number:,} of {found['rows']:,} pairs ({100 * share:.1f} %) look as if their sides did not belong "
        f"together or were freely translated, first {place(first)} ({first['reasons'][0]})."
    )  # fmt: skip
    if share >= MENDED_SHARE:
        yield advice(
            "realign", 30 + min(60, 1200 * share),
            f"Mend or drop the {number:,} pairs whose sides do not fit: they teach a model to say something else "
            "than its source."
        )  # fmt: skip


def mislabeled(audit: Audit) -> Iterator[Finding]:
    """Labels that look wrong."""
    found = audit.get("mislabeled")
    if not found or not found["suspects"]:
        return
    number, share, first = found["flagged"], found["flagged"] / found["rows"], found["suspects"][0]
    low, high = found.get("precision", (1.0, 1.0))
    weight = 30 + min(60, 700 * share * (low + high) / 2)
    more = f"; about {found['estimated']:,} may be wrong or hard to tell" if found["estimated"] > number else ""
    yield warning(
        "mislabeled", weight,
        f"{f'{number:,} labels' if number > 1 else 'The label of one'} of {found['rows']:,} texts "
        f"({100 * share:.1f} %) {'look' if number > 1 else 'looks'} wrong or doubtful{more}, first "
        f"{place(first)} ({first['reasons'][0]})."
    )  # fmt: skip
    yield advice(
        "relabel", weight,
        f"Read the {f'{number:,} doubtful labels' if number > 1 else 'doubtful label'} again, in the order of the "
        f"list{_confused(audit, found)}."
    )  # fmt: skip


def _confused(audit: Audit, found: dict[str, Any]) -> str:
    """Which two labels are taken for each other, where far more suspects than by chance are of such a pair."""
    number, pair = found["flagged"], found["confusions"][0]
    names = [f'"{pair[side]}"' if pair[side] else "no such label" for side in ("given", "likely")]
    labels = len(audit.get("labels") or {})
    by_chance = number / max(1, labels * (labels - 1)) if labels else 0
    if pair["rows"] >= max(MIN_CONFUSED, CONFUSED * number, 2 * by_chance):
        return (
            f"; most often {names[0]} looks like {names[1]} ({pair['rows']:,} texts). Where people would differ as "
            "well, join the two labels or write down what sets them apart"
        )
    if number < MANY_SUSPECTS:
        return ""
    return (
        "; no two labels are taken for each other far more often than others, so that these are single slips rather "
        "than labels that are hard to tell apart"
    )


def labels(audit: Audit) -> Iterator[Finding]:
    """Labels that are far from equally frequent, or hardly there."""
    counts = list((audit.get("labels") or {}).items())
    if not counts:
        return
    (largest, most), (smallest, least) = counts[0], counts[-1]
    if len(counts) == 1:
        yield warning(
            "one_label", 96, f'All {most:,} texts have the same label, "{largest}": there is nothing to tell apart.'
        )
    if most >= UNEVEN * least:
        yield warning(
            "imbalance", 35 + min(20, most / least),
            f'The largest label, "{largest}", has {most:,} texts, the smallest, "{smallest}", {least:,}: '
            f'{most / least:,.0f} '
            "to 1. Accuracy hides how rare labels fare; look at macro F1."
        )  # fmt: skip
        if audit["class_weight"] == "none":
            yield advice(
                "class_weight", 30,
                'Rare labels may gain from class_weight = "balanced" under [train], at some cost to the frequent ones.'
            )  # fmt: skip
    few = [name for name, number in counts if number < FEW_TEXTS]
    if few:
        yield warning(
            "rare_labels", 48,
            f"{len(few):,} of {len(counts):,} labels have fewer than {FEW_TEXTS} texts, the smallest {least:,} "
            f'("{smallest}"): they are hardly learned, and the test says little about them.'
        )  # fmt: skip
        yield advice("more_of_label", 55, f'Collect texts for labels with fewer than {FEW_TEXTS}, "{smallest}" first.')


def inconsistent(audit: Audit) -> Iterator[Finding]:
    """One source, several targets."""
    found = audit.get("consistency")
    if not found or audit["task"] != "translate" or found["several_targets"] < INCONSISTENT * max(1, found["sources"]):
        return
    first = found["samples"][0]
    yield warning(
        "inconsistent", 36,
        f"{found['several_targets']:,} of {found['sources']:,} sources have several targets, "
        f"\"{first['source'][:60]}\" "
        f"{first['number']} of them ({place(first)}): a model gives one, and scores count the others as wrong."
    )  # fmt: skip


def summaries(audit: Audit) -> Iterator[Finding]:
    """Summaries that are copies, or longer than their texts."""
    found = audit.get("summaries")
    if not found or not found["rows"]:
        return
    if found["copied"] >= MUCH_COPIED:
        yield warning(
            "copied_summaries", 30,
            f"{100 * found['copied']:.0f} % of the summaries stand in their texts word for word: `braid summarize "
            "--extract` does much of this without training."
        )  # fmt: skip
    longer = found["longer"]
    if longer["rows"]:
        yield warning(
            "long_summaries", 45,
            f"{longer['rows']:,} summaries are longer than their texts, first {place(longer['samples'][0])}: the "
            "columns may be the wrong way round there."
        )  # fmt: skip


def answers(audit: Audit) -> Iterator[Finding]:
    """Answers that are lost, always there, or always in the same place."""
    found = audit.get("answers")
    if not found or not found["rows"]:
        return
    if found["not_found"]:
        yield warning(
            "lost_answers", 50,
            f"{found['not_found']:,} answers to {found['rows']:,} questions do not stand in their passage, first "
            f"{place(found['samples'][0])}: nothing is learned from them."
        )  # fmt: skip
    if not found["without_answer"]:
        yield advice(
            "always_answered", 25,
            f"All {found['rows']:,} questions have an answer: add some that their passage does not answer, or the "
            "model never learns to say so."
        )  # fmt: skip
    if found["positions"] and found["positions"][0] >= FIRST_TENTH:
        yield warning(
            "answers_first", 32,
            f"{100 * found['positions'][0]:.0f} % of the answers stand in the first tenth of their passage: a model "
            "may learn the place instead of the question."
        )  # fmt: skip


def repeated_lines(audit: Audit) -> Iterator[Finding]:
    """Texts that repeat themselves."""
    found = audit.get("texts")
    if found and found["repeated_share"] >= MUCH_REPEATED:
        first = found["samples"][0]
        yield warning(
            "repeated_lines", 40 + 50 * found["repeated_share"],
            f"{100 * found['repeated_share']:.0f} % of the text repeats earlier lines, one of them "
            f"{first['times']:,} times "
            f"(\"{first['target'][:60]}\"): a model learns these by heart, and scores on them are too good."
        )  # fmt: skip


def shared_lines(audit: Audit) -> Iterator[Finding]:
    """Lines that document after document has, and the key that takes them out."""
    section = "texts" if audit["task"] == "generate" else "summaries"
    found = (audit.get(section) or {}).get("shared_lines")
    if found and found["lines"] and found["most"] >= SHARED_LINES * found["documents"]:
        others = found["lines"] - 1
        more = f", and {others:,} more line{'s' * (others > 1)} stand{'s' * (others == 1)} in many" if others else ""
        yield advice(
            "shared_lines", 45 + 30 * found["most"] / found["documents"],
            f"{found['most']:,} of {found['documents']:,} documents have the line \"{found['line'][:60]}\"{more}: "
            "remove_boilerplate = true under [data] takes out what stands in so many, such as headers and footers."
        )  # fmt: skip


def model(audit: Audit) -> Iterator[Finding]:
    """What a model could be chosen by; see docs/patterns.md and README.md."""
    if audit["problem"]:
        return
    if audit["task"] == "translate" and data_size(audit) < SMALL_PAIRS:
        yield advice(
            "model", 18,
            'For short runs try a recurrent encoder: encoder = "SSSA" or "MM" under [model] was 3 to 4 BLEU ahead '
            'of attention '
            "alone after one pass over 29,000 pairs; whether that lasts was not measured."
        )  # fmt: skip
    baseline = audit["baseline"]
    if audit["task"] == "classify" and baseline and not audit.get("unknown_labels"):
        yield advice(
            "model", 16,
            f"A linear model alone is right for {baseline['value']:.1f} % {baseline['where']}; on other test "
            "parts of some size networks were 0.1 points below to 2.1 above it so far, so that better labels and more "
            "texts help more than another network."
        )  # fmt: skip


TASK_RULES: tuple[Rule, ...] = (
    misaligned, mislabeled, labels, inconsistent, summaries, answers, repeated_lines, shared_lines, model
)  # fmt: skip
