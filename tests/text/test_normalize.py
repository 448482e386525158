import random
import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.text.normalize import display_width, normalize, normalize_lines, without_breaks

ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=()))
# Marks that combine, reorder or come apart, what stands between them and goes, and every kind of space.
AWKWARD = st.text(
    alphabet="ae\u0301\u0323\u0344\u0958\u1100\u1161\u11a8\uac00\u212b\u2126\uf900\ufb2c\U0002f81a"
    "\u200b\u00ad\ufeff\u2060\u200c\u200d\u0000\u001c\u0085\u009f\ud800\udc00 \t\n\u00a0\u2000\u2028\u3000"
)
# What zero-width spaces stand between, with marks that are put in order and syllables that are put together.
BROKEN = st.text(
    alphabet="\u200b\u200b\u00ad \naកុ៍ទ២กุ่\u0301\u0323かカ\u3099漢ཀ་\u0f72ငံ\u1025\u102e\u0958\u1100\u1161\u11a8"
)


@given(ANY_TEXT | AWKWARD | BROKEN)
def test_normalizing_twice_changes_nothing(text):
    once = normalize(text)
    assert normalize(once) == once
    once.encode("utf-8")


def test_spaces_and_controls():
    assert normalize(" a\t\r\n b\u00a0c\u200b\ufeff\x07 ") == "a b c"


def test_what_is_removed_does_not_keep_a_letter_from_its_accent():
    assert normalize("e\u200b\u0301") == "é"


def test_full_width_and_joiners_stay():
    assert normalize("你好，世界！") == "你好，世界！"
    assert normalize("👩\u200d💻") == "👩\u200d💻"


def test_composed():
    assert normalize("e\u0301") == "é"


def test_lone_surrogate():
    assert normalize("a\ud800b") == "a\ufffdb"


def test_joiners_of_persian_and_hindi_stay():
    assert normalize("می\u200cخواهم") == "می\u200cخواهم"
    assert normalize("क्\u200dष") == "क्\u200dष"


@pytest.mark.parametrize(("text", "width"), [("", 0), ("ab", 2), ("é", 1), ("你a", 3), ("，", 2), ("ｶ", 1), ("한", 2)])
def test_display_width(text, width):
    assert display_width(text) == width


def test_endless_marks_on_one_letter_take_no_time_and_real_ones_stay():
    begun = time.monotonic()
    zalgo = normalize("Z" + "\u0301\u0323" * 50_000 + "algo")
    assert time.monotonic() - begun < 2
    assert len(zalgo) < 60
    assert normalize(zalgo) == zalgo
    vedic = "क्ष\u0952\u0951" * 500
    assert normalize(vedic) == vedic


@pytest.mark.parametrize(
    "text",
    [
        "បុរស\u200bនោះ\u200bមើលឃើញ", "ผู้ชาย\u200bเห็น\u200bน้ำ", "ຜູ້ຊາຍ\u200bເຫັນ", "လူ\u200bသည်\u200bရေ", "ང་\u200bའགྲོ",
        "ឆ្នាំ\u200b២០២០", "ប្រើ\u200bWindows\u200bបាន", "本を\u200b読む", "すもも\u200bもも",
    ],
)  # fmt: skip
def test_zero_width_spaces_stay_where_words_have_no_others(text):
    assert normalize(text) == text
    assert normalize_lines(f"{text}\n{text}") == f"{text}\n{text}"
    doubled = text.replace("\u200b", "\u200b\u00ad\u200b")
    assert normalize(f"\u200b{doubled}\u200b \u200b") == text
    assert display_width(text) == display_width(without_breaks(text))


@pytest.mark.parametrize("text", ["a\u200bb", "你\u200b好", "한\u200b국", "ក\u200b។", "ក\u200b ខ", "ก\u200b\u0e38"])
def test_zero_width_spaces_go_elsewhere(text):
    assert normalize(text) == text.replace("\u200b", "")


@given(st.lists(AWKWARD, min_size=1, max_size=4), st.integers(100, 400))
def test_long_texts_too_are_normalized_once(parts, times):
    once = normalize("".join(part * times for part in parts))
    assert normalize(once) == once


@given(st.text(st.sampled_from("ab \t\n\u00a0\u3000\u200b\u00ad\u0301e\ud800\x07\u2028é"), max_size=8))
def test_what_is_normal_already_is_told_at_once(text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("braid.text.normalize._ODD", re.compile(""))  # everything goes the long way
        expected = normalize(text)
    assert normalize(text) == expected


def plainly(text):
    """What `normalize` does, step by step."""
    text = re.sub("[\ud800-\udfff]", "\ufffd", text)
    text = re.sub("[\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u200b\u2060\ufeff]", "", text)
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


@given(ANY_TEXT | AWKWARD)
def test_short_cuts_change_nothing(text):
    assert normalize(text) == plainly(text)
    assert normalize(f"{text}x" * 400) == plainly(f"{text}x" * 400)


@given(ANY_TEXT | st.text(alphabet="aä一。，　（〇가ｱＡ\u303f\u115f\u3099\U00020000\U00040000\U0001f600"))
def test_width_as_it_is_counted_one_by_one(text):
    wide = [char for char in text if char > "\u10ff" and unicodedata.east_asian_width(char) in "WF"]
    assert display_width(text) == len(text) + len(wide) - text.count("\u200b")


def test_width_of_every_character():
    for code in range(0x110000):
        wide = code > 0x10FF and unicodedata.east_asian_width(chr(code)) in "WF"
        assert display_width(chr(code)) == (1 + wide if code != 0x200B else 0)


def test_every_mark_that_may_be_too_many():
    marks = [chr(code) for code in range(0x110000) if unicodedata.combining(chr(code))]
    assert all(len(normalize("x" * 1000 + 40 * mark)) <= 1030 for mark in random.Random(1).sample(marks, 60))
