"""Texts that were read in the wrong encoding once, or escaped once too often, as they were meant.

Only what is certain is changed: curly quotes, full-width forms and ligatures stay, and so does every text in which
anything else may be meant. Western, Cyrillic and Greek damage is found and undone by ftfy; UTF-8 that was read as one
of the Chinese, Japanese and Korean encodings by writing it back and looking at both.
"""

from __future__ import annotations

import html
import re
from functools import cache
from html.entities import html5
from itertools import product, takewhile
from typing import Any

from braid.text.encodings import common_characters

_SINGLE = ("latin-1", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "iso8859-2", "mac-roman", "cp437")
"""Encodings with one byte a character in which ftfy finds UTF-8."""
_DOUBLE = {"gb18030": "Hans", "cp932": "ja"}
"""Those with two in which UTF-8 may survive, each with the standard of its common characters; in Big5 and the Korean
one bytes are lost of nearly every text."""
_RUN = re.compile("[^\x00-\x7f]+")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|[A-Za-z][A-Za-z0-9]{1,30});")
_MENTIONED = re.compile(r"[(\"'“”„‘’«»「『`,]\s?&[#\w]{1,31};|&[#\w]{1,31};[)\"'”“’»」』`]")
"""An entity in quotation marks or brackets is what the text is about."""
_TAG = re.compile(r"</?[A-Za-z!]")
_MARKS = "\u3000-\u303f\uff00-\uffee“”‘’…—–·«»"
_KANA = re.compile("[\u3040-\u30ff]")
_MARK = re.compile(f"[{_MARKS}]")
_ONE_SCRIPT = re.compile(
    f"[А-яЁёЂ-џ{_MARKS}]*[А-яЁёЂ-џ][А-яЁёЂ-џ{_MARKS}]*|[Α-ώ{_MARKS}]*[Α-ώ][Α-ώ{_MARKS}]*|[À-ÖØ-öø-žŒœ{_MARKS}°€\xa0]+"
)
_INSIDE = re.compile("(?<=[a-z])[^\x00-\x7f]{1,4}(?=[a-z])")
_LATIN = re.compile("[À-ɏ]")
_SPACE = "\xa0"
_RARE = 0.5
"""The most that may be common characters in what is no Chinese text."""
_LEAST, _MANY = 3, 8
"""Characters that must be wrong where some are rare, and where none needs to be."""
_REST = range(0x80, 0xC0)
"""What bytes of UTF-8 follow the first of a character."""


def repair(text: str) -> str:
    """The text with the damage undone that is certain; the same text where there is none.

    Cost: O(characters); clean text costs about a microsecond for 100 characters.

    Example:
        >>> repair("fÃ¼r 5 &euro; &amp; mehr")
        'für 5 € & mehr'
    """
    if "&" in text:
        text = _unescaped(text)
    if text.isascii():
        return text
    pairs, singles, eastern, surely_eastern = _suspects()
    if eastern.search(text) and surely_eastern.search(text):
        text = _RUN.sub(_rewritten, _rewritten_words(text))
    if pairs.search(text) or singles.search(text):
        import ftfy

        text = ftfy.fix_encoding(_rewritten_words(text), _config())
    return text


def _unescaped(text: str) -> str:
    """The text with characters for their entities, unless it has tags, would get some, or is about entities."""
    if "<" in text or not _ENTITY.search(text) or _MENTIONED.search(text):
        return text
    found = text
    for _ in range(3):  # &amp;quot; was escaped twice
        found = _ENTITY.sub(_character, found)
    return text if _TAG.search(found) else found


def _character(match: re.Match[str]) -> str:
    entity = match[0]
    return html.unescape(entity) if entity[1] == "#" or entity[1:] in html5 else entity


@cache
def _suspects() -> tuple[re.Pattern[str], ...]:
    """What clean text hardly holds: two bytes of UTF-8 as characters; control characters; the former in the Far East.

    Each begins with one set of characters, for which expressions are searched fastest. The last one is slower, hits
    less, and is for what the third hits.
    """
    leads = set().union(*(_decoded(encoding, range(0xC2, 0xF5)) for encoding in _SINGLE))
    others = set().union(*(_decoded(encoding, _REST) for encoding in _SINGLE))
    # Spaces stand behind letters for themselves; dashes and quotation marks are letters on old Macintoshes only.
    leads, others = leads - set("–—“”‘’"), others - {_SPACE}
    first, second, letters = set(), set(), set()
    for encoding in _DOUBLE:  # one and a half letters of three bytes are two characters, letters of two bytes are one
        letters |= _decoded(encoding, range(0xC3, 0xC6), _REST) | _decoded(encoding, range(0xCE, 0xD2), _REST)
        first |= _decoded(encoding, range(0xE3, 0xEE), _REST) | set("ﾂﾃﾄﾅﾎﾏﾐﾑ")
        second |= _decoded(encoding, _REST, range(0xE3, 0xEE)) | _decoded(encoding, _REST)
    letter, two = f"[{_set(letters)}]", f"[{_set(first)}][{_set(second)}]"
    return (
        re.compile(f"[{_set(leads)}][{_set(others)}]"),
        re.compile(f"[\x80-\x84\x86-\x9fÂÃâРС](?:(?<=[\x80-\x9f])|{_SPACE})"),
        re.compile(f"[{_set(first | letters)}][{_set(second | letters)}a-z]"),
        re.compile(f"{two}|{letter}{letter}{letter}|[a-z]{letter}|{letter}[a-z]"),
    )


def _decoded(encoding: str, *places: range) -> set[str]:
    """The single characters beyond ASCII that these bytes make, one of each range."""
    texts = (bytes(row).decode(encoding, "ignore") for row in product(*places))
    return {text for text in texts if len(text) == 1 and text > "\x7f"}


def _set(chars: set[str]) -> str:
    return "".join(map(re.escape, sorted(chars)))


@cache
def _config() -> Any:
    """What ftfy is to mend: encodings only."""
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        unescape_html=False, remove_terminal_escapes=False, replace_lossy_sequences=False, fix_latin_ligatures=False,
        fix_character_width=False, uncurl_quotes=False, fix_line_breaks=False, fix_surrogates=False,
        remove_control_chars=False, normalization=None,
    )  # fmt: skip


def _rewritten(match: re.Match[str]) -> str:
    """A run of characters beyond ASCII as it was meant, when its bytes in some encoding are UTF-8 and read better."""
    run = match[0]
    for encoding, standard in _DOUBLE.items():
        found = _read_again(run, encoding) if len(run) >= _LEAST else ""
        if found and _share(run, standard) <= _RARE:
            common = common_characters()
            if all(char in common or _KANA.match(char) or _MARK.match(char) for char in found):
                return found
    return run


def _rewritten_words(text: str) -> str:
    """A text in an alphabet as it was meant, when all that is beyond ASCII in it is UTF-8 in some encoding."""
    runs = _RUN.findall(text)
    whole = "".join(runs)
    if _LATIN.search(whole):
        return text
    for encoding in (*_DOUBLE, "cp1251"):
        found = "".join(takewhile(bool, (_read_again(run, encoding) for run in runs)))
        if len(found.encode()) != len(whole.encode(encoding, "ignore")) or not _ONE_SCRIPT.fullmatch(found):
            continue
        is_rare = encoding in _DOUBLE and len(whole) >= _LEAST and _share(whole, _DOUBLE[encoding]) <= _RARE
        if is_rare or len(whole) >= _MANY or (_LATIN.search(found) and _INSIDE.search(text)):
            return _RUN.sub(lambda match, encoding=encoding: _read_again(match[0], encoding), text)
    return text


def _read_again(text: str, encoding: str) -> str:
    """The text with its bytes in an encoding read as UTF-8; "" where they are none."""
    try:
        return text.encode(encoding).decode("utf-8")
    except UnicodeError:
        return ""


def _share(text: str, standard: str) -> float:
    """The share of common characters of a standard."""
    common = common_characters(standard)
    return sum(char in common for char in text) / len(text)
