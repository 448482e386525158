"""Each rule speaks where it should, with the numbers it was given, and is silent else."""

import pytest

from audit_rows import audit, row, side
from braid.auditing.diagnosis import RULES, WARNINGS, diagnose, fix_first


def said(found, name):
    """The sentences of one rule."""
    told = diagnose(found)
    return [one["sentence"] for key in ("expect", "help", "warnings") for one in told[key] if one["name"] == name]


def language(**changes):
    return side()["language"] | changes


def rejected(rule, rows):
    return {rule: {"rows": rows, "samples": [row(3, detail="why")]}}


def with_data(**changes):
    return audit()["data"] | changes


def judged(**changes):
    found = {"rows": 1000, "is_usable": True, "auc": 0.98, "estimated": 50, "estimated_share": 0.05,
             "suspects": [row(7, reasons=["r"], is_flagged=True, score=0.9)]}  # fmt: skip
    return found | changes


def doubtful(**changes):
    found = {"rows": 1000, "is_usable": True, "flagged": 40, "estimated": 60, "accuracy": {"value": 88.8},
             "precision": [0.76, 0.99], "too_few": [], "suspects": [row(7, reasons=["called a"])],
             "confusions": [{"given": "a", "likely": "b", "rows": 9}]}  # fmt: skip
    return found | changes


def base(metric="bleu", value=20.0, half=1.0, rows=2000):
    return {"name": "memory", "metric": metric, "value": value, "low": value - half, "high": value + half,
            "rows": rows, "where": "on your test part"}  # fmt: skip


LEAK = {"parts": {"test": {"rows": 100, "exact": 3, "near": 4, "identifier": 2, "other": 9}}, "left_out": None,
        "samples": [{"part": "test", "rule": "near", "similarity": 1.0, "train": row(5),
                     "held_out": row(6)}]}  # fmt: skip
LEFT_OUT = {"parts": {"test": {"rows": 100, "exact": 0, "near": 0, "identifier": 0, "other": 0}}, "samples": [],
            "left_out": {"rows": 50, "samples": [], "parts": {
                "test": {"rows": 100, "exact": 30, "near": 0, "identifier": 0, "other": 5}}}}  # fmt: skip
UNKNOWN = {"test": {"rows": 273, "unknown": 147, "labels": {"a": 100, "b": 40, "c": 6, "d": 1}}}
CHINESE = side(language=language(scripts={"Han": 1.0}), coverage={"known": 0.9, "known_types": 0.7, "seen_once": 0.0})
ANSWERS = {"rows": 100, "not_found": 0, "without_answer": 5, "positions": [0.1] * 10, "samples": []}
SUMMARIES = {"rows": 10, "copied": 0.1, "longer": {"rows": 0, "samples": []}}
SWAPPED = {"rejected": 28_000, "looked_at": 200, "fitting": 190}
SHARED = {"lines": 3, "line": "Acme Ltd.", "most": 48, "documents": 48}
TEXTS = {"bytes": 2_000_000, "repeated_share": 0.4, "samples": [row(2, times=31)]}
FILES = (("a.tsv", 65_000), ("b.tsv", 5000))

CASES = [
    ("unprepared", audit(problem="at least 50 are needed, got 3"), "as they are: at least 50 are needed, got 3."),
    ("first_of_all", audit(problem="x"), "Mend that first: 70,000 of 70,000 rows read are usable each"),
    ("measured", audit(), "29,000 sentence pairs (captions of photographs, German to English) gave BLEU 39.8"),
    ("expectation", audit(baseline=base()), "expect about BLEU 30 to 49 from a first run: memory has 20 on your test"),
    ("expectation", audit("classify", data=with_data(splits={"train": 9000})), "anything from accuracy 79 to 98 was"),
    ("unlike", audit(baseline=base(value=95)), "Memory has BLEU 95 on your test part without any network, far from"),
    ("unlike", audit(baseline=base(value=95)), "in the measurements (11 to 36)"),
    ("unmeasured", audit("classify", data=with_data(splits={"train": 40})), "These are 40 labeled texts. Nothing"),
    ("rejected", audit(data=with_data(rejected=rejected("too_long", 14_000))),
     '14,000 of 70,000 rows (20 %) are left out, 14,000 of them by the rule "too long" (first a.tsv:3: why).'),
    ("cleaning", audit(data=with_data(rejected=rejected("too_long", 14_000))), "14,000 rows come back if"),
    ("small_test", audit(baseline=base(half=3.0)),
     "has 2,000 rows: the 95 % interval of BLEU reaches about 3.0 either"),
    ("test_rows", audit(baseline=base(half=3.0)), "needs about 9,000 rows: set data.test_rows = 9000."),
    ("test_rows", audit(baseline=base(half=3.0)), "To tell models 2 points apart the test part"),
    ("test_rows", audit(baseline=base(half=9.0)), "that takes more data, or --folds."),
    ("script", audit(sides={"source": side(language=language(declared="zh"))}),
     "The source is declared as Chinese, but 100 % of its letters are Latin."),
    ("language", audit(sides={"source": side(language=language(other=0.2, languages={"en": 0.8, "la": 0.2}))}),
     "20 % of 100 longer texts of the source look like another language than English, most often Latin."),
    ("other_language", audit(sides={"source": side(language=language(other=0.2))}), "about 20 % of its longer"),
    ("variants", audit(sides={"source": side(language=language(variant="mixed"))}), "mixes simplified and traditional"),
    ("unknown_words", audit(sides={"source": side(coverage={"known": 0.9, "known_types": 0.7, "seen_once": 0.02})}),
     "10.0 % of the words in the test's source never stand in training (30 % of its different words), 2.0 % stand"),
    ("more_data", audit(),
     "about 160 new words in the source beside the 400 there are, 200 of which stand there once: more"),
    ("duplicates", audit(data=with_data(rejected=rejected("duplicate", 7000))),
     "7,000 of 70,000 rows (10 %) repeat another"),
    ("conflicts", audit(data=with_data(rejected=rejected("conflict", 1400))),
     "1,400 of 70,000 rows (2 %) repeat a text"),
    ("near_duplicates", audit(near_duplicates={"rows": 9000}), "9,000 of 66,000 training rows nearly repeat another"),
    ("leakage", audit(leakage=LEAK),
     "9 of 100 rows of the test part stand in training as well (3 exactly, 4 nearly, 2 by their identifier or group)"),
    ("leakage", audit(leakage=LEAK), "scores on them are too high; 9 more share a long stretch with it."),
    ("leakage", audit(leakage=LEFT_OUT, given=["test"]),
     "30 of 100 rows that were given as the test part stand in what was given for another part as well (30 exactly):"),
    ("leakage", audit("generate", leakage=LEFT_OUT, given=["test"]), "as well (30 exactly, 5 in part): 50 rows were"),
    ("other_part_language",
     audit(sides={"source": side(part_languages={"train": "de", "valid": "de", "test": "zh"})}),
     "The source of the training part is in German, that of the test part in Chinese: what is measured"),
    ("unknown_labels", audit("classify", unknown_labels=UNKNOWN),
     '147 of 273 rows of the test part have a label that training lacks ("a", "b", "c" and 1 more): no model of these '
     "data gets more than 46.2 % of that part right."),
    ("missing_labels", audit("classify", unknown_labels=UNKNOWN), '"a", "b", "c", "d".'),
    ("expectation", audit("classify", unknown_labels={"test": {"rows": 10, "unknown": 2, "labels": {"a": 2}}},
                          baseline=base("accuracy", 79.0)), "expect about accuracy 79 to 80 from"),
    ("expectation", audit("answer", data=with_data(splits={"train": 2000})), "2,000 questions F1 47 was measured;"),
    ("short_run", audit(baseline=base()), "BLEU 30 to 49 is too wide a range to decide by: 10 minutes of training"),
    ("personal_data",
     audit(data=with_data(noted={"personal_data": {"rows": 7, "samples": [row(3, detail="email: 1")]}})),
     "7 rows hold personal data, first a.tsv:3 (email: 1), which a model may repeat"),
    ("unknown_words", audit(sides={"source": CHINESE},
                            data=with_data(unseen_words={"test_source": 0.001})),
     "stand there once (words of a dictionary; of its characters, which `braid prepare` counts here, 0.1 % are new)."),
    ("one_file", audit(files=[{"file": name, "rows": rows, "encoding": ""} for name, rows in FILES]),
     "93 % of all rows come from a.tsv: the model will be like that file, and so is the test."),
    ("one_file", audit(given=["test"], files=[{"file": name, "rows": rows, "encoding": ""} for name, rows in FILES]),
     "93 % of all rows come from a.tsv: the model will be like that file."),
    ("encoding", audit(files=[{"file": "a.po", "rows": 9, "encoding": "iso8859-1"}]),
     "a.po was read as iso8859-1: look"),
    ("damaged_text", audit(damaged={"rows": 2, "samples": [row(8)]}),
     "2 rows hold marks of a wrong encoding, first a.tsv:8."),
    ("no_license", audit(licenses={"licenses": [], "notes": [], "columns": []}), "No license is named"),
    ("license", audit(licenses={"licenses": ["MIT", "CC-BY-NC-4.0"], "notes": [], "columns": []}),
     "name CC-BY-NC-4.0: some"),
    ("sampled", audit(sampled={"train": [200_000, 5_000_000]}), "Of the train part 200,000 of 5,000,000 rows"),
    ("misaligned", audit(misaligned=judged()), "About 50 of 1,000 pairs (5.0 %) look as if their sides did not belong"),
    ("misaligned", audit(misaligned=judged()), "first a.tsv:7 (r)."),
    ("realign", audit(misaligned=judged()), "Mend or drop the 50 pairs"),
    ("mislabeled", audit("classify", mislabeled=doubtful()),
     "40 labels of 1,000 texts (4.0 %) look wrong or doubtful"),
    ("relabel", audit("classify", mislabeled=doubtful()),
     'most often "a" looks like "b" (9 texts). Where people would differ as well, join'),
    ("relabel", audit("classify", labels=dict.fromkeys("abcdefgh", 90),
                      mislabeled=doubtful(flagged=123, confusions=[{"given": "a", "likely": "b", "rows": 2}])),
     "in the order of the list; no two labels are taken for each other far more often than others, so that these"),
    ("relabel", audit("classify", labels=dict.fromkeys("abc", 90),
                      mislabeled=doubtful(flagged=60, confusions=[{"given": "a", "likely": "b", "rows": 12}])),
     "in the order of the list; no two labels"),
    ("swapped", audit(data=with_data(rejected=rejected("language_side", 28_000), swapped=SWAPPED)),
     "The sides look swapped: 28,000 of 70,000 rows are left out for their language, and 190 of 200 of these"),
    ("swap_sides", audit(data=with_data(rejected=rejected("language_side", 28_000), swapped=SWAPPED)),
     "of parallel files name that of the source first"),
    ("shared_lines", audit("generate", texts=TEXTS | {"shared_lines": SHARED}),
     '48 of 48 documents have the line "Acme Ltd.", and 2 more lines stand in many: remove_boilerplate = true under'),
    ("shared_lines", audit("summarize", summaries=SUMMARIES | {"shared_lines": SHARED | {"lines": 1}}),
     '48 of 48 documents have the line "Acme Ltd.": remove_boilerplate'),
    ("encoding", audit(files=[{"file": f"{n}.po", "rows": 9, "encoding": "iso8859-1"} for n in "ab"]),
     "a.po was read as iso8859-1, and 1 more file not as UTF-8: look"),
    ("one_label", audit("classify", labels={"a": 9}), 'All 9 texts have the same label, "a"'),
    ("imbalance", audit("classify", labels={"a": 500, "b": 50}),
     'The largest label, "a", has 500 texts, the smallest, "b", 50: 10'),
    ("class_weight", audit("classify", labels={"a": 500, "b": 50}), 'class_weight = "balanced"'),
    ("rare_labels", audit("classify", labels={"a": 20, "b": 9, "c": 4}),
     '2 of 3 labels have fewer than 10 texts, the smallest 4 ("c")'),
    ("more_of_label", audit("classify", labels={"a": 20, "c": 4}), '"c" first.'),
    ("inconsistent", audit(consistency={"sources": 100, "several_targets": 20, "samples": [row(2, number=5)]}),
     '20 of 100 sources have several targets, "s" 5 of them (a.tsv:2)'),
    ("copied_summaries", audit("summarize", summaries=SUMMARIES | {"copied": 0.5}), "50 % of the summaries stand in"),
    ("long_summaries", audit("summarize", summaries=SUMMARIES | {"longer": {"rows": 3, "samples": [row(4)]}}),
     "3 summaries are longer than their texts, first a.tsv:4"),
    ("lost_answers", audit("answer", answers=ANSWERS | {"not_found": 2, "samples": [row(3)]}),
     "2 answers to 100 questions do not stand in their passage, first a.tsv:3"),
    ("always_answered", audit("answer", answers=ANSWERS | {"without_answer": 0}), "All 100 questions have an answer"),
    ("answers_first", audit("answer", answers=ANSWERS | {"positions": [0.7]}),
     "70 % of the answers stand in the first"),
    ("repeated_lines", audit("generate", texts=TEXTS),
     '40 % of the text repeats earlier lines, one of them 31 times ("t")'),
    ("model", audit(data=with_data(splits={"train": 20_000})), 'encoder = "SSSA"'),
    ("mislabeled", audit("classify", mislabeled=doubtful()), "; about 60 may be wrong or hard to tell, first"),
    ("mislabeled", audit("classify", mislabeled=doubtful(flagged=1, estimated=1)),
     "The label of one of 1,000 texts (0.1 %) looks wrong or doubtful, first a.tsv:7"),
    ("relabel",
     audit("classify", mislabeled=doubtful(flagged=1, confusions=[{"given": "a", "likely": "b", "rows": 1}])),
     "Read the doubtful label again, in the order of the list."),
    ("model", audit("classify", baseline=base("accuracy", 88.8)), "A linear model alone is right for 88.8 % on your"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "found", "words"), CASES)
def test_a_rule_speaks(name, found, words):
    sentences = said(found, name)
    assert len(sentences) == 1
    assert words in sentences[0]
    assert sentences[0].endswith(".")


def test_every_rule_has_a_case():
    """No sentence is made that is not looked at here."""
    import inspect
    import re

    names = set()
    for rule in RULES:
        names |= set(re.findall(r'(?:warning|advice|prospect)\(\s*f?"([\w{}]+)"', inspect.getsource(rule)))
    names = (names - {"{rule}s"}) | {"duplicates", "conflicts"}
    assert names == {name for name, _, _ in CASES}


def test_all_warnings_are_listed_for_those_who_ask_for_them():
    warned = {one["name"] for _, found, _ in CASES for one in diagnose(found)["warnings"]}
    assert warned == set(WARNINGS)


@pytest.mark.parametrize("task", ["translate", "classify", "answer", "summarize", "generate"])
def test_nothing_is_said_where_nothing_is_wrong(task):
    told = diagnose(audit(task, baseline=base(rows=2000) if task == "translate" else None))
    assert told["warnings"] == []
    assert {one["name"] for one in told["help"]} <= {"more_data", "short_run"}
    assert told["fix_first"] == []


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("small_test", audit(baseline=base(half=1.3))),
        ("model", audit(data=with_data(splits={"train": 20}), problem="x")),
        ("misaligned", audit(misaligned=judged(is_usable=False))),
        ("misaligned", audit(misaligned=judged(estimated=2))),
        ("misaligned", audit(misaligned={"rows": 10, "is_usable": False})),
        ("realign", audit(misaligned=judged(estimated_share=0.001))),
        ("language", audit(sides={"source": side(language=language(other=0.2, texts=10))})),
        ("language", audit(sides={"source": side(language=language(other=0.2, declared=""))})),
        ("script", audit(sides={"source": side(language=language(declared="sr"))})),
        ("mislabeled", audit("classify", mislabeled=doubtful(suspects=[], flagged=0))),
        ("class_weight", audit("classify", labels={"a": 500, "b": 50}, class_weight="balanced")),
        ("cleaning", audit(data=with_data(rejected=rejected("duplicate", 14_000)))),
        ("cleaning", audit(data=with_data(rejected=rejected("language_side", 28_000), swapped=SWAPPED))),
        ("shared_lines", audit("generate", texts=TEXTS | {"shared_lines": SHARED | {"most": 4}})),
        ("shared_lines", audit("generate", texts=TEXTS | {"shared_lines": {"lines": 0, "line": "", "most": 0,
                                                                          "documents": 0}})),
        ("inconsistent", audit("summarize", consistency={"sources": 9, "several_targets": 9, "samples": []})),
        ("leakage", audit(leakage=LEFT_OUT)),
        ("leakage", audit(leakage=LEFT_OUT, given=["valid"])),
        ("expectation", audit(baseline=base(), problem="x")),
        ("short_run", audit("classify", baseline=base("accuracy", 88.0))),
        ("other_part_language", audit(sides={"source": side(part_languages={"train": "nb", "test": "da"})})),
        ("other_part_language", audit(sides={"source": side(part_languages={"test": "da"})})),
        ("model", audit("classify", baseline=base("accuracy", 40.0), unknown_labels=UNKNOWN)),
        ("leakage", audit(leakage=LEAK | {"parts": {"test": LEAK["parts"]["test"] | {"rows": 1000}}})),
    ],
)  # fmt: skip
def test_a_rule_is_silent(name, found):
    assert said(found, name) == []


def test_the_weightiest_comes_first():
    told = diagnose(audit(problem="x", leakage=LEAK, licenses={"licenses": [], "notes": [], "columns": []}))
    assert [one["name"] for one in told["warnings"]] == ["unprepared", "leakage", "no_license"]
    small = diagnose(audit(misaligned=judged(), data=with_data(splits={"train": 100_000})))
    assert [one["name"] for one in small["help"]] == ["realign", "more_data"]


def test_rows_to_mend_come_from_all_checks_in_turn_and_each_once():
    suspects = [row(number, reasons=["r"], is_flagged=number < 30) for number in range(1, 40)]
    found = audit(misaligned=judged(suspects=suspects), leakage=LEAK, damaged={"rows": 1, "samples": [row(1)]})
    rows = fix_first(found)
    assert [(one["kind"], one["line"]) for one in rows[:3]] == [("misaligned", 1), ("leak", 6), ("misaligned", 2)]
    assert rows[1]["reasons"] == ["a.tsv:5 in the training part says nearly the same"]
    assert len(rows) == 20
    assert len({one["line"] for one in rows}) == 20
    assert len(fix_first(found, most=100)) == 29


def test_rows_in_other_languages_are_only_named_where_they_are_many():
    stray = language(other=0.01, rows=[row(9, language="de")])
    assert fix_first(audit(sides={"source": side(language=stray)})) == []
    many = fix_first(audit(sides={"source": side(language=stray | {"other": 0.1})}))
    assert many[0]["reasons"] == ["its source looks like German"]
