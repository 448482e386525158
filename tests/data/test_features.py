import itertools
import random
import re
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.data import features
from braid.data.features import feature_counts, hashed, word_character_features

TEXTS = st.text(
    st.one_of(st.sampled_from("ab é'’我们の กิ🎉\u0301\u200d\ufe0f\u200e1!\n"), st.characters()), max_size=30
)


def plain(text):
    """The same features by a loop over words, for text of Latin letters, Chinese characters and symbols."""
    tokens = re.findall(r"[a-z0-9](?:[a-z0-9']*[a-z0-9])?|[^a-z0-9\s]", text)
    found = [f" {token} " for token in tokens]
    found += [f" {one} {two} " for one, two in itertools.pairwise(tokens)]
    for three in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if all("一" <= token <= "鿿" for token in three):
            found.append(f" {' '.join(three)} ")
    for token in tokens:
        word = f" {token} "
        if len(token) > 1:
            found += [word[i : i + n] for n in (2, 3, 4) if n < len(word) for i in range(len(word) - n + 1)]
    return found


@given(st.text("ab c我们不!'1", max_size=40))
@settings(deadline=None)
def test_features_are_those_of_a_plain_loop(text):
    text = re.sub(r"'+(?=')|^'|'$|(?<![ab1c])'|'(?![ab1c])", "", text)
    assert sorted(word_character_features(text)) == sorted(plain(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (" \u0301 \u200b", []),
        ("Don’t STOP!", ["don't", "stop", "!"]),
        ("'quoted' o'", ["'", "quoted", "'", "o", "'"]),
        ("我爱iPhone手机", ["我", "爱", "iphone", "手", "机"]),
        ("Ａ１ ﬁn", ["a1", "fin"]),
        ("สวัสดี", ["ส", "วั", "ส", "ดี"]),
        ("की भाषा", ["की", "भाषा"]),
        ("می\u200cروم", ["می\u200cروم"]),
        ("\u202eشكرا\u202c جزيلا", ["شكرا", "جزيلا"]),
        ("❤️❤ 👩\u200d👧", ["❤", "❤", "👩\u200d", "👧"]),
        ("한국어 처리", ["한국어", "처리"]),
        ("a" * 70, ["a" * 64, "a" * 6]),
        ("x\ud800y", ["x", "\ufffd", "y"]),
    ],
)
def test_words(text, words):
    found = word_character_features(text)
    assert [feature[1:-1] for feature in found[: len(words)]] == words
    assert not words or len(found) > len(words) or len(words[0]) == 1


def test_marks_stay_with_their_word():
    assert "कि" not in "".join(word_character_features("की"))


@given(st.lists(TEXTS, max_size=8), st.sampled_from([1, 7, 1 << 10, 1 << 32]))
@settings(max_examples=60, deadline=None)
def test_batch_equals_one_by_one(texts, num_buckets):
    batch = feature_counts(texts, num_buckets)
    assert len(batch.starts) == len(texts) + 1
    for row, text in enumerate(texts):
        part = slice(batch.starts[row], batch.starts[row + 1])
        buckets, counts = hashed(word_character_features(text), num_buckets)
        assert batch.buckets[part].tolist() == buckets.tolist()
        assert batch.counts[part].tolist() == counts.tolist()


def by_hand(feature):
    """The hash in Python's own integers: a polynomial of mixed characters, mixed."""

    def mixed(value):
        value = (value + base) % 2**64
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        value = (value ^ value >> 27) * 0x94D049BB133111EB % 2**64
        return value ^ value >> 31

    base = 0x9E3779B97F4A7C15
    return mixed(sum(mixed(ord(char)) * base**place for place, char in enumerate(feature)) % 2**64)


def test_buckets_by_hand():
    found = [" hi ", "hi", " 我 ", "", "hi", "🎉"]
    for num_buckets in (1 << 20, 1000):
        buckets, counts = hashed(found, num_buckets)
        assert buckets.tolist() == sorted({by_hand(feature) % num_buckets for feature in found})
        assert sorted(counts.tolist()) == [1, 1, 1, 1, 2]
    assert hashed([], 8)[0].tolist() == []


def test_buckets_never_change():
    """They are kept in bundles."""
    assert hashed([" hi "], 1 << 32)[0].tolist() == [4233992098]


def test_buckets_are_filled_evenly():
    words = [f"{a}{b}{c}" for a in "abcdefghij" for b in "0123456789" for c in range(100)]
    for num_buckets in (1 << 10, 1000):
        counts = np.zeros(num_buckets)
        buckets, found = hashed(words, num_buckets)
        counts[buckets] = found
        expected = len(words) / num_buckets
        chi_square = ((counts - expected) ** 2 / expected).sum()
        assert abs(chi_square - num_buckets) < 5 * (2 * num_buckets) ** 0.5


def test_long_texts_in_pieces(monkeypatch):
    texts = ["ab cd " * 50, "我们 " * 40, "x"]
    whole = feature_counts(texts, 1 << 32)
    monkeypatch.setattr(features, "PIECE_CHARS", 60)  # at a space: pairs across the border alone are lost
    pieces = feature_counts(texts, 1 << 32)
    assert pieces.starts.tolist() == whole.starts.tolist()
    assert pieces.buckets.tolist() == whole.buckets.tolist()
    assert 0 < (whole.counts - pieces.counts).sum() <= 4 + 3
    assert sum(len(word_character_features(text)) for text in texts) == pieces.counts.sum()


def test_fast_enough():
    draw = random.Random(1)
    words = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(2, 9))) for _ in range(3000)]
    texts = [" ".join(draw.choices(words, k=draw.randint(2, 16))) for _ in range(20_000)]
    begun = time.process_time()
    feature_counts(texts, 1 << 20)
    feature_counts(["".join(texts[:2000])], 1 << 20)
    assert time.process_time() - begun < 10
