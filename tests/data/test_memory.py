import random
import time

import pytest

from braid.data.example import Example
from braid.data.memory import TranslationMemory

PAIRS = [("Turn on the light", "A"), ("Turn off the light", "B"), ("Turn on the light", "C"), ("打开电视", "D")]


def memory(pairs):
    return TranslationMemory([Example(source=s, target=t, file="f", line=1) for s, t in pairs])


def test_exact_match_first_in_order():
    assert memory(PAIRS).nearest(["Turn on the light", "Turn off the light"]) == ["A", "B"]


def test_similar():
    assert memory(PAIRS).nearest(["Turn off the lights", "打开电视机", "turn on a light"]) == ["B", "D", "A"]


def test_nothing_alike():
    assert memory(PAIRS).nearest(["xyz", ""]) == ["", ""]
    assert memory([]).nearest(["xyz"]) == [""]


def test_a_memory_of_one():
    assert memory(PAIRS[:1]).nearest(["Turn on a light"]) == ["A"]


def test_common_words_alone_find_something():
    found = memory([(f"the word {i}", str(i)) for i in range(3000)]).nearest(["the"])
    assert found == ["0"]


@pytest.mark.parametrize("order", [1, -1])
def test_ties_go_to_the_first(order):
    pairs = [("abcd efgh one", "1"), ("abcd efgh two", "2")][::order]
    assert memory(pairs).nearest(["abcd efgh"]) == [pairs[0][1]]


def test_fast_enough():
    draw = random.Random(1)
    words = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(2, 9))) for _ in range(3000)]
    texts = [" ".join(draw.choices(words, k=draw.randint(2, 12))) for _ in range(9_000)]
    begun = time.process_time()
    memory([(text, text) for text in texts[1000:]]).nearest(texts[:1000])
    assert time.process_time() - begun < 10
