import time

import pytest

from braid.auditing.data_licenses import is_restricted, license_names, license_notes


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Licence: CC BY 2.0 FR (Tatoeba)", ["CC-BY-2.0"]),
        ("CC-BY-SA 4.0 International", ["CC-BY-SA-4.0"]),
        ("https://creativecommons.org/licenses/by-nc-sa/4.0/", ["CC-BY-NC-SA-4.0"]),
        ("Creative Commons Attribution-ShareAlike 3.0", ["CC-BY-SA-3.0"]),
        ("Creative Commons Attribution 4.0", ["CC-BY-4.0"]),
        ("Apache License, Version 2.0, January 2004", ["Apache-2.0"]),
        ("The MIT License (MIT)", ["MIT"]),
        ("the MIT in Boston", ["MIT"]),
        ("BSD-3-Clause", ["BSD-3-Clause"]),
        ("GNU General Public License v3", ["GPL-3.0"]),
        ("GNU Lesser General Public License", ["LGPL"]),
        ("for research purposes only", ["non-commercial or research only"]),
        ("CC0 1.0", ["CC0-1.0"]),
        ("This text is in the public domain.", ["public domain"]),
        ("We permit nothing. Commit often. Accurate.", []),
    ],
)
def test_names(text, names):
    assert license_names(text) == names


def test_restricted():
    assert [is_restricted(name) for name in ("CC-BY-4.0", "CC-BY-NC-4.0", "CC-BY-ND", "MIT")] == [
        False, True, True, False
    ]  # fmt: skip


def test_notes_beside_the_data_and_in_their_columns(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "LICENSE").write_text("\n\nA corpus\n\nReleased under CC BY-SA 4.0.\n", encoding="utf-8")
    (tmp_path / "data" / "README.md").write_text("# About\nNothing said.", encoding="utf-8")
    (tmp_path / "data" / "LICENSE.bin").write_bytes(b"\0\1MIT License")
    (tmp_path / "data" / "other.txt").write_text("MIT License", encoding="utf-8")
    lines = "".join(f"a{number}\tb\tCC-BY 2.0, by user {number}\n" for number in range(5))
    (tmp_path / "data" / "pairs.tsv").write_text(lines, encoding="utf-8")
    found = license_notes(["data/pairs.tsv"], folder=tmp_path)
    assert [(note["licenses"], note["line"]) for note in found["notes"]] == [
        (["CC-BY-SA-4.0"], "Released under CC BY-SA 4.0."), ([], "About")
    ]  # fmt: skip
    assert found["columns"][0]["column"] == "3"
    assert found["columns"][0]["licenses"] == ["CC-BY-2.0"]
    assert found["licenses"] == ["CC-BY-SA-4.0", "CC-BY-2.0"]
    assert found["folders"] == 1


def test_nothing_there(tmp_path):
    found = license_notes(["gone/pairs.tsv", "a.txt,b.txt"], folder=tmp_path)
    assert found["notes"] == found["columns"] == found["licenses"] == []


@pytest.mark.parametrize("sign", ["a", " ", "-", "CC-BY ", "\n", "1.0", "General Public License"])
def test_long_texts_take_no_longer(sign):
    """No pattern of the twenty looks at a character more than a few times."""
    begun = time.monotonic()
    license_names(sign * (1_000_000 // len(sign)))
    assert time.monotonic() - begun < 10


def test_the_line_that_is_about_the_license_is_quoted(tmp_path):
    text = "# Corpus\nMade with MIT tools.\nLicense: CC0 1.0\n" + "The end."
    (tmp_path / "SOURCE.md").write_text(text, encoding="utf-8")
    found = license_notes(["a.tsv"], folder=tmp_path)
    assert found["notes"][0]["line"] == "License: CC0 1.0"
    assert found["notes"][0]["licenses"] == ["CC0-1.0", "MIT"]
