"""The learned choice of a stretch: its overlaps, what it learns, odd texts, saved models."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.data.spans import MAX_UNITS, SpanModel, _with_signs, overlaps
from braid.errors import BundleError, DataError
from braid.metrics.summaries import sentence_rouge

NAMES = ["Abba", "Korz", "Lemu", "Tiro", "Zenk", "Mopa", "Quil", "Rast"]
THINGS = ["web server", "text editor", "small game", "mail reader", "chess engine", "font viewer"]
USES = ["written in Rust", "for the terminal", "with many themes", "for old machines"]


def corpus(count, seed=1):
    random = np.random.default_rng(seed)
    texts, summaries = [], []
    for _ in range(count):
        name, thing, use = (str(random.choice(words)) for words in (NAMES, THINGS, USES))
        texts.append(f"{name} is a {thing} {use}. It was made by {random.choice(NAMES)} and runs everywhere.")
        summaries.append((f"{thing} {use}",))
    return texts, summaries


MODEL = SpanModel.fit(*corpus(300))


def test_it_learns_where_summaries_stand():
    texts, summaries = corpus(50, seed=2)
    found = [MODEL.best(text)[0] for text in texts]
    assert [span.text for span in found] == [summary for (summary,) in summaries]
    for text, span in zip(texts, found, strict=True):
        assert text[span.start : span.end] == span.text


def test_other_scripts_and_several_summaries():
    random = np.random.default_rng(3)
    things = ["文本编辑器", "网络服务器", "邮件阅读器"]
    rows = [f"{random.choice(NAMES)}是一个{thing}。它很快。" for thing in random.choice(things, 200)]
    wanted = [("没有的", row.split("一个")[1].split("。")[0]) for row in rows]
    model = SpanModel.fit(rows, wanted)
    assert model.best("Nova是一个邮件阅读器。它很好。")[0].text == "邮件阅读器"


words = st.lists(st.sampled_from("abcd"), min_size=1, max_size=9)


@settings(deadline=None)
@given(words, words)
def test_overlaps_are_rouge(text, summary):
    found = overlaps(text, summary, 5)
    for start in range(len(text)):
        for length in range(5):
            piece = " ".join(text[start : start + length + 1])
            rouge = sentence_rouge([piece], [(" ".join(summary),)], language="de", metrics=("rougeL",))["rougeL"][0]
            assert found[start, length] == pytest.approx(rouge / 100)


def test_overlaps_with_more_than_a_number_holds():
    words = [str(number) for number in range(80)]
    found = overlaps(words, words, 70)
    assert found[0, 63] == 1
    assert found[0, 69] == pytest.approx(2 * 64 / (70 + 64))


@pytest.mark.parametrize("text", ["", " \n", "...", "🎉🎉", "\ud800"])
def test_texts_without_a_word(text):
    assert MODEL.best(text, 5) == []


def test_odd_texts():
    assert MODEL.best("a" * 100_000) == []  # which would be cut
    for text in ("word", "wörd " * 5000, "用" * 5000, "مرحبا بالعالم", "x\n\n\ty.\u200bz"):
        spans = MODEL.best(text, 20)
        assert len({(span.start, span.end) for span in spans}) == len(spans) > 0
        for span in spans:
            assert text[span.start : span.end] == span.text
    assert len(MODEL.best("word", 20)) == 1
    assert MODEL.best("wörd " * 5000)[0].end <= 5 * MAX_UNITS


@pytest.mark.parametrize(
    ("texts", "summaries"), [([], []), ([""], [("a",)]), (["🎉"], [("🎉",)]), (["a b"], [("...",)]), (["a"], [()])]
)
def test_nothing_to_learn_from(texts, summaries):
    model = SpanModel.fit(texts, summaries)
    assert len(model.best("one two three", 3)) == 3


@pytest.mark.parametrize(
    ("text", "stretch", "whole"),
    [
        ("a compiler for C++. It", "compiler for C", "compiler for C++"),
        ("it grew by 50% in", "grew by 50", "grew by 50%"),
        ("made $5 million", "5 million", "$5 million"),
        ("at -5 °C or so", "5", "-5"),
        ("a web-5 device", "5", "5"),
        ("the format (JPEG) of", "format (JPEG", "format (JPEG)"),
        ("(the format) of", "the format", "the format"),
        ("日志分析（快速）工具", "日志分析（快速", "日志分析（快速）"),
        ("plain words, here", "plain words", "plain words"),
        ("with a=b and issue#5", "with a", "with a"),
        ("see issue#5", "see issue", "see issue"),
    ],
)
def test_signs_stay_with_their_words(text, stretch, whole):
    start = text.index(stretch)
    start, end = _with_signs(text, start, start + len(stretch))
    assert text[start:end] == whole


def test_not_equally_many():
    with pytest.raises(DataError, match="got 2 and 1"):
        SpanModel.fit(["a", "b"], [("a",)])


def test_saved_models_choose_the_same():
    again = SpanModel.from_arrays({name: np.array(value) for name, value in MODEL.arrays().items()})
    for text in corpus(20, seed=4)[0]:
        assert again.best(text, 5) == MODEL.best(text, 5)


@pytest.mark.parametrize(
    "change",
    [
        {"numbers": np.array([2.0, 5, 0.1])},
        {"numbers": np.array([1.0, 0, 0.1])},
        {"numbers": np.array([1.0])},
        {"numbers": np.array([1.0, 5, np.nan])},
        {"weights": MODEL.weights[1:]},
        {"weights": np.full(len(MODEL.weights), np.nan, np.float32)},
        {"buckets": MODEL.buckets[::-1]},
        {"buckets": MODEL.buckets.astype(np.int64)},
        {"buckets": None},
    ],
)
def test_damaged_models_are_refused(change):
    arrays = {name: value for name, value in {**MODEL.arrays(), **change}.items() if value is not None}
    with pytest.raises(BundleError, match="the model of spans"):
        SpanModel.from_arrays(arrays)
