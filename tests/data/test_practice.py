"""Rows that get placeholders to practice with."""

import pytest

from braid.data.practice import SHARE, practice, protected_pair
from braid.text.protected import NO_SLOTS, SLOTS, Protected
from braid.text.tokenizer import train_tokenizer

COLORS = {"red": "rote", "green": "grüne", "blue": "blaue", "white": "weiße", "black": "schwarze"}
PAIRS = [
    (f"Open the {color} file {i} of Peter", f"Öffne von Peter die {farbe} Datei {i}")
    for i in range(100, 300)
    for color, farbe in COLORS.items()
]
TEXTS = [text for pair in PAIRS for text in pair]
TOKENIZER, PLAIN = (train_tokenizer(TEXTS, placeholders=keeps) for keeps in (True, False))


def pieces_of(pairs, share, tokenizer=TOKENIZER):
    return practice([protected_pair(*pair, tokenizer.slots) for pair in pairs], tokenizer, share)


def slots_of(side):
    return [piece for piece in side.pieces if isinstance(piece, int)]


def test_a_share_of_the_rows_practices():
    done = pieces_of(PAIRS, SHARE)
    changed = [source for source, _ in done if len(source.pieces) > 1]
    assert 0.5 * SHARE < len(changed) / len(PAIRS) < 1.5 * SHARE
    assert done == pieces_of(PAIRS, SHARE)
    assert [a for a, b in zip(done, pieces_of(PAIRS, 0.0), strict=True) if a == b]


def test_what_a_row_gets_is_right_on_both_sides():
    seen = set()
    for (source, target), (left, right) in zip(PAIRS, pieces_of(PAIRS, 1.0), strict=True):
        slots = slots_of(left)
        assert sorted(slots) == sorted(slots_of(right))
        assert set(slots) == set(left.originals) == set(right.originals)
        seen |= set(slots)
        if slots[0] >= SLOTS.values:  # tags: the text is all there
            assert (left.restore(), right.restore()) == (source, target)
            assert inside(left).keys() == inside(right).keys()
            for slot, word in inside(left).items():
                assert inside(right)[slot] in {
                    **COLORS,
                    "Open": "Öffne",
                    "file": "Datei",
                    "of": "von",
                    "the": "die",
                }.get(word, word)
        else:
            words = (source.split()[4], "Peter")
            expected = [(source.replace(word, ""), target.replace(word, "")) for word in words]
            assert (left.restore(), right.restore()) in expected
    assert seen == set(range(SLOTS.total))


def inside(side):
    """The text within each pair of tags."""
    pairs = zip(side.pieces, side.pieces[1:], strict=False)
    return {slot: text for slot, text in pairs if isinstance(slot, int) and SLOTS.is_opening(slot)}


def test_texts_that_share_nothing_have_them_at_their_edges():
    pairs = [(f"text {chr(97 + i % 26) * (i + 1)}", "文本" * (i + 1)) for i in range(200)]
    for (source, target), (left, right) in zip(pairs, pieces_of(pairs, 1.0), strict=True):
        if not any(slot >= SLOTS.values for slot in left.originals):
            assert (left.restore().strip(), right.restore().strip()) == (source, target)
            assert isinstance(left.pieces[0], int) == isinstance(right.pieces[0], int)


def test_placeholders_that_are_there_get_tags():
    ((left, right),) = pieces_of([("{a} x {b} {b}", "x {b} {b} {a}")], 1.0)
    assert left.pieces[3:] == (" x ", 1, " ", 1)
    opening, slot, closing = left.pieces[:3]
    assert slot == 0
    assert right.pieces[-3:] == (opening, 0, closing)
    assert SLOTS.is_opening(opening)
    assert closing == opening + SLOTS.pairs


@pytest.mark.parametrize("pair", [("<b>x</b> {a}", "{a} <b>x</b>"), ("{a} {a}", "{a} {a}"), ("", ""), ("x {a}", "x")])
def test_other_rows_stay(pair):
    protected = protected_pair(*pair, SLOTS)
    assert practice([protected], TOKENIZER, 1.0) == [protected]


def test_without_slots_nothing_changes():
    pair = ("&File {a} 100", "&Datei {a} 100")
    sides = [Protected(pieces=(text,), originals={}) for text in pair]
    assert pieces_of([pair], 1.0, PLAIN) == [tuple(sides)]
    assert protected_pair(*pair, NO_SLOTS) == tuple(sides)


def test_accelerators_are_left_out_of_training():
    left, right = protected_pair("&File", "文件(&F)", SLOTS)
    assert (left.pieces, right.pieces) == (("File",), ("文件",))
    assert protected_pair("File", "&Datei", SLOTS)[1].pieces == ("&Datei",)
    left, right = protected_pair("Configurat&ion", "配置(&I)", SLOTS)
    assert (left.pieces, right.pieces) == (("Configuration",), ("配置",))
    left, right = protected_pair("drag&drop", "drag&drop", SLOTS)
    assert (left.pieces, right.pieces) == (("drag&drop",), ("drag&drop",))


def test_tags_around_both_texts_are_left_out_of_training():
    left, right = protected_pair("<p><b>a</b></p>", "<p><b>x</b></p>", SLOTS)
    assert (left.pieces, right.pieces) == (("a",), ("x",))
    left, right = protected_pair("<p>a</p>", "<p>x</p> y", SLOTS)
    assert (left.pieces, right.pieces) == ((10, "a", 15), (10, "x", 15, " y"))
