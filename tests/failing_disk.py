"""A disk that refuses a write, for tests of what is left behind."""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from braid.errors import StorageError

CALLS = (
    (Path, "mkdir"),
    (Path, "write_bytes"),
    (Path, "write_text"),
    (Path, "rename"),
    (Path, "open"),
    (os, "fsync"),
    (os, "open"),
    (os, "unlink"),
    (os, "rmdir"),
)
READING = ("r", "rb", "rt", os.O_RDONLY)


class FailingDisk:
    """Refuses one of the calls that write; the rest go through, or none after it when the disk stays full.

    Args:
        monkeypatch: Puts the calls back.
        refused: Number of the call, from 1.
        error: As the system names it.
        stays_full: Whether everything that takes room is refused from then on; what gives room back never is.
    """

    def __init__(self, monkeypatch, refused: int, error: int = errno.ENOSPC, *, stays_full: bool = False) -> None:
        self.calls, self.refused, self.error, self.stays_full = 0, refused, error, stays_full
        for owner, name in CALLS:
            monkeypatch.setattr(owner, name, self._watch(getattr(owner, name), name))

    def _watch(self, function, name):
        def call(*arguments, **options):
            if name == "open" and options.get("mode", [*arguments, "r"][1]) in READING:
                return function(*arguments, **options)
            self.calls += 1
            still = self.stays_full and name not in ("unlink", "rmdir", "rename")
            if self.calls == self.refused or (still and self.calls > self.refused):
                raise OSError(self.error, os.strerror(self.error))
            return function(*arguments, **options)

        return call


def refusals(write: Callable[[], None], **options) -> Iterator[StorageError | None]:
    """What ``write`` raises when its first write is refused, then the second, and so on until all went through."""
    for refused in itertools.count(1):
        with pytest.MonkeyPatch.context() as patch:
            disk = FailingDisk(patch, refused, **options)
            try:
                write()
                found = None
            except StorageError as error:
                found = error
        if disk.calls < refused:
            return
        yield found
