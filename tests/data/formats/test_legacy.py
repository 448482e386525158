from __future__ import annotations

import time

import pytest

from braid.data.example import Example
from braid.data.formats.encoding import find_encoding
from braid.data.formats.legacy import escaped_lines, find_dos, find_escaped
from braid.errors import DataError

JAPANESE = ["こんにちは、世界", "電気をつけて", "今日は雨です"]
CHINESE = ["你好，世界", "打开客厅的灯", "今天下雨了"]
KOREAN = ["안녕하세요", "불을 켜 주세요", "오늘은 비가 옵니다"]


@pytest.mark.parametrize(
    ("encoding", "texts"),
    [
        ("iso2022_jp", JAPANESE),
        ("iso2022_jp_2", [*JAPANESE, "안녕"]),
        ("iso2022_kr", KOREAN),
        ("hz", CHINESE),
    ],
)
def test_a_file_that_is_all_ascii_is_decoded(encoding, texts, write, read):
    text = "".join(f"English {place}\t{line}\n" for place, line in enumerate(texts))
    write("a.tsv", text.encode(encoding))
    rows = read("a.tsv")
    assert [(row.target, row.line) for row in rows if isinstance(row, Example)] == [
        (line, place) for place, line in enumerate(texts, 1)
    ]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("".join(f"text\t{line}\n" for line in CHINESE).encode("utf-7"), "UTF-7"),
        ("f\tfür\ng\tGröße\nh\tspät\n".encode("utf-7"), "UTF-7"),
        (b"Hello\t\x1b$)A\x0eDc:C\x0f\n", "ISO-2022-CN"),
    ],
)
def test_what_cannot_be_decoded_is_told_by_name(data, name, write, read):
    write("a.tsv", data)
    with pytest.raises(DataError, match=f"got {name} by its bytes") as caught:
        read("a.tsv")
    assert f"iconv -f {name}" in caught.value.hint


@pytest.mark.parametrize(
    "data",
    [
        b"\x1b[31mred\x1b[0m\tb\n",
        b"a ~{b}\tc ~} d\n~{x~}\n",
        b"call +49301234567 or +1-800-555-0199\n+abc+def\nC+++ and g+++ and h+++\n",
        b"a+b-c\n1+2-3=0\nx+yz-w\n",
        b"data:image/png;base64,iVBORw0KGgo+AAAA+BBBB+CCCC==\n",
        b"+Hello-World\n+foo-bar\n+Some-Thing\n+Note-well\n",
        b"~{\n" * 1000,
    ],
)
def test_ascii_stays_ascii(data):
    assert find_encoding([data]).encoding == "utf-8"


def test_what_a_person_says_counts():
    data = "".join(CHINESE).encode("utf-7")
    assert find_encoding([data], "utf-8").encoding == "utf-8"
    assert find_encoding(["".join(CHINESE).encode("hz")], "iso2022_jp").encoding == "iso2022_jp"


def test_beyond_ascii_there_are_no_escapes():
    data = "für\n".encode() + "\n".join(CHINESE).encode("hz")
    assert find_encoding([data]).encoding == "utf-8"


@pytest.mark.parametrize(
    ("encoding", "language", "text"),
    [
        ("cp850", "de", "Guten Morgen, schöner Tag für Übungen\nÖffne die Tür\nGröße\nCafé crème\n"),
        ("cp852", "pl", "Dzień dobry\nZażółć gęślą jaźń\n"),
    ],
)
def test_code_pages_of_dos_are_found_by_the_language_expected(encoding, language, text):
    assert find_encoding([text.encode(encoding)], languages=("en", language)).encoding == encoding
    assert find_dos(text.encode(encoding), ("en", "zh")) == ""
    assert find_dos(text.encode("cp1252", "ignore"), ("en", "de")) == ""


def test_the_hint_names_the_encoding(write, read):
    write("a.tsv", "Guten Morgen, schöner Tag\tfür Übungen\nTür\tGröße\nCafé\tcrème\n".encode("cp850"))
    with pytest.raises(DataError, match="not valid UTF-8") as caught:
        read("a.tsv")
    assert "encoding =" in caught.value.hint


@pytest.mark.parametrize("part", [b"+", b"~{", b"~", b"\x1b$", b"+abc", b"\x1b$B!", b"~{!!", b"+AAA+", b"a+"])
def test_one_sign_repeated_takes_little_time(part):
    begun = time.perf_counter()
    find_escaped(escaped_lines(part * (10**6 // len(part))))
    assert time.perf_counter() - begun < 1
