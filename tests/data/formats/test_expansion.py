"""Small tables that hold gigabytes: none of it comes into the memory before its size is known."""

from __future__ import annotations

import random

import pytest

from braid.config.recipe import DataConfig
from braid.data.formats import expansion, parquet, read_files
from braid.data.formats.parquet_pages import pages
from braid.data.kinds import KINDS
from braid.errors import DataError

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
ipc = pytest.importorskip("pyarrow.ipc")

MEBIBYTE = "a" * 2**20


def table(texts, kind=None):
    texts = pa.array(texts, kind)
    return pa.table({"source": texts, "target": texts})


def bombs(folder):
    """One bomb of each sort, none larger than 100 KB, written without ever holding what it expands to."""
    places = pa.array([0] * 512, pa.int32())
    shared = pa.DictionaryArray.from_arrays(places, pa.array([4 * MEBIBYTE]))
    columns = pa.table({"source": shared, "target": shared})
    pq.write_table(columns, folder / "dictionary.parquet", compression="zstd", dictionary_pagesize_limit=2**25)
    large = table([f"{number}{MEBIBYTE}" for number in range(60)])
    pq.write_table(large, folder / "page.parquet", compression="zstd", use_dictionary=False, data_page_size=2**28)
    small = {"use_dictionary": False, "data_page_size": 2**20, "write_batch_size": 1}
    pq.write_table(large, folder / "pages.parquet", compression="zstd", **small)
    pq.write_table(large, folder / "delta.parquet", compression="zstd", column_encoding="DELTA_BYTE_ARRAY", **small)
    for name, codec in (("shared.arrow", None), ("packed.arrow", "zstd")):
        content = columns if codec is None else large
        with ipc.new_file(folder / name, content.schema, options=ipc.IpcWriteOptions(compression=codec)) as file:
            file.write_table(content)
    with ipc.new_stream(folder / "stream.arrow", large.schema, options=ipc.IpcWriteOptions(compression="lz4")) as file:
        file.write_table(large)
    return [path.name for path in sorted(folder.iterdir())]


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_bombs_are_refused_soon_and_take_no_memory(kind, tmp_path, measured):
    names = [name for name in bombs(tmp_path) if name.endswith(kind)]
    pq.write_table(table(["a"]), tmp_path / "first.parquet")
    with ipc.new_file(tmp_path / "first.arrow", table(["a"]).schema) as file:
        file.write_table(table(["a"]))
    for name, seconds, megabytes, message in measured(names, f"first.{kind}"):
        assert "times as large as" in message, (name, message)
        assert name in message
        assert seconds < 1, name
        assert megabytes < 100, name


@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_a_row_that_repeats_a_text_in_a_list(ending, tmp_path, measured):
    item = pa.StructArray.from_arrays(
        [
            pa.DictionaryArray.from_arrays(pa.array([0] * 1000, pa.int32()), pa.array([text]))
            for text in ("user", MEBIBYTE)
        ],
        ["role", "content"],
    )
    whole = pa.table({"source": pa.ListArray.from_arrays([0, 1000], item), "target": pa.array(["a"])})
    if ending == "parquet":
        pq.write_table(whole, tmp_path / "a.parquet", compression="zstd", dictionary_pagesize_limit=2**25)
    else:
        with ipc.new_file(tmp_path / "a.arrow", whole.schema) as file:
            file.write_table(whole)
    pq.write_table(table(["a"]), tmp_path / "first.parquet")
    ((_, seconds, megabytes, message),) = measured([f"a.{ending}"], "first.parquet")
    assert "a row must be smaller than 64 MiB" in message
    assert seconds < 1
    assert megabytes < 100


@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_a_table_of_nothing_has_not_a_thousand_million_rows(ending, tmp_path, read):
    nothing = pa.table({"source": pa.nulls(10**8), "target": pa.nulls(10**8)})
    if ending == "parquet":
        pq.write_table(nothing, tmp_path / "a.parquet")
    else:
        with ipc.new_file(tmp_path / "a.arrow", nothing.schema) as file:
            file.write_table(nothing)
    with pytest.raises(DataError, match="at most 200 times as large as the file"):
        read(f"a.{ending}")


@pytest.mark.parametrize("compression", ["none", "snappy", "zstd", "gzip"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_pages_are_found_to_the_last(compression, version, tmp_path):
    texts = [f"text {number} {'x' * (number % 50)}" for number in range(20_000)]
    turns = [[{"role": "user", "content": text}] for text in texts]
    whole = pa.table({"a": texts, "b": turns, "a.b": [1] * 20_000, "c": texts})
    how = {"compression": compression, "data_page_version": version, "data_page_size": 2**14, "row_group_size": 7000}
    pq.write_table(whole, tmp_path / "a.parquet", **how)
    file = pq.ParquetFile(tmp_path / "a.parquet")
    with (tmp_path / "a.parquet").open("rb") as raw:
        found = list(pages(raw, file, ["a", "b"], None))
        assert {page.column for page in found} == {"a", "a.b", "b.list.element.role", "b.list.element.content"}
        assert {page.column for page in found if page.is_repeated} == {
            "b.list.element.role",
            "b.list.element.content",
        }
        assert len(list(pages(raw, file, ["c"], [1]))) < len(found) / 3
    for group in range(3):
        for number in range(5):
            chunk = file.metadata.row_group(group).column(number)
            mine = [page for page in found if page.column == chunk.path_in_schema]
            assert not mine or sum(page.unpacked for page in mine) >= chunk.total_uncompressed_size * 0.9 - 50


@pytest.mark.parametrize("compression", ["none", "snappy", "zstd", "gzip", "brotli", "lz4"])
def test_of_a_dictionary_the_longest_text_counts(compression, tmp_path):
    source = random.Random(1)
    texts = [f"{source.getrandbits(1600):0400x}" for _ in range(900)]
    pq.write_table(pa.table({"a": texts}), tmp_path / "a", compression=compression)
    with (tmp_path / "a").open("rb") as raw:
        assert max(page.cell_bytes for page in pages(raw, pq.ParquetFile(tmp_path / "a"), ["a"], None)) == 404


def test_an_ordinary_table_is_read_as_before(tmp_path, read, monkeypatch):
    texts = [f"text {number} {'x' * (number % 5000)}" for number in range(3000)]
    pq.write_table(table(texts), tmp_path / "a.parquet")
    with ipc.new_file(tmp_path / "a.arrow", table(texts).schema) as file:
        file.write_table(table(texts))
    monkeypatch.setattr(expansion, "BUDGET_BYTES", 2**16)
    monkeypatch.setattr(parquet, "BUDGET_BYTES", 2**16)
    for name in ("a.parquet", "a.arrow"):
        assert [(row.line, row.source) for row in read(name)] == list(enumerate(texts, 1))


@pytest.mark.parametrize("kind", [pa.string_view(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())])
def test_texts_in_other_layouts(kind, tmp_path, read):
    whole = table(["a", None, "b"], kind)
    with ipc.new_file(tmp_path / "a.arrow", whole.schema) as file:
        file.write_table(whole)
    assert [row.source for row in read("a.arrow")] == ["a", "", "b"]


def test_dialogues_whose_texts_are_kept_once(tmp_path):
    turns = [
        [{"role": "user", "content": f"{number % 3}" * 40_000}, {"role": "bot", "content": "b"}] for number in range(40)
    ]
    pq.write_table(pa.table({"messages": turns}), tmp_path / "a.parquet")
    rows = list(read_files(["a.parquet"], KINDS["generate"].options(DataConfig()), folder=tmp_path))
    assert [row.target.count(str(number % 3)) for number, row in enumerate(rows)] == [40_000] * 40
