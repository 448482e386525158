"""Files that Braid wrote itself: in a folder or behind a glob they are nobody's data.

They are known by what stands in them, not by what they are called: a ledger of held-out rows by its title, a page of an
audit or an evaluation by its generator, a bundle by its ``bundle.json``, a work folder by its name and its entries.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

LEDGER_TITLE = "# Rows that `braid prepare` holds out, by a hash of their texts: keep this file with the recipe."
"""The first line of a file that names held-out rows."""

WRITTEN = "written by Braid itself"

_PAGE = b'<meta name="generator" content="Braid">'
_PAGE_HEAD = 300
_BUNDLE_HEAD = 1000
"""Bytes by which a page is known, and a ``bundle.json``, whose first fields are the format and the version of Braid."""
_WORK_MARKS = (
    "prepared/report.json", "prepared.shards", "checkpoints", "lock", "origin.json", "rejects.jsonl", "audit.html",
)  # fmt: skip
"""One of these stands in every work folder, whatever became of the run."""


def is_own_file(path: Path) -> bool:
    """Whether a file is a ledger or a page; False of one that cannot be read."""
    begin = _begins(path, _PAGE_HEAD)
    return begin.removeprefix(b"\xef\xbb\xbf").startswith(LEDGER_TITLE.encode()) or _PAGE in begin


def is_own_folder(path: Path) -> bool:
    """Whether a folder is a bundle, or the work folder of a run: called ``.work``, with what such a folder holds."""
    with suppress(OSError):
        if path.name.endswith(".work") and any((path / mark).exists() for mark in _WORK_MARKS):
            return True
    return b'"braid_version"' in _begins(path / "bundle.json", _BUNDLE_HEAD)


def without_own(found: Iterable[Path], base: Path) -> tuple[list[Path], list[Path]]:
    """The files that Braid did not write, and of the others each, or the outermost of its folders that is Braid's.

    Args:
        found: Files below ``base``.
        base: The folder in which was looked for them: what it is itself, or stands in, a person asked for.
    """
    kept, known = [], {base: base}
    own: dict[Path, None] = {}
    for path in found:
        folder = _own_folder(path.parent, known) if path.is_relative_to(base) else base
        if folder != base:
            own[folder] = None
        elif is_own_file(path):
            own[path] = None
        else:
            kept.append(path)
    return kept, list(own)


def _own_folder(folder: Path, known: dict[Path, Path]) -> Path:
    """The outermost folder of Braid's own that holds a folder or is it, else the one at which ``known`` begins."""
    if folder not in known:
        above = _own_folder(folder.parent, known)
        base = next(iter(known))
        known[folder] = folder if above == base and is_own_folder(folder) else above
    return known[folder]


def _begins(path: Path, num_bytes: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(num_bytes)
    except OSError:
        return b""
