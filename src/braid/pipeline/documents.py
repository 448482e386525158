"""Documents to an index in a bundle; what an older bundle knows of unchanged files is not read again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from braid.bundle.folder import read_bundle, sha256
from braid.data.documents import LAYOUT, Passage, find_documents, no_text, read_document
from braid.data.example import Reject
from braid.errors import BundleError
from braid.retrieval import Index
from braid.version import __version__

if TYPE_CHECKING:
    from braid.training.log import RunLog

INDEX = "index"
SHOWN = 20
"""Reasons for which something was left out that are told."""


@dataclass(frozen=True, kw_only=True)
class Documents:
    """Passages, and what is told about them.

    Args:
        passages: In the order of the files.
        told: How many ``passages`` of how many ``files``, what was ``left_out`` and how often, and by the name of
            each file that was read whole its ``sha256``, for the next time.
        num_read: Files that were opened.
        num_kept: Files whose passages came from the older bundle.
    """

    passages: list[Passage]
    told: dict[str, Any]
    num_read: int
    num_kept: int

    def say(self, log: RunLog) -> None:
        """Tell a person what was read and what was not."""
        kept = f", {self.num_kept:,} unchanged and not read again" if self.num_kept else ""
        log.say(f"{len(self.passages):,} passages; {self.num_read:,} files read{kept}")
        for note in left_out(self.told):
            log.say(note)


@dataclass(frozen=True, kw_only=True)
class IndexedDocuments:
    """An index that is ready to be put into a bundle.

    Args:
        folder: Where it is.
        told: As for `Documents`.
        cover: From which cover on an entry of an FAQ is an answer, 0 to 1.
    """

    folder: Path
    told: dict[str, Any]
    cover: float


@dataclass(frozen=True, kw_only=True)
class KnownFiles:
    """What a bundle knows of files: their hashes and passages, by name.

    Args:
        hashes: SHA-256 of each file when it was read.
        passages: What was read.
    """

    hashes: dict[str, str] = field(default_factory=dict)
    passages: dict[str, list[Passage]] = field(default_factory=dict)

    def of(self, shown: str, digest: str) -> list[Passage] | None:
        """The passages of a file; None where it is another file now, or never was read whole."""
        return self.passages.get(shown, []) if digest and self.hashes.get(shown) == digest else None


def known_files(bundle: Path) -> KnownFiles:
    """What the bundle at a path knows of its documents; nothing where none of this version is there."""
    try:
        info = read_bundle(bundle)
        told = info.task_info.get("documents", {})
        if info.task != "answer" or info.braid_version != __version__ or told.get("layout") != LAYOUT:
            return KnownFiles()
        passages: defaultdict[str, list[Passage]] = defaultdict(list)
        for passage in open_index(bundle).passages():
            passages[passage.file].append(passage)
    except BundleError:
        return KnownFiles()
    return KnownFiles(hashes=dict(told.get("sha256", {})), passages=dict(passages))


def read_passages(patterns: Sequence[str], folder: Path, known: KnownFiles | None = None) -> Documents:
    """The passages of documents, in the order of the files.

    Args:
        patterns: Files, globs and folders.
        folder: Where relative names begin.
        known: Files whose passages need not be read again.

    Raises:
        DataError: A pattern matches nothing, a named file is of no known kind, or nothing could be read.
    """
    passages: list[Passage] = []
    rejects: list[Reject] = []
    hashes: dict[str, str] = {}
    passed: dict[str, str] = {}
    num_kept, found = 0, find_documents(patterns, folder=folder, passed=passed)
    for path, shown in found:
        digest = _digest(path)
        held = known.of(shown, digest) if known else None
        rows = held if held is not None else list(read_document(path, shown))
        faults = [row for row in rows if isinstance(row, Reject)]
        passages += [row for row in rows if not isinstance(row, Reject)]
        rejects += faults
        num_kept += held is not None
        if digest and not faults:
            hashes[shown] = digest
    if not passages:
        raise no_text(patterns, rejects[0] if rejects else None)
    reasons = Counter(f"{reject.example.file}: {reject.detail}" for reject in rejects)
    told = {
        "passages": len(passages),
        "files": len({passage.file for passage in passages}),
        "left_out": {f"{name}: {passed[name]}": 1 for name in list(passed)[:SHOWN]} | dict(reasons.most_common(SHOWN)),
        "layout": LAYOUT,
        "sha256": hashes,
    }
    return Documents(passages=passages, told=told, num_read=len(found) - num_kept, num_kept=num_kept)


def _digest(path: Path) -> str:
    """The file's SHA-256, or "" where it cannot be read: reading it says why."""
    try:
        return sha256(path)
    except OSError:
        return ""


def left_out(told: dict[str, Any]) -> list[str]:
    """A sentence for each reason for which something was left out."""
    counts = told["left_out"].items()
    return [f"left out: {reason}" + (f" ({count:,} times)" if count > 1 else "") for reason, count in counts]


def open_index(bundle: Path) -> Index:
    """The index of a bundle.

    Raises:
        BundleError: It is damaged.
    """
    return Index.open(bundle / "runtime" / INDEX)
