"""What Braid knows of languages: their base code, their English name, and whether they put spaces between words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

NAMES = {
    "af": "Afrikaans", "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian", "bg": "Bulgarian", "bn": "Bengali",
    "bo": "Tibetan", "br": "Breton", "bs": "Bosnian", "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish",
    "de": "German", "el": "Greek", "en": "English", "eo": "Esperanto", "es": "Spanish", "et": "Estonian",
    "eu": "Basque", "fa": "Persian", "fi": "Finnish", "fr": "French", "ga": "Irish", "gl": "Galician",
    "gu": "Gujarati", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian",
    "id": "Indonesian", "is": "Icelandic", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh",
    "km": "Khmer", "ko": "Korean", "lo": "Lao", "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian",
    "mn": "Mongolian", "ms": "Malay", "my": "Burmese", "nb": "Norwegian Bokmål", "ne": "Nepali", "nl": "Dutch",
    "nn": "Norwegian Nynorsk", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak",
    "sl": "Slovenian", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil",
    "te": "Telugu", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek",
    "vi": "Vietnamese", "yue": "Cantonese", "zh": "Chinese",
}  # fmt: skip
WITHOUT_SPACES = frozenset({"bo", "ja", "km", "lo", "my", "th", "yue", "zh"})


@lru_cache(maxsize=256)
def canonical(language: str) -> str:
    """The base code in lower case: ``zh_CN``, ``zh-Hans`` and ``ZH`` are all ``zh``."""
    return language.strip().replace("_", "-").split("-")[0].lower()


def language_name(language: str) -> str:
    """The English name of a language, with the code where it says more; the code itself where there is none."""
    base = canonical(language)
    if base not in NAMES:
        return language
    return NAMES[base] if base == language.strip().lower() else f"{NAMES[base]} ({language})"


def has_spaces(language: str) -> bool:
    """True when the language puts spaces between its words."""
    return canonical(language) not in WITHOUT_SPACES


def guess_language(texts: Iterable[str]) -> str:
    """The code that the script alone gives away: zh, ja, th, or "" where it may be any of many languages."""
    counts = Counter(_script(char) for text in texts for char in text)
    del counts[""]
    if counts["ja"] > 0.1 * (counts["ja"] + counts["zh"]) > 0 and counts["ja"] > counts["other"]:
        return "ja"
    best = max(("zh", "th", "other"), key=lambda name: counts[name])
    return "" if best == "other" or not counts[best] else best


def _script(char: str) -> str:
    if "\u4e00" <= char <= "\u9fff":
        return "zh"
    if "\u3040" <= char <= "\u30ff":
        return "ja"
    if "\u0e00" <= char <= "\u0e7f":
        return "th"
    return "other" if char.isalpha() else ""
