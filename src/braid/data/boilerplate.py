"""Lines that stand in document after document: headers, footers, license notes, navigation, sentences of templates.

Two passes over the documents: the first counts in how many of them each line stands, the second takes out the lines
that stand in many. Lines that differ in their digits only (Page 3 of 10) count together; case and spaces do not matter.
A refrain stands often in one document, which counts once. What people say again and again (Yes. 好的。) is short: the
shorter a line, the larger a share of the documents must have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from braid.data.keys import number_of
from braid.text.normalize import display_width

_DIGITS = re.compile(r"\d+(?:[.,:/-]\d+)*+")
_SPACES = re.compile(r"\s+")
_SHOWN = 200
"""Characters of a line that are kept to be shown."""
_KEPT_FROM = 3
"""Documents from which on a line's text is kept."""
_LONG, _MIDDLE = 50, 24
"""Columns, a number taken for one digit: nobody writes a long line twice by chance, but short ones, as answers."""
_MIDDLE_FACTOR, _SHORT_SHARE = 10, 0.5


@dataclass(frozen=True, kw_only=True)
class Boilerplate:
    """Lines to take out, and the means to do it.

    Args:
        lines: One of each kind as it was written first, at most 200 characters, and in how many documents it stands.
        keys: What the lines are known by.
    """

    lines: dict[str, int]
    keys: frozenset[int]

    def strip(self, text: str) -> tuple[str, list[str]]:
        """The document without these lines, and the lines that went, in order.

        An empty line that stood on both sides of one is kept once.
        """
        if not self.keys:
            return text, []
        kept: list[str] = []
        removed: list[str] = []
        is_after_removed = False
        for line in text.split("\n"):
            if line.strip() and _key(line) in self.keys:
                removed.append(line.strip())
                is_after_removed = True
            elif line.strip() or not is_after_removed or (kept and kept[-1].strip()):
                kept.append(line)
                is_after_removed = is_after_removed and not line.strip()
        if not removed:
            return text, []
        while kept and not kept[-1].strip() and text[-1:] != "\n":
            kept.pop()
        return "\n".join(kept), removed


@dataclass(kw_only=True)
class LineCounts:
    r"""In how many documents each line stands, in bounded memory.

    Up to ``max_lines`` different lines the counts are exact. Above, all counts are lowered by one number and the
    lines at zero forgotten (Misra and Gries, 1982, in batches): no count is ever too high, and none is too low by
    more than ``error``, which stays below twice the lines read over ``max_lines``.

    Args:
        max_lines: Different lines to remember; about 130 bytes each.
        num_documents: Documents read so far.
        error: By how much a count may be too low.

    Example:
        >>> counts = LineCounts()
        >>> for page in range(9):
        ...     counts.add(f"Acme Ltd. - Handbook of the wonderful machine, page {page}\nText {page * 'x'}")
        >>> counts.boilerplate().strip("Acme Ltd. - Handbook of the wonderful machine, page 77\nText")
        ('Text', ['Acme Ltd. - Handbook of the wonderful machine, page 77'])
    """

    max_lines: int = 1_000_000
    num_documents: int = 0
    error: int = 0
    _counts: dict[int, int] = field(default_factory=dict, repr=False)
    _texts: dict[int, str] = field(default_factory=dict, repr=False)

    def add(self, text: str) -> None:
        """Count the lines of one document."""
        self.num_documents += 1
        counts = self._counts
        for key, line in dict(_keyed(text)).items():
            counts[key] = count = counts.get(key, 0) + 1
            if count >= _KEPT_FROM and key not in self._texts:
                self._texts[key] = line[:_SHOWN]
        if len(counts) > self.max_lines:
            self._lower()

    def boilerplate(self, *, min_documents: int = 5, min_share: float = 0.01) -> Boilerplate:
        """The lines that are to go.

        Args:
            min_documents: Documents that must have a line; 3 or more.
            min_share: Share of the documents that must have a line of at least 50 columns. Ten times that, at most a
                half, for lines of at least 24 columns, and half the documents for shorter ones.
        """
        found = {
            key: line
            for key, line in self._texts.items()
            if self._counts.get(key, 0) >= max(min_documents, _KEPT_FROM, self._least(line, min_share))
        }
        lines: dict[str, int] = {}
        for key, line in sorted(found.items(), key=lambda item: (-self._counts[item[0]], item[1])):
            lines[line] = max(lines.get(line, 0), self._counts[key])
        return Boilerplate(lines=lines, keys=frozenset(found))

    def _least(self, line: str, min_share: float) -> float:
        """Documents that must have a line of this width."""
        width = display_width(_folded(line))
        share = min_share
        if width < _LONG:
            share = max(min_share, min(_SHORT_SHARE, min_share * _MIDDLE_FACTOR) if width >= _MIDDLE else _SHORT_SHARE)
        return share * self.num_documents

    def _lower(self) -> None:
        """Lower all counts so far that half of the lines are forgotten."""
        ordered = sorted(self._counts.values())
        lowered = ordered[len(ordered) // 2]
        self._counts = {key: count - lowered for key, count in self._counts.items() if count > lowered}
        self._texts = {key: line for key, line in self._texts.items() if key in self._counts}
        self.error += lowered


def joined(found: Sequence[Boilerplate]) -> Boilerplate:
    """The lines that are boilerplate in any of several collections, each with its largest count."""
    lines: dict[str, int] = {}
    for one in found:
        for line, count in one.lines.items():
            lines[line] = max(lines.get(line, 0), count)
    return Boilerplate(lines=lines, keys=frozenset().union(*(one.keys for one in found)))


def _keyed(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not empty by what they are known by."""
    for line in text.split("\n"):
        if bare := line.strip():
            yield _key(bare), bare


def _folded(line: str) -> str:
    return _DIGITS.sub("0", _SPACES.sub(" ", line.strip()).casefold())


def _key(line: str) -> int:
    return number_of(_folded(line))
