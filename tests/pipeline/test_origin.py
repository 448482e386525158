"""Whose files a work folder was made from."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from braid import prepare
from braid.data.formats.own import is_own_folder
from braid.errors import ConfigError

RECIPE = """name = "model"
[data]
train = ["pairs.tsv"]
source_language = "en"
target_language = "de"
split_near = false
[tokenizer]
vocab_size = 300
"""


@pytest.fixture
def folders(tmp_path, monkeypatch):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        lines = [f"the {name} text number {i}\tder {name} Text Nummer {i}" for i in range(100)]
        (tmp_path / name / "pairs.tsv").write_text("\n".join(lines))
        (tmp_path / name / "recipe.toml").write_text(RECIPE)
    monkeypatch.chdir(tmp_path)
    prepare("a/recipe.toml")
    return tmp_path


def owner():
    """The recipe whose the work folder is."""
    return os.path.relpath(json.loads(Path("model.work/origin.json").read_text())["recipe"])


def test_another_recipe_of_the_same_name_is_refused(folders):
    before = (folders / "model.work/prepared/train.jsonl").read_bytes()
    with pytest.raises(ConfigError, match=r"another one of the same name, .*a/recipe\.toml \(model\.work\)") as told:
        prepare("b/recipe.toml")
    assert "--output" in told.value.hint
    assert (folders / "model.work/prepared/train.jsonl").read_bytes() == before
    prepare("b/recipe.toml", output="other")
    shutil.rmtree("model.work")
    prepare("b/recipe.toml")


def test_a_recipe_may_be_changed_moved_or_copied(folders):
    (folders / "a/more.tsv").write_text((folders / "a/pairs.tsv").read_text().replace("text", "word"))
    (folders / "a/recipe.toml").write_text(RECIPE.replace('["pairs.tsv"]', '["*.tsv"]'))
    prepare("a/recipe.toml")
    assert owner() == "a/recipe.toml"
    shutil.copy("a/recipe.toml", "a/copy.toml")  # the same files
    prepare("a/copy.toml")
    assert owner() == "a/copy.toml"
    shutil.move("a", "c")
    prepare("c/recipe.toml")
    assert owner() == "c/recipe.toml"
    (folders / "model.work/origin.json").write_text("[")  # as an older version left it, or damaged
    prepare("b/recipe.toml")
    assert owner() == "b/recipe.toml"
    assert is_own_folder(Path("model.work"))
