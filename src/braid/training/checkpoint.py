"""Checkpoints: everything a run needs to go on as if it had never stopped, whole or not there at all.

Whoever calls a function of this file holds the run's lock: nobody else writes under the folder.
"""

from __future__ import annotations

import json
import re
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from braid.errors import CheckpointError, StorageError
from braid.storage import atomic_folder, make_folder, recover, write_arrays

if TYPE_CHECKING:
    import keras

    from braid.training.optimizer import Optimizer

FORMAT = 3


@dataclass
class Progress:
    """Where a run stands, beside its arrays.

    Args:
        step: Optimizer steps done.
        total_steps: Steps of the whole run.
        validate_steps: Steps between validations, fixed with it.
        epoch: Pass over the data, from 0.
        batch: Batches of this epoch already used.
        examples_seen: Sentence pairs trained on.
        tokens_seen: Real target tokens trained on, or source tokens where there is no target.
        seconds: Training time so far, over all sessions.
        pace_from: Seconds at which the pace of a run in minutes was looked at last; 0 when its steps stay as they are.
        pace_step: Steps done by then.
        best_score: Best validation score so far; None before the first.
        worse_validations: Validations with a lower score since the best one; equal ones do not count.
        losses: Loss of each step taken since the last validation.
        recent: Loss, gradient norm and labels of each of the last steps taken, as `braid.training.guard` wants them.
        left_out: Steps not taken so far, because they would have done harm.
        left_out_in_a_row: Such steps since the last one taken.
        returns: Times the run went back to a checkpoint since its steps were good for long.
        history: Rows for the curves in the report.
    """

    step: int = 0
    total_steps: int = 0
    validate_steps: int = 0
    epoch: int = 0
    batch: int = 0
    examples_seen: int = 0
    tokens_seen: int = 0
    seconds: float = 0.0
    pace_from: float = 0.0
    pace_step: int = 0
    best_score: float | None = None
    worse_validations: int = 0
    losses: list[float] = field(default_factory=list)
    recent: list[list[float]] = field(default_factory=list)
    left_out: int = 0
    left_out_in_a_row: int = 0
    returns: int = 0
    history: list[dict[str, float]] = field(default_factory=list)


@dataclass(frozen=True)
class Checkpoint:
    """The arrays and the progress read back from disk; ``best`` holds the weights of the best validation."""

    progress: Progress
    arrays: dict[str, np.ndarray]
    best: dict[str, np.ndarray]


def state_variables(model: keras.Model, optimizer: Optimizer) -> dict[str, Any]:
    """All variables of a run by name: weights, dropout state, the optimizer's averages and the averaged weights."""
    other = {f"state.{index}": variable for index, variable in enumerate(model.non_trainable_variables)}
    return {**optimizer.variables, **other, **{f"optimizer.{name}": v for name, v in optimizer.state.items()}}


def save(
    folder: Path, checkpoint: Checkpoint, *, identity: dict[str, Any], keep: int, is_first: bool = False
) -> list[StorageError]:
    """Write ``step-N`` under ``folder``, make it durable, and only then remove older ones.

    What cannot be removed is returned and does no harm: the new checkpoint is safe.

    Args:
        folder: The run's checkpoint folder.
        checkpoint: What to save.
        identity: What must be the same for a run to be continued: recipe, data, backend, versions.
        keep: Newest checkpoints that stay.
        is_first: True for a run's first checkpoint; those of the run before it are removed, however far they came.

    Raises:
        StorageError: The disk is full or refuses; earlier checkpoints are untouched, and the bytes needed are told.
    """
    path = folder / f"step-{checkpoint.progress.step:09d}"
    make_folder(folder)
    recover(folder, is_alone=True)
    for half in folder.glob(".step-*.old"):
        if re.fullmatch(r"\.step-\d+\.old", half.name):
            shutil.rmtree(half, ignore_errors=True)
    needed = sum(array.nbytes for group in (checkpoint.arrays, checkpoint.best) for array in group.values())
    with atomic_folder(path, needed) as temporary:
        write_arrays(temporary / "state.safetensors", checkpoint.arrays)
        if checkpoint.best:
            write_arrays(temporary / "best.safetensors", checkpoint.best)
        state = {"format": FORMAT, "identity": identity, "progress": asdict(checkpoint.progress)}
        (temporary / "state.json").write_text(json.dumps(state), encoding="utf-8")
    failures = []
    for old in _saved(folder)[: None if is_first else -keep]:
        try:
            if old.name != path.name:
                _remove(old)
        except StorageError as error:
            failures.append(error)
    return failures


def discard(folder: Path) -> None:
    """Remove all checkpoints under ``folder``, and the folder itself when it then is empty.

    Raises:
        StorageError: The disk refuses.
    """
    recover(folder, is_alone=True)
    for path in _saved(folder):
        _remove(path)
    with suppress(OSError):  # a link, or somebody keeps files of their own there
        folder.rmdir()


def _remove(path: Path) -> None:
    """Rename first: a process killed in the midst of removing must not leave half a checkpoint under its name."""
    gone = path.with_name(f".{path.name}.old")
    try:
        if path.is_symlink():
            path.unlink()
            return
        path.rename(gone)
        shutil.rmtree(gone)
    except OSError as error:
        hint = "remove it by hand"
        raise StorageError(
            f"an old checkpoint cannot be removed: {error.strerror}", where=str(path), hint=hint
        ) from error


def _saved(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("step-*") if re.fullmatch(r"step-\d{9,}", path.name))


def has_checkpoint(folder: Path) -> bool:
    """True when there is a run to continue."""
    recover(folder, is_alone=True)  # the only one may have been moved aside when its process was killed
    return bool(_saved(folder))


def nothing_to_resume(folder: Path) -> CheckpointError:
    """What is raised where a run is to be continued that has not saved anything yet."""
    return CheckpointError("there is nothing to resume from", where=str(folder), hint="leave out --resume")


def load_latest(folder: Path, *, identity: dict[str, Any], back: int = 0) -> Checkpoint:
    """The newest checkpoint, or one so many places before it; the oldest where there are not as many.

    Raises:
        CheckpointError: There is none, it is damaged, or it belongs to another recipe, data set or backend.
    """
    recover(folder, is_alone=True)
    saved = _saved(folder)
    if not saved:
        raise nothing_to_resume(folder)
    return _load(saved[max(-1 - back, -len(saved))], identity)


def _load(path: Path, identity: dict[str, Any]) -> Checkpoint:
    from safetensors.numpy import load_file

    try:
        state = json.loads((path / "state.json").read_text(encoding="utf-8"))
        check_identity(path, state, identity)
        progress = Progress(**state["progress"])
        arrays = load_file(path / "state.safetensors")
        best_path = path / "best.safetensors"
        best = load_file(best_path) if best_path.exists() else {}
    except CheckpointError:
        raise
    except Exception as error:  # json, safetensors and the file system each have errors of their own
        hint = "delete this folder to go back to the checkpoint before it"
        raise CheckpointError(f"the checkpoint cannot be read: {error}", where=str(path), hint=hint) from error
    return Checkpoint(progress=progress, arrays=arrays, best=best)


def check_identity(path: Path, state: dict[str, Any], identity: dict[str, Any]) -> None:
    """Before anything else of a saved state is read: another version may have written other fields.

    Raises:
        CheckpointError: It was saved by a run of another identity, or in another format; the message names both.
    """
    wanted, found = json.loads(json.dumps(identity)), state["identity"]  # lists for tuples, as they were saved
    if state["format"] != FORMAT:
        wanted, found = {"format": FORMAT}, state
    differing = sorted(key for key in wanted if found.get(key) != wanted[key])
    if differing:
        lines = [f"{key}: {found.get(key)!r} in the checkpoint, {wanted[key]!r} now" for key in differing]
        raise CheckpointError(
            "the checkpoint belongs to another run:\n  " + "\n  ".join(lines),
            where=str(path),
            hint="undo the change, or throw the run away with --restart",
        )


def restore(variables: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    """Put saved arrays back into a run's variables.

    Raises:
        CheckpointError: Names or shapes differ; nothing was changed.
    """
    wrong = sorted(set(variables) ^ set(arrays))
    wrong += [name for name in variables if name in arrays and tuple(variables[name].shape) != arrays[name].shape]
    if wrong:
        raise CheckpointError(f"the checkpoint's arrays do not fit this network: {', '.join(wrong[:5])}")
    for name, variable in variables.items():
        variable.assign(arrays[name])


def snapshot(variables: dict[str, Any]) -> dict[str, np.ndarray]:
    """Copies of all variables as arrays."""
    import keras

    return {name: np.array(keras.ops.convert_to_numpy(variable)) for name, variable in variables.items()}
