"""Real data for the demo: interface texts out of openly licensed wheels, fetched by pip, never installed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from braid.data.example import Example
from braid.data.formats import ReadOptions, read_files
from braid.errors import ConfigError, DataError, DownloadError, StorageError
from braid.storage import atomic_file, scratch_folder

MAX_MEMBER_BYTES = 8 * 2**20
TIMEOUT_SECONDS = 1800
"""Pip gives up by itself on a silent network; this is for a very slow one."""
LAYOUT = 2
"""Raised whenever the same wheels would give another file, so that a cached one is made again."""
_OWN_DATA = "braid demo --data FILE"
MIN_WORDS = 3
"""Shorter texts are left out: a word alone has as many right translations as places it stands in."""


@dataclass(frozen=True, kw_only=True)
class Wheel:
    """One pinned package.

    Args:
        requirement: Name and version for pip.
        size_bytes: Of the wheel file, for people who wait for it.
        sha256: Of the wheel file.
        notice: Whose texts they are and under which license.
        options: Further options for ``pip download``.
    """

    requirement: str
    size_bytes: int
    sha256: str
    notice: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """Where a language's texts stand in the wheels: a file name in one, a package of its own in the other."""

    name: str
    pack: Wheel


HOME_ASSISTANT = Wheel(
    requirement="homeassistant==2026.11.0",
    size_bytes=67_607_712,
    sha256="7ca5fbde9dea879ac7723949fc84347aac5182e6309c357b2e4973fd391b00f7",
    notice="Home Assistant 2026.11.0, the Home Assistant authors and translators, Apache-2.0",
    options=("--python-version", "3.14.2"),
)


def _pack(code: str, size_bytes: int, sha256: str) -> Wheel:
    return Wheel(
        requirement=f"jupyterlab-language-pack-{code}==4.5.post3",
        size_bytes=size_bytes,
        sha256=sha256,
        notice=f"JupyterLab language pack {code} 4.5.post3, Project Jupyter and its translators, BSD-3-Clause",
    )


LANGUAGES = {
    "zh": Catalog(
        name="zh-Hans",
        pack=_pack("zh-CN", 224_581, "47cdb0c41c6b066e795c867786c9c29fde527e2bf15aa6b3e9b2bab9929304b5"),
    ),
    "de": Catalog(
        name="de", pack=_pack("de-DE", 68_327, "b716b56f7e0c884f42152d5e36c253ea0f32ca41f99097d842d3934f4a4bc7fb")
    ),
    "fr": Catalog(
        name="fr", pack=_pack("fr-FR", 222_292, "9f6ce9d4e64b367ff084a2313af29d6ad8a02d1d08000f3e6c53e2856fa9a11f")
    ),
}
"""By language code, what the demo can translate English to."""


def cache_folder() -> Path:
    """Where downloads are kept between runs, as the platform has it."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "braid"


def demo_notice(language: str) -> str:
    """Where the demo's texts come from and under which licenses, as Markdown for the model card."""
    wheels = (HOME_ASSISTANT, _catalog(language).pack)
    return "Interface texts from:\n\n" + "\n".join(f"- {wheel.notice}" for wheel in wheels)


def fetch_demo(language: str, *, cache: Path, progress: Callable[[str], None]) -> Path:
    """A TSV file of English texts and their translations, with the package each comes from.

    Args:
        language: A key of `LANGUAGES`.
        cache: The finished file is kept here; a second call needs no network.
        progress: Told what is going on.

    Raises:
        ConfigError: The language is not one of `LANGUAGES`.
        DownloadError: pip could not deliver a wheel, or it is not the one expected.
        StorageError: The cache cannot be written.
    """
    catalog = _catalog(language)
    wheels = (HOME_ASSISTANT, catalog.pack)
    mark = hashlib.sha256(f"{LAYOUT}{language}{[wheel.sha256 for wheel in wheels]}".encode()).hexdigest()[:12]
    path = cache / f"demo-en-{language}-{mark}.tsv"
    if path.exists():
        progress(f"data: {path} (downloaded before)")
        return path
    make_cache(cache)
    rows: dict[tuple[str, str], str] = {}
    for wheel, read in ((HOME_ASSISTANT, _json_pairs), (catalog.pack, _mo_pairs)):
        progress(f"downloading {wheel.requirement} ({wheel.size_bytes / 1e6:.1f} MB)")
        with scratch_folder() as folder:
            for source, target in read(download_wheel(wheel, folder), language):
                pair = " ".join(source.split()), " ".join(target.split())
                if pair[1] and pair[0].count(" ") + 1 >= MIN_WORDS:
                    rows.setdefault(pair, wheel.requirement)
    _write(path, rows, language)
    progress(f"data: {path} ({len(rows):,} pairs of texts)")
    return path


def _catalog(language: str) -> Catalog:
    if language not in LANGUAGES:
        raise ConfigError(f'the demo\'s language must be one of {", ".join(LANGUAGES)}, got "{language}"')
    return LANGUAGES[language]


def download_wheel(wheel: Wheel, folder: Path) -> Path:
    """The wheel file, checked.

    Raises:
        DownloadError: pip could not deliver it, or it is not the one expected.
    """
    options = ["--no-deps", "--only-binary=:all:", *wheel.options, "--dest", str(folder), wheel.requirement]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", *options]
    shown = shlex.join(command)
    if error := _run(command):
        has_pip = "No module named pip" not in error
        first = "check the network" if has_pip else "run `python -m ensurepip` in this environment"
        hint = f"{first}, or use sentence pairs of your own: {_OWN_DATA}"
        raise DownloadError(f"the demo's data must come from a package index, got: {error}", where=shown, hint=hint)
    found = sorted(folder.glob("*.whl"))
    digests = [_sha256(path) for path in found]
    if digests != [wheel.sha256]:
        message = f"the wheel must have the SHA-256 {wheel.sha256}, got {', '.join(digests) or 'no file'}"
        hint = f"the package index serves another file; use sentence pairs of your own: {_OWN_DATA}"
        raise DownloadError(message, where=shown, hint=hint)
    return found[0]


def _run(command: list[str]) -> str:
    """What a command that failed said last, or "" when it did not fail."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return f"nothing after {TIMEOUT_SECONDS / 60:.0f} minutes"
    except OSError as error:
        return str(error)
    if not done.returncode:
        return ""
    return (done.stderr.strip().splitlines() or [f"exit code {done.returncode} without a word"])[-1].strip()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """A file of the archive, in memory, within a sane size."""
    if archive.getinfo(name).file_size > MAX_MEMBER_BYTES:
        raise DownloadError(f"{name} is larger than {MAX_MEMBER_BYTES:,} bytes", where=str(archive.filename))
    return archive.read(name)


def _json_pairs(wheel: Path, language: str) -> Iterator[tuple[str, str]]:
    """Texts under the same key of a component's English and translated catalog."""
    wanted = LANGUAGES[language].name
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        for name in sorted(names):
            match = re.fullmatch(r"(homeassistant/components/\w+/translations/)en\.json", name)
            other = f"{match[1]}{wanted}.json" if match else ""
            if other in names:
                english, translated = (dict(_leaves(json.loads(_member(archive, part)))) for part in (name, other))
                yield from ((english[key], translated[key]) for key in english if key in translated)


def _leaves(node: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _leaves(value, f"{path}\0{key}")
    elif isinstance(node, str) and "[%key:" not in node:
        yield path, node


def _mo_pairs(wheel: Path, language: str) -> Iterator[tuple[str, str]]:
    """Messages of the wheel's compiled catalogs."""
    options = ReadOptions(source_language="en", target_language=language)
    with zipfile.ZipFile(wheel) as archive, scratch_folder() as folder:
        for name in sorted(name for name in archive.namelist() if name.endswith(".mo")):
            (folder / "catalog.mo").write_bytes(_member(archive, name))
            with contextlib.suppress(DataError):  # some catalogs have no message in this language yet
                rows = list(read_files(["catalog.mo"], options, folder=folder))
                yield from ((row.source, row.target) for row in rows if isinstance(row, Example))


def make_cache(folder: Path) -> None:
    """Before the download: a cache that cannot be written is better known at once.

    Raises:
        StorageError: It cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        hint = "set XDG_CACHE_HOME (LOCALAPPDATA on Windows) to a folder that can be written"
        raise StorageError(f"cannot make the cache folder: {error.strerror}", where=str(folder), hint=hint) from error


def _write(path: Path, rows: dict[tuple[str, str], str], language: str) -> None:
    """The rows as TSV; no text holds a tab or a line break any more."""
    lines = [f"en\t{language}\torigin", *(f"{source}\t{target}\t{rows[source, target]}" for source, target in rows)]
    with atomic_file(path) as file:
        file.write(("\n".join(lines) + "\n").encode("utf-8", "replace"))
