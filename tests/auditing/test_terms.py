import time

import pytest

from braid.auditing.term_lists import LISTS
from braid.auditing.terms import term_counts


def test_english():
    texts = ["The nurse said she was tired.", "She called the nurse.", "He is a man.", "Hers, his, shed, help."]
    found = term_counts(texts * 3, "en-GB")
    assert found["gender"]["pronouns"]["female"] == 9
    assert found["gender"]["pronouns"]["male"] == 6
    assert found["gender"]["pronouns"]["low"] < 60 < found["gender"]["pronouns"]["high"]
    assert found["occupations"]["nurse"]["share"] == 100


def test_chinese_words_inside_others_do_not_count():
    found = term_counts(["他和她在一起", "其他的他们", "吉他", "护士说她累了"] * 5, "zh")
    assert found["gender"]["pronouns"] | {"low": 0, "high": 0, "share": 0} == {
        "female": 10, "male": 10, "share": 0, "low": 0, "high": 0
    }  # fmt: skip
    assert found["occupations"]["护士"]["female"] == 5


def test_german_pairs_of_occupations_and_no_pronouns():
    found = term_counts(["Die Ärztin und der Arzt. Sie ist da.", "Zwei Ärzte."], "de")
    assert found["gender"] == {"occupations": {"female": 1, "male": 2, "share": 33.3, "low": 6.1, "high": 79.2}}


def test_french_impersonal_il_is_left_out():
    found = term_counts(["Il y a un chat.", "Il dort et elle mange."], "fr")
    assert (found["gender"]["pronouns"]["female"], found["gender"]["pronouns"]["male"]) == (1, 1)


def test_groups_are_counted_without_a_share():
    found = term_counts(["Two Muslims and one Buddhist, all old people."], "en")
    assert found["groups"] == {"religion": {"muslims": 1, "buddhist": 1}, "age": {"old people": 1}}


def test_no_lists_and_no_texts():
    assert term_counts(["x"], "fi") is None
    assert term_counts([], "es")["gender"] == {}


@pytest.mark.parametrize("code", LISTS)
def test_lists_are_lower_case_and_no_word_is_both(code):
    for female, male in LISTS[code].gender.values():
        assert not set(female.split()) & set(male.split())
        assert female + male == (female + male).lower()


@pytest.mark.parametrize("text", ["he " * 300_000, "x" * 1_000_000, "她" * 1_000_000, "he doctor " * 100_000])
def test_long_texts(text):
    for code in ("en", "zh"):
        begun = time.monotonic()
        term_counts([text[:1_000_000]], code)
        assert time.monotonic() - begun < 4
