"""Rules of the diagnosis about parts: what they share and should not, and what training lacks of the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from braid.auditing.data_languages import is_like
from braid.auditing.findings import (
    LEAKS,
    Audit,
    Finding,
    Rule,
    advice,
    and_list,
    num_leaks,
    text_sides,
    warning,
)
from braid.text.languages import language_name

LEAKING = 0.01
"""Share of held-out rows from which on leaks are told."""


def leakage(audit: Audit) -> Iterator[Finding]:
    """Held-out rows in training, and files that were given for different parts and say the same."""
    leaks = audit["leakage"] or {"parts": {}}
    for part, found in leaks["parts"].items():
        number = sum(found[name] for name in LEAKS)
        if number < max(1, LEAKING * found["rows"]):
            continue
        other = f"; {found['other']:,} more share a long stretch with it" if found["other"] else ""
        yield warning(
            "leakage", 90,
            f"{number:,} of {found['rows']:,} rows of the {part} part stand in training as well "
            f"({_how(found, LEAKS)}): scores on them are too high{other}."
        )  # fmt: skip
    left_out = leaks.get("left_out") or {"parts": {}}
    for part, found in left_out["parts"].items():
        number = num_leaks(audit, found)
        if part in audit["given"] and number >= max(1, LEAKING * found["rows"]):
            how = _how(found, (*LEAKS, "other") if audit["task"] == "generate" else LEAKS)
            yield warning(
                "leakage", 60 + 25 * number / found["rows"],
                f"{number:,} of {found['rows']:,} rows that were given as the {part} part stand in what was given for "
                f"another part as well ({how}): {left_out['rows']:,} rows were left out for that, so that scores hold, "
                "but other people's scores on these files may not."
            )  # fmt: skip


def _how(found: dict[str, int], names: Sequence[str]) -> str:
    """How held-out rows leak, as far as they do."""
    words = {"exact": "exactly", "near": "nearly", "identifier": "by their identifier or group", "other": "in part"}
    return ", ".join(f"{found[name]:,} {words[name]}" for name in names if found[name])


def parts_differ(audit: Audit) -> Iterator[Finding]:
    """Held-out parts in another language, or with labels that training lacks."""
    odd: dict[str, list[str]] = {}
    for side in text_sides(audit):
        told = side["part_languages"]
        others = {part: code for part, code in told.items() if "train" in told and not is_like(code, told["train"])}
        if others:
            rest = " and ".join(f"of the {part} part in {language_name(code)}" for part, code in others.items())
            odd.setdefault(f"in {language_name(told['train'])}, that {rest}", []).append(side["name"])
    for rest, names in odd.items():
        yield warning(
            "other_part_language", 88,
            f"The {' and the '.join(names)} of the training part {'is' if len(names) == 1 else 'are'} {rest}: what is "
            "measured there is how a model fares in a language it was not shown."
        )  # fmt: skip
    for part, found in audit.get("unknown_labels", {}).items():
        number, rows = found["unknown"], found["rows"]
        yield warning(
            "unknown_labels", 60 + 35 * number / rows,
            f"{number:,} of {rows:,} rows of the {part} part have a label that training lacks "
            f"({and_list(list(found['labels']))}): no model of these data gets more than "
            f"{100 * (rows - number) / rows:.1f} % of that part right."
        )  # fmt: skip
        yield advice(
            "missing_labels", 60 + 35 * number / rows,
            f"Add training texts with the labels that only the {part} part has, or take these out of it: "
            f"{and_list(list(found['labels']), 8)}."
        )  # fmt: skip


PART_RULES: tuple[Rule, ...] = (leakage, parts_differ)
