"""Fixtures for the readers of documents: write a small file, read what is in the test's folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from braid.data.documents import Passage, read_documents
from braid.data.example import Reject

Read = Callable[..., list[Passage | Reject]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Writes content (text as UTF-8) under a name and gives what is read of it."""

    def read_file(name: str, content: str | bytes) -> list[Passage | Reject]:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return list(read_documents([name], folder=tmp_path))

    return read_file
