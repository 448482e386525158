"""Files that others wrote, as `scripts/fetch_real_files.py` fetches them; tests skip where they are not."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from braid.data.example import Example, Reject
from braid.data.formats import ReadOptions, read_files

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


def read(entry: object, source="en", target="de", **how: str) -> list[Example | Reject]:
    """Every row of a file, or of two that belong together."""
    options = ReadOptions(source_language=source, target_language=target, **how)
    return list(read_files([str(entry)], options, folder=Path()))


def both(one: Path, other: Path) -> str:
    """Two files as a person names them."""
    return f"{one},{other}"


def words(text: str) -> list[str]:
    """The words of a text."""
    return re.findall(r"\w+", text)
