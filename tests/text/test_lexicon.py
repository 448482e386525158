from __future__ import annotations

import random
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.errors import DataError
from braid.text.lexicon import Lexicon


@pytest.mark.parametrize(
    ("entries", "text"),
    [
        (["foo"], "⟦foo⟧, ⟦FOO⟧ and ⟦ｆｏｏ⟧, not food, afoo, foo_ or foo2"),
        (["foo*"], "⟦foo⟧ ⟦foods⟧ ⟦Foobar2⟧, not afoo"),
        (["foo bar", "foo"], "⟦foo bar⟧ ⟦foo⟧ bars ⟦foo\tbar⟧ ⟦foo\u3000bar⟧"),
        (["坏", "坏词语"], "很⟦坏⟧，⟦坏词语⟧，⟦坏⟧词"),
        (["foo"], "我用⟦foo⟧的"),
        (["A股", "股a"], "⟦A股⟧，USA股，⟦股a⟧，股ab"),
        (["größe", "ÄRGER"], "⟦GRÖSSE⟧ ⟦Größe⟧ ⟦ärger⟧".replace("⟦GRÖSSE⟧", "GRÖSSE")),
        (["c++", "(x)"], "⟦C++⟧ ⟦(x)⟧ ⟦c++⟧x"),
        (["कि"], "⟦कि⟧ किताब"),
        (["ไทย"], "คน⟦ไทย⟧นี้"),
        (["x"], "⟦x⟧ xx ⟦X⟧"),
        (["İstanbul"], "⟦İstanbul⟧ 😀 \ud800 ⟦İstanbul⟧"),
        (["ab", "abc d"], "⟦ab⟧ ⟦abc d⟧ abc"),
        (["a*", "a"], "⟦abc⟧ ⟦a⟧"),
        (["坏*"], "⟦坏⟧词和⟦坏abc⟧"),
    ],
)
def test_found_where_they_stand(entries, text):
    pieces = text.split("⟦")
    plain = text.replace("⟦", "").replace("⟧", "")
    assert [plain[begin:end] for begin, end in Lexicon(entries).find(plain)] == [
        one.split("⟧")[0] for one in pieces[1:]
    ]


def test_a_file(tmp_path):
    path = tmp_path / "words.txt"
    path.write_bytes("\ufeff# my words\r\nFoo  Bar # because\r\n\r\n坏词\r\nc#\r\nfoo bar\r\nban*\r\n".encode())
    lexicon = Lexicon.load(path)
    assert len(lexicon) == 4
    assert lexicon.find("foo bar, c#, banner 坏词") == [(0, 7), (9, 11), (13, 19), (20, 22)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "must hold at least one word, got none"),
        (b"# only this\n\n", "must hold at least one word, got none"),
        (b"good\n\xff\xfe\n", "must be UTF-8, got the byte 0xff"),
        (b"good\n" + 201 * b"x", "must have at most 200 characters, got 201"),
        (b"good\n*\n", 'must have characters beside "*"'),
    ],
)
def test_files_that_are_no_word_lists(tmp_path, content, message):
    path = tmp_path / "words.txt"
    path.write_bytes(content)
    with pytest.raises(DataError, match=re.escape(message)) as caught:
        Lexicon.load(path)
    assert str(path) in caught.value.where


def test_a_missing_file_and_a_folder(tmp_path):
    for path in (tmp_path / "missing.txt", tmp_path):
        with pytest.raises(DataError, match="must be a file that can be read"):
            Lexicon.load(path)


ENTRIES = st.text("ab ", min_size=1, max_size=4).filter(str.strip) | st.text("坏词", min_size=1, max_size=3)


@given(st.lists(ENTRIES, min_size=1, max_size=6), st.text("ab 坏词,", max_size=30))
def test_as_a_plain_search_finds_them(entries, text):
    words = {" ".join(entry.split()) for entry in entries}
    expected, end = [], 0
    for begin in range(len(text)):
        fits = [
            word
            for word in words
            if text.startswith(word, begin)
            and not (word[0] in "ab" and text[:begin].endswith(("a", "b")))
            and not (word[-1] in "ab" and text[begin + len(word) :].startswith(("a", "b")))
        ]
        if begin >= end and fits:
            end = begin + max(map(len, fits))
            expected.append((begin, end))
    assert Lexicon(entries).find(text) == expected


def test_a_hundred_thousand_words_in_linear_time():
    chance = random.Random(3)
    words = ["".join(chance.choices("abcdefghijklmnop", k=chance.randint(3, 12))) for _ in range(60_000)]
    words += ["".join(chr(chance.randint(0x4E00, 0x6E00)) for _ in range(chance.randint(2, 5))) for _ in range(40_000)]
    lexicon = Lexicon(words)
    text = " ".join(chance.choices([*words, "zzz", "qqqqq"], k=10_000))
    begin = time.perf_counter()
    assert len(lexicon.find(text)) > 6_000
    for unit in ("a", "ab", "啊", "a ", "a啊"):
        lexicon.find(unit * (200_000 // len(unit)))
    assert time.perf_counter() - begin < 3


def test_what_is_remembered_changes_nothing(monkeypatch):
    monkeypatch.setattr("braid.text.lexicon._KNOWN_WORDS", 3)
    lexicon, texts = (
        Lexicon(["ban*", "foo bar", "ä", "坏词", "😀x", "!"]),
        ["a b c d e", "bank foo bar foo", "中 ä 坏词 b", "ö 😀x 坏 !"],
    )
    first = [lexicon.find(text) for text in texts]
    assert [len(spans) for spans in first] == [0, 2, 2, 2]
    assert [lexicon.find(text) for text in texts] == first
    assert len(lexicon._known) <= 3
    lexicon.find("x" * 10**6)
    assert all(len(word) < 10**3 for word in lexicon._known)


def test_signs_in_full_width():
    assert Lexicon(["50%"]).find("50％") == [(0, 3)]


def test_zero_width_spaces_hide_no_word():
    lexicon = Lexicon(["មើល\u200bឃើញ", "ทดสอบ", "ban*"])
    text = "គាត់\u200bមើលឃើញ ทด\u200bสอบ b\u200banned"
    assert [text[begin:end] for begin, end in lexicon.find(text)] == ["មើលឃើញ", "ทด\u200bสอบ", "b\u200banned"]
    assert lexicon.find("\u200b\u200b") == []
