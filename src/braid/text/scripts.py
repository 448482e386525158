"""Characters of the scripts that put no space between words: the one list of them.

Letters and vowel signs, not digits: ๒๕๖๗ is one number as 2024 is. The scripts are those that Unicode breaks into lines
by dictionary (UAX #14, class SA) or between any two characters (class ID), and Tibetan, which marks syllables only.
"""

from __future__ import annotations

import re

HAN = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
KANA = "\u3041-\u3096\u3099-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
SOUTHEAST_ASIAN = (
    "\u0e01-\u0e4e\u0e81-\u0ece\u0edc-\u0edf"  # Thai, Lao
    "\u1000-\u103f\u104e\u1050-\u108f\u109a-\u109f\ua9e0-\ua9ef\ua9fa-\ua9fe\uaa60-\uaa7f"  # Burmese
    "\u1780-\u17d3\u17d7\u17dc\u17dd"  # Khmer
    "\u1950-\u1974\u1980-\u19c9\u1a20-\u1a7f\uaa80-\uaadf"  # the Tai scripts
)
"""Scripts whose words are written together and end in no mark of their own."""
TIBETAN = "\u0f00\u0f18\u0f19\u0f35\u0f37\u0f39\u0f3e-\u0fbc\u0fc6"
UNSPACED = (
    f"{HAN}{KANA}\u3105-\u312f\u31a0-\u31bf\ua000-\ua48c"  # with bopomofo and Yi
    f"{SOUTHEAST_ASIAN}{TIBETAN}"
)
"""All of them; each of these strings is for a character class of a regular expression."""

_UNSPACED = re.compile(f"[{UNSPACED}]")


def is_unspaced(text: str) -> bool:
    """True when the text holds a character of such a script."""
    return bool(_UNSPACED.search(text))
