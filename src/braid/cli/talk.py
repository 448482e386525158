"""What verbs say on stderr: sentences, a progress bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from braid.training.checkpoint import Progress

LINE_SECONDS = 30.0


def console(*, to_stdout: bool = False) -> Console:
    """A rich console on stderr, or on stdout for a verb's own result."""
    from rich.console import Console

    stream = sys.stdout if to_stdout else sys.stderr
    return Console(stderr=not to_stdout, highlight=False, soft_wrap=not stream.isatty())


def print_json(value: Any) -> None:
    """A result for programs: one JSON document on stdout."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


class TrainingLog:
    """A `braid.training.log.RunLog` for people: a bar on a terminal, a line now and then in a file."""

    def __init__(self) -> None:
        self._console = console()
        self._bar: Any = None
        self._job: Any = None
        self._rate = 0.0
        self._said_at = time.monotonic()

    def say(self, text: str) -> None:
        """A sentence above the bar."""
        self._console.print(text, markup=False)

    def step(self, progress: Progress, loss: float, tokens_per_second: float) -> None:
        """Move the bar, or print a line when the last one is old."""
        self._rate = tokens_per_second if not self._rate else 0.95 * self._rate + 0.05 * tokens_per_second
        facts = f"loss {loss:.3f}  {self._rate:,.0f} tokens/s"
        if self._console.is_terminal:
            self._move(progress, facts)
        elif time.monotonic() - self._said_at > LINE_SECONDS or progress.step == 1:
            self._said_at = time.monotonic()
            self.say(f"step {progress.step:,}/{progress.total_steps:,}  {facts}  {progress.seconds / 60:.1f} min")

    def validation(self, progress: Progress, name: str, score: float, loss: float) -> None:
        """A line for each validation."""
        best = "  (best)" if progress.worse_validations == 0 else ""
        self.say(f"step {progress.step:,}  training loss {loss:.3f}  validation {name} {score:.2f}{best}")
        if progress.step == progress.total_steps:
            self.close()

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _move(self, progress: Progress, facts: str) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        if self._bar is None:
            columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
            self._bar = Progress(*columns, console=self._console)
            self._job = self._bar.add_task(facts, total=progress.total_steps, completed=progress.step - 1)
            self._bar.start()
        self._bar.update(self._job, completed=progress.step, total=progress.total_steps, description=facts)


class ByteBar:
    """Bytes done, their rate and the time that is left: a bar on a terminal, a line now and then in a file.

    Args:
        done: What has become of them, such as "read".
    """

    def __init__(self, done: str) -> None:
        self._console = console()
        self._done = done
        self._bar: Any = None
        self._job: Any = None
        self._begun = self._said_at = time.monotonic()

    def __enter__(self) -> ByteBar:
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def move(self, done: int, total: int) -> None:
        """Show how far the work is."""
        if self._console.is_terminal:
            self._move(done, total)
        elif time.monotonic() - self._said_at > LINE_SECONDS:
            self._said_at = time.monotonic()
            seconds = self._said_at - self._begun
            text = f"{self._done} {done / 1e6:,.0f} of {total / 1e6:,.0f} MB, {done / 1e6 / seconds:,.1f} MB/s"
            self._console.print(f"{text}, {seconds * (total - done) / max(done, 1) / 60:.1f} min left", markup=False)

    def _move(self, done: int, total: int) -> None:
        from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

        if self._bar is None:
            columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
            self._bar = Progress(*columns, console=self._console, transient=True)
            self._job = self._bar.add_task(self._done, total=total)
            self._bar.start()
        self._bar.update(self._job, completed=done, total=total)


def with_log(work: Callable[[TrainingLog], Any]) -> Any:
    """The result of work that reports to a `TrainingLog`; the bar is taken away even when it fails."""
    log = TrainingLog()
    try:
        return work(log)
    finally:
        log.close()
