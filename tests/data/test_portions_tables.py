"""Parquet and Arrow in pieces of batches and of rows."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.config.recipe import DataConfig
from braid.data import portions as module
from braid.data.formats.contract import ReadOptions
from braid.data.formats.read import DataFile, raw_rows
from braid.data.kinds import KINDS
from braid.data.portions import portions
from braid.errors import DataError

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")
ipc = pytest.importorskip("pyarrow.ipc")

PAIRS = ReadOptions(source_language="en", target_language="de")
TEXTS = KINDS["generate"].options(DataConfig())


def table(num_rows, begin=0):
    numbers = range(begin, begin + num_rows)
    return pyarrow.table(
        {
            "text": [f"text {i} " * (i % 30) for i in numbers],
            "source": [f"the text {i}" for i in numbers],
            "target": [f"der Text {i}" if i % 7 else None for i in numbers],
        }
    )


def write_parquet(path, num_rows, batch_rows):
    parquet.write_table(table(num_rows), path, row_group_size=batch_rows)


def write_arrow(path, num_rows, batch_rows, new=None, **options):
    data = table(num_rows)
    with (new or ipc.new_file)(path, data.schema, **options) as writer:
        writer.write_table(data, max_chunksize=batch_rows)


def write_stream(path, num_rows, batch_rows):
    write_arrow(path, num_rows, batch_rows, ipc.new_stream)


def write_packed(path, num_rows, batch_rows):
    write_arrow(path, num_rows, batch_rows, options=ipc.IpcWriteOptions(compression="lz4"))


def write_words(path, num_rows, batch_rows, new=ipc.new_stream):
    """A stream with a dictionary before its batches."""
    data = table(num_rows)
    data = data.set_column(2, "target", data["target"].dictionary_encode().unify_dictionaries())
    with new(path, data.schema) as writer:
        writer.write_table(data, max_chunksize=batch_rows)


def write_word_file(path, num_rows, batch_rows):
    write_words(path, num_rows, batch_rows, ipc.new_file)


WRITERS = {
    write_parquet: "a.parquet",
    write_arrow: "a.arrow",
    write_stream: "b.arrow",
    write_packed: "a.feather",
    write_words: "c.arrow",
    write_word_file: "d.arrow",
}


def check(path, options=PAIRS):
    """The pieces, which give the rows of the whole."""
    file = DataFile((path,), (path.name,))
    found = list(portions([file], options))
    assert [row for portion in found for row in portion.rows(options)] == list(raw_rows(file, options))
    return found


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(module, "PORTION_BYTES", 20_000)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("batch_rows", [17, 700, 10_000])
def test_batches_of_any_size(tmp_path, write, batch_rows):
    path = tmp_path / WRITERS[write]
    write(path, 3_000, batch_rows)
    for options in (PAIRS, TEXTS):
        found = check(path, options)
        assert len(found) >= 3
        assert len({portion.digest() for portion in found}) == len(found)
    sizes = [sum(1 for _ in portion.rows(PAIRS)) for portion in found]
    assert max(sizes) < 1_500


@pytest.mark.parametrize("write", WRITERS)
@given(num_rows=st.integers(0, 80), batch_rows=st.integers(1, 40), size=st.integers(1, 2_000))
@settings(max_examples=25, deadline=None)
def test_any_sizes(tmp_path_factory, write, num_rows, batch_rows, size):
    path = tmp_path_factory.mktemp("tables") / WRITERS[write]
    write(path, num_rows, batch_rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PORTION_BYTES", size)
        check(path)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("write", [write_parquet, write_arrow, write_stream])
def test_appending_changes_the_last_pieces_only(tmp_path, write):
    path = tmp_path / WRITERS[write]
    write(path, 3_000, 100)
    before = [portion.digest() for portion in check(path)]
    write(path, 5_000, 100)
    after = [portion.digest() for portion in check(path)]
    assert len(after) > len(before)
    assert after[: len(before) - 1] == before[:-1]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("write", WRITERS)
def test_a_changed_row_changes_its_piece(tmp_path, write, monkeypatch):
    path = tmp_path / WRITERS[write]
    write(path, 3_000, 100)
    before = [portion.digest() for portion in check(path)]
    changed = table(3_000).to_pylist()
    changed[2_500]["source"] = "the text 25x0"
    monkeypatch.setattr(f"{__name__}.table", lambda _: pyarrow.Table.from_pylist(changed))
    write(path, 3_000, 100)
    after = [portion.digest() for portion in check(path)]
    assert [one == other for one, other in zip(before, after, strict=True)].count(False) == 1


@pytest.mark.usefixtures("small")
def test_a_dictionary_between_batches_is_not_cut_at(tmp_path):
    path = tmp_path / "a.arrow"
    parts = [pyarrow.array([f"{part} {i % 5}" for i in range(2_000)]).dictionary_encode() for part in range(3)]
    schema = pyarrow.schema([("source", parts[0].type), ("target", pyarrow.string())])
    with ipc.new_stream(path, schema) as writer:
        for part in parts:
            target = pyarrow.array([f"ein langer Text {i}" for i in range(2_000)])
            writer.write_batch(pyarrow.record_batch([part, target], schema=schema))
    found = check(path)
    assert len(found) == 1 and found[0].table is None


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("write", WRITERS)
def test_damage_is_told_and_never_a_crash(tmp_path, write):
    path = tmp_path / WRITERS[write]
    write(path, 2_000, 100)
    whole = path.read_bytes()
    file = DataFile((path,), (path.name,))
    places = [0, 4, 9, 30, len(whole) // 3, len(whole) // 2, len(whole) - 30, len(whole) - 9]
    damaged = [whole[:at] + bytes(byte ^ 0x5A for byte in whole[at : at + 4]) + whole[at + 4 :] for at in places]
    for data in [*damaged, whole[:-1], whole[: len(whole) // 2], whole[: len(whole) - 700], whole[:40]]:
        path.write_bytes(data)
        try:
            for portion in portions([file], PAIRS):
                portion.digest()
                for _ in portion.rows(PAIRS):
                    pass
        except DataError:
            continue
