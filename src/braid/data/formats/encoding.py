"""The encoding of a file that does not say it, from all of its bytes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from braid.data.formats.legacy import escaped_lines, find_dos, find_escaped
from braid.text.encodings import SAMPLE_BYTES, guess_encoding

UTF8_SHARE = 0.75
"""As many valid characters beyond ASCII for each broken byte make a file a damaged one in UTF-8. In texts in other
encodings that read as UTF-8 by chance at most 0.63 were found, in 300 pieces of 100 bytes each in 28 encodings."""
_CERTAIN = 20
"""Valid characters beyond ASCII in a file without a broken byte, from which on it is UTF-8 whatever it was called."""
_ENOUGH = 2**16
"""Broken bytes with which a file is certainly not in UTF-8: the rest need not be looked at."""
_UNDECODED = re.compile("[\udc80-\udcff]")
_ASCII = bytes(range(128))
_DOS_CONFIDENCE = 0.8
_ESCAPING = frozenset({"unicode-escape", "raw-unicode-escape", "utf-7", "punycode", "idna", "undefined"})
"""Python's codecs that are no encodings of files, and may yield halves of surrogate pairs."""
_LARGER = {
    "gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "shift_jis": "cp932", "euc_kr": "cp949",
    "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
}  # fmt: skip
"""What programs mean by the name of an encoding that has a larger successor."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a file's bytes say.

    Args:
        encoding: Python's name.
        confidence: 1 for what is certain, less for a guess.
        is_damaged: True for UTF-8 in which some bytes are broken.
    """

    encoding: str
    confidence: float = 1.0
    is_damaged: bool = False


def encoding_name(name: str, *, is_meant: bool = False) -> str:
    """Python's name of a text encoding, or "" where it knows none by that name.

    Args:
        name: As a file or a person calls it.
        is_meant: True for the larger encoding that is usually meant: gb18030 for gbk, cp1252 for latin-1.
    """
    try:
        "".encode(name)  # refuses codecs that are not text encodings, too
        found = codecs.lookup(name).name
    except (LookupError, UnicodeError, ValueError):
        return ""
    if found in _ESCAPING:
        return ""
    return _LARGER.get(found, found) if is_meant else found


def is_transparent(encoding: str, characters: str) -> bool:
    """Whether the bytes of these ASCII characters stand for them in every valid text, whatever byte is before.

    Args:
        encoding: Python's name.
        characters: What is looked for among the bytes of a file.
    """
    if encoding.startswith(("iso2022", "hz")):  # in which bytes mean something else after a certain sequence
        return False
    befores = [b"", *(bytes([lead]) for lead in range(128, 256))]
    return all(_keeps(encoding, before, character) for character in characters for before in befores)


def _keeps(encoding: str, before: bytes, character: str) -> bool:
    try:
        return (before + character.encode("ascii")).decode(encoding).endswith(character)
    except UnicodeDecodeError:
        return bool(before)  # no valid text


def find_encoding(chunks: Iterable[bytes], given: str = "", languages: Sequence[str] = ()) -> Found:
    """The encoding of a file: UTF-8 where that is valid, else the one given, else the one its bytes read best in.

    Args:
        chunks: All bytes of the file in order.
        given: What a person said, by Python's name; a file that is plainly UTF-8 stays that.
        languages: Base codes of the languages that are expected.

    Returns:
        UTF-8, damaged, where no encoding fits clearly.

    A file that is all ASCII may still be in one of the encodings of `braid.data.formats.legacy`.

    Cost: O(bytes), at hundreds of megabytes a second; memory for 96 KiB.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    num_valid = num_broken = 0
    head, sample, escaped = b"", bytearray(), bytearray()
    for chunk in chunks:
        text = decoder.decode(chunk)
        if not text.isascii():
            broken = _num_undecoded(text)
            num_broken += broken
            num_valid += len(text) - (len(chunk) - len(chunk.translate(None, _ASCII))) - broken
            if broken and len(sample) < SAMPLE_BYTES:
                sample += _lines_beyond_ascii(chunk, is_first=not head)
        elif not given and len(escaped) < SAMPLE_BYTES:
            escaped += escaped_lines(chunk)
        head = head or chunk[:SAMPLE_BYTES]
        if num_broken > _ENOUGH and num_valid < UTF8_SHARE / 2 * num_broken:
            break
    num_broken += len(decoder.decode(b"", final=True))  # a character that breaks off
    if not num_broken and b"\0" not in head and (not given or num_valid >= _CERTAIN):
        return Found("utf-8" if num_valid else find_escaped(bytes(escaped)) or "utf-8")
    if given:
        return Found(given)
    if num_valid >= UTF8_SHARE * num_broken > 0:
        return Found("utf-8", is_damaged=True)
    guess = guess_encoding(head if b"\0" in head else bytes(sample), languages)
    if guess:
        return Found(guess.encoding, guess.confidence)
    dos = find_dos(bytes(sample), languages) if b"\0" not in head else ""
    return Found(dos, _DOS_CONFIDENCE) if dos else Found("utf-8", is_damaged=True)


def _num_undecoded(text: str) -> int:
    """How many bytes could not be decoded; nearly always none, which is soon told."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return len(_UNDECODED.findall(text))
    return 0


def _lines_beyond_ascii(chunk: bytes, *, is_first: bool) -> bytes:
    """The lines of a part of a file that hold such bytes; none that began before it, unless there is no other."""
    lines = chunk.splitlines(keepends=True)
    found = b"".join(line for line in lines[0 if is_first else 1 :] if not line.isascii())
    return found or lines[0]


NO_UTF8 = "is not valid UTF-8"


def undecoded(text: str) -> str:
    """What is wrong with a text in which undecoded bytes stand as lone surrogates, or ""."""
    found = _UNDECODED.search(text)
    return f"the byte 0x{ord(found[0]) - 0xDC00:02x} {NO_UTF8}" if found else ""


def without_undecoded(text: str) -> str:
    """The text with U+FFFD for each undecoded byte, so that it can be shown and written."""
    return _UNDECODED.sub("\ufffd", text)
