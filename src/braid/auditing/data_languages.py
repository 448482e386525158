"""Which scripts and languages the texts of one side are in, beside the one that was declared.

Languages are told by lingua's low-accuracy mode, all 75 of them, and only where the likeliest is well ahead: 86 MB and
a millisecond a text. Of 1,000 German interface texts of 40 columns and more it calls 965 German and 10 nothing.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from braid.auditing.data_sample import SEED, quoted_row
from braid.data.example import Example
from braid.text.languages import canonical
from braid.text.normalize import display_width

TEXTS = 1000
"""Whose language is told, of each side."""
MIN_WIDTH = 30
"""Columns from which on a text's language can be told."""
LONGEST_TEXT = 500
"""Characters looked at of each."""
SCRIPT_CHARS = 5_000_000
AHEAD = 0.2
"""How far the likeliest language must be ahead of the next, 0 to 1."""
SHOWN = 20
_WORDS = {"CJK": "Han", "IDEOGRAPHIC": "Han", "HALFWIDTH": "kana", "HIRAGANA": "kana", "KATAKANA": "kana"}
_ALIKE = (frozenset({"nb", "nn", "no", "da"}), frozenset({"id", "ms"}), frozenset({"hr", "sr", "bs"}))
"""Languages that short texts do not tell apart."""

Variant = Callable[[Sequence[str]], str]
"""Says of Chinese texts whether they are ``Hans``, ``Hant``, ``mixed`` or unknown (``""``)."""


@cache
def _script(char: str) -> str:
    """The name of a letter's script, or "" of what is no letter."""
    if not char.isalpha():
        return ""
    word = unicodedata.name(char, "UNKNOWN").split()[0]
    if word == "FULLWIDTH":
        return "Latin"
    return _WORDS.get(word, word.capitalize())


def script_shares(texts: Sequence[str]) -> dict[str, float]:
    """Each script's share of the letters, the largest first."""
    counts: Counter[str] = Counter()
    size = 0
    for text in texts:
        counts.update(text)
        size += len(text)
        if size > SCRIPT_CHARS:
            break
    scripts: Counter[str] = Counter()
    for char, number in counts.items():
        scripts[_script(char)] += number
    del scripts[""]
    total = scripts.total()
    return {name: round(number / total, 5) for name, number in scripts.most_common()} if total else {}


def _fits(found: str, declared: str) -> bool:
    return found == declared or any({found, declared} <= group for group in _ALIKE)


def languages_found(
    rows: Sequence[Example], side: str, declared: str, variant_of: Variant | None = None
) -> dict[str, Any]:
    """Scripts and languages of one side.

    Args:
        rows: Of any part.
        side: ``source`` or ``target``.
        declared: Its code in the recipe, or "".
        variant_of: Tells simplified from traditional Chinese.

    Returns:
        ``declared``, ``scripts`` by share, ``texts`` looked at, ``languages`` by share of those texts, ``unclear``
        (the share of which nothing can be said), ``other`` (the share told to be in another language than the declared
        one, or than the commonest), ``rows`` of those, and ``variant``.
    """
    texts = [getattr(row, side) for row in rows]
    long = [place for place, text in enumerate(texts) if display_width(text[:LONGEST_TEXT]) >= MIN_WIDTH]
    if len(long) > TEXTS:
        long = np.sort(np.random.default_rng(SEED).choice(long, TEXTS, replace=False)).tolist()
    codes = _codes([texts[place][:LONGEST_TEXT] for place in long])
    counts = Counter(filter(None, codes))
    expected = canonical(declared) or (counts.most_common(1)[0][0] if counts else "")
    others = [
        place for place, code in zip(long, codes, strict=True) if code and expected and not _fits(code, expected)
    ]
    is_chinese = "zh" in (canonical(declared), expected)
    named = dict(zip(long, codes, strict=True))
    return {
        "declared": declared,
        "scripts": script_shares(texts),
        "texts": len(long),
        "languages": {code: round(number / len(long), 4) for code, number in counts.most_common(6)},
        "unclear": round(1 - counts.total() / len(long), 4) if long else 0.0,
        "other": round(len(others) / len(long), 4) if long else 0.0,
        "rows": [quoted_row(rows[place]) | {"language": named[place]} for place in others[:SHOWN]],
        "variant": variant_of(texts[:TEXTS]) if variant_of and is_chinese else "",
    }


def _codes(texts: Sequence[str]) -> list[str]:
    """The language code of each text, "" where it is not clear."""
    if not texts:
        return []
    from lingua import LanguageDetectorBuilder

    builder = LanguageDetectorBuilder.from_all_languages().with_low_accuracy_mode()
    detector = builder.with_minimum_relative_distance(AHEAD).build()
    safe = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
    found = detector.detect_languages_in_parallel_of(safe)
    return [language.iso_code_639_1.name.lower() if language else "" for language in found]
