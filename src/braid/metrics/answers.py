"""Exact match and F1 of answers, as the official programs of their data sets count them.

Papers: Rajpurkar et al. (2016), SQuAD, section 6.1, and Rajpurkar, Jia and Liang (2018) for questions without an
answer; Cui et al. (2019), A span-extraction dataset for Chinese machine reading comprehension, for Chinese, where F1 is
taken from the longest stretch in common.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from braid.errors import DataError
from braid.metrics.intervals import compare_means, mean_score
from braid.metrics.score import Comparison, Score
from braid.text.languages import canonical, has_spaces
from braid.text.units import is_unspaced

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def _rules(language: str) -> str:
    return "cmrc2018" if not has_spaces(language) else "squad"


def _words(text: str, language: str) -> list[str]:
    """SQuAD's normalized words: lower case, no punctuation, no English articles."""
    text = text.lower().translate(_PUNCTUATION)
    if canonical(language) in ("", "en"):
        text = _ARTICLES.sub(" ", text)
    return text.split()


def _mixed(text: str) -> list[str]:
    """CMRC's units: single characters of Chinese and its like, words of other scripts; no punctuation."""
    found, word = [], ""
    for char in text.lower():
        kind = unicodedata.category(char)[0]
        if kind in "LMN" and not is_unspaced(char):
            word += char
            continue
        found += [word] if word else []
        word = ""
        if kind in "LMN":
            found.append(char)
    return [*found, word] if word else found


def _common_stretch(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest stretch that stands in both."""
    longest, before = 0, np.zeros(len(other) + 1, int)
    names = np.array(other, dtype=object)
    for unit in one:
        after = np.zeros_like(before)
        after[1:] = np.where(names == unit, before[:-1] + 1, 0)
        longest, before = max(longest, int(after.max())), after
    return longest


def _f1(said: Sequence[str], gold: Sequence[str], language: str) -> float:
    if not said or not gold:
        return 100.0 * (list(said) == list(gold))
    is_squad = _rules(language) == "squad"
    common = (Counter(said) & Counter(gold)).total() if is_squad else _common_stretch(said, gold)
    return 200.0 * common / (len(said) + len(gold))


def _units(text: str, language: str) -> list[str]:
    return _words(text, language) if _rules(language) == "squad" else _mixed(text)


def question_f1(predictions: Sequence[str], golds: Sequence[Sequence[str]], *, language: str) -> np.ndarray:
    """F1 of each answer with the accepted one that it is nearest to, 0 to 100; of "" where there is no answer 100."""
    return np.array([_best(text, gold, language, _f1) for text, gold in _pairs(predictions, golds)])


def question_exact(predictions: Sequence[str], golds: Sequence[Sequence[str]], *, language: str) -> np.ndarray:
    """100 for each answer that is an accepted one, else 0."""

    def same(said: Sequence[str], gold: Sequence[str], language: str) -> float:
        return 100.0 * (list(said) == list(gold))

    return np.array([_best(text, gold, language, same) for text, gold in _pairs(predictions, golds)])


def _pairs(predictions: Sequence[str], golds: Sequence[Sequence[str]]) -> zip[tuple[str, Sequence[str]]]:
    if not predictions or len(predictions) != len(golds):
        raise DataError(f"answers and accepted answers must be equally many, got {len(predictions)} and {len(golds)}")
    return zip(predictions, golds, strict=True)


def _best(
    text: str, gold: Sequence[str], language: str, score: Callable[[Sequence[str], Sequence[str], str], float]
) -> float:
    said = _units(text, language)
    if not gold:
        return 100.0 * (not text.strip())
    return max(score(said, _units(one, language), language) for one in gold)


def answer_scores(predictions: Sequence[str], golds: Sequence[Sequence[str]], *, language: str) -> dict[str, Score]:
    """``exact_match`` and ``f1``, 0 to 100, with 95 % bootstrap intervals over the questions.

    Args:
        predictions: Answers; "" says that there is none.
        golds: Accepted answers of each question; none where it has no answer.
        language: Chooses SQuAD's rules, or CMRC's for languages without spaces.

    Raises:
        DataError: There is no question, or not one answer for each.
    """
    rules = f"rules:{_rules(language)}|lang:{canonical(language) or 'any'}"
    return {
        name: mean_score(measure(predictions, golds, language=language), signature=f"{name}|{rules}")
        for name, measure in (("exact_match", question_exact), ("f1", question_f1))
    }


def compare_answers(
    first: Sequence[str], second: Sequence[str], golds: Sequence[Sequence[str]], *, language: str
) -> dict[str, Comparison]:
    """Paired differences of both scores, the first above the second."""
    return {
        name: compare_means(*(measure(rows, golds, language=language) for rows in (first, second)))
        for name, measure in (("exact_match", question_exact), ("f1", question_f1))
    }
