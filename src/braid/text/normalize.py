"""Unicode normalization that every text passes before anything else looks at it."""

from __future__ import annotations

import re
import unicodedata

_MEANINGLESS = re.compile("[\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u200b\u2060\ufeff]")
_ODD = re.compile(f"{_MEANINGLESS.pattern}|[\ud800-\udfff]|[^\\S ]|  |^ | \\Z")
"""What `normalize` changes, beside what NFC does."""
_SPACES = re.compile(r"\s+")
_LONG = 1000
_MAX_MARKS = 30
_SURROGATES = re.compile("[\ud800-\udfff]")


def normalize(text: str) -> str:
    """The text in NFC, runs of white space as one space, without control characters that carry no meaning.

    Full-width forms stay (NFC, not NFKC), as do the joiners that emoji, Persian and Indic scripts need.
    Lone surrogates become U+FFFD. In texts of more than 1,000 characters at most 30 combining marks stay on one
    character: none needs more (UAX #15, stream-safe text), and the time that NFC takes grows with their square.
    Idempotent.
    """
    if not _ODD.search(text) and len(text) <= _LONG and unicodedata.is_normalized("NFC", text):
        return text
    text = _MEANINGLESS.sub("", _SURROGATES.sub("\ufffd", text))
    text = _bounded(unicodedata.normalize("NFC", _bounded(text)))
    return _SPACES.sub(" ", text).strip()


def normalize_lines(text: str) -> str:
    """The text as `normalize` leaves it, but with its lines, and the spaces inside and before them.

    Line ends are line feeds, no line ends in spaces, and no text begins or ends with empty lines.
    """
    text = _MEANINGLESS.sub("", _SURROGATES.sub("\ufffd", text))
    text = _bounded(unicodedata.normalize("NFC", _bounded(text)))
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")


def _bounded(text: str) -> str:
    """The text without the marks that are too many on one character."""
    if len(text) <= _LONG or text.isascii():
        return text
    kept: list[str] = []
    num_marks = 0
    for char in text:
        num_marks = num_marks + 1 if unicodedata.combining(char) else 0
        if num_marks <= _MAX_MARKS:
            kept.append(char)
    return "".join(kept)


def display_width(text: str) -> int:
    """Columns the text takes on a terminal: two for East Asian wide and full-width characters, one for others."""
    if text.isascii():
        return len(text)
    if max(text) <= "\u10ff":
        return len(text)
    return len(text) + sum(1 for char in text if char > "\u10ff" and unicodedata.east_asian_width(char) in "WF")
