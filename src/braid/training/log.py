"""Who hears of a run: the terminal through `RunLog`, TensorBoard through event files."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from braid.storage import make_folder

if TYPE_CHECKING:
    from braid.training.checkpoint import Progress


class RunLog(Protocol):
    """What a run reports while it goes on."""

    def say(self, text: str) -> None:
        """A sentence for the person at the terminal."""
        ...

    def step(self, progress: Progress, loss: float, tokens_per_second: float) -> None:
        """One optimizer step is done; ``loss`` is the mean of the latest steps in nats a target token."""
        ...

    def validation(self, progress: Progress, name: str, score: float, loss: float) -> None:
        """A validation is done."""
        ...


class Silence:
    """A log that says nothing."""

    def say(self, text: str) -> None:
        """Nothing."""

    def step(self, progress: Progress, loss: float, tokens_per_second: float) -> None:
        """Nothing."""

    def validation(self, progress: Progress, name: str, score: float, loss: float) -> None:
        """Nothing."""


class EventFile:
    """Scalars in a TensorBoard event file.

    A disk that refuses costs the curves, not the run: it is said once.

    Args:
        folder: Holds a folder for each run; a resumed run adds another file to the newest.
        log: Who hears that the disk refuses.
        is_new: Whether a run begins.
    """

    def __init__(self, folder: Path, log: RunLog, *, is_new: bool) -> None:
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        make_folder(folder)
        runs = sorted(path for path in folder.iterdir() if path.is_dir())
        name = time.strftime("%Y%m%d-%H%M%S") if is_new or not runs else runs[-1].name
        self._writer: Any = EventFileWriter(str(folder / name))
        self._log = log

    def add(self, step: int, **scalars: float) -> None:
        """One point on each named curve."""
        from tensorboard.compat.proto import event_pb2, summary_pb2

        values = [summary_pb2.Summary.Value(tag=name, simple_value=value) for name, value in scalars.items()]
        summary = summary_pb2.Summary(value=values)
        self._try(lambda writer: writer.add_event(event_pb2.Event(wall_time=time.time(), step=step, summary=summary)))

    def close(self) -> None:
        """Flush and close the file."""
        self._try(lambda writer: writer.close())

    def _try(self, work: Callable[[Any], Any]) -> None:
        if self._writer is None:
            return
        try:
            work(self._writer)
        except Exception as error:  # the writer's thread passes on whatever the file system raised
            self._writer = None
            self._log.say(f"the curves for TensorBoard cannot be written any more: {error}")
