"""How well a language model predicts texts, and what the texts that it writes are like.

Papers: Li et al. (2016), A diversity-promoting objective function for neural conversation models (distinct-n);
Welleck et al. (2020), Neural text generation with unlikelihood training (repeated n-grams); Lee et al. (2022),
Deduplicating training data makes language models better (text copied from training); Efron and Stein (1981), The
jackknife estimate of variance; Künsch (1989), The jackknife and the bootstrap for general stationary observations
(blocks).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from braid.errors import DataError
from braid.metrics.score import Comparison, Score
from braid.metrics.translation import RESAMPLES, SEED
from braid.text.units import units

MIN_DOCUMENTS = 30
"""With fewer documents, blocks of tokens are resampled instead."""
BLOCK_TOKENS, MIN_BLOCK_TOKENS = 1000, 100
"""Tokens of a block: fewer where there would not be `MIN_DOCUMENTS` blocks, since neighbors depend on each other."""

LogProbabilities = Sequence[np.ndarray]
Ngram = tuple[str, ...]


def language_model_scores(
    log_probabilities_per_document: LogProbabilities,
    texts: Sequence[str],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> dict[str, Score]:
    """``bits_per_byte``, ``bits_per_character`` and ``perplexity`` with 95 % percentile intervals; lower is better.

    Bits per byte is the information in all tokens over the UTF-8 bytes of the texts, so that models with different
    tokenizers can be compared on the same texts. Perplexity is per token: it depends on the tokenizer.

    Documents are resampled where there are at least 30. Fewer are cut into blocks of about 1,000 tokens (at least 100),
    and each block is given its share of the document's bytes and characters; a single block shows no spread.

    Args:
        log_probabilities_per_document: Natural logarithm of the probability of each token, the one that ends a text
            included if the model predicts it.
        texts: What the tokens of each document spell.
        resamples: Bootstrap samples.
        seed: Of the bootstrap.

    Raises:
        DataError: Nothing to score, not equally many, or a number that is no finite logarithm of a probability.

    Cost: O(units × resamples), units being documents or blocks.
    """
    units, signature = _units([log_probabilities_per_document], texts)
    totals, sampled = units.sum(axis=0), _ratios(_resampled_sums(units, resamples, seed))[:, 0]
    values, (low, high) = _ratios(totals)[0], np.percentile(sampled, [2.5, 97.5], axis=0)
    ends = np.stack([values, np.minimum(low, values), np.maximum(high, values)], axis=1)
    with np.errstate(over="ignore"):
        scores = [*(ends[:2] / math.log(2)).tolist(), np.exp(ends[2]).tolist()]
    num_bytes, num_characters, num_tokens = totals[0, 1:].round().astype(int).tolist()
    details = {
        "bits_per_byte": f"bytes:utf-8:{num_bytes}",
        "bits_per_character": f"characters:code-points:{num_characters}",
        "perplexity": f"per:token:{num_tokens}",
    }
    signature += f"|bs:{resamples}|seed:{seed}|ci:95|numpy:{np.__version__}"
    return {
        name: Score(value=value, low=low, high=high, signature=f"{detail}|{signature}")
        for (name, detail), (value, low, high) in zip(details.items(), scores, strict=True)
    }


def compare_language_models(
    first: LogProbabilities,
    second: LogProbabilities,
    texts: Sequence[str],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Comparison:
    """How many bits per byte the first model needs more than the second: below 0 the first is better.

    Paired bootstrap on the same documents, or on the same parts of few documents as in `language_model_scores`. The
    p-value is two-sided: the share of samples whose difference is as far from the mean difference as the real one is
    from zero.

    Raises:
        DataError: As for `language_model_scores`.
    """
    units, _ = _units([first, second], texts)
    values = _ratios(units.sum(axis=0))[:, 0] / math.log(2)
    sampled = _ratios(_resampled_sums(units, resamples, seed))[:, :, 0] / math.log(2)
    delta, deltas = float(values[0] - values[1]), sampled[:, 0] - sampled[:, 1]
    low, high = np.percentile(deltas, [2.5, 97.5])
    extreme = int((np.abs(deltas - deltas.mean()) >= abs(delta)).sum())
    return Comparison(delta=delta, low=float(low), high=float(high), p_value=(extreme + 1) / (resamples + 1))


def _units(models: Sequence[LogProbabilities], texts: Sequence[str]) -> tuple[np.ndarray, str]:
    """What is resampled (units, models, 4: nats, bytes, characters, tokens), and its part of the signature."""
    _check(models, texts)
    num_tokens = np.mean([[len(row) for row in model] for model in models], axis=0)
    unit, num_parts = "documents", np.ones(len(texts), dtype=int)
    if len(texts) < MIN_DOCUMENTS:
        block = int(np.clip(num_tokens.sum() / MIN_DOCUMENTS, MIN_BLOCK_TOKENS, BLOCK_TOKENS))
        unit, num_parts = f"blocks-of-{block}-tokens", np.maximum(1, np.rint(num_tokens / block)).astype(int)
    lengths = np.array([(len(text.encode(errors="surrogatepass")), len(text)) for text in texts])
    shares = np.repeat(lengths / num_parts[:, None], num_parts, axis=0)
    counted = []
    for model in models:
        parts = [part for row, number in zip(model, num_parts, strict=True) for part in np.array_split(row, number)]
        sums = [(-part.sum(dtype=np.float64), len(part)) for part in parts]
        counted.append(np.insert(sums, [1], shares, axis=1))
    return np.stack(counted, axis=1), f"n:{len(texts)}|resampled:{unit}:{len(shares)}"


def _check(models: Sequence[LogProbabilities], texts: Sequence[str]) -> None:
    for model in models:
        if len(model) != len(texts):
            raise DataError(f"documents and texts must be equally many, got {len(model)} and {len(texts)}")
        if not any(texts) or not any(len(row) for row in model):
            raise DataError("nothing to score: there is no text or no token")
        for number, row in enumerate(model, 1):
            values = np.asarray(row)
            if not (np.isfinite(values) & (values <= 1e-6)).all():  # float32 rounds a certain token above 0
                raise DataError(
                    f"log-probabilities must be finite and at most 0, which those of document {number} are not"
                )


def _ratios(sums: np.ndarray) -> np.ndarray:
    """Nats per byte, character and token (…, models, 3) of sums of units (…, models, 4)."""
    # Where most texts are empty, a bootstrap sample may hold no byte at all; it is taken to hold one.
    return sums[..., :1] / np.maximum(sums[..., 1:], 1)


def _resampled_sums(units: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """Sums over bootstrap samples (resamples, …) of what each unit counts (units, …)."""
    random, size = np.random.default_rng(seed), len(units)
    samples = (np.bincount(random.integers(size, size=size), minlength=size) for _ in range(resamples))
    return np.array([np.tensordot(counts, units, axes=1) for counts in samples])


def repetition_rate(texts: Sequence[str], n: int = 4, *, resamples: int = RESAMPLES, seed: int = SEED) -> Score:
    """Share of n-grams that stood in the same text before, in percent, of all n-grams of all texts.

    Of words, or of characters in scripts without spaces; punctuation and case do not count.

    Raises:
        DataError: There is no text.
    """
    ngrams = [list(_ngrams(units(text), n)) for text in texts]
    counts = [(len(found) - len(set(found)), len(found)) for found in ngrams]
    return _share(counts, f"repeated:{n}-grams", resamples, seed)


def distinct_n(texts: Sequence[str], n: int = 2) -> Score:
    """Different n-grams in percent of all n-grams of all texts together; units as in `repetition_rate`.

    It falls with the amount of text, which the signature names. A bootstrap would count every text drawn twice as
    repetition, so that the interval is the jackknife's: leaving out one text after the other.

    Raises:
        DataError: There is no text.
    """
    if not texts:
        raise DataError("nothing to score: there is no text")
    counters = [Counter(_ngrams(units(text), n)) for text in texts]
    texts_with = Counter(ngram for counter in counters for ngram in counter)
    totals = np.array([counter.total() for counter in counters])
    alone = np.array([sum(texts_with[ngram] == 1 for ngram in counter) for counter in counters])
    value = 100 * len(texts_with) / max(1, totals.sum())
    without = 100 * (len(texts_with) - alone) / np.maximum(1, totals.sum() - totals)
    spread = 1.96 * math.sqrt((len(texts) - 1) * float(without.var()))
    signature = f"distinct:{n}-grams:{totals.sum()}|n:{len(texts)}|interval:jackknife|ci:95"
    return Score(value=value, low=max(0.0, value - spread), high=min(100.0, value + spread), signature=signature)


def copied_share(
    generated: Sequence[str],
    training_texts: Iterable[str],
    n: int = 8,
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Score:
    """Share of generated words, in percent, within n or more words in a row that stand so in a training text.

    Characters count in the place of words in scripts without spaces. Punctuation and case do not count: they hide no
    copy. The same share of held-out texts shows how much is only common wording.

    Args:
        generated: What the model wrote.
        training_texts: Read once, one after the other; a copy is never sought across two of them.
        n: Words in a row, at least, that are no accident.
        resamples: Bootstrap samples of the generated texts.
        seed: Of the bootstrap.

    Raises:
        DataError: Nothing was generated.

    Cost: O(generated + training) time; memory for the generated texts and one training text.
    """
    rows = [units(text) for text in generated]
    wanted = {ngram for words in rows for ngram in _ngrams(words, n)}
    found: set[Ngram] = set()
    for text in training_texts:
        found |= wanted.intersection(_ngrams(units(text), n))
    return _share([(_covered(words, found, n), len(words)) for words in rows], f"copied:{n}-grams", resamples, seed)


def _covered(words: Sequence[str], copied: set[Ngram], n: int) -> int:
    """How many words stand in an n-gram that is a copy."""
    count = end = 0
    for start, ngram in enumerate(_ngrams(words, n)):
        if ngram in copied:
            count += start + n - max(start, end)
            end = start + n
    return count


def _share(counts: Sequence[tuple[int, int]], signature: str, resamples: int, seed: int) -> Score:
    """Percent of a total over all texts, and its bootstrap; 0 where the total is 0."""
    if not counts:
        raise DataError("nothing to score: there is no text")
    values = np.array(counts, dtype=np.float64)
    total = int(values[:, 1].sum())
    sums = np.concatenate([values.sum(axis=0, keepdims=True), _resampled_sums(values, resamples, seed)])
    value, *sampled = (100 * sums[:, 0] / np.maximum(sums[:, 1], 1)).tolist()
    low, high = np.percentile(sampled, [2.5, 97.5]).tolist()
    signature = f"{signature}|of:{total}|n:{len(counts)}|bs:{resamples}|seed:{seed}|ci:95|numpy:{np.__version__}"
    return Score(value=value, low=min(low, value), high=max(high, value), signature=signature)


def _ngrams(words: Sequence[str], n: int) -> Iterator[Ngram]:
    return zip(*(islice(words, start, None) for start in range(n)), strict=False)
