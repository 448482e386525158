"""ICU messages: branches are translated, the frame is not."""

# ruff: noqa: E501  rows of tables are compared best on one line

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.data.formats.tags import Code
from braid.data.localizing.asking import text_talk
from braid.data.localizing.conversation import held
from braid.data.localizing.icu import AROUND_SEVERAL, BROKEN, TOO_LARGE, find_choice
from pretend import Model, shouted


def told(message, answer=shouted, language="de"):
    return held(text_talk((message,), language), Model(answer))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("{n, plural, one {# file} other {# files}}", "{n, plural, one {# FILE} other {# FILES}}"),
        ("{n,plural,offset:1 =0{none} other{# of {total, number}}}", "{n,plural,offset:1 =0{NONE} other{# OF {total, number}}}"),
        ("{g, select, male {He} other {They}} came", "{g, select, male {HE CAME} other {THEY CAME}}"),
        ("In {d}: {n, plural, one {a day} other {# days}}!", "{n, plural, one {IN {d}: A DAY!} other {IN {d}: # DAYS!}}"),
        (
            "{g, select, f {her {n, plural, other {# cats}}} other {cats}}",
            "{g, select, f {{n, plural, other {HER # CATS}}} other {CATS}}",
        ),
        ("{n, selectordinal, other {the #th}}", "{n, selectordinal, other {THE #TH}}"),
        ("{n, plural, other {it''s '{'raw #}}", "{n, plural, other {IT'S '{'RAW #}}"),
        ("No. #1 {n, plural, other {x}}", "{n, plural, other {NO. '#'1 X}}"),
    ],
)  # fmt: skip
def test_branches_are_whole_sentences(message, expected):
    outcome = told(message)
    assert outcome.text == (expected,)
    assert not outcome.reason


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("{a, plural, other {x}} and {b, plural, other {y}}", AROUND_SEVERAL),
        ("{a, plural, other {# of {b, plural, other {y}}}}", AROUND_SEVERAL),
        ("{a, plural, one {x}}", BROKEN),
        ("{a, plural, other {x}", BROKEN),
        ("{a, plural, other {x}}}", BROKEN),
        ("{a, plural, other {{b}}", BROKEN),
        ("{a, plural, other x}", BROKEN),
        ("{a, select, other {" * 12 + "x" + "}}" * 12, TOO_LARGE),
        ("{a, select, " + "".join(f"k{n} {{x}}" for n in range(200)) + " other {x}}", TOO_LARGE),
    ],
)
def test_what_cannot_be_taken_apart_safely_stays(message, reason):
    outcome = told(message)
    assert (outcome.text, outcome.reason) == (None, reason)


def test_a_message_whose_branches_do_not_change_stays_as_it_is():
    message = "On {d} {n, plural, one {a day} other {# days}}"
    assert told(message, lambda text: text).text == (message,)


def test_forms_that_a_language_needs_are_told():
    message = "{n, plural, one {a} other {b}}"
    assert "few, many" in told(message, language="ru").reason
    assert not told(message, language="de").reason
    assert not told("{n, select, one {a} other {b}}", language="ru").reason


def test_a_branch_that_loses_the_number_is_translated_around_it():
    outcome = told("{n, plural, other {# big files}}", lambda text: text.replace("#", "").strip().upper())
    assert outcome.text == ("{n, plural, other {# BIG FILES}}",)
    assert outcome.reason


def test_nothing_in_a_translation_becomes_syntax():
    outcome = told("{n, plural, other {x}}", lambda text: "it's {a '# }")
    assert outcome.text == ("{n, plural, other {it's a '''#' }}",)


def test_codes_of_a_file_stand_in_a_branch_or_around_all():
    """As the frameworks of web pages write a value inside a plural in XLIFF."""
    value, opened, closed = Code("<x id='1'/>", "{x:1}"), Code("<b c='d'>", "<b>", 1, True), Code("</b>", "</b>", 1)
    text = (opened, "all ", closed, "{n, plural, =1 {one ", value, "} other {# ", value, " more} }")
    outcome = held(text_talk(text, "de"), Model(shouted))
    assert not outcome.reason
    assert outcome.text is not None
    assert "".join(one if isinstance(one, str) else one.written for one in outcome.text) == (
        "{n, plural, =1 {<b c='d'>ALL </b>ONE <x id='1'/>} other {<b c='d'>ALL </b># <x id='1'/> MORE} }"
    )
    assert [one for one in outcome.text if isinstance(one, Code)] == [opened, closed, value] * 2


@pytest.mark.parametrize("message", ["plain", "{name}", "a {n, number} b", "{n, plural}", "plural, other {x}", "{}"])
def test_other_texts_are_no_choices(message):
    assert find_choice((message,)) is None


@given(st.text(alphabet="{}',# ", max_size=30), st.text(alphabet="{}'# x", max_size=20))
def test_odd_messages_are_refused_or_read(before, inside):
    message = f"{before}{{n, plural, other {{{inside}}}}}"
    try:
        choice = find_choice((message,))
    except ValueError:
        return
    assert choice is not None
    again = find_choice(choice.rebuilt(choice.texts))
    assert again is not None
    assert [meant(text) for text in choice.texts] == [meant(text) for text in again.texts]


def meant(text):
    """What a program shows: a quoted # is one, a bare one is the number."""
    codes = {"#": "<number>", "'#'": "#"}
    return "".join(one if isinstance(one, str) else codes.get(one.written, one.written) for one in text)
