"""Sampling against a plain reference, and the promise that a row's text is its own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.errors import ConfigError
from braid.search.beam import SearchOptions, search
from braid.search.sample import FINISHED, SampleOptions, filter_logits, sample

VOCAB, BOS, EOS = 12, 1, 2


class RandomSession:
    """Logits that depend on the text and on all its ids, which the state carries."""

    def __init__(self, batch, *, eos=0.0, noise=0.0):
        self.eos, self.noise, self.sizes = eos, noise, []
        self.start = {"memory.text": np.arange(batch)[:, None], "state.prefix": np.zeros((batch, 1, 1), np.int64)}

    def step(self, token_ids, state):
        self.sizes.append(len(token_ids))
        prefix = np.concatenate([state["state.prefix"], token_ids[:, :, None]], axis=2)
        logits = np.zeros((*token_ids.shape, VOCAB))
        for b in range(len(prefix)):
            logits[b, 0] = np.random.default_rng([int(state["memory.text"][b, 0]), *prefix[b, 0]]).normal(0, 2, VOCAB)
        logits[:, :, EOS] += self.eos
        logits += np.random.default_rng(len(token_ids)).normal(0, self.noise, logits.shape)  # as of other batch sizes
        return logits, {"memory.text": state["memory.text"], "state.prefix": prefix}


class ConstantSession:
    def __init__(self, logits):
        self.logits = np.array(logits, dtype=np.float32)

    def step(self, token_ids, state):
        return np.broadcast_to(self.logits, (*token_ids.shape, len(self.logits))), state


def write(session, options, rows=None, **more):
    """Ids of each text."""
    rows = np.arange(len(session.start["memory.text"])) if rows is None else np.array(rows)
    state = {name: value[rows] for name, value in session.start.items()}
    steps = list(sample(session, state, np.full(len(rows), BOS), options, **more))
    return [[int(ids[row]) for ids in steps if ids[row] != FINISHED] for row in range(len(rows))]


def reference(logits, options, recent):
    """The documented steps, each in the plainest way."""
    logits = [float(x) for x in logits]
    for token in set(recent) - {EOS}:
        x = logits[token]
        logits[token] = x / options.repetition_penalty if x > 0 else x * options.repetition_penalty
    logits[BOS] = -np.inf
    for token in options.banned_ids:
        logits[token] = -np.inf
    weights = np.exp((np.array(logits) - max(logits)) / options.temperature)
    order = [i for i in sorted(range(len(weights)), key=lambda i: (-weights[i], i)) if weights[i] > 0]
    order = order[: options.top_k or None]
    mass, nucleus = 0.0, []
    for i in order:
        if nucleus and mass >= options.top_p * weights[order].sum():
            break
        nucleus.append(i)
        mass += weights[i]
    kept = [i for i in nucleus if weights[i] >= options.min_p * weights[order[0]]]
    found = np.zeros(len(weights))
    found[kept] = weights[kept] / weights[kept].sum()
    return found


OPTIONS = st.builds(
    SampleOptions,
    temperature=st.sampled_from([0.1, 0.7, 1.0, 2.5]),
    top_k=st.integers(0, VOCAB + 2),
    top_p=st.sampled_from([0.0, 0.3, 0.913, 1.0]),
    min_p=st.sampled_from([0.0, 0.07, 0.5, 1.0]),
    repetition_penalty=st.sampled_from([0.8, 1.0, 1.3]),
    banned_ids=st.sampled_from([(), (0, 5)]),
)
IDS = st.lists(st.integers(0, VOCAB - 1), max_size=9)


@given(st.integers(0, 2**32), OPTIONS, IDS)
@settings(max_examples=300)
def test_filters_are_the_documented_steps(seed, options, recent):
    logits = np.random.default_rng(seed).normal(0, 3, VOCAB)
    np.testing.assert_allclose(filter_logits(logits, options, recent), reference(logits, options, recent), atol=1e-12)


@given(
    st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=VOCAB, max_size=VOCAB),
    OPTIONS | st.sampled_from([SampleOptions(temperature=t, repetition_penalty=10.0) for t in (0, 1e-300, 100)]),
    IDS,
)
def test_any_logits_give_probabilities(logits, options, recent):
    found = filter_logits(np.array(logits), options, recent)
    assert found.sum() == pytest.approx(1)
    assert (found >= 0).all()
    assert found[[BOS, *options.banned_ids]].sum() == 0


def test_equally_likely_ids_go_to_the_smaller():
    assert filter_logits(np.zeros(6), SampleOptions(top_k=2), []).tolist() == [0.5, 0, 0.5, 0, 0, 0]
    assert filter_logits(np.zeros(6), SampleOptions(temperature=0), []).tolist() == [1, 0, 0, 0, 0, 0]


def test_nothing_possible_ends_the_text():
    assert filter_logits(np.full(5, -np.inf), SampleOptions(), []).tolist() == [0, 0, 1, 0, 0]
    assert filter_logits(np.full(5, np.nan), SampleOptions(temperature=0), []).tolist() == [0, 0, 1, 0, 0]


def test_the_penalty_spares_the_end():
    logits = np.log([0.25, 1e-9, 0.25, 0.25, 0.25])
    found = filter_logits(logits, SampleOptions(repetition_penalty=2.0), [2, 3])
    np.testing.assert_allclose(found, np.array([4, 0, 4, 1, 4]) / 13, atol=1e-6)


def test_draws_follow_the_probabilities():
    probabilities = np.array([0.5, 0.0, 0.2, 0.25, 0.05])
    with np.errstate(divide="ignore"):
        session = ConstantSession(np.log(probabilities))
    ids = next(sample(session, {}, np.full(20_000, BOS), SampleOptions(bos_id=1)))
    np.testing.assert_allclose(np.bincount(ids, minlength=5) / 20_000, probabilities, atol=0.012)
    repeated = np.array([ids[0] for ids in sample(session, {}, [BOS], SampleOptions(eos_id=1, max_tokens=20_000))])
    np.testing.assert_allclose(np.bincount(repeated, minlength=5) / 20_000, probabilities, atol=0.012)


def test_a_text_does_not_depend_on_its_batch():
    options = SampleOptions(temperature=1.2, top_p=0.95, repetition_penalty=1.2, max_tokens=40, seed=5)
    together = write(RandomSession(8, eos=1.0), options)
    assert len({len(ids) for ids in together}) > 3
    for row in range(8):
        session = RandomSession(8, eos=1.0)
        assert write(session, options, rows=[row], first_row=row) == [together[row]]
    session = RandomSession(8, eos=1.0)
    assert (
        write(session, options, rows=range(3), first_row=0) + write(session, options, range(3, 8), first_row=3)
        == together
    )


def test_rounding_does_not_change_a_text():
    options = SampleOptions(top_p=0.9, max_tokens=60)
    exact, rounded = RandomSession(12, eos=-9.0), RandomSession(12, eos=-9.0, noise=1e-6)
    assert write(exact, options) == write(rounded, options)


def test_seeds():
    texts = [write(RandomSession(2, eos=-9.0), SampleOptions(max_tokens=20, seed=seed)) for seed in (0, 0, 1)]
    assert texts[0] == texts[1] != texts[2]
    same = ConstantSession(np.zeros(VOCAB))  # equal prompts in one batch are different texts
    first, second = np.array(list(sample(same, {}, [BOS, BOS], SampleOptions(eos_id=1, max_tokens=20)))).T.tolist()
    assert first != second


def test_temperature_zero_is_greedy_search():
    session = RandomSession(6)
    found = write(session, SampleOptions(temperature=0, max_tokens=30, banned_ids=(3,)))
    options = SearchOptions(beam_size=1, length_penalty=0.0, bos_id=BOS, eos_id=EOS, banned_ids=(1, 3))
    for ids, hypothesis in zip(found, search(session, session.start, np.full(6, 30), options), strict=True):
        assert ids == hypothesis.token_ids + [EOS] * hypothesis.is_finished


def test_finished_texts_leave_the_batch():
    session = RandomSession(8, eos=1.0)
    texts = write(session, SampleOptions(max_tokens=25))
    assert session.sizes == [sum(len(ids) > step for ids in texts) for step in range(max(map(len, texts)))]
    assert session.sizes[-1] < 8
    assert all(EOS not in ids[:-1] for ids in texts)
    assert all(ids[-1] == EOS for ids in texts if len(ids) < 25)


def test_stop_ends_a_text_after_its_id_was_handed_out():
    free = write(RandomSession(3, eos=-99.0), SampleOptions(max_tokens=10))
    asked = []

    def stop(row, ids):
        asked.append((row, list(ids)))
        return row == 1 and len(ids) == 4

    stopped = write(RandomSession(3, eos=-99.0), SampleOptions(max_tokens=10), stop=stop)
    assert stopped == [free[0], free[1][:4], free[2]]
    assert [ids for row, ids in asked if row == 1] == [free[1][: length + 1] for length in range(4)]


def test_the_window_looks_at_prompt_and_text():
    session = ConstantSession([0, 0, -9, 5.0, 4.9, 4.8, 4.7, 4.6])
    settings = {"temperature": 0, "repetition_penalty": 10.0, "max_tokens": 4}

    def ids(prompt, window):
        options = SampleOptions(repetition_window=window, **settings)
        return [int(step[0]) for step in sample(session, {}, [BOS], options, history=[prompt])]

    assert ids([], 0) == [3, 4, 5, 6]
    assert ids([3, 4], 0) == [5, 6, 7, 3]  # all stand there now: the likeliest again
    assert ids([3, 4], 1) == [3, 4, 3, 4]
    assert ids(np.array([3]), 2) == [4, 5, 3, 4]


def test_no_texts():
    assert list(sample(ConstantSession(np.zeros(5)), {}, np.zeros(0, np.int32), SampleOptions())) == []


def test_all_faults_are_told_at_once():
    with pytest.raises(ConfigError) as caught:
        SampleOptions(temperature=-1, top_p=1.5, max_tokens=0, seed=-1)
    assert [line.split()[0] for line in str(caught.value).splitlines()] == [
        "temperature",
        "top_p",
        "max_tokens",
        "seed",
    ]
