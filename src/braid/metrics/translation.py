"""BLEU and chrF by sacreBLEU, with bootstrap intervals and paired comparison.

Both metrics are made of counts that add up over sentences. The counts are taken once; each bootstrap
sample is then a weighted sum of them, so that a thousand samples cost little more than one.

Papers: Papineni et al. (2002), BLEU; Popović (2015), chrF; Post (2018), A call for clarity in reporting
BLEU scores; Koehn (2004), Statistical significance tests for machine translation evaluation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from braid.errors import DataError
from braid.metrics.buckets import Bucket, length_buckets
from braid.metrics.score import Comparison, Score
from braid.text.languages import canonical, has_spaces

if TYPE_CHECKING:
    from sacrebleu.metrics.base import Metric

RESAMPLES = 1000
SEED = 12345


def bleu_tokenizer(target_language: str) -> str:
    """sacreBLEU's tokenizer for a language: words, or characters where no spaces stand between words."""
    if canonical(target_language) == "zh":
        return "zh"
    return "13a" if has_spaces(target_language) else "char"


def _metrics(target_language: str) -> dict[str, Metric]:
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    return {"bleu": BLEU(tokenize=bleu_tokenizer(target_language)), "chrf": CHRF()}


def _statistics(metric: Any, hypotheses: Sequence[str], references: Sequence[str]) -> np.ndarray:
    """Additive counts of each sentence, (sentences, counts)."""
    return np.array(metric._extract_corpus_statistics(list(hypotheses), [list(references)]), dtype=np.int64)


def _value(metric: Any, totals: np.ndarray) -> float:
    return float(metric._compute_score_from_stats(totals.tolist()).score)


def _check(*columns: Sequence[str]) -> None:
    sizes = [len(column) for column in columns]
    if len(set(sizes)) > 1:
        raise DataError(f"hypotheses and references must be equally many, got {' and '.join(map(str, sizes))}")
    if not sizes[0]:
        raise DataError("nothing to score: there is no example")


def _samples(size: int, resamples: int, seed: int) -> np.ndarray:
    """How often each sentence stands in each bootstrap sample, (resamples, sentences)."""
    random = np.random.default_rng(seed)
    return random.multinomial(size, np.full(size, 1 / size), size=resamples)


def translation_scores(
    hypotheses: Sequence[str],
    references: Sequence[str],
    *,
    target_language: str,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> dict[str, Score]:
    """``bleu`` and ``chrf``, 0 to 100, with 95 % percentile intervals over resampled sentences.

    Args:
        hypotheses: Outputs.
        references: What they should be, in the same order.
        target_language: Decides BLEU's tokenizer.
        resamples: Bootstrap samples.
        seed: Of the bootstrap.

    Raises:
        DataError: None, or not equally many.
    """
    _check(hypotheses, references)
    counts = _samples(len(references), resamples, seed)
    scores = {}
    for name, metric in _metrics(target_language).items():
        statistics = _statistics(metric, hypotheses, references)
        value = _value(metric, statistics.sum(axis=0))
        low, high = np.percentile([_value(metric, row) for row in counts @ statistics], [2.5, 97.5])
        signature = f"{metric.get_signature()}|bs:{resamples}|seed:{seed}|ci:95"
        scores[name] = Score(value=value, low=min(float(low), value), high=max(float(high), value), signature=signature)
    return scores


def compare(
    first: Sequence[str],
    second: Sequence[str],
    references: Sequence[str],
    *,
    target_language: str,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> dict[str, Comparison]:
    """For ``bleu`` and ``chrf``, how far the first system is above the second, by paired bootstrap.

    Both systems are scored on the same resampled sentences. The p-value is two-sided: the share of samples
    whose difference is as far from the mean difference as the real one is from zero.

    Raises:
        DataError: None, or not equally many.
    """
    _check(first, second, references)
    counts = _samples(len(references), resamples, seed)
    found = {}
    for name, metric in _metrics(target_language).items():
        both = [_statistics(metric, texts, references) for texts in (first, second)]
        values = [_value(metric, statistics.sum(axis=0)) for statistics in both]
        sampled = [np.array([_value(metric, row) for row in counts @ statistics]) for statistics in both]
        delta, deltas = values[0] - values[1], sampled[0] - sampled[1]
        low, high = np.percentile(deltas, [2.5, 97.5])
        extreme = int((np.abs(deltas - deltas.mean()) >= abs(delta)).sum())
        p_value = (extreme + 1) / (resamples + 1)
        found[name] = Comparison(delta=delta, low=float(low), high=float(high), p_value=p_value)
    return found


def sentence_chrf(hypotheses: Sequence[str], references: Sequence[str]) -> list[float]:
    """chrF of each sentence, 0 to 100: finds good and bad examples, says nothing about a system."""
    from sacrebleu.metrics.chrf import CHRF

    metric = CHRF(eps_smoothing=True)
    pairs = zip(hypotheses, references, strict=True)
    return [float(metric.sentence_score(hypothesis, [reference]).score) for hypothesis, reference in pairs]


def translation_buckets(
    sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[str], *, target_language: str
) -> list[Bucket]:
    """BLEU and chrF by the length of the source."""
    _check(sources, hypotheses, references)
    metrics = _metrics(target_language)
    statistics = {name: _statistics(metric, hypotheses, references) for name, metric in metrics.items()}

    def score(chosen: np.ndarray) -> dict[str, float]:
        return {name: _value(metrics[name], counts[chosen].sum(axis=0)) for name, counts in statistics.items()}

    return length_buckets(sources, score)
