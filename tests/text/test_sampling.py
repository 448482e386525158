import numpy as np
import pytest

from braid.text.sampling import SubwordSampling
from braid.text.tokenizer import train_tokenizer

TEXTS = [
    "the lighthouse keeper turned on the lights",
    "a light house keeps the lights on",
    "灯塔看守人打开了灯塔的灯",
] * 20


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(TEXTS, vocab_size=420)


def sampling(tokenizer, **changes):
    return SubwordSampling(**{"parts_V2": tokenizer.parts(), "rate": 0.3, "max_tokens": 1000, **changes})


def test_parts_spell_the_whole(tokenizer):
    parts = tokenizer.parts()
    merged = np.flatnonzero(parts[:, 0] >= 0)
    assert len(merged) > 30
    for token in merged:
        assert tokenizer.decode([[4 + 65, *parts[token]]]) == tokenizer.decode([[4 + 65, token]])  # behind an A


@pytest.mark.parametrize("rate", [0.05, 0.3, 1.0])
def test_other_pieces_same_text(tokenizer, rate):
    rows = tokenizer.encode([*TEXTS[:3], ""])
    sampled = sampling(tokenizer, rate=rate).sample(rows, np.random.default_rng(0))
    assert tokenizer.decode(sampled) == tokenizer.decode(rows)
    assert all(row[-1] == tokenizer.eos_id for row in sampled)
    assert sum(map(len, sampled)) > sum(map(len, rows))
    if rate == 1.0:
        assert (tokenizer.parts()[np.concatenate(sampled)] == -1).all()


def test_each_draw_is_another_and_each_seed_the_same(tokenizer):
    rows = tokenizer.encode(TEXTS[:3])
    draw = sampling(tokenizer)
    random = np.random.default_rng(5)
    first, second = (np.concatenate(draw.sample(rows, random)).tolist() for _ in range(2))
    assert first != second
    assert np.concatenate(draw.sample(rows, np.random.default_rng(5))).tolist() == first


def test_a_merge_is_undone_as_often_as_asked(tokenizer):
    parts = tokenizer.parts()
    token = next(t for t in np.flatnonzero(parts[:, 0] >= 0) if (parts[parts[t], 0] == -1).all())
    rows = [np.array([token], dtype="int32")] * 10_000
    lengths = [len(row) for row in sampling(tokenizer, rate=0.2).sample(rows, np.random.default_rng(1))]
    assert np.mean(np.array(lengths) == 2) == pytest.approx(0.2, abs=0.02)


def test_too_long_a_text_keeps_its_pieces(tokenizer):
    rows = tokenizer.encode(TEXTS[:2])
    limit = len(rows[0])
    sampled = sampling(tokenizer, rate=1.0, max_tokens=limit).sample(rows, np.random.default_rng(0))
    np.testing.assert_array_equal(sampled[0], rows[0])


def test_a_part_of_a_text_is_cut(tokenizer):
    rows = tokenizer.encode(TEXTS[:2])
    draw = sampling(tokenizer, rate=1.0, max_tokens=len(rows[0]), is_cut=True)
    first, second = draw.sample(rows, np.random.default_rng(0))
    assert len(first) == len(rows[0])
    assert len(second) <= len(rows[0])
    assert TEXTS[0].startswith(tokenizer.decode([first])[0])
    assert len(tokenizer.decode([first])[0]) < len(TEXTS[0])
