import re

from braid.auditing.report import confusion_matrix, evaluation_report
from braid.data.formats.own import is_own_file

SCORE = {"value": 31.24, "low": 29.9, "high": 32.5, "signature": "nrefs:1"}
HOSTILE = '<script>alert("x")</script>'
EVALUATION = {
    "name": "demo",
    "task": "translate",
    "source_language": "en",
    "target_language": "zh",
    "created": "2026-11-23",
    "systems": [{"name": name, "scores": {"bleu": SCORE, "chrf": SCORE}} for name in ("demo", "copy the source")],
    "examples": [
        {"source": HOSTILE, "reference": f"好 {i}", "hypothesis": HOSTILE, "score": float(i)} for i in range(40)
    ],
    "score_name": "chrF",
    "buckets": [{"low": 1, "high": 9, "examples": 4, "bleu": 10.0, "chrf": 20.0}],
    "faults": {"empty": 1, "copied": 2, "looping": 3, "placeholders": 4},
    "history": [{"step": i, "loss": 9.0 - i} for i in range(5)]
    + [{"step": i, "loss": 1.0, "valid_score": i} for i in (2, 4)],
    "data": {"rows_read": 5000, "rejected": {"empty": {"rows": 7}}, "splits": {"train": 4000}},
    "notes": [HOSTILE],
}


def test_self_contained_and_escaped(tmp_path):
    evaluation_report(EVALUATION, path=tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert not re.search(r'(?:src|href)="(?!#)', html.replace('xlink:href="#', "#"))
    assert html.count("<svg") == 2
    assert "31.2" in html
    assert "4,000" in html
    assert html.index("好 0") < html.index("好 39")


def test_a_glob_does_not_stand_for_it(tmp_path):
    evaluation_report(EVALUATION, path=tmp_path / "report.html")
    assert is_own_file(tmp_path / "report.html")


def test_bare_minimum(tmp_path):
    few = {key: EVALUATION[key] for key in ("name", "task", "systems")}
    evaluation_report(few, path=tmp_path / "report.html")
    assert "copy the source" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_confusion_matrix_is_shown(tmp_path):
    confusion = {"labels": ["<a>", "b", "never"], "matrix": [[3, 1, 0], [0, 4, 0], [0, 0, 0]]}
    evaluation = EVALUATION | {"task": "classify", "confusion": confusion}
    evaluation_report(evaluation, path=tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Confusion matrix" in html
    assert "<th>&lt;a&gt;</th>" in html
    assert "never" not in html
    cells = re.findall(r'<td style="background: rgb\((\S+) \S+ \S+ / (\S+)\)">(\d)</td>', html)
    assert cells == [("61", "0.70", "3"), ("193", "0.30", "1"), ("61", "0.90", "4")]


def test_of_many_labels_those_most_often_mistaken_are_shown():
    matrix = [[5 * (row == column) for column in range(40)] for row in range(40)]
    matrix[7][33], matrix[12][7] = 2, 1
    found = confusion_matrix({"labels": [f"l{i}" for i in range(40)], "matrix": matrix}, most=3)
    assert found["labels"] == ["l7", "l12", "l33"]
    assert found["rows"][0] == [(5, 5 / 7), (0, 0.0), (2, 2 / 7)]
    assert found["left_out"] == 37


def test_cells_of_further_tables(tmp_path):
    table = {"title": "More", "header": ["", "a", "b"], "rows": [["demo", SCORE, "<b>"], ["other", "", 3]]}
    evaluation_report(EVALUATION | {"tables": [table]}, path=tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<td class="n">31.2<br><span class="interval">29.9, 32.5</span></td><td class="n">&lt;b&gt;</td>' in html
    assert '<td>other</td><td class="n"></td><td class="n">3</td>' in html


def test_text_of_charts_takes_the_color_of_the_page(tmp_path):
    """Without a fill of their own letters are black, which nobody can read on a dark page."""
    evaluation_report(EVALUATION, path=tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert re.search(r"svg text \{[^}]*fill: currentColor", html)
    assert "#000000" not in html
