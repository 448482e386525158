"""Simplified and traditional Chinese, and full and half width: which a text is in, and both folded to one.

Folded texts serve to be compared, never to be shown: many traditional characters share one simplified form. They have
as many characters as before, so that places found in them are places in the user's own text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from braid.text.variant_table import PAIRS

MIXED = 0.05
"""From this share of the rarer kind on, among the characters that only one kind of Chinese has, texts are mixed."""

FULL_WIDTH = {0xFF01 + shift: 0x21 + shift for shift in range(94)}
"""Full-width forms of ASCII, for `str.translate`."""
_WIDE = FULL_WIDTH | {
    0x3000: 0x20, 0xFFE0: 0xA2, 0xFFE1: 0xA3, 0xFFE2: 0xAC, 0xFFE3: 0xAF, 0xFFE4: 0xA6, 0xFFE5: 0xA5, 0xFFE6: 0x20A9,
}  # fmt: skip
_NARROW = (
    "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノ"
    "ハヒフヘホマミムメモヤユヨラリルレロワン\u3099\u309a"
)
"""What the half-width forms from U+FF61 on stand for; marks of sound combine with the character before them."""


_ALSO_TRADITIONAL = frozenset("却荆迹烟叶葱衮脉虬笋耻咤删胆")
"""Simplified characters that traditional texts have as well, though Big5 does not."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Which Chinese texts are in.

    Args:
        name: ``Hans`` (simplified), ``Hant`` (traditional), ``mixed``, or "" where no character tells.
        simplified: Characters that traditional Chinese does not have.
        traditional: Characters that simplified Chinese does not have.
    """

    name: str
    simplified: int
    traditional: int


def chinese_variant(texts: Iterable[str]) -> Variant:
    """The kind of Chinese that texts are in, by the characters that only one of both has.

    Example:
        >>> chinese_variant(["請打開檔案", "我們"])
        Variant(name='Hant', simplified=0, traditional=4)
    """
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text)
    only_simplified, only_traditional = _telling()
    simplified = sum(counts[char] for char in counts.keys() & only_simplified)
    traditional = sum(counts[char] for char in counts.keys() & only_traditional)
    if not simplified and not traditional:
        name = ""
    elif min(simplified, traditional) >= MIXED * (simplified + traditional):
        name = "mixed"
    else:
        name = "Hans" if simplified > traditional else "Hant"
    return Variant(name, simplified, traditional)


def fold_variant(text: str) -> str:
    """The text with simplified characters for traditional ones, as many as before.

    Example:
        >>> fold_variant("請打開檔案")
        '请打开档案'
    """
    return text if text.isascii() else text.translate(_simplified())


def fold_width(text: str) -> str:
    """The text with full-width letters, digits and signs as ASCII, and half-width kana in full width.

    Example:
        >>> fold_width("Ｐｙｔｈｏｎ　３！ｶﾅ")
        'Python 3!カナ'
    """
    return text if text.isascii() else text.translate(_widths())


@cache
def _simplified() -> dict[int, str]:
    return dict(zip(map(ord, PAIRS[::2]), PAIRS[1::2], strict=True))


@cache
def _widths() -> dict[int, int]:
    return _WIDE | {0xFF61 + shift: ord(char) for shift, char in enumerate(_NARROW)}


@cache
def _telling() -> tuple[frozenset[str], frozenset[str]]:
    """The characters that only simplified and those that only traditional Chinese has, by the national standards."""
    simplified = {char for char in PAIRS[1::2] if not _is_in(char, "big5")} - _ALSO_TRADITIONAL
    traditional = {char for char in PAIRS[::2] if not _is_in(char, "gb2312")}
    return frozenset(simplified), frozenset(traditional)


def _is_in(char: str, standard: str) -> bool:
    return bool(char.encode(standard, "ignore"))
