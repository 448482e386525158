"""Fixtures that more than one room uses."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for backends.py, tolerances.py and tiny.py
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


LONGEST = ("pipeline/test_tasks.py", "training/test_loop.py", "cli/test_main.py", "pipeline/test_train.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files come first, and what needs a training framework is skipped, with the reason, where that is missing."""
    items.sort(key=lambda item: not item.path.as_posix().endswith(LONGEST))  # the rest fills both processes to the end
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
