"""The tasks' pipelines by name."""

from __future__ import annotations

import importlib
from typing import cast

from braid.pipeline.contract import TaskPipeline

_MODULES = {
    "translate": "translating",
    "summarize": "summarizing",
    "answer": "answering",
    "classify": "classifying",
    "generate": "generating",
}


def pipeline_of(task: str) -> TaskPipeline:
    """The pipeline of a recipe's task."""
    return cast("TaskPipeline", importlib.import_module(f"braid.pipeline.{_MODULES[task]}"))
