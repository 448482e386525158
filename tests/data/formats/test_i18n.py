"""The walk over nested JSON that readers and writers share."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.data.formats.i18n import json_leaves

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


def leaves(value, path=()):
    """The leaves of parsed JSON in order, as the walk over its text should find them."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key), key, True
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from leaves(inner, (*path, place))
    else:
        yield path, value, False


@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=3), st.sampled_from([None, 0, 2]), st.booleans())
def test_leaves_are_those_of_the_parsed_text(value, indent, is_ascii):
    written = json.dumps(value, indent=indent, ensure_ascii=is_ascii)
    text = f'\ufeff{written}] "behind'
    found = list(json_leaves(text, 0, 1 + len(written)))
    assert [(leaf.path, json.loads(leaf.written), leaf.is_key) for leaf in found] == list(leaves(value))
    for leaf in found:
        assert text[leaf.start : leaf.end] == leaf.written
        assert leaf.text == (json.loads(leaf.written) if leaf.is_text else "")


@pytest.mark.parametrize("text", ['{"a": "' + '\\"' * 500_000 + '"}', "[" + "1, " * 300_000 + "1]", " " * 1_000_000])
def test_long_texts_take_linear_time(text):
    begun = time.perf_counter()
    assert len(list(json_leaves(text))) in (0, 2, 300_001)
    assert time.perf_counter() - begun < 5
