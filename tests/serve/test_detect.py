"""Detection among the served languages."""

from __future__ import annotations

import pytest

from braid.errors import RequestError
from braid.serve.detect import Detection, Detector


@pytest.mark.parametrize(
    ("text", "language"),
    [("Turn on the light", "en"), ("请打开厨房的灯", "zh"), ("Schalte bitte das Licht in der Küche ein", "de")],
)
def test_the_likeliest_language_comes_first(text, language):
    first, *rest = Detector(["en", "zh", "de"]).detect(text)
    assert first.language == language
    assert 50 < first.confidence <= 100
    assert all(first.confidence >= other.confidence for other in rest)


@pytest.mark.parametrize("text", ["", "  ", "12345", "🙂"])
def test_a_text_without_letters_is_guessed_without_confidence(text):
    assert Detector(["en", "zh"]).detect(text) == [Detection("en", 0.0)]


def test_nothing_is_loaded_before_the_first_question():
    assert Detector(["en", "zh"])._detector is None


def test_an_unknown_language_is_said():
    with pytest.raises(RequestError, match=r'it does not know "gsw"; name the source') as refused:
        Detector(["en", "gsw"]).detect("Grüezi")
    assert refused.value.status == 400


def test_a_lone_language_needs_no_detector():
    assert Detector(["gsw"]).detect("Grüezi") == [Detection("gsw", 100.0)]
