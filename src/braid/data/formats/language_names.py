"""Which language a column is called after: by its code, or by its name in English, in itself or in another language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from braid.text.languages import NAMES
from braid.text.matching import SAME, best_languages, language_rank

_THEMSELVES = {
    "af": "afrikaans", "ar": "العربية عربي", "az": "azərbaycanca", "be": "беларуская", "bg": "български",
    "bn": "বাংলা", "br": "brezhoneg", "bs": "bosanski", "ca": "català", "cs": "čeština česky", "cy": "cymraeg",
    "da": "dansk", "de": "deutsch", "el": "ελληνικά", "en": "english", "eo": "esperanto", "es": "español castellano",
    "et": "eesti", "eu": "euskara", "fa": "فارسی", "fi": "suomi", "fr": "français", "ga": "gaeilge", "gl": "galego",
    "gu": "ગુજરાતી", "he": "עברית", "hi": "हिन्दी हिंदी", "hr": "hrvatski", "hu": "magyar", "hy": "հայերեն",
    "id": "indonesia", "is": "íslenska", "it": "italiano", "ja": "日本語", "ka": "ქართული", "kk": "қазақша",
    "km": "ខ្មែរ", "ko": "한국어", "lo": "ລາວ", "lt": "lietuvių", "lv": "latviešu", "mk": "македонски",
    "mn": "монгол", "ms": "melayu", "my": "မြန်မာ", "nb": "bokmål norsk", "ne": "नेपाली", "nl": "nederlands",
    "nn": "nynorsk", "pl": "polski", "pt": "português", "ro": "română", "ru": "русский", "sk": "slovenčina",
    "sl": "slovenščina", "sq": "shqip", "sr": "српски srpski", "sv": "svenska", "sw": "kiswahili", "ta": "தமிழ்",
    "te": "తెలుగు", "th": "ไทย ภาษาไทย", "tr": "türkçe", "uk": "українська", "ur": "اردو", "uz": "oʻzbekcha",
    "vi": "tiếng_việt", "yue": "粵語 粤语 廣東話 广东话", "zh": "中文 汉语 漢語",
}  # fmt: skip
_ELSEWHERE = {
    "ar": "arabisch arabe árabe arabo 阿拉伯语 阿拉伯文 арабский アラビア語",
    "cs": "tschechisch tchèque checo ceco 捷克语 чешский チェコ語",
    "da": "dänisch danois danés danese 丹麦语 датский",
    "de": "allemand alemán tedesco alemão duits niemiecki almanca 德语 德文 德語 немецкий ドイツ語 독일어 tyska tysk",
    "el": "griechisch grec griego greco 希腊语 греческий",
    "en": "englisch anglais inglés inglese inglês engels angielski ingilizce 英语 英文 英語 английский 영어 engelska",
    "es": "spanisch espagnol spagnolo espanhol spaans hiszpański 西班牙语 西班牙文 испанский スペイン語 스페인어",
    "fi": "finnisch finnois finlandés finlandese 芬兰语 финский",
    "fr": "französisch francés francese francês frans francuski 法语 法文 法語 французский フランス語 프랑스어",
    "hu": "ungarisch hongrois húngaro ungherese 匈牙利语 венгерский",
    "it": "italienisch italien italiaans włoski 意大利语 意大利文 итальянский イタリア語 이탈리아어",
    "ja": "japanisch japonais japonés giapponese japonês japans japoński 日语 日文 日語 японский 일본어",
    "ko": "koreanisch coréen coreano koreaans 韩语 韩文 韓語 корейский 韓国語",
    "nl": "niederländisch holländisch néerlandais neerlandés olandese holandês 荷兰语 нидерландский オランダ語",
    "pl": "polnisch polonais polaco polacco polonês 波兰语 польский ポーランド語",
    "pt": "portugiesisch portugais portugués portoghese portugees 葡萄牙语 葡萄牙文 португальский ポルトガル語",
    "ro": "rumänisch roumain rumano rumeno romeno 罗马尼亚语 румынский",
    "ru": "russisch russe ruso russo rosyjski 俄语 俄文 俄語 ロシア語 러시아어",
    "sv": "schwedisch suédois sueco svedese 瑞典语 шведский スウェーデン語",
    "tr": "türkisch turc turco turks 土耳其语 турецкий トルコ語",
    "uk": "ukrainisch ukrainien ucraniano ucraino 乌克兰语 украинский",
    "vi": "vietnamesisch vietnamien vietnamita 越南语 вьетнамский ベトナム語",
    "zh": "chinesisch chinois chino cinese chinês chinees chiński çince 中国語 중국어 китайский mandarin 汉文 中国话",
}
_VARIETIES = {
    "zh-hans": "简体中文 简体 简中 simplified_chinese chinese_simplified",
    "zh-hant": "繁體中文 繁体中文 繁體 繁中 正體中文 traditional_chinese chinese_traditional",
    "pt-br": "brazilian_portuguese português_do_brasil",
    "en-gb": "british_english",
    "en-us": "american_english us_english",
    "nb": "norwegian",
}
_FILLERS = frozenset({
    "text", "texts", "sentence", "sentences", "segment", "string", "phrase", "content", "translation", "version",
})  # fmt: skip
_AROUND = _FILLERS | {"source", "target"}
_NO_CODES = frozenset({"as", "id", "no", "or", "to"})
"""Codes that are other words far more often: an identifier, a number, whom a text goes to."""
_LONGEST = 60
"""Characters of a name."""
_WORDS = re.compile(r"[\W_]+")
_NAMED = SAME - 1
"""How well a name fits a code that says no variety: less than the same variety, as well as any variety."""


@cache
def _codes() -> dict[str, str]:
    """The code that each name, in small letters, stands for."""
    found = {"_".join(_words(name)): code for code, name in NAMES.items()}
    for table in (_ELSEWHERE, _THEMSELVES, _VARIETIES):
        found |= {name: code for code, names in table.items() for name in names.split()}
    return found


@lru_cache(maxsize=4096)
def named_language(name: str) -> str:
    """The code of the language that a column is called after by its name; "" where it is called after none.

    Example:
        >>> [named_language(name) for name in ("German", "中文", "English text", "Source (Englisch)", "id")]
        ['de', 'zh', 'en', 'en', '']
    """
    words = [word for word in _words(name) if word not in _AROUND]
    if not words:
        return ""
    if found := _codes().get("_".join(words)):
        return found
    found = _codes().get("_".join(words[:-1]), "")  # English (US)
    return f"{found}-{words[-1]}" if found and len(words[-1]) == 2 and words[-1].isascii() else ""


def _words(name: str) -> list[str]:
    """The words of a column's name; none of what is too long for one."""
    return [word for word in _WORDS.split(name.strip().casefold()) if word] if len(name) <= _LONGEST else []


@lru_cache(maxsize=4096)
def _rank(wanted: str, name: str) -> int:
    """How well a column's name fits a language: by its name, or by its code with words around it."""
    found = named_language(name)
    if not found:
        words = _words(name)
        codes = [word for word in words if word not in _AROUND]
        found = "-".join(codes) if len(codes) < len(words) and _is_code(codes) else ""
    return min(language_rank(wanted, found), _NAMED) if found else 0


def _is_code(words: Sequence[str]) -> bool:
    """Whether words are a language code, with a region perhaps."""
    return 0 < len(words) < 3 and words[0] in NAMES and words[0] not in _NO_CODES


def side_columns(language: str, roles: Sequence[str], names: Sequence[str]) -> list[int]:
    """Positions of the columns that are one side of a pair: called after its language, else after the side.

    Args:
        language: Code of the side's language.
        roles: Names of the side, behind which a word for text or a language may stand: source_text, "Source (en)".
        names: Of the columns.
    """
    if found := best_languages(language, names):
        return found
    ranks = [_rank(language, name) for name in names]
    if highest := max(ranks, default=0):
        return [place for place, rank in enumerate(ranks) if rank == highest]
    return [place for role in roles for place, name in enumerate(names) if _is_named(name, role)]


@lru_cache(maxsize=4096)
def _is_named(name: str, role: str) -> bool:
    words = _words(name)
    if len(words) < 2 or words[0] != role:
        return False
    rest = [word for word in words[1:] if word not in _FILLERS]
    return not rest or bool(named_language("_".join(rest))) or _is_code(rest)
