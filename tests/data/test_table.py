"""Rules that look across rows."""

import json
import random

import pytest

from braid.config.loading import make_recipe
from braid.data.prepare import prepare_data


def prepared(folder, rows, **config):
    """What is left of rows, and the rejects, of a task that the rows tell: two columns of texts, or labels."""
    (folder / "rows.tsv").write_text("".join(f"{source}\t{target}\n" for source, target in rows), encoding="utf-8")
    table = {"data": {"train": ["rows.tsv"], "source_language": "en", "target_language": "de"}}
    table["data"] |= config.pop("data", {})
    found = prepare_data(make_recipe(table | config), folder=folder, output=folder / "out")
    rejects = [json.loads(line) for line in (folder / "out/rejects.jsonl").read_text("utf-8").splitlines()]
    return found, rejects


USUAL = [(f"a usual text number {i}", f"ein üblicher Text {i}") for i in range(80)]


def test_odd_lengths(tmp_path):
    found, rejects = prepared(tmp_path, [*USUAL, ("short", "much  too long " * 20)])
    assert found.report["rows_kept"] == 80
    assert [(row["rule"], row["line"]) for row in rejects] == [("length_ratio", 81)]
    assert rejects[0]["target"] == "much  too long " * 20  # as it was read
    assert rejects[0]["detail"] == "target to source 17.12, usual here 0.94, 18.2 times apart"
    kept, _ = prepared(tmp_path, [*USUAL, ("short", "much  too long " * 20)], data={"max_length_ratio": 20.0})
    assert kept.report["rows_kept"] == 81


def test_repetitions(tmp_path):
    rows = [("a  b", "c d"), ("a b", "c  d"), *USUAL, ("a b ", "c d")]
    found, rejects = prepared(tmp_path, rows)
    assert found.report["rows_kept"] == 81
    assert [(row["rule"], row["line"], row["detail"]) for row in rejects] == [
        ("duplicate", 2, "as rows.tsv, line 1"),
        ("duplicate", 83, "as rows.tsv, line 1"),
    ]
    assert rejects[0]["target"] == "c  d"
    assert rejects[1]["source"] == "a b "


def test_other_labels_of_a_text(tmp_path):
    rows = [(f"text number {i}", "odd" if i % 2 else "even") for i in range(80)]
    found, rejects = prepared(tmp_path, [*rows, ("Text number 3", "even"), ("text number 3", "even")], task="classify")
    assert [(row["rule"], row["line"], row["detail"]) for row in rejects] == [
        ("conflict", 82, "odd in rows.tsv, line 4"),
    ]
    assert found.report["labels"] == {"even": 41, "odd": 40}


def test_several_targets_of_a_source(tmp_path):
    rows = [*USUAL, ("a usual text number 3", "ein gewöhnlicher Text 3"), ("a usual text number 3", "noch ein Text 3")]
    found, rejects = prepared(tmp_path, rows)
    assert not rejects
    noted = found.report["noted"]["several_targets"]
    assert noted["rows"] == 3
    assert [(sample["line"], sample["detail"]) for sample in noted["samples"]] == [
        (81, "as rows.tsv, line 4: ein üblicher Text 3"),
        (82, "as rows.tsv, line 4: ein üblicher Text 3"),
    ]
    found, rejects = prepared(tmp_path, rows, data={"several_targets": "first"})
    assert [(row["rule"], row["line"], row["detail"]) for row in rejects] == [
        ("several_targets", 81, "another target in rows.tsv, line 4"),
        ("several_targets", 82, "another target in rows.tsv, line 4"),
    ]
    assert found.report["rows_kept"] == 80


def test_near_duplicates(tmp_path):
    words = [f"{a}{b}" for a in ("ka", "lo", "mi", "ne", "pu") for b in ("rat", "sen", "tol", "vim", "zug")]
    texts = [" ".join(random.Random(place).choices(words, k=25)) for place in range(80)]
    rows = [(text, text.upper() + "!") for text in texts]
    near = [
        (f"{texts[5]} indeed", f"{texts[5]} Indeed!"),
        (f"{texts[6]} 7", f"{texts[6]} 7?"),
        (f"{texts[6]} 8", f"{texts[6]} 8?"),
    ]
    _, rejects = prepared(tmp_path, [*rows, *near])
    assert not rejects
    found, rejects = prepared(tmp_path, [*rows, *near], data={"near_duplicates": "drop"})
    assert [(row["rule"], row["line"]) for row in rejects] == [("near_duplicate", 81)]  # other numbers, other texts
    assert rejects[0]["detail"].endswith("% as rows.tsv, line 6")
    assert found.report["rows_kept"] == 82


def test_training_rows_near_to_held_out_ones(tmp_path):
    words = [f"{a}{b}" for a in ("ka", "lo", "mi", "ne", "pu") for b in ("rat", "sen", "tol", "vim", "zug")]
    source = [" ".join(random.Random(place).choices(words, k=25)) for place in range(300)]
    target = [" ".join(random.Random(-1 - place).choices(words, k=25)) for place in range(300)]
    rows = list(zip(source, target, strict=True))
    near = [(f"{text} indeed", " ".join(random.Random(text).choices(words, k=25))) for text in source]
    found, rejects = prepared(tmp_path, [*rows, *near], data={"test_rows": 20, "valid_rows": 20})
    assert {row["rule"] for row in rejects} == {"near_leak"}
    assert 30 < len(rejects) <= 40
    held = [row.source.removesuffix(" indeed") for row in [*found.test, *found.valid]]
    assert not [row for row in found.train if row.source.removesuffix(" indeed") in held]
    assert rejects[0]["detail"].startswith("its source is 9")
    whole, rejects = prepared(tmp_path, [*rows, *near], data={"test_rows": 20, "valid_rows": 20, "split_near": False})
    assert not rejects
    assert whole.test == found.test


@pytest.mark.parametrize("number", [3, 60])
@pytest.mark.parametrize("task", ["generate", "summarize"])
def test_boilerplate(tmp_path, task, number):
    if task == "summarize" and number == 3:
        number = 70
    footer = "This document is published by the Society of Examples, all rights reserved."
    lines = 60 if number == 3 else 3
    documents = [
        "\n".join(
            [*("".join(random.Random(f"{place} {n}").choices("abcdefgh ", k=1900)) for n in range(lines)), footer]
        )
        for place in range(number)
    ]
    rows = [{"document": text, "summary": f"the text number {place}"} for place, text in enumerate(documents)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    data = {"train": ["a.jsonl"], "max_chars": 100_000, "test_rows": 3, "valid_rows": 3}
    for is_on in (False, True):
        recipe = make_recipe({"task": task, "data": data | {"remove_boilerplate": is_on}})
        found = prepare_data(recipe, folder=tmp_path, output=tmp_path / "out")
        texts = [row.source + row.target for part in (found.train, found.valid, found.test) for row in part]
        # With three documents there are too few to tell.
        assert sum(footer in text for text in texts) == (0 if is_on and number > 3 else number)
        noted = found.report["noted"].get("boilerplate", {"rows": 0})
        assert noted["rows"] == (number if is_on and number > 3 else 0)


@pytest.mark.parametrize("size", [1, 7, 10**6])
def test_shards_do_not_matter(tmp_path, monkeypatch, size):
    rows = [(f"text {i % 2000}", f"Text {i % 2000 // 2}" * (30 if i % 400 == 7 else 1)) for i in range(2400)]
    whole, rejects = prepared(tmp_path, rows, data={"check_numbers": False})
    monkeypatch.setattr("braid.data.portions.PORTION_BYTES", 4000)
    monkeypatch.setattr("braid.data.columns.PARTITION_ROWS", size * 40)
    parts, others = prepared(tmp_path, rows, data={"check_numbers": False})
    assert (parts.train, parts.valid, parts.test) == (whole.train, whole.valid, whole.test)
    assert sorted(others, key=str) == sorted(rejects, key=str)
    free = {"seconds", "reading_seconds", "bytes_read", "inputs"}
    assert {k: v for k, v in parts.report.items() if k not in free} == {
        k: v for k, v in whole.report.items() if k not in free
    }
