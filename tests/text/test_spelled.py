from __future__ import annotations

from decimal import Decimal

import pytest

from braid.text.spelled import certain_values, may_be_spelled, spelled_values


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "two hundred and fifty-three thousand", 253_000),
        ("en", "Twenty-First", 21),
        ("en", "threescore and ten", 70),
        ("en", "half of a dozen", "0.5"),
        ("en", "December", 12),
        ("de", "dreihundertfünfundzwanzigtausend", 325_000),
        ("de", "einundzwanzigsten", 21),
        ("de", "hundertunddreißig", 130),
        ("de", "zwei Millionen", 2_000_000),
        ("fr", "quatre-vingt-dix-huit", 98),
        ("fr", "soixante et onze", 71),
        ("fr", "mille neuf cent", 1900),
        ("fr", "vingt et unième", 21),
        ("es", "treinta y cinco mil", 35_000),
        ("zh", "一千零一夜", 1001),
        ("zh", "两万五", 25_000),
        ("zh", "三点一四", "3.14"),
        ("zh", "半小时", 30),
        ("zh", "八折", 20),
        ("fr", "Louis XIV", 14),
    ],
)
def test_values(language, text, value):
    assert Decimal(value) in spelled_values(text, (language,))


def test_a_comma_parts_numbers():
    values = spelled_values("thirty, five", ("en",))
    assert {Decimal(30), Decimal(5)} <= values
    assert Decimal(35) not in values


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        ("en", "thirty-five of two hundred and six", {35, 206}),
        ("en", "one or two, a hundred, a second", set()),
        ("en", "twenty twenty", set()),
        ("de", "fünfunddreißig", {35}),
        ("zh", "三十五本", {35}),
        ("zh", "十几个，好几十，三三两两，千万，第三十，二十多", set()),
    ],
)
def test_certain_values(language, text, values):
    assert certain_values(text, (language,)) == values


def test_may_be_spelled_never_misses_a_number_word():
    for language in ("en", "de", "fr", "es"):
        for text in ("Seventeen fifty hundred", "siebzehn fünfzig", "vingt mille", "quince mil"):
            if any(value >= 13 for value in certain_values(text, (language,))):
                assert may_be_spelled(text, (language,))
    assert not may_be_spelled("a cat on a mat", ("en", "de", "fr", "es"))
