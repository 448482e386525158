import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.text.names import find_names


def found(text: str, language: str) -> list[str]:
    return [text[name.start : name.end] for name in find_names(text, language=language)]


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        ("en", "Yesterday Angela Merkel met Macron.", ["Angela", "Merkel", "Macron"]),
        ("en", "The plan failed. Nobody knew why: Money was short.", []),
        ("en", "Use libfoo2 or OpenSSL for PDFs.", ["libfoo2", "OpenSSL", "PDFs"]),
        ("en", "OpenSSL is old. GTK as well.", ["OpenSSL", "GTK"]),
        ("en", "Learning to Rank Sentences with Graphs", []),
        ("en", "BREAKING NEWS FROM THE CAPITAL", []),
        ("en", 'He wrote "Moby Dick" and asked ann@example.org, see https://example.org/a.',
         ["Moby Dick", "ann@example.org", "https://example.org/a"]),
        ("de", "Die Regierung sprach mit der Deutschen Bank über Geld.", ["Deutschen", "Bank"]),
        ("de", "Ein RDF-Syntax Modul in Ordnung", ["RDF"]),
        ("fr", "Le jeu « Petit Prince » de France", ["Petit Prince", "France"]),
        ("zh", "用 Python 写的《红楼梦》阅读器，ssh 可用", ["Python", "红楼梦", "ssh"]),
        ("ru", "Вчера Иванов купил iPhone и пиво", ["Иванов", "iPhone"]),
        ("ar", "يستخدم Linux اليوم", ["Linux"]),
        ("en", "", []),
        ("zh", "😀。", []),
    ],
)  # fmt: skip
def test_names(language, text, names):
    assert found(text, language) == names


@settings(deadline=None)
@given(
    st.text(alphabet=st.characters() | st.sampled_from("Ab1 .-\"'@《》«»")), st.sampled_from(["en", "de", "zh", "ru"])
)
def test_any_text_is_read(text, language):
    names = find_names(text, language=language)
    assert all(name.start < name.end <= len(text) for name in names)


@pytest.mark.parametrize("text", ["a", "A", "Ab ", "a.", '"', "《", "“a", "a@", "https://.", "aB"])
def test_linear_time(text):
    begun = time.process_time()
    find_names(text * (100_000 // len(text)), language="en")
    assert time.process_time() - begun < 20
