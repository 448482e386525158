"""The files that a name, a glob or the name of a data set on the Hugging Face hub stands for."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from braid.data.formats.hub import hub_files, is_hub_name
from braid.data.formats.own import WRITTEN, is_own_folder, without_own
from braid.errors import DataError

_MAGIC = re.compile(r"[*?[]")


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


def expand(pattern: str, folder: Path, passed: dict[str, str] | None = None) -> list[tuple[Path, str]]:
    """Path and shown name of every file that matches, sorted; those of a data set on the hub, ``hf://owner/name``.

    Args:
        pattern: A file, which is taken whatever it is, or a glob, which does not stand for what Braid wrote itself.
        folder: Where relative names begin.
        passed: Gets the shown name of what a glob matches and is left out, and why.

    Raises:
        DataError: There is none, or a folder, or a link that leads nowhere, or the system cannot look it up.
        DownloadError: The hub cannot be reached, or does not have it.
    """
    if is_hub_name(pattern):
        return hub_files(pattern)
    try:
        return _expand(pattern, folder, {} if passed is None else passed)
    except OSError as error:
        shown = pattern if len(pattern) < 100 else f"{pattern[:80]}…"
        raise DataError(f"a data file must be one that can be looked up, got: {error.strerror}", where=shown) from error


def _expand(pattern: str, folder: Path, passed: dict[str, str]) -> list[tuple[Path, str]]:
    """Path and shown name of every file that matches, sorted."""
    given = with_home(pattern)
    path = folder / given
    if path.is_file():
        return [(path, pattern)]
    if path.is_dir():
        raise DataError(
            "a data file must be a file, got a folder", where=pattern, hint=f"write {Path(pattern) / '*.tmx'}"
        )
    if os.path.lexists(path):
        check_links([(path, pattern)])
        raise DataError("a data file must be a file, got a pipe or a device", where=pattern, hint="save it as a file")
    root = Path(given.anchor) if given.is_absolute() else folder
    try:
        matched = sorted(root.glob(str(given.relative_to(given.anchor))))
    except (ValueError, NotImplementedError) as error:
        raise DataError(f'a glob must be one that Python understands, got "{pattern}": {error}') from error
    check_links((match, _shown(match, given, folder)) for match in matched)
    found, left_out = _sorted_out(matched, _fixed(root, given))
    passed.update({_shown(path, given, folder): reason for path, reason in left_out.items()})
    if not found:
        raise _nothing(pattern, folder, list(left_out.values()))
    return [(match, _shown(match, given, folder)) for match in found]


def _shown(path: Path, given: Path, folder: Path) -> str:
    return str(path if given.is_absolute() else path.relative_to(folder))


def _fixed(root: Path, given: Path) -> Path:
    """The folder that a glob names in so many words, below which it looks."""
    for part in given.relative_to(given.anchor).parts[:-1]:
        if _MAGIC.search(part):
            break
        root /= part
    return root


def _sorted_out(matched: Sequence[Path], base: Path) -> tuple[list[Path], dict[Path, str]]:
    """The files to be read, and of what else a glob matches that which a person must be told, with the reason.

    Folders are told unless files below them are matched, too, as ``**`` does it.
    """
    files = [match for match in matched if match.is_file()]
    found, own = without_own(files, base)
    left_out = dict.fromkeys(own, WRITTEN)
    entered = {parent for file in files for parent in file.parents}
    for match in set(matched) - set(files) - entered - {base}:
        if match.name.startswith(".") or any(match.is_relative_to(folder) for folder in own):
            continue
        if match.is_dir():
            left_out[match] = WRITTEN if is_own_folder(match) else "a folder"
        else:
            left_out[match] = "no file but a pipe or a device"
    return found, dict(sorted(left_out.items()))


def check_links(matched: Iterable[tuple[Path, str]]) -> None:
    """Nothing, of paths with their shown names that lead somewhere.

    A file that is missed because its disk is not mounted would change the data, and the split, without a word.

    Raises:
        DataError: One is a link that leads nowhere, or in a circle.
    """
    for path, shown in matched:
        if path.is_symlink() and not path.exists() and not path.name.startswith(".#"):  # by which Emacs locks a file
            raise DataError(
                f'a link must lead to a file that is there, got one to "{os.readlink(path)}"',  # noqa: PTH115  as written
                where=shown,
                hint="bring back what it leads to (is a disk not mounted?), or remove the link",
            )


def _nothing(pattern: str, folder: Path, reasons: Sequence[str]) -> DataError:
    """The error for a pattern that stands for no file."""
    if reasons:
        but = f" but what is left out: {', '.join(dict.fromkeys(reasons))}"
        hint = "name a file in so many words to have it read whatever it is"
    else:
        but, hint = "", "paths are relative to the recipe's folder"
    message = f'a data file or glob must match at least one file, got none for "{pattern}"{but}'
    return DataError(message, where=str(folder), hint=hint)
