import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from braid.errors import DataError
from braid.metrics.summaries import METRICS, compare_summaries, sentence_rouge, summary_buckets, summary_scores

REFERENCES = [[f"the cat number {i} sits on the mat", f"cat {i} is on a mat with {i % 7} dogs"] for i in range(200)]
GOOD = [f"the cat number {i} sits on the {'rug' if i % 3 else 'mat'}" for i in range(200)]
BAD = [f"a dog {i} sleeps" for i in range(200)]
WORDS = st.lists(
    st.sampled_from(["the", "a", "cat", "Dog", "sat,", "on", "mat.", "3", "über", "it's"]), max_size=12
).map(" ".join)


@settings(deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=4))
def test_values_are_those_of_rouge_score(rows):
    scorer = RougeScorer(list(METRICS))
    found = sentence_rouge([row[0] for row in rows], [row[1:] for row in rows], language="en")
    for index, (hypothesis, *references) in enumerate(rows):
        expected = scorer.score_multi(references, hypothesis)
        for metric in METRICS:
            assert found[metric][index] == pytest.approx(100 * expected[metric].fmeasure)


def test_letters_of_other_languages_count():
    """The library's own tokenizer sees nothing in Chinese, and "gr", "e" in "Größe"."""
    assert sentence_rouge(["用词典"], [["用词表"]], language="zh")["rouge1"][0] == pytest.approx(200 / 3)
    assert sentence_rouge(["Größe"], [["größe"]], language="de")["rouge1"][0] == 100
    assert sentence_rouge(["Größe"], [["Grüße"]], language="de")["rouge1"][0] == 0
    assert sentence_rouge(["привет мир"], [["мир"]], language="ru")["rougeL"][0] == pytest.approx(200 / 3)


def test_values_by_hand():
    found = sentence_rouge(["a b c d"], [["a c b d e"]], language="en")
    assert found["rouge1"][0] == pytest.approx(100 * 2 * 4 / 9)
    assert found["rouge2"][0] == 0
    assert found["rougeL"][0] == pytest.approx(100 * 2 * 3 / 9)


@pytest.mark.parametrize("language", ["en", "de", "zh"])
def test_scores(language):
    scores = summary_scores(GOOD, REFERENCES, language=language, resamples=100)
    values = sentence_rouge(GOOD, REFERENCES, language=language)
    for metric in METRICS:
        assert scores[metric].value == pytest.approx(values[metric].mean())
        assert scores[metric].low < scores[metric].value < scores[metric].high
    signature = scores["rougeL"].signature
    assert "|tok:rouge-score|" in signature if language == "en" else "|tok:unicode-words" in signature
    for part in ("nrefs:2", "stem:no", "n:200", "bs:100", "seed:12345", "version:rouge-score-"):
        assert part in signature.split("|") or part in signature
    assert scores == summary_scores(GOOD, REFERENCES, language=language, resamples=100)


def test_the_number_of_references_may_vary():
    scores = summary_scores(["a", "b"], [["a"], ["b", "c"]], language="en", resamples=10)
    assert scores["rouge1"].value == 100
    assert scores["rouge1"].signature.startswith("nrefs:var|")


def test_comparison():
    better = compare_summaries(GOOD, BAD, REFERENCES, language="en")
    assert better["rougeL"].low > 0
    assert better["rougeL"].p_value < 0.01
    assert compare_summaries(GOOD, GOOD, REFERENCES, language="en")["rouge2"].p_value == 1


@pytest.mark.parametrize(
    ("hypotheses", "references"), [([], []), (["a"], []), (["a"], [[]]), (["a"], ["a"]), (["a", "b"], [["a"]])]
)
def test_nothing_to_score(hypotheses, references):
    with pytest.raises(DataError):
        summary_scores(hypotheses, references, language="en")


@pytest.mark.parametrize("text", ["", "😀", "  "])
def test_empty_summaries_score_zero(text):
    scores = summary_scores([text, text], [["a b"], [""]], language="en", resamples=10)
    assert {score.value for score in scores.values()} == {0}


def test_buckets_cover_everything():
    documents = ["x" * (1 + i % 50) for i in range(200)]
    found = summary_buckets(documents, GOOD, REFERENCES, language="en")
    assert sum(bucket.examples for bucket in found) == 200
    assert all(one.high < other.low for one, other in itertools.pairwise(found))
    mean = sum(bucket.scores["rougeL"] * bucket.examples for bucket in found) / 200
    assert mean == pytest.approx(sentence_rouge(GOOD, REFERENCES, language="en")["rougeL"].mean())
    assert len(summary_buckets(["a"] * 200, GOOD, REFERENCES, language="en")) == 1


def test_long_summaries_are_quick():
    random = np.random.default_rng(0)
    texts = [" ".join(map(str, random.integers(0, 500, 300))) for _ in range(1000)]
    begun = time.process_time()
    summary_scores(texts, [[text] for text in reversed(texts)], language="en")
    assert time.process_time() - begun < 20
