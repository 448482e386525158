"""Who hears of a run: the terminal through `RunLog`, TensorBoard through event files."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

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

    def validation(self, progress: Progress, chrf: float, loss: float) -> None:
        """A validation is done."""
        ...


class Silence:
    """A log that says nothing."""

    def say(self, text: str) -> None:
        """Nothing."""

    def step(self, progress: Progress, loss: float, tokens_per_second: float) -> None:
        """Nothing."""

    def validation(self, progress: Progress, chrf: float, loss: float) -> None:
        """Nothing."""


class EventFile:
    """Scalars in a TensorBoard event file.

    Args:
        folder: Where the file is made; a resumed run adds another beside it.
    """

    def __init__(self, folder: Path) -> None:
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        make_folder(folder)
        self._writer = EventFileWriter(str(folder))

    def add(self, step: int, **scalars: float) -> None:
        """One point on each named curve."""
        from tensorboard.compat.proto import event_pb2, summary_pb2

        values = [summary_pb2.Summary.Value(tag=name, simple_value=value) for name, value in scalars.items()]
        summary = summary_pb2.Summary(value=values)
        self._writer.add_event(event_pb2.Event(wall_time=time.time(), step=step, summary=summary))

    def close(self) -> None:
        """Flush and close the file."""
        self._writer.close()
