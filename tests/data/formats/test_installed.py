"""Files that others wrote: those that installed packages and the system bring along, counted by other means."""

from __future__ import annotations

import gettext
import importlib.util
import re
from pathlib import Path

import pytest

from braid.data.documents import read_documents
from braid.data.example import Example, Reject
from braid.data.formats import ReadOptions, read_files

LANGUAGES = ("de_DE", "fr_FR", "ja_JP", "pl_PL", "ru_RU", "zh_CN")


def package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        pytest.skip(f"{name} is not installed here")
    return Path(found.submodule_search_locations[0])


def system(pattern: str) -> Path:
    found = sorted(Path("/usr").glob(pattern))
    if not found:
        pytest.skip(f"no /usr/{pattern} on this machine")
    return found[0]


def read(path: Path, source="en", target="de", **how) -> list[Example | Reject]:
    options = ReadOptions(source_language=source, target_language=target, **how)
    return list(read_files([str(path)], options, folder=path.parent))


def catalog(path: Path) -> set[tuple[str, str]]:
    """The messages without plurals of a compiled catalog, as Python's own reader has them."""
    with path.open("rb") as file:
        found = gettext.GNUTranslations(file)._catalog
    return {(key.rpartition("\4")[2], text) for key, text in found.items() if isinstance(key, str) and key}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ending", ["po", "mo"])
def test_message_catalogs(ending, language):
    folder = package("humanize") / "locale" / language / "LC_MESSAGES"
    wanted = catalog(folder / "humanize.mo")
    rows = read(folder / f"humanize.{ending}", target=language)
    assert len(wanted) > 20
    assert wanted <= {(row.source, row.target) for row in rows if isinstance(row, Example)}


def test_a_large_message_catalog():
    path = system("share/locale/de/LC_MESSAGES/iso_3166*.mo")
    wanted = catalog(path)
    rows = {(row.source, row.target) for row in read(path) if isinstance(row, Example)}
    assert len(wanted) > 100
    assert rows == wanted


@pytest.mark.parametrize("name", ["v0.7.1.parquet", "v0.7.1.all-named-index.parquet"])
def test_parquet(name):
    path = package("pyarrow") / "tests" / "data" / "parquet" / name
    if not path.is_file():
        pytest.skip("pyarrow is installed without its test data")
    rows = read(path, source_column="cut", target_column="clarity")
    assert [type(row) for row in rows] == [Example] * 10
    assert {row.source for row in rows} <= {"Ideal", "Premium", "Good", "Very Good", "Fair"}


def test_pdf():
    path = system("share/doc/shared-mime-info/*.pdf")
    import pypdf

    pages = [(page.extract_text() or "").split() for page in pypdf.PdfReader(path).pages]
    found = [row for row in read_documents([str(path)], folder=path.parent) if not isinstance(row, Reject)]
    assert sum(map(len, pages)) > 1000
    known = {word for row in found for word in row.text.split()}
    assert sum(word in known for words in pages for word in words) > 0.9 * sum(map(len, pages))


def test_properties():
    path = system("lib/jvm/*/lib/psfontj2d.properties")
    lines = path.read_text(encoding="latin-1").splitlines()
    wanted = {re.split(r"(?<!\\)[=:]", line, maxsplit=1)[0] for line in lines if line.strip() and line[0] not in "#!"}
    options = ReadOptions(source_language="en", target_language="de")
    rows = list(read_files([f"{path},{path}"], options, folder=path.parent))
    found = {(row.example if isinstance(row, Reject) else row).key for row in rows}
    assert len(wanted) > 100
    assert len(found) == len(wanted)


def test_subtitles():
    path = system("lib/**/chardet/tests/utf-8-sig/*.srt")
    cues = len(re.findall(r"(?m)^\d\d:\d\d:\d\d,\d\d\d -->", path.read_text(encoding="utf-8-sig")))
    options = ReadOptions(source_language="en", target_language="de")
    assert cues > 0
    assert len(list(read_files([f"{path},{path}"], options, folder=path.parent))) == cues
