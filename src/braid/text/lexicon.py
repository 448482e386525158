"""A person's own list of words, found in texts: forbidden terms, names of a project, words that nobody should read.

No list comes with Braid. What counts as such a word is for the people whose texts they are to say.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from pathlib import Path

from braid.errors import DataError
from braid.text.normalize import BREAK, without_breaks
from braid.text.scripts import UNSPACED
from braid.text.shapes import HALF_WIDTH

_MAX_LINE = 200
"""Characters of the longest entry, so that a text takes no longer than that at any of its places."""
_COMMENT = re.compile(r"(?:^|\s)#.*")
_WORD = re.compile(rf"[^\W{UNSPACED}]+")
"""A word in a script with spaces, or the part of one before a mark that no letter class has."""
_IN_WORD = re.compile(
    rf"[^\W{UNSPACED}]|[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0963\u0966-\u0df3\u200c\u200d]"
)
_APART = bytes(code if chr(code).isalnum() or chr(code) == "_" else 32 for code in range(256))
"""For bytes of Latin-1: a space for all that is in no word."""
_KNOWN_WORDS = 2**17
"""Words of texts that are remembered as none of the list's."""
_UNITS = f"utf-16-{sys.byteorder[0]}e"
_REST_OF_WORD = re.compile(f"(?:{_IN_WORD.pattern})*+")
_WIDE = re.compile(f"[{''.join(map(chr, HALF_WIDTH))}]")
_SPACE = re.compile(r"[^\S ]")


def _folded(text: str) -> str:
    """The text in small half-width letters, one character for one, so that no place moves."""
    if not text.isascii() and _WIDE.search(text):
        text = text.translate(HALF_WIDTH)
    plain = text.lower()
    return plain if len(plain) == len(text) else text.replace("İ", "i").lower()


_Groups = dict[str, dict[str, bool]]
"""Entries by how they begin; True where a longer word may follow from one."""


@dataclass(frozen=True, kw_only=True)
class _Group:
    """Entries that begin alike.

    Args:
        lengths: Their lengths, the longest first.
        entries: Each with True where a longer word may follow from it.
    """

    lengths: tuple[int, ...]
    entries: dict[str, bool]


class Lexicon:
    """Words to look for; made by `load`, or from entries as lines of such a file.

    A word in a script with spaces is found as a whole word, ``ban*`` also as the beginning of banned and banner. Words
    in Chinese, Japanese, Thai and their like are found wherever they stand. Capitals and full-width letters do not
    matter, and zero-width spaces neither. Texts and words are compared as they are written: `braid.text.normalize` both
    where that may differ.
    """

    def __init__(self, entries: list[str]) -> None:
        folded = dict.fromkeys(map(_entry, entries))
        self._size = len(folded)
        heads, pairs, prefixes = _Groups(), _Groups(), set[str]()
        for word, is_open in folded:
            head = _WORD.match(word)
            if head is None:
                pairs.setdefault(word[:2], {})[word] = is_open or pairs.get(word[:2], {}).get(word, False)
                continue
            if is_open and head.end() == len(word):
                prefixes.add(word)
            heads.setdefault(head[0], {})[word] = is_open or heads.get(head[0], {}).get(word, False)
        self._heads, self._pairs, self._prefixes = _grouped(heads), _grouped(pairs), frozenset(prefixes)
        self._prefix_lengths = sorted({len(word) for word in prefixes}, reverse=True)
        self._known = set[str]()
        self._firsts = _any_of({begin[0] for begin in pairs})
        self._singles = _any_of({begin for begin in pairs if len(begin) == 1})
        self._units = frozenset(unit for begin in pairs if len(begin) > 1 for unit in _units(begin)[0][:1])

    @classmethod
    def load(cls, path: Path | str) -> Lexicon:
        """The words of a UTF-8 file, one a line; ``#`` begins a comment, ``*`` at the end stands for more letters.

        Raises:
            DataError: The file is missing, holds no word, is no UTF-8, or a line is too long or only a ``*``.
        """
        path = Path(path)
        entries = []
        for number, line in enumerate(_lines(path), start=1):
            entry = _COMMENT.sub("", line).strip()
            where = f"{path}, line {number}"
            if len(entry) > _MAX_LINE:
                raise DataError(
                    f"a word must have at most {_MAX_LINE} characters, got {len(entry)}", where=where,
                    hint="write one word or expression a line",
                )  # fmt: skip
            if entry and not _entry(entry)[0]:
                raise DataError(f'a word must have characters beside "*", got "{entry}"', where=where)
            entries += [entry] if entry else []
        if not entries:
            raise DataError("a word list must hold at least one word, got none", where=str(path))
        return cls(entries)

    def __len__(self) -> int:
        return self._size

    def find(self, text: str) -> list[tuple[int, int]]:
        """Begin and end of each word of the list in a text, in order, the longest where several begin.

        None overlaps another.

        Cost: Linear in the text, whatever the list's size. With 60,000 words 100 characters of texts that hold some of
        them take 16 to 36 microseconds, and few where none of their words begins an entry.

        Example:
            >>> Lexicon(["ban*", "foo bar", "坏词"]).find("BANNED: Foo Bar, not foobar. 这是坏词。")
            [(0, 6), (8, 15), (31, 33)]
        """
        if BREAK in text:
            places = [place for place, char in enumerate(text) if char != BREAK]
            return [(places[first], places[last - 1] + 1) for first, last in self.find(without_breaks(text))]
        plain, spans, end = _SPACE.sub(" ", _folded(text)), list[tuple[int, int]](), 0
        for first, last in merge(self._words(plain), self._anywhere(plain), key=lambda span: (span[0], -span[1])):
            if first >= end:
                end = last
                spans.append((first, last))
        return spans

    def _words(self, plain: str) -> Iterator[tuple[int, int]]:
        """The longest entry at each beginning of a word in a script with spaces."""
        if not self._heads or not self._may_have_words(plain):
            return
        for match in _WORD.finditer(plain):
            if match[0] in self._known:
                continue
            begin, end = match.span()
            if begin and _IN_WORD.match(plain, begin - 1):
                continue
            group = self._heads.get(match[0])
            last = _longest(plain, begin, group) if group else 0
            for length in self._prefix_lengths:
                if length <= end - begin and plain[begin : begin + length] in self._prefixes:
                    last = max(last, _word_end(plain, begin + length, True))
                    break
            if last:
                yield begin, last

    def _anywhere(self, plain: str) -> Iterator[tuple[int, int]]:
        """The longest entry at each place where one in a script without spaces begins, or one of signs."""
        if not self._firsts.search(plain) or not self._may_have_pairs(plain):
            return
        for match in self._firsts.finditer(plain):
            begin, pair = match.start(), plain[match.start() : match.start() + 2]
            groups = [group for start in {pair, pair[0]} if (group := self._pairs.get(start))]
            if end := max([_longest(plain, begin, group) for group in groups], default=0):
                yield begin, end

    def _may_have_words(self, plain: str) -> bool:
        """False when no word of a text begins an entry; each word is looked up once and remembered."""
        try:
            words = plain.encode("latin-1").translate(_APART).decode("latin-1").split()
        except UnicodeEncodeError:
            words = _WORD.findall(plain)
        known = self._known
        if known.issuperset(words):
            return False
        for word in set(words).difference(known):
            if word in self._heads or any(word[:length] in self._prefixes for length in self._prefix_lengths):
                return True
            if len(known) >= _KNOWN_WORDS:
                known.clear()
            if len(word) <= _MAX_LINE:
                known.add(word)
        return False

    def _may_have_pairs(self, plain: str) -> bool:
        """False when no entry in a script without spaces begins anywhere in a text."""
        units = self._units
        return not all(map(units.isdisjoint, _units(plain))) or bool(self._singles.search(plain))


def _units(text: str) -> list[memoryview]:
    """All pairs of UTF-16 units as numbers, those at even places first: four times as fast as pairs of characters."""
    data = memoryview(text.encode(_UNITS, "surrogatepass"))
    return [data[begin : begin + (len(data) - begin) // 4 * 4].cast("I") for begin in (0, 2)]


def _any_of(chars: set[str]) -> re.Pattern[str]:
    return re.compile(f"[{''.join(map(re.escape, sorted(chars)))}]" if chars else "(?!)")


def _grouped(groups: _Groups) -> dict[str, _Group]:
    return {
        begin: _Group(lengths=tuple(sorted({len(word) for word in words}, reverse=True)), entries=words)
        for begin, words in groups.items()
    }


def _longest(plain: str, begin: int, group: _Group) -> int:
    """Where the longest word of a group ends that begins here; 0 when there is none."""
    for length in group.lengths:
        is_open = group.entries.get(plain[begin : begin + length])
        if is_open is None or begin + length > len(plain):
            continue
        if end := _word_end(plain, begin + length, is_open):
            return end
    return 0


def _lines(path: Path) -> list[str]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"a word list must be a file that can be read, got {error.strerror}", where=str(path)
        ) from error
    try:
        return content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"a word list must be UTF-8, got the byte 0x{content[error.start]:02x}", where=f"{path}, line {line}",
            hint="save the file as UTF-8",
        ) from error  # fmt: skip


def _entry(written: str) -> tuple[str, bool]:
    """The word as it is compared, and True where more letters may follow."""
    word = written.strip()
    is_open = word.endswith("*")
    plain = " ".join(unicodedata.normalize("NFC", without_breaks(word.rstrip("*") if is_open else word)).split())
    return _folded(plain), is_open


def _word_end(plain: str, end: int, is_open: bool) -> int:
    """Where a word ends whose entry ends here; 0 where it goes on and may not."""
    if is_open:
        rest = _REST_OF_WORD.match(plain, end)
        return rest.end() if rest else end
    return 0 if _IN_WORD.match(plain, end) and _IN_WORD.match(plain, end - 1) else end
