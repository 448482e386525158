"""The files that a name, a glob or the name of a data set on the Hugging Face hub stands for."""

from __future__ import annotations

from pathlib import Path

from braid.data.formats.hub import hub_files, is_hub_name
from braid.errors import DataError


def with_home(pattern: str) -> Path:
    """The pattern with a leading ``~`` or ``~user`` as the home folder; other names may begin so, too."""
    try:
        return Path(pattern).expanduser()
    except RuntimeError:
        return Path(pattern)


def exists(path: Path, folder: Path) -> bool:
    """Whether something of that name is there; False of names that are too long for one."""
    try:
        return (folder / path).exists()
    except OSError:
        return False


def expand(pattern: str, folder: Path) -> list[tuple[Path, str]]:
    """Path and shown name of every file that matches, sorted; those of a data set on the hub, ``hf://owner/name``.

    Raises:
        DataError: There is none, or a folder, or the system cannot look it up.
        DownloadError: The hub cannot be reached, or does not have it.
    """
    if is_hub_name(pattern):
        return hub_files(pattern)
    try:
        return _expand(pattern, folder)
    except OSError as error:
        shown = pattern if len(pattern) < 100 else f"{pattern[:80]}…"
        raise DataError(f"a data file must be one that can be looked up, got: {error.strerror}", where=shown) from error


def _expand(pattern: str, folder: Path) -> list[tuple[Path, str]]:
    """Path and shown name of every file that matches, sorted."""
    given = with_home(pattern)
    path = folder / given
    if path.is_file():
        return [(path, pattern)]
    if path.is_dir():
        raise DataError(
            "a data file must be a file, got a folder", where=pattern, hint=f"write {Path(pattern) / '*.tmx'}"
        )
    base = Path(given.anchor) if given.is_absolute() else folder
    try:
        found = sorted(match for match in base.glob(str(given.relative_to(given.anchor))) if match.is_file())
    except (ValueError, NotImplementedError) as error:
        raise DataError(f'a glob must be one that Python understands, got "{pattern}": {error}') from error
    if not found:
        raise DataError(
            f'a data file or glob must match at least one file, got none for "{pattern}"',
            where=str(folder),
            hint="paths are relative to the recipe's folder",
        )
    return [(match, str(match if given.is_absolute() else match.relative_to(folder))) for match in found]
