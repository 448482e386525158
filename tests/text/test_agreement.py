from __future__ import annotations

import gzip
import random
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.text.agreement import _DIGITS, numbers_differ


@pytest.mark.parametrize(
    ("source", "target", "languages"),
    [
        ("", "", "en de"),
        ("It costs 1,000.50 euros.", "Es kostet 1.000,50 Euro.", "en de"),
        ("17224 headwords", "17 224 mots", "en fr"),
        ("about 13.600 tunes", "rund 13600 Stücke", "en de"),
        ("17224 headwords", "17\u202f224 mots", "en fr"),
        ("1,000.5 m", "1.000,5 m", " "),
        ("3.5 million people", "3,5 Mio. Menschen", "en de"),
        ("1.4 billion people", "14亿人", "en zh"),
        ("10,000 people", "1万人", "en zh"),
        ("over 20,000 people", "2万多人", "en zh"),
        ("thirty-five books", "35本书", "en zh"),
        ("35 books", "三十五本书", "en zh"),
        ("5% of it", "百分之五", "en zh"),
        ("in 2008", "二〇〇八年", "en zh"),
        ("page ３５", "第35页", "en zh"),
        ("300 books", "٣٠٠ كتاب", "en ar"),
        ("300 books", "३०० किताबें", "en hi"),
        ("a dozen eggs", "12 Eier", "en de"),
        ("the 21st of May 1998", "21. Mai 1998", "en de"),
        ("the 12th floor", "twelfth", "en en"),
        ("the 19th century", "le XIXe siècle", "en fr"),
        ("on 2005-08-01", "am 01.08.2005", "en de"),
        ("10/25/2019", "2019年10月25日", "en zh"),
        ("October 25", "10月25日", "en zh"),
        ("at 3 p.m.", "um 15:00 Uhr", "en de"),
        ("at 11:30 pm", "23点30分", "en zh"),
        ("at 7.55am", "早上7:55", "en zh"),
        ("at half past ten", "um 10:30", "en de"),
        ("version 1.2.3", "Version 1.2.3", "en de"),
        ("the 1990s", "die 90er", "en de"),
        ("the 1990s", "90年代", "en zh"),
        ("the '98 cup", "1998年世界杯", "en zh"),
        ("a 30 percent discount", "打七折", "en zh"),
        ("a 15 percent discount", "打八五折", "en zh"),
        ("sections 1,6 and 8", "第 1、6 和 8 部分", "en zh"),
        ("2-3 hours", "2 到 3 小时", "en zh"),
        ("5GB of memory", "5 GB Speicher", "en de"),
        ("Deleted %d of {0} files, %1$s, {12}", "Dateien gelöscht", "en de"),
        ("see https://example.org/2019/17", "siehe dort", "en de"),
        ("phase three", "Phase 3", "en de"),
        ("If 1 condition fails", "Wenn eine Bedingung fehlt", "en de"),
        ("two hundred and fifty", "zweihundertfünfzig", "en de"),
        ("an hundred and thirty years", "hundertunddreißig Jahre", "en de"),
        ("quatre-vingt-dix-sept", "97", "fr en"),
        ("soixante et onze", "71", "fr en"),
        ("nineteen ninety-seven", "1997年", "en zh"),
        ("veintitrés", "23", "es en"),
        ("open 24/7", "immer geöffnet", "en de"),
        ("100% pure", "völlig rein", "en de"),
        ("CO2 sensor", "二氧化碳传感器", "en zh"),
        ("3.14159", "3.14", "en zh"),
        (".005 MHz", "0,005 MHz", "en de"),
        ("m³", "m3", "en de"),
        ("一千二百万", "12 million", "zh en"),
        ("两点五", "2.5", "zh en"),
        ("It was for all of them", "Es war für alle", "en de"),
    ],
)
def test_the_same_numbers(source, target, languages):
    one, other = languages.split(" ")
    assert numbers_differ(source, target, one, other) == ""
    assert numbers_differ(target, source, other, one) == ""
    assert numbers_differ(source, target) == ""


@pytest.mark.parametrize(
    ("source", "target", "languages", "said"),
    [
        ("index 4108", "Index 4018", "en de", "only in the source: 4108; only in the target: 4018"),
        ("It has 35 pages.", "它有页。", "en zh", "only in the source: 35"),
        ("It has pages.", "它有三十五页和45页。", "en zh", "only in the target: 45"),
        ("3 files and 4", "3 Dateien und 5", "en de", "only in the source: 4; only in the target: 5"),
        ("version 1.14.18", "Version 1.14.8", "en de", "only in the source: 1.14.18; only in the target: 1.14.8"),
        (
            "It costs $26,750.",
            "Es kostet 26.705 Dollar.",
            "en de",
            "only in the source: 26,750; only in the target: 26.705",
        ),
        ("1,000 people", "1亿人", "en zh", "only in the source: 1,000; only in the target: 1"),
        ("UTF-8 text", "UTF-6-Text", "en de", "only in the source: 8; only in the target: 6"),
        ("Qt5 wrapper", "Qt4-Hülle", "en de", "only in the source: 5; only in the target: 4"),
        ("thirty-five books", "43本书", "en zh", "only in the source: 35; only in the target: 43"),
        ("at 3 p.m.", "um 16 Uhr", "en de", "only in the source: 3; only in the target: 16"),
        ("fifty thousand camels", "fünftausend Kamele", "en de", "only in the source: 50000; only in the target: 5000"),
        ("in 1999", "1998年", "en zh", "only in the source: 1999; only in the target: 1998"),
        ("300 books", "٤٠٠ كتاب", "en ar", "only in the source: 300; only in the target: 400"),
    ],
)
def test_other_numbers(source, target, languages, said):
    assert numbers_differ(source, target, *languages.split(" ")) == said


@pytest.mark.parametrize(
    ("source", "target", "languages"),
    [
        ("King David had 60 men.", "I a Kīngi Rāwiri tāngata e ono tekau.", "en mi"),
        ("There are 12 men in 3 ships.", "Здесь двенадцать человек на трёх кораблях.", "en ru"),
        ("There are 12 men", "Ci sono dodici uomini", "eng ita"),
        ("60 men and 12 women", "60 tāngata me ngā wāhine tekau mā rua", "en mi"),
        ("60 uomini e due cavalli", "sześćdziesięciu mężczyzn i 2 konie", "it pl"),
        ("12 men", "zwölf Männer", "eng deu"),
        ("12 men", "zwölf Männer", "en-Latn ger_DE"),
        ("12 men", "፲፪ ሰዎች", "en am"),
        ("in 1999", "በ፲፱፻፺፱", "en amh"),
        ("chapter 12", "⑫", "en zh"),
        ("Louis 12", "Людовик Ⅻ", "en ru"),
    ],
)
def test_numbers_in_words_that_are_not_known(source, target, languages):
    one, other = languages.split(" ")
    assert numbers_differ(source, target, one, other) == ""
    assert numbers_differ(target, source, other, one) == ""


@pytest.mark.parametrize(
    ("source", "target", "languages", "said"),
    [
        ("He had 60 men.", "70 tāngata.", "en mi", "only in the source: 60; only in the target: 70"),
        ("He had 60 men.", "7 tāngata.", "en mi", "only in the source: 60; only in the target: 7"),
        ("He had sixty men.", "70 tāngata.", "en mi", "only in the source: 60; only in the target: 70"),
        ("60 men, 12 women", "60 tāngata, 13 wāhine", "en mi", "only in the source: 12; only in the target: 13"),
        ("He had men.", "70 tāngata.", "en mi", "only in the target: 70"),
        ("60 uomini", "70 mężczyzn", "it pl", "only in the source: 60; only in the target: 70"),
        ("3 file e 4", "3 pliki i 5", "it pl", "only in the source: 4; only in the target: 5"),
        ("12 men", "፲፫ ሰዎች", "en am", "only in the source: 12; only in the target: 13"),
        ("12 men", "dreizehn Männer", "eng deu", "only in the source: 12; only in the target: 13"),
        ("60 men", "Männer", "eng deu", "only in the source: 60"),
    ],
)
def test_digits_that_differ_whatever_words_are_known(source, target, languages, said):
    assert numbers_differ(source, target, *languages.split(" ")) == said


@given(
    st.text(alphabet="0123456789፩፪፲፻፼Ⅻ⑫., :/-%ap五十百万点年第X²½٣ \u00a0'’en", max_size=40),
    st.sampled_from(["", "en", "deu", "zh_CN", "am", "mi"]),
)
def test_a_text_agrees_with_itself_and_nothing_breaks(text, language):
    assert numbers_differ(text, text, language, language) == ""
    numbers_differ(text, text[::-1], language, "fr")


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "1,",
        "1 ",
        "1 000",
        "a",
        "十",
        "thirty ",
        "{",
        "<a",
        "%",
        "1.",
        "½",
        "²",
        "I",
        "twenty-",
        "1:",
        "\ud800",
        "@1",
        "፲",
        "፼",
        "፲1",
        "http://1",
    ],
)
def test_linear_time(unit):
    text = unit * (20_000 // len(unit))
    begin = time.process_time()
    numbers_differ(text, "35 " + text[:-1], "en", "de")
    assert time.process_time() - begin < 2


def test_few_false_alarms_and_changed_numbers_found_in_real_pairs(shared_data):
    with gzip.open(shared_data / "translation/ui_catalogs/en-de.tsv.gz", "rt", encoding="utf-8") as file:
        rows = [line.split("\t")[:2] for line in file][:12_000]
    assert sum(bool(numbers_differ(*row, "en", "de")) for row in rows) <= 3
    chance, found, changed = random.Random(1), 0, 0
    for source, target in rows:
        numbers = list(re.finditer(r"(?<![\w{%$.,-])[1-9]\d{1,3}(?![\w}.,-])", target))
        if numbers and not numbers_differ(source, target, "en", "de"):
            match = chance.choice(numbers)
            other = target[: match.start()] + str(int(match[0]) + chance.choice([10, 30, 7])) + target[match.end() :]
            changed += 1
            found += bool(numbers_differ(source, other, "en", "de"))
    assert changed > 50
    assert found >= 0.95 * changed


@given(st.text(alphabet="0123456789 .,'’\u00a0a-"))
def test_numbers_begin_where_no_digit_stands_before(text):
    plain = re.compile(
        r"(?<![0-9])(?:[0-9]{1,3}(?:[ \u00a0\u2009\u202f⋅][0-9]{3})++(?![0-9])(?:[.,][0-9]++)?+"
        r"|[0-9]++(?:[.,'’][0-9]++)*+)"
    )
    assert [match.span() for match in _DIGITS.finditer(text)] == [match.span() for match in plain.finditer(text)]
