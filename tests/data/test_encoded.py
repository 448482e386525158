"""Batches of every kind of labels."""

import numpy as np
import pytest

from braid.data.batch import BatchPlan
from braid.data.encoded import EncodedLabels, EncodedPairs, EncodedSpans, EncodedTexts


def rows(*lengths):
    return [np.arange(10, 10 + length, dtype="int32") for length in lengths]


def plain(rows, source, target):
    return rows, source, target


RANDOM = np.random.default_rng(1)


def test_texts_are_shifted_by_one():
    data = EncodedTexts(rows=rows(4, 3), pad_id=0)
    batch = data.batch(np.array([0, 1]), plain, RANDOM, None)
    np.testing.assert_array_equal(batch.target_ids, [[10, 11, 12], [10, 11, 0]])
    np.testing.assert_array_equal(batch.labels, [[11, 12, 13], [11, 12, 0]])
    assert batch.num_tokens == batch.loss_weight == data.num_tokens == 5
    assert data.lengths[1].tolist() == [3, 2]


def test_weights_of_texts_say_what_counts():
    data = EncodedTexts(rows=rows(4, 3), weights=[np.array([0, 1, 1]), np.array([1, 0])], pad_id=0)
    batch = data.batch(np.array([1, 0]), plain, RANDOM, None)
    np.testing.assert_array_equal(batch.weights, [[1, 0, 0], [0, 1, 1]])
    assert (batch.num_tokens, batch.loss_weight, batch.num_examples) == (5, 3.0, 2)


@pytest.mark.parametrize("labels", [np.array([2, 0, 1], "int32"), np.eye(3, dtype="float32")])
def test_rows_of_padding_count_nothing(labels):
    data = EncodedLabels(source=rows(3, 2, 5), labels=labels, weights=np.array([1, 2, 3], "f4"), pad_id=0)
    batch = data.batch(np.array([2, 0]), lambda rows, source, target: (4, 1, 6), RANDOM, None)
    assert batch.source_ids.shape == (4, 6)
    assert batch.labels.shape == (4, *labels.shape[1:])
    np.testing.assert_array_equal(batch.labels[:2], labels[[2, 0]])
    np.testing.assert_array_equal(batch.weights, [3, 1, 0, 0])
    assert (batch.loss_weight, batch.num_examples, batch.num_tokens) == (4.0, 2, 8)


def test_spans_keep_their_marks():
    marks = [np.array([0, 1, 2]), np.array([0, 3])]
    data = EncodedSpans(source=rows(3, 2), marks=marks, spans=np.array([[1, 2], [0, 0]]), pad_id=0)
    batch = data.batch(np.array([1, 0]), plain, RANDOM, None)
    np.testing.assert_array_equal(batch.source_marks, [[0, 3, 0], [0, 1, 2]])
    np.testing.assert_array_equal(batch.labels, [[0, 0], [1, 2]])


def test_dropped_tokens_are_unknown_and_the_last_never_is():
    data = EncodedPairs(source=rows(50, 40), target=rows(3, 3), bos_id=1, pad_id=0, token_dropout=0.5)
    plan = BatchPlan(data=data, batch_tokens=1000, seed=3)
    batch, again = (plan.load(np.array([0, 1]), epoch=2) for _ in range(2))
    np.testing.assert_array_equal(batch.source_ids, again.source_ids)
    dropped = (batch.source_ids == 3)[batch.source_mask]
    assert 20 < dropped.sum() < 70
    assert batch.source_ids[0, 49] == 59
    assert batch.source_ids[1, 39] == 49
    assert (plan.load(np.array([0, 1]), epoch=3).source_ids != batch.source_ids).any()
    np.testing.assert_array_equal(batch.labels, [[10, 11, 12], [10, 11, 12]])


def test_batches_without_a_source_keep_the_budget():
    data = EncodedTexts(rows=rows(*[3, 9, 17, 30] * 20), pad_id=0)
    plan = BatchPlan(data=data, batch_tokens=64, seed=1)
    used = np.concatenate(plan.epoch(0))
    assert sorted(used.tolist()) == list(range(80))
    assert all(plan.load(indices).labels.size <= 64 for indices in plan.epoch(0))


def test_runs_of_similar_length():
    from braid.data.encoded import similar_lengths

    lengths = [5, 1, 9, 2, 2, 30]
    found = similar_lengths(lengths, 10)
    assert sorted(index for run in found for index in run) == list(range(6))
    assert found[-1] == [5]
    assert all(len(run) * max(lengths[i] for i in run) <= 10 for run in found[:-1])
    assert similar_lengths([], 10) == []


def test_placeholders_are_never_made_unknown():
    source = [np.arange(200, 320, dtype="int32")]
    data = EncodedPairs(
        source=source, target=source, bos_id=1, pad_id=0, token_dropout=0.9, placeholder_ids=range(260, 280)
    )
    ids = data.batch(np.array([0]), plain, np.random.default_rng(2), None).source_ids[0]
    np.testing.assert_array_equal(ids[60:80], source[0][60:80])
    assert (ids[:60] == 3).mean() > 0.7
    assert ids[-1] == 319
