"""Encodings that no frequency of bytes gives away: those that write everything in ASCII, and those of DOS.

ISO 2022 (RFC 1468, 1554, 1557, 1922) announces each set of characters by an escape sequence, HZ (RFC 1843) puts Chinese
between ``~{`` and ``~}``, UTF-7 (RFC 2152) puts base64 of UTF-16 between ``+`` and ``-``.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Sequence

from braid.text.encodings import common_characters

UNREADABLE = {"utf-7": "UTF-7", "iso2022_cn": "ISO-2022-CN"}
"""What is recognized and not decoded: Python has no codec for the one, and a leaky one for the other."""

_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\$\([@-D]|\$\)[CAG]|\([IJ])")
_CODECS = ("iso2022_jp", "iso2022_jp_2", "iso2022_jp_ext", "iso2022_jp_2004", "iso2022_kr")
_CHINESE = re.compile(rb"\x1b\$[)*+][A-H]")
_HZ = re.compile(rb"~\{((?:[!-w][!-~])++)~\}")
_BASE64 = re.compile(rb"(?<!\+)\+([A-Za-z0-9/][A-Za-z0-9+/]{2,}+)(?!=)")
_LONGEST = 2000
"""Characters of base64, with more of which no text is written."""
_FEW = 3
"""Groups of UTF-7, or characters of HZ, with fewer of which a file is not taken for it."""
_COMMON = 0.9
_EACH = 2**13
"""Bytes of a part of a file that are kept to be looked at."""

_WESTERN = "ÄÖÜäöüßÉÈÊÀÂÇéèêëàâçîïôûùœÁÍÓÚÑáíóúñ¿¡ãõìòÅÆØåæøÞÐýþð«»"
_DOS = {
    "cp850": dict.fromkeys(("fr", "es", "it", "pt", "nl", "ca", "is"), _WESTERN)
    | {"de": "ÄÖÜäöüßé", "sv": "ÅÄÖåäöé", "fi": "ÅÄÖåäö", "da": "ÅÆØåæøé", "nb": "ÅÆØåæøé", "nn": "ÅÆØåæøé"},
    "cp852": {
        "pl": "ĄĆĘŁŃÓŚŹŻąćęłńóśźż", "cs": "ÁČĎÉĚÍŇÓŘŠŤÚŮÝŽáčďéěíňóřšťúůýž", "sl": "ČŠŽčšž", "hr": "ČĆĐŠŽčćđšž",
        "sk": "ÁÄČĎÉÍĹĽŇÓÔŔŠŤÚÝŽáäčďéíĺľňóôŕšťúýž", "hu": "ÁÉÍÓÖŐÚÜŰáéíóöőúüű", "ro": "ĂÂÎŞŢăâîşţ",
    },
}  # fmt: skip
_MARKS = "«»¿¡§°·"
_DOS_SHARE = 0.85
"""The least share of an expected language's letters among what is beyond ASCII."""
_DOS_LEAST = 4


def escaped_lines(chunk: bytes) -> bytes:
    """What is to be looked at by `find_escaped` of a part of a file in ASCII; nearly always nothing, soon told."""
    if b"\x1b" in chunk or b"~{" in chunk or (b"+" in chunk and _BASE64.search(chunk)):
        lines = chunk.split(b"\n")
        found = [line for line in lines if _ESCAPE.search(line) or b"~{" in line or _BASE64.search(line)]
        return b"\n".join([*found, b""])[:_EACH] if found else b""
    return b""


def find_escaped(sample: bytes) -> str:
    """The encoding of a file that is all ASCII by those of its lines that may be in none; "" when they are ASCII."""
    if not sample:
        return ""
    if _CHINESE.search(sample) and b"\x0e" in sample and not re.search(rb"\x1b\$\)C", sample):
        return "iso2022_cn"
    if _ESCAPE.search(sample):
        whole = sample[: sample.rfind(b"\n") + 1] or sample
        return next((name for name in _CODECS if _reads(whole, name)), "")
    return "hz" if _is_hz(sample) else "utf-7" if _is_utf7(sample) else ""


def _reads(sample: bytes, encoding: str) -> bool:
    try:
        text = (b"\x1b$)C" * (encoding == "iso2022_kr") + sample).decode(encoding)
    except UnicodeDecodeError:
        return False
    return not text.isascii() and "\x1b" not in text


def _is_hz(sample: bytes) -> bool:
    groups = _HZ.findall(sample)
    chars = bytes(byte | 0x80 for byte in b"".join(groups)).decode("gb2312", "replace")
    common = common_characters("Hans")
    num_letters = sum(unicodedata.category(char)[0] == "L" for char in chars)
    return (
        len(groups) == sample.count(b"~{")
        and "\ufffd" not in chars
        and sum(char in common for char in chars) >= max(_FEW, _COMMON * num_letters)
    )


def _is_utf7(sample: bytes) -> bool:
    groups = set(_BASE64.findall(sample))
    texts = [_from_base64(group) for group in groups]
    good = [text for text in texts if text]
    with_letters = {text for text in good if any(map(str.isalpha, text))}
    return len(with_letters) >= _FEW and len(good) >= _COMMON * len(groups)


def _from_base64(group: bytes) -> str:
    """What a group of UTF-7 says, when that is letters of one script beyond ASCII, or signs; "" otherwise."""
    if len(group) > _LONGEST:
        return ""
    try:
        data = base64.b64decode(group + b"=" * (-len(group) % 4))
        text = data[: len(data) // 2 * 2].decode("utf-16-be")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    if len(group) * 6 - len(text.encode("utf-16-be")) * 8 >= 6 or data[len(data) // 2 * 2 :].strip(b"\0"):
        return ""
    if any(char < "\xa0" or unicodedata.category(char)[0] not in "LMPSZ" for char in text):
        return ""
    letters = [char for char in text if char.isalpha()]
    is_plain = all(char in common_characters() or unicodedata.name(char, "").split()[0] != "CJK" for char in letters)
    scripts = {unicodedata.name(char, "?").split()[0] for char in letters} - {"CJK", "HIRAGANA", "KATAKANA", "HANGUL"}
    return text if is_plain and len(scripts) <= 1 else ""


def find_dos(sample: bytes, languages: Sequence[str]) -> str:
    """The code page of DOS in which the expected languages' letters are nearly all that is beyond ASCII; "" if none.

    Args:
        sample: Lines with bytes beyond ASCII.
        languages: Base codes of the languages that are expected.
    """
    for encoding, alphabets in _DOS.items():
        letters = "".join(alphabets[language] for language in languages if language in alphabets)
        beyond = [char for char in sample.decode(encoding) if char > "\x7f"]
        if letters and len(beyond) >= _DOS_LEAST:
            is_known = [char in letters or char in _MARKS for char in beyond]
            is_letter = all(char.isalpha() or char in _MARKS for char in beyond)
            if is_letter and sum(is_known) >= _DOS_SHARE * len(beyond):
                return encoding
    return ""
