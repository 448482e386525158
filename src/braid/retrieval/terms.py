"""What of a text is searched for: words without case, accents and width; characters and pairs where no spaces are.

Words are not reduced to stems, for which every language would need its own rules; what the index does not know is
looked for by `grams` among what it knows.

Papers: McNamee and Mayfield (2004), Character n-gram tokenization for European language text retrieval; Nie, Gao,
Zhang and Zhou (2000), On the use of words and n-grams for Chinese information retrieval.
"""

from __future__ import annotations

import itertools
import re
import unicodedata

from braid.text.normalize import normalize
from braid.text.scripts import UNSPACED

MAX_WORD = 64
"""A longer run of letters is taken in parts of this length."""

GRAM = 4

_PAIRED = f"{UNSPACED}\uac00-\ud7a3"
"""Scripts whose words are found by pairs of characters; Korean, whose words have endings, is one of them."""

_ASCII_WORD = re.compile(rf"[a-z0-9]{{1,{MAX_WORD}}}")
_RUN = re.compile(rf"[^\s{_PAIRED}]{{1,{MAX_WORD}}}|[{_PAIRED}]+")
_IS_PAIRED = re.compile(f"[{_PAIRED}]")
_HAS_NO_GRAMS = re.compile(rf"[{_PAIRED}\d]")


class _Folded(dict[int, str]):
    """For `str.translate`: letters and digits in their plainest form, marks that change no word gone, all else spaces.

    Accents go; the vowel signs and tones of Indic, Thai and other scripts, which are marks too, stay.
    """

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", chr(code)).casefold())
        kept = "".join(char for char in plain if not _is_accent(char))
        folded = "".join(map(_letter, unicodedata.normalize("NFC", kept)))
        self[code] = folded
        return folded


def _is_accent(char: str) -> bool:
    order = unicodedata.combining(char)
    return order >= 200 or 10 <= order <= 35 or char in "\u0640\u200b\u200c\u200d"


def _letter(char: str) -> str:
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    return char if unicodedata.category(char)[0] in "LMN" else " "


_FOLDED = _Folded()


def terms(text: str) -> list[str]:
    """The terms of a text, repeated as they are in it; their order says nothing.

    Example:
        >>> terms("Größe: 3 m")
        ['grosse', '3', 'm']
        >>> terms("三国 III")
        ['三', '国', '三国', 'iii']
    """
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    found: list[str] = []
    for run in _RUN.findall(normalize(text).translate(_FOLDED)):
        if not _IS_PAIRED.match(run):
            found.append(run)
            continue
        found.extend(run)
        found.extend(map("".join, itertools.pairwise(run)))
    return found


def is_character(term: str) -> bool:
    """True for a single character of a script without spaces: weak evidence beside the pair it stands in."""
    return len(term) == 1 and bool(_IS_PAIRED.match(term))


def grams(word: str) -> list[str]:
    """The distinct runs of four characters of a word with its borders; none for numbers, short words and pairs."""
    if len(word) < GRAM or _HAS_NO_GRAMS.search(word):
        return []
    padded = f"^{word}$"
    return list(dict.fromkeys(padded[start : start + GRAM] for start in range(len(padded) - GRAM + 1)))
