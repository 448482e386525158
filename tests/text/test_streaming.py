import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.errors import ConfigError
from braid.text.normalize import normalize
from braid.text.streaming import TextStream
from braid.text.tokenizer import BYTE_TOKENS, SPECIAL_TOKENS, train_tokenizer

TEXTS = ["Turn on the light in the kitchen", "Turn off the light", "打开厨房的灯", "a b ab ba"] * 30
TOKENIZER = train_tokenizer(TEXTS)
ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=()))
IDS = st.lists(st.integers(0, TOKENIZER.vocab_size - 1) | st.integers(4, 259), max_size=30)


def as_bytes(text):
    """One id for each byte."""
    return [len(SPECIAL_TOKENS) + byte for byte in text.encode()]


def stream(ids, stops=(), step=1, **more):
    """The increments, the last one at the end, and the stream."""
    found = TextStream(TOKENIZER, stops, **more)
    return [*(found.push(ids[start : start + step]) for start in range(0, len(ids), step)), found.finish()], found


@given(ANY_TEXT, st.integers(1, 5))
@settings(max_examples=200)
def test_increments_are_the_text(text, step):
    ids = TOKENIZER.encode([text])[0]
    assert "".join(stream(ids, step=step)[0]) == normalize(text)
    assert (
        "".join(stream(as_bytes(text.encode(errors="ignore").decode()), is_continuation=True)[0])
        == text.encode(errors="ignore").decode()
    )


@given(IDS)
def test_any_ids_are_the_text_of_their_bytes(ids):
    text = b"".join(map(TOKENIZER.spelling, ids)).decode(errors="replace")
    assert "".join(stream(ids, is_continuation=True)[0]) == text
    assert "".join(stream(ids)[0]) == text.removeprefix(" ")
    if "\ufffd" not in text:
        assert TOKENIZER.decode([ids]) == [text.removeprefix(" ")]


def test_characters_are_whole():
    increments, _ = stream(as_bytes("a😀é"))
    assert increments == ["a", "", "", "", "😀", "", "é", ""]


def test_broken_bytes_harm_nobody_else():
    assert "".join(stream([*as_bytes("灯"), as_bytes("灯")[0], *as_bytes("x")])[0]) == "灯\ufffdx"
    assert stream(as_bytes("灯")[:2])[0] == ["", "", "\ufffd"]


def first_stop(text, stops):
    """The text before the stop string that is complete first, of several the longest, and that string."""
    for end in range(len(text) + 1):
        for stop in sorted(stops, key=len, reverse=True):
            if text[:end].endswith(stop):
                return text[: end - len(stop)], stop
    return text, None


@given(st.text("ab灯", max_size=12), st.lists(st.text("ab灯", min_size=1, max_size=4), max_size=3), st.integers(1, 4))
@settings(max_examples=500)
def test_stop_strings_cut_whatever_the_ids(text, stops, step):
    increments, found = stream(as_bytes(text), stops, step)
    assert ("".join(increments), found.stopped_by) == first_stop(text, stops)
    assert found.is_stopped == (found.stopped_by is not None)


def test_only_what_may_become_a_stop_string_is_held_back():
    increments, found = stream(as_bytes("abcab;abd"), ["abd", ";;"])
    assert increments == ["", "", "abc", "", "", "ab", ";", "", "", ""]
    assert found.stopped_by == "abd"
    assert found.push(as_bytes("more")) == found.finish() == ""
    assert stream(as_bytes("ab"), ["abd"])[0] == ["", "", "ab"]


def test_a_stop_string_across_subwords():
    ids = TOKENIZER.encode(["Turn off the light in the kitchen"])[0]
    assert len(ids) < 15
    increments, found = stream(ids, ["ght in"])
    assert "".join(increments) == "Turn off the li"
    assert found.stopped_by == "ght in"


def test_a_continuation_keeps_its_space():
    ids = [TOKENIZER.bos_id, *TOKENIZER.encode(["the light"])[0]]
    assert "".join(stream(ids)[0]) == "the light"
    assert "".join(stream(ids, is_continuation=True)[0]) == " the light"


def test_stop_strings_are_composed_as_models_write():
    increments, found = stream(as_bytes("caf\u00e9 x"), ["e\u0301"])
    assert ("".join(increments), found.stopped_by) == ("caf", "e\u0301")


def test_an_empty_stop_string_is_refused():
    with pytest.raises(ConfigError, match="at least one character"):
        TextStream(TOKENIZER, ["a", ""])


def test_spelling():
    first = len(SPECIAL_TOKENS)
    assert [TOKENIZER.spelling(token) for token in range(first)] == [b""] * first
    assert [TOKENIZER.spelling(first + byte) for byte in range(256)] == [bytes([byte]) for byte in range(256)]
    assert TOKENIZER.spelling(TOKENIZER.encode(["the light"])[0][1]) == b" light"
    assert TOKENIZER.spelling(TOKENIZER.vocab_size) == b""
    assert len(BYTE_TOKENS) == 256
