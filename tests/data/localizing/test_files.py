"""Files on disk: whole or not at all, and never over another one by mistake."""

from __future__ import annotations

import doctest
import gzip
from pathlib import Path

import pytest

from braid.data.localizing import LocalizeOptions, check_names, localize_file
from braid.errors import ConfigError, DataError
from pretend import Model, shouted

OPTIONS = LocalizeOptions(target_language="de")


def test_a_file_is_written_and_the_other_one_stays(tmp_path):
    file, output = tmp_path / "a.txt", tmp_path / "b.txt"
    file.write_bytes(b"one\r\n")
    result = localize_file(file, output, Model(shouted), OPTIONS)
    assert result.num_translated == 1
    assert (file.read_bytes(), output.read_bytes()) == (b"one\r\n", b"ONE\r\n")


def test_an_output_that_is_there_is_replaced_with_force_only(tmp_path):
    file = tmp_path / "a.txt"
    file.write_bytes(b"one")
    with pytest.raises(ConfigError, match="here already"):
        localize_file(file, file, Model(shouted), OPTIONS)
    assert file.read_bytes() == b"one"
    localize_file(file, file, Model(shouted), OPTIONS, force=True)
    assert file.read_bytes() == b"ONE"
    assert list(tmp_path.iterdir()) == [file]


def test_a_failing_model_leaves_nothing(tmp_path):
    def fail(texts):
        raise RuntimeError("broken")

    (tmp_path / "a.txt").write_bytes(b"one")
    with pytest.raises(RuntimeError):
        localize_file(tmp_path / "a.txt", tmp_path / "b.txt", fail, OPTIONS)
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_gzip_in_and_out(tmp_path):
    file = tmp_path / "a.json.gz"
    file.write_bytes(gzip.compress(b'{"a": "x"}'))
    localize_file(file, tmp_path / "b.json.gz", Model(shouted), OPTIONS)
    assert gzip.decompress((tmp_path / "b.json.gz").read_bytes()) == b'{"a": "X"}'
    localize_file(file, tmp_path / "b.json", Model(shouted), OPTIONS)
    assert (tmp_path / "b.json").read_bytes() == b'{"a": "X"}'
    file.write_bytes(gzip.compress(b" " * (65 * 2**20)))
    with pytest.raises(DataError, match="smaller than 64 MiB"):
        localize_file(file, tmp_path / "c.json", Model(shouted), OPTIONS)


@pytest.mark.parametrize(
    ("name", "output", "message"),
    [
        ("a.po", "b.csv", "same format"),
        ("a.pot", "b.pox", "same format"),
        ("a.doc", "b.doc", "must end in one of"),
        ("a.mo", "b.mo", "run msgfmt"),
        ("none.po", "b.po", "must exist"),
        ("a.po", "none/b.po", "folder of the output must exist"),
    ],
)
def test_names_that_cannot_be(tmp_path, name, output, message):
    for there in ("a.po", "a.pot", "a.doc", "a.mo"):
        (tmp_path / there).write_bytes(b"x")
    with pytest.raises((ConfigError, DataError), match=message):
        check_names(tmp_path / name, tmp_path / output)
    check_names(tmp_path / "a.pot", tmp_path / "b.po")
    check_names(tmp_path / "a.po", None)


def test_an_update_keeps_what_was_translated(tmp_path):
    file, output = tmp_path / "en.json", tmp_path / "de.json"
    file.write_bytes(b'{"a": "x", "b": "y"}')
    localize_file(file, output, Model(shouted), OPTIONS, update=True)
    output.write_bytes(output.read_bytes().replace(b"X", b"by hand"))
    file.write_bytes(b'{"a": "x", "c": "z", "b": "y"}')
    result = localize_file(file, output, Model(shouted), OPTIONS, update=True)
    assert output.read_bytes() == b'{"a": "by hand", "c": "Z", "b": "Y"}'
    assert (result.num_kept, result.num_translated) == (2, 1)


def test_the_example_of_the_docs():
    page = Path(__file__).parents[3] / "docs" / "files.md"
    done = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert done.attempted > 5
    assert not done.failed


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", b"source,n\n\xff\xe9,1\n"),
        ("a.jsonl", b'{"source": "\xff"}\n'),
        ("a.html", b'<html><meta charset="utf-8"><p>a\xff</p>'),
        ("a.xml", b'<?xml version="1.0" encoding="utf-8"?><resources><string name="a">\xe9</string></resources>'),
        ("a.po", b'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "a"\nmsgstr "\xff"\n'),
    ],
)
def test_broken_bytes_are_told_with_a_hint_that_helps_here(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match="must be valid utf-8") as caught:
        localize_file(tmp_path / name, None, Model(shouted), OPTIONS)
    assert caught.value.hint == "save the file as UTF-8, and where it names an encoding itself, let it name that one"
