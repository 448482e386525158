"""How each task's rows are read, cleaned and split."""

from __future__ import annotations

from dataclasses import dataclass

from braid.config.recipe import DataConfig, Recipe
from braid.data.formats.contract import ReadOptions

SEPARATOR = "\n"
"""Joins the labels of one text: normalized labels hold no line breaks."""

_TEXT = ("text", "sentence", "utterance", "query", "review", "comment", "message", "content", "document")


@dataclass(frozen=True, kw_only=True)
class DataKind:
    """What a task's rows are.

    Args:
        reads: ``pairs`` of texts, ``texts`` without a source, or ``questions`` with their passages.
        source_roles: Names by which the source is known.
        target_roles: The same for the target.
        is_translation: Whether the sides are languages, each of which must be named.
        has_labels: Whether targets are labels.
        rules: Names of the cleaning rules for single rows.
        checks_ratio: Whether rows of odd length ratio are left out.
        joined_by: Sides that held-out rows may not share with training rows.
        row: What a row is called.
        keeps_lines: Whether line breaks of the source mean something.
    """

    reads: str = "pairs"
    source_roles: tuple[str, ...] = ("source",)
    target_roles: tuple[str, ...] = ("target",)
    is_translation: bool = False
    has_labels: bool = False
    rules: tuple[str, ...] = ("empty", "too_long")
    checks_ratio: bool = False
    joined_by: tuple[str, ...] = ("source",)
    row: str = "pairs"
    keeps_lines: bool = False

    @property
    def has_documents(self) -> bool:
        """Whether a text may be a whole document."""
        return self.reads == "texts" or self.keeps_lines

    @property
    def near_sides(self) -> tuple[str, ...]:
        """Sides on which training rows may not be nearly the same as held-out ones."""
        return self.joined_by if self.reads == "pairs" else ()

    @property
    def needed(self) -> tuple[str, ...]:
        """Fields that a usable row has."""
        return {"texts": ("target",), "questions": ("source", "context")}.get(self.reads, ("source", "target"))

    def options(self, config: DataConfig) -> ReadOptions:
        """What readers are told."""
        return ReadOptions(
            source_language=config.source_language if self.is_translation else "",
            target_language=config.target_language if self.is_translation else "",
            source_column=config.source_column,
            target_column=config.target_column,
            group_column=config.group_column,
            part_column=config.split_column or config.date_column,
            part_key="split_column" if config.split_column else "date_column",
            query=config.query,
            encoding=config.encoding,
            source_roles=self.source_roles,
            target_roles=self.target_roles,
            separator=SEPARATOR if self.has_labels else "",
            reads=self.reads,
        )


KINDS = {
    "translate": DataKind(
        is_translation=True,
        rules=("empty", "identical", "too_long", "placeholders", "numbers"),
        checks_ratio=True,
        joined_by=("source", "target"),
        row="sentence pairs",
    ),
    "summarize": DataKind(
        source_roles=("document", "article", "text", "dialogue", "content", "abstract", "source"),
        target_roles=("summary", "summaries", "headline", "title", "highlights", "target"),
        rules=("empty", "identical", "too_long"),
        row="texts with summaries",
        keeps_lines=True,
    ),
    "answer": DataKind(reads="questions", rules=("empty",), joined_by=("group",), row="questions"),
    "classify": DataKind(
        # A ticket's channel is often called its source, and its subject or title is not all of it.
        source_roles=(*_TEXT, "description", "body", "source"),
        target_roles=("label", "labels", "intent", "category", "class", "sentiment", "emotion", "topic", "target"),
        has_labels=True,
        row="labeled texts",
    ),
    "generate": DataKind(
        reads="texts", target_roles=(*_TEXT, "source", "target"), rules=("empty",), joined_by=("target",), row="texts"
    ),
}


def kind_of(recipe: Recipe) -> DataKind:
    """The kind of a recipe's rows."""
    return KINDS[recipe.task]
