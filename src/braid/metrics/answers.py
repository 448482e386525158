"""Exact match and F1 of answers, and how early retrieval finds the right passage, with bootstrap intervals.

Languages with spaces are compared by the rules of SQuAD 2.0: without case, ASCII punctuation and English articles,
word by word. Chinese is compared by those of CMRC 2018: exact match without punctuation, F1 by the longest common
run of characters (of words, where letters are); other languages without spaces likewise, character by character.

Papers: Rajpurkar et al. (2016) and Rajpurkar, Jia and Liang (2018), SQuAD 1.1 and 2.0; Cui et al. (2019), CMRC 2018;
Voorhees (1999), the TREC-8 question answering track report, for the mean reciprocal rank.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from braid.errors import DataError
from braid.metrics.intervals import rate_score
from braid.metrics.score import Comparison, Score
from braid.text.languages import canonical, has_spaces
from braid.text.scripts import UNSPACED
from braid.version import __version__

RESAMPLES = 1000
SEED = 12345

_HELD = 2**22
"""Numbers of the bootstrap that are held at a time."""

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_NO_ASCII_PUNCTUATION = str.maketrans("", "", string.punctuation)
_NO_CMRC_PUNCTUATION = str.maketrans("", "", "-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
_WORD = r"\w+(?:[.,']\w+)*|[^\w\s]"


def _squad_text(text: str) -> str:
    plain = text.lower().translate(_NO_ASCII_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", plain).split())


def _cmrc_text(text: str) -> str:
    return text.lower().strip().translate(_NO_CMRC_PUNCTUATION)


def _split_at(characters: str) -> Callable[[str], list[str]]:
    """What splits a text into the characters of a class, and into words between them.

    Between them the official script calls NLTK, which knows more about English contractions and quotation marks.
    """
    parts = re.compile(f"[{characters}]|[^{characters}]+")
    words = re.compile(_WORD)

    def split(text: str) -> list[str]:
        return [word for part in parts.findall(_cmrc_text(text)) for word in words.findall(part)]

    return split


def _overlap(first: Sequence[str], second: Sequence[str]) -> int:
    """Words that both have, repeated ones as often as both have them."""
    return (Counter(first) & Counter(second)).total()


def _longest_run(first: Sequence[str], second: Sequence[str]) -> int:
    """Length of the longest run that stands in both.

    Cost: the product of the lengths in time.
    """
    numbers: dict[str, int] = {}
    ours, theirs = (np.array([numbers.setdefault(one, len(numbers)) for one in side]) for side in (first, second))
    longest, ending = 0, np.zeros(len(theirs) + 1, np.int64)
    for number in ours:
        ending[1:] = np.where(theirs == number, ending[:-1] + 1, 0)
        longest = max(longest, int(ending.max()))
    return longest


@dataclass(frozen=True)
class _Rules:
    """How answers are compared: what is left of their texts, their units, and how many of these two share."""

    name: str
    plain: Callable[[str], str]
    split: Callable[[str], list[str]]
    shared: Callable[[Sequence[str], Sequence[str]], int]

    def compare(self, prediction: str, golds: Sequence[str]) -> tuple[float, float]:
        """Exact match and F1 with the most similar of the accepted answers, 0 to 1."""
        accepted = [gold for gold in dict.fromkeys(golds) if self.plain(gold)] or [""]
        exact = self.plain(prediction) in map(self.plain, accepted)
        ours = self.split(prediction)
        return float(exact), max(self._f1(ours, self.split(gold)) for gold in accepted)

    def _f1(self, ours: Sequence[str], theirs: Sequence[str]) -> float:
        if not ours or not theirs:
            return float(not ours and not theirs)
        return 2 * self.shared(ours, theirs) / (len(ours) + len(theirs))


_SQUAD = _Rules("squad2.0", _squad_text, lambda text: _squad_text(text).split(), _overlap)
_CMRC = _Rules("cmrc2018", _cmrc_text, _split_at("\u4e00-\u9fa5"), _longest_run)
_CHARACTERS = _Rules("cmrc2018-char", _cmrc_text, _split_at(UNSPACED), _longest_run)


def _rules(language: str) -> _Rules:
    if has_spaces(language):
        return _SQUAD
    return _CMRC if canonical(language) in ("zh", "yue") else _CHARACTERS


def answer_scores(
    predictions: Sequence[str],
    golds: Sequence[Sequence[str]],
    *,
    language: str,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> dict[str, Score]:
    """``exact_match`` and ``f1``, 0 to 100, with 95 % percentile intervals over resampled questions.

    Where some questions have an answer and some have none, also ``answerable_f1`` on those that have one and
    ``no_answer_accuracy``, the share of the others that were left without one.

    Args:
        predictions: One answer a question; "" for "there is no answer".
        golds: The accepted answers of each question, the best of which counts; none where there is no answer.
        language: Decides the rules.
        resamples: Bootstrap samples.
        seed: Of the bootstrap.

    Raises:
        DataError: No question, or not equally many of both.

    Example:
        >>> str(answer_scores(["the Nile"], [["Nile", "river Nile"]], language="en")["exact_match"])
        '100.0 [100.0, 100.0]'
    """
    rules, values = _compared(predictions, golds, language)
    columns = {"exact_match": values[:, 0], "f1": values[:, 1]}
    has_answer = np.array([any(map(rules.plain, accepted)) for accepted in golds])
    if has_answer.any() and not has_answer.all():
        columns["answerable_f1"] = np.where(has_answer, values[:, 1], np.nan)
        columns["no_answer_accuracy"] = np.where(has_answer, np.nan, values[:, 0])
    return _scores(columns, f"rules:{rules.name}", resamples, seed)


def question_f1(predictions: Sequence[str], golds: Sequence[Sequence[str]], *, language: str) -> np.ndarray:
    """F1 of each answer, 0 to 100, as `answer_scores` takes their mean."""
    return 100 * _compared(predictions, golds, language)[1][:, 1]


def compare_answers(
    first: Sequence[str],
    second: Sequence[str],
    golds: Sequence[Sequence[str]],
    *,
    language: str,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> dict[str, Comparison]:
    """For ``exact_match`` and ``f1``, how far the first system is above the second, by paired bootstrap.

    Both are judged on the same resampled questions. The p-value is two-sided: the share of samples whose difference
    is as far from their mean as the real one is from zero.

    Raises:
        DataError: No question, or not equally many of all three.
    """
    deltas = 100 * (_compared(first, golds, language)[1] - _compared(second, golds, language)[1])
    sampled = np.concatenate([counts @ deltas for counts in _samples(len(golds), resamples, seed)]) / len(golds)
    found = {}
    for column, name in enumerate(("exact_match", "f1")):
        delta, own = float(deltas[:, column].mean()), sampled[:, column]
        low, high = np.percentile(own, [2.5, 97.5])
        extreme = int((np.abs(own - own.mean()) >= abs(delta)).sum())
        p_value = (extreme + 1) / (resamples + 1)
        found[name] = Comparison(delta=delta, low=float(low), high=float(high), p_value=p_value)
    return found


def retrieval_scores(
    ranks: Sequence[int | None],
    *,
    ks: Sequence[int] = (1, 5, 10),
    setting: str = "first:right",
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> dict[str, Score]:
    """``recall@k`` for each k with Wilson's interval, and ``mrr@k`` for the largest, the mean of one over the rank of
    what stands among so many, with the bootstrap's; 0 to 100.

    Args:
        ranks: For each question the place of the first right passage, counted from 1; None where it was not found.
        ks: How many passages are looked at.
        setting: What else changes the scores, for their signatures.
        resamples: Bootstrap samples.
        seed: Of the bootstrap.

    Raises:
        DataError: No question, or a rank below 1.
    """
    if not ranks:
        raise DataError("nothing to score: there is no question")
    if any(rank is not None and rank < 1 for rank in ranks):
        raise DataError("a rank must be 1 or more, or None where nothing was found")
    places = np.array([np.inf if rank is None else rank for rank in ranks])
    recall = {
        f"recall@{k}": rate_score(int((places <= k).sum()), len(ranks), signature=f"recall@{k}|{setting}") for k in ks
    }
    shares = np.where(places <= max(ks), 1 / places, 0.0)
    return recall | _scores({f"mrr@{max(ks)}": shares}, setting, resamples, seed)


def _compared(predictions: Sequence[str], golds: Sequence[Sequence[str]], language: str) -> tuple[_Rules, np.ndarray]:
    """The rules, and by them exact match and F1 of each question."""
    if len(predictions) != len(golds):
        raise DataError(f"predictions and questions must be equally many, got {len(predictions)} and {len(golds)}")
    if not golds:
        raise DataError("nothing to score: there is no question")
    rules = _rules(language)
    return rules, np.array([rules.compare(*pair) for pair in zip(predictions, golds, strict=True)])


def _scores(columns: Mapping[str, np.ndarray], settings: str, resamples: int, seed: int) -> dict[str, Score]:
    """The means in percent with their intervals; NaN marks questions that a metric does not look at."""
    found: dict[str, Score] = {}
    versions = f"version:braid-{__version__}|numpy:{np.__version__}"
    for together in _by_questions(columns):
        values = 100 * np.stack([columns[name][~np.isnan(columns[name])] for name in together], axis=1)
        means = np.concatenate([counts @ values for counts in _samples(len(values), resamples, seed)]) / len(values)
        for name, value, (low, high) in zip(
            together, values.mean(axis=0).tolist(), np.percentile(means, [2.5, 97.5], axis=0).T.tolist(), strict=True
        ):
            signature = f"{name}|{settings}|n:{len(values)}|bs:{resamples}|seed:{seed}|ci:95|{versions}"
            found[name] = Score(value=value, low=min(low, value), high=max(high, value), signature=signature)
    return {name: found[name] for name in columns}


def _by_questions(columns: Mapping[str, np.ndarray]) -> list[list[str]]:
    """The metrics that look at the same questions, and may share their samples."""
    found: dict[bytes, list[str]] = {}
    for name, values in columns.items():
        found.setdefault(np.isnan(values).tobytes(), []).append(name)
    return list(found.values())


def _samples(size: int, resamples: int, seed: int) -> Iterator[np.ndarray]:
    """How often each question stands in each bootstrap sample, (samples, questions), some samples at a time."""
    random = np.random.default_rng(seed)
    step = max(1, _HELD // size)
    for begin in range(0, resamples, step):
        yield random.multinomial(size, np.full(size, 1 / size), size=min(step, resamples - begin))
