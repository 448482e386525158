"""Sections of an audit that data of any task have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from braid.auditing.audit_view import (
    SHOWN,
    Cell,
    Section,
    Shown,
    Table,
    count_text,
    marked_cut,
    share_text,
    shown_row,
)
from braid.auditing.findings import place, row_noun, text_sides
from braid.data.report import NOTE_TITLES, RULE_TITLES, held_sentences
from braid.text.languages import language_name

LEAST = 0.0005
"""Shares below are not worth a place in a line."""


def _shares(shares: dict[str, float]) -> str:
    """The first three of some shares by name."""
    return ", ".join(f"{name} {share_text(part)}" for name, part in list(shares.items())[:3] if part >= LEAST)


def _rule(name: str) -> str:
    return RULE_TITLES.get(name, name.replace("_", " "))


def _note(rule: str) -> str:
    return NOTE_TITLES.get(rule, rule.replace("_", " "))


def sizes(audit: dict[str, Any]) -> Iterator[Section]:
    """Rows of files and parts, and what was left out."""
    data = audit["data"]
    rejected = [[_rule(rule), found["rows"]] for rule, found in data["rejected"].items()]
    files = [[one["file"], one["rows"], 100 * one["rows"] / max(1, data["rows_read"])] for one in audit["files"]]
    parts = [[part, rows] for part, rows in data["splits"].items()]
    samples = [
        shown_row(
            {name: marked_cut(value) if isinstance(value, str) else value for name, value in sample.items()},
            f"{_rule(rule)}: {marked_cut(sample['detail'])}" if sample["detail"] else _rule(rule),
        )
        for rule, found in data["rejected"].items()
        for sample in found["samples"][:2]
    ]
    noun, pieces = row_noun(audit), data.get("pieces")
    kept = f", in {count_text(pieces, 'piece')}" if pieces else ""
    left = max(0, len(files) - SHOWN)
    yield Section(
        key="sizes",
        title="Sizes",
        sentences=[
            f"{count_text(data['rows_read'], noun)} read, {data['rows_kept']:,} of them kept{kept}.",
            *(f"{sentence}." for sentence in held_sentences(data)),
        ],
        tables=[
            Table(
                header=("file", f"{noun}s", "%"),
                rows=files[:SHOWN],
                bar=1,
                more=left,
                note=f"and {count_text(left, 'more file')}" if left else "",
            ),
            Table(header=("part", "pieces" if pieces else f"{noun}s"), rows=parts, bar=1),
            *([Table(header=("left out", f"{noun}s"), rows=rejected, bar=1)] if rejected else []),
        ],
        rows=samples,
        rows_title="Left out, for example",
    )


def languages(audit: dict[str, Any]) -> Iterator[Section]:
    """Scripts and languages beside the declared ones."""
    rows, others, sentences = [], [], []
    for side in text_sides(audit):
        found = side["language"]
        scripts = _shares(found["scripts"]) or "no letters"
        told = _shares({language_name(code): part for code, part in found["languages"].items()})
        variant = f" ({found['variant']})" if found["variant"] else ""
        declared = language_name(found["declared"]) if found["declared"] else "nothing"
        if told and found["unclear"] >= LEAST:
            told += f", {share_text(found['unclear'])} too short or too mixed to tell"
        rows.append([side["name"], declared + variant, scripts, told or "texts too short to tell", found["texts"]])
        others += [
            shown_row(row, f"{side['name']} looks like {language_name(row['language'])}") for row in found["rows"][:5]
        ]
        parts = {language_name(code) for code in side["part_languages"].values()}
        if len(parts) > 1:
            told = ", ".join(f"{part} {language_name(code)}" for part, code in side["part_languages"].items())
            sentences.append(f"The {side['name']} by parts, several texts together: {told}.")
        if found["stray_kana"]:
            sentences.append(
                f"The {side['name']} is Chinese with {found['stray_kana']:,} kana in it: where they are no Japanese "
                "words, they stand in the place of rare characters."
            )
    header = ("side", "declared", "scripts", "found", "texts judged")
    yield Section(
        key="languages",
        title="Languages and scripts",
        sentences=sentences,
        tables=[Table(header=header, rows=rows)],
        rows=others,
        rows_title="In another language, it seems",
    )


def lengths(audit: dict[str, Any]) -> Iterator[Section]:
    """Lengths of texts."""
    names = ("1", "5", "25", "50", "75", "95", "99", "100")
    rows: list[list[Cell]] = [
        [side["name"], *(side["lengths"].get(name, "") for name in names)] for side in text_sides(audit)
    ]
    ratio = audit["sides"].get("ratio")
    if ratio:
        rows.append(["ratio", *(f"{ratio[name]:.2f}" for name in names)])
    bars = audit["sides"]["histogram"]
    chart = {"title": "texts by length", "x": "words from", "y": "texts", **bars}
    yield Section(
        key="lengths",
        title="Lengths",
        sentences=["In words, and in characters of scripts without spaces; percentiles of the training part."],
        tables=[Table(header=("side", *(f"{name} %" for name in names)), rows=rows)],
        charts=[chart] if any(map(any, bars["bars"].values())) else [],
    )


def vocabulary(audit: dict[str, Any]) -> Iterator[Section]:
    """Different words, and how much of the test they cover."""
    rows, lines = [], {}
    for side in text_sides(audit):
        growth, cover = side["growth"], side["coverage"]
        known = (
            [share_text(cover["known"]), share_text(cover["known_types"]), share_text(cover["seen_once"])]
            if cover
            else ["–"] * 3
        )
        fertility = f"{side['fertility']:.2f}" if side["fertility"] else "–"
        rows.append(
            [side["name"], growth["words"], growth["types"], growth["once"], growth["next_doubling"], *known, fertility]
        )
        if growth["curve"]:
            lines[side["name"]] = growth["curve"]
    header = ("side", "words", "different", "seen once", "new by doubling", "test known", "test types known",
              "test seen once", "subwords a word")  # fmt: skip
    yield Section(
        key="vocabulary",
        title="Vocabulary",
        sentences=[
            "How many different words the training part has, how many twice as much of it would add, and how much "
            "of the test it covers."
        ],
        tables=[Table(header=header, rows=rows)],
        charts=[{"title": "vocabulary", "x": "words read", "y": "different words", "lines": lines}] if lines else [],
    )


def repeats(audit: dict[str, Any]) -> Iterator[Section]:
    """Repetitions and several targets."""
    rejected, found = audit["data"]["rejected"], audit.get("consistency")
    number = {rule: rejected.get(rule, {}).get("rows", 0) for rule in ("duplicate", "conflict")}
    sentences = [f"{number['duplicate']:,} {row_noun(audit)}s repeat another exactly"
                 + (f", {number['conflict']:,} with other labels" if number["conflict"] else "") + "."]  # fmt: skip
    rows = []
    if found:
        sentences.append(
            f"{found['several_targets']:,} of {found['sources']:,} different sources have several targets "
            f"({found['rows']:,} rows); {found['several_sources']:,} targets have several sources."
        )
        rows = [
            Shown(where=f"{one['file']}:{one['line']}", why=f"{one['number']} targets", source=one["source"],
                  target=" / ".join(one["targets"])) for one in found["samples"][:5]
        ]  # fmt: skip
    yield Section(
        key="repeats", title="Repetitions", sentences=sentences, rows=rows, rows_title="Sources with most targets"
    )


def noted(audit: dict[str, Any]) -> Iterator[Section]:
    """What preparation mended, took out, masked or only counted; personal data by kind."""
    found = audit["data"].get("noted", {})
    if not found:
        return
    rows: list[list[Cell]] = []
    for rule, one in found.items():
        rows.append([_note(rule), one["rows"]])
        rows += [[f"– finds: {kind.replace('_', ' ')}", number] for kind, number in one.get("kinds", {}).items()]
    samples = [
        Shown(where=place(one), why=f"{_note(rule)}: {marked_cut(one['detail'])}")
        for rule, kinds in found.items()
        for one in kinds["samples"][:2]
    ]
    yield Section(
        key="noted",
        title="Mended, taken out, personal data",
        sentences=[f"What preparation noted in {row_noun(audit)}s that it did not reject."],
        tables=[Table(header=("what", f"{row_noun(audit)}s"), rows=rows)],
        rows=samples,
        rows_title="For example",
    )


def terms_counted(audit: dict[str, Any]) -> Iterator[Section]:
    """Gendered words and other groups."""
    sentences, tables = [], []
    for side in text_sides(audit):
        terms = side["terms"]
        if not terms or not (terms["gender"] or terms["groups"]):
            continue
        name = f"{side['name']} ({language_name(terms['language'])})"
        rows = [_balance(kind, one) for kind, one in terms["gender"].items()]
        rows += [_balance(f"beside “{word}”", one) for word, one in list(terms["occupations"].items())[:10]]
        if rows:
            tables.append(Table(header=(name, "female", "male", "% female", "95 %"), rows=rows))
        if terms["groups"]:
            groups = [[kind, ", ".join(f"{word} {number:,}" for word, number in counts.items())]
                      for kind, counts in terms["groups"].items()]  # fmt: skip
            tables.append(Table(header=(f"{name}: other groups", "mentions"), rows=groups))
        sentences += [f"{name}: {note}" for note in terms["notes"]]
    if tables:
        about = "Counts of words, no verdict: what share would be right depends on what the texts are about."
        yield Section(key="terms", title="Women, men and other groups", sentences=[about, *sentences], tables=tables)


def _balance(name: str, one: dict[str, Any]) -> list[Cell]:
    return [name, one["female"], one["male"], float(one["share"]), f"[{one['low']:.0f}, {one['high']:.0f}]"]


def licenses(audit: dict[str, Any]) -> Iterator[Section]:
    """Notes about licenses."""
    found = audit["licenses"]
    rows = [[one["file"], ", ".join(one["licenses"]) or "none named", one["line"]] for one in found["notes"]]
    rows += [[f"{one['file']}, column {one['column']}", ", ".join(one["licenses"]) or "none named", one["line"]]
             for one in found["columns"]]  # fmt: skip
    where = count_text(found["folders"], "folder")
    sentence = (
        f"Notes found in {where} and in the data's columns; whether they allow a use is for a person to judge."
        if rows
        else f"No license note found beside the data files ({where} looked into) or in their columns."
    )
    tables = [Table(header=("where", "names", "says"), rows=rows)] if rows else []
    yield Section(key="licenses", title="License notes", sentences=[sentence], tables=tables)
