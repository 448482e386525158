from decimal import Decimal

import pytest

from braid.config.loading import make_recipe
from braid.data.labels import indicators, label_text
from braid.data.prepare import unsplit_data
from braid.errors import DataError


def test_indicators():
    found = indicators([("b",), (), ("a", "b"), ("b", "b")], ["a", "b"])
    assert found.astype(int).tolist() == [[0, 1], [0, 0], [1, 1], [0, 1]]
    assert indicators([], ["a", "b"]).shape == (0, 2)


@pytest.mark.parametrize(
    ("given", "labels", "message"),
    [([("c",)], ["a", "b"], "one of the 2 known ones, got 'c'"), ([], ["a", "b", "a"], "got 'a' twice")],
)
def test_names_that_do_not_fit(given, labels, message):
    with pytest.raises(DataError, match=message):
        indicators(given, labels)


@pytest.mark.parametrize(
    ("label", "text"),
    [
        (5.0, "5"),
        ("-5.00", "-5"),
        ("-0.0", "0"),
        (0.0, "0"),
        (1.5, "1.5"),
        ("1.50", "1.50"),
        (1e20, "1e+20"),
        (True, "true"),
        ("FALSE", "false"),
        ("true story", "true story"),
        (float("nan"), ""),
        ("nan", "nan"),
        (Decimal("3.0"), "3"),
        ("1.0.0", "1.0.0"),
        ("01.0", "01.0"),
        ("٥.٠", "٥.٠"),
        ("1." + "0" * 1_000_000, "1." + "0" * 1_000_000),
        ("", ""),
    ],
)
def test_one_label_is_written_in_one_way(label, text):
    assert label_text(label) == text
    assert label_text(text) == text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", ["5.0", "3", "true", '"5.0"', '[5, "x"]', "NaN", "1.5"]),
        ("a.json", ["5.0", "3", "true", '"5.0"', '[5, "x"]', "NaN", "1.5"]),
        ("a.csv", ["5.0", "3", "True", "5", "5.0|x", "", "1.5"]),
        ("a.tsv", ["5.0", "3", "TRUE", "5.00", "x|5.0", "", "1.5"]),
    ],
)
def test_numbers_as_labels_in_every_kind_of_file(tmp_path, name, content):
    rows = [f'{{"text": "text {n}", "label": {label}}}' for n, label in enumerate(content)]
    text = "\n".join(rows) if name == "a.jsonl" else f"[{', '.join(rows)}]"
    if not name.startswith("a.json"):
        sign = "," if name == "a.csv" else "\t"
        text = "\n".join([f"text{sign}label", *(f"text {n}{sign}{label}" for n, label in enumerate(content))])
    (tmp_path / name).write_text(text + "\n", encoding="utf-8")
    recipe = make_recipe({"task": "classify", "data": {"train": [name], "label_separator": "|"}})
    rows, report = unsplit_data(recipe, folder=tmp_path, output=tmp_path / "out")
    assert [row.target for row in rows] == ["5", "3", "true", "5", "5\nx", "1.5"]
    assert report["rejected"].keys() == {"empty"}
