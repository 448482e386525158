"""A source in which the numbers and names of a summary can be looked up."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from braid.text.languages import canonical
from braid.text.numbers import Number, find_numbers, rounds_to
from braid.text.shapes import HALF_WIDTH, PIECE, WORD, shapes

_LOOSE_DIGITS = re.compile(r"(?<=[^\W\d_])\d{1,20}(?!\d)|(?<!\d)\d{1,20}(?=[^\W\d_])")
"""Digits glued to letters: sha256 lets a summary speak of 256."""
_SMALL_WORDS = frozenset({
    "a", "an", "and", "de", "der", "des", "die", "du", "et", "for", "in", "la", "le", "of", "the", "to", "und",
    "von",
})  # fmt: skip
"""Acronyms leave them out."""
_INFLECTED = frozenset({
    "be", "bg", "bs", "cs", "el", "et", "fi", "hr", "hu", "hy", "ka", "la", "lt", "lv", "mk", "mn", "pl", "ro",
    "ru", "sk", "sl", "sq", "sr", "tr", "uk",
})  # fmt: skip
"""Languages whose names have endings that change."""
_STEM, _ENDING = 4, 4
"""Letters of a name that never change, at least, and how many may follow where it does."""
_TAIL = 12
"""Letters that may follow a name with several capitals: jsonb speaks of JSON, yamllint of YAML."""


def _pieces(text: str) -> list[str]:
    return [text[match.start() : match.end()].casefold() for match in PIECE.finditer(shapes(text))]


class Evidence:
    """A text in which numbers and names can be looked up.

    Its letters and digits stand in one string without anything between, so that ``Open SSL``, ``open-ssl`` and
    ``OpenSSL`` are the same; what is found must begin and end where a word, or a part of one, does.

    Args:
        text: The source.
        language: Of it.
    """

    def __init__(self, text: str, language: str) -> None:
        self._language = canonical(language)
        self._text = unicodedata.normalize("NFC", text.translate(HALF_WIDTH))
        pieces = _pieces(self._text)
        self._letters = "".join(pieces)
        self._borders, place = {0}, 0
        for piece in pieces:
            place += len(piece)
            self._borders.add(place)
        words = [self._text[match.start() : match.end()] for match in WORD.finditer(shapes(self._text))]
        self.acronyms = {word for word in words if len(word) > 1 and word.isalpha() and word.isupper()}
        self._initials = [
            "".join(word[0] for word in words).casefold(),
            "".join(word[0] for word in words if word.casefold() not in _SMALL_WORDS).casefold(),
        ]
        self._units: dict[Decimal | str, set[str]] = {}
        for number in find_numbers(self._text, language=language):
            for value in number.values:
                self._units.setdefault(value, set()).add(number.unit)
        for digits in _LOOSE_DIGITS.findall(self._text):
            self._units.setdefault(Decimal(digits), set()).add("")

    def has_number(self, number: Number) -> bool:
        """True when a number of the same worth is there, or one that rounds to it, and does not count other things."""
        return any(
            (value == known or rounds_to(known, value)) and (not number.unit or not {"", number.unit}.isdisjoint(units))
            for value in number.values
            for known, units in self._units.items()
        )

    def has_title(self, title: str) -> bool:
        """True when the title is there, or each of its words where spaces show them: quotations are often inflected."""
        words = title.split()
        return self.has_name(title) or (len(words) > 1 and all(map(self.has_name, words)))

    def has_name(self, name: str) -> bool:
        """True when the name is there, or with an s more or less, or written out where the name is an acronym."""
        name = unicodedata.normalize("NFC", name.translate(HALF_WIDTH))
        letters = "".join(_pieces(name))
        if not letters or self._has(letters):
            return True
        if name.endswith("s") and len(letters) > 3 and self._has(letters[:-1]):
            return True
        if len(letters) < _STEM:
            return self._spells_out(name.removesuffix("s"))
        if self._language in _INFLECTED and self._has(letters[: max(_STEM, len(letters) - 2)], ending=_ENDING):
            return True
        is_code = sum(char.isupper() for char in name) > 1
        return (is_code and self._has(letters, ending=_TAIL)) or self._spells_out(name.removesuffix("s"))

    def _has(self, letters: str, *, ending: int = 0) -> bool:
        """True when the letters begin where a word does and end there, or before an s or an ending."""
        place = self._letters.find(letters)
        while place >= 0:
            end = place + len(letters)
            lengths = range(ending + 1) if ending or self._letters[end : end + 1] != "s" else range(2)
            if place in self._borders and any(end + length in self._borders for length in lengths):
                return True
            place = self._letters.find(letters, place + 1)
        return False

    def _spells_out(self, acronym: str) -> bool:
        """True when words of the source begin with the letters of an acronym; when it has two, long words."""
        if len(acronym) < 2 or not (acronym.isalpha() and acronym.isupper()):
            return False
        if len(acronym) == 2:
            first, second = map(re.escape, acronym)
            return bool(re.search(rf"\b{first}\w{{4,}}[ -]{second}\w{{4,}}", self._text, re.IGNORECASE))
        return any(acronym.casefold() in initials for initials in self._initials)
