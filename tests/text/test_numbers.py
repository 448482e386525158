import itertools
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.text.numbers import find_numbers, rounds_to


def found(text: str, language: str) -> list[tuple]:
    return [
        (text[number.start : number.end], *sorted(map(str, map(float, number.values))), number.unit)
        for number in find_numbers(text, language=language)
        if not number.is_weak
    ]


@pytest.mark.parametrize(
    ("language", "text", "numbers"),
    [
        ("en", "It costs $5 million.", [("$5 million", "5000000.0", "USD")]),
        ("en", "about 3 million dollars", [("3 million dollars", "3000000.0", "USD")]),
        ("en", "5GB and 64-bit, 3rd, 1980s",
         [("5GB", "5.0", "GB"), ("64-bit", "64.0", "bit"), ("3rd", "3.0", ""), ("1980s", "1980.0", "")]),
        ("en", "in 2020-01-05", [("2020", "2020.0", ""), ("01", "1.0", ""), ("05", "5.0", "")]),
        ("en", "twenty-five percent of three hundred",
         [("twenty-five percent", "25.0", "%"), ("three hundred", "300.0", "")]),
        ("en", "v2.5 has 20k users", [("v2.5", "2.5", ""), ("20k", "20.0", "20000.0", "")]),
        ("en", "2 billion", [("2 billion", "2000000000.0", "")]),
        ("de", "2 Billionen", [("2 Billionen", "2000000000000.0", "")]),
        ("de", "3,5 Mio. Euro für 12 Tage", [("3,5 Mio. Euro", "3500000.0", "EUR"), ("12 Tage", "12.0", "day")]),
        ("fr", "12 500 personnes, 3,5 %", [("12 500", "12500.0", ""), ("3,5 %", "3.5", "%")]),
        ("zh", "共三百人、3.5万元、１２％",
         [("三百", "300.0", ""), ("3.5万元", "35000.0", "CNY"), ("１２％", "12.0", "%")]),
        ("zh", "百分之三十，三点五，3 个小时",
         [("百分之三十", "30.0", "%"), ("三点五", "3.5", ""), ("3 个小时", "3.0", "h")]),
        ("zh", "二〇一九年用5GB内存", [("二〇一九年", "2019.0", "year"), ("5GB", "5.0", "GB")]),
        ("ar", "٣٠٠ كتاب", [("٣٠٠", "300.0", "")]),
    ],
)  # fmt: skip
def test_numbers(language, text, numbers):
    assert found(text, language) == numbers


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "libfoo2 x86 3D H2O 175B a1b2"),
        ("zh", "第一、万一、千万不要、三亚、一一对应、十分"),
        ("en", "one or two"),
        ("en", "😀"),
    ],
)
def test_no_numbers(language, text):
    assert found(text, language) == []


def test_a_weak_number_is_found_and_said_to_be_weak():
    (number,) = find_numbers("三个", language="zh")
    assert number.is_weak
    assert number.values == {3}


@pytest.mark.parametrize(
    ("precise", "rounded", "is_rounded"),
    [
        ("97.34", "97.3", True), ("97.34", "97", True), ("97.35", "97.4", True), ("97.34", "97.4", False),
        ("3482113", "3.5E+6", True), ("1987", "1990", False), ("2.9", "3", False), ("97.3", "97.34", False),
    ],
)  # fmt: skip
def test_rounding(precise, rounded, is_rounded):
    assert rounds_to(Decimal(precise), Decimal(rounded)) is is_rounded


@settings(deadline=None)
@given(
    st.text(alphabet=st.characters() | st.sampled_from("0123456789.,'千万亿百零三 %$kv-点")),
    st.sampled_from(["en", "de", "fr", "zh"]),
)
def test_any_text_is_read(text, language):
    numbers = find_numbers(text, language=language)
    assert all(number.start < number.end <= len(text) and number.values for number in numbers)
    assert all(one.start < other.start for one, other in itertools.pairwise(numbers))


@pytest.mark.parametrize("text", ["1", "1,", "一", "一千", "$", "12 345 ", "v1.", "百分之"])
def test_linear_time(text):
    begun = time.process_time()
    find_numbers(text * (100_000 // len(text)), language="fr")
    assert time.process_time() - begun < 20
