"""Where sentences end, in languages with spaces and without."""

from __future__ import annotations

import re

# A sentence-final mark with the quotes and brackets that close behind it. After . ! ? a space must follow, so
# that "3.5" and "e.g.x" stay whole; the marks of Chinese and Japanese need none.
# The look-behind keeps a run of marks from being tried again at each of its characters.
_END = re.compile(
    "(?<![.!?…])[.!?…]++[\"'”’»)\\]]*+(?=\\s)|[。！？｡]++[”’」』）\\]]*+|\\n++",
)
_PAUSE = re.compile(r"[,;:](?=\s)|[，；：、]|\s")
_ABBREVIATION = re.compile(
    r"(?:^|\s)(?:\w|Mr|Mrs|Ms|Dr|St|No|vs|etc|approx|bzw|usw|z\.B|d\.h|e\.g|i\.e)\.$", re.IGNORECASE
)


def split_sentences(text: str) -> list[str]:
    """The sentences of a text; joined, they are the text again.

    White space between two sentences stays at the end of the first.
    """
    pieces, begin = [], 0
    for match in _END.finditer(text):
        if match.end() <= begin:  # inside white space that was passed over
            continue
        if _ABBREVIATION.search(text[max(begin, match.end() - 12) : match.end()]):
            continue
        end = match.end()
        while end < len(text) and text[end].isspace():
            end += 1
        if end > begin:
            pieces.append(text[begin:end])
        begin = max(begin, end)
    return [*pieces, text[begin:]] if begin < len(text) else pieces


def split_near(text: str, position: int) -> tuple[str, str]:
    """The text in two parts, cut behind the pause or space nearest before ``position``, or right there."""
    cuts = [match.end() for match in _PAUSE.finditer(text, 0, position) if match.end() > position // 2]
    cut = cuts[-1] if cuts else position
    return text[:cut], text[cut:]
