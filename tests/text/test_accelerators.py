"""Signs before the letter that a key chooses."""

import pytest

from braid.text.accelerators import with_accelerator, without_accelerator


@pytest.mark.parametrize(
    ("text", "rest", "mark"),
    [
        ("&File", "File", "&F"),
        ("Save &As…", "Save As…", "&A"),
        ("_Open", "Open", "_O"),
        ("Save _As", "Save As", "_A"),
        ("&Öffnen", "Öffnen", "&Ö"),
        ("文件(&F)", "文件", "&F"),
        ("打开 (_O)...", "打开...", "_O"),
        ("A&dd", "Add", "&d"),
        ("Au&to", "Auto", "&t"),
        ("选择（&C）……", "选择……", "&C"),
        ("精确匹配（&E)", "精确匹配", "&E"),
        ("&Delete {name}", "Delete {name}", "&D"),
    ],
)
def test_certain_ones(text, rest, mark):
    assert without_accelerator(text) == (rest, mark)


@pytest.mark.parametrize(
    "text",
    [
        "", "drag&drop", "look&feel", "R&B", "Q&A", "A&amp;", "a&b",
        "File", "AT&T", "B & H", "a=1&b=2", "&amp; more", "&& x", "&nbsp;x", "snake_case", "_id", "__x__",
        "{_Name}",        "{first_name}", "&File &Edit", "R&D", "&", "_", "x(_y)z", "&1", "&File " + "and more " * 20,
    ],
)  # fmt: skip
def test_uncertain_ones_stay(text):
    assert without_accelerator(text) == (text, "")


@pytest.mark.parametrize(
    ("text", "mark", "taken", "expected"),
    [
        ("Datei", "&F", [], "&Datei"),
        ("Im Ordner öffnen", "&O", [], "Im &Ordner öffnen"),
        ("文件", "&F", [], "文件(&F)"),
        ("打开 PDF...", "_o", [], "打开 PDF(_O)..."),
        ("{file} löschen", "&F", [(0, 6)], "{file} &löschen"),
        ("{a}", "&F", [(0, 3)], "{a}(&F)"),
        ("", "&F", [], "(&F)"),
    ],
)
def test_outputs_get_theirs(text, mark, taken, expected):
    assert with_accelerator(text, mark, taken) == expected


def test_an_expected_one_may_stand_in_any_word():
    assert without_accelerator("Leere Zieltexte erl&auben", is_expected=True) == ("Leere Zieltexte erlauben", "&a")
    assert without_accelerator("Leere Zieltexte erl&auben") == ("Leere Zieltexte erl&auben", "")
    assert without_accelerator("A&amp;B", is_expected=True) == ("A&amp;B", "")
