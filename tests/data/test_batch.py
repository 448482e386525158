import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.data.batch import BatchPlan
from braid.data.buckets import best_shapes
from braid.data.encoded import EncodedPairs

LENGTHS = st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60)), min_size=1, max_size=120)


def pairs(lengths):
    def rows(side):
        return [np.arange(4, 4 + size[side], dtype=np.int32) for size in lengths]

    return EncodedPairs(source=rows(0), target=rows(1), bos_id=1, pad_id=0)


@given(LENGTHS, st.integers(64, 512), st.sampled_from([0, 1, 3, 10]))
def test_every_example_once_within_budget(lengths, budget, num_shapes):
    plan = BatchPlan(data=pairs(lengths), batch_tokens=budget, seed=3, num_shapes=num_shapes)
    batches = plan.epoch(0)
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    for indices in batches:
        batch = plan.load(indices)
        assert len(indices) == 1 or batch.labels.size <= budget
        assert batch.num_examples == len(indices)


def test_shift_and_masks():
    plan = BatchPlan(data=pairs([(2, 3), (1, 2)]), batch_tokens=64, seed=1)
    batch = plan.load(np.array([0, 1]))
    assert batch.labels.tolist() == [[4, 5, 6], [4, 5, 0]]
    assert batch.target_ids.tolist() == [[1, 4, 5], [1, 4, 0]]
    assert batch.target_mask.tolist() == [[True, True, True], [True, True, False]]
    assert batch.source_mask.tolist() == [[True, True], [True, False]]
    assert batch.num_tokens == 5


def test_order_is_a_function_of_seed_and_epoch():
    def order(seed, epoch):
        plan = BatchPlan(data=pairs([(i % 9 + 1, i % 7 + 1) for i in range(100)]), batch_tokens=64, seed=seed)
        return [batch.tolist() for batch in plan.epoch(epoch)]

    assert order(1, 0) == order(1, 0)
    assert order(1, 0) != order(1, 1)
    assert order(1, 0) != order(2, 0)


def test_little_padding():
    random = np.random.default_rng(0)
    lengths = [(int(a), int(b)) for a, b in random.integers(3, 40, (5000, 2))]
    assert BatchPlan(data=pairs(lengths), batch_tokens=2048, seed=1).padding_shares()[1] < 0.03


def lengths_of_translations():
    random = np.random.default_rng(0)
    source = np.clip(random.normal(14, 5, 20_000), 2, None).astype(int)
    target = np.maximum(source * random.normal(1, 0.2, len(source)), 1).astype(int) + 1
    return list(zip(source, target, strict=True))


def test_little_padding_on_both_sides():
    plan = BatchPlan(data=pairs(lengths_of_translations()), batch_tokens=2048, seed=1)
    loaded = [plan.load(indices) for indices in plan.epoch(0)]
    for share, side, most in zip(plan.padding_shares(), ("source", "target"), (0.12, 0.02), strict=True):
        masks = [getattr(batch, f"{side}_mask") for batch in loaded]
        assert share == pytest.approx(1 - sum(mask.sum() for mask in masks) / sum(mask.size for mask in masks))
        assert share < most


def test_empty():
    plan = BatchPlan(data=pairs([]), batch_tokens=64, seed=1)
    assert plan.epoch(0) == []
    assert plan.padding_shares() == (0, 0)
    assert len(plan.data) == 0


@pytest.mark.parametrize("size", [1, 5])
def test_over_budget_row_stands_alone(size):
    plan = BatchPlan(data=pairs([(2, 500)] * size), batch_tokens=64, seed=1)
    assert [len(batch) for batch in plan.epoch(0)] == [1] * size


def test_few_shapes_and_little_padding_for_compilers():
    plan = BatchPlan(data=pairs(lengths_of_translations()), batch_tokens=2048, seed=1, num_shapes=20)
    loaded = [plan.load(indices) for epoch in (0, 1) for indices in plan.epoch(epoch)]
    assert len({batch.source_ids.shape + batch.target_ids.shape for batch in loaded}) <= 20
    assert max(plan.padding_shares()) < 0.1
    shares = [
        1 - sum(getattr(b, name).sum() for b in loaded) / sum(getattr(b, name).size for b in loaded)
        for name in ("source_mask", "target_mask")
    ]
    assert max(shares) < 0.1


def positions(shapes, source, target):
    """Padded positions when each text goes to the smallest shape that holds it."""
    fits = [
        min(sum(shape) for shape in shapes if shape[0] >= one and shape[1] >= other)
        for one, other in zip(source, target, strict=True)
    ]
    return sum(fits)


@given(st.lists(st.tuples(st.integers(1, 300), st.integers(1, 40)), min_size=1, max_size=60), st.integers(1, 6))
def test_every_text_has_a_shape_and_more_shapes_waste_no_more(lengths, count):
    source, target = np.array(lengths).T
    shapes = best_shapes(source, target, count)
    assert 1 <= len(shapes) == len(set(shapes)) <= count
    assert [sum(shape) for shape in shapes] == sorted(sum(shape) for shape in shapes)
    assert (source.max(), target.max()) in shapes
    assert positions(best_shapes(source, target, count + 1), source, target) <= positions(shapes, source, target)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=30))
def test_the_first_division_is_the_best_of_all(lengths):
    ones = np.ones(len(lengths), int)
    found = positions(best_shapes(ones, np.array(lengths), 2), ones, lengths)
    tried = [positions([(1, width), (1, max(lengths))], ones, lengths) for width in set(lengths)]
    assert found == min(tried)


def test_few_shapes_for_sampled_texts():
    from braid.text.sampling import SubwordSampling

    parts = np.full((60, 2), -1, dtype="int32")
    parts[30:] = [[4, 5]] * 30
    rows = [np.append(np.arange(30, 30 + size), 2).astype("int32") for size in range(3, 20) for _ in range(20)]
    data = EncodedPairs(source=rows, target=rows, bos_id=1, pad_id=0)
    draw = SubwordSampling(parts_V2=parts, rate=0.5, max_tokens=100)
    plan = BatchPlan(data=data, batch_tokens=200, seed=1, sampling=draw, num_shapes=4)
    loaded = [plan.load(indices, epoch) for epoch in range(5) for indices in plan.epoch(epoch)]
    assert len({batch.source_ids.shape + batch.target_ids.shape for batch in loaded}) < 12


def test_sampled_batches_are_new_in_each_epoch_and_found_again():
    from braid.text.sampling import SubwordSampling

    parts = np.full((60, 2), -1, dtype="int32")
    parts[30:] = [[4, 5]] * 30
    rows = [np.append(np.arange(30, 30 + size), 2).astype("int32") for size in range(3, 20)]
    pairs = EncodedPairs(source=rows, target=rows, bos_id=1, pad_id=0)
    draw = SubwordSampling(parts_V2=parts, rate=0.5, max_tokens=100)
    plan, again = (BatchPlan(data=pairs, batch_tokens=100, seed=1, sampling=draw) for _ in range(2))
    indices = plan.epoch(0)[0]
    first, second = plan.load(indices, 0), plan.load(indices, 1)
    assert first.labels.tolist() != second.labels.tolist()
    assert again.load(indices, 0).labels.tolist() == first.labels.tolist()
    for batch in (first, second):
        assert (batch.target_ids[:, 0] == 1).all()
        np.testing.assert_array_equal(
            batch.target_ids[:, 1:][batch.target_mask[:, 1:]], batch.labels[:, :-1][batch.target_mask[:, 1:]]
        )
        assert batch.source_mask.sum() > sum(len(rows[i]) for i in indices)
