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
