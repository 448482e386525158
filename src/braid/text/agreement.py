"""Whether two sides of a translation say the same numbers.

A translator writes 1,000.5 as 1.000,5, ten thousand as 1万, 3 p.m. as 15:00 and thirty-five as 三十五, turns dates
round, and calls the third phase phase 3: none of that is a fault. 4108 that became 4018 is one. So each number that is
certain must have a counterpart among all that the other side may mean. Certain by itself is a number of two digits or
more that stands alone. Single digits, digits in names (CO2, libfoo3) and numbers in words come and go in good
translations; they count only where each side has one that the other lacks, as after a change. And where the other side
is in a language whose number words are not known here, it may say any number in words: there one is missing only if
digits stand in its place that the first side lacks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from braid.text.languages import canonical
from braid.text.numerals import (
    ETHIOPIC,
    HAN_NUMERALS,
    HAN_SCALES,
    OTHER_DIGITS,
    arabic_values,
    ethiopic_value,
    has_digit,
)  # fmt: skip
from braid.text.spelled import LANGUAGES, certain_values, may_be_spelled, spelled_values

Value = Decimal | str

_HIDDEN = re.compile(
    r"https?://\S{1,500}|[\w.+-]{1,64}@[\w-]{1,80}\.[\w.-]{1,80}|&#?\w{1,10};|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\\d"
    r"|\{[^{}\n]{0,60}\}|%\(\w{1,40}\)|%(?:\d{1,2}\$)?[-+0#]?\d{0,2}(?:\.\d)?(?:ll?|z)?[sdifgux@](?![a-z])|(?<!\d)%\d{1,2}(?!\d)"
    r"|(?<!\d)24/7(?!\d)|</?[A-Za-z][^<>\n]{0,200}>"
)
"""Placeholders, tags, escapes, addresses: other checks look at them."""
_OTHER_DIGITS = re.compile(rf"(?![0-9])\d|(?<=\d)[²³¹⁰⁴-⁹]+|[²³¹⁰⁴-⁹₀-₉]+|[％．，：／－]|[٫٬]|[{ETHIOPIC}]++")
_NUMBERS = re.compile("[¼-¾⅐-ↂ①-⒛⓪-⓿❶-➓㉈-㉏㉑-㉟㊀-㊉㊱-㊿༪-༳௰-௲൘-൞൰-൸]")
"""Fractions, Roman numerals, numbers in circles and their like, a character each."""
_MARKS = str.maketrans("％．，：／－٫٬", "%.,:/-.,")

_DIGITS = re.compile(
    r"[0-9](?<![0-9][0-9])"
    r"(?:[0-9]{0,2}(?:[ \u00a0\u2009\u202f⋅][0-9]{3})++(?![0-9])(?:[.,][0-9]++)?+|[0-9]*+(?:[.,'’][0-9]++)*+)"
)
_SCALE = re.compile(
    r"[ \u00a0-]?(?P<han>[多余餘几來来]?[百千万萬亿億]{1,2})"
    r"|(?P<gap>[ \u00a0-]?)(?P<word>[^\W\d_]{1,12})(?![^\W\d_])\.?"
)
_POWERS = {
    2: "hundred hundreds hundert", 3: "thousand thousands tausend mille mil тыс тысяч k", 5: "lakh lakhs",
    6: "million millions millionen mio million millón millones млн m", 7: "crore crores",
    9: "billion billions bn milliarde milliarden mrd milliard milliards млрд b", 12: "trillion trillions billionen",
}  # fmt: skip
_POWER_OF = {word: power for power, words in _POWERS.items() for word in words.split()}
_UNIT_WORDS = (
    "gb mb kb tb gib mib kib b bit bits byte bytes hz khz mhz ghz ms s sec min h hr hrs km m cm mm kg g mg l ml w kw",
    "kwh v a ma °c °f st nd rd th er ers e ème eme te ten ter tes fach fold x px pt dpi bps kbps mbps gbps am pm",
)
_UNITS = frozenset(word for words in _UNIT_WORDS for word in words.split())
"""What may be glued to digits that stay a number."""
_DECADE = re.compile(r"['’]?s(?![a-z])|er(?![a-z])|年代|世纪|世紀", re.IGNORECASE)
_HOUR = re.compile(r":[0-5]\d|[ \u00a0]?(?:[ap]\.?\s?m\b|uhr|h\b|o['’]clock|点|點|时|時)", re.IGNORECASE)
_DAYPART = re.compile(r"(?:上午|下午|早上|晚上|凌晨|中午|at|um|à|a las)\s?$", re.IGNORECASE)
_NAME_BEFORE = re.compile(
    r"(?:(?<![^\W\d_])[^\W\d\u2e80-\u9fff]{2,14}|(?!v)[^\W\d\u2e80-\u9fff]|[_#/\\])[-.]?\Z", re.IGNORECASE
)
_GAP = re.compile("[ \u00a0\u2009\u202f⋅]")
_NO_DIGITS = re.compile(r"\D+")
_ETHIOPIC = re.compile(f"[{ETHIOPIC}]")
_FEW = frozenset({Decimal(0), Decimal(1), Decimal(2)})
_TWO_NUMERALS = re.compile(f"[{HAN_NUMERALS}][{HAN_NUMERALS}]")
_READ = frozenset({*LANGUAGES, "zh", "yue", "wuu", "ja", ""})
"""Languages in which a number in words is seen, Chinese numerals among them."""
_MAY_HIDE = re.compile(r"[@&\\{%</]")
_MAY_BE_OTHER = re.compile(f"[²³¹⁰⁴-⁹₀-₉％．，：／－٫٬{OTHER_DIGITS}]")


@dataclass(frozen=True, kw_only=True)
class _Written:
    """Digits in a text.

    Args:
        shown: As they are written.
        values: What they may be worth.
        parts: What they are if the signs in them part several numbers, as in a date or a list.
        is_certain: True when they must have a counterpart.
        is_spelled: True of a number in words.
        name: Letters they are glued to, or "".
    """

    shown: str
    values: frozenset[Value]
    parts: frozenset[Value] = frozenset()
    is_certain: bool = True
    is_spelled: bool = False
    name: str = ""


def numbers_differ(source: str, target: str, source_language: str = "", target_language: str = "") -> str:
    """What numbers stand on one side only, or "" where they agree.

    Placeholders, tags and addresses are left out. Without a language all readings count that any known one has.

    Args:
        source: One text.
        target: The same in another language.
        source_language: Code of its language, as zh_CN: what a comma means there, and which words are numbers.
        target_language: The same for the target.

    Example:
        >>> numbers_differ("1,234.5 in 12 days at 3 p.m.", "15:00 Uhr, zwölf Tage, 1.234,5", "en", "de")
        ''
        >>> numbers_differ("Index 4108 of 30 files", "三十个文件的索引4018", "en", "zh")
        'only in the source: 4108; only in the target: 4018'
    """
    if not (_has_numerals(source) or _has_numerals(target)) and not (
        may_be_spelled(source, _known(source_language)) and may_be_spelled(target, _known(target_language))
    ):
        return ""
    left, right = _Side(source, source_language), _Side(target, target_language)
    if left.same_digits(right):
        return ""
    missing, added = left.without(right), right.without(left)
    missing, added = _weighed(missing, left, added, right), _weighed(added, right, missing, left)
    sides = _reported(missing, added), _reported(added, missing)
    return "; ".join(
        f"{name}: {' '.join(dict.fromkeys(one.shown for one in found))}"
        for name, found in zip(("only in the source", "only in the target"), sides, strict=True)
        if found
    )


def _has_numerals(text: str) -> bool:
    """True when a text has digits, Ethiopic numerals, or Chinese ones that stand together."""
    return has_digit(text) or (not text.isascii() and bool(_TWO_NUMERALS.search(text) or _ETHIOPIC.search(text)))


def _known(language: str) -> tuple[str, ...]:
    """The languages whose number words are read."""
    return (canonical(language),) if language else LANGUAGES


def _weighed(mine: list[_Written], side: _Side, others: list[_Written], other: _Side) -> list[_Written]:
    """Numbers of one side that the other lacks indeed, rather than saying them in words that are not known here.

    Digits in their place tell: any where this side is read, so that it lacks them surely; else such of the same kind.
    """
    if other.is_read:
        return mine
    digits = [one for one in others if not one.is_spelled]
    return [one for one in mine if any(side.is_read or rival.is_certain >= one.is_certain for rival in digits)]


def _reported(mine: list[_Written], others: list[_Written]) -> list[_Written]:
    """Numbers that are certain, and those that the other side seems to have changed."""
    names = {one.name for one in others}
    return [one for one in mine if one.is_certain or one.name in names or (names and ("" in names or not one.name))]


class _Side:
    """One text with its numbers; those in words are read when they are asked for."""

    def __init__(self, text: str, language: str) -> None:
        self._language = canonical(language)
        self.is_read = self._language in _READ
        self._text = _plain(_HIDDEN.sub(" ", text) if _MAY_HIDE.search(text) else text)
        self._written: list[_Written] | None = None
        self._possible: set[Value] | None = None
        self._rounded: set[Value] | None = None

    def same_digits(self, other: _Side) -> bool:
        """True when both sides have the same digits, whatever else stands there."""
        mine = sorted(_DIGITS.findall(self._text))
        return bool(mine) and mine == sorted(_DIGITS.findall(other._text))

    def without(self, other: _Side) -> list[_Written]:
        """My numbers that have no counterpart on the other side."""
        possible, rounded = other.possible(), other.rounded()
        # where a number is missing, 0, 1 and 2 may be said in any words; where one was changed, they are not
        free = frozenset[Decimal]() if len(self._digits()) == len(other._digits()) else _FEW
        return [one for one in self._all() if not _has_counterpart(one, possible, rounded, free)]

    def possible(self) -> set[Value]:
        """All that this side may mean."""
        if self._possible is None:
            self._possible = set(spelled_values(self._text, _known(self._language)))
            for one in self._digits():
                self._possible |= one.values | one.parts
            for match in _NUMBERS.finditer(self._text):
                self._possible.add(Decimal(str(unicodedata.numeric(match[0]))))
        return self._possible

    def rounded(self) -> set[Value]:
        """The same with fewer digits behind the point."""
        if self._rounded is None:
            self._rounded = {shorter for value in self.possible() for shorter in _roundings(value)}
        return self._rounded

    def _digits(self) -> list[_Written]:
        if self._written is None:
            self._written = [_read(self._text, match, self._language) for match in _DIGITS.finditer(self._text)]
        return self._written

    def _all(self) -> list[_Written]:
        spelled = certain_values(self._text, _known(self._language))
        return [
            *self._digits(),
            *(
                _Written(shown=f"{one:f}", values=frozenset({one}), is_certain=False, is_spelled=True)
                for one in sorted(spelled)
            ),
        ]


def _plain(text: str) -> str:
    """The text with ASCII digits and the marks between them, superscripts included."""
    if text.isascii() or not _MAY_BE_OTHER.search(text):
        return text
    return _OTHER_DIGITS.sub(_ascii, text)


def _ascii(match: re.Match[str]) -> str:
    """Digits of any script as ASCII; an exponent stays apart from what it is on."""
    if _ETHIOPIC.match(match[0]):
        return f"{ethiopic_value(match[0])}"
    if unicodedata.digit(match[0][0], None) is None:
        return match[0].translate(_MARKS)
    digits = "".join(str(unicodedata.digit(char)) for char in match[0])
    before = match.string[match.start() - 1 : match.start()]
    return f"^{digits}" if before.isdecimal() and not match[0].isdecimal() else digits


def _read(text: str, match: re.Match[str], language: str) -> _Written:
    """Digits with what stands around them."""
    written = _GAP.sub("\u00a0", match[0])
    values = set(_values(written, language))
    powers, letters = _tail(text, match.end())
    scaled = {value.scaleb(power) for value in values if isinstance(value, Decimal) for power in powers if power}
    values = scaled if scaled and 0 not in powers else values | scaled
    for value in [value for value in values if isinstance(value, Decimal)]:
        values |= _other_readings(text, match, value)
    before = text[max(0, match.start() - 16) : match.start()]
    if before.endswith(".") and not before[-2:-1].isalnum():
        values |= {Decimal(f"0.{written}")} if written.isdigit() else set()
    name = _NAME_BEFORE.search(before)
    is_whole = text[match.end() : match.end() + 2].lstrip().startswith("%") and written == "100"
    is_certain = sum(char.isdigit() for char in written) > 1 and not name and not letters and not is_whole
    return _Written(
        shown=match[0],
        values=frozenset(values),
        parts=frozenset(Decimal(part) for part in _NO_DIGITS.split(written)) if not written.isdigit() else frozenset(),
        is_certain=is_certain and not values <= {Decimal(0)},
        name=(name[0].rstrip("-.") if name else letters).lower(),
    )


def _values(written: str, language: str) -> frozenset[Value]:
    """What digits with separators may be worth; without a language, in any."""
    if not language:
        return arabic_values(written, "en") | arabic_values(written, "de")
    found = arabic_values(written, language)
    if "." in written or "," in written:  # texts often keep the writing of the source, in most cases English
        found |= arabic_values(written, "en")
    return found if "," in written else found | arabic_values(written, "de")


def _tail(text: str, end: int) -> tuple[list[int], str]:
    """Powers of ten that follow, and the letters that make a name of the digits."""
    match = _SCALE.match(text, end)
    if match is None:
        return [], "_" if text[end : end + 1] == "_" else ""
    if match["han"]:
        return [sum(HAN_SCALES.get(char, 0) for char in match["han"])], ""
    word = match["word"].lower()
    if word in _POWER_OF and not (match["gap"] and len(word) == 1):
        # 20k are thousands, 4K may be anything; a German billion has twelve zeros
        return [_POWER_OF[word], *([0] if len(word) < 4 else [9] if word == "billion" else [])], ""
    is_glued = not match["gap"] and match["word"][0] < "\u2e80"
    return [], word if is_glued and word not in _UNITS else ""


def _other_readings(text: str, match: re.Match[str], value: Decimal) -> set[Value]:
    """The same hour on another clock, the same year or decade in other digits."""
    found: set[Value] = set()
    if _HOUR.match(text, match.end()) or _DAYPART.search(text[max(0, match.start() - 6) : match.start()]):
        if 1 <= value <= 12:
            found.add(value + 12)
        elif 12 < value <= 24:
            found.add(value - 12)
    if match.start() and text[match.start() - 1] in "'’" and len(match[0]) == 2:
        found |= {value + 1900, value + 2000}
    if _DECADE.match(text, match.end()):
        found |= {value % 100, value + 1900, value + 1800} if value < 100 or value > 1000 else set()
        found |= {value / 100, value / 100 + 1} if value > 1000 else {(value - 1) * 100}
    return found


def _has_counterpart(one: _Written, possible: set[Value], rounded: set[Value], free: frozenset[Decimal]) -> bool:
    """True when the other side may mean the same, rounded perhaps."""
    values = one.values
    if not values.isdisjoint(possible) or (one.parts and one.parts <= possible):
        return True
    if not one.is_certain and not values.isdisjoint(free):
        return True
    own = {shorter for value in values for shorter in _roundings(value)}
    return not values.isdisjoint(rounded) or not own.isdisjoint(possible)


def _roundings(value: Value) -> Iterator[Decimal]:
    """The value with fewer digits behind the point, as long as two digits are left.

    As `braid.text.numbers.rounds_to` has it, but as values, so that many numbers need no comparison each with each.
    """
    if isinstance(value, str):
        return
    for places in range(-int(value.as_tuple().exponent) - 1, -1, -1):
        shorter = value.quantize(Decimal((0, (1,), -places)), ROUND_HALF_UP)
        if len(shorter.as_tuple().digits) > 1:
            yield shorter
