import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.data.batch import BatchPlan
from braid.data.buckets import best_widths
from braid.data.encoded import EncodedPairs

LENGTHS = st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60)), min_size=1, max_size=120)


def pairs(lengths):
    def rows(side):
        return [np.arange(4, 4 + size[side], dtype=np.int32) for size in lengths]

    return EncodedPairs(source=rows(0), target=rows(1), bos_id=1, pad_id=0)


@given(LENGTHS, st.integers(64, 512), st.sampled_from([0, 1, 3, 10]))
def test_every_example_once_within_budget(lengths, budget, num_widths):
    plan = BatchPlan(data=pairs(lengths), batch_tokens=budget, seed=3, num_widths=num_widths)
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
    plan = BatchPlan(data=pairs(lengths_of_translations()), batch_tokens=2048, seed=1, num_widths=10)
    loaded = [plan.load(indices) for epoch in (0, 1) for indices in plan.epoch(epoch)]
    assert len({batch.source_ids.shape + batch.target_ids.shape for batch in loaded}) <= 20
    assert plan.padding_shares()[1] < 0.08
    assert 1 - sum(batch.source_mask.sum() for batch in loaded) / sum(b.source_mask.size for b in loaded) < 0.25


@given(st.lists(st.integers(1, 40), min_size=1, max_size=60), st.integers(1, 6))
def test_no_other_widths_are_better(lengths, count):
    lengths = np.array(lengths)

    def padded(widths):
        return np.array(widths)[np.searchsorted(widths, lengths)].sum()

    widths = best_widths(lengths, count)
    assert len(widths) <= count
    assert widths == sorted(set(widths))
    assert widths[-1] == lengths.max()
    others = (
        sorted({*np.random.default_rng(0).choice(lengths, count - 1), lengths.max()}) if count > 1 else [lengths.max()]
    )
    assert padded(widths) <= padded(others)


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
