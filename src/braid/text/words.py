"""The words of a text as places in the text itself.

| script | what a word is |
|---|---|
| with spaces | what Unicode's rules make one (UAX #29): don't, l'eau, 3.5, foo_bar; hyphens part words |
| Chinese | what jieba's dictionary makes of it, traditional characters looked up as simplified ones |
| Japanese, Thai | where BudouX' small models see a border |
| Tibetan | a syllable: there are marks between them |
| Lao, Burmese, Khmer and others without spaces | a letter with its signs |

Words and places are those of the text as it is given: nothing is normalized first.
"""

from __future__ import annotations

import json
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from braid.text.languages import canonical
from braid.text.scripts import HAN, KANA, is_unspaced
from braid.text.variants import fold_variant, fold_width

_LONGEST_RUN = 5000
"""Characters that are looked at together where no spaces are."""
_THAI = "\u0e01-\u0e4e"
_SIGN_OF = (("h", HAN), ("k", KANA), ("t", _THAI), ("b", "\u0f00-\u0fff"))
_STACKING = "\u1039\u17d2\u1a60"
"""Signs of Burmese, Khmer and Tai Tham that put the next letter below."""
_JOINING = "\u00ad\u200c\u200d"
"""Soft hyphens and joiners, which Persian and Indic words have inside."""
_BETWEEN_LETTERS = "'’·:.\u00b7\u05f4\u2027\uff07\uff0e"
_BETWEEN_DIGITS = "'’.,٫٬\uff0c\uff0e"

# Signs: w letter, m mark, d digit, _ connector; : . , what may stand between letters, both, digits; h Chinese, k kana,
# t Thai, b Tibetan, a other letters without spaces, v what puts the next below. What follows a separator must be of
# the kind before it.
_WORD = re.compile(
    r"[wd_][wdm_]*(?:(?<=[wm])[:.](?=w)[wdm_]+|(?<=d)[.,](?=d)[wdm_]+)*"
    r"|[hk][hkm]*|t[tm]*|a(?:m|va)*v?|b[bm]*"
)


class _Signs(dict[int, str]):
    """For `str.translate`."""

    def __missing__(self, code: int) -> str:
        self[code] = _sign(chr(code))
        return self[code]


def _sign(char: str) -> str:
    category = unicodedata.category(char)
    if char in _STACKING:
        return "v"
    if category[0] == "M" or char in _JOINING:
        return "m"
    if is_unspaced(char):
        return next((sign for sign, chars in _SIGN_OF if re.match(f"[{chars}]", char)), "a")
    if category[0] in "LN":
        return "d" if category[0] == "N" else "w"
    is_between = (char in _BETWEEN_LETTERS, char in _BETWEEN_DIGITS)
    return {(True, True): ".", (True, False): ":", (False, True): ","}.get(is_between, "_" if category == "Pc" else " ")


_SIGNS = _Signs()


def words(text: str, language: str = "") -> list[tuple[int, int]]:
    """Begin and end of each word, in order; punctuation, symbols and spaces are in none.

    Args:
        text: Of any length.
        language: Tells Japanese from Chinese where no kana does; other scripts speak for themselves.

    Cost: O(characters): five million a second of scripts with spaces, half a million of Japanese and Thai, a fifth of
    one of Chinese, whose dictionary takes a second to load.

    Example:
        >>> text = "我们来到清华大学, don't we?"
        >>> [text[begin:end] for begin, end in words(text)]
        ['我们', '来到', '清华大学', "don't", 'we']
    """
    found: list[tuple[int, int]] = []
    signs = text.translate(_SIGNS)
    is_japanese = canonical(language) == "ja" or (not language and "k" in signs)
    for match in _WORD.finditer(signs):
        begin, end = match.span()
        kind = match[0][0]
        cut = _cutter("ja" if kind in "hk" and is_japanese else kind)
        if cut:
            found += _spans(text[begin:end], begin, cut)
        elif match[0].strip("_"):
            found.append((begin, end))
    return found


def _spans(run: str, begin: int, cut: Callable[[str], Iterable[str]]) -> Iterator[tuple[int, int]]:
    """The places of the words of a run."""
    for start in range(0, len(run), _LONGEST_RUN):
        for word in cut(run[start : start + _LONGEST_RUN]):
            yield begin, begin + len(word)
            begin += len(word)


def _cutter(kind: str) -> Callable[[str], Iterable[str]] | None:
    """What cuts a run of a script into words; None where it is one word."""
    if kind in ("h", "k"):
        return _chinese_words
    if kind == "ja":
        return lambda run: _borders("ja_word").parse(fold_width(run))
    return _borders("th").parse if kind == "t" else None


def _chinese_words(run: str) -> Iterable[str]:
    return _jieba().cut(fold_variant(run))


@cache
def _jieba() -> Any:
    """jieba's dictionary, loaded without a word and without its cache in the folder for temporary files."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba

        tokenizer = jieba.Tokenizer()
        tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer


@cache
def _borders(model: str) -> Any:
    """One of BudouX' models."""
    import budoux

    return budoux.Parser(json.loads((files("budoux") / "models" / f"{model}.json").read_text(encoding="utf-8")))
