"""Unicode normalization that every text passes before anything else looks at it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from braid.text.scripts import KANA, SOUTHEAST_ASIAN, TIBETAN

BREAK = "\u200b"
"""The zero-width space, which parts words, or says where a line may end, where no spaces are written."""
_MEANINGLESS = re.compile("[\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u2060\ufeff]")
_ODD = re.compile(f"{_MEANINGLESS.pattern}|{BREAK}|[\ud800-\udfff]|[^\\S ]|  |^ | \\Z")
"""What `normalize` changes, beside what NFC does."""
_LONG = 1000
_MAX_MARKS = 30
_SURROGATES = re.compile("[\ud800-\udfff]")
_COMBINING = (
    "\u0300-\u036f\u0483-\u1dff\u20d0-\u20ff\u2c80-\u2dff\u302a-\u302f\u3099\u309a\ua66f-\uabff\ufb1e\ufe20-\ufe2f"
    "\U00010000-\U0010ffff"
)
"""Where combining marks are, among others."""
_MAY_PILE_UP = re.compile(f"[{_COMBINING}](?=[{_COMBINING}]{{{_MAX_MARKS}}})")
_UNSPACED = f"{SOUTHEAST_ASIAN}{TIBETAN}\u0f0b\u0f0c{KANA}"
"""Letters between which such breaks are written, with the marks between Tibetan syllables."""
_RUNS = re.compile(f"{BREAK}{{2,}}")
_IDLE = re.compile(
    rf"{BREAK}(?![\w{_UNSPACED}])|(?<![\w{_UNSPACED}]){BREAK}|(?<![{_UNSPACED}]){BREAK}(?![{_UNSPACED}])"
)
"""Breaks that part no words: beside no letter at all, or between letters of which none is one of those."""
_MAY_BE_WIDE = re.compile("[\u1100-\U0010ffff]")
_SURELY_WIDE = re.compile("[\u3001-\u3029\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]+")


def normalize(text: str) -> str:
    """The text in NFC, runs of white space as one space, without control characters that carry no meaning.

    Full-width forms stay (NFC, not NFKC), as do the joiners that emoji, Persian and Indic scripts need. A zero-width
    space stays beside a letter of Khmer, Thai, Lao, Burmese, Tibetan or kana, if a letter or digit stands on its other
    side, too; between others it is removed, as soft hyphens and other signs that nobody sees are.
    Lone surrogates become U+FFFD. In texts of more than 1,000 characters at most 30 combining marks stay on one
    character: none needs more (UAX #15, stream-safe text), and the time that NFC takes grows with their square.
    Idempotent.
    """
    if not _is_odd(text) and unicodedata.is_normalized("NFC", text) and not _may_pile_up(text):
        return text
    return " ".join(_plain(text).split())


def normalize_lines(text: str) -> str:
    """The text as `normalize` leaves it, but with its lines, and the spaces inside and before them.

    Line ends are line feeds, no line ends in spaces, and no text begins or ends with empty lines.
    """
    return "\n".join(line.rstrip() for line in _plain(text).splitlines()).strip("\n")


def without_controls(text: str) -> str:
    """The text without control characters and other signs that carry no meaning; nothing else is changed."""
    return text if text.isprintable() else _MEANINGLESS.sub("", text)


def without_breaks(text: str) -> str:
    """The text without zero-width spaces: what is compared, so that writing them or not makes no difference."""
    return text.replace(BREAK, "")


def _plain(text: str) -> str:
    """The text in NFC, without what carries no meaning."""
    if not text.isprintable():
        text = without_controls(_SURROGATES.sub("\ufffd", text))
    if BREAK not in text:
        return _composed(text)
    # Those before marks go first: NFC may put marks in another order, so that the rest would stand beside others.
    text = _composed(_before_marks().sub("", _RUNS.sub(BREAK, text)))
    return _composed(_IDLE.sub("", text))


def _composed(text: str) -> str:
    return _bounded(unicodedata.normalize("NFC", _bounded(text)))


@cache
def _before_marks() -> re.Pattern[str]:
    """Breaks before a mark, which belongs to the letter before them."""
    marks = "".join(char for char in map(chr, range(0x300, 0x20000)) if unicodedata.combining(char))
    return re.compile(f"{BREAK}(?=[{marks}])")


def _is_odd(text: str) -> bool:
    """True when `normalize` has more to do than NFC."""
    if text.isprintable() and "  " not in text:  # neither controls nor other spaces: far cheaper than the expression
        return text[:1] == " " or text[-1:] == " "
    return bool(_ODD.search(text))


def _may_pile_up(text: str) -> bool:
    """False when no character of a text bears too many marks; cheap."""
    return len(text) > _LONG and not text.isascii() and bool(_MAY_PILE_UP.search(text))


def _bounded(text: str) -> str:
    """The text without the marks that are too many on one character."""
    if not _may_pile_up(text):
        return text
    kept: list[str] = []
    num_marks = 0
    for char in text:
        num_marks = num_marks + 1 if unicodedata.combining(char) else 0
        if num_marks <= _MAX_MARKS:
            kept.append(char)
    return "".join(kept)


def display_width(text: str) -> int:
    """Columns the text takes on a terminal: two for East Asian wide and full-width characters, one for others.

    A zero-width space takes none.
    """
    if text.isascii() or not _MAY_BE_WIDE.search(text):
        return len(text)
    text = without_breaks(text)
    rest = "".join(_SURELY_WIDE.split(text))
    others = [char for char in rest if char > "\u10ff" and unicodedata.east_asian_width(char) in "WF"] if rest else ()
    return 2 * len(text) - len(rest) + len(others)
