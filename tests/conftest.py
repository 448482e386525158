"""Fixtures that more than one room uses."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for backends.py, tolerances.py and tiny.py
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that run a training framework are skipped, with the reason, where the one asked for is missing."""
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    if importlib.util.find_spec(backend) is None:
        for item in items:
            if item.get_closest_marker("backend"):
                item.add_marker(pytest.mark.skip(reason=f"{backend} is not installed"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout; tests that need it skip where it is absent."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("BRAID_SHARED_DATA", default))
    if not folder.is_dir():
        pytest.skip("the shared real data are not on this machine (set BRAID_SHARED_DATA)")
    return folder
