"""Search against exhaustive enumeration on small random decoders."""

import itertools

import numpy as np
import pytest

from braid.search.beam import SearchOptions, repeats_itself, search, search_several

VOCAB, EOS, BOS = 5, 2, 1


class RandomDecoder:
    """Logits that depend on the example and on the whole prefix, which the state carries."""

    def __init__(self, seed, batch):
        self.seed = seed
        self.start = {"memory.example": np.arange(batch)[:, None], "state.prefix": np.zeros((batch, 1, 1), np.int64)}
        self.sizes = []

    def logits(self, example, prefix):
        return np.random.default_rng([self.seed, example, *prefix]).normal(0, 2, VOCAB)

    def step(self, token_ids, state):
        self.sizes.append(len(token_ids))
        prefix = np.concatenate([state["state.prefix"], token_ids[:, :, None]], axis=2)
        rows = [
            [self.logits(int(state["memory.example"][b, 0]), prefix[b, k, 1:]) for k in range(prefix.shape[1])]
            for b in range(len(prefix))
        ]
        return np.array(rows), {"memory.example": state["memory.example"], "state.prefix": prefix}


def best_by_enumeration(decoder, example, limit, penalty, banned=()):
    best = (-np.inf, None)
    for length in range(1, limit + 1):
        for body in itertools.product([t for t in range(VOCAB) if t != EOS and t not in banned], repeat=length - 1):
            ids, total = [*body, EOS], 0.0
            for position, token in enumerate(ids):
                logits = decoder.logits(example, [BOS, *ids[:position]])
                logits[list(banned)] = -np.inf
                total += logits[token] - np.log(np.exp(logits).sum())
            best = max(best, (total / length**penalty, list(body)), key=lambda item: item[0])
    return best


def options(beam_size, penalty=1.0, banned=()):
    return SearchOptions(beam_size=beam_size, length_penalty=penalty, bos_id=BOS, eos_id=EOS, banned_ids=banned)


@pytest.mark.parametrize("penalty", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("banned", [(), (0, 1)])
def test_a_wide_beam_finds_the_best(penalty, banned):
    decoder = RandomDecoder(seed=7, batch=4)
    found = search(decoder, decoder.start, np.full(4, 4), options(400, penalty, banned))
    for example, hypothesis in enumerate(found):
        score, ids = best_by_enumeration(decoder, example, 4, penalty, banned)
        assert hypothesis.token_ids == ids
        assert hypothesis.score == pytest.approx(score)
        assert hypothesis.is_finished


def test_several_are_the_best_met():
    decoder = RandomDecoder(seed=7, batch=4)
    found = search_several(decoder, decoder.start, np.full(4, 4), options(400), count=3)
    for example, hypotheses in enumerate(found):
        assert len({tuple(one.token_ids) for one in hypotheses}) == 3
        assert [one.score for one in hypotheses] == sorted((one.score for one in hypotheses), reverse=True)
        score, ids = best_by_enumeration(decoder, example, 4, 1.0)
        assert hypotheses[0].token_ids == ids
        assert hypotheses[0].score == pytest.approx(score)
    assert [one[:1] for one in found] == search_several(decoder, decoder.start, np.full(4, 4), options(400))


def test_logits_that_are_no_numbers_give_nothing():
    decoder = RandomDecoder(seed=7, batch=2)
    decoder.logits = lambda example, prefix: np.full(VOCAB, np.nan)
    for (found,) in search_several(decoder, decoder.start, np.array([2, 3]), options(2), count=3):
        assert (found.token_ids, found.is_finished) == ([], False)


def test_greedy_takes_the_best_next_token():
    decoder = RandomDecoder(seed=3, batch=6)
    for example, hypothesis in enumerate(search(decoder, decoder.start, np.full(6, 8), options(1))):
        prefix = [BOS]
        for _ in range(8):
            prefix.append(int(decoder.logits(example, prefix).argmax()))
            if prefix[-1] == EOS:
                break
        assert hypothesis.token_ids == [token for token in prefix[1:] if token != EOS]
        assert hypothesis.is_finished == (prefix[-1] == EOS)


def test_a_batch_gives_what_each_example_gives_alone():
    decoder = RandomDecoder(seed=11, batch=8)
    limits = np.array([3, 9, 1, 5, 7, 2, 9, 4])
    together = search(decoder, decoder.start, limits, options(3))
    for example in range(8):
        state = {name: value[example : example + 1] for name, value in decoder.start.items()}
        assert search(decoder, state, limits[example : example + 1], options(3)) == [together[example]]


def test_finished_examples_leave_the_batch():
    decoder = RandomDecoder(seed=11, batch=8)
    search(decoder, decoder.start, np.arange(1, 9), options(1))
    assert decoder.sizes == sorted(decoder.sizes, reverse=True)
    assert decoder.sizes[-1] < 8


def test_the_limit_holds_and_is_told():
    decoder = RandomDecoder(seed=5, batch=3)
    decoder.logits = lambda example, prefix: np.where(np.arange(VOCAB) == EOS, -50.0, 0.0)
    found = search(decoder, decoder.start, np.array([1, 2, 5]), options(2))
    assert [len(hypothesis.token_ids) for hypothesis in found] == [1, 2, 5]
    assert not any(hypothesis.is_finished for hypothesis in found)


class LoopingDecoder:
    """Says the same few subwords over and over; eos is its second choice."""

    def __init__(self, phrase):
        self.phrase = phrase

    def step(self, token_ids, state):
        count = state["state.count"]
        logits = np.zeros((*token_ids.shape, VOCAB + 10))
        logits[:, :, EOS] = 5.0
        for b, k in np.ndindex(token_ids.shape):
            logits[b, k, self.phrase[count[b, k, 0] % len(self.phrase)]] = 9.0
        return logits, {"state.count": count + 1}


@pytest.mark.parametrize("beam_size", [1, 3])
@pytest.mark.parametrize("phrase", [[3], [3, 4], [5, 6, 7, 8, 9]])
def test_loops_are_broken(phrase, beam_size):
    decoder, start = LoopingDecoder(phrase), {"state.count": np.zeros((1, 1, 1), np.int64)}
    settings = {"beam_size": beam_size, "length_penalty": 1.0, "bos_id": BOS, "eos_id": EOS}
    free = search(decoder, start, np.array([60]), SearchOptions(**settings))[0]
    assert len(free.token_ids) == 60 if beam_size == 1 else free.token_ids
    broken = search(decoder, start, np.array([60]), SearchOptions(**settings, max_repeats=3))[0]
    assert broken.is_finished
    assert len(broken.token_ids) < max(4 * len(phrase), 8 + len(phrase))
    if beam_size == 1:
        assert len(broken.token_ids) >= 3 * len(phrase)
        assert broken.token_ids == [phrase[i % len(phrase)] for i in range(len(broken.token_ids))]
    allowed = search(decoder, start, np.array([60]), SearchOptions(**settings, max_repeats=3), np.array([True]))[0]
    assert allowed == free


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([], False),
        ([7, 7], False),
        ([7, 7, 7], True),
        ([5, 1, 2, 1, 2, 1, 2, 9], True),
        ([1, 2, 1, 2, 1], False),
    ],
)
def test_repeats_itself(ids, expected):
    assert repeats_itself(np.array(ids, dtype="int32"), 3) == expected
