"""How much of a summary is the source's own wording, how short it is, and whether it repeats itself.

Papers: Grusky et al. (2018), Newsroom: a dataset of 1.3 million summaries with diverse extractive strategies, for
fragments, coverage and density; See et al. (2017), Get to the point, for novel n-grams.
"""

from __future__ import annotations

from collections.abc import Sequence

from braid.errors import DataError
from braid.metrics.intervals import mean_score, rate_score
from braid.metrics.score import Score
from braid.text.languages import has_spaces
from braid.text.sentences import split_sentences
from braid.text.units import units

ORDERS = (1, 2, 3, 4)
_UNITS = "tok:unicode-words+unspaced-characters"
_REPEATED_WORDS, _REPEATED_CHARACTERS = 3, 6
"""How many in a row may not come twice: three words, and in scripts without spaces three times two characters."""


def _pairs(sources: Sequence[str], summaries: Sequence[str]) -> list[tuple[str, str]]:
    if len(sources) != len(summaries):
        raise DataError(f"sources and summaries must be equally many, got {len(sources)} and {len(summaries)}")
    return list(zip(sources, summaries, strict=True))


def _ngrams(words: Sequence[str], order: int) -> list[tuple[str, ...]]:
    return list(zip(*(words[shift:] for shift in range(order)), strict=False))


def novelty(sources: Sequence[str], summaries: Sequence[str]) -> dict[str, Score]:
    """``novel1`` to ``novel4``: the share of a summary's n-grams that its source lacks, in percent, over summaries.

    A summary that is shorter than an n-gram does not count for it; where all are, there is no score. Units are words,
    and characters in scripts without spaces.

    Raises:
        DataError: None, or not equally many.
    """
    pairs = [(units(source), units(summary)) for source, summary in _pairs(sources, summaries)]
    found = {}
    for order in ORDERS:
        shares = []
        for source, summary in pairs:
            if ngrams := _ngrams(summary, order):
                known = set(_ngrams(source, order))
                shares.append(100 * sum(ngram not in known for ngram in ngrams) / len(ngrams))
        if shares:
            found[f"novel{order}"] = mean_score(shares, signature=f"novelty:{order}|case:lower|{_UNITS}")
    return found


def compression(sources: Sequence[str], summaries: Sequence[str]) -> Score:
    """How long a summary is in percent of its source, in characters, over the texts whose source has any.

    Raises:
        DataError: None, or not equally many.
    """
    shares = [
        100 * len(summary.strip()) / len(source.strip())
        for source, summary in _pairs(sources, summaries)
        if source.strip()
    ]
    return mean_score(shares, signature="compression:summary/source|characters")


def fragments(source: Sequence[str], summary: Sequence[str]) -> list[int]:
    """The lengths of a summary's extractive fragments: from each place on, the longest run that the source has too.

    Cost: O(source x log fragment) for each of them, as `str.find` looks for it.
    """
    signs = {unit: chr(place + 1) for place, unit in enumerate(dict.fromkeys(summary))}
    inside = "".join(signs.get(unit, "\0") for unit in source)
    text = "".join(signs[unit] for unit in summary)
    found, begin = [], 0
    while begin < len(text):
        length = _longest(text, begin, inside)
        found += [length] if length else []
        begin += max(1, length)
    return found


def _longest(text: str, begin: int, inside: str) -> int:
    """How much of the text from a place on stands in the other: the length is doubled, then halved in between."""
    low, high = 0, 1
    while begin + high <= len(text) and text[begin : begin + high] in inside:
        low, high = high, 2 * high
    high = min(high, len(text) - begin + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if text[begin : begin + middle] in inside else (low, middle)
    return low


def extractiveness(sources: Sequence[str], summaries: Sequence[str]) -> dict[str, Score]:
    """``coverage`` and ``density`` by Grusky et al. (2018), over the summaries that have any word.

    Coverage is the share of a summary's words that stand in fragments, in percent; density the mean length of the
    fragment that a word stands in, in words (characters in scripts without spaces).

    Raises:
        DataError: None, or not equally many, or no summary has a word.
    """
    coverages, densities = [], []
    for source, summary in _pairs(sources, summaries):
        if words := units(summary):
            lengths = fragments(units(source), words)
            coverages.append(100 * sum(lengths) / len(words))
            densities.append(sum(length**2 for length in lengths) / len(words))
    return {
        "coverage": mean_score(coverages, signature=f"coverage|case:lower|{_UNITS}"),
        "density": mean_score(densities, signature=f"density|case:lower|{_UNITS}"),
    }


def repeats(summary: str, *, language: str) -> bool:
    """True when three words in a row (six characters in scripts without spaces) or a whole sentence come twice."""
    order = _REPEATED_WORDS if has_spaces(language) else _REPEATED_CHARACTERS
    ngrams = _ngrams(units(summary), order)
    sentences = [tuple(words) for sentence in split_sentences(summary) if (words := units(sentence))]
    return len(set(ngrams)) < len(ngrams) or len(set(sentences)) < len(sentences)


def repetition_rate(summaries: Sequence[str], *, language: str) -> Score:
    """How many summaries repeat three words in a row (six characters) or a sentence, in percent.

    Raises:
        DataError: There is none.
    """
    order = f"{_REPEATED_WORDS}-words" if has_spaces(language) else f"{_REPEATED_CHARACTERS}-characters"
    hits = sum(repeats(summary, language=language) for summary in summaries)
    return rate_score(hits, len(summaries), signature=f"repetition:{order}+sentences|case:lower|{_UNITS}")
