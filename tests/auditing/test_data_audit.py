import json
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import pytest

from audit_rows import labeled, pair, pairs, row
from braid.auditing.audit_page import audit_page
from braid.auditing.audit_sections import audit_sections
from braid.auditing.audit_text import print_audit
from braid.auditing.audit_view import is_number, marked_cut
from braid.auditing.data_audit import DataFacts, Finders, audit_data
from braid.auditing.diagnosis import diagnose
from braid.auditing.leakage import leakage
from braid.data.formats.own import is_own_file
from braid.data.formats.texts import MESSAGES
from braid.data.kinds import KINDS
from braid.data.report import data_report
from tables import table_of

HOSTILE = '<script>alert("x")</script> $a$ [bold]{{ 7*7 }}[/bold] \ud800 \ufffd'
CHINESE = "打开文件，然后保存"


def facts_of(task, rows, test=(), **more):
    parts = {"train": rows, "valid": [], "test": list(test)}
    every = [*rows, *test]
    read = Counter(row.file for row in every)
    report = data_report(read, {}, parts, [table_of(every)], has_labels=task == "classify")
    return DataFacts(name="a", task=task, parts=parts, report=report, **more)


def audited(facts):
    found = audit_data(facts)
    return found | {"diagnosis": diagnose(found)}


def some(task):
    if task == "translate":
        return pairs(300)
    if task == "classify":
        return labeled(150)
    if task == "answer":
        return [pair(i, f"who is {i}", str(i), context=f"it is {i} of course", start=6) for i in range(60)]
    if task == "summarize":
        return [
            pair(i, f"The cat number {i} sat down. It slept well. Then it woke.", f"cat {i} sat") for i in range(60)
        ]
    return [pair(i, "", f"line {i} of the text\nthe same line again", group=str(i)) for i in range(60)]


@pytest.mark.parametrize("task", ["translate", "classify", "answer", "summarize", "generate"])
def test_every_task_becomes_json_a_page_and_text(task, tmp_path):
    rows = some(task)
    found = audited(facts_of(task, rows[10:], rows[:10], folder=tmp_path))
    assert json.loads(json.dumps(found)) == found
    keys = [section.key for section in audit_sections(found)]
    assert keys[0] == "sizes"
    assert keys[-1] == "diagnosis"
    own = {"translate": "misaligned", "classify": "mislabeled", "answer": "answers", "summarize": "summaries",
           "generate": "texts"}  # fmt: skip
    assert own[task] in keys
    audit_page(found, path=tmp_path / "audit.html")
    html = (tmp_path / "audit.html").read_text(encoding="utf-8")
    assert all(f'id="{key}"' in html for key in keys)
    assert html.count("<svg") == 1
    assert html.count('<div class="scroll') == html.count("<table") + 1 and "overflow-x: auto" in html
    assert "What to expect" in printed(found)


def printed(found, width=80, **how):
    import io

    from rich.console import Console

    stream = io.StringIO()
    print_audit(found, Console(file=stream, width=width, highlight=False, **how))
    return stream.getvalue()


def test_a_page_needs_nothing_else_and_shows_texts_as_they_are(tmp_path):
    import re

    rows = pairs(260)
    rows[7] = replace(rows[7], source=HOSTILE, target=CHINESE)
    rows[8] = replace(rows[8], file='<img src="http://evil.example/x">', line=9)
    found = audited(facts_of("translate", rows, rows[:20], folder=tmp_path, languages=("en", "<b>")))
    audit_page(found, path=tmp_path / "audit.html")
    html = (tmp_path / "audit.html").read_text(encoding="utf-8")
    assert is_own_file(tmp_path / "audit.html")
    assert "<script" not in html
    assert "<img" not in html
    assert "<b>" not in re.sub(r'<p class="why"><b>', "", html)
    assert "{{ 7*7 }}" in html
    assert "49" not in re.findall(r"bold\](.{1,6})\[", html)
    assert CHINESE in html
    links = re.findall(r'(?:src|href|xlink:href)="([^"]*)"', html)
    assert links
    assert all(link.startswith("#") for link in links)
    assert not re.search(r"url\((?!#)", html)
    assert "@import" not in html
    text = printed(found)
    assert "[bold]{{ 7*7 }}[/bold]" in text


def test_no_line_on_a_terminal_is_wider_than_it(tmp_path):
    from rich.cells import cell_len

    rows = [replace(row, file="a/rather/long/folder/with/a/name/that/goes/on/and/on/pairs.tsv") for row in pairs(300)]
    found = audited(facts_of("translate", rows, rows[:30], folder=tmp_path, languages=("en", "de")))
    assert max(map(cell_len, printed(found).split("\n"))) <= 80


def test_what_is_written_into_a_file_is_not_cut(tmp_path):
    rows = [replace(row, file="a/rather/long/folder/with/a/name/that/goes/on/and/on/pairs.tsv") for row in pairs(300)]
    found = audited(facts_of("translate", rows, rows[:30], folder=tmp_path, languages=("en", "de")))
    found["misaligned"] |= {"is_usable": True, "estimated": 2, "estimated_share": 0.0, "auc": 0.99}
    found["misaligned"]["suspects"] = [row(3, reasons=["its words seldom go together with the other side's"] * 3)]
    assert "; ".join(["its words seldom go together with the other side's"] * 3) in printed(found, soft_wrap=True)


def test_documents_are_not_counted_as_pieces_and_a_cut_list_says_so_once(tmp_path):
    rows = [row for row in some("generate") for _ in range(2)]
    facts = facts_of("generate", rows, rows[:10], folder=tmp_path)
    report = facts.report | {"files": {f"{n:02}.txt": 1 for n in range(60)}, "rows_read": 60, "rows_kept": 60}
    report |= {"pieces": 130, "held_more": {"valid": {"rows": 9, "wanted": 5, "asked": 5}}, "reads": "texts"}
    found = audited(replace(facts, report=report))
    text = " ".join(printed(found).split())
    assert "60 documents read, 60 of them kept, in 130 pieces." in text
    assert "and 48 more part pieces" in text and "more files" not in text
    assert "9 documents are held out in valid, 4 more than asked for (valid_rows = 5, " in text
    audit_page(found, path=tmp_path / "audit.html")
    html = (tmp_path / "audit.html").read_text(encoding="utf-8")
    assert "<p>and 40 more files</p>" in html and "60 documents read" in html


def test_no_pair_is_shown_where_none_is_estimated_to_be_wrong(tmp_path):
    found = audited(facts_of("translate", pairs(300), folder=tmp_path, languages=("en", "de")))
    judged = found["misaligned"] | {"is_usable": True, "suspects": [row(3, reasons=["its words seldom go together"])]}
    for number in (0, 2):
        shown = printed(found | {"misaligned": judged | {"estimated": number, "estimated_share": 0.0, "auc": 0.99}})
        assert ("its words seldom go together" in shown) is bool(number)


def test_the_share_of_texts_whose_language_cannot_be_told_is_said(tmp_path):
    found = audited(facts_of("translate", pairs(300), folder=tmp_path, languages=("en", "de")))
    language = found["sides"]["source"]["language"] | {"texts": 62, "languages": {"en": 0.887}, "unclear": 0.113}
    found["sides"]["source"] = found["sides"]["source"] | {"language": language}
    words = "English 88.7 %, 11.3 % too short or too mixed to tell"
    assert words in printed(found, width=200)
    audit_page(found, path=tmp_path / "audit.html")
    assert words in (tmp_path / "audit.html").read_text(encoding="utf-8")


def test_nothing_at_all_is_audited(tmp_path):
    for task in ("translate", "classify", "answer", "summarize", "generate"):
        found = audited(facts_of(task, [], folder=tmp_path, problem="nothing was read"))
        assert "nothing was read" in found["diagnosis"]["warnings"][0]["sentence"]
        audit_page(found, path=tmp_path / "audit.html")
        assert "nothing was read" in printed(found)


def test_large_parts_are_drawn_from_and_that_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("braid.auditing.data_sample.draw.__defaults__", (100, 1))
    found = audited(facts_of("translate", pairs(400), pairs(50), folder=tmp_path))
    assert found["sampled"] == {"train": [100, 400]}
    assert "100 of 400 rows" in json.dumps(found["diagnosis"])


def test_leaks_are_looked_for_in_all_rows_of_a_large_part(tmp_path, monkeypatch):
    monkeypatch.setattr("braid.auditing.data_sample.draw.__defaults__", (100, 1))
    said = json.dumps([{"role": "user", "content": "Guten Tag"}])
    rows = [pair(i, "", said if i % 2 else f"text {i}", context=MESSAGES if i % 2 else "") for i in range(400)]
    seen = []
    finders = Finders(leaks=lambda train, held_out: seen.append(train) or leakage(train, held_out, KINDS["generate"]))
    found = audited(facts_of("generate", rows, rows[:50], folder=tmp_path, finders=finders))
    assert found["sampled"] == {"train": [100, 400]}
    assert (len(seen[0]), seen[0][1].target, seen[0][2].target) == (400, "Guten Tag", "text 2")
    assert seen[0][1:3] == [seen[0][1], seen[0][2]]
    assert found["leakage"]["parts"]["test"]["exact"] == 50


def test_finders_are_asked_and_shown(tmp_path):
    rows = pairs(300)
    match = SimpleNamespace(train=rows[3], held_out=rows[0], similarity=1.0)
    overlap = SimpleNamespace(rule="exact", side="source", rows=(0, 1), matches=(match,))
    finders = Finders(
        near=lambda texts: [(0, 1, 0.9)],
        leaks=lambda train, held_out: SimpleNamespace(num_held_out=len(held_out), overlaps=(overlap,)),
    )
    found = audited(facts_of("translate", rows, rows[:50], folder=tmp_path, finders=finders))
    assert found["near_duplicates"]["rows"] == 2
    assert found["leakage"]["parts"]["test"] == {"rows": 50, "exact": 2, "near": 0, "identifier": 0, "other": 0}
    assert {"near_duplicates", "leakage"} <= {section.key for section in audit_sections(found)}
    assert any(one["name"] == "leakage" for one in found["diagnosis"]["warnings"])
    plain = audited(facts_of("translate", rows, rows[:50], folder=tmp_path))
    assert plain["leakage"] is None is plain["near_duplicates"]


def test_both_texts_that_are_alike_are_shown(tmp_path):
    rows = pairs(300)
    rows[1] = replace(rows[1], source="red blue cat runs")
    rows[7] = replace(rows[7], source="red blue cat sleeps")
    finders = Finders(
        near=lambda texts: [(1, 7, 0.9)], leaks=lambda train, held_out: leakage(train, held_out, KINDS["translate"])
    )
    found = audited(facts_of("translate", rows, rows[1:2], folder=tmp_path, finders=finders))
    audit_page(found, path=tmp_path / "audit.html")
    html, text = (tmp_path / "audit.html").read_text(encoding="utf-8"), printed(found)
    assert "90.0 % like pairs.tsv:8:" in text
    assert "the source of pairs.tsv:2:" in text
    assert "< red blue cat runs\n    > red blue cat sleeps" in text
    assert "< red blue cat runs\n    > red blue cat runs" in text
    assert "red blue cat sleeps" in html


def test_leaks_that_preparation_left_out_are_told_beside_those_that_are_left(tmp_path):
    rows = pairs(300)
    finders = Finders(leaks=lambda train, held_out: leakage(train, held_out, KINDS["translate"]))
    facts = facts_of("translate", rows[40:], rows[:40], folder=tmp_path, finders=finders, left_out=rows[:20])
    facts.report["rejected"] = {rule: {"rows": rows, "samples": []} for rule, rows in (("leak", 19), ("near_leak", 1))}
    drawn, given = audited(facts), audited(replace(facts, given=("test",)))
    assert given["leakage"]["left_out"]["rows"] == 20
    assert given["leakage"]["left_out"]["parts"]["test"]["exact"] == 20
    assert given["leakage"]["parts"]["test"]["exact"] == 0
    names = [[one["name"] for one in found["diagnosis"]["warnings"]] for found in (drawn, given)]
    assert [name.count("leakage") for name in names] == [0, 1]
    assert "some are to be expected" in printed(drawn)
    assert "The files given for test are not independent" in printed(given)
    assert "(left out)" in printed(given)


def test_what_preparation_noted_is_told(tmp_path):
    facts = facts_of("generate", some("generate"), folder=tmp_path)
    sample = {"file": "a.txt", "line": 4, "source": "", "target": "", "detail": "email: 1, phone: 1"}
    facts.report["noted"] = {
        "personal_data": {"rows": 12, "samples": [sample], "kinds": {"email": 12, "phone": 3}},
        "repaired": {"rows": 2, "samples": [sample]},
    }
    text = " ".join(printed(audited(facts)).split())
    assert "with personal data, kept as they are (data.personal_data) 12" in text
    assert "– finds: phone 3" in text
    assert "decoded wrongly before, mended (data.repair_text) 2" in text
    assert "12 rows hold personal data (email 12, phone 3), first a.txt:4" in text


def test_examples_of_personal_data_are_told_but_no_warning(tmp_path):
    facts = facts_of("classify", labeled(60), folder=tmp_path)
    sample = {"file": "a.csv", "line": 4, "source": "", "target": "", "detail": "example_phone: 1"}
    facts.report["noted"] = {"personal_example": {"rows": 60, "samples": [sample], "kinds": {"example_phone": 60}}}
    found = audited(facts)
    assert "personal_data" not in [one["name"] for one in found["diagnosis"]["warnings"]]
    assert "with examples of personal data" in " ".join(printed(found).split())


def test_cells_of_several_lines_stay_behind_their_indent(tmp_path):
    facts = facts_of("classify", labeled(60), folder=tmp_path)
    sample = {"file": "a.csv", "line": 4, "source": "Hey,\r\nI have a question\n\nThanks", "target": "x\ny",
              "detail": "the same\nas before " + "word " * 40}  # fmt: skip
    facts.report["rejected"] = {"conflict": {"rows": 1, "samples": [sample]}}
    lines = printed(audited(facts)).split("\n")
    begin = lines.index("Left out, for example:") + 1
    shown = lines[begin : lines.index("", begin)]
    assert [line.rstrip() for line in shown[-2:]] == ["    < Hey, I have a question Thanks", "    > x y"]
    assert all(line.startswith("  ") for line in shown)


def test_a_text_that_was_cut_says_so():
    assert marked_cut("short") == "short"
    assert marked_cut("x" * 200) == "x" * 199 + "…"
    assert marked_cut("word " * 40 + "tail") == ("word " * 40).strip() + "…"


def test_dialogues_are_read_as_what_was_said(tmp_path):
    said = json.dumps([{"role": "user", "content": "Guten Tag"}, {"role": "assistant", "content": "Hallo"}])
    rows = [pair(i, "", said, context=MESSAGES) for i in range(3)] + [pair(9, "", "{", context=MESSAGES)]
    found = audited(facts_of("generate", rows, folder=tmp_path))
    assert found["sides"]["target"]["growth"]["words"] == 9


def test_damaged_texts_are_counted(tmp_path):
    texts = ("gr\u00c3\u00bcn", "it\u00e2\u20ac\u2122s", "\ufffd", "grün it’s São Ãb Â")
    rows = [*pairs(250), *(pair(300 + place, text, "x") for place, text in enumerate(texts))]
    found = audited(facts_of("translate", rows, folder=tmp_path))
    assert [one["line"] for one in found["damaged"]["samples"]] == [301, 302, 303]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [(1, True), (0.5, True), ("12.5 %", True), ("[3, 4]", True), ("–", True), ("1,000", True), ("", False),
     ("a", False), ("3 words", False)],
)  # fmt: skip
def test_numbers_stand_to_the_right(cell, expected):
    assert is_number(cell) is expected
