"""Names by which texts and their translations are known in tables and objects."""

from __future__ import annotations

SOURCE_ROLES = ("source", "text")
TARGET_ROLES = ("target", "translation")
