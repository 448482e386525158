"""A recipe from a look at the files."""

from __future__ import annotations

import pytest

from braid.pipeline.start import Wishes, starting_table

ROWS = [("good" if i % 2 else "bad", f"the text number {i}") for i in range(60)]


def columns(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")
    table, notes = starting_table("classify", [name], Wishes(), folder=folder)
    return [table["data"].get(f"{side}_column") for side in ("source", "target")], notes


@pytest.mark.parametrize(("name", "sign"), [("a.tsv", "\t"), ("a.csv", ","), ("b.csv", ";")])
def test_labels_before_texts_are_seen(tmp_path, name, sign):
    found, notes = columns(tmp_path, name, "".join(f"{sign.join(row)}\n" for row in ROWS))
    assert found == ["2", "1"]
    assert notes == ["labels in the first column, texts in the second, as the first rows have them"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tsv", "".join(f"{text}\t{label}\n" for label, text in ROWS)),
        ("a.tsv", "label\ttext\n" + "".join(f"{label}\t{text}\n" for label, text in ROWS)),
        ("a.jsonl", "".join(f'{{"label": "{label}", "text": "{text}"}}\n' for label, text in ROWS)),
        ("a.csv", "good,one\n" * 3),
        ("a.csv", 'a,"b\n'),
        ("a.csv", ""),
    ],
)
def test_other_tables_are_left_as_they_are(tmp_path, name, text):
    assert columns(tmp_path, name, text) == ([None, None], [])
