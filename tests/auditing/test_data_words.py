import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.auditing.data_words import (
    coverage,
    histogram,
    length_ratio,
    percentiles,
    vocabulary_growth,
    words_of,
)
from braid.text.words import words as spans


def test_words_become_numbers():
    words = words_of(["a b a", "", "用 b"])
    assert words.lengths.tolist() == [3, 0, 2]
    assert words.ids.tolist() == [0, 1, 0, 2, 1]


@given(st.lists(st.text(max_size=30), max_size=8))
def test_any_texts(texts):
    words = words_of(texts)
    growth = vocabulary_growth(words)
    assert growth["words"] == sum(len(spans(text)) for text in texts)
    assert growth["types"] == len({text[begin:end].lower() for text in texts for begin, end in spans(text)})
    assert growth["once"] <= growth["types"]
    assert all(0 <= types <= read for read, types in growth["curve"])


def test_growth_of_words_that_never_repeat_and_of_one_that_always_does():
    new = vocabulary_growth(words_of([f"w{number}" for number in range(1000)]))
    assert new["exponent"] == 1
    assert new["next_doubling"] == 1000
    assert new["once"] == 1000
    same = vocabulary_growth(words_of(["w"] * 1000))
    assert same["exponent"] == 0 == same["next_doubling"]


def test_what_doubling_brings_is_foretold():
    """By half of Zipfian texts, for the other half."""
    random = np.random.default_rng(3)
    texts = [" ".join(f"w{word}" for word in random.zipf(1.3, 20).tolist()) for _ in range(4000)]
    half, whole = vocabulary_growth(words_of(texts[:2000])), vocabulary_growth(words_of(texts))
    assert half["types"] + half["next_doubling"] == pytest.approx(whole["types"], rel=0.05)


def test_coverage():
    found = coverage(words_of(["a a b", "c"]), ["a b", "d d"])
    assert found == {"words": 4, "known": 0.5, "known_types": 0.6667, "seen_once": 0.25}
    assert coverage(words_of(["a"]), [""])["words"] == 0


def test_histograms_count_every_text():
    lengths = np.array([0, 1, 1, 5, 37, 900])
    for sides in ({"a": lengths}, {"a": lengths * 1000, "b": lengths}, {"a": np.zeros(3, int)}):
        found = histogram(sides)
        assert found["edges"] == sorted(set(found["edges"]))
        assert len(found["edges"]) <= 26
        for name, values in sides.items():
            assert sum(found["bars"][name]) == len(values)


def test_percentiles_and_ratio():
    assert percentiles([]) == {}
    assert percentiles(np.arange(101))["50"] == 50
    assert length_ratio(np.array([2, 0, 4]), np.array([4, 3, 8]))["50"] == 2
