import string
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.retrieval.terms import MAX_WORD, grams, is_character, terms


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Größe: 3 m", ["grosse", "3", "m"]),
        ("snake_case, don't!", ["snake", "case", "don", "t"]),
        ("Ｆｕｌｌ ﬁne ②", ["full", "fine", "2"]),
        ("أَكَلَ", ["اكل"]),
        ("٣٤ ३४", ["34", "34"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("三国 III", ["三", "国", "三国", "iii"]),
        ("第3章。", ["第", "3", "章"]),
        ("한국어", ["한", "국", "어", "한국", "국어"]),
        ("ガ", ["ガ"]),
        ("😀 \n", []),
        ("", []),
    ],
)
def test_terms(text, found):
    assert terms(text) == found


@settings(deadline=None)
@given(st.text())
def test_case_accents_and_the_way_of_writing_them_do_not_matter(text):
    assert terms(unicodedata.normalize("NFD", text)) == terms(unicodedata.normalize("NFC", text))


@settings(deadline=None)
@given(st.text(st.sampled_from(string.printable)))
def test_ascii_is_read_as_all_else_is(text):
    assert terms(text) == terms(f"{text} é")[:-1]
    assert terms(text.upper()) == terms(text)


@settings(deadline=None)
@given(st.text(st.characters()))
def test_terms_hold_no_space_and_are_short(text):
    for term in terms(text):
        assert 0 < len(term) <= MAX_WORD
        assert not any(map(str.isspace, term))
        assert terms(term)[-1:] == [term]


@pytest.mark.parametrize("text", ["a" * 10**6, "中" * 10**6, "e" + "\u0301" * 10**6, "\ud800" * 10**6, "\0" * 10**6])
def test_hostile_texts_take_linear_time(text):
    begun = time.process_time()
    terms(text)
    assert time.process_time() - begun < 10


def test_grams():
    assert grams("abcd") == ["^abc", "abcd", "bcd$"]
    assert [grams(word) for word in ("abc", "a1bcd", "中国中国")] == [[], [], []]


@pytest.mark.parametrize(("term", "is_one"), [("中", True), ("한", True), ("中国", False), ("a", False)])
def test_characters(term, is_one):
    assert is_character(term) is is_one


def test_zero_width_spaces_make_no_difference():
    assert terms("បុរស\u200bនោះ\u200bមើលឃើញ") == terms("បុរសនោះមើលឃើញ")
    assert terms("本を\u200b読む") == terms("本を読む")
