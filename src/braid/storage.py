"""Files and folders that are written whole or not at all, and survive a pulled plug."""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import re
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from braid.errors import StorageError

if TYPE_CHECKING:
    import numpy as np


STARTED = time.time()
"""When this process began, near enough."""

ABANDONED_SECONDS = 86_400.0
"""What a process of another machine, or of a renamed container, has not touched for so long is left over."""

LONGEST_LABEL = 180
"""Bytes of a file's name that temporary names repeat as they are; file systems allow 255 in all."""


def _sync_folder(path: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder to flush it
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems flush files alone
            raise
    finally:
        os.close(descriptor)


def _sync_tree(folder: Path) -> None:
    for root, _, names in os.walk(folder):
        for name in names:
            with (Path(root) / name).open("rb+") as file:
                os.fsync(file.fileno())
        _sync_folder(Path(root))


def _temporary(path: Path, ending: str = "tmp") -> Path:
    """A new name beside ``path`` that tells which process on which machine it belongs to."""
    return path.with_name(f".{_label(path.name)}.{_machine()}-{os.getpid()}-{uuid.uuid4().hex[:8]}.{ending}")


def _label(name: str) -> str:
    """The name, or a shorter one that stands for it where the rest of a temporary name would not fit behind it."""
    encoded = name.encode("utf-8", "surrogateescape")
    if len(encoded) <= LONGEST_LABEL:
        return name
    return f"{encoded[:60].decode('utf-8', 'ignore')}~{hashlib.sha256(encoded).hexdigest()[:12]}"


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Named arrays as a safetensors file; a refusing disk is an ``OSError``, as for any other file."""
    import numpy as np
    from safetensors.numpy import save

    # The library writes memory as it lies: a matrix that lies column by column would come back transposed.
    path.write_bytes(save({name: np.asarray(array, order="C") for name, array in arrays.items()}))


def make_folder(path: Path) -> None:
    """Make a folder and those above it; one that is there already is welcome.

    Raises:
        StorageError: The disk refuses, or a file stands in the way.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(path, error) from error


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for a while, on the system's temporary disk.

    Raises:
        StorageError: That disk is full or refuses.
    """
    hint = "free some space there, or name another folder in the environment variable TMPDIR"
    try:
        with tempfile.TemporaryDirectory() as name:
            try:
                yield Path(name)
            except OSError as error:
                raise _refused(Path(error.filename or name), error, more_than=_size(Path(name)), hint=hint) from error
    except OSError as error:
        where = Path(error.filename or "the folder for temporary files")
        raise _refused(where, error, hint=hint) from error


@contextmanager
def locked(path: Path, busy: str) -> Iterator[None]:
    """The block runs in one process at a time; the lock ends with its process, however that ends.

    Args:
        path: The lock's file; it goes with its folder when nothing else was put there.
        busy: What to say when another process holds it.

    Raises:
        StorageError: Another process holds it, or the disk refuses.
    """
    from filelock import FileLock, Timeout

    make_folder(path.parent)
    lock = FileLock(path, blocking=False)
    try:
        lock.acquire()
    except Timeout:
        raise StorageError(busy, where=str(path.parent), hint="wait for it, or choose another --output") from None
    except NotImplementedError:  # a file system without locks
        pass
    except OSError as error:
        raise _refused(path, error) from error
    try:
        yield
    finally:
        with suppress(OSError):
            if list(path.parent.iterdir()) == [path]:
                path.unlink()
                path.parent.rmdir()
        lock.release()


def _machine() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def recover(folder: Path, name: str = "", *, is_alone: bool = False) -> None:
    """Clear away what killed processes left in ``folder``; a version they had moved aside comes back.

    What belongs to a living process, or to a process of another machine in the last day, stays.

    Args:
        folder: Where they wrote.
        name: Only what they wrote under this name.
        is_alone: A lock says that nobody else writes here: nothing stays, whoever left it.
    """
    which = re.escape(_label(name)) if name else ".+"
    pattern = re.compile(rf"\.({which})\.([0-9a-f]{{8}})-(\d+)-[0-9a-f]{{8}}\.(tmp|old)", re.DOTALL)
    for remains in sorted(folder.iterdir()) if folder.is_dir() else ():
        left = pattern.fullmatch(remains.name)
        with suppress(OSError):
            if not left or not (is_alone or _is_left_over(remains, left[2], int(left[3]))):
                continue
            original = folder / (name or left[1])
            if left[4] == "old" and not original.exists():
                remains.rename(original)
            elif remains.is_dir():
                shutil.rmtree(remains)
            else:
                remains.unlink()


def _is_left_over(remains: Path, machine: str, process: int) -> bool:
    """Whether nobody works on a temporary file or folder any more."""
    touched = remains.lstat().st_ctime
    if machine != _machine():
        return time.time() - touched > ABANDONED_SECONDS
    # In a container the next process has the same number: what is older than itself is not its own.
    return touched < STARTED if process == os.getpid() else not _lives(process)


def _lives(process: int) -> bool:
    if os.name == "nt":  # where asking a process is ending it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # somebody else's process, or no number of a process
        return True
    return True


def _place(path: Path) -> Path:
    """Where the bytes really go: behind links, and with a name even for "."."""
    place = path.resolve()
    if not place.name:
        raise StorageError("cannot write: the root of a disk cannot be replaced", where=str(path))
    return place


def _refused(
    path: Path,
    error: OSError,
    *,
    needed: int = 0,
    more_than: int = 0,
    hint: str = "free some space or choose another folder with --output",
) -> StorageError:
    """The error in our words.

    Args:
        path: What could not be written.
        error: What the system said.
        needed: Bytes that were to be written, told when room for them is what is missing.
        more_than: The same where only those written so far are known.
        hint: What to do.
    """
    reason = f"cannot write: {error.strerror or error}"
    if (needed or more_than) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        reason += f"; {f'about {needed:,}' if needed else f'more than {more_than:,}'} bytes are needed"
        with suppress(OSError):
            free = shutil.disk_usage(next(parent for parent in path.absolute().parents if parent.exists())).free
            reason += f", {free:,} are free there"
    return StorageError(reason, where=str(path), hint=hint)


def _size(path: Path) -> int:
    """Bytes of a file, or of all files in a folder; 0 where there is nothing."""
    try:
        return path.stat().st_size if path.is_file() else sum(map(_size, path.iterdir()))
    except OSError:
        return 0


@contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """A binary file that takes the place of ``path`` when the block ends without an error.

    Raises:
        StorageError: The disk refused; what stood at ``path`` is untouched.
    """
    place = _place(path)
    temporary = _temporary(place)
    try:
        recover(place.parent, place.name)
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(place)
        _sync_folder(place.parent)
    except OSError as error:
        raise _refused(path, error, more_than=_size(temporary)) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path, needed: int = 0) -> Iterator[Path]:
    """An empty folder that takes the place of ``path`` when the block ends without an error.

    A folder that stood there is moved aside first and removed when the new one is safe.

    Args:
        path: Where the folder goes.
        needed: Bytes that will be written, for the message when the disk has no room for them.

    Raises:
        StorageError: The disk refused, or a file stands there; what stood at ``path`` is back in its place.
    """
    place = _place(path)
    if place.exists() and not place.is_dir():
        raise StorageError("cannot write: a file stands where a folder must go", where=str(path))
    temporary, aside = _temporary(place), _temporary(place, "old")
    try:
        recover(place.parent, place.name)
        temporary.mkdir(parents=True)
        yield temporary
        _sync_tree(temporary)
        if place.exists():
            place.rename(aside)
        temporary.rename(place)
        _sync_folder(place.parent)
    except OSError as error:
        raise _refused(path, error, needed=needed, more_than=_size(temporary)) from error
    finally:
        with suppress(OSError):
            if aside.exists() and not place.exists():  # stopped between the two renames, by Ctrl-C perhaps
                aside.rename(place)
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(aside, ignore_errors=True)
