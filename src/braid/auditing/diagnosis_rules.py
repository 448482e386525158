"""Rules of the diagnosis that hold for data of any task."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from braid.auditing.data_languages import wanted_scripts
from braid.auditing.data_licenses import is_restricted
from braid.auditing.expectations import Measured, expectation
from braid.auditing.findings import (
    Audit,
    Finding,
    Rule,
    advice,
    data_size,
    place,
    prospect,
    row_noun,
    rows_kept,
    text_sides,
    warning,
)
from braid.metrics.score import TITLES
from braid.text.languages import canonical, language_name

WIDE, SHORT_RUN = 10.0, 10.0
"""Points between the ends of an expectation from which on a run of so many minutes is worth more than it."""
TELLABLE = 2.0
"""Points by which models should differ to be told apart."""
MANY_REJECTED, MANY_REPEATED, MANY_CONFLICTS, MANY_NEAR = 0.1, 0.05, 0.01, 0.1
"""Shares of the rows from which on they are told."""
OTHER_LANGUAGE = 0.02
"""Share of texts from which on they are told."""
MIN_JUDGED = 20
"""Texts of a side whose language must have been told before anything is said of it."""
KNOWN = 0.95
"""Share of the test's words that training should show."""
DOMINANT = 0.8
"""Share of all rows from which on one of several files sets the tone."""
UNSPACED = ("Han", "kana", "Thai", "Lao", "Khmer", "Burmese", "Myanmar")
"""Scripts that put no spaces between words."""
NEW, SETTLED = 0.6, 0.3
"""Exponents of a vocabulary's growth above which texts are mostly new, and below which they are all alike."""

_NOUNS = {"translate": "sentence pairs", "summarize": "texts with summaries", "answer": "questions",
          "classify": "labeled texts", "generate": "bytes of text"}  # fmt: skip
_WEIGHT_OF_MORE = ((3000, 75.0), (20_000, 60.0), (60_000, 40.0))
"""How much more data counts, by rows there are."""


def unprepared(audit: Audit) -> Iterator[Finding]:
    """Why nothing can be trained."""
    if audit["problem"]:
        yield warning("unprepared", 100, f"No model can be trained on these data as they are: {audit['problem']}.")
        yield advice(
            "first_of_all", 99,
            f"Mend that first: {rows_kept(audit):,} of {audit['data']['rows_read']:,} {row_noun(audit)}s read are "
            "usable each by itself; what is said here of data that cannot be prepared can only be a hint."
        )  # fmt: skip


def expected(audit: Audit) -> Iterator[Finding]:
    """What was measured on data of this size, and what a first run on these may give."""
    size, baseline = data_size(audit), audit["baseline"]
    found = expectation(audit["task"], size, baseline)
    title, noun = TITLES.get(found.metric, found.metric), _NOUNS[audit["task"]]
    yield prospect("measured", 1, f"{'; '.join(_measured(one, title, noun) for one in found.nearest)}.")
    nearest = f"{found.nearest[0].rows:,}"
    if audit["problem"]:
        return
    if baseline and found.reach == "elsewhere":
        known = " to ".join(_figure(found.metric, value) for value in found.baselines)
        yield prospect(
            "unlike", 2,
            f"{baseline['name'][0].upper()}{baseline['name'][1:]} has {title} "
            f"{_figure(found.metric, baseline['value'])} {baseline['where']} without any network, far from where it "
            f"stood in the measurements ({known}): what a network adds to that is not known."
        )  # fmt: skip
        return
    if found.low is None or found.high is None:
        many = "few" if found.reach == "below" else "many"
        yield prospect(
            "unmeasured", 2,
            f"These are {size:,} {noun}. Nothing was measured on so {many} (nearest: {nearest}), so that what they "
            "will give is not known."
        )  # fmt: skip
        return
    ceiling = _ceiling(audit)
    ends = sorted(min(value, ceiling) for value in (found.low, found.high))
    low, high = (_figure(found.metric, value) for value in ends)
    span = f"{title} {low} to {high}" if low != high else f"{title} {low}"
    if not baseline:
        known = f"anything from {span}" if low != high else span
        yield prospect(
            "expectation", 2,
            f"With about as many as these {size:,} {noun} {known} was measured; how hard these are, no baseline says "
            "here."
        )  # fmt: skip
        return
    reach = {
        "below": f" That is a guess: nothing was measured on so few (nearest: {nearest}).",
        "above": f" It may be more: nothing was measured on so many (nearest: {nearest}).",
    }.get(found.reach, "")
    yield prospect(
        "expectation", 2,
        f"With {size:,} {noun} expect about {span} from a first run: {baseline['name']} has "
        f"{_figure(found.metric, baseline['value'])} {baseline['where']} without any network; this adds the smallest "
        f"and the largest gain over it that was measured.{reach}"
    )  # fmt: skip
    if found.metric != "bits_per_byte" and ends[1] - ends[0] > WIDE:
        yield advice(
            "short_run", 20,
            f"{title} {low} to {high} is too wide a range to decide by: {SHORT_RUN:g} minutes of training "
            f"(`braid train RECIPE --set train.minutes={SHORT_RUN:g}`) and `braid evaluate` say more about these data "
            "than all other measurements."
        )  # fmt: skip


def _ceiling(audit: Audit) -> float:
    """The best accuracy there can be on the test part, whose labels training may lack."""
    found = audit.get("unknown_labels", {}).get("test")
    return 100 * (1 - found["unknown"] / found["rows"]) if found else math.inf


def _measured(one: Measured, title: str, noun: str) -> str:
    return (
        f"{one.rows:,} {noun} ({one.data}) gave {title} {one.value:g} in {one.minutes:g} minutes on two cores, where "
        f"the baseline has {one.baseline:g}"
    )


def _figure(metric: str, value: float) -> str:
    return f"{value:.2f}" if metric == "bits_per_byte" else f"{value:.0f}"


def rejected(audit: Audit) -> Iterator[Finding]:
    """Many rows that are left out."""
    read, found = audit["data"]["rows_read"], audit["data"]["rejected"]
    lost = sum(one["rows"] for one in found.values())
    if not read or lost < MANY_REJECTED * read:
        return
    rule, worst = next(iter(found.items()))
    sample, name, noun = worst["samples"][0], rule.replace("_", " "), row_noun(audit)
    detail = f": {sample['detail']}" if sample["detail"] else ""
    yield warning(
        "rejected", 30 + 60 * lost / read,
        f"{lost:,} of {read:,} {noun}s ({100 * lost / read:.0f} %) are left out, {worst['rows']:,} of them by the rule "
        f'"{name}" (first {place(sample)}{detail}).'
    )  # fmt: skip
    swapped = audit["data"].get("swapped") if rule == "language_side" else None
    if swapped:
        yield warning(
            "swapped", 98,
            f"The sides look swapped: {worst['rows']:,} of {read:,} rows are left out for their language, and "
            f"{swapped['fitting']:,} of {swapped['looked_at']:,} of these that were looked at would be right with "
            f"source and target the other way round, first {place(sample)}."
        )  # fmt: skip
        yield advice(
            "swap_sides", 98,
            "Swap source and target where they stand the wrong way round: of parallel files name that of the source "
            "first, of columns set source_column and target_column under [data]. Rows too short for their language to "
            "be told are used as they stand until then."
        )  # fmt: skip
    elif rule not in ("duplicate", "leak"):
        yield advice(
            "cleaning", min(80, 30 + 100 * lost / read),
            f'Look at what the rule "{name}" leaves out: {worst["rows"]:,} {noun}s come back if they are mended, or if '
            'the rule '
            "under [data] is too strict for these texts."
        )  # fmt: skip


def small_test(audit: Audit) -> Iterator[Finding]:
    """How far scores on the test part can be trusted.

    Two scores whose intervals reach h either way differ for certain from about 1.4 h on.
    """
    baseline = audit["baseline"]
    rows = audit["data"]["splits"].get("test", 0)
    if not baseline or not rows or baseline["metric"] == "bits_per_byte":
        return
    half = (baseline["high"] - baseline["low"]) / 2 * math.sqrt(baseline["rows"] / rows)
    told = math.sqrt(2) * half
    if told <= TELLABLE:
        return
    title = TITLES.get(baseline["metric"], baseline["metric"])
    yield warning(
        "small_test", 40 + min(30, 5 * told),
        f"The test part has {rows:,} rows: the 95 % interval of {title} reaches about {half:.1f} either way, so that "
        f"two models must differ by about {told:.1f} before that says anything."
    )  # fmt: skip
    needed = 100 * math.ceil(rows * (told / TELLABLE) ** 2 / 100 - 1e-6)
    how = f"set data.test_rows = {needed}" if needed < 0.2 * rows_kept(audit) else "that takes more data, or --folds"
    yield advice(
        "test_rows", 30, f"To tell models {TELLABLE:g} points apart the test part needs about {needed:,} rows: {how}."
    )


def languages(audit: Audit) -> Iterator[Finding]:
    """Sides in another language, script or variety than declared."""
    for side in text_sides(audit):
        found, name = side["language"], side["name"]
        declared = language_name(found["declared"]) if found["declared"] else ""
        if wrong := _wrong_script(found["declared"], found["scripts"]):
            yield warning(
                "script", 97,
                f"The {name} is declared as {declared}, but {100 * wrong[1]:.0f} % of its letters are {wrong[0]}."
            )  # fmt: skip
        if found["other"] >= OTHER_LANGUAGE and declared and found["texts"] >= MIN_JUDGED:
            others = [code for code in found["languages"] if canonical(code) != canonical(found["declared"])]
            most = f", most often {language_name(others[0])}" if others else ""
            share = f"{100 * found['other']:.0f} %"
            yield warning(
                "language", 50 + 45 * found["other"],
                f"{share} of {found['texts']:,} longer texts of the {name} look like another language than "
                f"{declared}{most}."
            )  # fmt: skip
            yield advice(
                "other_language", 45 + 50 * found["other"],
                f"Take texts in other languages out of the {name}, or declare the right one: about {share} of its "
                "longer texts."
            )  # fmt: skip
        if found["variant"] == "mixed":
            yield warning(
                "variants", 45, f"The {name} mixes simplified and traditional Chinese: a model learns to mix them, too."
            )


def _wrong_script(declared: str, scripts: dict[str, float]) -> tuple[str, float] | None:
    """The script that most letters have, where the declared language is never written in it."""
    script, share = next(iter(scripts.items()), ("", 0.0))
    wanted = wanted_scripts(declared)
    return (script, share) if wanted and share > 0.5 and script not in wanted else None


def vocabulary(audit: Audit) -> Iterator[Finding]:
    """How much of the test training does not show, and what more data would bring."""
    sides = text_sides(audit)
    covered = [side for side in sides if side["coverage"] and side["coverage"]["known"] < KNOWN]
    for side in sorted(covered, key=lambda side: side["coverage"]["known"])[:1]:
        cover = side["coverage"]
        yield warning(
            "unknown_words", 40 + min(45, 100 * (1 - cover["known"])),
            f"{100 * (1 - cover['known']):.1f} % of the words in the test's {side['name']} never stand in training "
            f"({100 * (1 - cover['known_types']):.0f} % of its different words), {100 * cover['seen_once']:.1f} % "
            f"stand there once{_characters(audit, side)}."
        )  # fmt: skip
    growing = max(sides, default=None, key=lambda side: side["growth"]["exponent"])
    if growing is None or not growing["growth"]["types"]:
        return
    growth, size = growing["growth"], data_size(audit)
    weight = next((weight for rows, weight in _WEIGHT_OF_MORE if size < rows), 15.0)
    exponent = growth["exponent"]
    verdict = (
        "the texts are still mostly new" if exponent > NEW
        else "more of the same kind adds little" if exponent < SETTLED
        else "more data still helps"
    )  # fmt: skip
    yield advice(
        "more_data", (25.0 if audit["task"] == "generate" else weight) + 30 * max(-0.5, exponent - 0.5),
        f"Twice as much data would bring about {growth['next_doubling']:,} new words in the {growing['name']} beside "
        f"the {growth['types']:,} there are, {growth['once']:,} of which stand there once: {verdict}."
    )  # fmt: skip


def _characters(audit: Audit, side: dict[str, Any]) -> str:
    """What preparation, which counts characters where no spaces part words, says of the same texts."""
    keys = [key for key, one in audit["sides"].items() if one is side]
    unseen = audit["data"].get("unseen_words", {}).get(f"test_{keys[0]}") if keys else None
    script = next(iter(side["language"]["scripts"]), "")
    if unseen is None or script not in UNSPACED:
        return ""
    return (
        f" (words of a dictionary; of its characters, which `braid prepare` counts here, {100 * unseen:.1f} % are new)"
    )


def repeats(audit: Audit) -> Iterator[Finding]:
    """Duplicates and near duplicates."""
    rules, read = audit["data"]["rejected"], max(1, audit["data"]["rows_read"])
    for rule, least, words in (
        ("duplicate", MANY_REPEATED, "repeat another"),
        ("conflict", MANY_CONFLICTS, "repeat a text with other labels"),
    ):
        number = rules.get(rule, {}).get("rows", 0)
        if number >= least * read:
            yield warning(
                f"{rule}s", 38,
                f"{number:,} of {read:,} {row_noun(audit)}s ({100 * number / read:.0f} %) {words}; the first of each "
                "is used."
            )  # fmt: skip
    near = audit["near_duplicates"]
    train = max(1, audit["sampled"].get("train", [audit["data"]["splits"].get("train", 0)])[0])
    if near and near["rows"] >= MANY_NEAR * train:
        yield warning(
            "near_duplicates", 34,
            f"{near['rows']:,} of {train:,} training rows nearly repeat another: they teach less than their number "
            "says."
        )  # fmt: skip


def files(audit: Audit) -> Iterator[Finding]:
    """One file above all, odd encodings, damaged texts."""
    found, read, damaged = audit["files"], max(1, audit["data"]["rows_read"]), audit["damaged"]
    if len(found) > 1 and found[0]["rows"] >= DOMINANT * read:
        yield warning(
            "one_file", 25,
            f"{100 * found[0]['rows'] / read:.0f} % of all rows come from {found[0]['file']}: the model will be like "
            f"that file{'' if 'test' in audit['given'] else ', and so is the test'}."
        )  # fmt: skip
    odd = [file for file in found if file["encoding"] not in ("", "utf-8", "ascii")]
    if odd:
        more = f", and {len(odd) - 1:,} more file{'s' * (len(odd) > 2)} not as UTF-8" if len(odd) > 1 else ""
        yield warning(
            "encoding", 20,
            f"{odd[0]['file']} was read as {odd[0]['encoding']}{more}: look whether its letters came through."
        )  # fmt: skip
    if damaged["rows"]:
        yield warning(
            "damaged_text", 30 + min(30, 3000 * damaged["rows"] / read),
            f"{damaged['rows']:,} rows hold marks of a wrong encoding, first {place(damaged['samples'][0])}."
        )  # fmt: skip


def personal_data(audit: Audit) -> Iterator[Finding]:
    """Personal data that stay in the texts."""
    if found := audit["data"].get("noted", {}).get("personal_data"):
        kinds = ", ".join(f"{kind.replace('_', ' ')} {number:,}" for kind, number in found.get("kinds", {}).items())
        first = found["samples"][0]
        yield warning(
            "personal_data", 26 + min(30, 300 * found["rows"] / max(1, audit["data"]["rows_kept"])),
            f"{found['rows']:,} rows hold personal data{f' ({kinds})' if kinds else ''}, first {place(first)} "
            f'({first["detail"]}), which a model may repeat: personal_data = "mask" or "reject" under [data].'
        )  # fmt: skip


def licenses(audit: Audit) -> Iterator[Finding]:
    """No license note, or one that forbids something."""
    found = audit["licenses"]
    if not found["licenses"]:
        yield warning(
            "no_license", 10,
            "No license is named beside the data files or in their columns: note where the texts come from before a "
            "model of them is passed on."
        )  # fmt: skip
    restricted = [name for name in found["licenses"] if is_restricted(name)]
    if restricted:
        yield warning(
            "license", 28,
            f"Notes beside the data name {', '.join(restricted)}: some uses of a model of them may be forbidden."
        )  # fmt: skip


def sampled(audit: Audit) -> Iterator[Finding]:
    """Parts of which only some rows were looked at."""
    for part, (rows, total) in audit["sampled"].items():
        yield warning(
            "sampled", 5,
            f"Of the {part} part {rows:,} of {total:,} rows were looked at, drawn by lot (seed {audit['seed']})"
            f"{'; leaks were looked for in all.' if part == 'train' else '.'}"
        )  # fmt: skip


DATA_RULES: tuple[Rule, ...] = (
    unprepared, expected, rejected, small_test, languages, vocabulary, repeats, personal_data,
    files, licenses, sampled,
)  # fmt: skip
