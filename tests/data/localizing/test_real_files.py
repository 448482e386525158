"""Files that others wrote, fetched by `scripts/fetch_real_files.py`, written back: only their texts change."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from braid.data.example import Example, Reject
from braid.data.localizing import LocalizeOptions, localize
from pretend import Model, shouted
from real_files import both, read, real_files

IN_PLACE = [
    "cordova-plugin-android-fingerprint-auth/res/android/values*/*.xml",
    "react-native-image-crop-picker/ios/QBImagePicker/QBImagePicker/*.lproj/*.strings",
    "theme-translations/locales/*/*.json",
    "hexo-theme-icarus/languages/*.yml",
    "video.js/dist/examples/*/*.vtt",
    "webvtt-py/tests/samples/[cr]*.vtt",
    "webvtt-py/tests/samples/styles*.*",
    "webvtt-py/tests/samples/n[eo][tn]_*.vtt",
    "debian-faq*/share/doc/debian/FAQ/**/*.html",
    "javascripting/**/*.md",
    "cordova-plugin-dialogs/**/*.md",
    "cordova-plugin-android-fingerprint-auth/*.md",
]
"""Files of one language each."""


def written(file: Path, model: Model) -> bytes:
    """The file in another language."""
    name = file.name.removesuffix("2") if file.suffix == ".xlf2" else file.name
    return localize(file.read_bytes(), name, model, LocalizeOptions(target_language="es", marks_review=False)).data


@pytest.mark.parametrize("pattern", IN_PLACE)
def test_the_same_texts_make_the_same_file(pattern, same):
    for file in real_files(pattern):
        assert without_language(written(file, same)) == without_language(file.read_bytes()), file


def without_language(page: bytes) -> bytes:
    return re.sub(rb' (?:xml:)?lang="\w+"', b"", page) if page.startswith(b"<") else page


@pytest.mark.parametrize("pattern", IN_PLACE)
def test_only_texts_change(pattern, shout, tmp_path):
    """Read beside the file that it was made from, each text of the new one is the other's in capitals."""
    total = 0
    for file in real_files(pattern):
        if not file.read_bytes().strip(b"-#\n "):
            continue  # an exercise of nothing but rules
        path = tmp_path / file.name
        path.write_bytes(written(file, shout))
        for row in read(both(file, path), target="es"):
            if isinstance(row, Reject):  # of program code, pages written back hold what stands in <pre>
                assert row.rule == "code"
                assert row.example.target.upper() == row.example.source.upper()
            else:
                assert row.target == shouted(row.source), file
                total += 1
    assert total


@pytest.mark.parametrize("ending", ["xlf", "xlf2"])
def test_xliff(ending, shout, tmp_path):
    """What a framework of web pages extracted, with plurals and values in them: translated whole and in place."""
    for name in ("ngExtractedMaster1", "ngExtractedMaster2", "preserveOrderMaster2"):
        (file,) = real_files(f"ngx-i18nsupport/test/testdata/i18n/{name}.{ending}")
        path = tmp_path / f"{name}.xlf"
        path.write_bytes(written(file, shout))
        text, done = file.read_text(encoding="utf-8"), path.read_text(encoding="utf-8")
        assert re.findall(r"<source>.*?</source>", done, re.DOTALL) == re.findall(
            r"<source>.*?</source>", text, re.DOTALL
        )
        found = read(path, re.findall(r'(?:srcLang|source-language)="(\w+)"', text)[0], "es")
        assert len(found) == text.count("<source>")
        for row in found:
            assert isinstance(row, Example)
            assert row.target.upper() == row.source.upper()
            assert re.findall(r", *(?:plural|select) *,", row.target) == re.findall(
                r", *(?:plural|select) *,", row.source
            )
