"""Which column of a table, or key of an object, holds the texts and which their translations."""

from __future__ import annotations

from collections.abc import Sequence

from braid.text.matching import best_languages

SOURCE_ROLES = ("source", "text")
TARGET_ROLES = ("target", "translation")


def find_column(names: Sequence[str], asked: str, roles: Sequence[str], language: str) -> int | None:
    """The place of the column asked for by name, else of the one named by a role, else by its language."""
    if asked:
        return names.index(asked) if asked in names else None
    folded = [name.lower() for name in names]
    for role in roles:
        if role in folded:
            return folded.index(role)
    return next(iter(best_languages(language, names)), None) if language else None
