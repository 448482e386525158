import itertools
import time

import pytest
import sacrebleu

from braid.errors import DataError
from braid.metrics.quality import has_loop, translation_faults
from braid.metrics.translation import bleu_tokenizer, compare, sentence_chrf, translation_buckets, translation_scores

REFERENCES = [f"the cat number {i} sits on the mat with {i % 7} dogs" for i in range(300)]
GOOD = [text.replace("mat", "rug") if i % 3 else text for i, text in enumerate(REFERENCES)]
BAD = [text.replace("cat", "dog").replace("sits on", "is at") for text in REFERENCES]


@pytest.mark.parametrize(("language", "tokenizer"), [("de", "13a"), ("zh_CN", "zh"), ("ja", "char"), ("th", "char")])
def test_values_are_sacrebleus(language, tokenizer):
    scores = translation_scores(GOOD, REFERENCES, target_language=language, resamples=20)
    assert bleu_tokenizer(language) == tokenizer
    assert scores["bleu"].value == sacrebleu.corpus_bleu(GOOD, [REFERENCES], tokenize=tokenizer).score
    assert scores["chrf"].value == sacrebleu.corpus_chrf(GOOD, [REFERENCES]).score
    assert f"tok:{tokenizer}" in scores["bleu"].signature
    assert "bs:20" in scores["bleu"].signature


def test_intervals():
    wide = translation_scores(GOOD[:30], REFERENCES[:30], target_language="en")
    narrow = translation_scores(GOOD, REFERENCES, target_language="en")
    for scores in (wide, narrow):
        for score in scores.values():
            assert score.low <= score.value <= score.high
    assert wide["bleu"].high - wide["bleu"].low > narrow["bleu"].high - narrow["bleu"].low
    assert narrow == translation_scores(GOOD, REFERENCES, target_language="en")


def test_intervals_are_as_wide_as_sacrebleus():
    """95 %, not less: sacreBLEU's own bootstrap of the same texts, with other random numbers."""
    scores = translation_scores(GOOD, REFERENCES, target_language="en")
    for name, metric in (("bleu", sacrebleu.metrics.BLEU()), ("chrf", sacrebleu.metrics.CHRF())):
        theirs = metric.corpus_score(GOOD, [REFERENCES], n_bootstrap=1000)._ci
        assert (scores[name].high - scores[name].low) / 2 == pytest.approx(theirs, rel=0.15)


def test_comparison_is_paired():
    """Where the second is worse by the same share everywhere, the difference hardly varies: a narrow interval."""
    alone = translation_scores(GOOD, REFERENCES, target_language="en")["chrf"]
    paired = compare(GOOD, [f"{text} x" for text in GOOD], REFERENCES, target_language="en")["chrf"]
    assert 0 < paired.low < paired.delta < paired.high
    assert paired.high - paired.low < 0.5 * (alone.high - alone.low)
    swapped = compare([f"{text} x" for text in GOOD], GOOD, REFERENCES, target_language="en")["chrf"]
    assert (swapped.delta, swapped.low, swapped.high) == pytest.approx((-paired.delta, -paired.high, -paired.low))


def test_a_thousand_samples_are_quick():
    begun = time.monotonic()
    translation_scores(GOOD * 4, REFERENCES * 4, target_language="en")
    assert time.monotonic() - begun < 10


def test_comparison():
    better = compare(GOOD, BAD, REFERENCES, target_language="en")
    assert better["bleu"].delta > 0
    assert better["bleu"].low > 0
    assert better["bleu"].p_value < 0.01
    same = compare(GOOD, GOOD, REFERENCES, target_language="en")
    assert same["chrf"].delta == 0
    assert same["chrf"].p_value == 1


@pytest.mark.parametrize(("hypotheses", "references"), [([], []), (["a"], ["a", "b"])])
def test_nothing_to_score(hypotheses, references):
    with pytest.raises(DataError):
        translation_scores(hypotheses, references, target_language="en")


def test_empty_outputs_score_zero():
    scores = translation_scores([""] * 300, REFERENCES, target_language="en", resamples=10)
    assert scores["bleu"].value == scores["chrf"].value == 0


def test_buckets_cover_everything():
    sources = ["x" * (1 + i % 50) for i in range(300)]
    found = translation_buckets(sources, GOOD, REFERENCES, target_language="en")
    assert sum(bucket.examples for bucket in found) == 300
    assert all(a.high < b.low for a, b in itertools.pairwise(found))
    assert len(translation_buckets(["a"] * 300, GOOD, REFERENCES, target_language="en")) == 1


def test_sentence_chrf_orders():
    scores = sentence_chrf(["the cat", "dog", ""], ["the cat", "the cat", "the cat"])
    assert scores[0] == 100
    assert scores[0] > scores[1] >= scores[2]


def test_faults():
    sources = ["turn on", "hello {name}", "a b", "no", ""]
    outputs = ["", "你好", "a b", "非常非常非常非常非常", ""]
    assert translation_faults(sources, outputs) == {"empty": 1, "copied": 1, "looping": 1, "placeholders": 1}


@pytest.mark.parametrize(
    ("text", "looping"), [("a b a b a b a b", True), ("的的的的", True), ("a a b b", False), ("----", False)]
)
def test_loops(text, looping):
    assert has_loop(text) is looping
