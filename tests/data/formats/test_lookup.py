"""What a glob stands for, what it leaves out, and what is said of it."""

from __future__ import annotations

import os

import pytest

from braid.data.documents import find_documents
from braid.data.formats.labeled import labeled_files
from braid.data.formats.lookup import expand
from braid.data.formats.own import LEDGER_TITLE, WRITTEN
from braid.errors import DataError


def put(folder, *names, text="a\tb\n"):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def names(pattern, folder):
    passed = {}
    return [shown for _, shown in expand(pattern, folder, passed)], passed


@pytest.fixture
def project(tmp_path):
    """A folder with data, a ledger, a work folder and a bundle."""
    put(tmp_path, "a.tsv", "sub/b.tsv", "m.work/prepared/train.tsv", "m.work/prepared.shards/x/raw.tsv", "m/own.tsv")
    put(tmp_path, "m.work/prepared/report.json", text="{}")
    put(tmp_path, "m/bundle.json", text='{\n "format": 1,\n "braid_version": "0.1"\n}')
    put(tmp_path, "m.held-out.tsv", text=f"{LEDGER_TITLE}\n# {{}}\n")
    return tmp_path


def test_globs_leave_out_what_braid_wrote(project):
    own = dict.fromkeys(["m", "m.held-out.tsv", "m.work"], WRITTEN)
    assert names("**/*.tsv", project) == (["a.tsv", "sub/b.tsv"], own)
    assert names("*.tsv", project) == (["a.tsv"], {"m.held-out.tsv": WRITTEN})
    assert names("*", project) == (["a.tsv"], own | {"sub": "a folder"})
    assert names(f"{project}/*.tsv", project / "sub") == (
        [f"{project}/a.tsv"],
        {f"{project}/m.held-out.tsv": WRITTEN},
    )
    assert names("../*.tsv", project / "sub") == (["../a.tsv"], {"../m.held-out.tsv": WRITTEN})


def test_what_is_named_in_so_many_words_is_read(project):
    assert names("m.held-out.tsv", project) == (["m.held-out.tsv"], {})
    assert names("m.work/prepared/*.tsv", project) == (["m.work/prepared/train.tsv"], {})
    assert names("*.tsv", project / "m.work" / "prepared") == (["train.tsv"], {})
    assert names("m/*.tsv", project) == (["m/own.tsv"], {})


def test_folders_of_a_person_may_be_called_alike(tmp_path):
    put(tmp_path, "texts.work/a.tsv", "bundle/b.tsv")
    put(tmp_path, "bundle/bundle.json", text='{"scripts": []}')
    assert names("**/*.tsv", tmp_path) == (["bundle/b.tsv", "texts.work/a.tsv"], {})


def test_a_glob_that_matches_nothing_else_says_so(tmp_path):
    put(tmp_path, "m.txt", text=LEDGER_TITLE)
    put(tmp_path, "n.txt", text='<!doctype html>\n<meta name="generator" content="Braid">')
    with pytest.raises(DataError, match=r'got none for "\*\.txt" but what is left out: written by Braid itself'):
        names("*.txt", tmp_path)


def test_folders_of_labels_and_of_documents_leave_it_out_too(project):
    put(project, "good/1.txt", "bad/2.txt", "m.work/prepared/3.txt", "m/card.md")
    put(project, "good/h.txt", text=f"\ufeff{LEDGER_TITLE}\n")
    passed = {}
    found = {file.label for file in labeled_files(project, ".", passed)}
    assert found == {"good", "bad", "sub"}
    assert passed == dict.fromkeys(["good/h.txt", "m", "m.work"], WRITTEN)
    passed = {}
    shown = [name for _, name in find_documents(["."], folder=project, passed=passed)]
    assert shown == ["a.tsv", "bad/2.txt", "good/1.txt", "sub/b.tsv"]
    assert passed == dict.fromkeys(["good/h.txt", "m.held-out.tsv", "m", "m.work"], WRITTEN)


@pytest.mark.parametrize("pattern", ["g/*.tsv", "g/dang.tsv", "g/loop.tsv"])
def test_links_that_lead_nowhere_are_refused(tmp_path, pattern):
    put(tmp_path, "g/a.tsv")
    if pattern != "g/loop.tsv":
        (tmp_path / "g/dang.tsv").symlink_to("gone")
    else:
        (tmp_path / "g/loop.tsv").symlink_to("loop.tsv")
    with pytest.raises(
        DataError, match=r'a link must lead to a file that is there, got one to "(gone|loop\.tsv)"'
    ) as told:
        names(pattern, tmp_path)
    assert told.value.where in ("g/dang.tsv", "g/loop.tsv")


def test_links_that_lead_nowhere_below_labels_are_refused(tmp_path):
    put(tmp_path, "good/a.txt")
    (tmp_path / "good" / "b.txt").symlink_to("gone")
    with pytest.raises(DataError, match=r"got one to \"gone\" \(r/good/b.txt\)"):
        labeled_files(tmp_path, "r")


def test_an_editor_may_lock_a_file_by_such_a_link(tmp_path):
    put(tmp_path, "a.tsv")
    (tmp_path / ".#a.tsv").symlink_to("somebody@somewhere.17")
    assert names("*.tsv", tmp_path) == (["a.tsv"], {})


def test_folders_and_pipes_behind_a_glob_are_told(tmp_path):
    put(tmp_path, "g/a.tsv", "g/d.tsv/inner.txt")
    os.mkfifo(tmp_path / "g/p.tsv")
    told = {"g/d.tsv": "a folder", "g/p.tsv": "no file but a pipe or a device"}
    assert names("g/*.tsv", tmp_path) == (["g/a.tsv"], told)
    with pytest.raises(DataError, match="must be a file, got a pipe or a device"):
        names("g/p.tsv", tmp_path)
    put(tmp_path, ".git/config")
    os.unlink(tmp_path / "g/p.tsv")
    assert names("**/*", tmp_path)[1] == {}
