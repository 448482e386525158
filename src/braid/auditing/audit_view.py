"""What people are shown of an audit, on the terminal and on the page: sentences, tables, charts and rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from braid.auditing.data_languages import told_name
from braid.auditing.findings import text_sides
from braid.data.report import label_sentences
from braid.text.languages import language_name

SHOWN = 20
"""Rows of an example list and of most tables."""

LEAST = 0.0005
"""Shares below are not worth a place in a line."""

Cell = str | int | float


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows under a header; the first column is text.

    Args:
        header: One name a column.
        rows: Cells: text, whole numbers, or numbers that are shown with one decimal.
        bar: The column whose values, as shares of the largest, are drawn as bars as well; -1 for none.
    """

    header: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    bar: int = -1


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A row of the data with where it stands and why it is shown."""

    where: str
    why: str
    source: str = ""
    target: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part of an audit.

    Args:
        key: A short name.
        title: For people.
        sentences: What is said first.
        lists: Titles with sentences below them, in order of importance.
        tables: Next.
        charts: As `braid.auditing.charts.chart_row` takes them; not on a terminal.
        rows: Rows of the data, below ``rows_title``.
        rows_title: What they are.
    """

    key: str
    title: str
    sentences: Sequence[str] = ()
    lists: Sequence[tuple[str, Sequence[str]]] = ()
    tables: Sequence[Table] = ()
    charts: Sequence[dict[str, Any]] = ()
    rows: Sequence[Shown] = ()
    rows_title: str = ""


def cell_text(cell: Cell) -> str:
    """A cell as it is shown."""
    if isinstance(cell, str):
        return cell
    return f"{cell:,}" if isinstance(cell, int) else f"{cell:,.1f}"


def is_number(cell: Cell) -> bool:
    """Whether a cell is read as a number: one, a share, an interval of two, or a dash in the place of one."""
    if not isinstance(cell, str):
        return True
    parts = cell.strip("[]").replace(",", " ").removesuffix("%").split()
    return bool(cell) and all(part == "–" or part.replace(".", "", 1).isdecimal() for part in parts)


def audit_sections(audit: dict[str, Any]) -> list[Section]:
    """The audit's parts in order; the diagnosis comes last."""
    makers = (
        _sizes, _languages, _lengths, _vocabulary, _repeats, _near, _leakage, _labels, _mislabelled, _misaligned,
        _summaries, _answers, _generated, _terms, _licences, _diagnosis,
    )  # fmt: skip
    return [section for maker in makers for section in maker(audit)]


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"


def _shares(shares: dict[str, float]) -> str:
    """The first three of some shares by name."""
    return ", ".join(f"{name} {_share(part)}" for name, part in list(shares.items())[:3] if part >= LEAST)


def _rule(name: str) -> str:
    return name.replace("_", " ")


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _shown(row: dict[str, Any], why: str = "") -> Shown:
    return Shown(
        where=f"{row['file']}:{row['line']}",
        why=why or "; ".join(row.get("reasons", ())),
        source=row["source"],
        target=row["target"],
    )


def _sizes(audit: dict[str, Any]) -> Iterator[Section]:
    data = audit["data"]
    rejected = [[_rule(rule), found["rows"]] for rule, found in data["rejected"].items()]
    files = [[one["file"], one["rows"], 100 * one["rows"] / max(1, data["rows_read"])] for one in audit["files"]]
    parts = [[part, rows] for part, rows in data["splits"].items()]
    samples = [
        _shown(sample, f"{_rule(rule)}: {sample['detail']}" if sample["detail"] else _rule(rule))
        for rule, found in data["rejected"].items()
        for sample in found["samples"][:2]
    ]
    left = f" ({len(files) - SHOWN} smaller files are not shown)" if len(files) > SHOWN else ""
    yield Section(
        key="sizes",
        title="Sizes",
        sentences=[f"{data['rows_read']:,} rows were read, {data['rows_kept']:,} are kept.{left}"],
        tables=[
            Table(header=("file", "rows", "%"), rows=files[:SHOWN], bar=1),
            Table(header=("part", "rows"), rows=parts, bar=1),
            *([Table(header=("left out", "rows"), rows=rejected, bar=1)] if rejected else []),
        ],
        rows=samples,
        rows_title="Left out, for example",
    )


def _languages(audit: dict[str, Any]) -> Iterator[Section]:
    rows, others = [], []
    for side in text_sides(audit):
        found = side["language"]
        scripts = _shares(found["scripts"]) or "no letters"
        told = _shares({told_name(code): part for code, part in found["languages"].items()})
        variant = f" ({found['variant']})" if found["variant"] else ""
        declared = language_name(found["declared"]) if found["declared"] else "nothing"
        rows.append([side["name"], declared + variant, scripts, told or "texts too short to tell", found["texts"]])
        others += [_shown(row, f"{side['name']} looks like {told_name(row['language'])}") for row in found["rows"][:5]]
    header = ("side", "declared", "scripts", "found", "texts judged")
    yield Section(
        key="languages",
        title="Languages and scripts",
        tables=[Table(header=header, rows=rows)],
        rows=others,
        rows_title="In another language, it seems",
    )


def _lengths(audit: dict[str, Any]) -> Iterator[Section]:
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


def _vocabulary(audit: dict[str, Any]) -> Iterator[Section]:
    rows, lines = [], {}
    for side in text_sides(audit):
        growth, cover = side["growth"], side["coverage"]
        known = (
            [_share(cover["known"]), _share(cover["known_types"]), _share(cover["seen_once"])] if cover else ["–"] * 3
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


def _repeats(audit: dict[str, Any]) -> Iterator[Section]:
    rejected, found = audit["data"]["rejected"], audit.get("consistency")
    number = {rule: rejected.get(rule, {}).get("rows", 0) for rule in ("duplicate", "conflict")}
    sentences = [f"{number['duplicate']:,} rows repeat another exactly"
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


def _near(audit: dict[str, Any]) -> Iterator[Section]:
    if found := audit["near_duplicates"]:
        yield Section(
            key="near_duplicates",
            title="Near duplicates",
            sentences=[f"{found['rows']:,} training rows nearly repeat another ({found['pairs']:,} pairs)."],
            rows=[
                _shown(one["one"], f"{_share(one['similarity'])} like {one['other']['file']}:{one['other']['line']}")
                for one in found["samples"][:10]
            ],
            rows_title="The most alike",
        )


def _leakage(audit: dict[str, Any]) -> Iterator[Section]:
    if found := audit["leakage"]:
        rows = [
            [part, *(one[name] for name in ("rows", "exact", "near", "other"))] for part, one in found["parts"].items()
        ]
        yield Section(
            key="leakage",
            title="Leakage",
            sentences=["Held-out rows that stand in the training part as well."],
            tables=[Table(header=("part", "rows", "exactly", "nearly", "in part"), rows=rows)],
            rows=[
                _shown(
                    one["held_out"], f"{_share(one['similarity'])} like {one['train']['file']}:{one['train']['line']}"
                )
                for one in found["samples"][:10]
            ],
            rows_title="The most alike",
        )


def _labels(audit: dict[str, Any]) -> Iterator[Section]:
    if counts := audit.get("labels"):
        order = list(counts.items())
        kept = order if len(order) <= 2 * SHOWN else [*order[:SHOWN], *order[-SHOWN:]]
        left = [f"{len(order) - len(kept)} labels in between are not shown."] if len(kept) < len(order) else []
        several = sum(rows for number, rows in audit["texts_with_labels"].items() if number != "1")
        sentences = [f"{sentence[0].upper()}{sentence[1:]}." for sentence in label_sentences(counts, "balanced")]
        sentences += [f"{several:,} texts have several."] if several else []
        table = Table(header=("label", "texts"), rows=[list(pair) for pair in kept], bar=1)
        yield Section(key="labels", title="Labels", sentences=[*sentences, *left], tables=[table])


def _mislabelled(audit: dict[str, Any]) -> Iterator[Section]:
    found = audit.get("mislabelled")
    if not found:
        return
    if not found["is_usable"]:
        sentences = [f"Wrong labels could not be looked for: {found['reason']}."]
        yield Section(key="mislabelled", title="Doubtful labels", sentences=sentences)
        return
    judge = ""
    if "accuracy" in found:
        low, high = found["accuracy"]["low"], found["accuracy"]["high"]
        judge = f" It is right for {found['accuracy']['value']:.1f} % [{low:.1f}, {high:.1f}] of the texts."
    rows = [[one["given"] or "–", one["likely"] or "–", one["rows"]] for one in found["confusions"][:10]]
    yield Section(
        key="mislabelled",
        title="Doubtful labels",
        sentences=[
            f"A linear model that never saw the text it judges finds {found['flagged']:,} labels of "
            f"{found['rows']:,} texts doubtful; about {found['estimated']:,} may be wrong or hard to tell (confident "
            f"learning).{judge}"
        ],
        tables=[Table(header=("called", "looks like", "texts"), rows=rows, bar=2)] if rows else [],
        rows=[_shown(row) for row in found["suspects"][:SHOWN]],
        rows_title="The most doubtful",
    )


def _misaligned(audit: dict[str, Any]) -> Iterator[Section]:
    found = audit.get("misaligned")
    if not found:
        return
    if not found["is_usable"]:
        why = f"it tells mixed pairs from these in only {_share(found['auc'])} of cases" if "auc" in found else (
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
            f"of {found['rows']:,} pairs ({_share(found['estimated_share'])}) do not belong together{drawn}. The "
            f"check puts mixed pairs above these data's own in {_share(found['auc'])} of cases; free translations "
            "and sayings look odd to it, too."
        ],
        rows=[_shown(row) for row in found["suspects"][:SHOWN]],
        rows_title="The oddest" if found["estimated"] < SHOWN else "The likeliest",
    )


def _summaries(audit: dict[str, Any]) -> Iterator[Section]:
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
            f"{_share(found['copied'])} of the summaries stand in their text word for word. The best beginning "
            f"({found['lead']['name']}) reaches ROUGE-L {found['lead']['rougeL']:.1f}. Of {found['rows']:,} rows:"
        ],
        tables=[Table(header=("measure", "mean", "95 %"), rows=rows)],
        rows=[_shown(row, "longer than its text") for row in found["longer"]["samples"]],
        rows_title="Longer than their texts",
    )


def _answers(audit: dict[str, Any]) -> Iterator[Section]:
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
        rows=[_shown(row, "not in its passage") for row in found["samples"]],
        rows_title="Answers not found",
    )


def _generated(audit: dict[str, Any]) -> Iterator[Section]:
    found = audit.get("texts")
    if not found:
        return
    yield Section(
        key="texts",
        title="Texts",
        sentences=[
            f"{_number(found['documents'], 'document')}, {found['characters']:,} characters, "
            f"{found['bytes'] / 1e6:,.2f} MB; {found['distinct_characters']:,} different characters, "
            f"{found['characters_once']:,} of them once. {found['repeated_lines']:,} of {found['lines']:,} lines "
            f"({_share(found['repeated_share'])} of their text) stood there before; {found['repeated_documents']:,} "
            "texts repeat another."
        ],
        rows=[_shown(row, f"{row['times']:,} times") for row in found["samples"]],
        rows_title="Lines most repeated",
    )


def _terms(audit: dict[str, Any]) -> Iterator[Section]:
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


def _licences(audit: dict[str, Any]) -> Iterator[Section]:
    found = audit["licences"]
    rows = [[one["file"], ", ".join(one["licences"]) or "none named", one["line"]] for one in found["notes"]]
    rows += [[f"{one['file']}, column {one['column']}", ", ".join(one["licences"]) or "none named", one["line"]]
             for one in found["columns"]]  # fmt: skip
    where = _number(found["folders"], "folder")
    sentence = (
        f"Notes found in {where} and in the data's columns; whether they allow a use is for a person to judge."
        if rows
        else f"No licence note found beside the data files ({where} looked into) or in their columns."
    )
    tables = [Table(header=("where", "names", "says"), rows=rows)] if rows else []
    yield Section(key="licences", title="Licence notes", sentences=[sentence], tables=tables)


def _diagnosis(audit: dict[str, Any]) -> Iterator[Section]:
    found = audit["diagnosis"]
    titles = (("expect", "What to expect"), ("help", "What would help most"), ("warnings", "Beware"))
    yield Section(
        key="diagnosis",
        title="Diagnosis",
        lists=[(title, [one["sentence"] for one in found[key]]) for key, title in titles if found[key]],
        rows=[_shown(row, f"{row['kind']}: {'; '.join(row['reasons'])}") for row in found["fix_first"]],
        rows_title="Rows worth mending first",
    )
