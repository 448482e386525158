"""Names in running text, by their form alone: no list of names, no model.

What looks like a name: words with digits or capitals inside (libfoo2, OpenSSL, PDF), web and mail addresses, words with
a capital inside a sentence, words in Latin letters inside a text in another script, and titles in quotation marks.
German capitalizes every noun; there only two words with a capital in a row count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from braid.text.languages import canonical
from braid.text.sentences import split_sentences
from braid.text.shapes import HALF_WIDTH, WORD, shapes

_OTHER_SCRIPT = frozenset({
    "ar", "be", "bg", "bn", "bo", "el", "fa", "gu", "he", "hi", "hy", "ja", "ka", "km", "ko", "lo", "mk", "mn",
    "my", "ne", "ru", "ta", "te", "th", "uk", "ur", "yue", "zh",
})  # fmt: skip
"""Languages that are not written in Latin letters."""
_NOUNS = frozenset({"de", "lb"})
"""Languages that capitalize every noun."""
_LAST_LATIN = "\u024f"
_ADDRESS = re.compile(r"(?:https?://|www\.)[\w/?=&%#~.:+@-]*[\w/]|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_TITLE = re.compile(
    "《([^《》]{1,100})》|「([^「」]{1,100})」|『([^『』]{1,100})』|[“„]([^“”„\\n]{1,100})[“”]|«([^«»\\n]{1,100})»"
    '|»([^«»\\n]{1,100})«|(?<!\\w)"([^"\\n]{1,100})"(?!\\w)'
)
_OPENING = re.compile(r"(?:^|[.!?:;•*–—|([{\"'“„«»‚‘<=]|\s-)\s*$")
"""What a word may be capitalized behind without being a name."""


@dataclass(frozen=True, kw_only=True)
class Name:
    """What looks like a name in a text.

    Args:
        start: Its first character.
        end: The character behind its last.
        kind: ``name`` or ``title``, the latter without its quotation marks.
    """

    start: int
    end: int
    kind: str = "name"


def find_names(text: str, *, language: str) -> list[Name]:
    """The names in a text, in order; none inside another.

    Capitals say nothing in a heading most of whose words have one, nor in a text that is all capitals.
    """
    found: list[Name] = []
    addresses = (Name(start=match.start(), end=match.end()) for match in _ADDRESS.finditer(text))
    covered: set[int] = set()
    for kind in (map(_title, _TITLE.finditer(text)), addresses, _words(text, canonical(language))):
        new = [name for name in kind if name.start not in covered]
        covered.update(place for name in new for place in range(name.start, name.end))
        found += new
    return sorted(found, key=lambda name: name.start)


def _title(match: re.Match[str]) -> Name:
    group = match.lastindex or 0
    start = match.end(group) - len(match[group].lstrip())
    return Name(start=start, end=start + len(match[group].strip()), kind="title")


def _words(text: str, language: str) -> Iterator[Name]:
    """The names of one word."""
    plain, begin = text.translate(HALF_WIDTH), 0
    is_loud = _is_loud(shapes(plain))
    for sentence in split_sentences(plain):
        words = [(match.start(), match.end(), match[0]) for match in WORD.finditer(shapes(sentence))]
        is_heading = not sentence.rstrip().endswith(".") and _is_heading([shape for _, _, shape in words])
        capitalized = set() if is_loud or is_heading else _capitalized(sentence, words, language)
        for start, end, shape in words:
            is_code = ("d" in shape and shape.strip("d") != "") or (shape.count("u") > 1 and not is_loud)
            is_foreign = (
                language in _OTHER_SCRIPT and end - start > 1 and sentence[start] <= _LAST_LATIN and shape[0] != "d"
            )
            if is_code or is_foreign or start in capitalized:
                yield Name(start=begin + start, end=begin + end)
        begin += len(sentence)


def _is_loud(shape: str) -> bool:
    """True for a text in capitals."""
    return shape.count("u") > shape.count("l") and len(shape.split()) > 2


def _is_heading(words: list[str]) -> bool:
    """True when most words behind the first have a capital, as in English headings, and they are several."""
    long = [word for word in words[1:] if len(word) > 3]
    return len(long) > 3 and sum(word[0] == "u" for word in long) > 0.7 * len(long)


def _capitalized(sentence: str, words: list[tuple[int, int, str]], language: str) -> set[int]:
    """Where words begin that have a capital for no reason but their being a name."""
    inside = [
        (start, end)
        for start, end, shape in words
        if shape[0] == "u"
        and shape.count("u") == 1
        and end - start > 1
        and not _OPENING.search(sentence, max(0, start - 4), start)
    ]
    if language not in _NOUNS:
        return {start for start, _ in inside}
    alone = [(start, end) for start, end in inside if "-" not in (sentence[start - 1 : start], sentence[end : end + 1])]
    rows = [(one, two) for one, two in pairwise(alone) if sentence[one[1] : two[0]] == " "]
    return {word[0] for row in rows for word in row}
