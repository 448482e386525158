"""Parquet, written by the library that writes it everywhere."""

from __future__ import annotations

import gzip
import sys
from decimal import Decimal

import pytest

from braid.config.recipe import DataConfig
from braid.data.documents import read_documents
from braid.data.example import Example, Reject
from braid.data.formats import inspect_file, read_files
from braid.data.kinds import KINDS
from braid.errors import DataError

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")


@pytest.fixture
def table(tmp_path):
    def write(columns, name="a.parquet", **options):
        parquet.write_table(pyarrow.table(columns), tmp_path / name, **options)
        return name

    return write


@pytest.fixture
def rows(tmp_path):
    def read(name, task="classify", **config):
        return list(read_files([name], KINDS[task].options(DataConfig(**config)), folder=tmp_path))

    return read


def test_labeled_texts_of_several_row_groups(table, rows):
    texts = [f"text {number}" for number in range(1500)]
    columns = {"id": list(range(1500)), "Text": texts, "label": [number % 3 for number in range(1500)], "talk": texts}
    found = rows(table(columns, row_group_size=400), group_column="talk")
    assert [(row.source, row.target, row.line) for row in found[:2]] == [("text 0", "0", 1), ("text 1", "1", 2)]
    assert [row.source for row in found] == texts
    assert found[-1].group == "text 1499"
    assert found[-1].file == "a.parquet"


def test_only_needed_columns_are_read(table, rows, monkeypatch):
    name = table({"text": ["a"], "label": ["b"], "picture": [b"x" * 1000]})
    asked = []
    read = parquet.ParquetFile.iter_batches
    monkeypatch.setattr(
        parquet.ParquetFile,
        "iter_batches",
        lambda *a, **options: asked.append(options["columns"]) or read(*a, **options),
    )
    assert [row.target for row in rows(name)] == ["b"]
    assert asked == [["text", "label"]]


def test_labels_in_lists_missing_cells_and_other_types(table, rows):
    found = rows(table({"text": ["a", None, "c"], "labels": [["y", "x"], ["z"], None]}))
    assert [(row.source, row.target) for row in found] == [("a", "y\nx"), ("", "z"), ("c", "")]
    found = rows(table({"text": [*"abcd"], "label": [1.5, None, 5.0, float("nan")]}))
    assert [(row.source, row.target) for row in found] == [("a", "1.5"), ("b", ""), ("c", "5"), ("d", "")]
    found = rows(table({"text": ["a", "b"], "labels": [[True, False], [True]]}))
    assert [row.target for row in found] == ["true\nfalse", "true"]
    found = rows(table({"text": ["a", "b"], "label": [Decimal("5.00"), Decimal("1.50")]}))
    assert [row.target for row in found] == ["5", "1.50"]
    found = rows(table({"text": [1.5, None], "label": ["a", "b"]}))
    assert isinstance(found[0], Reject)
    assert (found[0].rule, found[0].detail) == ("cells", '"text" must be a string, got float')


def test_columns_of_other_names(table, rows):
    name = table({"id": ["1"], "subject": ["no light"], "queue": ["lamps"]})
    with pytest.raises(DataError, match=r'the columns "id", "subject", "queue" \(a.parquet\)') as caught:
        rows(name)
    assert "source_column" in caught.value.hint
    (row,) = rows(name, source_column="subject", target_column="queue")
    assert (row.source, row.target, row.key) == ("no light", "lamps", "1")


@pytest.mark.parametrize(
    "columns",
    [
        {"en": ["light"], "zh_CN": ["灯"]},
        {"source": ["light"], "target": ["灯"], "note": [1]},
        {"translation": [{"en": "light", "zh": "灯"}]},
    ],
)
def test_pairs_in_two_languages(columns, table, rows, tmp_path):
    name = table(columns)
    (row,) = rows(name, "translate", source_language="en", target_language="zh")
    assert (row.source, row.target) == ("light", "灯")
    facts = inspect_file(name, folder=tmp_path)
    assert facts.format == "parquet"
    assert facts.columns == tuple(columns)


def test_summaries_and_texts_to_be_continued(table, rows):
    (row,) = rows(table({"article": ["long"], "highlights": ["short"]}), "summarize")
    assert (row.source, row.target) == ("long", "short")
    (row,) = rows(table({"content": ["one\ntwo"], "n": [1]}), "generate")
    assert (row.target, row.group) == ("one\ntwo", "a.parquet:1")
    (row,) = rows(table({"messages": [[{"role": "user", "content": "hi"}]]}), "generate")
    assert (row.context, row.target) == ("messages", '[{"role": "user", "content": "hi"}]')


def test_answers_are_looked_for_in_it(table, tmp_path):
    name = table({"question": ["What is it?"], "answer": ["A lamp."], "n": [1]})
    (passage,) = read_documents([name], folder=tmp_path)
    assert (passage.title, passage.answer) == ("What is it?", "A lamp.")


def test_damaged_files(table, rows, tmp_path):
    whole = (tmp_path / table({"text": ["a"] * 5000, "label": ["b"] * 5000})).read_bytes()
    (tmp_path / "b.parquet").write_bytes(whole[:-20])
    (tmp_path / "c.parquet").write_bytes(b"text,label\na,b\n" * 9)
    (tmp_path / "d.parquet.gz").write_bytes(gzip.compress(whole))
    for name, message in (
        ("b.parquet", "whole and undamaged"),
        ("c.parquet", "whole and"),
        ("d.parquet.gz", "not be gz"),
    ):
        with pytest.raises(DataError, match=message) as caught:
            rows(name)
        assert name in str(caught.value)


def test_bytes_that_are_no_text_are_found(table, rows, tmp_path):
    name = table({"text": ["abcdefgh"] * 4, "label": ["b"] * 4}, compression="none", use_dictionary=False)
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes().replace(b"abcdefgh", b"abc\xffefgh"))
    with pytest.raises(DataError, match=r"must be whole and undamaged, got: .*utf-8.*\(a.parquet\)"):
        rows(name)


def test_without_the_library_its_name_is_told(table, rows, monkeypatch):
    name = table({"text": ["a"], "label": ["b"]})
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(DataError, match="got no pyarrow") as caught:
        rows(name)
    assert 'pip install "braid-lm[parquet]"' in caught.value.hint


def test_every_row_is_an_example_or_a_reject(table, rows):
    found = rows(table({"text": ["a", "b"], "label": [["x"], []]}))
    assert all(isinstance(row, Example) for row in found)
    assert found[1].target == ""
