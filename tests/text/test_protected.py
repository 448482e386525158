"""Placeholders taken out of texts and put back."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.text.placeholders import find_placeholders
from braid.text.protected import NO_SLOTS, SLOTS, Slots, masked, protect

PARTS = [
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<br/>",
    '<a href="x y">',
    "</a>",
    "{n}",
    "{ n }",
    "%s",
    "%1$s",
    "{{x}}",
    "a b",
    "。",
]
PARTS += ["<ph0>", "http://x.org/a.", "\ud800", "&copy;", "{n, plural, one {# a} other {# b}}", " ", "<tag0>", "%(x)d"]
MIXED = st.lists(st.sampled_from(PARTS), max_size=30).map("".join)
ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=()))


@given(MIXED | ANY_TEXT)
@settings(max_examples=400)
def test_every_text_comes_back(text):
    for slots in (SLOTS, NO_SLOTS, Slots(values=1, pairs=1)):
        protected = protect(text, slots)
        assert protected.restore() == text
        assert all(slot < slots.total for slot in protected.originals)
        assert set(protected.originals) == {piece for piece in protected.pieces if isinstance(piece, int)}
        assert "" not in protected.pieces


@given(MIXED, MIXED)
@settings(max_examples=400)
def test_a_translation_uses_its_sources_slots(source, target):
    protected = protect(source)
    translated = protect(target, source=protected)
    assert translated.restore().replace(" ", "") == target.replace(" ", "")  # one spelling of each placeholder
    assert set(translated.originals) <= set(protected.originals)
    for slot, text in translated.originals.items():
        assert protected.originals[slot].replace(" ", "") == text.replace(" ", "")


@given(MIXED)
@settings(max_examples=300)
def test_pairs_open_before_they_close_and_never_cross(text):
    waiting = []
    for slot in protect(text).pieces:
        if isinstance(slot, str) or slot < SLOTS.values:
            continue
        if SLOTS.is_opening(slot):
            assert slot not in waiting
            waiting.append(slot)
        else:
            assert SLOTS.closing(waiting.pop() - SLOTS.values) == slot
    assert not waiting


@pytest.mark.parametrize(
    ("source", "pieces"),
    [
        ("", ()),
        ("a", ("a",)),
        ("{a} and {b}, {a}", (0, " and ", 1, ", ", 0)),
        ("<b>x</b><b>y</b>", (10, "x", 15, 10, "y", 15)),
        ("<b>x<b>y</b></b>", (10, "x", 11, "y", 16, 15)),
        ('<a href="1">x</a><a href="2">y</a>', (10, "x", 15, 11, "y", 16)),
        ("<path> or <x>", ("<path> or ", 0)),
        ("<br><b>x", (0, 1, "x")),
        ("<b>x<i>y</b>", (10, "x", 0, "y", 15)),
        ("".join(f"{{p{i}}}" for i in range(12)), (*range(10), "{p10}{p11}")),
        ("<g id='1'/>", (0,)),
    ],
)
def test_slots(source, pieces):
    assert protect(source).pieces == pieces


@pytest.mark.parametrize(
    ("source", "target", "pieces"),
    [
        ("{a} of {b}", "{b}: {a}", (1, ": ", 0)),
        ("{a}", "{a} {c}", (0, " {c}")),
        ("{{ a }}", "{{a}} x", (0, " x")),
        ("<b>x</b> y", "y <b>x</b>", ("y ", 10, "x", 15)),
        ("<b>x</b>", "</b>x<b>", ("</b>x<b>",)),
        ("x", "{a}", ("{a}",)),
        ('<a href="1">x</a> <a href="2">y</a>', '<a href="2">y</a> <a href="1">x</a>', (11, "y", 16, " ", 10, "x", 15)),
    ],
)
def test_slots_of_a_translation(source, target, pieces):
    assert protect(target, source=protect(source)).pieces == pieces


def test_restore_with_other_pieces():
    protected = protect("<b>{n}</b> of {m}")
    assert protected.restore(["von ", 1, " ", 10, 0, 15]) == "von {m} <b>{n}</b>"
    assert protected.restore([7, "x"]) == "x"


def test_placeholders_stay_apart_from_words_where_they_must():
    protected = protect("%s and :name, {n}")
    assert protected.restore_readable([0, "cat", 1, "s", 2, "x"]) == "%s cat :name s {n} x"
    assert protected.restore_readable(["a ", 2, "s ", 0, "。", 1, "个"]) == "a {n}s %s。:name个"
    assert protected.restore_readable(["", 1, 1]) == ":name :name"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("{a}", True), ("<b>{a}</b> – %s.", True), ("{a} b", False), ("5 {a}", False), ("", False), ("...", False)],
)
def test_only_placeholders(text, expected):
    assert protect(text).is_only_placeholders is expected


@given(MIXED | ANY_TEXT)
def test_a_masked_text_is_as_long(text):
    hidden = masked(text)
    assert len(hidden) == len(text)
    for one in find_placeholders(text):
        assert set(hidden[one.start : one.end]) == {"x"}


@pytest.mark.parametrize("text", ["<b>", "</b>", "<b></b>", "<b><i></b>", "{a}", "{a, plural,", "%s"])
def test_time_is_linear(text):
    long_text = text * (100_000 // len(text))
    begun = time.process_time()
    assert protect(long_text).restore() == long_text
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("<p>a</p>", ("<p>", "a", "</p>")),
        ("<p><b>a</b></p>", ("<p><b>", "a", "</b></p>")),
        ("<p>a</p><p>b</p>", ("", "<p>a</p><p>b</p>", "")),
        ("<p>a</p> b", ("", "<p>a</p> b", "")),
        ("<p>{a} b</p>", ("<p>", "{a} b", "</p>")),
        ("<p></p>", ("", "<p></p>", "")),
        ("<p>{a}</p>", ("<p>", "{a}", "</p>")),
        ("a", ("", "a", "")),
        ("", ("", "", "")),
    ],
)
def test_tags_around_all_of_a_text(text, parts):
    before, within, behind = protect(text).unwrapped(SLOTS)
    assert (before, within.restore(), behind) == parts
    assert set(within.originals) == {piece for piece in within.pieces if isinstance(piece, int)}
