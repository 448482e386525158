"""Placeholders, tags, spaces and lines survive any model."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.data.formats.tags import Code, Tag, native, shown, tagged
from braid.data.localizing.asking import BROKEN, CUT_SHORT, IN_PIECES, NOTHING, QUOTING, text_talk
from braid.data.localizing.contract import plain
from braid.data.localizing.conversation import held, together
from braid.text.placeholders import placeholders
from pretend import Model, Reply, shouted


def told(text, answer=shouted, language="de"):
    model = Model(answer)
    return held(text_talk(text, language), model), model


def b(*pieces):
    """``*`` opens and closes a pair."""
    tags = {"<": Tag("<b id='1'>", "b", "open"), ">": Tag("</b>", "b", "close"), "x": Tag("<x/>", "x", shown="{x}")}
    return tagged([tags.get(piece, piece) for piece in pieces])


def test_spaces_and_lines_stay():
    outcome, model = told(("  one \n\n\ttwo  three\n",))
    assert outcome.text == ("  ONE \n\n\tTWO  THREE\n",)
    assert model.texts == ["one", "two  three"]


@pytest.mark.parametrize("text", ["", "  ", "42", "%s: %d", "{name}", "%Y-%m-%d", "… !", "<b></b>", "\u0301"])
def test_what_has_no_words_is_not_sent(text):
    outcome, model = told((text,) if text else ())
    assert outcome.text == ((text,) if text else ())
    assert not model.asked


def test_a_text_with_its_codes_is_sent_whole():
    text = b("Open ", "<", "the ", "x", " door", ">", " now")
    outcome, model = told(text, lambda _: "Jetzt <b>die Tür {x}</b> öffnen")
    assert model.texts == ["Open <b>the {x} door</b> now"]
    assert shown(outcome.text) == "Jetzt <b>die Tür {x}</b> öffnen"
    assert [piece.written for piece in outcome.text if isinstance(piece, Code)] == ["<b id='1'>", "<x/>", "</b>"]
    assert not outcome.reason


def test_a_pair_around_everything_is_not_sent():
    outcome, model = told(b(" ", "<", "word", ">", " "))
    assert model.texts == ["word"]
    assert shown(outcome.text) == " <b>WORD</b> "


@pytest.mark.parametrize(
    "answer",
    [
        "ohne alles",
        "</b>verkehrt<b> {x}",
        "<b>doppelt</b> <b>{x}</b>",
        "<b>{x} {x}</b>",
        "<b>offen {x}",
        "",
        "<b>a</b> {x} {neu}",
    ],
)
def test_codes_that_do_not_match_make_pieces(answer):
    text = b("Open ", "<", "door", ">", " ", "x", " now")
    outcome, model = told(text, lambda asked: answer if "<b>" in asked else asked.upper())
    assert shown(outcome.text) == "OPEN <b>DOOR</b> {x} NOW"
    assert outcome.reason == IN_PIECES
    assert model.asked[1] == ["Open", "door", "now"]


def test_placeholders_that_do_not_match_make_pieces():
    outcome, model = told(
        ("Delete {n} files of %s?",), lambda text: text.upper().replace("{N}", "{}").replace("%S", "")
    )
    assert outcome.text == ("DELETE {n} FILES OF %s?",)
    assert outcome.reason == IN_PIECES
    assert model.asked == [["Delete {n} files of %s?"], ["Delete", "files of"]]


def test_a_placeholder_with_spaces_inside_is_found():
    outcome, _ = told(("Hi {{ name }} there",), lambda text: re.sub(r"\{\{.*?\}\}", "", text).upper())
    assert outcome.text == ("HI {{ name }} THERE",)


def test_a_model_that_adds_placeholders_is_not_believed():
    outcome, _ = told(("Hello you",), lambda text: text + " {0}")
    assert (outcome.text, outcome.reason) == (None, BROKEN)


def test_a_model_that_says_nothing_is_told_so():
    outcome, _ = told(("Hello you",), lambda text: " ")
    assert (outcome.text, outcome.reason) == (None, NOTHING)
    outcome, _ = told(("Hello {0} you",), lambda text: "")
    assert (outcome.text, outcome.reason) == (None, NOTHING)


def test_a_cut_translation_is_doubtful():
    outcome = held(text_talk(("a b",), "de"), lambda texts: [Reply("x", is_complete=False) for _ in texts])
    assert (outcome.text, outcome.reason) == (("x",), CUT_SHORT)


def test_an_apostrophe_before_a_brace_is_doubtful():
    assert told(("of {x}",), lambda text: "d'{x}")[0].reason == QUOTING


def test_one_broken_line_leaves_the_whole_text():
    outcome, _ = told(("one\ntwo",), lambda text: "{0}" if text == "two" else text)
    assert outcome.text is None


def test_a_pair_over_two_lines_stays():
    outcome, _ = told(b("one ", "<", "two\n", "three", ">", "\n", "<", "\n", ">"))
    assert shown(outcome.text) == shown(b("ONE ", "<", "TWO\n", "THREE", ">", "\n", "<", "\n", ">"))


def test_many_codes_are_not_sent():
    text = tagged([piece for n in range(50) for piece in ("word ", Tag(f"<x {n}>", "x"))])
    outcome, model = told(text)
    assert model.texts == ["word"]
    assert shown(outcome.text) == shown(text).replace("word", "WORD")


PIECES = st.lists(
    st.sampled_from(
        ["one ", " two", "x", "{0}", "%s", "\n", "  ", "<", ">", Tag("<i>", "i", "open"), Tag("<br>", "br")]
    ),
    max_size=12,
)


@given(PIECES, st.integers(0, 2**32))
def test_any_model_leaves_codes_and_placeholders(pieces, seed):
    """Whatever a model does to tokens, what comes out has them all, or nothing comes out."""
    import random

    dice = random.Random(seed)

    def mangled(text):
        parts = re.findall(r"<[^<>]*>|\{\w+\}|%s|\S+|\s+", text)
        dice.shuffle(parts)
        return "".join(parts[: dice.randint(0, len(parts))])

    text = b(*pieces)
    outcome, _ = told(text, mangled)
    if outcome.text is None:
        assert outcome.reason
        return
    codes = [[piece for piece in one if isinstance(piece, Code)] for one in (text, outcome.text)]
    assert sorted(codes[0], key=repr) == sorted(codes[1], key=repr)
    assert placeholders(plain(text)) == placeholders(plain(outcome.text))
    assert shown(text).count("\n") == shown(outcome.text).count("\n")
    depth = []
    for code in codes[1]:
        if code.is_open:
            depth.append(code.partner)
        elif code.partner:
            assert depth.pop() == code.partner


def test_names_of_tags():
    link, other = Tag("<a href='1'>", "a", "open"), Tag("<a href='2'>", "a", "open")
    end = Tag("</a>", "a", "close")
    assert shown(tagged([link, "x", end, other, "y", end])) == "<a1>x</a1><a2>y</a2>"
    assert shown(tagged([link, "x", end, link, "y", end])) == "<a>x</a><a>y</a>"
    assert shown(tagged([end, "x", link])) == "<a1/>x<a2/>"
    assert shown(tagged([Tag("1", "ph", shown="{0}"), Tag("2", "ph", shown="{0}")])) == "{0}{0-2}"
    assert [native(code) for code in ("{0}", "%s", "{ x }", "text", "{0} {0}", "", "{0} x")] == [
        "{0}",
        "%s",
        "{ x }",
        *[""] * 4,
    ]


def test_talks_ask_together():
    def one(text, rounds):
        for number in range(rounds):
            (reply,) = yield [f"{text}{number}"]
            text = reply.text
        return text

    model = Model(lambda text: text + "!")
    assert held(together([one("a", 2), one("b", 0), one("a", 1), together([one("c", 3)])]), model) == [
        "a0!1!", "b", "a0!", ["c0!1!2!"]
    ]  # fmt: skip
    assert model.asked == [["a0", "c0"], ["a0!1", "c0!1"], ["c0!1!2"]]


def test_a_model_that_answers_too_little_is_an_error():
    with pytest.raises(ValueError, match="zip"):
        held(text_talk(("a\nb",), "de"), lambda texts: [Reply("x")])
