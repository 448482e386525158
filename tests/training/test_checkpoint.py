"""Which checkpoints stay, which go, and when."""

from __future__ import annotations

import errno
import itertools
import json
import os
from pathlib import Path

import numpy as np
import pytest

from braid.errors import CheckpointError, StorageError
from braid.training import checkpoint
from braid.training.checkpoint import Checkpoint, Progress, discard, has_checkpoint, load_latest
from failing_disk import FailingDisk

IDENTITY = {"recipe": "r"}


def save(folder, step, **options):
    arrays = {"w": np.full(3, step, np.float32)}
    state = Checkpoint(progress=Progress(step=step, total_steps=9), arrays=arrays, best={})
    return checkpoint.save(folder, state, identity=IDENTITY, keep=2, **options)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_newest_stay(tmp_path):
    for step in (1, 2, 3):
        save(tmp_path, step)
    assert names(tmp_path) == ["step-000000002", "step-000000003"]
    assert load_latest(tmp_path, identity=IDENTITY).arrays["w"].tolist() == [3, 3, 3]


def test_a_runs_first_checkpoint_takes_the_place_of_another_runs_later_ones(tmp_path):
    save(tmp_path, 500)
    save(tmp_path, 600)
    save(tmp_path, 0, is_first=True)
    assert names(tmp_path) == ["step-000000000"]


def test_other_runs_stay_when_the_first_checkpoint_cannot_be_written(tmp_path, monkeypatch):
    save(tmp_path, 500)

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "write_arrays", refuse)
    with pytest.raises(StorageError, match="No space left"):
        save(tmp_path, 0, is_first=True)
    assert names(tmp_path) == ["step-000000500"]


def test_discard_behind_a_link(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "checkpoints").symlink_to(tmp_path / "disk")
    save(tmp_path / "checkpoints", 5)
    (tmp_path / "disk/mine.txt").write_text("mine")
    discard(tmp_path / "checkpoints")
    assert not has_checkpoint(tmp_path / "checkpoints")
    assert names(tmp_path / "disk") == ["mine.txt"]


def test_discard_removes_the_folder_and_minds_none(tmp_path):
    save(tmp_path / "checkpoints", 5)
    discard(tmp_path / "checkpoints")
    discard(tmp_path / "checkpoints")
    assert names(tmp_path) == []


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
def test_whichever_write_fails_a_whole_checkpoint_stays(tmp_path, error):
    messages = []
    for refused in itertools.count(1):
        folder = tmp_path / str(refused)
        for step in (1, 2):
            save(folder, step)
        with pytest.MonkeyPatch.context() as patch:
            disk = FailingDisk(patch, refused, error)
            try:
                save(folder, 3)
                step = 3
            except StorageError as caught:
                messages.append(str(caught))
                step = None
        loaded = load_latest(folder, identity=IDENTITY)
        newest = loaded.progress.step
        assert newest == (step or newest)
        assert newest in (2, 3)
        assert loaded.arrays["w"].tolist() == [newest] * 3
        save(folder, 4)  # the next one finds nothing in its way
        assert names(folder)[-1] == "step-000000004"
        assert not [name for name in names(folder) if name.startswith(".")]
        if disk.calls < refused:  # all of its writes went through
            break
    assert refused > 8
    assert all(str(tmp_path) in message and os.strerror(error) in message for message in messages)
    if error == errno.ENOSPC:
        assert any("about 12 bytes are needed" in message for message in messages)


def test_a_checkpoint_of_another_version_is_told_before_it_is_read(tmp_path):
    save(tmp_path, 1)
    path = tmp_path / "step-000000001"
    state = json.loads((path / "state.json").read_text())
    state["progress"]["of_the_future"] = 1
    for change in ({"format": 99}, {"identity": {"recipe": "other"}}):
        (path / "state.json").write_text(json.dumps(state | change))
        with pytest.raises(CheckpointError, match="belongs to another run") as caught:
            load_latest(tmp_path, identity=IDENTITY)
        assert "delete" not in caught.value.hint


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_the_only_checkpoint_comes_back_when_saving_it_again_is_killed(tmp_path):
    save(tmp_path, 3)
    aside = tmp_path / ".step-000000003.0123abcd-1-0123abcd.old"  # of a container that is gone
    (tmp_path / "step-000000003").rename(aside)
    assert has_checkpoint(tmp_path)
    assert load_latest(tmp_path, identity=IDENTITY).progress.step == 3
    (tmp_path / "step-000000003").rename(aside)
    assert load_latest(tmp_path, identity=IDENTITY).progress.step == 3
    assert names(tmp_path) == ["step-000000003"]


def test_an_old_checkpoint_that_cannot_be_removed_is_told_and_no_more(tmp_path, monkeypatch):
    for step in (1, 2):
        save(tmp_path, step)

    def refuse(path, ignore_errors=False):
        if not ignore_errors:
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(checkpoint.shutil, "rmtree", refuse)
    failures = save(tmp_path, 3)
    assert [str(failure.where) for failure in failures] == [str(tmp_path / "step-000000001")]
    assert load_latest(tmp_path, identity=IDENTITY).progress.step == 3


def test_half_removed_checkpoints_are_no_checkpoints(tmp_path, monkeypatch):
    save(tmp_path, 1)

    def die(path, **options):
        next(Path(path).iterdir()).unlink()
        raise KeyboardInterrupt

    monkeypatch.setattr(checkpoint.shutil, "rmtree", die)
    with pytest.raises(KeyboardInterrupt):
        checkpoint._remove(tmp_path / "step-000000001")
    monkeypatch.undo()
    assert not has_checkpoint(tmp_path)
    save(tmp_path, 2)
    assert names(tmp_path) == ["step-000000002"]
