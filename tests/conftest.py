"""Fixtures that more than one room uses."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout; tests that need it skip where it is absent."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("BRAID_SHARED_DATA", default))
    if not folder.is_dir():
        pytest.skip("the shared real data are not on this machine (set BRAID_SHARED_DATA)")
    return folder
