"""Language codes as clients spell them."""

from __future__ import annotations

import pytest

from braid.errors import ConfigError, RequestError
from braid.serve.pairs import Pairs
from braid.serve.settings import ServeSettings


@pytest.mark.parametrize("code", ["zh", "zh-Hans", "zh_CN", "zh-CN", "ZH", "zh-TW", "zh-Hant"])
def test_every_name_of_chinese_finds_the_only_chinese(make_translator, code):
    pairs = Pairs([make_translator("en", "zh_CN")], ServeSettings())
    assert pairs.resolve(code) == "zh"
    assert pairs.engine("en", pairs.resolve(code)).translator.target_language == "zh_CN"


def test_regional_english_finds_english(make_translator):
    assert Pairs([make_translator()], ServeSettings()).resolve("en_GB") == "en"


@pytest.mark.parametrize("code", ["", "auto", "!!", "e", "zhx", "-", "en" * 20, "\u4e2d\u6587"])
def test_what_is_no_served_code_is_refused(make_translator, code):
    with pytest.raises(RequestError, match="is not served"):
        Pairs([make_translator()], ServeSettings()).resolve(code)


def test_unknown_languages_and_pairs_are_named(make_translator):
    pairs = Pairs([make_translator("en", "zh"), make_translator("de", "en")], ServeSettings())
    with pytest.raises(RequestError, match='"fr" is not served, only en, zh, de'):
        pairs.resolve("fr")
    with pytest.raises(RequestError, match="zh → en is not served, only en → zh, de → en"):
        pairs.engine("zh", "en")
    assert pairs.targets("en") == ["zh"]
    assert pairs.targets("zh") == []


def test_impossible_sets_of_translators_are_refused(make_translator):
    with pytest.raises(ConfigError, match="at least one"):
        Pairs([], ServeSettings())
    with pytest.raises(ConfigError, match="two for en → zh"):
        Pairs([make_translator("en", "zh"), make_translator("EN", "ZH")], ServeSettings())
    with pytest.raises(ConfigError, match="two for zh → en"):
        Pairs([make_translator("zh_CN", "en"), make_translator("zh-Hans", "en")], ServeSettings())


def test_varieties_of_one_language_are_told_apart_where_they_must_be(make_translator):
    pairs = Pairs([make_translator("zh_CN", "zh-TW"), make_translator("en", "zh-Hans")], ServeSettings())
    assert pairs.codes == ("zh-CN", "zh-TW", "en")
    assert [pairs.resolve(code) for code in ("zh", "zh-Hans", "zh_cn", "zh-Hant-HK", "zh-TW", "en-US")] == [
        "zh-CN", "zh-CN", "zh-CN", "zh-TW", "zh-TW", "en"
    ]  # fmt: skip
    assert pairs.engine("zh-CN", "zh-TW").translator.source_language == "zh_CN"
    assert pairs.targets("en") == ["zh-CN"]


def test_two_targets_of_one_language(make_translator):
    pairs = Pairs([make_translator("en", "pt-BR"), make_translator("en-US", "pt-PT")], ServeSettings())
    assert pairs.codes == ("en", "pt-BR", "pt-PT")
    with pytest.raises(RequestError, match='"pt" may be pt-BR or pt-PT here'):
        pairs.resolve("pt")


def test_codes_of_three_letters_stay_as_declared_and_are_found_by_either(make_translator):
    pairs = Pairs([make_translator("eng", "deu"), make_translator("de", "eng_Latn")], ServeSettings())
    assert pairs.codes == ("eng", "deu")
    assert [pairs.resolve(code) for code in ("en", "eng", "de", "ger", "de_AT")] == ["eng", "eng", "deu", "deu", "deu"]
