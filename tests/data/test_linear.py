import gzip
import json
import subprocess
import sys
import zlib

import numpy as np
import pytest
from safetensors.numpy import load, save
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from braid.data import linear
from braid.data.features import word_character_features
from braid.data.linear import STRENGTHS, LinearBaseline
from braid.errors import BundleError, DataError

COLORS = {"red": "crimson ruby cherry 红色", "green": "lime olive grass 绿色", "blue": "navy azure sky 蓝色"}
TEXTS, GOLD = [], []
for number in range(240):
    label = list(COLORS)[number * 7 % 3]
    words = COLORS[label].split()
    TEXTS.append(f"the {words[number % 4]} one of {words[number % 3]} and number {number % 17}")
    GOLD.append((label,))
LABELS = list(COLORS)
MIXED_TEXTS = [f"{TEXTS[n]} with {TEXTS[n * 5 % 17]}" if n % 5 else "nothing of interest" for n in range(240)]
MIXED = [tuple(sorted({GOLD[n][0], GOLD[n * 5 % 17][0]})) if n % 5 else () for n in range(240)]
UNSEEN = ["a cherry red crimson thing", "绿色", "", "zzz", "navy, ruby!"]


@pytest.fixture
def plain(monkeypatch):
    """Without the scaling of features, which scikit-learn has not, and learned to the end."""
    monkeypatch.setattr(linear, "_scales", lambda matrix, gold_BC: np.ones(matrix.shape[1]))
    monkeypatch.setattr(linear, "TOLERANCE", 1e-8)


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("labels", [LABELS, ["red", "green"]])
def test_equals_scikit_learn(labels):
    rows = [row for row, gold in enumerate(GOLD) if gold[0] in labels and row % 5]
    texts, gold = [TEXTS[row] for row in rows], [GOLD[row] for row in rows]
    ours = LinearBaseline.fit(texts, gold, labels)
    counter, tfidf = CountVectorizer(analyzer=word_character_features), TfidfTransformer(sublinear_tf=True)
    theirs = LogisticRegression(C=linear.STRENGTH, tol=1e-8, max_iter=1000)
    theirs.fit(tfidf.fit_transform(counter.fit_transform(texts)), [label for (label,) in gold])
    expected = theirs.predict_log_proba(tfidf.transform(counter.transform(UNSEEN)))
    expected = expected[:, [list(theirs.classes_).index(label) for label in labels]]
    assert ours.scores(UNSEEN) == pytest.approx(expected, abs=0.01)
    assert np.exp(ours.scores(UNSEEN)).sum(axis=1) == pytest.approx(1)


@pytest.mark.usefixtures("plain")
def test_equals_scikit_learn_with_several_labels():
    ours = LinearBaseline.fit(MIXED_TEXTS, MIXED, LABELS, is_multilabel=True, is_balanced=True)
    counter, tfidf = CountVectorizer(analyzer=word_character_features), TfidfTransformer(sublinear_tf=True)
    one = LogisticRegression(C=linear.STRENGTH, tol=1e-8, max_iter=1000, class_weight="balanced")
    target = np.array([[label in gold for label in LABELS] for gold in MIXED])
    theirs = OneVsRestClassifier(one).fit(tfidf.fit_transform(counter.fit_transform(MIXED_TEXTS)), target)
    expected = theirs.decision_function(tfidf.transform(counter.transform(UNSEEN)))
    assert ours.scores(UNSEEN) == pytest.approx(expected, abs=0.01)


def test_learns():
    model = LinearBaseline.fit(TEXTS[::2], GOLD[::2], LABELS)
    assert model.predict(TEXTS[1::2]) == GOLD[1::2]
    assert model.predict([]) == []
    several = LinearBaseline.fit(MIXED_TEXTS[:160], MIXED[:160], LABELS, is_multilabel=True)
    right = [set(one) == set(gold) for one, gold in zip(several.predict(MIXED_TEXTS[160:]), MIXED[160:], strict=True)]
    assert np.mean(right) > 0.95


def test_scaling_helps_where_few_words_matter():
    """Half of the words are noise that a plain penalty treats like the others."""
    draw = np.random.default_rng(1)
    noise = [f"noise{number}" for number in range(400)]
    words, texts, gold = ["alpha", "beta", "gamma", "delta", "eta", "theta"], [], []
    for _ in range(400):
        word = draw.integers(6)
        texts.append(" ".join([*draw.choice(noise, 12), words[word]]))
        gold.append((LABELS[word // 2],))
    model = LinearBaseline.fit(texts[:300], gold[:300], LABELS)
    assert np.mean([one == other for one, other in zip(model.predict(texts[300:]), gold[300:], strict=True)]) > 0.95


def test_strength_is_chosen_by_validation():
    draw = np.random.default_rng(1)
    chance = [GOLD[row] for row in draw.permutation(len(GOLD))]
    clear = LinearBaseline.fit(TEXTS[:160], GOLD[:160], LABELS, valid=(TEXTS[160:], GOLD[160:]))
    guess = LinearBaseline.fit(TEXTS[:160], chance[:160], LABELS, valid=(TEXTS[160:], chance[160:]))
    assert guess.strength == STRENGTHS[0] < linear.STRENGTH < clear.strength
    out_of_scope = LinearBaseline.fit(TEXTS, GOLD, LABELS, valid=(["x"], [()]))
    assert out_of_scope.strength == linear.STRENGTH


def test_balanced_labels():
    texts = ["good day"] * 95 + ["good day", "good day", "good bad", "good bad", "bad"]
    gold = [("yes",)] * 95 + [("no",)] * 5
    plain, balanced = (LinearBaseline.fit(texts, gold, ["yes", "no"], is_balanced=flag) for flag in (False, True))
    assert balanced.scores(["good day"])[0, 1] > plain.scores(["good day"])[0, 1] + 0.5


def test_labels_that_training_lacks():
    model = LinearBaseline.fit(TEXTS, GOLD, ["red", "pink", "green", "blue"])
    assert model.scores(TEXTS)[:, 1].max() < -10
    assert model.predict(TEXTS) == GOLD
    one = LinearBaseline.fit(["a", "b"], [("x",), ("x",)], ["x", "y"])
    assert one.predict(["c", ""]) == [("x",), ("x",)]
    always = LinearBaseline.fit(["a", "b"], [("x",), ("x",)], ["x", "y"], is_multilabel=True)
    assert always.predict(["c", ""]) == [("x",), ("x",)]


def test_texts_without_a_label():
    """Out of scope where a text has one label, a text of its own where it may have several."""
    with_it = LinearBaseline.fit([*TEXTS, "zz"], [*GOLD, ()], LABELS)
    without = LinearBaseline.fit(TEXTS, GOLD, LABELS)
    assert (with_it.weights == without.weights).all()
    several = LinearBaseline.fit(["x", "y"], [("red",), ()], LABELS, is_multilabel=True)
    assert several.predict(["x", "y"]) == [("red",), ()]


@pytest.mark.parametrize(
    ("texts", "gold", "message"),
    [
        ([], [], "at least one text with a label"),
        (["a"], [()], "at least one text with a label"),
        (["a"], [("pink",)], "one of the 3 known ones, got 'pink'"),
        (["a", "b"], [("red",)], "equally many, got 2 and 1"),
        (["", " "], [("red",), ("blue",)], "must hold a word"),
    ],
)
def test_nothing_to_learn_from(texts, gold, message):
    with pytest.raises(DataError, match=message):
        LinearBaseline.fit(texts, gold, LABELS)


def test_long_data_are_drawn_from(monkeypatch):
    whole = LinearBaseline.fit(TEXTS, GOLD, LABELS)
    monkeypatch.setattr(linear, "MAX_CHARS", 200)
    assert len(LinearBaseline.fit(TEXTS, GOLD, LABELS).buckets) < 0.8 * len(whole.buckets)
    monkeypatch.setattr(linear, "MAX_CHARS", 1)
    assert LinearBaseline.fit(TEXTS, GOLD, LABELS).predict(["x"])[0] in GOLD


def test_many_labels_leave_the_frequent_features(monkeypatch):
    whole = LinearBaseline.fit(TEXTS, GOLD, LABELS)
    monkeypatch.setattr(linear, "MAX_WEIGHTS", 90)
    model = LinearBaseline.fit(TEXTS, GOLD, LABELS)
    assert model.weights.shape == (30, 3)
    assert sorted(model.idf) == sorted(whole.idf)[:30]


def test_file_and_numpy_are_enough(tmp_path):
    model = LinearBaseline.fit(MIXED_TEXTS, MIXED, LABELS, is_multilabel=True)
    (tmp_path / "baseline.safetensors").write_bytes(save(model.arrays()))
    code = (
        "import sys, json\n"
        "sys.modules['sklearn'] = sys.modules['scipy'] = None\n"
        "from safetensors.numpy import load_file\n"
        "from braid.data.linear import LinearBaseline\n"
        f"model = LinearBaseline.from_arrays(load_file({str(tmp_path / 'baseline.safetensors')!r}), {LABELS!r})\n"
        f"print(json.dumps([model.scores({UNSEEN!r}).tolist(), model.strength]))\n"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    scores, strength = json.loads(printed)
    assert scores == model.scores(UNSEEN).tolist()
    assert strength == model.strength


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("version", np.array([99]), "of version 1, got 99"),
        ("weights", None, r"weights must be an array of shape \(\d+, 3\), got nothing"),
        ("weights", np.zeros((5, 2)), r"got of shape \(5, 2\)"),
        ("bias", np.zeros(4), "bias must be"),
        ("buckets", np.zeros(0), "buckets must be"),
    ],
)
def test_arrays_that_do_not_fit(name, value, message):
    arrays = load(save(LinearBaseline.fit(TEXTS, GOLD, LABELS).arrays()))
    arrays = {key: array for key, array in arrays.items() if key != name} | ({} if value is None else {name: value})
    with pytest.raises(BundleError, match=message):
        LinearBaseline.from_arrays(arrays, LABELS)


def accuracy(train, test):
    labels = sorted({label for _, (label,) in train})
    model = LinearBaseline.fit([text for text, _ in train], [gold for _, gold in train], labels)
    found = model.predict([text for text, _ in test])
    return 100 * np.mean([one == gold for one, (_, gold) in zip(found, test, strict=True)])


def test_real_sentiment(shared_data):
    parts = []
    for part in ("train", "test"):
        file = shared_data / "semantic" / "sentence_polarity" / f"{part}.tsv.gz"
        rows = [line.split("\t", 1) for line in gzip.decompress(file.read_bytes()).decode().splitlines()]
        parts.append([(text, (label,)) for label, text in rows])
    assert accuracy(*parts) > 76.5


def test_real_chinese(shared_data):
    file = shared_data / "semantic" / "cold_zh" / "dev.jsonl.gz"
    rows = [json.loads(line) for line in gzip.decompress(file.read_bytes()).decode().splitlines()]
    pairs = [(row["text"], (str(row["label"]),)) for row in rows]
    test = [pair for pair in pairs if zlib.crc32(pair[0].encode()) % 5 == 0]
    assert accuracy([pair for pair in pairs if zlib.crc32(pair[0].encode()) % 5], test) > 86
