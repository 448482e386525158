"""What is tested on one training framework alone."""

from __future__ import annotations

import os

import pytest

once = pytest.mark.skipif(
    os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow",
    reason="what comes before training and after it is the same whatever trains: tested on TensorFlow",
)
