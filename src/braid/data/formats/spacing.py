"""What stands between two pieces of a text that a file keeps apart: a space, or nothing."""

from __future__ import annotations

import re

from braid.text.scripts import UNSPACED

_CLOSE = re.compile(f"[{UNSPACED}\\u3000-\\u303f\\uff00-\\uff65]")
"""Letters and signs of scripts that put no space between words."""


def space_between(left: str, right: str) -> str:
    """A space; nothing at the beginning of a text, and beside a character of a script that has none.

    Example:
        >>> [space_between(*pair) for pair in (("a", "b"), ("灯", "b"), ("好。", "灯"), ("", "b"))]
        [' ', '', '', '']
    """
    is_close = not left or not right or _CLOSE.match(left[-1]) or _CLOSE.match(right)
    return "" if is_close else " "
