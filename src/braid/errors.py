"""The exceptions that Braid raises on purpose.

BraidError                    a person can mend it; shown without a traceback, exit code 1
├── ConfigError               a recipe, a ``--set`` or an argument says something impossible
├── DataError                 a user's file cannot be read as what it claims to be
├── DownloadError             the network or a package index did not deliver
├── BundleError               a bundle is missing, damaged or made for something else
├── CheckpointError           a run cannot be continued from what is on disk
├── BackendError              the training framework asked for is not installed
├── StorageError              the disk is full or refuses to be written
└── RequestError              a client asked the server for something it does not do

Every message carries up to five parts (see `BraidError`). Anything else that escapes is our fault
and ends with exit code 2.
"""

from __future__ import annotations

from collections.abc import Mapping


class BraidError(Exception):
    """An error worded for a person: where, what must hold, what was got, and what to do next.

    Args:
        message: What must hold and what was got, in one sentence without a full stop.
        where: File, line or key, shown in parentheses after the message.
        hint: The next command or value to try, shown after a blank line.
    """

    exit_code = 1

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        self.message = message
        self.where = where
        self.hint = hint
        super().__init__(str(self))

    def __str__(self) -> str:
        text = f"{self.message} ({self.where})" if self.where else self.message
        return f"{text}\n\nhint: {self.hint}" if self.hint else text


class ConfigError(BraidError):
    """A recipe, a ``--set`` or an argument says something impossible."""


class DataError(BraidError):
    """A user's file cannot be read as what it claims to be.

    Args:
        message: As for `BraidError`.
        where: The same.
        hint: The same.
        keys: Keys under ``[data]`` with values by which the file may be readable.
    """

    def __init__(self, message: str, *, where: str = "", hint: str = "", keys: Mapping[str, str] | None = None) -> None:
        super().__init__(message, where=where, hint=hint)
        self.keys = dict(keys or {})


class DownloadError(BraidError):
    """The network or a package index did not deliver."""


class BundleError(BraidError):
    """A bundle is missing, damaged or made for something else."""


class CheckpointError(BraidError):
    """A run cannot be continued from what is on disk."""


class BackendError(BraidError):
    """The training framework asked for is not installed."""


class StorageError(BraidError):
    """The disk is full or refuses to be written."""


class RequestError(BraidError):
    """A client asked the server for something it does not do.

    Args:
        message: As for `BraidError`.
        status: The HTTP status code to answer with.
    """

    def __init__(self, message: str, *, status: int = 400) -> None:
        self.status = status
        super().__init__(message)
