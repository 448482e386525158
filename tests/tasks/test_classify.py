"""Decisions from scores, and texts of any length, around a stand-in for the network."""

import numpy as np
import pytest

from braid.data.example import Example
from braid.data.linear import LinearBaseline
from braid.pipeline.classifying import balanced_weights, calibrated, calibrated_baseline, decisions_of, evaluate
from braid.tasks.classify import Classifier, Decision
from braid.text.tokenizer import train_tokenizer

TOKENIZER = train_tokenizer(["good bad fine", "你好 不好"] * 20, vocab_size=400)
GOOD = int(TOKENIZER.encode(["good"])[0][0])


class Counts:
    """Scores a text by how often the word for good stands in it."""

    def __init__(self):
        self.widths = []

    def scores(self, ids, mask):
        self.widths.append(ids.shape[1])
        good = ((ids == GOOD) & mask).sum(axis=1).astype(float)
        return np.stack([2 * good - 1, 1 - 2 * good], axis=1)


def classifier(max_tokens=50, linear=None, **decision):
    return Classifier(
        name="c",
        language="",
        tokenizer=TOKENIZER,
        session=Counts(),
        linear=linear,
        decision=Decision(labels=("yes", "no"), **decision),
        max_tokens=max_tokens,
    )


def test_one_and_many():
    model = classifier()
    assert model.classify("good") == "yes"
    assert model.classify(["bad", "", "good good"]) == ["no", "", "yes"]
    answer = model.classify("good", detail=True)
    assert answer.labels[0][0] == "yes"
    assert answer.score == pytest.approx(answer.labels[0][1])
    assert sum(share for _, share in answer.labels) == pytest.approx(1)


def test_long_texts_are_read_in_parts():
    model = classifier(max_tokens=5)
    assert model.classify("good " * 40) == "yes"
    assert max(model._session.widths) <= 5


def test_none_of_these():
    assert classifier(threshold=0.99).classify("good") == ""
    several = classifier(is_multilabel=True, thresholds=(0.3, 0.2))
    assert several.classify("good good") == ("yes",)
    assert several.classify("bad") == ("no", "yes") if several.probabilities(["bad"])[0, 0] >= 0.3 else ("no",)


def test_words_that_move_the_decision():
    words = classifier().explain("so good, bad 你好")
    assert [word for word, _ in words] == ["so", "good", "bad", "你", "好"]
    moved = dict(words)
    assert moved["good"] > 1
    assert all(abs(moved[word]) < 0.01 for word in ("so", "bad", "你"))
    assert classifier().explain(" .,") == []


def test_long_texts_are_explained_piece_by_piece():
    model = classifier(max_tokens=50)
    text = "".join(" good " if 9062 <= i < 9375 else "坏" for i in range(20_000))
    read = []
    model._tokenizer = type("Spy", (), {"encode": lambda _, texts: read.extend(texts) or TOKENIZER.encode(texts)})()
    model._tokenizer.pad_id = TOKENIZER.pad_id
    words = model.explain(text)
    assert len(words) == 64
    assert len(read) == 65
    assert "".join("".join(word for word, _ in words).split()) == "".join(text.split())
    assert min(range(64), key=lambda i: words[i][1]) == 29  # it speaks against the other label
    assert [word for word, _ in model.explain("so " * 64)] == ["so"] * 64
    assert [word for word, _ in model.explain("so " * 65)].count("so so") == 1


def test_the_better_opinion_gets_the_say():
    random = np.random.default_rng(1)
    gold = random.integers(0, 3, 2000)
    right = np.eye(3)[gold] * 3 + random.normal(0, 1, (2000, 3))
    noise = random.normal(0, 30, (2000, 3))  # far too sure, and wrong
    decision = Decision(labels=("a", "b", "c"))
    assert calibrated(decision, noise, right, gold).share < 0.1
    assert calibrated(decision, right, noise, gold).share > 0.9
    both = calibrated(decision, 9 * (right + random.normal(0, 1, right.shape)), right, gold)
    assert both.cooling > 3


def test_a_linear_opinion_alone():
    texts = ["good film", "bad film", "good day", "bad day"] * 5
    labels = [("pos",), ("neg",)] * 10
    linear = LinearBaseline.fit(texts, labels, ("neg", "pos"))
    decision = Decision(labels=("neg", "pos"), share=0.0)
    scores = decision.mixed(np.full((2, 2), 99.0), linear.scores(["good one", "bad one"]))
    assert [decision.chosen(row) for row in decision.probabilities(scores)] == [("pos",), ("neg",)]


def test_the_baseline_decides_by_thresholds_of_its_own():
    texts, labels = ["good film", "bad film", "good bad"] * 9, [("good",), ("bad",), ("bad", "good")] * 9
    linear = LinearBaseline.fit(texts, labels, ("bad", "good"), is_multilabel=True)
    gold = np.array([[label in row for label in ("bad", "good")] for row in labels], float)
    decision = Decision(labels=("bad", "good"), is_multilabel=True, thresholds=(0.9, 0.9), cooling=3.0)
    shifted = linear.scores(texts) - 9.0  # as one that is far too unsure
    baseline = calibrated_baseline(decision, shifted, gold)
    chosen = [baseline.chosen(row) for row in baseline.probabilities(shifted / baseline.temperature)]
    assert [set(row) for row in chosen] == [set(row) for row in labels]
    assert max(baseline.thresholds) < 0.5
    assert (baseline.cooling, baseline.share) == (1.0, 0.0)


def test_the_baseline_may_say_none_of_these():
    linear = LinearBaseline.fit(["good film", "bad film"] * 9, [("yes",), ("no",)] * 9, ("yes", "no"))
    decision = Decision(labels=("yes", "no"), none_label="other")
    examples = [
        Example(source=text, target=label, file="f", line=1)
        for text, label in (("good film", "yes"), ("bad film", "no"), ("zq zw", "other"))
    ]

    def exact(baseline):
        model = classifier(none_label="other", linear=linear)
        model.baseline = baseline or model.baseline
        return evaluate(model, examples)["systems"][1]["scores"]["accuracy"]["value"]

    assert exact(decision.of_baseline(threshold=0.6)) == pytest.approx(100)
    assert exact(None) == pytest.approx(200 / 3)


def test_bundles_that_tell_no_baseline_are_read():
    told = {"labels": ["a", "b"], "thresholds": [0.2, 0.3], "is_multilabel": True, "threshold": 0.4}
    decision, baseline = decisions_of(told)
    assert (decision.thresholds, decision.threshold) == ((0.2, 0.3), 0.4)
    assert (baseline.thresholds, baseline.threshold) == ((), 0.0)
    _, baseline = decisions_of(told | {"baseline": {"temperature": 2.0, "threshold": 0.5, "thresholds": [0.1, 0.6]}})
    assert (baseline.thresholds, baseline.threshold, baseline.temperature) == ((0.1, 0.6), 0.5, 2.0)


def test_rare_labels_weigh_as_much_as_frequent_ones():
    targets = np.array([0] * 6 + [1] * 3 + [2])
    weights = balanced_weights(targets, 3)
    assert [weights[targets == label].sum() for label in range(3)] == pytest.approx([10 / 3] * 3)
    several = np.array([[1, 0, 1], [0, 0, 1], [0, 1, 1], [0, 0, 1]], np.float32)
    weights = balanced_weights(several, 3)
    for label in range(2):
        has = several[:, label] > 0
        assert weights[has, label].sum() == pytest.approx(weights[~has, label].sum()) == pytest.approx(2)
    assert weights[:, 2] == pytest.approx(1)  # all texts have it
