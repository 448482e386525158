import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.text.scripts import is_unspaced
from braid.text.units import units


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Größe: 3 GB, 用 Python 写", ["größe", "3", "gb", "用", "python", "写"]),
        ("don't re-use foo_bar", ["don", "t", "re", "use", "foo", "bar"]),
        ("हिन्दी में", ["हिन्दी", "में"]),  # vowels that are marks stay in their words
        ("ภาษา", list("ภาษา")),
        ("๒๕๖๗ ปี", ["๒๕๖๗", *"ปี"]),  # a number is one unit in digits of any script
        ("עברית, العربية", ["עברית", "العربية"]),
        ("😀 — …", []),
        ("", []),
    ],
)
def test_units(text, found):
    assert units(text) == found


@settings(deadline=None)
@given(st.text(), st.text())
def test_units_of_two_texts_are_those_of_each(one, other):
    assert units(f"{one}\n{other}") == units(one) + units(other)


def test_scripts_without_spaces():
    assert all(map(is_unspaced, "中の〇ไ𠀀"))
    assert not any(map(is_unspaced, "aя한ا。"))


def test_spans_lead_to_the_units():
    from braid.text.shapes import unit_spans

    text = "Größe: 3 GB, 用 Python 写。🙂 it's"
    spans = unit_spans(text)
    assert [text[begin:end].lower() for begin, end in spans] == units(text)
    assert unit_spans("") == unit_spans(" .,!") == []
