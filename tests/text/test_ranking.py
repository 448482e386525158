import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.text import ranking
from braid.text.ranking import DAMPING, rank_sentences, sentence_vectors
from braid.text.units import units

SENTENCES = [
    "The river floods the valley every spring.",
    "Engineers built a dam above the valley to hold the spring floods.",
    "My aunt bakes bread.",
    "The dam broke and the river flooded the valley again.",
    "",
    "😀😀",
]


def plain_lexrank(sentences: list[str]) -> np.ndarray:
    """The same with the whole matrix of cosines and a linear system in the place of the walk."""
    words = [units(sentence) for sentence in sentences]
    vocabulary = sorted({word for row in words for word in row})
    matrix = np.zeros((len(words), len(vocabulary)))
    for row, sentence in enumerate(words):
        for column, word in enumerate(vocabulary):
            if count := sentence.count(word):
                containing = sum(word in other for other in words)
                matrix[row, column] = (1 + np.log(count)) * np.log((1 + len(words)) / (0.5 + containing))
        if words[row]:
            matrix[row] /= np.linalg.norm(matrix[row])
    cosines = matrix @ matrix.T
    np.fill_diagonal(cosines, 0)
    degrees, size = cosines.sum(axis=1), len(words)
    moves = np.where(degrees[:, None] > 0, cosines / np.where(degrees, degrees, 1)[:, None], 0)
    lost = 1 - (1 - DAMPING) * moves.sum(axis=1)  # what begins anew, anywhere
    return np.linalg.lstsq(
        np.vstack([np.eye(size) - (1 - DAMPING) * moves.T - np.outer(np.ones(size), lost) / size, np.ones(size)]),
        np.append(np.zeros(size), 1),
        rcond=None,
    )[0]


def test_scores_are_those_of_the_matrix():
    np.testing.assert_allclose(rank_sentences(SENTENCES, opening=0), plain_lexrank(SENTENCES), atol=1e-5)


def test_the_subject_of_most_sentences_wins():
    scores = rank_sentences(SENTENCES)
    assert scores.sum() == pytest.approx(1)
    assert set(np.argsort(scores)[-3:]) == {0, 1, 3}


def test_the_opening_is_preferred_a_little():
    same = ["a storm came"] * 5
    assert np.ptp(rank_sentences(same, opening=0)) == pytest.approx(0, abs=1e-6)
    assert (np.diff(rank_sentences(same)) < 0).all()


@settings(deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=12), st.randoms())
def test_order_does_not_matter_without_a_preferred_opening(sentences, random):
    order = list(range(len(sentences)))
    random.shuffle(order)
    shuffled = rank_sentences([sentences[index] for index in order], opening=0)
    np.testing.assert_allclose(shuffled, rank_sentences(sentences, opening=0)[order], atol=1e-4)


def test_windows_are_ranked_by_themselves(monkeypatch):
    monkeypatch.setattr(ranking, "WINDOW", 3)
    halves = np.concatenate([rank_sentences(SENTENCES[:3], opening=0), rank_sentences(SENTENCES[3:], opening=0)]) / 2
    np.testing.assert_allclose(rank_sentences(SENTENCES, opening=0), halves)


def test_cosines():
    vectors = sentence_vectors(SENTENCES)
    cosines = np.array([vectors.cosines(row) for row in range(len(SENTENCES))])
    np.testing.assert_allclose(cosines, cosines.T)
    np.testing.assert_allclose(np.diag(cosines), [1, 1, 1, 1, 0, 0])
    shares = np.arange(6.0)
    np.testing.assert_allclose(vectors.cosine_sums(shares), cosines @ shares - np.diag(cosines) * shares, atol=1e-12)


@pytest.mark.parametrize("sentences", [[], [""], ["one"], ["😀"], ["的"] * 3])
def test_little_to_rank(sentences):
    scores = rank_sentences(sentences)
    assert len(scores) == len(sentences)
    assert np.isfinite(scores).all()


def test_long_texts_are_quick():
    begun = time.process_time()
    rank_sentences([f"sentence number {index} of words {index % 977} and {index % 31}" for index in range(50_000)])
    assert time.process_time() - begun < 20
