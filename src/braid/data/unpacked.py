"""Compressed files, unpacked for a while so that they can be cut, and where they were cut, remembered.

A gzip file can only be read from its beginning. It is unpacked once to see where its pieces begin and what they hold;
that is written down under the compressed file's hash, so that nothing is unpacked on a run for which nothing is new.
Otherwise it is unpacked again, beside the shards, and goes when the last shard of it is made.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from braid.data.formats.stream import MAX_UNIT_BYTES, Stream, open_stream
from braid.errors import StorageError
from braid.storage import atomic_file, make_folder

FOLDER = "unpacked"
"""Beside the shards."""

_ATTEMPTS = 9


@dataclass(frozen=True, kw_only=True)
class Unpacked:
    """Where compressed files are unpacked.

    Args:
        packed: The files, one or two parallel ones.
        shown: As a person would write them.
        places: Where each is read from: the file itself where it is not compressed.
        memo: Where their pieces are written down.
    """

    packed: tuple[Path, ...]
    shown: tuple[str, ...]
    places: tuple[Path, ...]
    memo: Path

    @contextmanager
    def alone(self) -> Iterator[None]:
        """The block runs in one process at a time where the file system knows locks.

        Raises:
            StorageError: The disk refuses.
        """
        from filelock import FileLock

        make_folder(self.memo.parent)
        lock = FileLock(self._lock)
        with suppress(NotImplementedError, OSError):
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def unpack(self) -> None:
        """Unpack what is not there yet; nobody else does meanwhile who is `alone`, too.

        Raises:
            DataError: A file is damaged, or a line of it too long for any reader.
            StorageError: The disk refuses, or half of the room that is free would not do.
        """
        for packed, shown, place in zip(self.packed, self.shown, self.places, strict=True):
            if place != packed and not place.exists():
                _unpack(packed, shown, place)

    @contextmanager
    def opened(self, number: int) -> Iterator[io.BufferedReader]:
        """One of the files, unpacked for it where it is not.

        Args:
            number: Which.

        Raises:
            DataError: As for `unpack`.
            StorageError: As for `unpack`.
        """
        for _ in range(_ATTEMPTS):
            if not self.places[number].exists():
                with self.alone():
                    self.unpack()
            with suppress(FileNotFoundError):  # another process is done with it and removed it
                file = self.places[number].open("rb")
                break
        else:
            raise StorageError("a file must stay while it is read, got it removed", where=str(self.places[number]))
        with file:
            yield file

    def discard(self) -> None:
        """Remove what was unpacked."""
        unpacked = [place for packed, place in zip(self.packed, self.places, strict=True) if place != packed]
        for path in (*unpacked, self._lock):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    @property
    def _lock(self) -> Path:
        return self.memo.with_suffix(".lock")

    def recall(self) -> list[dict[str, Any]] | None:
        """What was written down of the pieces; None where nothing was, or it is damaged."""
        try:
            found = json.loads(self.memo.read_bytes())
            is_whole = found["sha256"] == _hash_of(found["pieces"])
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return found["pieces"] if is_whole else None

    def remember(self, pieces: list[dict[str, Any]]) -> None:
        """Write down what is known of the pieces.

        Raises:
            StorageError: The disk refuses.
        """
        with atomic_file(self.memo) as file:
            file.write(json.dumps({"pieces": pieces, "sha256": _hash_of(pieces)}).encode())


def _hash_of(pieces: list[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(pieces).encode()).hexdigest()


def unpacking_of(paths: tuple[Path, ...], shown: tuple[str, ...], folder: Path, settings: str) -> Unpacked:
    """Where files, of which one or both are gzip, are unpacked.

    Args:
        paths: The files.
        shown: As a person would write them.
        folder: Gets the shards.
        settings: All else that the pieces depend on.
    """
    seal = hashlib.sha256(repr((shown, settings)).encode("utf-8", "surrogateescape"))
    for path in paths:
        with path.open("rb") as file:
            seal.update(hashlib.file_digest(file, "sha256").digest())
    memo = folder / FOLDER / f"{seal.hexdigest()[:32]}.json"
    places = [memo.with_suffix(f".{number}.data") if is_gzip(path) else path for number, path in enumerate(paths)]
    return Unpacked(packed=paths, shown=shown, places=tuple(places), memo=memo)


def is_gzip(path: Path) -> bool:
    """Whether the file begins like gzip."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def discard_unpacked(folder: Path, memos: Collection[Path]) -> None:
    """Remove what earlier runs unpacked beside shards, and what they wrote down, but for these."""
    place = folder / FOLDER
    for path in place.iterdir() if place.is_dir() else ():
        if path not in memos:
            with suppress(OSError):
                path.unlink()
    with suppress(OSError):
        place.rmdir()


def _unpack(packed: Path, shown: str, place: Path) -> None:
    room = shutil.disk_usage(place.parent).free // 2
    with open_stream(packed, shown) as stream, atomic_file(place) as file:
        size = 0
        for chunk in _until_too_long(stream):
            size += len(chunk)
            if size > room:
                raise StorageError(
                    f"unpacking must leave half of the disk's free room, got a file of more than {size:,} bytes",
                    where=shown,
                    hint="free some space there",
                )
            file.write(chunk)


def _until_too_long(stream: Stream) -> Iterator[bytes]:
    """The bytes; an error at a line that readers refuse, so that a small file cannot fill the disk with one."""
    since_break = 0
    for chunk in stream.chunks():
        last = chunk.rfind(b"\n")
        since_break = since_break + len(chunk) if last < 0 else len(chunk) - last
        if since_break > 4 * MAX_UNIT_BYTES:  # which are characters, and of at most four bytes
            raise stream.fault(f"a line must be shorter than {MAX_UNIT_BYTES >> 20} MiB")
        yield chunk
