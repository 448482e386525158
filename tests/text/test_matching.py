from __future__ import annotations

import pytest

from braid.text.matching import best_languages, language_rank


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("zh", "zh_CN"),
        ("zh", "zh-cn"),
        ("ZH", "zh-Hans-CN"),
        ("zh-CN", "zh_Hans"),
        ("zh-TW", "zh-Hant-HK"),
        ("zh-CN", "zh"),
        ("de", "de_DE.UTF-8"),
        ("en-GB", "EN"),
        ("sr-latin", "sr@latin"),
    ],
)
def test_codes_that_fit(wanted, found):
    assert language_rank(wanted, found) > 0


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("zh-CN", "zh-TW"), ("zh-Hans", "zh_HK"), ("en-GB", "en-US"), ("de", "den"), ("de", ""), ("", "de"), ("no", "nb")],
)
def test_codes_that_do_not_fit(wanted, found):
    assert language_rank(wanted, found) == 0


def test_the_best_code_wins_and_equals_share():
    assert best_languages("zh", ["zh-TW", "en", "zh-CN"]) == [2]
    assert best_languages("zh", ["zh-TW", "en"]) == [0]
    assert best_languages("zh", ["zh-CN", "zh", "ZH"]) == [1, 2]
    assert best_languages("pt", ["pt-BR", "pt-PT"]) == [0, 1]
    assert best_languages("fr", ["de"]) == []
