"""Subtitles: words change, times and marks do not."""

from __future__ import annotations

import pytest

from braid.data.localizing import LocalizeOptions, localize
from pretend import Model

TIMES = "00:00:01,000 --> 00:00:02,000"


def srt(*rows):
    return "1\n" + TIMES + "\n" + "\n".join(rows) + "\n\n2\n" + TIMES.replace("01", "03") + "\n\n"


@pytest.mark.parametrize(
    ("rows", "sent", "expected"),
    [
        (["hello", "you"], ["hello you"], ["HELLO YOU"]),
        (["- hello", "- you"], ["hello", "you"], ["- HELLO", "- YOU"]),
        (["<i>- hello</i>", "<i>- you</i>"], ["- hello", "- you"], ["<i>- HELLO</i>", "<i>- YOU</i>"]),
        (["- hello", "you"], ["hello you"], ["- HELLO YOU"]),
        (["{\\an8}hello"], ["hello"], ["{\\an8}HELLO"]),
        (["<i>hello</i> you"], ["<i>hello</i> you"], ["<i>HELLO</i> YOU"]),
        (["a < b & c"], ["a < b & c"], ["A < B & C"]),
        (["a &lt; b"], ["a < b"], ["A &lt; B"]),
        (
            ["a sentence that is long enough", "for two lines of a subtitle"],
            ["a sentence that is long enough for two lines of a subtitle"],
            ["A SENTENCE THAT IS LONG ENOUGH", "FOR TWO LINES OF A SUBTITLE"],
        ),
    ],
)
def test_cues(run, shout, rows, sent, expected):
    assert run(srt(*rows), "a.srt").data.decode() == srt(*expected)
    assert shout.texts == sent


def test_a_mark_is_not_cut_in_two():
    long = "<font color='red' face='x y'>" + "word " * 20 + "</font> end"
    rows = ["one " * 10, "two " * 10]
    model = Model(lambda text: "word " * 20)
    done = localize(srt(*rows).encode(), "a.srt", model, LocalizeOptions(target_language="de")).data.decode()
    first, second = done.split("\n")[2:4]
    assert abs(len(first) - len(second)) < 12
    done = localize(
        srt(long, "x").encode(), "a.srt", Model(str.upper), LocalizeOptions(target_language="de")
    ).data.decode()
    assert "<font color='red' face='x y'>" in done


def test_an_arrow_makes_no_times(run):
    done = run(srt("hello"), "a.srt", lambda text: f"00:00:01,000 --> {text}").data.decode()
    assert done.count("-->") == 2


def test_chinese_is_not_wrapped_at_spaces():
    model = Model(lambda text: "字" * 40)
    options = LocalizeOptions(target_language="zh")
    done = localize(srt("one two three", "four five six").encode(), "a.srt", model, options).data.decode()
    assert "字" * 40 in done


def test_webvtt(run):
    text = (
        "\ufeffWEBVTT\r\n\r\nSTYLE\r\n::cue { }\r\n\r\nNOTE no\r\n\r\nid\r\n00:01.000 --> 00:02.000 align:start\r\n"
        "<v Ann>hello &amp; <b>you</b>\r\n\r\n00:03.000 --> 00:04.000\r\n<v Bob>hi</v> <v Ann>ho</v>"
    )
    done = run(text, "a.vtt").data.decode()
    assert done == text.replace("hello", "HELLO").replace("you", "YOU").replace(">hi", ">HI").replace(">ho", ">HO")
