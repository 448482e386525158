"""The trained folder: written whole, checked whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import ValidationError

from braid.bundle.schema import DOCUMENTS, FORMAT, REQUIRED, BundleInfo
from braid.errors import BundleError
from braid.storage import atomic_folder, recover
from braid.text.tokenizer import Tokenizer
from braid.version import __version__

_DESKTOP_FILES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What file managers leave in any folder they show."""

MAX_INFO_BYTES = 64 * 2**20


def sha256(path: Path) -> str:
    """The file's SHA-256 as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_replaceable(path: Path) -> None:
    """Nothing, where a bundle may be written: at a new place, in an empty folder, or over a bundle and no more.

    Raises:
        BundleError: Something else stands at ``path``, files were added to the bundle there, or no folder can be
            put there at all.
    """
    hint = "choose another folder with --output, or another name in the recipe"
    if not path.resolve().name or path.is_mount():
        raise BundleError("a disk's own folder cannot be replaced", where=str(path), hint=f"write to {path / 'model'}")
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        return
    listed = _listed_files(path)
    if listed is None:
        raise BundleError("what stands here is not a bundle and will not be replaced", where=str(path), hint=hint)
    present = {file.relative_to(path).as_posix() for file in path.rglob("*") if not file.is_dir()}
    added = sorted(name for name in present - listed if PurePosixPath(name).name not in _DESKTOP_FILES)
    if added:
        shown = ", ".join(added[:3]) + (f" and {len(added) - 3} more" if len(added) > 3 else "")
        raise BundleError(
            f"the bundle here would be replaced, but it is not the owner of {shown}", where=str(path), hint=hint
        )


def _listed_files(path: Path) -> set[str] | None:
    """The files that the bundle at ``path`` consists of, whole or damaged; None where there is no bundle."""
    try:
        content = json.loads((path / "bundle.json").read_text(encoding="utf-8"))
        return {"bundle.json", *content["files"]} if content["braid_version"] and content["format"] else None
    except (OSError, ValueError, RecursionError, TypeError, KeyError):
        return None


def save_bundle(path: Path, fill: Callable[[Path], dict[str, Any]], *, needed: int = 0) -> BundleInfo:
    """Write a bundle that appears at ``path`` complete or not at all.

    Args:
        path: Where the bundle will stand; an older one there is replaced.
        fill: Writes all files but ``bundle.json`` into the folder it is given and returns the fields of
            `BundleInfo` that only the caller knows.
        needed: About how many bytes that will be, for the message when the disk has no room for them.

    Raises:
        BundleError: Something that is not a bundle stands at ``path``.
        StorageError: The disk is full or refuses.
    """
    check_replaceable(path)
    with atomic_folder(path, needed) as folder:
        fields = fill(folder)
        files = {
            file.relative_to(folder).as_posix(): {"bytes": file.stat().st_size, "sha256": sha256(file)}
            for file in sorted(folder.rglob("*"))
            if file.is_file()
        }
        created = datetime.now(UTC).isoformat(timespec="seconds")
        info = BundleInfo.model_validate(
            {"format": FORMAT, "braid_version": __version__, "created": created, "files": files, **fields}
        )
        (folder / "bundle.json").write_text(
            json.dumps(info.model_dump(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    return info


def read_bundle(path: Path) -> BundleInfo:
    """The checked ``bundle.json`` of a folder whose files have the sizes and hashes it names.

    Args:
        path: The bundle's folder. The files that inference needs are hashed; of all others but the documents the
            size is compared.

    Raises:
        BundleError: It is no bundle, or a file is missing or altered.
    """
    info = _info(path)
    for name, entry in info.files.items():
        relative = PurePosixPath(name)
        if relative.is_absolute() or ".." in relative.parts or "\\" in name:
            raise BundleError(f'the file name "{name}" leads outside the bundle', where=str(path))
        if name in DOCUMENTS:
            continue
        file = path / relative
        if not file.is_file():
            raise BundleError(f"{name} is missing", where=str(path), hint="copy the whole folder again")
        if file.stat().st_size != entry.bytes:
            raise BundleError(
                f"{name} must be {entry.bytes:,} bytes, got {file.stat().st_size:,}",
                where=str(path),
                hint="the copy is incomplete; copy the whole folder again",
            )
    missing = sorted(set(REQUIRED[info.task]) - set(info.files))
    if missing:
        raise BundleError(f"bundle.json does not list {', '.join(missing)}", where=str(path))
    for name in info.files:
        if name not in REQUIRED[info.task] and not name.startswith("runtime/"):
            continue
        if sha256(path / name) != info.files[name].sha256:
            raise BundleError(f"{name} is not the file that was saved", where=str(path), hint="train or copy it again")
    return info


def read_tokenizer(path: Path, info: BundleInfo) -> Tokenizer:
    """The bundle's tokenizer, with as many subwords as ``bundle.json`` says.

    Raises:
        BundleError: It is damaged, or not the one that the network was trained with.
    """
    tokenizer = Tokenizer.load(path / "tokenizer.json")
    if tokenizer.vocab_size != info.sizes.vocab_size:
        raise BundleError(
            f"the tokenizer must hold {info.sizes.vocab_size:,} subwords, got {tokenizer.vocab_size:,}",
            where=str(path),
            hint="copy the whole folder again",
        )
    return tokenizer


def _info(path: Path) -> BundleInfo:
    file = path / "bundle.json"
    if not file.is_file():
        place = path.resolve()
        recover(place.parent, place.name)  # a process may have been killed while it put a new bundle there
    if not file.is_file():
        hint = "a bundle is the folder that `braid train` writes"
        raise BundleError("there is no bundle here", where=str(path), hint=hint)
    if file.stat().st_size > MAX_INFO_BYTES:
        raise BundleError("bundle.json is too large to be one", where=str(file))
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BundleError(f"bundle.json cannot be read: {error}", where=str(file)) from None
    if isinstance(content, dict) and content.get("format", FORMAT) != FORMAT:
        raise BundleError(
            f"the bundle's format must be {FORMAT}, got {content['format']!r}",
            where=str(file),
            hint="install the Braid version that wrote it, or train again",
        )
    try:
        return BundleInfo.model_validate(content)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
        raise BundleError("bundle.json is not as it must be:\n  " + "\n  ".join(faults[:10]), where=str(file)) from None
