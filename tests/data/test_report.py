import io
from collections import Counter

import pytest
from rich.console import Console

from braid.data.example import Example
from braid.data.report import FILES, data_report, label_counts, label_sentences, print_report, unseen_words
from braid.data.shard import count_row, join_counts
from tables import table_of


def row(source, target, line=1):
    return Example(source=source, target=target, file="f.tsv", line=line)


def made(files=1):
    splits = {
        "train": [row("turn on the light", "打开灯"), row("close", "关闭")],
        "valid": [row("turn off", "关灯")],
        "test": [row("the lamp", "打开，窗！")],
    }
    rejected = {}
    for line in range(5):
        count_row(rejected, "empty", row("x", "", line), "no text in target")
    read = Counter({f"[{i}].tsv": 9 for i in range(files)})
    return data_report(read, rejected, splits, [table_of([row for part in splits.values() for row in part])])


def test_counts_and_samples():
    report = made()
    assert (report["rows_read"], report["rows_kept"]) == (9, 4)
    assert report["splits"] == {"train": 2, "valid": 1, "test": 1}
    assert report["rejected"]["empty"]["rows"] == 5
    assert [sample["line"] for sample in report["rejected"]["empty"]["samples"]] == [0, 1, 2]


def test_kinds_are_added_up():
    counted, elsewhere = {}, {}
    count_row(counted, "masked", row("a", "b"), "email: 1", {"email": 1})
    count_row(elsewhere, "masked", row("a", "b"), "email: 2, phone: 1", {"email": 2, "phone": 1})
    count_row(elsewhere, "empty", row("", "b"), "no text in source")
    join_counts(counted, elsewhere)
    join_counts(counted, elsewhere)
    assert counted["masked"]["kinds"] == {"email": 5, "phone": 2}
    assert "kinds" not in counted["empty"]


def test_sides():
    target = made()["sides"]["target"]
    assert target["characters"] == 12
    assert target["distinct_texts"] == 4
    assert target["width_percentiles"]["100"] == 10


def test_unseen_words():
    unseen = made()["unseen_words"]
    assert unseen["valid_source"] == 0.5  # "off"
    assert unseen["test_source"] == 0.5  # "lamp"
    assert unseen["valid_target"] == 0.0
    assert unseen["test_target"] == pytest.approx(1 / 3, abs=1e-4)  # the window; punctuation is no word


def test_unseen_words_are_the_units_of_all_comparisons():
    def row(text):
        return Example(source=text, target="", file="a", line=1)

    unseen = unseen_words({"train": [row("Don't “打开” the ꀀ-door")], "valid": [row("T, door: 开 ꀀ 2")], "test": []})
    assert unseen["valid_source"] == 0.2  # 2


@pytest.mark.parametrize("files", [1, FILES, FILES + 1, FILES + 3])
def test_printed_in_80_columns(files):
    out = io.StringIO()
    print_report(made(files), Console(file=out, width=80))
    printed = out.getvalue()
    assert all(len(line) <= 80 for line in printed.splitlines())
    assert "empty on one side" in printed
    assert "[0].tsv" in printed
    assert ("and in 3 more files" in printed) == (files > FILES + 1)
    assert ("and in 1 more file\n" in "\n".join(map(str.rstrip, printed.splitlines())) + "\n") == (files == FILES + 1)


def test_labels_are_counted():
    rows = [row(f"text {i}", "red" if i < 60 else "blue\nred" if i < 63 else "green") for i in range(70)]
    counts = label_counts(rows)
    assert list(counts.items()) == [("red", 63), ("green", 7), ("blue", 3)]
    first, advice = label_sentences(counts)
    assert first == '3 labels, from 63 texts ("red") to 3 ("blue"), 21.0 to 1'
    assert 'class_weight = "balanced"' in advice
    assert label_sentences(counts, "balanced") == [first]
    assert len(label_sentences({"a": 9, "b": 7})) == 1
    splits = {"train": rows, "valid": rows[:1], "test": rows[:1]}
    assert "labels" not in data_report(Counter(f=70), {}, splits, [table_of(rows)])
    report = data_report(Counter(f=70), {}, splits, [table_of(rows)], has_labels=True)
    assert report["labels"] == {"red": 65, "green": 7, "blue": 3}
    out = io.StringIO()
    print_report(report, Console(file=out, width=80))
    assert 'from 65 texts ("red") to 3 ("blue")' in out.getvalue()
