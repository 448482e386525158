from __future__ import annotations

import time

import pytest

from braid.data.formats.columns import declared_languages, header_columns
from braid.data.formats.contract import ReadOptions
from braid.data.formats.language_names import _codes, named_language, side_columns
from braid.text.languages import NAMES, canonical


@pytest.mark.parametrize(
    ("source", "target", "header", "places"),
    [
        ("en", "de", ["German", "English"], (1, 0)),
        ("en", "de", ["English", "German"], (0, 1)),
        ("en", "de", ["ENGLISH", " Deutsch "], (0, 1)),
        ("en", "de", ["Deutsch", "Englisch"], (1, 0)),
        ("en", "de", ["anglais", "allemand"], (0, 1)),
        ("en", "de", ["source_text", "target_text"], (0, 1)),
        ("en", "de", ["Target Sentence", "Source Sentence"], (1, 0)),
        ("en", "de", ["Source (en)", "Target (de)"], (0, 1)),
        ("en", "de", ["Source (English)", "Target (German)"], (0, 1)),
        ("en", "de", ["en_US", "de_DE"], (0, 1)),
        ("en", "de", ["text_de", "text_en"], (1, 0)),
        ("en", "de", ["German translation", "English text"], (1, 0)),
        ("en", "de", ["English (US)", "German (DE)"], (0, 1)),
        ("en", "de", ["id", "German", "English", "French"], (2, 1)),
        ("de", "en", ["German", "English"], (0, 1)),
        ("en", "zh", ["中文", "英文"], (1, 0)),
        ("en", "zh-TW", ["English", "简体中文", "繁體中文"], (0, 2)),
        ("en", "zh", ["English", "繁體中文", "简体中文"], (0, 2)),
        ("ja", "en", ["日本語", "英語"], (0, 1)),
        ("en", "pt-BR", ["English", "Brazilian Portuguese"], (0, 1)),
        # No names of columns.
        ("en", "de", ["Hello", "Hallo"], None),
        ("en", "de", ["source_id", "target_id"], None),
        ("en", "de", ["source language", "target language"], None),
        ("en", "de", ["in English", "auf Deutsch"], None),
        ("en", "de", ["English", "Englisch"], None),
        ("en", "de", ["English", "French"], None),
    ],
)
def test_columns_are_known_by_names_of_languages(source, target, header, places):
    found = header_columns(header, ReadOptions(source_language=source, target_language=target))
    assert (found and (found.source, found.target)) == places


def test_a_code_counts_more_than_a_name():
    assert side_columns("de", ("target",), ["German", "de"]) == [1]


def test_every_language_is_known_by_its_english_name():
    others = {"no": "nb"}  # what nearly all Norwegian is
    assert {name: named_language(name) for name in NAMES.values()} == {
        name: others.get(code, code) for code, name in NAMES.items()
    }
    assert {canonical(code) for code in _codes().values()} | {"no"} == NAMES.keys()


def test_columns_named_in_words_are_declared():
    assert declared_languages(["id", "German", "English"]) == ("de", "en")
    assert declared_languages(["de", "English"]) == ("de",)


def test_rows_below_such_a_header(write, read):
    rows = read(write("a.csv", "German,English\nTür auf,Open door\n"), source="en", target="de")
    assert [(row.source, row.target, row.line) for row in rows] == [("Open door", "Tür auf", 2)]
    rows = read(write("a.jsonl", '{"Source (en)": "Open door", "German": "Tür auf"}\n'), source="en", target="de")
    assert [(row.source, row.target) for row in rows] == [("Open door", "Tür auf")]


@pytest.mark.parametrize("char", ["_", "a", "a ", "(", "é"])
def test_a_long_cell_is_no_name(char):
    begun = time.perf_counter()
    assert side_columns("en", ("source",), [char * (10**6 // len(char))]) == []
    assert time.perf_counter() - begun < 1
