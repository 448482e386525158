"""Whether a number of an official kind can be a real one: its length, its issuer, its date and its check digits."""

from __future__ import annotations

from datetime import date

_IBAN_LENGTHS = {
    15: "NO", 16: "BE", 18: "DK FI FK FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HU LB NI PL SV", 29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
}  # fmt: skip
"""Countries of the IBAN registry by the length of their numbers."""
IBAN_LENGTHS = {country: length for length, countries in _IBAN_LENGTHS.items() for country in countries.split()}
_ISSUERS = (
    (4, 4, {13, 16, 19}),  # Visa
    (51, 55, {16}), (2221, 2720, {16}),  # Mastercard
    (34, 34, {15}), (37, 37, {15}),  # American Express
    (6011, 6011, {16, 19}), (644, 659, {16, 19}),  # Discover
    (3528, 3589, {16, 19}),  # JCB
    (300, 305, {14}), (36, 36, {14}), (38, 39, {14, 16}),  # Diners Club
    (62, 62, {16, 17, 18, 19}), (81, 81, {16}),  # UnionPay
    (2200, 2204, {16}),  # Mir
    (5018, 5018, {16}), (5020, 5020, {16}), (5038, 5038, {16}), (6304, 6304, {16}), (6759, 6763, {16}),  # Maestro
)  # fmt: skip
"""First and last of a range of leading digits, and the lengths of its card numbers (ISO/IEC 7812)."""
_PROVINCES = frozenset({
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44",
    "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83",
})  # fmt: skip
_CHINESE_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CORSICA = {"2A": "19", "2B": "18"}


def is_payment_card(digits: str) -> bool:
    """True when the Luhn sum, the issuer's range and the length fit."""
    if not _has_issuer(digits):
        return False
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (doubled + sum(map(int, digits[::-2]))) % 10 == 0


def _has_issuer(digits: str) -> bool:
    """True when a range of leading digits has cards of this length."""
    return any(
        low <= int(digits[: len(str(low))]) <= high and len(digits) in lengths for low, high, lengths in _ISSUERS
    )


def is_iban(code: str) -> bool:
    """True when the country's length and ISO 7064's MOD 97-10 fit; the code comes without spaces, in capitals."""
    if IBAN_LENGTHS.get(code[:2]) != len(code):
        return False
    return int("".join(str(int(char, 36)) for char in code[4:] + code[:4])) % 97 == 1


def is_chinese_id(code: str) -> bool:
    """True for a resident's number after GB 11643: province, date of birth and check character fit."""
    if code[:2] not in _PROVINCES or not _is_past(int(code[6:10]), int(code[10:12]), int(code[12:14])):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_CHINESE_WEIGHTS, code, strict=False))
    return "10X98765432"[total % 11] == code[17].upper()


def _is_past(year: int, month: int, day: int) -> bool:
    try:
        return date(1850, 1, 1) < date(year, month, day) <= date.today()
    except ValueError:
        return False


def is_us_ssn(digits: str) -> bool:
    """True when area, group and serial number are ones that are given out; there is no check digit."""
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def is_french_nir(code: str) -> bool:
    """True when the month and the key fit of a French number of social security, 15 characters with its key."""
    body = code[:5] + _CORSICA.get(code[5:7].upper(), code[5:7]) + code[7:13]
    if not body.isdigit() or not 1 <= int(code[3:5]) <= 12 or code[5:7] == "00":
        return False
    return 97 - int(body) % 97 == int(code[13:])


def is_german_tax_id(digits: str) -> bool:
    """True when ISO 7064's MOD 11,10 fits and one of the first ten digits, and only one, stands there again."""
    counts = sorted(digits[:10].count(digit) for digit in set(digits[:10]))
    if digits[0] == "0" or counts[-1] not in (2, 3) or counts[-2] != 1:
        return False
    product = 10
    for digit in digits[:10]:
        product = 2 * ((int(digit) + product) % 10 or 10) % 11
    return (11 - product) % 10 == int(digits[10])
