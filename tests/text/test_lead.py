import pytest

from braid.text.lead import lead

TEXT = "  First  sentence here. Second\none follows. Third."


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        ({"sentences": 1}, "First sentence here."),
        ({"sentences": 2}, "First sentence here. Second"),  # a line is a sentence
        ({"max_words": 2}, "First sentence"),
        ({"max_words": 99}, "First sentence here. Second one follows. Third."),
        ({"sentences": 1, "max_words": 2}, "First sentence"),
        ({"max_chars": 12}, "First"),
        ({"max_chars": 14}, "First sentence"),
        ({"max_chars": 3}, "Fir"),
        ({}, "First sentence here. Second one follows. Third."),
    ],
)
def test_lead(limits, found):
    assert lead(TEXT, language="en", **limits) == found


def test_characters_are_the_words_of_chinese():
    assert lead("用 Python 写的。第二句。", language="zh", max_words=9) == "用 Python"
    assert lead("第一句。第二句。", language="zh", sentences=1) == "第一句。"
    assert lead("第一句。第二句。", language="zh", max_chars=2) == "第一"


@pytest.mark.parametrize("text", ["", " \n ", "😀"])
def test_little_to_lead_with(text):
    assert lead(text, language="en", sentences=1, max_words=3, max_chars=5) == text.strip()
