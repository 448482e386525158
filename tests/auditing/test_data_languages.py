import pytest

from audit_rows import pair
from braid.auditing.data_languages import (
    language_codes,
    language_together,
    languages_found,
    script_counts,
    script_shares,
    wanted_scripts,
)

ENGLISH = "The weather was fine yesterday, so we walked along the river"
GERMAN = "Gestern war das Wetter schön, deshalb gingen wir am Fluss entlang"
CHINESE = "昨天天气很好，所以我们沿着河边散步，然后回家吃晚饭"


def test_scripts_count_letters_alone():
    assert script_shares(script_counts(["ab", "я1!", "  "])) == {"Latin": 0.66667, "Cyrillic": 0.33333}
    assert script_shares(script_counts(["好あｱＡ"])) == {"kana": 0.5, "Han": 0.25, "Latin": 0.25}
    assert script_shares(script_counts(["123 …", ""])) == {}


def test_a_few_texts_in_another_language_are_found():
    rows = [pair(number, f"{GERMAN if number % 10 == 0 else ENGLISH} {number}", "") for number in range(60)]
    found = languages_found(rows, "source", "en")
    assert found["other"] == 0.1
    assert {row["line"] % 10 for row in found["rows"]} == {1}
    assert {row["language"] for row in found["rows"]} == {"de"}
    assert languages_found(rows, "source", "")["languages"]["en"] == 0.9


def test_short_texts_say_nothing():
    found = languages_found([pair(0, "Datei", "")] * 50, "source", "en")
    assert found["texts"] == 0 == found["other"]
    assert found["languages"] == {}


def test_foreign_names_do_not_make_a_text_foreign():
    text = "Apple Lossless Audio Codec是哪个公司的无损音频压缩编码格式？"
    assert language_codes([text] * 3, "zh") == ["zh"] * 3
    assert language_codes([GERMAN], "zh") == ["de"]


JAPANESE = "昨日は天気が良かったので、川沿いを散歩してから家に帰って夕食を食べました"


@pytest.mark.parametrize("declared", ["", "zh"])
def test_old_chinese_with_a_few_kana_is_chinese(declared):
    """Electronic editions of old novels have kana in the place of characters that a font lacked."""
    old = "話說天下大勢分久必合合久必分ノ周末七國分爭并入于秦及秦滅之後楚漢分爭又并入于漢"
    assert language_codes([old, CHINESE, CHINESE], declared) == ["zh", "zh", "zh"]
    found = languages_found([pair(0, "", old), pair(1, "", CHINESE)], "target", declared)
    assert (found["other"], found["stray_kana"], list(found["languages"])) == (0.0, 1, ["zh"])


def test_japanese_stays_japanese():
    assert language_codes([JAPANESE], "zh") == ["ja"]
    assert language_codes([JAPANESE, "東京都千代田区霞が関二丁目一番二号中央合同庁舎第三号館国土交通省"], "ja") == [
        "ja",
        "ja",
    ]
    assert languages_found([pair(0, JAPANESE, "")] * 3, "source", "ja")["stray_kana"] == 0


def test_short_texts_tell_their_language_together():
    german = ["Regnet es heute?", "Wie heiß wird es morgen", "Stell den Wecker ab", "Zeig mir die Termine"] * 30
    chinese = ["今天会下雨吗", "明天有多热", "把闹钟关掉", "给我看看日程"] * 30
    assert (language_together(german), language_together(chinese)) == ("de", "zh")
    assert language_together([*german, *chinese][::2]) in ("de", "zh", "")
    assert language_together(german[:3]) == "" == language_together([])


def test_of_a_language_that_nobody_tells_nothing_is_said():
    assert language_codes([GERMAN], "yue") == [""]


def test_odd_texts():
    assert language_codes([], "en") == []
    assert len(language_codes(["\ud800" * 40, "…" * 50, "1 2 3 " * 20], "en")) == 3


@pytest.mark.parametrize(("code", "calls"), [("zh", 1), ("en", 0)])
def test_variants_are_asked_for_chinese_alone(code, calls):
    asked = []
    rows = [pair(0, CHINESE if code == "zh" else ENGLISH, "")] * 3
    found = languages_found(rows, "source", code, lambda texts: asked.append(texts) or "mixed")
    assert len(asked) == calls
    assert found["variant"] == ("mixed" if calls else "")


def test_scripts_that_a_code_names():
    assert wanted_scripts("de_AT") == wanted_scripts("ms-Latn") == {"Latin"}
    assert wanted_scripts("zh-Hant") == wanted_scripts("zh") == {"Han"}
    assert wanted_scripts("ms-Arab") == {"Arabic"}
    assert wanted_scripts("ja-Jpan") == {"Han", "kana"}
    assert wanted_scripts("my-Mymr") == set(script_counts(["မြန်မာ"]))
    assert wanted_scripts("sr") == wanted_scripts("en-Zzzz") == set()


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ms-Arab", "ساي ممبلي روتي دان اير دان سبواه کتاب يڠ بسر دڤاسر"),
        ("ru-Latn", "Staryy chelovek otkryl dver i dolgo smotrel na sad za rekoy"),
        ("sr-Latn", "Stari čovek je otvorio vrata i pogledao u baštu koja je bila puna cveća"),
        ("deu", GERMAN),
        ("zxx-Latn", GERMAN),
    ],
)
def test_texts_in_a_script_or_by_a_code_that_is_not_the_usual_one_are_not_taken_for_others(code, text):
    found = languages_found([pair(number, text, "") for number in range(20)], "source", code)
    assert (found["declared"], found["other"], found["rows"]) == (code, 0, [])


def test_of_passages_the_passage_is_shown():
    rows = [pair(0, "q?", "a", context=f"{ENGLISH}.")] * 5 + [pair(1, "q?", "a", context=GERMAN)]
    found = languages_found(rows, "context", "en")
    assert [(row["source"], row["target"]) for row in found["rows"]] == [(GERMAN, "")]
