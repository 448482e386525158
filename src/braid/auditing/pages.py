"""Pages that need nothing else: one style, everything from the user's data escaped, written whole or not at all."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from braid.storage import atomic_file

if TYPE_CHECKING:
    from jinja2 import Environment


def page_environment() -> Environment:
    """Templates of this room, which escape what they are given."""
    from jinja2 import Environment, FunctionLoader

    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, loader=FunctionLoader(_template))


def _template(name: str) -> str:
    return (resources.files("braid.auditing") / name).read_text(encoding="utf-8")


def write_page(html: str, path: Path) -> None:
    """Write a page.

    Lone surrogates, which odd texts and file names hold, become question marks.

    Raises:
        StorageError: It cannot be written.
    """
    with atomic_file(path) as file:
        file.write(html.encode("utf-8", "replace"))
