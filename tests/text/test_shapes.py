import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.text.shapes import HALF_WIDTH, PIECE, shapes


@settings(deadline=None)
@given(st.text())
def test_one_sign_a_character(text):
    assert len(shapes(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("libFooBar2", ["lib", "Foo", "Bar", "2"]),
        ("SSLContext", ["SSL", "Context"]),
        ("OpenSSL", ["Open", "SSL"]),
        ("ÄrzteID für 3D", ["Ärzte", "ID", "für", "3", "D"]),
        ("用C写", ["用", "C", "写"]),
        ("हिन्दी", ["हिन्दी"]),
    ],
)
def test_pieces(text, pieces):
    assert [text[match.start() : match.end()] for match in PIECE.finditer(shapes(text))] == pieces


def test_half_width():
    assert "ＡＢｃ１２％．，。".translate(HALF_WIDTH) == "ABc12%.，。"
