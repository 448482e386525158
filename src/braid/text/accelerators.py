"""Accelerators: the sign before the letter of a menu entry that a key chooses, ``&File`` or ``_File``.

The letter differs between languages, and the sign cuts a word in two for a translator. So it is taken out of the source
and put into the output: before the same letter where it begins a word, else before the first letter; behind a text of a
script without such keys stands the letter of the source, ``文件(&F)``.
"""

from __future__ import annotations

import re

MAX_CHARS = 80
"""Longer texts are no menu entries."""

# "AT&T", "a=1&b=2", "&amp;", "&&" and "drag&drop" are none; nor is "snake_case" or "_id". "A&dd" is one.
_BEFORE = re.compile(
    r"""(?<![^\s"'“„«‘])(?:&(?!\w{1,30};)|_)(?=[^\W\d_])"""
    r"|(?:(?<=^[A-Z])|(?<=^[A-Z][a-z]))&(?!\w{1,30};)(?=[a-z]{2})"
)
_INSIDE = re.compile(r"(?<=[^\W\d_])&(?!\w{1,30};)(?=[^\W\d_])")
_BEHIND = re.compile(r"\s?[(（]([&_])([^\W\d_]|\d)[)）](?=\s?(?:\.\.\.|……?|[.:：]|$))")
_ENDING = re.compile(r"\s?(?:\.\.\.|……?|[.:：])?\Z")
_KEYLESS = re.compile("[\u2e80-\u9fff\uac00-\ud7a3]")
_WORD_START = re.compile(r"(?<![^\W_])[^\W\d_]")


def without_accelerator(text: str, *, is_expected: bool = False) -> tuple[str, str]:
    """The text without its accelerator, and its sign and letter, or "" where there is none.

    Certain is the only sign of a short text, before the first letter of a word or in brackets at the end; in an
    uncertain case there is none.

    Args:
        text: The text.
        is_expected: It translates one that has an accelerator: then the sign may stand inside of any word.
    """
    if len(text) > MAX_CHARS or ("&" not in text and "_" not in text):
        return text, ""
    behind, before = list(_BEHIND.finditer(text)), list(_BEFORE.finditer(text))
    if is_expected and not before:
        before = list(_INSIDE.finditer(text))
    before = [one for one in before if not any(other.start() < one.start() < other.end() for other in behind)]
    if len(behind) + len(before) != 1 or text.count("_") + text.count("&") != 1:
        return text, ""
    found = [*behind, *before][0]
    mark = found[1] + found[2] if behind else text[found.start() : found.start() + 2]
    if mark[0] == "_" and not (behind or mark[1].isupper()):
        return text, ""
    return text[: found.start()] + text[found.end() :], mark


def with_accelerator(text: str, mark: str, taken: list[tuple[int, int]]) -> str:
    """The text with an accelerator: a sign and the source's letter.

    Args:
        text: The output.
        mark: As `without_accelerator` found it.
        taken: First characters and ends of what must not be touched: placeholders.
    """
    starts = [one.start() for one in _WORD_START.finditer(text)]
    starts = [place for place in starts if not any(start <= place < end for start, end in taken)]
    if not starts or _KEYLESS.search(text):
        end = _ENDING.search(text)
        place = end.start() if end else len(text)
        return f"{text[:place]}({mark[0]}{mark[1].upper()}){text[place:]}"
    same = [place for place in starts if text[place].lower() == mark[1].lower()]
    place = (same or starts)[0]
    return text[:place] + mark[0] + text[place:]
