"""The units that texts are counted and compared in: words, and single characters in scripts without spaces."""

from __future__ import annotations

import unicodedata

from braid.text.scripts import is_unspaced


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
    a Chinese text that names Python has it as one word. Where the words of a dictionary are wanted, `braid.text.words`
    finds them at many times the cost.

    Example:
        >>> units("Größe: 3 GB, 用 Python 写")
        ['größe', '3', 'gb', '用', 'python', '写']
    """
    return text.lower().translate(_UNITS).split()
