from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.text.numerals import arabic_values, chinese_value, has_digit, number_words


@pytest.mark.parametrize(
    ("written", "language", "values"),
    [
        ("1,234.5", "en", {"1234.5"}),
        ("1.234,5", "de", {"1234.5"}),
        ("1 234,5", "fr", {"1234.5"}),
        ("1,234", "en", {"1234"}),
        ("1,234", "de", {"1.234"}),
        ("1.234", "en", {"1.234"}),
        ("1.234", "de", {"1234", "1.234"}),
        ("1,234,567", "zh", {"1234567"}),
        ("0,5", "de", {"0.5"}),
        ("0.123", "de", {"0.123"}),
        ("3.5", "de", {"3.5"}),
        ("007", "en", {"7"}),
        ("12'345", "de", {"12345"}),
    ],
)
def test_digits(written, language, values):
    assert arabic_values(written, language) == {Decimal(value) for value in values}


@pytest.mark.parametrize("written", ["1.2.3", "192.168.0.1", "1,2,3", "9" * 21])
def test_what_is_no_quantity_stays_as_written(written):
    assert arabic_values(written, "en") == {written}


def spelled(number: int) -> str:
    """The usual Chinese numeral, made from the front by the rules of a primer."""
    if number == 0:
        return "零"
    text, zero = "", False
    for power, sign in ((8, "亿"), (4, "万"), (0, "")):
        part, number = divmod(number, 10**power)
        if not part:
            zero = bool(text)
            continue
        if text and part < 1000:
            zero = True
        for place, unit in ((3, "千"), (2, "百"), (1, "十"), (0, "")):
            digit, part = divmod(part, 10**place)
            if digit:
                text += ("零" if zero and text else "") + "零一二三四五六七八九"[digit] + unit
                zero = False
            elif text and part:
                zero = True
        text += sign
        zero = False
    return text


@settings(deadline=None)
@given(st.integers(0, 10**12 - 1))
def test_chinese_numerals(number):
    assert chinese_value(spelled(number)) == number


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("十五", 15), ("两千", 2000), ("二〇一九", 2019), ("一万二", 12000), ("一百二", 120), ("一百零二", 102),
        ("三亿五千万", 350_000_000), ("壹佰", 100), ("二十万亿", 20 * 10**12), ("萬", None), ("百", None),
        ("万一", None), ("千万", None), ("三四百", None), ("十三五", None), ("一五一十", None), ("", None),
        ("一" * 50, None),
    ],
)  # fmt: skip
def test_numerals_as_people_write_them(numeral, value):
    assert chinese_value(numeral) == value


def test_words():
    assert number_words("en")["forty-two"] == 42
    assert number_words("de")["einundzwanzig"] == 21
    assert number_words("de")["zweiundneunzig"] == 92
    assert number_words("fr")["seize"] == 16
    assert number_words("xx") == {}
    assert "twenty-zero" not in number_words("en")


def test_digits_of_every_script_are_seen():
    for code in range(0x110000):
        assert has_digit(f"ä{chr(code)}中") == chr(code).isdecimal()
