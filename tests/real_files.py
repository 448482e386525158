"""Files that others wrote, as `scripts/fetch_real_files.py` fetches them; tests skip where they are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

FOLDER = os.environ.get("BRAID_REAL_FILES", "")


def real_files(pattern: str) -> list[Path]:
    """The files of a pattern, at least one."""
    found = sorted(Path(FOLDER).glob(pattern)) if FOLDER else []
    if not found:
        pytest.skip(f"no {pattern}: run scripts/fetch_real_files.py FOLDER and set BRAID_REAL_FILES=FOLDER")
    return found


def real_file(name: str) -> Path:
    """One of them."""
    return real_files(name)[0]
