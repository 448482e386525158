"""What a written number is worth: digits with separators, Chinese numerals, number words."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import cache

_POINT = frozenset({
    "bn", "cy", "en", "ga", "he", "hi", "ja", "km", "ko", "ms", "my", "ne", "sw", "ta", "te", "th", "ur",
    "yue", "zh",
})  # fmt: skip
"""Languages that write 3.5 and 12,000; the others write 3,5 and 12.000."""
_MAX_DIGITS = 20
"""Longer ones are no quantities but codes, compared as they are written."""
_GROUPS = re.compile(r"[1-9]\d{0,2}(?:(\D)\d{3})(?:\1\d{3})*")
"""Digits with one separator at each thousand."""
_NO_DIGIT = re.compile(r"\D")
OTHER_DIGITS = "\u0660-\u1fff\ua620-\uabff\uff10-\uff19\U000104a0-\U0001fbff"
"""Where digits of other scripts than Latin are, among letters of some; for a set in a regular expression."""
_MAY_BE_DIGIT = re.compile(f"[0-9{OTHER_DIGITS}]")
"""A set is searched far faster than ``\\d``."""
_DIGIT = re.compile(r"\d")

ETHIOPIC = "\u1369-\u137c"
"""Ethiopic numerals, for a set in a regular expression."""
_LONGEST_ETHIOPIC = 20
HAN_NUMERALS = "零〇一二三四五六七八九十百千万亿两兩萬億壹贰叁肆伍陆柒捌玖拾佰仟"
_PLAIN_HAN = str.maketrans("〇两兩萬億壹贰叁肆伍陆柒捌玖拾佰仟", "零二二万亿一二三四五六七八九十百千")
_HAN_DIGITS = "零一二三四五六七八九"
_HAN_POWERS = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8}
HAN_SCALES = {"百": 2, "千": 3, "万": 4, "萬": 4, "亿": 8, "億": 8}
"""Powers of ten that may follow digits."""
_HAN_SECTION = re.compile("零?(?:D千)?零?(?:D百)?零?(?:D?十)?零?D?".replace("D", "[一二三四五六七八九]"))

_WORDS = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
    "siebzehn achtzehn neunzehn",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince",
}
_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "fr": "vingt trente quarante cinquante soixante",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
}


def has_digit(text: str) -> bool:
    """True when a digit of any script stands in the text; cheap."""
    return bool(_MAY_BE_DIGIT.search(text) and _DIGIT.search(text))


def arabic_values(written: str, language: str) -> frozenset[Decimal | str]:
    """What digits with separators may be worth, in a language by its base code; more than one when that is unclear.

    What is no quantity, as ``1.2.3``, stays as it is written.

    Example:
        >>> arabic_values("1.234,5", "de"), arabic_values("1,234", "en")
        (frozenset({Decimal('1234.5')}), frozenset({Decimal('1234')}))
    """
    separators = _NO_DIGIT.findall(written)
    if len(written) > _MAX_DIGITS:
        return frozenset({written})
    if not separators:
        return frozenset({Decimal(written)})
    whole, mark, fraction = written.rpartition(separators[-1])
    number, decimal = Decimal(_NO_DIGIT.sub("", written)), Decimal(f"{_NO_DIGIT.sub('', whole)}.{fraction}")
    if _GROUPS.fullmatch(written):
        if separators == ["." if language in _POINT else ","]:
            return frozenset({decimal})
        # 1.234 is 1234 in German, but it may be a version or quote an English text
        return frozenset({number, decimal} if separators == ["."] else {number})
    is_fraction = mark in ".," and (len(separators) == 1 or (mark not in whole and bool(_GROUPS.fullmatch(whole))))
    return frozenset({decimal if is_fraction else written})


def ethiopic_value(numeral: str) -> int:
    """What an Ethiopic numeral is worth, of which only as many signs are read as a number has that one means.

    Ones and tens have signs of their own; ፻ and ፼ multiply what stands before them by a hundred and by ten thousand.

    Example:
        >>> [ethiopic_value(numeral) for numeral in ("፲፪", "፻", "፲፱፻፺፱", "፪፼")]
        [12, 100, 1999, 20000]
    """
    total = hundreds = rest = 0
    for char in numeral[:_LONGEST_ETHIOPIC]:
        value = int(unicodedata.numeric(char))
        if value < 100:
            rest += value
        elif value == 100:
            hundreds, rest = hundreds + (rest or 1) * 100, 0
        else:
            total, hundreds, rest = (total + hundreds + rest or 1) * value, 0, 0
    return total + hundreds + rest


def chinese_value(numeral: str) -> Decimal | None:
    """What a Chinese numeral is worth; None for what is none, as 万一, 百 or 三四百.

    Example:
        >>> [str(chinese_value(numeral)) for numeral in ("三百六十五", "二〇一九", "一万二", "万一")]
        ['365', '2019', '12000', 'None']
    """
    plain = numeral.translate(_PLAIN_HAN)
    if not plain or len(plain) > 2 * _MAX_DIGITS:
        return None
    if all(char in _HAN_DIGITS for char in plain):
        return Decimal("".join(str(_HAN_DIGITS.index(char)) for char in plain))
    value = _han_quantity(plain)
    return None if value is None else Decimal(value)


def _han_quantity(plain: str) -> int | None:
    """The value of digits and powers that stand in their proper order."""
    for char in "亿万":
        before, found, after = plain.rpartition(char)
        if found:
            left, right = _han_quantity(before), _han_quantity(after)
            if not left or right is None:
                return None
            return left * 10 ** _HAN_POWERS[char] + right * (_unsaid(char + after) if len(after) == 1 else 1)
    if not _HAN_SECTION.fullmatch(plain):
        return None
    total = digit = 0
    for char in plain:
        if char in _HAN_POWERS:
            total, digit = total + (digit or 1) * 10 ** _HAN_POWERS[char], 0
        else:
            digit = _HAN_DIGITS.index(char)
    return total + digit * _unsaid(plain)


def _unsaid(plain: str) -> int:
    """What to multiply the last digit with: 一百二 is 120, as nothing stands between, and 一百零二 is 102."""
    return 10 ** (_HAN_POWERS.get(plain[-2], 1) - 1) if len(plain) > 1 else 1


@cache
def number_words(language: str) -> dict[str, int]:
    """The numbers below a hundred that a language by its base code writes in a word, and what they are worth."""
    words = {word: value for value, word in enumerate(_WORDS.get(language, "").split())}
    for place, tens in enumerate(_TENS.get(language, "").split(), start=2):
        words[tens] = 10 * place
        for one, value in [*words.items()][1:10]:
            if language == "en":
                words[f"{tens}-{one}"] = 10 * place + value
            elif language == "de":
                words[f"{one.removesuffix('s') if value == 1 else one}und{tens}"] = 10 * place + value
    return words
