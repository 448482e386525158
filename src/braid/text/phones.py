"""Telephone numbers in running text: international ones, and those of China, the US, Germany, France and the UK.

A number counts when its form alone says so, or when its form is possible and a word in front of it (Tel., 电话) says
the rest. Numbers that no person can have stay out: those that are free of charge or dear to call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# A number never begins or ends within a longer one, a name, an amount, a code or a date.
_NOT_WITHIN = r"(?<![0-9A-Za-z_$€£¥#=&?@%])(?<![0-9][-./:+~])(?<![A-Za-z][-+~])"
BEGIN = rf"{_NOT_WITHIN}(?:(?<![A-Za-z][./])(?<![iI][dD]:)|(?<=[Tt][eé]l\.))"
"""For a regular expression: no part of a longer number or a name stands before; a label with a colon may."""
END = r"(?![0-9A-Za-z_%@])(?![-.:+~][0-9A-Za-z]|/[0-9])"
"""The same for what stands behind."""
_CN_MOBILE = r"1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])"
_CN_AREA = r"0(?:10|2[0-57-9]|[3-9]\d\d)"
_STRONG = (
    r"\+(?:\(\d{1,3}\)|\d{1,3})(?:[ ()./-]{0,3}\d){6,13}",
    r"00[1-9]\d{0,2}[ /](?:[ ()./-]?\d){7,12}",
    rf"(?:86[ -]?)?{_CN_MOBILE}([ -])\d{{4}}\1\d{{4}}",
    rf"(?:\({_CN_AREA}\) ?|{_CN_AREA}-)\d{{7,8}}(?:-\d{{1,5}})?",
    r"(?:1[ .-])?(?:\([2-9][0-8]\d\) ?|[2-9][0-8]\d[.-])[2-9]\d\d[ .-]\d{4}",
    r"\(?01(?:5\d{1,2}|6[023]|7\d)\)? ?[ /-] ?\d{3}(?: ?\d){4,5}",
    r"0[2-9]\d{1,4} ?/ ?\d{2,8}(?:[ -]\d{1,5}){0,4}",
    r"\(0[1-9]\d{1,4}\)(?=(?:[ /-]?\d){6})(?! ?(?:19|20)\d\d[ /-](?:19|20)\d\d) ?\d{2,8}(?:[ /-]\d{1,5}){0,4}",
    r"0[1-79]([ .])\d\d(?:\1\d\d){3}",
    r"(?:07\d{3} \d{6}|\(?020\)? [378]\d{3} \d{4}|\(01\d{3}\) ?\d{6}|\(01\d{2}1\) ?\d{3} ?\d{4})",
)
"""Forms that are enough by themselves."""
_PLAIN_CHINESE = rf"{_CN_MOBILE}\d{{8}}"
"""Enough among Chinese characters; in other texts it may count anything."""
_POSSIBLE = r"\(?\d(?:[ ()./-]{0,3}\d){6,14}"
_FORMS = tuple(
    re.compile(f"{_NOT_WITHIN if form is _STRONG[0] else BEGIN}{form}{END}")
    for form in (*_STRONG, _PLAIN_CHINESE, _POSSIBLE)
)
_ANNOUNCED = re.compile(
    r"(?:(?<![a-z])(?:tel|telephone|phone|phone number|mobile|cell|cell phone|fax|whatsapp|wechat|"
    r"call (?:me|us|her|him)|telefon|telefonnummer|fon|mobil|handy|handynummer|telefax|rufnummer|tél|téléphone|"
    r"portable|télécopie|teléfono|móvil)"
    r"|电话|電話|手机|手機|传真|傳真|号码|號碼|联系方式|致电|拨打|微信|座机|☎|📞)"
    r"(?:[\s:.()]|是|为|：|号|no\.|nr\.?|n°|number|at|on){0,8}"
    r"(?:\(?\d[\d ()-]{5,14}(?:[,，、;；/]|或者?|和|or|und|ou)\s?){0,3}\Z",
    re.IGNORECASE,
)
HAN = re.compile("[\u4e00-\u9fff]")
_NO_DIGIT = re.compile(r"\D+")
_DATE = re.compile(r"(?:19|20)\d\d[-./ ]?(?:0?[1-9]|1[0-2])[-./ ]?(?:0?[1-9]|[12]\d|3[01])(?:\D|\d{4,6}\Z|\Z)")
_COUNTRIES = re.compile(
    "1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|2(?:1[1-368]|[2-6]\\d|9[0189])|3(?:5\\d|7\\d|8[0-9])"
    "|42[0-3]|50\\d|59\\d|67\\d|68\\d|69[0-2]|8[58]\\d|9(?:6\\d|7[0-79]|9[2-68])"
)
"""Codes that ITU-T E.164 gives to countries; those of services are left out."""
_NATIONAL = {
    "1": re.compile(r"[2-9][0-8]\d[2-9]\d{6}"),
    "7": re.compile(r"[3-9]\d{9}"),
    "33": re.compile(r"0?[1-79]\d{8}"),
    "44": re.compile(r"0?[127]\d{8,9}"),
    "49": re.compile(r"0?(?:[2-79]|1[567])\d{5,11}"),
    "86": re.compile(rf"{_CN_MOBILE}\d{{8}}|0?(?:10|2\d|[3-9]\d\d)\d{{7,8}}(?:\d{{1,4}})?"),
}
"""What follows some of them."""
_SERVICES = re.compile(r"1?(?:8(?:00|33|44|55|66|77|88)|900)\d{7}|[48]00\d{7}|0(?:[389]00|808|180|137)\d+")
"""National numbers of firms: free, dear, or one for a whole country."""
_FICTITIOUS = re.compile(
    r"[2-9]\d\d555\d{4}"
    r"|(?:7700900|2079460|1632960|1(?:1[3-8]|[2-6]1)4960)\d{3}"
    r"|(?:3023125|6990009|4066969|2214710|8999998)\d{3}|(?:17139200|176040690)\d\d"
    r"|(?:19900|26191|35301|46571|53649|63998)\d{4}"
    r"|49157(?:0006|0156|0157|0158|0159|0110|0313|0737|1266|1491|1804)"
)
"""National numbers that nobody gets: of North America (NANPA), the United Kingdom (Ofcom), Germany
(Bundesnetzagentur), France (Arcep) and Australia (ACMA), kept for films, books and documentation."""
_RUNS = "12345678901234567890", "98765432109876543210"
_NOBODY = re.compile(r"(.)\1{6,}|\d*0{7}")


def phones(text: str, begin: int, end: int, *, is_chinese: bool) -> Iterator[tuple[int, int]]:
    """Begin and end of each telephone number in a part of a text; no two overlap in one form.

    Args:
        text: In ASCII digits and punctuation.
        begin: Where the digits begin, with the sign or bracket before them.
        end: Where they end.
        is_chinese: Whether Chinese characters stand somewhere in the text.
    """
    for form in _FORMS:
        for match in form.finditer(text, begin, end):
            if _is_phone(text, match, form, is_chinese):
                yield match.span()


def is_invented(written: str) -> bool:
    """True for numbers that nobody has: +1 234 567 890, 555-555-5555, and those kept for films: 07700 900123.

    The whole number counts without codes of countries and a zero before it: a real one may well end in 12345678.
    """
    digits = whole = _NO_DIGIT.sub("", written)
    if written.startswith(("+", "00")):
        digits = digits.removeprefix("00")
        country = _COUNTRIES.match(digits)
        digits = digits[country.end() :] if country else digits
    own = digits.removeprefix("0")
    own_or_us = own[1:] if own.startswith("1") and len(own) == len("12125550100") else own
    return (
        any(run.startswith((whole, digits, own)) for run in _RUNS)
        or bool(_NOBODY.fullmatch(own))
        or bool(_FICTITIOUS.fullmatch(own_or_us))
    )


def _is_phone(text: str, match: re.Match[str], form: re.Pattern[str], is_chinese: bool) -> bool:
    written, digits = match[0], _NO_DIGIT.sub("", match[0])
    if written.startswith("+") or form is _FORMS[1]:
        return _is_international(digits.removeprefix("00"))
    if _SERVICES.fullmatch(digits) or _DATE.match(written):
        return False
    if form is _FORMS[-1]:
        return len(digits) <= 13 and _is_announced(text, match.start())
    return form is not _FORMS[-2] or is_chinese or _is_announced(text, match.start())


def _is_announced(text: str, begin: int) -> bool:
    return bool(_ANNOUNCED.search(text, max(0, begin - 75), begin))


def _is_international(digits: str) -> bool:
    """True when the country exists and, where its numbers are known here, the rest is one of them."""
    country = _COUNTRIES.match(digits)
    if country is None or not 8 <= len(digits) <= 16:
        return False
    code, rest = country[0], digits[country.end() :]
    if _SERVICES.fullmatch(rest) or _SERVICES.fullmatch(f"0{rest}"):
        return False
    return code not in _NATIONAL or bool(_NATIONAL[code].fullmatch(rest))
