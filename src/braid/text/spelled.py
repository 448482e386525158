"""Numbers in words: cardinals, ordinals and months of English, German, French and Spanish, and Chinese numerals.

Made for comparing two texts: every reading counts that a translator may have had in mind, so ``nineteen ninety`` is 19,
90, 109 and 1990.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache, lru_cache

from braid.text.numerals import HAN_NUMERALS, chinese_value, number_words

LANGUAGES = ("en", "de", "fr", "es")
"""Those whose number words are known."""

_SCALES = {
    "en": {"hundred": 2, "hundreds": 2, "thousand": 3, "thousands": 3, "million": 6, "millions": 6, "billion": 9,
           "billions": 9, "trillion": 12, "hundredth": 2, "thousandth": 3},
    "de": {"hundert": 2, "hunderte": 2, "hunderten": 2, "tausend": 3, "tausende": 3, "tausenden": 3, "million": 6,
           "millionen": 6, "milliarde": 9, "milliarden": 9, "billion": 12, "billionen": 12},
    "fr": {"cent": 2, "cents": 2, "centaine": 2, "centaines": 2, "mille": 3, "millier": 3, "milliers": 3, "million": 6,
           "millions": 6, "milliard": 9, "milliards": 9},
    "es": {"cien": 2, "ciento": 2, "cientos": 2, "mil": 3, "miles": 3, "millón": 6, "millones": 6},
}  # fmt: skip
_ORDINALS = {
    "en": "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth",
    "de": "erste zweite dritte vierte fünfte sechste siebte achte neunte zehnte elfte zwölfte dreizehnte vierzehnte "
    "fünfzehnte sechzehnte siebzehnte achtzehnte neunzehnte zwanzigste",
    "fr": "premier deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième onzième douzième "
    "treizième quatorzième quinzième seizième dix-septième dix-huitième dix-neuvième vingtième",
    "es": "primero segundo tercero cuarto quinto sexto séptimo octavo noveno décimo",
}
_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
}
_OTHERS = {
    "en": "dozen=12 dozens=12 half=0.5,30,50,6 quarter=0.25,15,25,3 noon=12 midnight=12,24,0 score=20 threescore=60 "
    "fourscore=80 fortnight=14 century=100 decade=10 decades=10 double=2 twice=2 both=2 pair=2 couple=2 once=1 "
    "single=1 triple=3 thrice=3 third=3 thirds=3 zero=0 no=0 none=0 a=1 an=1 tens=10 year=12,52,365 hour=60,24 "
    "day=24 week=7 full=100 fully=100 completely=100 entire=100 jan=1 feb=2 mar=3 apr=4 jun=6 jul=7 aug=8 sep=9 "
    "sept=9 oct=10 nov=11 dec=12 twenties=20 thirties=30 forties=40 fifties=50 sixties=60 seventies=70 eighties=80 "
    "nineties=90",
    "de": "dutzend=12 dutzende=12 halb=0.5,30 halbe=0.5 halben=0.5 halbes=0.5 hälfte=0.5,50 viertel=0.25,15,25,3 "
    "mittag=12 mitternacht=24,0,12 jahrhundert=100 jahrzehnt=10 jahrzehnte=10 doppelt=2 zweimal=2 beide=2 beiden=2 "
    "paar=2 einmal=1 einzel=1 dreifach=3 drittel=3 kein=0 keine=0 ein=1 eine=1 einen=1 einem=1 einer=1 jahr=12,52,365 "
    "stunde=60,24 tag=24 woche=7 voll=100 vollständig=100 ganz=100 völlig=100 zwo=2 anderthalb=1.5 eineinhalb=1.5",
    "fr": "douzaine=12 douzaines=12 demi=0.5,30,6 demie=0.5,30 moitié=0.5,50 quart=0.25,15,25,3 midi=12 minuit=24,0,12 "
    "siècle=100 décennie=10 décennies=10 dizaine=10 dizaines=10 vingtaine=20 trentaine=30 quarantaine=40 "
    "cinquantaine=50 soixantaine=60 quinzaine=15,14 double=2 deux=2 paire=2 seul=1 triple=3 tiers=3 aucun=0 une=1 "
    "première=1 seconde=2 second=2 année=12,52,365 heure=60,24 jour=24 semaine=7 an=12,52,365 entièrement=100 "
    "vingts=80 huitante=80 septante=70 nonante=90",
    "es": "docena=12 medio=0.5,30 media=0.5,30 mitad=0.5,50 cuarto=0.25,15,4 mediodía=12 medianoche=24,0,12 siglo=100 "
    "década=10 doble=2 ambos=2 par=2 una=1 doscientos=200 trescientos=300 cuatrocientos=400 quinientos=500 "
    "seiscientos=600 setecientos=700 ochocientos=800 novecientos=900 dieciséis=16 diecisiete=17 dieciocho=18 "
    "diecinueve=19 veintiuno=21 veintidós=22 veintitrés=23 veinticuatro=24 veinticinco=25 veintiséis=26 "
    "veintisiete=27 veintiocho=28 veintinueve=29",
}
"""Words that stand for a number beside other things they may mean, with all that it may be."""
_HINTS = {
    "en": ("teen", "nty", "rty", "fty", "xty", "hty", "ntie", "rtie", "hundred", "thousand", "score"),
    "de": ("zig", "ßig", "zehn", "hundert", "tausend"),
    "fr": (
        "vingt",
        "trente",
        "quarante",
        "cinquante",
        "soixante",
        "cent",
        "mille",
        "treize",
        "quatorze",
        "quinze",
        "seize",
    ),
    "es": ("veint", "enta", "ciento", "cientos", "mil", "trece", "catorce", "quince", "dieci"),
}
"""What number words from 13 on have in them."""
_JOINTS = {"en": {"and"}, "de": {"und"}, "fr": {"et", "de"}, "es": {"y", "de"}}
_WORDS = re.compile(r"[^\W\d_]+|[^\w\s-]")
"""Signs are kept: no number goes on behind a comma."""
_ROMAN = re.compile(r"(?<![A-Za-z])(?=[IVXL]{2})(XL|X{0,3})(IX|IV|V?I{0,3})(?:e|er|ème)?(?![A-Za-z])")
_ROMAN_DIGITS = {"": 0, "I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9}
_DIGIT_OF = {char: value for value, char in enumerate("零一二三四五六七八九")}
_DISCOUNT = re.compile("([一二三四五六七八九])([一二三四五六七八九]?)折")
_HAN = re.compile(f"[{HAN_NUMERALS}]+")
_HAN_OTHERS = {
    "半": "0.5,30,50,6", "刻": "15", "打": "12", "双": "2", "雙": "2", "对": "2", "中午": "12", "正午": "12",
    "午夜": "12,24,0", "半夜": "12,0", "百": "100", "千": "1000", "万": "10000", "萬": "10000", "亿": "100000000",
    "年": "12,365", "天": "24", "周": "7", "小时": "60", "廿": "20", "卅": "30", "零": "0", "没有": "0", "元旦": "1",
    "成": "10", "折": "10", "圣诞": "25", "聖誕": "25", "十几": "10", "完全": "100", "全部": "100",
}  # fmt: skip
_GERMAN_HINT = re.compile("zig|ßig|zehn|hundert|tausend|zwölf|elf")
_GERMAN_PART = re.compile("(?P<thousands>.*?tausend)?(?:und)?(?P<hundreds>.*?hundert)?(?:und)?(?P<rest>.*)")
_GERMAN_ENDINGS = re.compile("(?:ste|te)?[rnsm]?$")


def spelled_values(text: str, languages: tuple[str, ...]) -> set[Decimal]:
    """All that number words and Chinese numerals in a text may be worth.

    Args:
        text: With full-width digits as ASCII; case does not matter.
        languages: Base codes; Chinese numerals are read in any text that has some.
    """
    found: set[Decimal] = set()
    words = [match[0] for match in _WORDS.finditer(text.lower())]
    for language in languages:
        found.update(_word_values(words, language))
    found.update(_han_values(text))
    for match in _ROMAN.finditer(text):
        found.add(Decimal((40 if match[1] == "XL" else 10 * len(match[1])) + _ROMAN_DIGITS[match[2]]))
    return found


def may_be_spelled(text: str, languages: tuple[str, ...]) -> bool:
    """False when the text has surely no number word from 13 on; cheap."""
    plain = text.lower()
    for language in languages:
        for hint in _HINTS.get(language, ()):  # three times as fast as any()
            if hint in plain:
                return True
    return False


def certain_values(text: str, languages: tuple[str, ...]) -> set[Decimal]:
    """Those it can hardly mean otherwise: from three on in words, from ten on in Chinese, but not 十几 or 千万."""
    found = set()
    words = [match[0] for match in _WORDS.finditer(text.lower())]
    for language in languages:
        phrases = (value for value, is_clear in _phrases(words, language) if is_clear)
        found.update(value for value in phrases if value >= 3 and value not in (100, 1000))
    for match in _HAN.finditer(text):
        if _CERTAIN_HAN.fullmatch(match[0]) and text[match.end() : match.end() + 1] not in tuple("几幾多来來余餘分点"):
            value = chinese_value(match[0])
            if value is not None and text[max(0, match.start() - 1) : match.start()] not in tuple("几幾数數好第点"):
                found.add(value)
    return found


_CERTAIN_HAN = re.compile(
    "(?:[一二两三四五六七八九][百千万]?)?[零一二三四五六七八九]?十[一二三四五六七八九]?|[一二][〇零一二三四五六七八九]{3}"
)


def _word_values(words: list[str], language: str) -> Iterator[Decimal]:
    """Of each word alone, and of words that make one number together."""
    values = _values(language)
    for word in words:
        yield from values.get(word, ())
        if language == "de" and (value := _german_value(word)) is not None:
            yield Decimal(value)
    yield from (value for value, _ in _phrases(words, language))


def _phrases(words: list[str], language: str) -> Iterator[tuple[Decimal, bool]]:
    """What cardinals and scales that follow each other are worth together, and whether they follow as they should."""
    numbers, scales, joints = _cardinals(language), _SCALES.get(language, {}), _JOINTS.get(language, set())
    total = current = 0
    is_clear, pair = True, list[int]()
    for word in [*words, ""]:
        value = numbers.get(word) if language != "de" or word in numbers else _german_value(word)
        if value is not None:
            is_clear &= current % 100 == 0 or (current % 100 in range(20, 100, 10) and value < 10)
            is_fourscore = language == "fr" and value == 20 and current % 100 == 4
            current = current - 4 + 80 if is_fourscore else current + value
            pair = [*pair, value][-3:]
            if len(pair) > 1 and 10 <= pair[0] < 100 and all(one < 100 for one in pair):
                yield Decimal(pair[0] * 100 + sum(pair[1:])), False
        elif word in scales:
            power = scales[word]
            if power == 2:
                current = (current or 1) * 100
            else:
                total, current = total + (current or 1) * 10**power, 0
            pair = []
        elif not (word in joints and (current or total)):
            if total or current:
                yield Decimal(total + current), is_clear
            total, current, is_clear, pair = 0, 0, True, []


@cache
def _cardinals(language: str) -> dict[str, int]:
    """Number words without hyphens, with the ordinals above nine and the fixed words that count like them."""
    words = {word: value for word, value in number_words(language).items() if "-" not in word}
    words |= {word: place for place, word in enumerate(_ORDINALS.get(language, "").split(), start=1) if "-" not in word}
    if language == "en":
        tens = "twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth"
        words |= {word: 10 * place for place, word in enumerate(tens.split(), start=2)} | {
            "threescore": 60,
            "fourscore": 80,
        }
        del words["second"]  # far more often a time
    if language == "fr":
        words["unième"] = 1
    return words


@cache
def _values(language: str) -> dict[str, tuple[Decimal, ...]]:
    """What single words may be worth."""
    values: dict[str, tuple[Decimal, ...]] = {word: (Decimal(value),) for word, value in _cardinals(language).items()}
    values |= {word: (Decimal(10**power),) for word, power in _SCALES.get(language, {}).items()}
    for place, word in enumerate(_MONTHS.get(language, "").split(), start=1):
        values[word] = (Decimal(place),)
    for pair in _OTHERS.get(language, "").split():
        word, _, worth = pair.partition("=")
        values[word] = (*values.get(word, ()), *map(Decimal, worth.split(",")))
    if language == "en":
        values["second"] = (Decimal(2),)
    return values


@lru_cache(maxsize=2**16)
def _german_value(word: str) -> int | None:
    """The value of a compound: zweihundertfünfunddreißig, hundertunddreißigste."""
    if not _GERMAN_HINT.search(word):
        return number_words("de").get(word)
    for stem in (word, _GERMAN_ENDINGS.sub("", word)):
        match = _GERMAN_PART.fullmatch(stem)
        if match is None:
            continue
        parts = [match["thousands"], match["hundreds"], match["rest"]]
        values = [
            _german_part((part or "").removesuffix(name).removesuffix("und"), power if part else 0, name)
            for part, power, name in zip(parts, (1000, 100, 1), ("tausend", "hundert", "\0"), strict=True)
        ]
        if None not in values and sum(value or 0 for value in values):
            return sum(value or 0 for value in values)
    return None


def _german_part(stem: str, power: int, name: str) -> int | None:
    if not power or (name == "\0" and not stem):
        return 0
    if not stem or stem == "ein":
        return power
    words = number_words("de")
    value = words.get(stem)
    if value is None and power == 1000 and "hundert" in stem:
        value = _german_value(stem)
    return None if value is None else value * power


def _han_values(text: str) -> Iterator[Decimal]:
    """Of each Chinese numeral as a whole and of its characters."""
    has_han = False
    for match in _HAN.finditer(text):
        has_han, numeral = True, match[0][:40]
        for part in {
            numeral,
            *numeral,
            *(numeral[1:], numeral[:-1]),
            *(numeral[at : at + 2] for at in range(len(numeral))),
        }:
            if (value := chinese_value(part)) is not None:
                yield value
        if text[match.end() : match.end() + 1] in ("点", "點") and (more := _HAN.match(text, match.end() + 1)):
            whole, digits = chinese_value(numeral), chinese_value(f"零{more[0][:20]}")
            if whole is not None and digits is not None and not set(more[0]) & set("十百千万亿"):
                yield whole + digits.scaleb(-len(more[0][:20]))
    for match in _DISCOUNT.finditer(text):
        yield 100 - Decimal(_DIGIT_OF[match[1]]) * 10 - (_DIGIT_OF[match[2]] if match[2] else 0)
    if has_han or any("\u4e00" <= char <= "\u9fff" for char in text):
        for word, worth in _HAN_OTHERS.items():
            if word in text:
                yield from map(Decimal, worth.split(","))
