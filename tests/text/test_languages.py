import pytest

from braid.text.identify import LanguageCheck
from braid.text.languages import NAMES, canonical, declared_script, has_spaces, language_name
from braid.text.matching import best_languages, language_rank
from braid.text.sentences import split_sentences


@pytest.mark.parametrize("code", ["zh", "zh_CN", "ZH-hans", " zh-Hant-TW "])
def test_canonical(code):
    assert canonical(code) == "zh"


@pytest.mark.parametrize(
    ("code", "base"),
    [
        ("eng", "en"), ("deu", "de"), ("ger", "de"), ("zho_Hans", "zh"), ("cmn-Hant", "zh"), ("arb", "ar"),
        ("swh_Latn", "sw"), ("mri", "mi"), ("khm", "km"), ("sr@latin", "sr"), ("de_DE.UTF-8", "de"), ("tlh", "tlh"),
        ("yue", "yue"), ("", ""), ("-", ""),
    ],
)  # fmt: skip
def test_codes_of_three_letters(code, base):
    assert canonical(code) == base


def test_every_language_that_lingua_knows_by_either_code():
    from lingua import Language

    for language in Language.all():
        short, longer = language.iso_code_639_1.name.lower(), language.iso_code_639_3.name.lower()
        assert canonical(longer) == short
        assert language_name(short) == NAMES[short]
        assert language_name(longer) == f"{NAMES[short]} ({longer})"


def test_what_asks_by_code_takes_three_letters():
    assert LanguageCheck("deu", "fra").mismatch(["It is the old man who was in the garden with all of them."]) == [
        "looks like English (1.00), not German"
    ]
    assert split_sentences("Am 3. Mai kam er.", "deu") == ["Am 3. Mai kam er."]
    assert not has_spaces("khm")
    assert language_rank("deu", "de") == 5
    assert language_rank("zh", "zho_Hans") == 3
    assert best_languages("de", ["eng", "deu"]) == [1]


@pytest.mark.parametrize(
    ("code", "script"),
    [
        ("ms-Arab", "Arab"), ("uz_cyrl_UZ", "Cyrl"), ("sr@latin", "Latn"), ("zh-Hant-TW", "Hant"), ("de_DE", ""),
        ("de-1996", ""), ("", ""), ("latn", ""), ("de_DE.UTF-8", ""),
    ],
)  # fmt: skip
def test_declared_scripts(code, script):
    assert declared_script(code) == script


def test_names_and_spaces():
    assert language_name("zh") == language_name("ZH") == "Chinese"
    assert language_name("zh_CN") == "Chinese (zh_CN)"
    assert language_name("tlh") == "tlh"
    assert not any(map(has_spaces, ("zh-Hans", "ja", "th", "lo", "my", "km", "yue")))
    assert all(map(has_spaces, ("en", "ko", "vi", "de_DE")))
