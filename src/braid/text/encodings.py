"""Which encoding bytes are in that are not UTF-8: the one in which they read as text of some language.

Each encoding is tried with the languages it was made for. A reading is worth the sum of the logarithms of how common
its characters are there: letters by their rank, Chinese, Japanese and Korean ones by the level of their national
standard, which sorts the common from the rare (GB 2312, Big5, JIS X 0208, KS X 1001). Signs between letters, capitals
inside words and characters nobody writes cost much. The confidence is the best reading's share of the probability
of all that read differently.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

SAMPLE_BYTES = 2**15
"""More than these of a sample are not looked at."""
CLEAR = 0.8
"""A guess of less confidence is none."""

_LATIN = {
    "en": "é", "de": "üäöß", "fr": "éàèêôâîçûœùëïü", "es": "óáíúñéü", "it": "èùìòàéî", "pt": "ãçáõíúéêóàâô",
    "nl": "éïëèüö",
    "sv": "äöåé", "da": "åøæé", "nb": "åøæéò", "fi": "äöå", "et": "äõüöžš", "is": "íáðéóúþöýæ", "ca": "óéàíèòçúïü",
}  # fmt: skip
_BALTIC = {"lt": "ųšėžįąūčę", "lv": "āīēšūļņģžķč", "et": "äõüöžš", "pl": "łżęąśćóńź"}
_CENTRAL = {
    "pl": "łżęąśćóńź", "cs": "íážěéřčšýůúňďóť", "sk": "áížýéúťčšľóôňďäĺŕ", "hu": "áéóöőíüúű",
    "ro": "ăţşîâ", "hr": "šžčćđ", "de": "üäöß",
}  # fmt: skip
_TURKISH = {"tr": "ıçşüğöâî", "de": "üäöß"}
_CYRILLIC = {
    "ru": "еоаинтсрлвкдпумыьйзябчжгцфшюхщэёъ", "uk": "аноеитіврслкдмупьязбйчгцжшєхщюфїґ",
    "bg": "аеитонрсвлдпмкзбъяучгйцжшфщхю", "sr": "аеионтрсдкмвулпјзбгцшњчжљфћхђџ",
    "be": "аніеррстлкдвмпуяызьбчгйўшцжхюэфё",
}  # fmt: skip
_RUSSIAN = {"ru": _CYRILLIC["ru"]}
_GREEK = {"el": "αετοινρσμπηκίλγέςυδάήόχθωφύβώξζψϊ"}
_HEBREW = {"he": "יוהתלארשמבנסחדםקעפכןטגזצךץף"}
_ARABIC = {"ar": "اليمترنوةدحعأقبسكفجهخصإىذطثغّضشءئًزظآُـؤ", "fa": "ادرنهتومبشسفخزپعگقجحطصذژآغچضثًّٔظئكي\u200c"}
_THAI = {"th": "า่นอกเ้รลมีังยหดสบวทตไคปิจูใื์ขุชแะพ็ผถำณซโฟึธศษภญฤๆฉฐฏ"}
_SINGLE: dict[str, dict[str, str]] = {
    "cp1252": _LATIN, "iso8859-15": _LATIN, "cp1250": _CENTRAL, "iso8859-2": _CENTRAL, "cp1254": _TURKISH,
    "cp1257": _BALTIC, "cp1251": _CYRILLIC, "koi8-r": _RUSSIAN, "koi8-u": {"uk": _CYRILLIC["uk"]}, "cp866": _RUSSIAN,
    "iso8859-5": _CYRILLIC, "cp1253": _GREEK, "iso8859-7": _GREEK, "cp1255": _HEBREW, "cp1256": _ARABIC, "iso8859-6":
    {"ar": _ARABIC["ar"]}, "cp874": _THAI, "cp850": _LATIN, "cp852": _CENTRAL, "mac-roman": _LATIN,
}  # fmt: skip
"""Letters beyond ASCII by language, the commonest first, of encodings with one byte a character."""
_DOUBLE = {"gb18030": ("Hans", "Hant"), "big5hkscs": ("Hant",), "cp932": ("ja",), "euc_jp": ("ja",), "cp949": ("ko",)}
_USUAL = dict.fromkeys(_SINGLE, -1.0) | dict.fromkeys((name for name in _SINGLE if name[:4] == "cp12"), 0.0)
_USUAL |= dict.fromkeys(("cp850", "cp852", "mac-roman"), -3.0)
_USUAL |= {"koi8-r": 0.0, "cp874": 0.0, "cp1252": 2.0, "gb18030": 1.0}
"""Logarithms of how much likelier files are in an encoding than in others, before anything of them is seen."""
_NAMES = {"Hans": "zh", "Hant": "zh"}
_STANDARDS = {
    "Hans": ("gb2312", 0xB0, 0xD7), "Hant": ("big5", 0xA4, 0xC6), "ja": ("euc_jp", 0xB0, 0xCF),
    "ko": ("euc_kr", 0xB0, 0xC8)
}  # fmt: skip
"""The codec of each national standard, and the rows of its common characters."""
_COMMON = 0.8
"""The least share of those among Chinese and Korean characters in UTF-16; of any two letters read as one, a third."""

_SIMPLIFIED = (
    "的一是在不了有人这中大为上个国和到说们以会时要来用我他生出也分对成家后自行地多同能可作下过所发新前里年方法全"
    "使事工开动经日部现进名好次主定等实力高设间与者其关加文本信小于理最数被天问机体起没将已无并表面件度您入请选提"
)
_TRADITIONAL = (
    "的一是在不了有人這中大為上個國和到說們以會時要來用我他生出也分對成家後自行地多同能可作下過所發新前裡年方法全"
    "使事工開動經日部現進名好次主定等實力高設間與者其關加文本信小於理最數被天問機體起沒將已無並表面件度您入請選提"
)
_JAPANESE = "日本人一大年中出国時上生分間行者見後下前手方子事語新用力対来言場合長地定自今名気取入部高数要内同回動"
_KOREAN = (
    "다이니의에는을가하지한고로를어사은시기도서리인자수있그대아일해나정라과들전부제보스여장만주상구것유비성조마원게면"
    "오안우동습요세신무관국였으문화경소와미공모된없할합드트입선위"
)
_WRITTEN_MARKS = "\xa0„“”‘’–—…«»¿¡·§°©®€£№•、。，；：？！（）《》「」『』"
_MARK, _OTHER_LETTER, _SYMBOL, _UNUSED, _BROKEN = -5.0, -11.0, -9.0, -15.0, -25.0
_ASCII, _FOREIGN_ASCII = -3.0, -3.3
_EXPECTED = 3.0
"""What is added for a language that is expected."""
_LEAST = {1: -8.0, 2: -10.5}
"""Worth of a character beyond ASCII on average, below which bytes are no text in an encoding; by its bytes."""
_ODD = -5.0
"""For a capital inside a word, a sign between letters, and words of two scripts."""

# What no language writes: a capital behind a small letter, a symbol between letters, scripts mixed in a word.
_ODDITIES = re.compile(
    "(?<=[a-zß-öø-ÿа-яё])(?=[À-ÖØ-ÞĄĆČĎĘĚŁŃŇŘŚŠŤŮŹŻŽĞİŞА-ЯЁ])|(?<=[a-zß-öø-ÿ])[\u0080-\u00b6¸-¿×÷„“”‚](?=[^\\W\\d_])"
    "|(?<=[A-Za-z])(?=[\u0370-\u06ff\u0e00-\u0e7f])|(?<=[\u0370-\u06ff\u0e00-\u0e7f])(?=[A-Za-z])"
    "|(?<!\\w)’(?=[\u0370-\u03ff])|(?<!\\d)[¼½¾](?=[a-z]{2})"
)
_CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Guess:
    """An encoding by Python's name, the language it reads as, and how sure that is, from 0 to 1."""

    encoding: str
    language: str
    confidence: float


def guess_encoding(sample: bytes, languages: Sequence[str] = ()) -> Guess | None:
    """The encoding of bytes that are not valid UTF-8; None when nothing fits clearly.

    Args:
        sample: Whole lines, best those that hold bytes beyond ASCII; UTF-16 is known by the NULs in it.
        languages: Base codes of languages that are expected: readings in these are preferred a little.

    Cost: O(bytes) for each of two dozen encodings, about a quarter of a second for the most that is looked at.
    """
    sample = sample[:SAMPLE_BYTES]
    if b"\0" in sample:
        return _guess_wide(sample)
    if len(_CONTROLS.findall(sample)) > len(sample) // 100:
        return None
    readings: dict[str, tuple[float, str, str]] = {}
    for encoding in (*_SINGLE, *_DOUBLE):
        text = sample.decode(encoding, "replace")
        worth, language = max(_worths(text, encoding, languages))
        if text not in readings or worth > readings[text][0]:
            readings[text] = (worth, encoding, language)
    order = sorted(readings.items(), key=lambda item: -item[1][0])
    text, (worth, encoding, language) = order[0]
    num_beyond = len(text) - len(text.encode("ascii", "ignore"))
    least = _LEAST[1 if encoding in _SINGLE else 2]
    if not num_beyond or worth < least * num_beyond + _ASCII * (len(text) - num_beyond):
        return None
    confidence = 1 / sum(math.exp(max(-50.0, other - worth)) for _, (other, _, _) in order)
    return Guess(encoding, _NAMES.get(language, language), round(confidence, 3)) if confidence >= CLEAR else None


def _worths(text: str, encoding: str, languages: Sequence[str]) -> Iterable[tuple[float, str]]:
    """The worth of a reading for each language of its encoding."""
    counts, num_odd = Counter(text), len(_ODDITIES.findall(text))
    for language in _SINGLE.get(encoding) or _DOUBLE[encoding]:
        table = _table(encoding, language)
        worth = sum(count * table[char] for char, count in counts.items()) + _ODD * num_odd
        is_expected = _NAMES.get(language, language) in languages
        yield worth + _USUAL.get(encoding, 0.0) + _EXPECTED * is_expected, language


def _guess_wide(sample: bytes) -> Guess | None:
    """UTF-16 without a byte-order mark, when one order of bytes reads as text and the other does not."""
    readings = {name: sample[: len(sample) // 2 * 2].decode(name, "replace") for name in ("utf-16-le", "utf-16-be")}
    found = [name for name, text in readings.items() if _is_text(text)]
    return Guess(found[0], "", 0.99) if len(found) == 1 else None


def _is_text(text: str) -> bool:
    """True when there are spaces, hardly a control, private, unassigned or broken character, nor rare Chinese ones."""
    counts = Counter(text)
    num_bad = sum(count for char, count in counts.items() if _is_bad(char))
    if num_bad > len(text) // 200 or "\0" in text or not (" " in text or "\n" in text):
        return False
    common = common_characters()
    wide = [(char in common, count) for char, count in counts.items() if _script(char) in ("han", "hangul")]
    return sum(count for is_common, count in wide if is_common) >= _COMMON * sum(count for _, count in wide)


@cache
def common_characters(standard: str = "") -> frozenset[str]:
    """The common Chinese and Korean characters of a national standard (Hans, Hant, ja or ko), or of all four."""
    names = [standard] if standard else _STANDARDS
    return frozenset().union(*(_standard(*_STANDARDS[name]) for name in names))


def _is_bad(char: str) -> bool:
    return char == "\ufffd" or (unicodedata.category(char)[0] == "C" and char not in "\t\n\r\u200b-\u200f\ufeff")


class _Table(dict[str, float]):
    """The worth of every character in one language, by classes.

    Args:
        letters: Those it has.
        ascii_letter: What one of ASCII is worth.
        script: The script of its rare letters, which are not named, and what they are worth.
    """

    def __init__(self, letters: dict[str, float], ascii_letter: float, script: tuple[str, float] = ("", 0.0)) -> None:
        super().__init__(letters)
        self._ascii_letter, self._script = ascii_letter, script

    def __missing__(self, char: str) -> float:
        worth = self._of(char)
        self[char] = worth
        return worth

    def _of(self, char: str) -> float:
        if char < "\x80":
            if char.isalpha():
                return self._ascii_letter
            return _ASCII if char >= " " or char in "\t\n\r" else _UNUSED
        if char in _WRITTEN_MARKS:
            return _MARK
        if char == "\ufffd":
            return _BROKEN
        if char.lower() in self:
            return self[char.lower()] - 1.5
        kind = unicodedata.category(char)
        if kind[0] == "C" or "\u2500" <= char <= "\u259f":  # lines and blocks
            return _UNUSED
        if kind[0] not in "LM":
            return _SYMBOL
        return self._script[1] if _script(char) == self._script[0] != "" else _OTHER_LETTER


def _script(char: str) -> str:
    if "\u3040" <= char <= "\u30ff":
        return "kana"
    if "\uac00" <= char <= "\ud7a3":
        return "hangul"
    return "han" if "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or char >= "\U00020000" else ""


@cache
def _table(encoding: str, language: str) -> _Table:
    if encoding in _SINGLE:
        letters = _SINGLE[encoding][language]
        is_latin = letters[0] < "\u0370"
        weights = [1 / (rank + (1 if is_latin else 3)) for rank in range(len(letters))]
        share = (0.06 if is_latin else 0.75) / sum(weights)
        worths = {char: math.log(share * weight) for char, weight in zip(letters, weights, strict=True)}
        return _Table(worths, _ASCII if is_latin else _FOREIGN_ASCII)
    if language == "ko":
        worths = _evenly(_standard(*_STANDARDS["ko"]), 0.25) | _evenly(_KOREAN, 0.7)
        return _Table(worths, _FOREIGN_ASCII, ("hangul", -13.0))
    if language == "ja":
        kana = _evenly(map(chr, range(0x3041, 0x3094)), 0.45) | _evenly(map(chr, range(0x30A1, 0x30FD)), 0.2)
        worths = _evenly(_standard(*_STANDARDS["ja"]), 0.2) | _evenly(_JAPANESE, 0.12) | kana
        return _Table(worths, _FOREIGN_ASCII, ("han", -13.0))
    level = _standard(*_STANDARDS[language])
    head = _SIMPLIFIED if language == "Hans" else _TRADITIONAL
    return _Table(_evenly(level, 0.45) | _evenly(head, 0.45), _FOREIGN_ASCII, ("han", -13.0))


def _evenly(chars: Iterable[str], share: float) -> dict[str, float]:
    """The same worth for each of several characters that together make a share of a text."""
    chars = tuple(chars)
    return dict.fromkeys(chars, math.log(share / len(chars)))


@cache
def _standard(codec: str, first: int, last: int) -> str:
    """The characters of the rows of a national standard."""
    rows = (bytes([lead, trail]) for lead in range(first, last + 1) for trail in range(0x40, 0xFF) if trail != 0x7F)
    return "".join(char for row in rows for char in row.decode(codec, "ignore") if char > "\x7f")
