import random
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.data.columns import KEYS, LEFT_OUT, TEST, TRAIN, VALID, Marked, MemoryColumns
from braid.data.example import Example
from braid.data.keys import keys_of, number_of, text_key
from braid.data.split import LEAK, HeldOut, Wanted, assign_parts, groups
from braid.errors import DataError

TEXTS = st.sampled_from([f"text {i}" for i in range(120)])


def rows(pairs):
    return [Example(source=s, target=t, file="f", line=i) for i, (s, t) in enumerate(pairs)]


def marked(examples):
    columns = dict(zip(KEYS, keys_of(examples, ("source", "target")), strict=True))
    columns["pair"] = np.array([number_of(f"{e.source}\0{e.target}") for e in examples], np.uint64)
    columns["assigned"] = np.array([PARTS.get(e.part, -1) for e in examples], np.int8)
    columns["is_named"] = np.array([bool(e.group) for e in examples])
    return Marked(MemoryColumns(columns))


def split(examples, *, valid=None, test=None, **wanted):
    """The parts as lists, the rows left out as pairs of row and number of the key."""
    train = marked(examples)
    tables = {name: (marked(rows), rows) if rows else (None, []) for name, rows in (("valid", valid), ("test", test))}
    assign_parts(train, tables["valid"][0], tables["test"][0], Wanted(**wanted), "sentence pairs")
    every = [(train, examples), *(table for table in tables.values() if table[0])]
    rows = [(state, row) for table, rows in every for state, row in zip(table.state.tolist(), rows, strict=True)]
    parts = {name: [row for state, row in rows if state == part] for name, part in PARTS.items()}
    return SimpleNamespace(**parts, leaks=[(row, state - LEAK) for state, row in rows if state >= LEFT_OUT])


PARTS = {"train": TRAIN, "valid": VALID, "test": TEST}


def held_out(parts):
    keys = {name: [number_of(f"{e.source}\0{e.target}") for e in getattr(parts, name)] for name in ("valid", "test")}
    return HeldOut(**{name: np.sort(np.array(found, np.uint64)) for name, found in keys.items()})


def texts(examples):
    return {("s", text_key(e.source)) for e in examples} | {("t", text_key(e.target)) for e in examples}


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=150))
@settings(max_examples=50)
def test_parts_share_no_text(pairs):
    examples = rows([*pairs, *((f"source {i}", f"target {i}") for i in range(60))])
    parts = split(examples, valid_rows=10, test_rows=10, seed=1)
    assert not texts(parts.train) & texts(parts.test)
    assert not texts(parts.train) & texts(parts.valid)
    assert not texts(parts.valid) & texts(parts.test)
    assert len(parts.train) + len(parts.valid) + len(parts.test) == len(examples)
    assert 0 < len(parts.valid) <= len(examples) // 10
    assert 0 < len(parts.test) <= len(examples) // 10


def many(count):
    return rows([(f"source {i}", f"target {i}") for i in range(count)])


def test_sizes():
    parts = split(many(1000), valid_rows=50, test_rows=500, seed=1)
    assert (len(parts.train), len(parts.valid), len(parts.test)) == (850, 50, 100)


def test_order_does_not_matter():
    examples = many(300)
    shuffled = random.Random(3).sample(examples, len(examples))
    first, second = (split(part, valid_rows=20, test_rows=20, seed=1) for part in (examples, shuffled))
    assert texts(first.test) == texts(second.test)
    assert texts(split(examples, valid_rows=20, test_rows=20, seed=2).test) != texts(first.test)


def test_added_rows_move_few():
    before = split(many(1000), valid_rows=50, test_rows=50, seed=1)
    after = split(many(1100), valid_rows=50, test_rows=50, seed=1)
    assert len(texts(before.test) & texts(after.test)) > 0.6 * len(texts(before.test))


def test_what_was_held_out_stays_so():
    before = split(many(1000), valid_rows=50, test_rows=50, seed=1)
    bridge = Example(source=before.test[0].source, target=before.train[0].target, file="new", line=1)
    rows = [bridge, *many(5000)]
    after = split(rows, valid_rows=50, test_rows=50, seed=1, before=held_out(before))
    assert after.test == before.test
    assert after.valid == before.valid
    assert after.leaks == [(bridge, 0)]
    more = split(rows, valid_rows=70, test_rows=90, seed=1, before=held_out(before))
    assert len(more.test) == 90 and len(more.valid) == 70
    assert set(before.test) < set(more.test) and set(before.valid) < set(more.valid)


def test_rows_may_name_their_part():
    examples = [replace(row, part="test" if place < 30 else "train") for place, row in enumerate(many(200))]
    examples.append(Example(source=examples[0].source, target="other", file="f", line=1, part="train"))
    parts = split(examples, valid_rows=10, test_rows=10, seed=1)
    assert parts.test == examples[:30]
    assert parts.leaks == [(examples[-1], 0)]
    assert len(parts.valid) == 10  # which no row names
    examples[50] = replace(examples[50], part="valid", target=examples[3].target)
    examples[51] = replace(examples[51], part="valid")
    parts = split(examples, valid_rows=10, test_rows=10, seed=1)
    assert (examples[50], 1) in parts.leaks
    assert parts.valid == [examples[51]]


def test_groups_are_joined_through_others():
    found = groups(rows([("a", "x"), ("b", "y"), ("B!", "x"), ("c", "z")]))
    assert sorted(map(len, found)) == [1, 3]


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=60), st.integers(1, 40))
@settings(max_examples=50)
def test_groups_do_not_depend_on_how_many_keys_are_sorted_at_once(pairs, size):
    examples = rows(pairs)
    with pytest.MonkeyPatch.context() as patch:
        whole = groups(examples)
        patch.setattr("braid.data.columns.PARTITION_ROWS", size)
        assert groups(examples) == whole


def test_given_parts_make_leaks():
    test = rows([("Source 1!", "anything")])
    parts = split(many(100), valid_rows=5, test_rows=5, seed=1, test=test)
    assert parts.test == test
    assert [key for _, key in parts.leaks] == [0]  # the source


def test_given_parts_share_nothing_either():
    valid, test = rows([("new", "neu"), ("mine", "meins")]), rows([("New.", "anders")])
    parts = split(many(100), valid_rows=5, test_rows=5, seed=1, valid=valid, test=test)
    assert parts.valid == valid[1:]
    assert [row for row, _ in parts.leaks] == valid[:1]


def test_large_groups_are_for_training():
    large = rows([("the same source", f"target number {i}") for i in range(60)])
    parts = split([*large, *many(60)], valid_rows=50, test_rows=50, seed=1)
    assert set(large) <= set(parts.train)
    assert len(parts.valid) == len(parts.test) == 12


def test_too_few():
    with pytest.raises(DataError, match=r"at least 50 usable .* got 49$"):
        split(many(49), valid_rows=5, test_rows=5, seed=1)
    with pytest.raises(DataError, match="got 40 after leaving out 20 that share"):
        split(many(60), valid_rows=5, test_rows=5, seed=1, test=many(20))


def test_nothing_to_split_off():
    with pytest.raises(DataError, match=r"data\.test needs at least one row"):
        split(rows([("the same source", f"{i}") for i in range(60)]), valid_rows=5, test_rows=5, seed=1)


def test_text_key():
    assert text_key("  Hello, World! ") == text_key("hello world")
    assert text_key("?!") != text_key("...")
    assert text_key("की") != text_key("कि")  # vowels of Hindi and Thai are marks, not letters
    assert text_key("你好，世界！") == text_key("你好 世界")
