"""What must be said is said, no more often, and tags close what is open."""

import numpy as np
import pytest

from braid.search.beam import SearchOptions, search_several
from braid.search.quota import Quota

VOCAB, BOS, EOS = 12, 1, 2
FIRST, VALUES, PAIRS = 4, 2, 2  # 4 5 values, 6 7 opening, 8 9 closing; 3 10 11 are words


class RandomDecoder:
    """Logits that depend on the example and on the whole prefix."""

    def __init__(self, seed, batch, bias=None):
        self.seed, self.bias = seed, np.zeros(VOCAB) if bias is None else bias
        self.start = {"memory.example": np.arange(batch)[:, None], "state.prefix": np.zeros((batch, 1, 1), np.int64)}

    def step(self, token_ids, state):
        prefix = np.concatenate([state["state.prefix"], token_ids[:, :, None]], axis=2)
        rows = [
            [
                np.random.default_rng([self.seed, int(example), *row.tolist()]).normal(0, 2, VOCAB) + self.bias
                for row in rows
            ]
            for example, rows in zip(state["memory.example"][:, 0], prefix, strict=True)
        ]
        return np.array(rows, dtype=np.float32), {"memory.example": state["memory.example"], "state.prefix": prefix}


def found(counts, decoder, beam_size=3, limit=20, max_repeats=0):
    counts = np.array(counts)
    options = SearchOptions(
        beam_size=beam_size, length_penalty=1.0, bos_id=BOS, eos_id=EOS, banned_ids=(0, BOS), max_repeats=max_repeats
    )
    quota = Quota(first_id=FIRST, left_BKP=counts[:, None], num_values=VALUES)
    limits = np.full(len(counts), limit)
    return [one[0] for one in search_several(decoder, decoder.start, limits, options, count=2, quota=quota)]


def assert_kept(counts, hypothesis):
    ids = hypothesis.token_ids
    assert hypothesis.is_finished
    assert [ids.count(FIRST + place) for place in range(len(counts))] == list(counts)
    waiting = []
    for token in ids:
        if FIRST + VALUES <= token < FIRST + VALUES + PAIRS:
            waiting.append(token)
        elif FIRST + VALUES + PAIRS <= token < FIRST + VALUES + 2 * PAIRS:
            assert waiting.pop() == token - PAIRS
    assert not waiting


COUNTS = [
    [0, 0, 0, 0, 0, 0],
    [1, 0, 0, 0, 0, 0],
    [1, 2, 0, 0, 0, 0],
    [0, 0, 1, 1, 1, 1],
    [2, 1, 2, 1, 2, 1],
    [0, 0, 0, 1, 0, 1],
]


@pytest.mark.parametrize("beam_size", [1, 4])
@pytest.mark.parametrize("bias", [-8.0, 0.0, 8.0])
@pytest.mark.parametrize("eos_bias", [-20.0, 0.0, 6.0])
def test_each_is_said_as_often_as_it_must(bias, eos_bias, beam_size):
    biases = np.zeros(VOCAB)
    biases[FIRST : FIRST + 6], biases[EOS] = bias, eos_bias
    decoder = RandomDecoder(3, len(COUNTS), biases)
    for limit in (10, 25):
        for counts, hypothesis in zip(COUNTS, found(COUNTS, decoder, beam_size, limit), strict=True):
            ids = hypothesis.token_ids
            assert [ids.count(FIRST + place) for place in range(6)] == counts
            if hypothesis.is_finished:
                assert_kept(counts, hypothesis)
            else:
                assert len(ids) == limit


@pytest.mark.parametrize("beam_size", [1, 4])
def test_an_eager_end_says_what_is_missing_first(beam_size):
    biases = np.zeros(VOCAB)
    biases[EOS] = 30.0
    for counts, hypothesis in zip(COUNTS, found(COUNTS, RandomDecoder(5, len(COUNTS), biases), beam_size), strict=True):
        assert_kept(counts, hypothesis)
        assert len(hypothesis.token_ids) == sum(counts)


def test_broken_loops_forbid_nothing_that_must_be_said():
    biases = np.zeros(VOCAB)
    biases[EOS] = 30.0
    counts = [[12, 0, 0, 0, 0, 0]]
    (hypothesis,) = found(counts, RandomDecoder(5, 1, biases), limit=30, max_repeats=2)
    assert_kept(counts[0], hypothesis)


def test_an_impossible_quota_gives_what_has_room():
    (hypothesis,) = found([[5, 0, 0, 0, 0, 0]], RandomDecoder(5, 1), limit=3)
    assert hypothesis.token_ids == [FIRST] * 3
    assert not hypothesis.is_finished


def test_a_batch_gives_what_each_example_gives_alone():
    decoder = RandomDecoder(9, len(COUNTS))
    together = found(COUNTS, decoder)
    for place, counts in enumerate(COUNTS):
        alone = RandomDecoder(9, 1)
        alone.start["memory.example"] = np.array([[place]])
        assert found([counts], alone) == [together[place]]
