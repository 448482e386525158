"""Summaries without a bundle, as Python's users call for them."""

import pytest

import braid
from braid.errors import ConfigError

TEXT = "The cat sat on the mat. It rained. The cat saw the rain. Nobody came."


def test_sentences_of_the_text():
    one = braid.summarize_extractively(TEXT, max_sentences=1)
    assert one == "The cat sat on the mat."
    assert braid.summarize_extractively([TEXT, "", TEXT], max_sentences=1) == [one, "", one]
    assert braid.summarize_extractively([]) == []
    answer = braid.summarize_extractively(TEXT, detail=True)
    assert (answer.source, answer.unsupported, answer.text.count(".")) == (TEXT, (), 3)
    assert 0 < answer.score <= 1


def test_the_script_says_where_spaces_stand():
    assert " " not in braid.summarize_extractively("猫坐在垫子上。天下雨了。猫看见了雨。没有人来。", max_sentences=2)


def test_no_sentence_is_too_few():
    with pytest.raises(ConfigError, match="max_sentences must be at least 1, got 0"):
        braid.summarize_extractively(TEXT, max_sentences=0)
