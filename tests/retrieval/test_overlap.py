import math
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from braid.retrieval.overlap import best_sentence

CONTEXT = "  The tower is old. It was built by a king, in 1200, for his wife. The king fell. "
CHINESE = "他生于北京。后来他在上海（中国）学习数学，成绩很好。他喜欢猫。"


@pytest.mark.parametrize(
    ("question", "context", "clause", "found"),
    [
        ("Who built the tower for his wife?", CONTEXT, False, "It was built by a king, in 1200, for his wife."),
        ("Who built the tower for his wife?", CONTEXT, True, "for his wife."),
        ("When did the king fall?", CONTEXT, False, "The king fell."),
        ("他在哪里学习数学", CHINESE, False, "后来他在上海（中国）学习数学，成绩很好。"),
        ("他在哪里学习数学", CHINESE, True, "学习数学"),
        ("xyz", "One. Two!", False, "One."),
        ("", "One. Two!", False, "One."),
        ("one", "one", True, "one"),
        ("one", "one\r\ntwo", False, "one"),
    ],
)
def test_sentence(question, context, clause, found):
    start, end, score = best_sentence(question, context, clause=clause)
    assert context[start:end] == found
    assert 0 <= score <= 1


def test_score_is_the_share_of_the_weight():
    """Three sentences; "rare" is in one of them, "common" in two, "none" in none."""
    rare, common, none = (math.log(1 + (3 - n + 0.5) / (n + 0.5)) for n in (1, 2, 0))
    found = best_sentence("rare common none", "So rare and common. Common it is. Else.")
    assert found == (0, 19, pytest.approx((rare + common) / (rare + common + none)))
    assert best_sentence("so rare", "So rare it is.")[2] == 1
    assert best_sentence("else", "So rare it is.")[2] == 0


def test_weights_of_the_caller_decide():
    context = "Rare word. Common word and more."
    assert best_sentence("rare common", context, weight=lambda term: term == "common")[:2] == (11, 32)
    assert best_sentence("rare common", context, weight=lambda term: term == "rare")[:2] == (0, 10)


@pytest.mark.parametrize("context", ["", " \n "])
def test_nothing_to_choose(context):
    assert best_sentence("what", context) == (0, 0, 0.0)


@example("", ")\x0c0", True)
@given(st.text(), st.text(min_size=1), st.booleans())
def test_spans_are_of_the_text(question, context, clause):
    start, end, score = best_sentence(question, context, clause=clause)
    assert 0 <= start <= end <= len(context)
    assert context[start:end].strip() == context[start:end]
    assert 0 <= score <= 1 + 1e-9


def test_long_texts_take_linear_time():
    begun = time.process_time()
    best_sentence("a b c", "a b, c. " * 50_000, clause=True)
    assert time.process_time() - begun < 10
