"""Rows that get placeholders to practise with."""

import pytest

from braid.data.practice import SHARE, practice, protected_pair
from braid.text.protected import NO_SLOTS, SLOTS, protect

PAIRS = [(f"Open the file {i} of Peter", f"Öffne die Datei {i} von Peter") for i in range(100, 1100)]


def pieces_of(pairs, share, slots=SLOTS):
    return [practice(*protected_pair(*pair, slots), slots, share) for pair in pairs]


def test_a_share_of_the_rows_practises():
    changed = [source for source, _ in pieces_of(PAIRS, SHARE) if len(source.pieces) > 1]
    assert 0.5 * SHARE < len(changed) / len(PAIRS) < 1.5 * SHARE
    assert pieces_of(PAIRS, SHARE) == pieces_of(PAIRS, SHARE)


def test_what_stands_for_a_shared_word_stands_for_it_on_both_sides():
    seen = set()
    for (source, target), (left, right) in zip(PAIRS, pieces_of(PAIRS, 1.0), strict=True):
        slots = [[piece for piece in side.pieces if isinstance(piece, int)] for side in (left, right)]
        assert slots[0] == slots[1]
        assert set(slots[0]) == set(left.originals) == set(right.originals)
        seen |= set(slots[0])
        if len(slots[0]) == 2:  # tags around a word: the text is all there
            assert (left.restore(), right.restore()) == (source, target)
        else:
            number = source.split()[3]
            assert (left.restore(), right.restore()) in [
                (source.replace(word, ""), target.replace(word, "")) for word in (number, "Peter")
            ]
    assert seen == set(range(SLOTS.total))


def test_texts_that_share_nothing_have_them_at_their_edges():
    for i in range(200):
        source, target = f"text {chr(97 + i % 26) * (i + 1)}", "文本" * (i + 1)
        left, right = pieces_of([(source, target)], 1.0)[0]
        assert (left.restore().strip(), right.restore().strip()) == (source, target)
        assert isinstance(left.pieces[0], int) == isinstance(right.pieces[0], int)


@pytest.mark.parametrize("pair", [("{a} x", "x {a}"), ("x", "{a} x"), ("", ""), ("x", "")])
def test_rows_that_have_placeholders_stay(pair):
    protected = protected_pair(*pair, SLOTS)
    if pair == ("x", "{a} x"):  # nothing is protected there: the source lacks it
        assert protected[1].pieces == ("{a} x",)
    else:
        assert practice(*protected, SLOTS, 1.0) == protected


def test_without_slots_nothing_changes():
    source, target = "&File {a} 100", "&Datei {a} 100"
    assert pieces_of([(source, target)], 1.0, NO_SLOTS) == [(protect(source, NO_SLOTS), protect(target, NO_SLOTS))]


def test_accelerators_are_left_out_of_training():
    left, right = protected_pair("&File", "文件(&F)", SLOTS)
    assert (left.pieces, right.pieces) == (("File",), ("文件",))
    assert protected_pair("File", "&Datei", SLOTS)[1].pieces == ("&Datei",)
    left, right = protected_pair("Configurat&ion", "配置(&I)", SLOTS)
    assert (left.pieces, right.pieces) == (("Configuration",), ("配置",))
    left, right = protected_pair("drag&drop", "drag&drop", SLOTS)
    assert (left.pieces, right.pieces) == (("drag&drop",), ("drag&drop",))
