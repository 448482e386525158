import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.text.sentences import split_near, split_sentences


@given(st.text())
def test_pieces_join_to_the_text(text):
    assert "".join(split_sentences(text)) == text


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two! Three?", 3),
        ("Version 3.5 is out. Get it.", 2),
        ("Mr. Smith is here. Good.", 2),
        ("第一句。第二句！“第三句？”好。", 4),
        ("no end", 1),
        ("", 0),
    ],
)
def test_sentences(text, count):
    assert len(split_sentences(text)) == count


@given(st.text(min_size=2), st.data())
def test_split_near_keeps_everything(text, data):
    position = data.draw(st.integers(1, len(text) - 1))
    first, rest = split_near(text, position)
    assert first + rest == text
    assert 0 < len(first) <= max(position, len(text))


@pytest.mark.parametrize("char", [*list('.。 a"?'), "...a"])
def test_linear_time(char):
    begun = time.monotonic()
    split_sentences(char * (10**6 // len(char)))
    assert time.monotonic() - begun < 20
