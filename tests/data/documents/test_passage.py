import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.data.documents.passage import MAX_OVERLAP, SIZE, cut
from braid.data.documents.text import paragraphs

WORDS = st.text("abcdefghij", min_size=1, max_size=12)
SENTENCES = st.lists(WORDS, min_size=1, max_size=40).map(lambda words: " ".join(words) + ".")
CHINESE = st.lists(st.text("天地人和，", min_size=1, max_size=90).map(lambda text: text + "。"), max_size=30).map(
    "".join
)
PARAGRAPHS = st.lists(SENTENCES, max_size=8).map(" ".join) | st.lists(SENTENCES, max_size=8).map("\n".join) | CHINESE
TEXTS = st.lists(PARAGRAPHS, max_size=8).map("\r\n\r\n".join) | st.text() | st.text("ab \n\t.。", max_size=3000)


def passages(text):
    return list(cut(paragraphs(text.splitlines(keepends=True), "t"), file="f", group="g"))


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_passages_are_literal_and_hold_everything(text):
    covered = set()
    for passage in passages(text):
        end = passage.start + len(passage.text)
        assert text[passage.start : end] == passage.text
        assert passage.text.strip() == passage.text != ""
        covered.update(range(passage.start, end))
    assert all(index in covered or char.isspace() for index, char in enumerate(text))


@settings(max_examples=60, deadline=None)
@given(st.lists(PARAGRAPHS, max_size=8).map("\n\n".join))
def test_passages_are_of_the_size_and_cut_no_word(text):
    for passage in passages(text):
        assert len(passage.text) <= SIZE
        assert passage.line == text.count("\n", 0, passage.start) + 1
        end = passage.start + len(passage.text)
        for border in (passage.start, end):
            assert not re.fullmatch("[a-j]{2}", text[max(border - 1, 0) : border + 1])


def numbered(count, words=10):
    return [f"Sentence {number} " + "word " * words + "ends." for number in range(count)]


def test_one_sentence_stands_in_both():
    """Sentences of 71 characters: eight fill a passage, and the last of one begins the next."""
    sentences = numbered(20)
    found = passages(" ".join(sentences))
    assert [passage.text for passage in found] == [" ".join(sentences[begin : begin + 8]) for begin in (0, 7, 14)]


def test_long_sentences_do_not_overlap():
    sentences = numbered(3, words=MAX_OVERLAP // 5)
    assert [passage.text for passage in passages(" ".join(sentences))] == [" ".join(sentences[:2]), sentences[2]]


def test_short_paragraphs_are_joined_and_long_ones_begin_anew():
    short = ["One line.", "Two lines.\nTwo."]
    middle, long = " ".join(numbered(4)), " ".join(numbered(8))
    found = passages("\n\n".join([*short, middle, long]))
    assert [passage.text for passage in found] == ["\n\n".join([*short, middle]), long]


def test_a_short_beginning_is_filled_up():
    sentences = numbered(12)
    found = passages("Note.\n\n" + " ".join(sentences))
    assert found[0].text == "Note.\n\n" + " ".join(sentences[:8])
    assert found[1].text.startswith(sentences[7])


def test_lines_of_a_paragraph_are_no_sentences_but_items_are():
    words = "word " * 11
    lines = "\n".join(f"line {number} {words}" for number in range(30))
    assert all(not passage.text.startswith("word") for passage in passages(lines))
    items = "\n".join(f"- {number} {words * 2}" for number in range(10))
    assert all(passage.text.startswith("- ") for passage in passages(items))


def test_a_word_longer_than_a_passage_stays_whole_unless_it_is_none():
    word = "x" * (2 * SIZE)
    assert [passage.text for passage in passages(f"one {word} two")] == ["one", word, "two"]
    blob = passages("x" * 10**6)
    assert max(len(passage.text) for passage in blob) == 4 * SIZE


def test_marks_stay_with_their_letter():
    text = "กี่" * 1000
    assert all(not passage.text.startswith(("ี", "่")) for passage in passages(text))


@pytest.mark.parametrize("text", ["", " \n\n \t"])
def test_nothing(text):
    assert passages(text) == []


@pytest.mark.parametrize("unit", ["a ", "a. ", "a", "\n", " ", "。", "a\n", "- a\n", "\n ", "．", "a.\n\n"])
def test_linear_time(unit):
    begun = time.process_time()
    passages(unit * (2**17 // len(unit)))
    assert time.process_time() - begun < 20
