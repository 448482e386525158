"""What stands in ``bundle.json``: checked before anything else of a bundle is read."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

FORMAT = 1
_BOTH = ("tokenizer.json", "runtime/encoder.onnx", "runtime/decoder.onnx")
REQUIRED: dict[str, tuple[str, ...]] = {
    "translate": _BOTH,
    "summarize": _BOTH,
    "answer": ("runtime/index/index.json",),
    "classify": ("tokenizer.json", "runtime/encoder.onnx"),
    "generate": ("tokenizer.json", "runtime/decoder.onnx"),
}
"""Files without which a bundle of that task is none; what it hashes when it is opened."""

DOCUMENTS = ("card.md", "report.html")
"""Files for people, who may edit or replace them."""


class FileEntry(BaseModel):
    """One file of the bundle."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bytes: int = Field(ge=0, le=2**33)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Sizes(BaseModel):
    """Numbers that say how large the network is and what it takes in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    parameters: int = Field(ge=0, le=10**11)
    vocab_size: int = Field(ge=0, le=2**20)
    max_source_tokens: int = Field(ge=1, le=1023)


class BundleInfo(BaseModel):
    """The content of ``bundle.json``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1]
    braid_version: str
    created: str
    name: str
    task: Literal["translate", "summarize", "answer", "classify", "generate"]
    source_language: str = ""
    target_language: str = ""
    task_info: dict[str, Any] = {}
    recipe: dict[str, Any]
    sizes: Sizes
    data_fingerprint: str
    data: dict[str, Any]
    training: dict[str, Any]
    scores: list[dict[str, Any]]
    files: dict[str, FileEntry]
