"""ICU messages as the texts they stand for."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.text.messages import find_messages, message_texts


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("{n, plural, one {# file} other {# files}}", ["{#} file", "{#} files"]),
        (
            "Found {n, plural, =0 {nothing} one {a file} other {# files}}.",
            ["Found nothing.", "Found a file.", "Found {#} files."],
        ),
        ("{g, select, male {He} other {They}} left", ["He left", "They left"]),
        ("{n,plural,offset:1 one{{a} and # more} other{#}}", ["{a} and {#} more", "{#}"]),
        (
            "{g, select, f {{n, plural, one {her # cat} other {her # cats}}} other {a cat}}",
            ["her {#} cat", "her {#} cats", "a cat"],
        ),
        ("{a, plural, other {x}} {b, plural, other {y}}", ["x y"]),
        ("{n, plural, other {l''{x}}}", ["l'{x}"]),
        ("{n, plural, other {'{x}' y}}", ["'{x}' y"]),
    ],
)
def test_texts(text, texts):
    assert message_texts(text).texts() == texts


def test_outputs_become_branches():
    message = message_texts("Found {n, plural, =0 {nothing} one {# file} other {# files} }!")
    filled = message.fill(["Nichts!", "{#} Datei!", "{#} Dateien!"])
    assert filled == "{n, plural, =0 {Nichts!} one {# Datei!} other {# Dateien!} }"


def test_nested_outputs_become_branches():
    message = message_texts("{g, select, f {{n, plural, one {her # cat} other {her # cats}}} other {a cat}}")
    filled = message.fill(["A {#}", "B {#}", "C"])
    assert filled == "{g, select, f {{n, plural, one {A #} other {B #}}} other {C}}"


def test_apostrophes_begin_no_quotation():
    message = message_texts("{n, plural, one {the {x}} other {its files}}")
    assert message.fill(["l'{x}", "les 'x'"]) == "{n, plural, one {l''{x}} other {les 'x''}}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{n} files",
        "{n, number} {d, date}",
        "{n, plural, one {x}",
        "{n, plural, }",
        "{n, plural, one {x} y}",
        "{n, plural, one x}",
        "#5 {n, plural, other {x}}",
        "{a, plural, other {# {b, plural, other {#}}}}",
        "{a, select, " + "".join(f"k{i} {{x}} " for i in range(20)) + "}",
        "".join(f"{{a{i}, select, x {{x}} y {{y}}}}" for i in range(5)),
    ],
)
def test_other_texts_are_left_alone(text):
    assert message_texts(text) is None


WORDS = st.lists(
    st.sampled_from(["{n, plural,", "{g, select,", "one {", "other {", "}", "#", "x", " ", "'", "{", "{y}"]),
    max_size=25,
)


@given(WORDS.map("".join))
def test_texts_put_back_give_the_same_texts(text):
    """What comes back unchanged is a message with the same texts; nothing breaks on broken ones."""
    message = message_texts(text)
    if message is not None:
        texts = message.texts()
        again = message_texts(message.fill(texts))
        assert again is not None
        assert len(again.texts()) == len(texts)


@pytest.mark.parametrize(
    "text",
    ["{a, plural,", "{a, plural, x {", "'{", "{", "}", "{a, plural, x {}}", "{a, plural, x {}", "{a,select,x{}y{"],
)
def test_linear_time(text):
    long_text = text * (100_000 // len(text))
    begun = time.process_time()
    list(find_messages(long_text))
    message_texts(long_text)
    list(find_messages(closed := long_text + "}" * long_text.count("{")))
    message_texts(closed)
    assert time.process_time() - begun < 2
