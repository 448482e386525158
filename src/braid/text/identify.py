"""Whether a text is in the language it should be in, with hardly a false alarm.

The script is looked at first, then small words, then lingua, and only texts with enough to go by: names, commands,
placeholders and words with capitals, which product names have, count for nothing. Languages that are often taken for
one another are not told apart, and of languages that lingua does not know only the script is checked: also of those
that it knows in another script than the one that a code names, as Malay in Arabic letters (``ms-Arab``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from braid.text.function_words import count_function_words, function_words, is_known, only_words_of
from braid.text.languages import canonical, declared_script, language_name
from braid.text.scripts import HAN, KANA
from braid.text.untranslated import APART, WORD, UntranslatedCheck, words_outside_code

if TYPE_CHECKING:
    from lingua import Language

_SCRIPTS = {
    "Latin": "A-Za-zªºÀ-ÖØ-öø-ʯᴀ-ᶿḀ-ỿⱠ-ⱿꜢ-ꟿＡ-Ｚａ-ｚ", "Greek": "Ͱ-Ͽἀ-῿", "Cyrillic": "Ѐ-ԯᲀ-ᲈꙀ-ꚟ", "Armenian": "Ա-֏",
    "Hebrew": "א-ײ", "Arabic": "ؠ-ٟٮ-ۿݐ-ݿࡰ-ࣿ", "Devanagari": "\u0900-\u0963\u0971-\u097f", "Bengali": "\u0980-\u09e3",
    "Gurmukhi": "\u0a01-\u0a5e\u0a70-\u0a76", "Gujarati": "\u0a81-\u0ae3", "Odia": "\u0b01-\u0b63", "Tamil":
    "\u0b82-\u0bd7", "Telugu": "\u0c00-\u0c63", "Kannada": "\u0c80-\u0ce3", "Malayalam": "\u0d00-\u0d63", "Sinhala":
    "\u0d81-\u0ddf", "Thai": "\u0e01-\u0e4e", "Lao": "\u0e81-\u0ece", "Tibetan": "\u0f00\u0f40-\u0fbc", "Burmese":
    "\u1000-\u103f\u1050-\u109d", "Georgian": "Ⴀ-ჿᲐ-Ჿ", "Hangul": "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3", "Ethiopic":
    "\u1200-\u135a", "Khmer": "\u1780-\u17d3", "kana": KANA, "Chinese": HAN, "Mongolian": "\u1820-\u18aa",
    "Thaana": "\u0780-\u07b1", "Syriac": "\u0710-\u074f", "N'Ko": "\u07ca-\u07ea",
    "Cherokee": "\u13a0-\u13fd\uab70-\uabbf", "Canadian Aboriginal": "\u1401-\u166c\u166f-\u167f",
    "Tifinagh": "\u2d30-\u2d67", "Ol Chiki": "\u1c5a-\u1c77", "Meetei": "\uabc0-\uabea", "Yi": "\ua000-\ua48c",
}  # fmt: skip
"""Letters of each script, for a set in a regular expression."""
_WRITTEN_IN = {
    "Latin": "af az br bs ca co cs cy da de en eo es et eu fi fo fr fy ga gd gl ha hr ht hu id ig is it jv kk ku la lb"
    " lt lv mg mi ms mt nb nl nn no oc pl pt rm ro rw sk sl sm sn so sq sr st su sv sw tk tl tn tr ts uz vi wo xh"
    " yo zu",
    "Cyrillic": "az ba be bg cv kk ky mk mn os ru sah sr tg tk tt uk uz", "Greek": "el", "Armenian": "hy",
    "Hebrew": "he yi", "Arabic": "ar ckb fa ks ku pa ps sd ug ur", "Devanagari": "bho hi kok ks mai mr ne sa sd",
    "Bengali": "as bn", "Gurmukhi": "pa", "Gujarati": "gu", "Odia": "or", "Tamil": "ta", "Telugu": "te",
    "Kannada": "kn", "Malayalam": "ml", "Sinhala": "si", "Thai": "th", "Lao": "lo", "Tibetan": "bo dz",
    "Burmese": "my", "Georgian": "ka", "Hangul": "ko", "Ethiopic": "am ti", "Khmer": "km", "kana": "ja",
    "Chinese": "ja ko wuu yue zh", "Mongolian": "mvf", "Thaana": "dv", "Syriac": "syr", "N'Ko": "nqo",
    "Cherokee": "chr", "Canadian Aboriginal": "cr iu oj", "Tifinagh": "zgh", "Ol Chiki": "sat", "Meetei": "mni",
    "Yi": "ii",
}  # fmt: skip
"""The languages by their scripts; those that are not here may be in any."""
_CODES = {
    "Latn": "Latin", "Grek": "Greek", "Cyrl": "Cyrillic", "Armn": "Armenian", "Hebr": "Hebrew", "Arab": "Arabic",
    "Aran": "Arabic", "Deva": "Devanagari", "Beng": "Bengali", "Guru": "Gurmukhi", "Gujr": "Gujarati", "Orya": "Odia",
    "Taml": "Tamil", "Telu": "Telugu", "Knda": "Kannada", "Mlym": "Malayalam", "Sinh": "Sinhala", "Thai": "Thai",
    "Laoo": "Lao", "Tibt": "Tibetan", "Mymr": "Burmese", "Geor": "Georgian", "Geok": "Georgian", "Hang": "Hangul",
    "Ethi": "Ethiopic", "Khmr": "Khmer", "Mong": "Mongolian", "Thaa": "Thaana", "Syrc": "Syriac", "Nkoo": "N'Ko",
    "Cher": "Cherokee", "Cans": "Canadian Aboriginal", "Tfng": "Tifinagh", "Olck": "Ol Chiki", "Mtei": "Meetei",
    "Yiii": "Yi", "Hans": "Chinese", "Hant": "Chinese", "Hani": "Chinese",
}  # fmt: skip
"""Scripts by their codes (ISO 15924)."""
_READ = {"az": "Latin", "kk": "Cyrillic", "ko": "Hangul", "pa": "Gurmukhi", "sr": "Cyrillic"}
"""The one script in which lingua knows languages that have several."""
_READ_AS = {("sr", "Latin"): "hr", ("bs", "Cyrillic"): "sr", ("hr", "Cyrillic"): "sr"}
"""Languages that stand for others in a script."""
_KIN = (
    "nb nn no da sv", "hr bs sr sl sh mk", "cs sk", "es pt gl ca oc", "id ms jv su", "nl af fy", "de lb",
    "bg mk", "sr mk", "hi mr ne", "fa ur", "zu xh", "st tn", "tr az", "et fi", "fr oc", "be uk ru",
)  # fmt: skip
"""Languages that short texts do not tell apart."""
_COMMON = "en de fr es it pt nl sv da nb fi pl cs sk hu ro hr sl tr vi id lt lv et ca ru uk bg sr be mk ar fa ur hi mr"
"""Languages that texts are commonly in where they should be in another."""
_OTHER_NAMES = {"no": "nb", "iw": "he", "in": "id", "fil": "tl", "ji": "yi", "mo": "ro"}

_MIN_WORDS, _MIN_LETTERS = 3, 12
"""Words with small letters, and characters of them, that lingua needs to be asked."""
_SUPPORT = 2
"""Small words of another language that a text must have, and more of them than of the right one."""
_LONG = 40
"""Characters that stand for that support where the small words of the other language are not known here."""
_SURE, _UNLIKELY = 0.8, 0.05
"""The least probability of another language and the greatest of the right one in a text that is rejected."""
_ROUNDING = 0.01
"""What probabilities among few languages may be off."""
_MAIN = frozenset(["en", "de", "fr", "es", "it", "pt", "nl", "ru", "uk", "bg"])
"""Languages that are likeliest among those of other candidates."""
_MOST_DETECTORS = 500
_MIXED = frozenset({"Jpan", "Kore", "Hrkt", "Hira", "Kana", "Hanb"})
"""Codes of several scripts together, or of parts of what Japanese is written in."""
_FEW = 3
"""Letters of another script that a text may always have."""
_NEEDED = {"ja": "kana", "ko": "Hangul"}
"""What longer texts in languages have that may be written in Chinese characters, too."""
_CHINESE = re.compile("[，们們这這吗嗎呢还你妳她吧说說对對个個]")
_FEW_CHINESE, _MANY = 6, 20
"""Chinese characters that must not stand alone there, with one of those above and without."""


class _Words(NamedTuple):
    """The words of a text, as they are written and in small letters."""

    written: list[str]
    small: list[str]


@dataclass(frozen=True)
class _Evidence:
    """What tells a text's language: its words with small letters, and how many small words of each language it has."""

    text: str
    counts: Counter[str]


class LanguageCheck:
    """Tells which texts of one side of the data are in another language; loads lingua's models at the first doubt.

    Args:
        language: Code of the language that the texts should be in.
        other: Code of the other side's, which untranslated texts are in; "" where there is none.
    """

    def __init__(self, language: str, other: str = "") -> None:
        self._other_name = language_name(_base(other))
        self.language, other = read_as(language), read_as(other)
        base, script = _base(language), declared_script(language)
        self._name = language_name(language if _CODES.get(script, "Chinese") != "Chinese" else base)
        self._scripts = scripts_of(language)
        self._own, self._foreign = _letters_of(self._scripts), _letters_of({*_SCRIPTS} - {*self._scripts, "Latin"})
        self._candidates = _candidates(self.language, other, self._scripts)
        self._rivals = [code for code in self._candidates if not _are_kin(code, self.language)]
        self._unknown = [code for code in self._rivals if not is_known(code)]
        self._telling = frozenset[str]().union(*map(function_words, self._rivals)) - function_words(self.language)
        parts = {part for word in self._telling for part in (word, *word.split("'"))}
        self._telling_bytes = frozenset(part.encode("latin-1") for part in parts if max(part) < "\u0100")
        self._detectors: dict[tuple[str, ...], Any] = {}
        self._untranslated = self._untranslated_check(other)

    def _untranslated_check(self, other: str) -> UntranslatedCheck | None:
        """What tells the two languages of a pair apart, where lingua knows both and they are no kin."""
        if other not in self._rivals:
            return None
        names = self._candidates[self.language], self._candidates[other]
        return UntranslatedCheck(self.language, other, lambda: self._detector((self.language, other)), names)

    def mismatch(self, texts: Sequence[str]) -> list[str]:
        """For each text "" where nothing speaks against it, else what it looks like, for a person.

        Cost: A hundred thousand sentences a second; some thousands of those whose small words tell of another language.

        Example:
            >>> LanguageCheck("de").mismatch(["Ein Haus", "家里没有人"])
            ['', 'is in Chinese characters, not in German']
        """
        found = [self._script_mismatch(text) for text in texts]
        if len(self._candidates) < 2:
            return found
        doubtful: dict[int, _Evidence] = {}
        for index, text in enumerate(texts):
            if not found[index] and (evidence := self._doubt(text)):
                doubtful[index] = evidence
        for index, detail in zip(doubtful, self._ask(list(doubtful.values())), strict=True):
            found[index] = detail
        return self._with_untranslated(texts, found)

    def _with_untranslated(self, texts: Sequence[str], found: list[str]) -> list[str]:
        """The same, with texts in the other side's language that many languages leave open."""
        check = self._untranslated
        if check is None:
            return found
        detail = f"looks like {self._other_name}, not {self._name}"
        return [known or (detail if check.is_other(text) else "") for known, text in zip(found, texts, strict=True)]

    def _script_mismatch(self, text: str) -> str:
        if not text or self._has_right_letters(text):
            return ""
        counts = _script_counts(text)
        own = sum(counts[name] for name in self._scripts)
        needed = _NEEDED.get(self.language, "")
        if needed and not counts[needed] and counts["Chinese"] >= (_FEW_CHINESE if _CHINESE.search(text) else _MANY):
            return f"has no {needed}, as {self._name} has"
        if self.language in ("zh", "yue") and counts["kana"] > max(_FEW, own // 4):
            return f"looks like Japanese, not {self._name}"
        evidence = _evidence(_words(text)) if "Latin" not in self._scripts and counts["Latin"] else None
        if evidence and own <= evidence.text.count(" ") // 4 and max(evidence.counts.values(), default=0) >= _SUPPORT:
            return f"has hardly a letter of {self._name}"
        foreign = {name: count for name, count in counts.items() if name not in (*self._scripts, "Latin")}
        if sum(foreign.values()) > max(_FEW, own):
            name = max(foreign, key=lambda name: foreign[name])
            return f"is in {name} {'characters' if name == 'Chinese' else 'letters'}, not in {self._name}"
        return ""

    def _has_right_letters(self, text: str) -> bool:
        """True when the script is surely right; cheap, and False where that is open."""
        if not self._scripts:
            return True
        if "Latin" in self._scripts:
            return text.isascii() or len(self._foreign.findall(text)) <= _FEW
        rest = "".join(self._own.split(text))
        needed = _NEEDED.get(self.language)
        if self._foreign.search(rest) or (needed and not _LETTERS[needed].search(text)):
            return False
        return len(text) - len(rest) > len(text) // 8  # two characters a word, and four words a letter, are the limit

    def _doubt(self, text: str) -> _Evidence | None:
        """The evidence of a text that lingua is to be asked about, None where nothing could come of it."""
        if self._is_untold(text):
            return None
        words = _words(text)
        counts = count_function_words(words.small)
        supported = self._supported(counts, len(text))
        if not supported or self._is_plain(counts) or only_words_of(self.language, text):
            return None
        evidence = _evidence(words, counts)
        return evidence if evidence and self._may_be(supported, evidence.text) else None

    def _is_untold(self, text: str) -> bool:
        """True when a text has surely no small word of another language; cheap."""
        if self._unknown:
            return False
        lower = text.lower()
        try:
            return self._telling_bytes.isdisjoint(lower.encode("latin-1").translate(APART).split())
        except UnicodeEncodeError:
            return self._telling.isdisjoint(WORD.findall(lower))

    def _may_be(self, supported: list[str], text: str) -> bool:
        """False when lingua, asked about all candidates, would not be sure that a text is in one of a few of them.

        Asked about those alone, or with some more, it takes a fraction of the time; the fewer there are, the likelier
        each becomes, and none more than 1 / `_SURE` times as likely when one of them is sure among all.
        """
        own = self._detector((self.language, *supported)).compute_language_confidence(
            text, self._candidates[self.language]
        )
        if own > _UNLIKELY / _SURE + _ROUNDING:
            return False
        others = [code for code in self._rivals if code in _MAIN and code not in supported]
        row = self._detector((self.language, *supported, *others)).compute_language_confidence_values(text)
        languages = {self._candidates[code] for code in supported}
        return max(item.value for item in row if item.language in languages) >= _SURE - _ROUNDING

    def _is_plain(self, counts: Counter[str]) -> bool:
        """True when small words say that the language is right, or none says that it is another."""
        if not is_known(self.language):
            return False
        others = [count for code, count in counts.items() if not _are_kin(code, self.language)]
        return max(others, default=0) < max(_SUPPORT, counts[self.language])

    def _supported(self, counts: Counter[str], length: int) -> list[str]:
        """Languages that a text may be in by its small words; where these are not known, by its length."""
        least = max(_SUPPORT, counts[self.language] + 1)
        found = [code for code, count in counts.items() if count >= least and code in self._rivals]
        return found + self._unknown if length >= _LONG else found

    def _detector(self, codes: tuple[str, ...]) -> Any:
        """lingua for some of the candidates; all share what is loaded."""
        if codes not in self._detectors:
            if len(self._detectors) >= _MOST_DETECTORS:
                self._detectors.clear()
            self._detectors[codes] = build_detector({code: self._candidates[code] for code in codes})
        return self._detectors[codes]

    def _ask(self, evidence: Sequence[_Evidence]) -> list[str]:
        """What lingua makes of texts."""
        if not evidence:
            return []
        detector = self._detector(tuple(self._candidates))
        rows = detector.compute_language_confidence_values_in_parallel([item.text for item in evidence])
        return [self._verdict(item, row) for item, row in zip(evidence, rows, strict=True)]

    def _verdict(self, evidence: _Evidence, row: Sequence[Any]) -> str:
        """What a text looks like, when lingua and the small words agree that it is in another language."""
        code_of = {language: code for code, language in self._candidates.items()}
        values = {code_of[item.language]: item.value for item in row if item.language in code_of}
        best = max(values, key=lambda code: values[code])
        likely = max(value for code, value in values.items() if _are_kin(code, self.language))
        supported = self._supported(evidence.counts, len(evidence.text))
        if values[best] < _SURE or likely > _UNLIKELY or best not in supported:
            return ""
        return f"looks like {language_name(best)} ({values[best]:.2f}), not {self._name}"


def lingua_language(code: str) -> Language | None:
    """lingua's name of a language by its code, or None where it does not know the language."""
    from lingua import IsoCode639_1, IsoCode639_3, Language

    base = _base(code)
    try:
        if len(base) == 2:
            return Language.from_iso_code_639_1(IsoCode639_1.from_str(base))
        return Language.from_iso_code_639_3(IsoCode639_3.from_str(base))
    except ValueError:
        return None


def build_detector(languages: dict[str, Language]) -> Any:
    """A detector of lingua's for languages by code, in its mode of low accuracy: of 6 MB a language, not 100."""
    from lingua import LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_languages(*languages.values()).with_low_accuracy_mode().build()


def scripts_of(code: str) -> list[str]:
    """English names of the scripts that texts in a language are in: of the one that its code names, else of any it has.

    Example:
        >>> scripts_of("ms-Arab"), scripts_of("uz"), scripts_of("zh-Hans")
        (['Arabic'], ['Latin', 'Cyrillic'], ['Chinese'])
    """
    script, base = declared_script(code), _base(code)
    if script in _CODES:
        return [_CODES[script]]
    if script and script not in _MIXED:
        return []
    return [name for name, codes in _WRITTEN_IN.items() if base in codes.split()]


def read_as(code: str) -> str:
    """The base code by which texts in a language are known to lingua; "" in a script in which it never saw it.

    Example:
        >>> read_as("deu-Latn"), read_as("ms-Arab"), read_as("sr-Latn")
        ('de', '', 'hr')
    """
    base, scripts = _base(code), scripts_of(code)
    if not declared_script(code) or declared_script(code) in _MIXED or scripts == scripts_of(base):
        return base
    script = scripts[0] if scripts else ""
    return base if script == _READ.get(base) else _READ_AS.get((base, script), "")


def _base(code: str) -> str:
    base = canonical(code)
    return _OTHER_NAMES.get(base, base)


def _candidates(language: str, other: str, scripts: Sequence[str]) -> dict[str, Language]:
    """The languages to choose among, by code: that of the texts first; none where lingua does not know it."""
    if len(scripts) == 1 and len(_WRITTEN_IN[scripts[0]].split()) == 1:
        return {}  # the script says it all
    found: dict[str, Language] = {}
    for code in (language, other, *_COMMON.split()):
        is_near = code == language or any(code in _WRITTEN_IN[name].split() for name in scripts)
        known = lingua_language(code) if code and is_near else None
        if known is None and code == language:
            return {}
        if known is not None:
            found.setdefault(code, known)
    return found


@cache
def _are_kin(one: str, other: str) -> bool:
    return one == other or any(one in codes.split() and other in codes.split() for codes in _KIN)


def _letters_of(scripts: Iterable[str]) -> re.Pattern[str]:
    """Letters of several scripts; of none, what nothing matches."""
    letters = "".join(_SCRIPTS[name] for name in scripts)
    return re.compile(f"[{letters}]" if letters else "(?!)")


_LETTERS = {name: _letters_of([name]) for name in _SCRIPTS}


def _script_counts(text: str) -> Counter[str]:
    """How many letters of each script a text has."""
    found: Counter[str] = Counter()
    for char, count in Counter(text).items():
        found[_script_of(char)] += count
    del found[""]
    return found


@cache
def _script_of(char: str) -> str:
    return next((name for name, pattern in _LETTERS.items() if pattern.match(char)), "")


def _words(text: str) -> _Words:
    """The words of a text outside of code."""
    words = words_outside_code(text)
    return _Words(words, [*map(str.lower, words)])


def _evidence(words: _Words, counts: Counter[str] | None = None) -> _Evidence | None:
    """What tells the language of a text; None when it is too little."""
    plain = " ".join([word for word, small in zip(*words, strict=True) if word == small])
    if plain.count(" ") < _MIN_WORDS - 1 or len(plain) < _MIN_LETTERS:
        return None
    return _Evidence(plain, count_function_words(words.small) if counts is None else counts)
