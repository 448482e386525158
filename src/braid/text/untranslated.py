"""Whether a text is in the language of the other side of a pair: of two languages only, which takes far less evidence.

Small words that one of the two has and the other has not are counted, and lingua is asked about the two alone. A text
with small words of its own language is never asked about, so that quotations and names cost nothing.
"""

from __future__ import annotations

import re
from typing import Any

from braid.text.function_words import function_words, is_known, more_words

_CODE = re.compile(r"[\d_@/\\{}<>=$%&#|~^*+\[\]()]|\w[.:]\w")
"""What makes a word with it a placeholder, an address or a piece of code."""
WORD = re.compile(r"[^\W\d_]++(?:['’\-][^\W\d_]++)*+")
_SMALL_LETTERS = "abcdefghijklmnopqrstuvwxyzªµºßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ"
APART = bytes(code if chr(code) in _SMALL_LETTERS else 32 for code in range(256))
"""For bytes of Latin-1: a space for all that is no small letter."""

_MIN_WORDS, _MIN_LETTERS = 3, 12
_SURE = {1: 0.97, 2: 0.9, 3: 0.8, 4: 0.2}
"""The least probability of the other language by how many of its small words a text has, more counting as four."""
_AMBIGUOUS = frozenset({
    "man", "die", "hat", "war", "also", "was", "so", "am", "an", "will", "son", "on", "plus", "or", "me", "est", "as",
    "her", "not", "main", "ton",
})  # fmt: skip
"""Small words of one language that are other words in another: alone they are no proof."""
_MESSAGE = re.compile(r"\{[^{},]{1,40}, ?(?:plural|select)")
"""Names of choices in messages of ICU are English words in any language."""


class UntranslatedCheck:
    """Tells which texts are in the other language of a pair.

    Args:
        language: Code of the language that texts should be in.
        other: Code of the other side's.
        detector: Makes lingua for the two; called at the first doubt.
        names: lingua's names of both, in that order.
    """

    def __init__(self, language: str, other: str, detector: Any, names: tuple[Any, Any]) -> None:
        own, others = (function_words(code) | more_words(code) for code in (language, other))
        self._own, self._other = own - others, others - own
        self._make, self._names, self._lingua = detector, names, None
        parts = {word for word in self._own - _AMBIGUOUS if "'" not in word}  # the s of s' ends "it's", too
        self._own_bytes = frozenset(word.encode("latin-1", "ignore") for word in parts) - {b""}
        self._has_capitals = other == "de"  # nouns have them
        self.is_possible = is_known(language) and is_known(other)

    def is_other(self, text: str) -> bool:
        """True when a text is in the other language, surely enough.

        Cost: A microsecond where a small word of its own language is found, some tens where lingua is asked.
        """
        if not self.is_possible or len(text) < _MIN_LETTERS or self._is_own(text):
            return False
        words = words_outside_code(text)
        pieces = [piece for word in words for piece in _pieces(word.lower())]
        own = [piece for piece in pieces if piece in self._own]
        found = sum(piece in self._other for piece in pieces)
        if not found or any(piece not in _AMBIGUOUS for piece in own):
            return False
        small = [word.lower() for word in words if word.islower() or self._has_capitals]
        plain = " ".join(small)
        if len(small) < _MIN_WORDS or len(plain) < _MIN_LETTERS or _MESSAGE.search(text):
            return False
        return self._probability(plain) >= _SURE[1 if own else min(found, 4)]

    def _is_own(self, text: str) -> bool:
        """True when a text surely has a small word of its own language; cheap."""
        try:
            return not self._own_bytes.isdisjoint(text.lower().encode("latin-1").translate(APART).split())
        except UnicodeEncodeError:
            return False

    def _probability(self, plain: str) -> float:
        if self._lingua is None:
            self._lingua = self._make()
        return self._lingua.compute_language_confidence(plain, self._names[1])


def words_outside_code(text: str) -> list[str]:
    """The words of a text, but for placeholders, addresses and pieces of code."""
    if _CODE.search(text):
        text = " ".join([token for token in text.split() if token.isalpha() or not _CODE.search(token)])
    return WORD.findall(text)


def _pieces(word: str) -> list[str]:
    """A word, and what stands before its apostrophe."""
    before, sign, _ = word.replace("’", "'").partition("'")
    return [word, before + sign] if sign else [word]
