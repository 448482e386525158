"""Capitals, digits and scripts of a text, one sign a character, so that patterns can be looked for in any language."""

from __future__ import annotations

import re
import unicodedata

from braid.text.scripts import is_unspaced

HALF_WIDTH = {0xFF01 + shift: 0x21 + shift for shift in range(94) if chr(0x21 + shift).isalnum() or shift in (4, 13)}
"""Full-width letters, digits, per cent signs and full stops as ASCII, for `str.translate`."""
WORD = re.compile("[ulmdo]+")
"""In shapes: letters and digits that stand together."""
UNIT = re.compile(f"{WORD.pattern}|c")
"""In shapes: what `braid.text.units` counts."""
PIECE = re.compile("d+|c|o[om]*|u[lm]+|u+(?=u[lm])|u+|[lm]+")
"""In shapes: the parts of a word as libFooBar2 shows them."""


class _Shapes(dict[int, str]):
    """For `str.translate`."""

    def __missing__(self, code: int) -> str:
        category = unicodedata.category(chr(code))
        if category[0] in "LMN" and is_unspaced(chr(code)):
            sign = "c"
        elif category[0] == "L":
            sign = {"Lu": "u", "Lt": "u", "Ll": "l", "Lm": "m"}.get(category, "o")
        else:
            sign = {"M": "m", "N": "d"}.get(category[0], " ")
        self[code] = sign
        return sign


_SHAPES = _Shapes()


def shapes(text: str) -> str:
    """As many signs as the text has characters.

    u and l for capital and small letters, m for marks on letters, d for digits, o for letters without case, c for
    characters of scripts without spaces, a space for all else.

    Example:
        >>> shapes("libFoo2 用")
        'lllulld c'
    """
    return text.translate(_SHAPES)


def unit_spans(text: str) -> list[tuple[int, int]]:
    """Begin and end of each unit, as `braid.text.units` counts them, in the text as it stands."""
    return [match.span() for match in UNIT.finditer(shapes(text))]
