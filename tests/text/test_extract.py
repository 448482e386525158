import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.errors import ConfigError
from braid.text import extract as module
from braid.text.extract import extract

TEXT = (
    "The river floods the valley every spring. My aunt bakes bread. Engineers built a dam above the valley.\n"
    "The dam broke and the river flooded the valley. The dam broke and the river flooded the valley again. It rained."
)


def test_sentences_stand_where_they_say():
    found = extract(TEXT, language="en", max_sentences=3)
    assert [TEXT[sentence.start : sentence.end] for sentence in found.sentences] == [
        sentence.text for sentence in found.sentences
    ]
    assert [sentence.start for sentence in found.sentences] == sorted(sentence.start for sentence in found.sentences)
    assert "aunt" not in found.text


def test_the_same_is_not_said_twice():
    found = extract(TEXT, language="en", max_sentences=3)
    assert found.text.count("broke") == 1


def test_lines_and_spaces_between_sentences():
    assert extract("第一句。第二句。", language="zh").text == "第一句。第二句。"
    assert extract("One is here. Two is here.", language="en").text == "One is here. Two is here."
    assert extract("* tea\n* bread\n* milk", language="en").text == "* tea\n* bread\n* milk"


@pytest.mark.parametrize(("limits", "most"), [({}, 3), ({"max_sentences": 2}, 2), ({"max_ratio": 0.5}, 6)])
def test_limits(limits, most):
    found = extract(TEXT, language="en", **limits)
    assert 1 <= len(found.sentences) <= most
    assert len(found.text) <= limits.get("max_ratio", 1) * len(TEXT)


def test_every_limit_holds():
    found = extract(TEXT, language="en", max_sentences=5, max_chars=70, max_ratio=0.9)
    assert len(found.text) <= 70
    assert len(found.sentences) >= 1


def test_a_sentence_too_long_is_cut_at_a_pause():
    found = extract("The committee, which met on Monday, decided nothing at all.", language="en", max_chars=30)
    assert found.text == "The committee, which met on"
    assert extract("绝对没有任何标点的一句话", language="zh", max_chars=4).text == "绝对没有"
    assert extract("short", language="en", max_chars=10, max_ratio=0.1).text == "short"


def test_one_sentence_fits_any_ratio():
    assert extract(TEXT, language="en", max_ratio=0.001).sentences[0].text in TEXT


@pytest.mark.parametrize("text", ["", "  \n\t"])
def test_nothing_to_say(text):
    assert extract(text, language="en").sentences == ()
    assert extract(text, language="en").text == ""


@settings(deadline=None)
@given(
    st.text(alphabet=st.characters() | st.sampled_from(".。!\n a日😀ש")),
    st.sampled_from(["en", "zh", "he"]),
    st.integers(0, 4),
    st.integers(0, 50),
    st.floats(0, 1),
)
def test_any_text(text, language, max_sentences, max_chars, max_ratio):
    found = extract(text, language=language, max_sentences=max_sentences, max_chars=max_chars, max_ratio=max_ratio)
    assert bool(found.sentences) == bool(text.strip())
    assert all(text[sentence.start : sentence.end] == sentence.text for sentence in found.sentences)
    assert len(found.text) <= (max_chars or len(text) + len(found.sentences))
    assert len(found.sentences) <= (max_sentences or len(text))


@pytest.mark.parametrize("limits", [{"max_chars": -1}, {"max_sentences": -1}, {"max_ratio": 1.5}])
def test_limits_that_make_no_sense(limits):
    with pytest.raises(ConfigError):
        extract(TEXT, language="en", **limits)


def test_windows_share_a_long_summary(monkeypatch):
    monkeypatch.setattr(module, "WINDOW", 10)
    text = " ".join(f"Chapter {index} tells of hero number {index} and his horse." for index in range(60))
    found = extract(text, language="en", max_sentences=30)
    assert len(found.sentences) == 30
    assert len({sentence.start for sentence in found.sentences}) == 30
    thirds = [
        sum(low <= sentence.start / len(text) < low + 1 / 3 for sentence in found.sentences)
        for low in (0, 1 / 3, 2 / 3)
    ]
    assert min(thirds) >= 5


def test_long_texts_are_quick():
    text = " ".join(f"Chapter {index} tells of hero number {index % 977} and of his horse." for index in range(20_000))
    begun = time.process_time()
    found = extract(text, language="en", max_ratio=0.1)
    assert time.process_time() - begun < 30
    assert 0.05 * len(text) < len(found.text) <= 0.1 * len(text)
