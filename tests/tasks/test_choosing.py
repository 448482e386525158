"""The choice between written summaries and stretches."""

import numpy as np
import pytest

from braid.errors import BundleError
from braid.metrics.summaries import sentence_rouge
from braid.tasks.choosing import LEAST_TEXTS, NUM_WEIGHTS, Candidate, Chooser, features

WORDS = [f"w{number}" for number in range(40)]


def groups(count, good, seed=1):
    """Candidates of so many texts: of two makers, one is near the reference and the other is not."""
    random, found, references = np.random.default_rng(seed), [], []
    for _ in range(count):
        wanted = random.choice(WORDS, 6, replace=False).tolist()
        near = [" ".join([*wanted[:keep], *random.choice(WORDS, 6 - keep)]) for keep in (4, 5, 3)]
        far = [" ".join(random.choice(WORDS, 6)) for _ in range(3)]
        makers = {"network": (near, far), "stretch": (far, near)}[good]
        found.append(
            [Candidate(text=" ".join(WORDS[:3]), score=0.0, maker="lead")]
            + [Candidate(text=text, score=-1 - 0.1 * rank, maker="network") for rank, text in enumerate(makers[0])]
            + [Candidate(text=text, score=0.4 - 0.1 * rank, maker="stretch") for rank, text in enumerate(makers[1])]
        )
        references.append(" ".join(wanted))
    return found, references


def quality(found, references):
    return [
        sentence_rouge([one.text for one in group], [(wanted,)] * len(group), language="de")["rougeL"]
        for group, wanted in zip(found, references, strict=True)
    ]


@pytest.mark.parametrize("good", ["network", "stretch"])
def test_the_better_maker_is_chosen(good):
    found, references = groups(100, good)
    chooser = Chooser.fit(found, quality(found, references))
    assert chooser
    fresh, _ = groups(100, good, seed=2)
    chosen = [group[chooser.choose(group)[0]] for group in fresh]
    assert np.mean([one.maker == good for one in chosen]) > 0.95
    assert Chooser.of(list(chooser.weights), chooser.max_chars) == chooser


def test_candidates_longer_than_any_known_are_not_chosen():
    found, references = groups(100, "stretch")
    chooser = Chooser.fit(found, quality(found, references))
    giant = Candidate(text=references[0] * 1000, score=9.0, maker="stretch")
    place, _ = chooser.choose([*found[0], giant])
    assert found[0][place].maker == "stretch"
    assert chooser.choose([giant, giant])[0] == 0


def test_few_texts_teach_nothing():
    found, references = groups(LEAST_TEXTS - 1, "network")
    assert Chooser.fit(found, quality(found, references)) is None


def test_features_of_odd_candidates_are_numbers():
    candidates = [
        Candidate(text="", score=-np.inf, maker="network", is_complete=False),
        Candidate(text="🎉", score=0.0, maker="stretch"),
    ]
    for group in (candidates, candidates[:1], candidates[1:]):
        table = features(group)
        assert table.shape == (len(group), NUM_WEIGHTS)
        assert np.isfinite(table).all()


def test_agreement_counts():
    texts = ["red cat runs", "red cat runs fast", "blue"]
    table = features([Candidate(text=text, score=-1.0, maker="network") for text in texts])
    agreement = table[:, 5]
    assert agreement[1] > agreement[2]


@pytest.mark.parametrize("weights", [[1.0], ["a"] * NUM_WEIGHTS, [float("nan")] * NUM_WEIGHTS, {"a": 1}, "x"])
def test_damaged_weights_are_refused(weights):
    with pytest.raises(BundleError, match=f"{NUM_WEIGHTS} numbers"):
        Chooser.of(weights, 100)
    assert Chooser.of([], 0) is Chooser.of(None, 0) is None
