"""The units that texts are counted and compared in: words, and single characters in scripts without spaces."""

from __future__ import annotations

import unicodedata

_RANGES = (
    (0x0E00, 0x109F),  # Thai, Lao, Tibetan, Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007), (0x3040, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F),  # Japanese
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF),  # Han
)  # fmt: skip
UNSPACED = "".join(f"{chr(low)}-{chr(high)}" for low, high in _RANGES)
"""The scripts that put no spaces between words, for a set in a regular expression."""


def is_unspaced(char: str) -> bool:
    """True for a character of a script that puts no spaces between words."""
    return any(low <= ord(char) <= high for low, high in _RANGES)


class _Units(dict[int, str]):
    """For `str.translate`: spaces around each character of scripts without them, and in the place of punctuation."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if unicodedata.category(char)[0] not in "LMN":
            self[code] = " "
        else:
            self[code] = f" {char} " if is_unspaced(char) else char
        return self[code]


_UNITS = _Units()


def units(text: str) -> list[str]:
    """The words of a text in lower case, and each character of Chinese, Japanese, Thai and their like.

    Letters, marks and digits count; punctuation, symbols and emoji do not. The script decides, not a language code:
    a Chinese text that names Python has it as one word.

    Example:
        >>> units("Größe: 3 GB, 用 Python 写")
        ['größe', '3', 'gb', '用', 'python', '写']
    """
    return text.lower().translate(_UNITS).split()
