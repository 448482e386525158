"""Shards: made once, shared by processes, and found again after a kill."""

import json
import os
import signal
import subprocess
import sys

import pytest

from braid.config.loading import make_recipe
from braid.data import portions
from braid.data.jobs import jobs_of, make_shards
from braid.data.prepare import prepare_data
from braid.errors import DataError

ROWS = 4_500


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(portions, "PORTION_BYTES", 20_000)
    (tmp_path / "a.tsv").write_text("".join(f"the text {i}\tder Text {i}\n" for i in range(ROWS)), encoding="utf-8")
    return tmp_path


def recipe(**data):
    table = {"train": ["a.tsv"], "source_language": "en", "target_language": "de"}
    return make_recipe({"data": table | data})


def jobs(folder, **data):
    return jobs_of(recipe(**data), folder=folder, output=folder / "out")


def is_new(shards):
    return [shard.is_new for shard in shards["train"]]


def test_shards_are_made_once(folder):
    assert is_new(make_shards(jobs(folder))) == [True] * 5
    assert is_new(make_shards(jobs(folder))) == [False] * 5
    assert is_new(make_shards(jobs(folder, test_rows=7, split_seed=3))) == [False] * 5  # which change no row
    with (folder / "a.tsv").open("a") as file:
        file.write("one more\teiner mehr\n")
    assert is_new(make_shards(jobs(folder))) == [False] * 4 + [True]
    assert is_new(make_shards(jobs(folder, max_chars=30))) == [True] * 5


@pytest.mark.parametrize("name", ["rows.jsonl", "columns.npz", "rejects.jsonl", "shard.json"])
def test_a_shard_that_was_altered_is_made_again(folder, name):
    shard = make_shards(jobs(folder))["train"][2]
    before = (shard.path / name).read_bytes()
    (shard.path / name).write_bytes(before[:-9] + b"x" * 9)
    again = make_shards(jobs(folder))
    assert is_new(again) == [False, False, True, False, False]
    if name != "shard.json":  # which says how long it took
        assert (shard.path / name).read_bytes() == before


def test_shards_of_other_rules_go(folder):
    prepare_data(recipe(), folder=folder, output=folder / "out")
    before = set(os.listdir(folder / "out.shards"))
    prepare_data(recipe(max_chars=30), folder=folder, output=folder / "out")
    after = set(os.listdir(folder / "out.shards"))
    assert len(after) == len(before) == 5
    assert not after & before


def test_on_several_cores(folder):
    alone = prepare_data(recipe(), folder=folder, output=folder / "alone")
    portions_before = len(os.listdir(folder / "alone.shards"))
    script = f"""
import braid.data.jobs, braid.data.portions, joblib
braid.data.portions.PORTION_BYTES = braid.data.jobs.PORTION_BYTES = 20_000
joblib.cpu_count = lambda: 2
import braid
data = braid.prepare({str(folder / "a.tsv")!r}, output={str(folder / "b")!r}, overrides=(
    "data.source_language=en", "data.target_language=de"))
print(len(data.data.train))
"""  # at the top level of a script, with no guard
    (folder / "script.py").write_text(script)
    ran = subprocess.run([sys.executable, folder / "script.py"], capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    assert ran.stdout.split() == [str(len(alone.train))]
    assert len(os.listdir(folder / "b.work/prepared.shards")) == portions_before
    ours, theirs = (
        [json.loads(line)["source"] for line in (place / "train.jsonl").read_text().splitlines()]
        for place in (folder / "alone", folder / "b.work/prepared")
    )
    assert ours == theirs


def test_a_fault_in_another_process_is_told(folder):
    with (folder / "a.tsv").open("ab") as file:
        file.write(b"nul\0\tnul\n")
    with pytest.raises(DataError, match=rf"must not hold NUL characters, got one \(a\.tsv, line {ROWS + 1}\)"):
        prepare_data(recipe(), folder=folder, output=folder / "out")


KILLED = """
import sys, time
from pathlib import Path
import braid.data.portions, braid.data.shard
from braid.config.loading import make_recipe
from braid.data.prepare import prepare_data
braid.data.portions.PORTION_BYTES = 20_000
add = braid.data.shard._add_columns
count = 0
def slow(*arguments):
    global count
    count += 1
    if count == int(sys.argv[2]):
        print("now", flush=True)
        time.sleep(60)
    add(*arguments)
braid.data.shard._add_columns = slow
folder = Path(sys.argv[1])
recipe = make_recipe({"data": {"train": ["a.tsv"], "source_language": "en", "target_language": "de"}})
prepare_data(recipe, folder=folder, output=folder / "out")
"""


def test_killed_work_is_gone_on_with(folder):
    child = subprocess.Popen([sys.executable, "-c", KILLED, folder, str(ROWS * 3 // 5)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"now\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert not (folder / "out").exists()
    finished = {name for name in os.listdir(folder / "out.shards") if not name.startswith(".")}
    assert 0 < len(finished) < 5
    stamps = {name: (folder / "out.shards" / name / "shard.json").stat().st_mtime_ns for name in finished}
    prepared = prepare_data(recipe(), folder=folder, output=folder / "out")
    assert prepared.report["rows_kept"] == ROWS
    assert all((folder / "out.shards" / name / "shard.json").stat().st_mtime_ns == at for name, at in stamps.items())
    left = set(os.listdir(folder / "out.shards"))
    assert len(left) == 5 and not any(name.startswith(".") for name in left)


def test_datatrove_shares_the_work(folder, monkeypatch):
    executor = pytest.importorskip("datatrove.executor", reason="datatrove is not installed")
    from braid.pipeline.datatrove import MakeShards

    monkeypatch.chdir(folder)
    languages = ("data.source_language=en", "data.target_language=de")
    step = MakeShards("a.tsv", output="b", overrides=languages)
    executor.LocalPipelineExecutor(pipeline=[step], tasks=3, workers=1, logging_dir=str(folder / "logs")).run()
    shards = folder / "b.work/prepared.shards"
    stamps = {path: path.stat().st_mtime_ns for path in shards.glob("*/shard.json")}
    assert len(stamps) == 5
    import braid

    data = braid.prepare("a.tsv", output="b", overrides=languages)
    assert data.data.report["rows_read"] == ROWS
    assert {path: path.stat().st_mtime_ns for path in shards.glob("*/shard.json")} == stamps
