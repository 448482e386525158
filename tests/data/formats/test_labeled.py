"""One folder for each label."""

from __future__ import annotations

import gzip

import pytest

from braid.config.recipe import DataConfig
from braid.data.example import Reject
from braid.data.formats import read_files
from braid.data.kinds import KINDS
from braid.errors import DataError


@pytest.fixture
def folder(tmp_path):
    files = {
        "reviews/positive/1.txt": "good film\nindeed\n",
        "reviews/positive/more/2.txt": "很好",
        "reviews/negative/1.md": "bad film",
        "reviews/negative/empty.txt": "",
        "reviews/negative/scan.pdf": "%PDF",
        "reviews/README.txt": "about",
        "reviews/.hidden/1.txt": "x",
        "reviews/positive/.DS_Store": "x",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "reviews/positive/3.txt.gz").write_bytes(gzip.compress(b"packed"))
    return tmp_path


def read(folder, *patterns, task="classify"):
    return list(read_files(patterns, KINDS[task].options(DataConfig()), folder=folder))


def test_texts_have_the_label_of_their_folder(folder):
    rows = read(folder, "reviews")
    good = {(row.file, row.source, row.target) for row in rows if not isinstance(row, Reject)}
    assert good == {
        ("reviews/positive/1.txt", "good film\nindeed\n", "positive"),
        ("reviews/positive/more/2.txt", "很好", "positive"),
        ("reviews/positive/3.txt.gz", "packed", "positive"),
        ("reviews/negative/1.md", "bad film", "negative"),
    }
    bad = {(row.example.file, row.rule) for row in rows if isinstance(row, Reject)}
    assert bad == {("reviews/negative/empty.txt", "empty"), ("reviews/negative/scan.pdf", "format")}


def test_a_glob_of_texts_does_as_well(folder):
    rows = read(folder, "reviews/[np]*/*.txt")
    assert [row.rule if isinstance(row, Reject) else (row.source, row.target) for row in rows] == [
        "empty",
        ("good film\nindeed\n", "positive"),
    ]


def test_what_is_no_such_folder_is_told(folder):
    (folder / "flat").mkdir()
    (folder / "flat/a.txt").write_text("x")
    with pytest.raises(DataError, match=r"one folder for each label .* got none \(flat\)"):
        read(folder, "flat")
    (folder / "a.txt").write_text("x")
    with pytest.raises(DataError, match=r"must end in one of \.tsv"):
        read(folder, "a.txt")
    with pytest.raises(DataError, match="got a folder"):
        read(folder, "reviews", task="translate")


def test_bytes_that_are_no_text_are_told_with_their_file(folder):
    (folder / "reviews/negative/9.txt").write_bytes(b"caf\xe9")
    with pytest.raises(DataError, match="must be valid utf-8") as caught:
        read(folder, "reviews")
    assert "reviews/negative/9.txt" in str(caught.value)
