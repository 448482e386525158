"""Texts that were read in the wrong encoding once, or escaped once too often, as they were meant.

Only what is certain is changed: curly quotes, full-width forms and ligatures stay, and so does every text in which
anything else may be meant. Western, Cyrillic and Greek damage is found and undone by ftfy; UTF-8 that was read as one
of the Chinese, Japanese and Korean encodings by writing it back and looking at both; Chinese and Russian that was read
as Latin-1 by its bytes, as files are.
"""

from __future__ import annotations

import html
import re
from functools import cache
from html.entities import html5
from itertools import product, takewhile
from typing import Any

from braid.text.encodings import common_characters, guess_encoding

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
    f"[{_MARKS}]*+[А-яЁёЂ-џ][А-яЁёЂ-џ{_MARKS}]*|[{_MARKS}]*+[Α-ώ][Α-ώ{_MARKS}]*|[À-ÖØ-öø-žŒœ{_MARKS}°€\xa0]+"
)
_INSIDE = re.compile("(?<=[a-z])[^\x00-\x7f]{1,4}(?=[a-z])")
_LATIN = re.compile("[À-ɏ]")
_SPACE = "\xa0"
_RARE = 0.5
"""The most that may be common characters in what is no Chinese text."""
_FOREIGN = re.compile("[\xa1-\xff]{4}")
"""So many signs and letters beyond ASCII in a row hold no Western text."""
_HIGH = re.compile(
    "[\x80-\xff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]+"
)
_ALONE = re.compile("(?<![A-Za-z])[^\x00-\x7f](?:[^\x00-\x7f]|(?<=[^\x00-\x7f])-(?=[^\x00-\x7f]))*+(?![A-Za-z])")
_CYRILLIC = re.compile("[А-яЁёІіЇїЄєҐґ«»–—…“”„№\xa0]*")
"""What stands in Russian and Ukrainian texts beyond ASCII."""
_SURE = 0.9
_FOREIGN_LEAST = {"cp1251": 5, "gb18030": 3}
"""Letters of a text with fewer of which nothing is certain."""
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
    if _FOREIGN.search(text) and (found := _read_by_bytes(text)):
        return found
    pairs, singles, eastern, surely_eastern = _suspects()
    if eastern.search(text) and surely_eastern.search(text):
        text = _RUN.sub(_rewritten, _rewritten_words(text))
    if pairs.search(text) or singles.search(text):
        import ftfy

        if not _FOREIGN.search(text) or all(map(_is_whole, _RUN.findall(text))):
            text = ftfy.fix_encoding(_rewritten_words(text), _config())
    return text


def _is_whole(run: str) -> bool:
    """False for a run of Western letters of which a part alone is UTF-8: the whole was meant to be something else."""
    return not _FOREIGN.search(run) or not _HIGH.fullmatch(run) or _is_utf8(_western(run))


def _western(text: str) -> bytes:
    """The bytes of characters of Latin-1 and cp1252.

    Raises:
        UnicodeEncodeError: Others are among them.
    """
    return b"".join(char.encode("latin-1" if char < "\u0100" else "cp1252") for char in text)


def _read_by_bytes(text: str) -> str:
    """A Chinese or Russian text that was read as Latin-1 or cp1252, as it was meant; "" for any other."""
    runs = _RUN.findall(text)
    whole = "".join(runs)
    if not _HIGH.fullmatch(whole) or len(_ALONE.findall(text)) < len(runs):
        return ""
    try:
        data = _western(text)
    except UnicodeEncodeError:
        return ""
    if _is_utf8(data):
        return ""
    guess = guess_encoding(data)
    if guess is None or guess.encoding not in _FOREIGN_LEAST or guess.confidence < _SURE:
        return ""
    found = data.decode(guess.encoding, "replace")
    return found if _is_meant(found, guess.encoding) else ""


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_meant(text: str, encoding: str) -> bool:
    """Whether all that is beyond ASCII is what texts in the encoding hold, and enough of it letters."""
    beyond = "".join(_RUN.findall(text))
    letters = sum(map(str.isalpha, beyond))
    if letters < _FOREIGN_LEAST[encoding]:
        return False
    if encoding == "gb18030":
        common = common_characters("Hans")
        return all(char in common or _MARK.match(char) for char in beyond)
    words = re.findall("[А-яЁёІіЇїЄєҐґ]+", text)
    if len(words) < 2:  # one alone may be a list of letters
        return False
    is_cased = all(word[1:] == word[1:].lower() for word in words)  # capitals alone may be small letters of KOI8
    return is_cased and _CYRILLIC.fullmatch(beyond) is not None


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
