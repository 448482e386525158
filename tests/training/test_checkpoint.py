"""Which checkpoints stay, which go, and when."""

from __future__ import annotations

import numpy as np
import pytest

from braid.errors import StorageError
from braid.training import checkpoint
from braid.training.checkpoint import Checkpoint, Progress, discard, has_checkpoint, load_latest

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
