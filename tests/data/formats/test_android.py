"""Android's resources: what a text with quotation marks and tags is."""

import pytest

from braid.data.example import Example


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('"Hello <b>x</b>  y"', "Hello <b>x</b>  y"),
        ('"  a" <b>b</b>', "  a <b>b</b>"),
        ('a <b>"  b"</b>', "a <b>  b</b>"),
        ("  a\n  <b>b</b>\n c ", "a <b>b</b> c"),
        ('say \\"<b>a</b>\\"', 'say "<b>a</b>"'),
    ],
)
def test_quotation_marks_may_be_around_tags(write, read, written, shown):
    for name, text in (("a.xml", written), ("b.xml", written.replace("a", "ä"))):
        write(name, f'<resources><string name="k">{text}</string></resources>')
    (row,) = read("a.xml,b.xml")
    assert isinstance(row, Example)
    assert row.source == shown
