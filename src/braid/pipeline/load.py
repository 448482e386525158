"""A bundle on disk to something that answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from braid.bundle.folder import read_bundle
from braid.bundle.schema import BundleInfo
from braid.pipeline.tasks import pipeline_of


def load(path: str | Path, *, num_threads: int = 0) -> Any:
    """What a bundle was trained for: a translator, a summarizer, a reader, a classifier or a generator.

    Args:
        path: The bundle's folder.
        num_threads: Threads within one operator; 0 takes one for each processor.

    Raises:
        BundleError: It is no bundle, or a file is missing or altered.

    Example:
        ``braid.load("bundle/").translate("Turn on the light")``
    """
    folder = Path(path)
    return open_bundle(folder, read_bundle(folder), num_threads=num_threads)


def open_bundle(folder: Path, info: BundleInfo, *, num_threads: int = 0) -> Any:
    """The same for a bundle that has been checked."""
    return pipeline_of(info.task).open(folder, info, num_threads=num_threads)
