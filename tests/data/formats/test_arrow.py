"""Arrow, written by the library that writes it everywhere."""

from __future__ import annotations

import gzip
import random
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from braid.config.recipe import DataConfig
from braid.data.example import Example, Reject
from braid.data.formats import inspect_file, read_files
from braid.data.kinds import KINDS
from braid.errors import DataError

pyarrow = pytest.importorskip("pyarrow")
ipc = pytest.importorskip("pyarrow.ipc")


def packed(columns, *, kind="file", batch=None, compression=None):
    table = pyarrow.table(columns)
    sink = pyarrow.BufferOutputStream()
    new = ipc.new_file if kind == "file" else ipc.new_stream
    with new(sink, table.schema, options=ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table, max_chunksize=batch)
    return sink.getvalue().to_pybytes()


@pytest.fixture
def rows(write, tmp_path):
    def read(content, task="classify", name="a.arrow", **config):
        options = KINDS[task].options(DataConfig(**config))
        return list(read_files([write(name, content)], options, folder=tmp_path))

    return read


@pytest.mark.parametrize("kind", ["file", "stream"])
@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
@pytest.mark.parametrize("batch", [None, 400])
def test_labeled_texts_in_batches(kind, compression, batch, rows):
    texts = [f"text {number} 灯" for number in range(1500)]
    columns = {"picture": [b"x" * 10] * 1500, "Text": texts, "label": [number % 3 for number in range(1500)]}
    found = rows(packed(columns, kind=kind, batch=batch, compression=compression), name="a.feather")
    assert [row.source for row in found] == texts
    assert [(row.target, row.line) for row in found[:2]] == [("0", 1), ("1", 2)]
    assert found[-1].line == 1500


def test_cells_are_those_of_parquet(rows):
    found = rows(packed({"text": ["a", None, "c"], "labels": [["y", "x"], ["z"], None]}))
    assert [(row.source, row.target) for row in found] == [("a", "y\nx"), ("", "z"), ("c", "")]
    found = rows(packed({"text": ["a", "b"], "label": [2.0, None]}))
    assert [row.target for row in found] == ["2", ""]
    found = rows(packed({"text": ["a", "b"], "label": [b"x", None]}))
    assert (found[0].rule, found[0].detail) == ("cells", '"label" must be a string, got bytes')
    dictionary = pyarrow.array(["x", "y", "x"]).dictionary_encode()
    assert [row.target for row in rows(packed({"text": ["a", "b", "c"], "label": dictionary}))] == ["x", "y", "x"]


def test_texts_and_dialogues(rows):
    (row,) = rows(packed({"content": ["one\ntwo"], "n": [1]}), "generate")
    assert (row.target, row.group) == ("one\ntwo", "a.arrow:1")
    (row,) = rows(packed({"messages": [[{"role": "user", "content": "hi"}]]}, kind="stream"), "generate")
    assert (row.context, row.target) == ("messages", '[{"role": "user", "content": "hi"}]')
    found = rows(packed({"prompt": ["q"], "completion": ["a"]}), "generate")
    assert found[0].context == "messages"


def test_languages(rows, tmp_path):
    (row,) = rows(packed({"en": ["light"], "zh_CN": ["灯"]}), "translate", source_language="en", target_language="zh")
    assert (row.source, row.target) == ("light", "灯")
    facts = inspect_file("a.arrow", folder=tmp_path)
    assert (facts.format, facts.languages, facts.rows) == ("arrow", ("en", "zh_CN"), (("light", "灯"),))


def test_columns_of_other_names(rows):
    content = packed({"subject": ["a"], "queue": ["b"]})
    with pytest.raises(DataError, match=r'the columns "subject", "queue" \(a.arrow\)'):
        rows(content)
    assert [row.target for row in rows(content, source_column="subject", target_column="queue")] == ["b"]


@pytest.mark.parametrize("kind", ["file", "stream"])
def test_damaged_files(kind, rows):
    whole = packed({"text": ["text"] * 5000, "label": ["b"] * 5000}, kind=kind, batch=500)
    for content in (whole[: len(whole) // 2], whole[:-300], whole[:12], b"text,label\na,b\n"):
        with pytest.raises(DataError, match=r"must be whole and undamaged.*\(a.arrow\)"):
            if kind == "stream" and content == whole[:-300]:
                rows(content[:-9000])  # a stream may end behind a batch
            rows(content)
    with pytest.raises(DataError, match="must not be gzip"):
        rows(gzip.compress(whole), name="a.arrow.gz")
    with pytest.raises(DataError, match="of version 2, got version 1"):
        rows(b"FEA1" + whole, name="a.feather")


def test_offsets_that_point_elsewhere_are_found(rows):
    """Read without a check, they would lead out of the file."""
    whole = bytearray(packed({"text": ["abcd"] * 4, "label": ["bcde"] * 4}))
    begin = bytes(whole).index(b"\4\0\0\0\x08\0\0\0\x0c\0\0\0\x10\0\0\0")
    whole[begin + 8 : begin + 12] = b"\xff\xff\xff\x7f"
    with pytest.raises(DataError, match="must be whole and undamaged"):
        rows(bytes(whole))


def test_bytes_that_are_no_text_are_found(rows):
    whole = packed({"text": ["abcdefgh"] * 4, "label": ["b"] * 4})
    with pytest.raises(DataError, match="must be whole and undamaged"):
        rows(whole.replace(b"abcdefgh", b"abc\xffefgh"))


def test_without_the_library_its_name_is_told(rows, monkeypatch):
    content = packed({"text": ["a"], "label": ["b"]})
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DataError, match="got no pyarrow") as caught:
        rows(content)
    assert 'pip install "braid-lm[parquet]"' in caught.value.hint


def _mutated(whole, seed):
    chance = random.Random(seed)
    content = bytearray(whole)
    for _ in range(chance.randrange(1, 6)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content[: chance.randrange(8, len(content)) if chance.random() < 0.2 else len(content)])


def check_mutations(seed, rows):
    kind = "file" if seed % 2 else "stream"
    whole = packed({"text": ["ab", None, "灯"] * 3, "label": ["x", "y", "z"] * 3}, kind=kind, batch=4)
    try:
        found = rows(_mutated(whole, seed), "classify" if seed % 3 else "generate")
    except DataError as error:
        assert "a.arrow" in str(error)
    else:
        assert all(isinstance(row, Example | Reject) for row in found)


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**30))
def test_any_damage_is_read_or_refused(seed, rows):
    check_mutations(seed, rows)


@pytest.mark.slow
@settings(deadline=None, max_examples=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**30))
def test_much_damage_is_read_or_refused(seed, rows):
    check_mutations(seed, rows)
