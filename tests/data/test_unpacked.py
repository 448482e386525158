"""Compressed files: cut, made on several cores, and unpacked only for what is new."""

import gzip
import os
import random

import pytest

from braid.config.loading import make_recipe
from braid.data import portions as module
from braid.data import unpacked
from braid.data.formats import ReadOptions
from braid.data.formats.read import find_files, raw_rows
from braid.data.jobs import jobs_of, make_shards
from braid.data.portions import portions
from braid.data.prepare import prepare_data
from braid.errors import DataError

OPTIONS = ReadOptions(source_language="en", target_language="de")
WORDS = random.Random(5)
LINES = [f"the text {i} {WORDS.getrandbits(200):x}\tder Text {i}\n" for i in range(4_000)]


def pack(path, data):
    path.write_bytes(gzip.compress(data.encode() if isinstance(data, str) else data, 1))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PORTION_BYTES", 100_000)
    pack(tmp_path / "a.tsv.gz", "".join(LINES))
    return tmp_path


@pytest.fixture
def times(monkeypatch):
    """Names of what is unpacked."""
    found, unpack = [], unpacked._unpack
    monkeypatch.setattr(unpacked, "_unpack", lambda *a: found.append(a[1]) or unpack(*a))
    return found


def pieces(folder, *patterns, options=OPTIONS):
    """The pieces, which give the rows of the whole, also when they are only remembered."""
    files = find_files(patterns, options, folder=folder)
    for _ in range(2):
        found = list(portions(files, options, folder / "shards"))
        rows = [row for portion in found for row in portion.rows(options)]
        assert rows == [row for file in files for row in raw_rows(file, options)]
        for portion in found:
            if portion.unpacked is not None:
                portion.unpacked.discard()
    return found


def jobs(folder, **data):
    table = {"train": ["a.tsv.gz"], "source_language": "en", "target_language": "de"}
    return jobs_of(make_recipe({"data": table | data}), folder=folder, output=folder / "out")


def is_new(shards):
    return [shard.is_new for shard in shards["train"]]


def left(folder):
    return sorted(path.suffix for path in (folder / "out.shards/unpacked").iterdir())


def test_rows_are_those_of_the_whole(folder):
    assert len(pieces(folder, "a.tsv.gz")) == 2
    pack(folder / "b.csv.gz", "".join(f'"{line[:-1]}","a\n""b"""\n' for line in LINES))
    assert len(pieces(folder, "b.csv.gz")) == 2
    pack(
        folder / "c.jsonl.gz",
        "".join(f'{{"source": "{i}", "target": "{WORDS.getrandbits(300):x}"}}\n' for i in range(4_000)),
    )
    assert len(pieces(folder, "c.jsonl.gz")) > 1


def test_parallel_texts(folder):
    pack(folder / "p.en.gz", "".join(LINES))
    (folder / "p.de").write_text("".join(line.upper() for line in LINES))
    assert len(pieces(folder, "p.en.gz,p.de")) == 4
    pack(folder / "p.de.gz", "".join(line.upper() for line in LINES))
    assert len(pieces(folder, "p.en.gz,p.de.gz")) == 4
    pack(folder / "p.de.gz", "".join(LINES[:-1]))
    with pytest.raises(DataError, match="same number of lines"):
        pieces(folder, "p.en.gz,p.de.gz")


def test_shards_are_made_once(folder, times):
    assert is_new(make_shards(jobs(folder))) == [True] * 2
    assert len(times) == 2  # to see where it is cut, and for the shards
    assert left(folder) == [".json"]
    assert is_new(make_shards(jobs(folder))) == [False] * 2
    assert len(times) == 2
    pack(folder / "a.tsv.gz", "".join(LINES) + "one more\teiner mehr\n")
    assert is_new(make_shards(jobs(folder))) == [False, False, True]
    assert len(times) == 4


def test_what_was_unpacked_goes(folder):
    recipe = make_recipe({"data": {"train": ["a.tsv.gz"], "source_language": "en", "target_language": "de"}})
    prepare_data(recipe, folder=folder, output=folder / "out")
    before = os.listdir(folder / "out.shards/unpacked")
    pack(folder / "a.tsv.gz", "".join(LINES[1:]))
    next(iter(jobs(folder))).portion.unpacked.unpack()  # by a run that was killed
    assert left(folder) == [".data", ".json", ".json"]
    prepare_data(recipe, folder=folder, output=folder / "out")
    after = os.listdir(folder / "out.shards/unpacked")
    assert len(before) == len(after) == 1 and before != after


def test_a_damaged_memo_is_written_again(folder, times):
    names = [job.name for job in jobs(folder)]
    (memo,) = (folder / "out.shards/unpacked").iterdir()
    for data in (b"", b"[]", memo.read_bytes().replace(b'"first_line": 1,', b'"first_line": 2,')):
        memo.write_bytes(data)
        assert [job.name for job in jobs(folder)] == names
    assert len(times) == 4


def test_what_is_not_cut_is_one_piece(folder, times):
    pack(folder / "b.tsv.gz", "".join(LINES).encode("utf-16"))
    pack(folder / "c.tsv.gz", "a\tb\n" * 10 + "".join(f"{WORDS.getrandbits(10**6):x}" for _ in range(2)))
    assert len(pieces(folder, "b.tsv.gz")) == 1
    assert not times  # seen by its beginning
    assert len(pieces(folder, "c.tsv.gz")) == 1


def test_damage_is_told_by_the_reader(folder):
    whole = (folder / "a.tsv.gz").read_bytes()
    (folder / "a.tsv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"must be complete, got one that breaks off \(a\.tsv\.gz\)"):
        make_shards(jobs(folder))
    assert not list((folder / "out.shards/unpacked").glob("*.data"))


def test_a_line_too_long_fills_no_disk(folder, monkeypatch):
    monkeypatch.setattr(unpacked, "MAX_UNIT_BYTES", 2**14)
    pack(folder / "a.tsv.gz", "".join(LINES) + "x" * 2**20)
    (job,) = jobs(folder)
    assert not job.portion.ranges and job.portion.unpacked is None


def test_no_more_than_half_of_the_room_is_taken(folder, monkeypatch):
    monkeypatch.setattr(unpacked.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 400_000}))
    (job,) = jobs(folder)
    assert job.portion.unpacked is None
    assert sum(1 for _ in job.portion.rows(OPTIONS)) == len(LINES)
    assert not [name for name in os.listdir(folder / "out.shards/unpacked") if not name.endswith(".lock")]


def test_faults_are_told_by_their_line(folder):
    pack(folder / "a.tsv.gz", "".join(LINES) + "\0" * 50_000 + "\n")
    with pytest.raises(DataError, match=rf"NUL characters, got one \(a\.tsv\.gz, line {len(LINES) + 1}\)"):
        make_shards(jobs(folder))
