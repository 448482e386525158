"""ROUGE of summaries by rouge-score, with bootstrap intervals and paired comparison.

ROUGE-1 and ROUGE-2 count the n-grams that a summary shares with its reference, ROUGE-L the longest common subsequence
of the whole texts; all are F1 in percent, and of several references the best counts. The library's own tokenizer knows
no letters but a to z: it reads English here, so that scores compare with published ones, and our units read the rest.

Paper: Lin (2004), ROUGE: a package for automatic evaluation of summaries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version

import numpy as np

from braid.errors import DataError
from braid.metrics.buckets import Bucket, length_buckets
from braid.metrics.intervals import compare_means, mean_score
from braid.metrics.score import Comparison, Score
from braid.metrics.translation import RESAMPLES, SEED
from braid.text.languages import canonical
from braid.text.units import units

METRICS = ("rouge1", "rouge2", "rougeL")


class _Tokens:
    """What rouge-score asks for tokens: it is given tokens with spaces between them."""

    def tokenize(self, text: str) -> list[str]:
        return text.split()


def _is_english(language: str) -> bool:
    return canonical(language) == "en"


@cache
def _tokenizer(is_english: bool) -> Callable[[str], list[str]]:
    """From a text to what is compared."""
    if not is_english:
        return units
    from rouge_score.tokenizers import DefaultTokenizer

    return DefaultTokenizer(use_stemmer=False).tokenize


def _check(references: Sequence[Sequence[str]], *columns: Sequence[str]) -> None:
    sizes = [len(column) for column in (*columns, references)]
    if len(set(sizes)) > 1:
        raise DataError(f"texts and references must be equally many, got {' and '.join(map(str, sizes))}")
    if not sizes[0]:
        raise DataError("nothing to score: there is no example")
    for row, texts in enumerate(references):
        if isinstance(texts, str) or not texts:
            got = "a single text" if isinstance(texts, str) else "none"
            raise DataError(f"each example needs a list of references, got {got}", where=f"example {row + 1}")


def _f1(overlap: int, first: int, second: int) -> float:
    return 200 * overlap / (first + second) if overlap else 0.0


def sentence_rouge(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    language: str,
    metrics: Sequence[str] = METRICS,
) -> dict[str, np.ndarray]:
    """For each metric the F1 of each text, 0 to 100: finds good and bad examples, says nothing about a system alone.

    Raises:
        DataError: None, not equally many, or an example without a list of references.

    Cost: O(words) for the n-grams, O(words² / 64) for ROUGE-L, with each pair of a text and a reference.
    """
    from rapidfuzz.distance import LCSseq  # rouge-score's own table takes 500 times as long
    from rouge_score.rouge_scorer import RougeScorer

    _check(references, hypotheses)
    tokenize = _tokenizer(_is_english(language))
    counted = [metric for metric in metrics if metric != "rougeL"]
    scorer = RougeScorer(counted, tokenizer=_Tokens())
    values = {metric: np.zeros(len(hypotheses)) for metric in metrics}
    for row, (hypothesis, texts) in enumerate(zip(hypotheses, references, strict=True)):
        tokens = tokenize(hypothesis)
        for text in texts:
            wanted = tokenize(text)
            scores = scorer.score(" ".join(wanted), " ".join(tokens))
            found = {name: 100 * score.fmeasure for name, score in scores.items()}
            if "rougeL" in values:
                found["rougeL"] = _f1(LCSseq.similarity(wanted, tokens), len(wanted), len(tokens))
            for metric, value in found.items():
                values[metric][row] = max(values[metric][row], value)
    return values


def signature(references: Sequence[Sequence[str]], *, language: str) -> str:
    """Every setting that changes a ROUGE score."""
    counts = {len(texts) for texts in references}
    tokens = "rouge-score" if _is_english(language) else "unicode-words+unspaced-characters"
    return (
        f"nrefs:{counts.pop() if len(counts) == 1 else 'var'}|best:each|case:lower|tok:{tokens}|stem:no|f:1|"
        f"version:rouge-score-{version('rouge-score')}"
    )


def summary_scores(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    language: str,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> dict[str, Score]:
    """``rouge1``, ``rouge2`` and ``rougeL``, 0 to 100, with 95 % percentile intervals over resampled texts.

    Args:
        hypotheses: Summaries to judge.
        references: For each, the summaries it may be like.
        language: Decides the tokenizer.
        resamples: Bootstrap samples.
        seed: Of the bootstrap.

    Raises:
        DataError: None, not equally many, or an example without a list of references.
    """
    settings = signature(references, language=language) if references else ""
    found = sentence_rouge(hypotheses, references, language=language)
    return {
        metric: mean_score(values, signature=settings, resamples=resamples, seed=seed)
        for metric, values in found.items()
    }


def compare_summaries(
    first: Sequence[str],
    second: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    language: str,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> dict[str, Comparison]:
    """For each metric, how far the first system is above the second, by paired bootstrap.

    Raises:
        DataError: None, not equally many, or an example without a list of references.
    """
    _check(references, first, second)
    one, other = (sentence_rouge(texts, references, language=language) for texts in (first, second))
    return {metric: compare_means(one[metric], other[metric], resamples=resamples, seed=seed) for metric in METRICS}


def summary_buckets(
    documents: Sequence[str], hypotheses: Sequence[str], references: Sequence[Sequence[str]], *, language: str
) -> list[Bucket]:
    """ROUGE by the length of the document."""
    _check(references, documents, hypotheses)
    values = sentence_rouge(hypotheses, references, language=language)

    def score(chosen: np.ndarray) -> dict[str, float]:
        return {metric: float(scores[chosen].mean()) for metric, scores in values.items()}

    return length_buckets(documents, score)
