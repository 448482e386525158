"""Shards: made once, shared by processes, and found again after a kill."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

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
    table = {"train": ["a.tsv"], "source_language": "en", "target_language": "de", "split_near": False}
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
    "data.source_language=en", "data.target_language=de", "data.split_near=false"))
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
        file.write(b"\0" * 50_000 + b"\n")  # a few would cost their rows alone
    with pytest.raises(DataError, match=rf"must not hold NUL characters, got one \(a\.tsv, line {ROWS + 1}\)"):
        prepare_data(recipe(), folder=folder, output=folder / "out")


KILLED = """
import sys, time
from pathlib import Path
import braid.data.portions, braid.data.shard
from braid.config.loading import make_recipe
from braid.data.prepare import prepare_data
braid.data.portions.PORTION_BYTES = 20_000
columns_of = braid.data.shard.columns_of
count = 0
def slow(rows, *arguments, **named):
    global count
    count += len(rows)
    if count >= int(sys.argv[2]):
        print("now", flush=True)
        time.sleep(60)
    return columns_of(rows, *arguments, **named)
braid.data.shard.columns_of = slow
folder = Path(sys.argv[1])
data = {"train": ["a.tsv"], "source_language": "en", "target_language": "de", "split_near": False}
recipe = make_recipe({"data": data})
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


ORPHANS = """
import sys, time
from pathlib import Path
import braid.data.jobs as jobs, braid.data.portions, joblib
from braid.config.loading import make_recipe
braid.data.portions.PORTION_BYTES = jobs.PORTION_BYTES = 40_000
joblib.cpu_count = lambda: 2
run = jobs._run
def slow(job, parent):
    import os, time
    run(job, parent)
    Path(job.work.base, f"pid{os.getpid()}").touch()
    time.sleep(60)
jobs._run = slow
folder = Path(sys.argv[1])
data = {"train": ["a.tsv"], "source_language": "en", "target_language": "de"}
jobs.make_shards(jobs.jobs_of(make_recipe({"data": data}), folder=folder, output=folder / "out"))
"""


def _lives(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{process}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def _until(found, seconds=30):
    end = time.monotonic() + seconds
    while not found() and time.monotonic() < end:
        time.sleep(0.05)
    assert found()


@pytest.mark.skipif(os.name != "posix", reason="orphans keep their parent's number here")
def test_processes_end_with_their_parent(folder):
    script = folder / "script.py"
    script.write_text(ORPHANS)
    child = subprocess.Popen([sys.executable, script, folder], stderr=subprocess.DEVNULL)
    _until(lambda: len(list(folder.glob("pid*"))) == 2)
    workers = [int(path.name[3:]) for path in folder.glob("pid*")]
    assert all(map(_lives, workers))
    child.kill()
    child.wait()
    _until(lambda: not any(map(_lives, workers)), seconds=10)


def test_datatrove_shares_the_work(folder, monkeypatch):
    executor = pytest.importorskip("datatrove.executor", reason="datatrove is not installed")
    from braid.pipeline.datatrove import MakeShards

    monkeypatch.chdir(folder)
    languages = ("data.source_language=en", "data.target_language=de", "data.split_near=false")

    def share(tasks=3, **changes):
        step = MakeShards("a.tsv", output="b", overrides=(*languages, *(f"data.{k}={v}" for k, v in changes.items())))
        log = step.logging_dir(tasks)
        executor.LocalPipelineExecutor(pipeline=[step], tasks=tasks, workers=1, logging_dir=log).run()

    share()
    shards = folder / "b.work/prepared.shards"
    stamps = {path: path.stat().st_mtime_ns for path in shards.glob("*/shard.json")}
    assert len(stamps) == 5
    import braid

    data = braid.prepare("a.tsv", output="b", overrides=languages)
    assert data.data.report["rows_read"] == ROWS
    assert {path: path.stat().st_mtime_ns for path in shards.glob("*/shard.json")} == stamps
    assert not list(shards.glob("log-*"))
    share(max_chars=30)
    assert len(list(shards.glob("*/shard.json"))) == 10  # other rules
    with (folder / "a.tsv").open("a") as file:
        file.write("one more\teiner mehr\n")
    share(max_chars=30)
    assert len(list(shards.glob("*/shard.json"))) == 11  # other data
    for path in shards.glob("*/shard.json"):
        path.unlink()
    share(tasks=2, max_chars=30)
    assert len(list(shards.glob("*/shard.json"))) == 5  # shared otherwise
    stamps = {path: path.stat().st_mtime_ns for path in shards.glob("*/shard.json")}
    share(tasks=2, max_chars=30)
    assert {path: path.stat().st_mtime_ns for path in shards.glob("*/shard.json")} == stamps
