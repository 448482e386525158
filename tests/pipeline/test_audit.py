from dataclasses import replace

import numpy as np
import pytest

import braid
from audit_rows import labeled, pairs
from braid.config.loading import make_recipe
from braid.errors import ConfigError, DataError
from braid.pipeline.audit import audit, check_auditable


def recipe_of(folder, rows, task="translate", **data):
    name = "rows.tsv" if task == "translate" else "rows.csv"
    sign = "\t" if task == "translate" else ","
    head = "" if task == "translate" else "text,label\n"
    (folder / name).write_text(head + "".join(f"{row.source}{sign}{row.target}\n" for row in rows), encoding="utf-8")
    languages = {"source_language": "en", "target_language": "de"} if task == "translate" else {}
    return make_recipe({"name": "a", "task": task, "data": {"train": [name], **languages, **data}})


def test_pairs_with_their_baseline_and_tokenizer(tmp_path):
    found = audit(recipe_of(tmp_path, pairs(400)), folder=tmp_path, prepared=tmp_path / "prepared")
    assert found["problem"] == ""
    assert found["baseline"]["metric"] == "bleu"
    assert found["sides"]["source"]["fertility"] > 0
    assert found["misaligned"]["is_usable"]
    assert {one["name"] for one in found["diagnosis"]["expect"]} == {"measured", "expectation"}
    assert (tmp_path / "prepared" / "report.json").exists()


def test_too_few_rows_are_still_audited(tmp_path):
    found = audit(recipe_of(tmp_path, pairs(12)), folder=tmp_path, prepared=tmp_path / "prepared")
    assert found["diagnosis"]["warnings"][0]["name"] == "unprepared"
    assert "at least 50 usable sentence pairs are needed, got" in found["problem"]
    assert found["data"]["rows_read"] == 12
    assert found["sides"]["source"]["growth"]["words"] > 0


def test_labels_have_the_linear_model_as_baseline(tmp_path):
    found = audit(recipe_of(tmp_path, labeled(300), "classify"), folder=tmp_path, prepared=tmp_path / "prepared")
    assert found["baseline"]["metric"] == "accuracy"
    assert found["baseline"]["low"] < found["baseline"]["value"] <= 100
    assert found["labels"]


def write(folder, **parts):
    for part, rows in parts.items():
        text = "text,label\n" + "".join(f"{row.source},{row.target}\n" for row in rows)
        (folder / f"{part}.csv").write_text(text, encoding="utf-8")
    files = {part: [f"{part}.csv"] for part in parts}
    return make_recipe({"name": "a", "task": "classify", "data": files})


def warnings(found):
    return [one["name"] for one in found["diagnosis"]["warnings"]]


def test_a_test_unlike_training_is_judged_as_it_is(tmp_path):
    test = [replace(row, source=f"neu{i} {row.source}") for i, row in enumerate(labeled(90, seed=2))]
    test = [replace(row, target="other") if i % 3 == 0 else row for i, row in enumerate(test)]
    found = audit(write(tmp_path, train=labeled(300), test=test), folder=tmp_path, prepared=tmp_path / "prepared")
    assert found["baseline"]["where"] == "on your test part"
    assert found["baseline"]["value"] == pytest.approx(200 / 3)
    assert found["unknown_labels"]["test"]["labels"] == {"other": 30}
    assert "unknown_labels" in warnings(found)


def test_given_files_that_share_rows_are_told_though_preparation_left_them_out(tmp_path):
    train, test = labeled(300), labeled(60, seed=2)
    recipe = write(tmp_path, train=[*train, *test[:40]], test=test)
    found = audit(recipe, folder=tmp_path, prepared=tmp_path / "prepared")
    assert found["leakage"]["parts"]["test"]["exact"] == 0
    assert found["leakage"]["left_out"]["parts"]["test"]["exact"] >= 40
    assert "leakage" in warnings(found)
    drawn = audit(recipe_of(tmp_path, train, "classify"), folder=tmp_path, prepared=tmp_path / "other")
    assert "leakage" not in warnings(drawn)


def test_files_given_for_parts_are_compared_when_nothing_is_left_to_learn_from(tmp_path):
    rows = [replace(row, source=f"{row.source} nr {i}") for i, row in enumerate(labeled(100))]
    found = audit(write(tmp_path, train=rows, test=rows), folder=tmp_path, prepared=tmp_path / "prepared")
    assert found["problem"]
    assert found["data"]["splits"] == {"train": 100, "test": 100}
    assert found["leakage"]["parts"]["test"]["exact"] == 100
    assert {"leakage", "unprepared"} <= set(warnings(found))
    assert {one["name"] for one in found["diagnosis"]["expect"]} == {"measured"}


def test_parts_of_one_long_text_do_not_leak_by_the_numbers_we_gave_them(tmp_path):
    random = np.random.default_rng(1)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    for name in ("one.txt", "two.txt"):
        lines = [" ".join("".join(random.choice(letters, 7)) for _ in range(12)) for _ in range(1500)]
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
    recipe = make_recipe({"name": "a", "task": "generate", "data": {"train": ["one.txt", "two.txt"]}})
    found = audit(recipe, folder=tmp_path, prepared=tmp_path / "prepared")
    test = found["leakage"]["parts"]["test"]
    assert test["rows"] > 0
    assert {name: test[name] for name in ("exact", "near", "identifier", "other")} == dict.fromkeys(
        ("exact", "near", "identifier", "other"), 0
    )


def test_files_that_are_not_there_and_languages_that_are_not_said(tmp_path):
    recipe = recipe_of(tmp_path, pairs(60))
    (tmp_path / "rows.tsv").unlink()
    with pytest.raises(DataError):
        audit(recipe, folder=tmp_path, prepared=tmp_path / "prepared")
    with pytest.raises(ConfigError, match="language"):
        audit(recipe_of(tmp_path, pairs(60), source_language=""), folder=tmp_path, prepared=tmp_path / "prepared")


def test_a_bundle_is_refused(tmp_path):
    (tmp_path / "bundle.json").write_text("{}")
    with pytest.raises(ConfigError, match="got a bundle"):
        check_auditable(tmp_path)
    with pytest.raises(ConfigError, match="got a bundle"):
        braid.audit(tmp_path)


def test_from_python(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    recipe_of(tmp_path, pairs(60))
    found = braid.audit(
        "rows.tsv", output="page.html", overrides=("data.source_language=en", "data.target_language=de")
    )
    assert found["kind"] == "data"
    assert (tmp_path / "page.html").exists()
