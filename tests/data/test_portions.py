"""Input in pieces that give the rows of the whole."""

import gzip
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.config.recipe import DataConfig
from braid.data import portion
from braid.data import portions as module
from braid.data.formats import ReadOptions
from braid.data.formats.read import find_files, raw_rows
from braid.data.kinds import KINDS
from braid.data.portions import HEAD_LINES, Portion, block_offsets, portions
from braid.errors import DataError

OPTIONS = ReadOptions(source_language="en", target_language="de")


def pieces(folder, *patterns, options=OPTIONS):
    files = find_files(patterns, options, folder=folder)
    found = list(portions(files, options))
    assert [row for portion in found for row in portion.rows(options)] == [
        row for file in files for row in raw_rows(file, options)
    ]
    return found


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(module, "PORTION_BYTES", 30_000)


LINES = [f"text {i}\tx\tText {i}" if i % 977 else "broken" for i in range(7_003)]


@pytest.mark.parametrize("header", [[], ["source\tother\ttarget"], ["target\tother\tsource"]])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_a_table(tmp_path, small, header, end):
    text = end.join([*header, *LINES])
    (tmp_path / "a.tsv").write_text(text, encoding="utf-8", newline="")
    assert len(pieces(tmp_path, "a.tsv")) >= 4


def test_documents_are_their_own_groups(tmp_path, small):
    options = KINDS["generate"].options(DataConfig())
    (tmp_path / "a.jsonl").write_text("".join(f'{{"text": "text {i}"}}\n' for i in range(7_003)))
    found = pieces(tmp_path, "a.jsonl", options=options)
    assert len(found) >= 4
    assert len({row.group for portion in found for row in portion.rows(options)}) == 7_003


def test_parallel_texts(tmp_path, small):
    for side, word in (("en", "text"), ("de", "ein deutlich längerer Text")):
        (tmp_path / f"a.{side}").write_text("".join(f"{word} {i}\n" for i in range(5_000)), encoding="utf-8")
    assert len(pieces(tmp_path, "a.en,a.de")) == 5
    with (tmp_path / "a.de").open("a") as file:
        file.write("one more")
    with pytest.raises(DataError, match="same number of lines, got 5000 and 5001"):
        pieces(tmp_path, "a.en,a.de")


def test_what_cannot_be_cut_is_one_piece(tmp_path, small):
    text = "\n".join(LINES)
    with gzip.open(tmp_path / "a.tsv.gz", "wb", compresslevel=0) as file:
        file.write(text.encode())  # without a folder to unpack it in
    (tmp_path / "b.tsv").write_text(text, encoding="utf-16")
    (tmp_path / "c.tsv").write_text("\n" * HEAD_LINES + "target\tsource\n" + text, encoding="utf-8")
    (tmp_path / "d.json").write_text(json.dumps([{"source": line, "target": line} for line in LINES]))
    found = pieces(tmp_path, "*.*")
    assert len(found) == 4
    assert all(not portion.ranges for portion in found)
    (tmp_path / "a.tsv").write_text("\n".join(f"日本 {line}" for line in LINES), encoding="iso2022_jp")
    assert len(pieces(tmp_path, "a.tsv", options=replace(OPTIONS, encoding="iso2022_jp"))) == 1
    (tmp_path / "a.tsv").write_text("\n".join(f"für\t{line}" for line in LINES), encoding="cp037")
    assert len(pieces(tmp_path, "a.tsv", options=replace(OPTIONS, encoding="cp037"))) == 1


def test_lines_that_begin_like_another_encoding(tmp_path, small):
    """Of a file of lines no head is read but the first of them, which tells of the mark."""
    options = KINDS["generate"].options(DataConfig())
    for mark in ("", "\ufeff"):
        lines = [f'\ufeff{{"text": "яю {i}"}}' for i in range(5_000)]
        (tmp_path / "a.jsonl").write_text(mark + "\n".join(lines), encoding="utf-8")
        assert len(pieces(tmp_path, "a.jsonl", options=options)) == 3
    for side in ("en", "ru"):
        (tmp_path / f"a.{side}").write_text("яюшка и кошка\n" * 5_000, encoding="cp1251")
    options = ReadOptions(source_language="en", target_language="ru", encoding="cp1251")
    (tmp_path / "a.ru").write_text("кошка\n" + "яюшка и кошка\n" * 4_999, encoding="cp1251")
    assert len(pieces(tmp_path, "a.ru,a.ru", options=options)) >= 3


def test_pieces_keep_their_digests(tmp_path, small):
    """Or all shards would be made again."""
    (tmp_path / "a.tsv").write_text("\n".join(LINES) + "\n", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text("".join(f'{{"source": "{i}", "target": "x"}}\n' for i in range(3_000)))
    found = [portion.digest()[:8] for portion in pieces(tmp_path, "*.*")]
    assert found == ["d5641668", "fffc62f1", "8533fbca", "a9e721cc", "9e174418", "9799e6b7", "b0ab1883"]


def test_small_files_are_gathered(tmp_path, small, monkeypatch):
    for number in range(40):
        (tmp_path / f"{number:02}.tsv").write_text("\n".join(LINES[:100]))
    assert [len(portion.files) for portion in pieces(tmp_path, "*.tsv")] == [16, 16, 8]
    monkeypatch.setattr(module, "PORTION_FILES", 5)
    assert len(pieces(tmp_path, "*.tsv")) == 8


def test_appending_changes_the_last_pieces_only(tmp_path, small):
    path = tmp_path / "a.tsv"
    path.write_text("\n".join(LINES) + "\n")
    before = [portion.digest() for portion in pieces(tmp_path, "a.tsv")]
    with path.open("a") as file:
        file.writelines(f"more {i}\tx\tmehr {i}\n" for i in range(3_000))
    after = [portion.digest() for portion in pieces(tmp_path, "a.tsv")]
    assert len(after) > len(before)
    assert after[: len(before) - 1] == before[:-1]


def test_what_rows_depend_on_is_in_the_digest(tmp_path, small):
    path = tmp_path / "a.tsv"
    path.write_text("\n".join(LINES))
    before = [portion.digest() for portion in pieces(tmp_path, "a.tsv")]
    path.write_text("\n".join(["source\tother\ttarget", *LINES[1:]]))  # columns of every piece are known by its head
    after = [portion.digest() for portion in pieces(tmp_path, "a.tsv")]
    assert len(before) == len(after) and not set(before) & set(after)
    path.rename(tmp_path / "b.tsv")
    assert not set(after) & {portion.digest() for portion in pieces(tmp_path, "b.tsv")}


@given(st.binary(max_size=300).map(lambda data: data.replace(b"x", b"\n")), st.integers(1, 5), st.integers(1, 9))
@settings(max_examples=200)
def test_block_offsets(tmp_path_factory, data, block, chunk):
    path = tmp_path_factory.mktemp("blocks") / "a"
    path.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK_LINES", block)
        patch.setattr(portion, "READ_BYTES", chunk)
        offsets, count = block_offsets(path, "a")
    lines = data.split(b"\n")
    lines = lines if lines[-1] else lines[:-1]
    assert count == len(lines)
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    assert offsets.tolist() == (starts[::block] or [0])


def test_a_file_that_vanishes(tmp_path):
    (tmp_path / "a.tsv").write_text("a\tb\n")
    files = find_files(["a.tsv"], OPTIONS, folder=tmp_path)
    (tmp_path / "a.tsv").unlink()
    with pytest.raises(DataError, match=r"must be readable, got: No such file or directory \(a\.tsv\)"):
        list(portions(files, OPTIONS))
    with pytest.raises(DataError, match=r"must be readable, got: No such file"):
        Portion(files=tuple(files)).digest()
