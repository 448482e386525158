"""Numbers in running text, with what they count, as values that can be compared.

``1,234.5`` is in English what ``1.234,5`` is in German and ``1 234,5`` in French; ``3.5 million``, ``3,5 Mio.`` and
``350万`` are one number; so are ``300``, ``三百`` and ``three hundred``. Signs are left out: a hyphen looks like one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from braid.text.languages import canonical
from braid.text.numerals import HAN_NUMERALS, HAN_SCALES, arabic_values, chinese_value, number_words
from braid.text.scripts import UNSPACED, is_unspaced
from braid.text.shapes import HALF_WIDTH

_SPACED = frozenset({
    "be", "bg", "cs", "eo", "et", "fi", "fr", "hu", "lt", "lv", "nb", "nn", "pl", "ru", "sk", "sv", "uk",
})  # fmt: skip
"""Languages that write 12 000 with a plain space."""
_SCALES = {
    2: "hundred hundert cent",
    3: "thousand thousands tausend mille mil mila тыс тысяч",
    6: "million millions millionen mio millón millones milione milioni milhão milhões млн миллион миллиона миллионов",
    9: "bn milliarde milliarden mrd milliard milliards miliardo miliardi млрд миллиард миллиарда миллиардов",
    12: "billion billions billionen billón billones",
}
_UNITS = {
    "%": "% percent prozent pourcent procent", "°C": "°C ℃", "°F": "°F ℉", "times": "x × times fold mal fois 倍",
    "mm": "mm 毫米", "cm": "cm 厘米", "m": "m meter meters metre metres mètre mètres 米",
    "km": "km kilometer kilometers kilometre kilometres kilomètres 公里 千米",
    "mg": "mg 毫克", "g": "g gram grams gramm grammes 克", "kg": "kg kilogram kilograms kilogramm kilo 公斤 千克",
    "t": "ton tons tonne tonnes tonnen 吨",
    "KB": "kb kib kilobyte kilobytes", "MB": "mb mib megabyte megabytes", "GB": "gb gib gigabyte gigabytes",
    "TB": "tb tib terabyte terabytes", "bit": "bit bits", "Hz": "hz", "kHz": "khz", "MHz": "mhz", "GHz": "ghz",
    "ms": "ms millisecond milliseconds millisekunden 毫秒",
    "s": "sec second seconds sekunde sekunden seconde secondes 秒", "min": "min minute minutes minuten 分钟 分鐘",
    "h": "h hour hours stunde stunden heure heures 小时 小時", "day": "day days tag tage tagen jour jours 天",
    "week": "week weeks woche wochen semaine semaines 周 星期", "month": "month months monat monate monaten mois 月",
    "year": "year years jahr jahre jahren ans années 年",
    "USD": "$ us$ usd dollar dollars 美元", "EUR": "€ eur euro euros 欧元 歐元", "GBP": "£ gbp pound pounds pfund 英镑",
    "CNY": "¥ cny rmb yuan 元 人民币", "JPY": "jpy yen 日元",
}  # fmt: skip
"""Names of units by the one that stands for all of them."""
_SCALE_OF = {word: power for power, words in _SCALES.items() for word in words.split()}
_FEW = frozenset({Decimal(0), Decimal(1), Decimal(2)})
"""What number words often say without counting."""
_SHORT = frozenset({"mio", "mrd", "тыс", "млн", "млрд"})
"""Those that end with a full stop."""
_LETTER_SCALES = {"k": 3, "K": 3, "M": 6}
"""Glued to digits they may multiply (20k) or not (4K)."""
_UNIT_OF = {word.casefold(): unit for unit, words in _UNITS.items() for word in words.split()}
_ENDINGS = frozenset({"st", "nd", "rd", "th", "s", "er", "ers", "e", "ème", "te", "ten", "ter", "tes", "fach"})
"""What may be glued to digits that stay a number: 1st, 1980s, 1990er, 2e, 20fach."""

_GAP = "[ \u00a0\u2009\u202f]"
_DIGITS = r"\d+(?:[.,'’\u00a0\u2009\u202f]\d+)*"
_HAN_SCALE = re.compile(rf"{_GAP}?([百千万萬亿億]+)(?![分克米瓦赫])")
_HAN_UNIT = re.compile(
    f"{_GAP}?个?(" + "|".join(sorted((word for word in _UNIT_OF if is_unspaced(word[0])), key=len, reverse=True)) + ")"
)
_AFTER = re.compile(rf"(?P<gap>(?:{_GAP}|-)?)(?P<word>[^\W\d_{UNSPACED}]+|°[CF]|[%℃℉$€£¥×])")


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number in a text.

    Args:
        start: Where it begins, its currency included.
        end: The character behind it, its unit included.
        values: What it may be worth; as it is written where it is no quantity (1.2.3).
        unit: What it counts, by one name for all languages; empty when that is not known.
        is_weak: True for a word or a character that often counts nothing: one, two, 一.
    """

    start: int
    end: int
    values: frozenset[Decimal | str]
    unit: str = ""
    is_weak: bool = False


def rounds_to(precise: Decimal | str, rounded: Decimal | str) -> bool:
    """True when the second is the first with fewer digits behind the point, or with fewer millions' fractions.

    At least two digits must be left, and whole numbers are never rounded: 1987 is not 1990.
    """
    if isinstance(precise, str) or isinstance(rounded, str):
        return False
    _, digits, exponent = rounded.as_tuple()
    if len(digits) < 2 or int(exponent) <= int(precise.as_tuple().exponent):
        return False
    return precise.quantize(Decimal((0, (1,), int(exponent))), ROUND_HALF_UP) == rounded


def find_numbers(text: str, *, language: str) -> list[Number]:
    """The numbers in a text, in order.

    Digits that are glued to letters (libfoo2, x86, 3D) are part of a name and left out, unless the letters are a unit.
    """
    plain, base = text.translate(HALF_WIDTH), canonical(language)
    return [number for match in _pattern(base).finditer(plain) if (number := _read(plain, match, base))]


@cache
def _pattern(language: str) -> re.Pattern[str]:
    """Everything that may be a number."""
    digits = rf"(?:\d{{1,3}}(?: \d{{3}})+(?:,\d+)?(?!\d)|{_DIGITS})" if language in _SPACED else _DIGITS
    words = sorted(number_words(language), key=len, reverse=True)
    spelled = rf"|(?<!\w)(?P<word>{'|'.join(words)})(?!\w)" if words else ""
    return re.compile(
        rf"(?:(?P<sign>(?:US)?\$|[€£¥]){_GAP}?)?(?<!\d)[vV]?(?P<digits>{digits})"
        rf"|(?P<percent>百分之)?(?P<han>[{HAN_NUMERALS}]+)(?:点(?P<fraction>[零〇一二三四五六七八九]+)(?![十百千]))?{spelled}",
        re.IGNORECASE,
    )


def _read(plain: str, match: re.Match[str], language: str) -> Number | None:
    """The number that a match is, if it is one."""
    if match["han"]:
        return _read_han(plain, match)
    if match["digits"]:
        before = plain[match.start() - 1 : match.start()]
        if before.isalpha() and not is_unspaced(before):
            return None
        values, sign = arabic_values(match["digits"], language), (match["sign"] or "").casefold()
    else:
        values, sign = frozenset({Decimal(number_words(language)[match["word"].casefold()])}), ""
    tail = _read_tail(plain, match.end(), language)
    if tail is None:
        return None
    powers, unit, end = tail
    scaled = {value.scaleb(power) if isinstance(value, Decimal) else value for value in values for power in powers}
    unit = _UNIT_OF[sign] if sign else unit
    is_weak = not match["digits"] and scaled <= _FEW
    return Number(start=match.start(), end=end, values=frozenset(scaled), unit=unit, is_weak=is_weak)


def _read_tail(plain: str, end: int, language: str) -> tuple[tuple[int, ...], str, int] | None:
    """Powers of ten, unit and end that follow digits; None when letters follow that make a name of them."""
    power = 0
    if scale := _HAN_SCALE.match(plain, end):
        power, end = sum(HAN_SCALES[char] for char in scale[1]), scale.end()
    after = _AFTER.match(plain, end)
    while after and after["gap"] and after["word"].casefold() in _SCALE_OF:
        word = after["word"].casefold()
        power += 9 if language == "en" and word.startswith("billion") else _SCALE_OF[word]
        end = after.end() + (word in _SHORT and plain[after.end() : after.end() + 1] == ".")
        after = _AFTER.match(plain, end)
    if after is None:
        unit = _HAN_UNIT.match(plain, end)
        return (power,), _UNIT_OF[unit[1]] if unit else "", unit.end() if unit else end
    word, is_glued = after["word"], not after["gap"] and after["word"].isalpha()
    if is_glued and plain[after.end() : after.end() + 1].isdigit():
        return None
    if is_glued and word in _LETTER_SCALES:
        return (power, power + _LETTER_SCALES[word]), "", after.end()
    if is_glued and word.casefold() in _ENDINGS:
        return (power,), "", after.end()
    if unit := _UNIT_OF.get(word.casefold()):
        return (power,), unit, after.end()
    return None if is_glued else ((power,), "", end)


def _read_han(plain: str, match: re.Match[str]) -> Number | None:
    numeral, fraction = match["han"], match["fraction"]
    value = chinese_value(numeral)
    if value is None:
        return None
    if fraction and (digits := chinese_value(f"零{fraction}")) is not None:
        value += digits.scaleb(-len(fraction))
    unit, end = ("%", match.end()) if match["percent"] else ("", match.end())
    if not unit and (after := _HAN_UNIT.match(plain, end)):
        unit, end = _UNIT_OF[after[1]], after.end()
    # 一一 and 五五 are seldom numbers, 一二三 and 二〇 are
    is_weak = not fraction and (len(numeral) == 1 or (len(numeral) == 2 and set(numeral) <= set("一二三四五六七八九")))
    return Number(start=match.start(), end=end, values=frozenset({value}), unit=unit, is_weak=is_weak)
