"""Which scripts and languages the texts of one side are in, beside the one that was declared.

Languages are told in two steps by lingua: its fast mode names the likeliest of all 75, and where that is not the
expected one, its exact mode must give the expected one less than a tenth beside it. Of 16 sides of six collections in
English, German, French and Chinese, 500 texts of 30 columns and more of each, the first step alone is wrong for 0 to
14 % (English texts about software worst), both together for 0 to 0.4 % (old Bible verses full of names worst); of
English, German and French texts in each other's place they find 70 to 99 %.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from braid.auditing.data_sample import SEED, quoted, quoted_row
from braid.data.example import Example
from braid.text.identify import read_as, scripts_of
from braid.text.languages import canonical, declared_script
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
STRAY_KANA = 3
"""Kana that a Chinese text may always have."""
PIECES, MIN_PIECES, TOGETHER, TOGETHER_WIDTH = 100, 5, 8, 120
"""Pieces of a part whose language is told, the fewest that say anything, about how many short texts make one, and how
wide they are in columns."""
OWN_SHARE = 0.2
"""Share of letters in a script of the expected language that say it is that language, whatever else stands there."""
UNLIKELY = 0.1
"""Probability of the expected language, beside the one found, under which the other is believed."""
_WORDS = {"CJK": "Han", "IDEOGRAPHIC": "Han", "HALFWIDTH": "kana", "HIRAGANA": "kana", "KATAKANA": "kana"}
SCRIPTS: dict[str, frozenset[str]] = {
    language: frozenset(scripts.split())
    for scripts, languages in (
        ("Han", "zh yue"),
        ("Han kana", "ja"),
        ("Cyrillic", "be bg kk mk mn ru uk"),
        ("Arabic", "ar fa ur"),
        ("Devanagari", "hi ne"),
        ("Greek", "el"),
        ("Hebrew", "he"),
        ("Armenian", "hy"),
        ("Georgian", "ka"),
        ("Hangul", "ko"),
        ("Thai", "th"),
        ("Latin", "cs da de en es et eu fi fr ga hu id is it lt lv nb nl nn pl pt ro sk sl sv tr vi"),
    )
    for language in languages.split()
}
"""What languages are written in, where that is never anything else."""
_NAMES = {"Chinese": "Han", "Burmese": "Myanmar", "Odia": "Oriya", "N'Ko": "Nko", "Ol Chiki": "Ol",
          "Canadian Aboriginal": "Canadian"}  # fmt: skip
"""Scripts whose names here are others than those of `braid.text.identify`."""
_ALIKE = (frozenset({"nb", "nn", "no", "da"}), frozenset({"id", "ms"}), frozenset({"hr", "sr", "bs"}))
"""Languages that short texts do not tell apart."""

Variant = Callable[[Sequence[str]], str]
"""Says of Chinese texts whether they are ``Hans``, ``Hant``, ``mixed`` or unknown (``""``)."""


def wanted_scripts(declared: str) -> frozenset[str]:
    """The scripts that letters of a declared language are in, named as in `script_counts`; none where any may be."""
    if not declared_script(declared):
        return SCRIPTS.get(canonical(declared), frozenset())
    return frozenset(_NAMES.get(name, name) for name in scripts_of(declared))


@cache
def _script(char: str) -> str:
    """The name of a letter's script, or "" of what is no letter."""
    if not char.isalpha():
        return ""
    word = unicodedata.name(char, "UNKNOWN").split()[0]
    if word == "FULLWIDTH":
        return "Latin"
    return _WORDS.get(word, word.capitalize())


def script_counts(texts: Sequence[str]) -> Counter[str]:
    """How many letters there are of each script, in the first few million characters."""
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
    return scripts


def script_shares(scripts: Counter[str]) -> dict[str, float]:
    """Each script's share of the letters, the largest first."""
    total = scripts.total()
    return {name: round(number / total, 5) for name, number in scripts.most_common()} if total else {}


def is_like(found: str, declared: str) -> bool:
    """Whether two codes mean languages that short texts do not tell apart."""
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
        one, or than the commonest), ``rows`` of those, ``stray_kana`` in Chinese, and ``variant``.
    """
    texts = [getattr(row, side) for row in rows]
    long = [place for place, text in enumerate(texts) if display_width(text[:LONGEST_TEXT]) >= MIN_WIDTH]
    if len(long) > TEXTS:
        long = np.sort(np.random.default_rng(SEED).choice(long, TEXTS, replace=False)).tolist()
    known, shown = read_as(declared), [texts[place][:LONGEST_TEXT] for place in long]
    codes = language_codes(shown, known) if known or not declared else [""] * len(shown)
    counts = Counter(filter(None, codes))
    expected = known or (counts.most_common(1)[0][0] if counts else "")
    others = [place for place, code in zip(long, codes, strict=True) if code and not is_like(code, expected)]
    scripts = script_counts(texts)
    is_chinese = "zh" in (canonical(declared), expected)
    named = dict(zip(long, codes, strict=True))
    return {
        "declared": declared,
        "scripts": script_shares(scripts),
        "texts": len(long),
        "languages": {code: round(number / len(long), 4) for code, number in counts.most_common(6)},
        "unclear": round(1 - counts.total() / len(long), 4) if long else 0.0,
        "other": round(len(others) / len(long), 4) if long else 0.0,
        "rows": [_shown(rows[place], side) | {"language": named[place]} for place in others[:SHOWN]],
        "stray_kana": scripts["kana"] if is_chinese and scripts["kana"] * 4 <= scripts["Han"] else 0,
        "variant": variant_of(texts[:TEXTS]) if variant_of and is_chinese else "",
    }


def _shown(row: Example, side: str) -> dict[str, Any]:
    """A row as it is quoted; with its passage where that is what was looked at."""
    return quoted_row(row) | ({"source": quoted(row.context), "target": ""} if side == "context" else {})


def _holds(text: str, scripts: frozenset[str]) -> bool:
    """Whether a fifth of a text's letters are in some scripts."""
    letters = [script for script in map(_script, text) if script]
    return bool(scripts) and sum(script in scripts for script in letters) >= OWN_SHARE * len(letters) > 0


def _is_chinese(text: str) -> bool:
    """Whether a text with kana, which lingua takes for Japanese, has too few for that.

    Old texts have some in the place of characters that a font lacked; Japanese has about one in two letters.
    """
    scripts = Counter(map(_script, text))
    return scripts["kana"] <= max(STRAY_KANA, scripts["Han"] // 4) < scripts["Han"]


def language_together(texts: Sequence[str]) -> str:
    """The language that texts, of any length, are mostly in, told from several of them at a time; "" if unclear."""
    pieces, piece = list[str](), ""
    step = max(1, len(texts) // (TOGETHER * PIECES))
    for text in texts[::step]:
        piece = f"{piece} {text[:LONGEST_TEXT]}".strip()
        if display_width(piece) >= TOGETHER_WIDTH:
            pieces.append(piece[:LONGEST_TEXT])
            piece = ""
        if len(pieces) == PIECES:
            break
    counts = Counter(language_codes(pieces))
    code, number = counts.most_common(1)[0] if counts else ("", 0)
    return code if number > len(pieces) / 2 and len(pieces) >= MIN_PIECES else ""


def language_codes(texts: Sequence[str], expected: str = "") -> list[str]:
    """The language of each text, as a base code; "" where it is not clear.

    Args:
        texts: Of some length; of short ones little can be told.
        expected: The code of the language they should be in; the commonest one when empty. Where lingua does not know
            it, no text can be told to be in another one, and all are unclear.
    """
    if not texts:
        return []
    from lingua import Language, LanguageDetectorBuilder

    of_code = {language.iso_code_639_1.name.lower(): language for language in Language.all()}
    expected = {"no": "nb"}.get(expected, expected)
    if expected and expected not in of_code:
        return [""] * len(texts)
    safe = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
    builder = LanguageDetectorBuilder.from_all_languages().with_low_accuracy_mode()
    found = builder.with_minimum_relative_distance(AHEAD).build().detect_languages_in_parallel_of(safe)
    codes = [language.iso_code_639_1.name.lower() if language else "" for language in found]
    if expected != "ja":
        codes = ["zh" if code == "ja" and _is_chinese(text) else code for code, text in zip(codes, safe, strict=True)]
    counts = Counter(filter(None, codes))
    usual = expected or (counts.most_common(1)[0][0] if counts else "")
    own = SCRIPTS.get(usual, frozenset())
    for place, code in enumerate(codes):
        if code and "Latin" not in own and not own & SCRIPTS.get(code, frozenset()) and _holds(safe[place], own):
            codes[place] = usual  # foreign names in a text of one's own
    exact = {code: LanguageDetectorBuilder.from_languages(of_code[usual], of_code[code]).build()
             for code in counts if not is_like(code, usual)}  # fmt: skip
    for place, code in enumerate(codes):
        if code in exact and exact[code].compute_language_confidence(safe[place], of_code[usual]) >= UNLIKELY:
            codes[place] = usual
    return codes
