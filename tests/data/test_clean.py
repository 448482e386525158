from dataclasses import replace

import pytest

from braid.config.recipe import DataConfig
from braid.data.clean import Cleaned, Cleaner
from braid.data.example import Example, Reject
from braid.data.formats import ReadOptions, read_files
from braid.data.keys import keys_of, pair_keys
from braid.data.kinds import KINDS
from braid.data.shingles import fold
from braid.errors import DataError


def row(source, target, line=1):
    return Example(source=source, target=target, file="f.tsv", line=line)


def clean(example, config=None, task="translate"):
    (found,) = Cleaner(config or DataConfig(), KINDS[task]).clean([example])
    return found


@pytest.mark.parametrize(
    ("source", "target", "rule"),
    [
        ("", "x", "empty"),
        ("x", " \u200b ", "empty"),
        ("same", "same", "identical"),
        ("x" * 601, "y" * 500, "too_long"),
        ("Hello {name}", "你好", "placeholders"),
        ("%s items", "%d 项", "placeholders"),
        ("<b>x</b> y", "x y z", "placeholders"),
    ],
)
def test_rules(source, target, rule):
    reject = clean(row(source, target))
    assert isinstance(reject, Reject)
    assert reject.rule == rule
    assert reject.detail
    assert reject.example == row(source, target)


def test_switches():
    config = DataConfig(keep_identical=True, check_placeholders=False)
    assert isinstance(clean(row("OK", "OK"), config), Cleaned)
    assert isinstance(clean(row("{x} a", "b c"), config), Cleaned)


def test_personal_data():
    given = row("Write to anna.meier@mailbox.org now", "Schreiben Sie an anna.meier@mailbox.org")
    found = clean(given)
    assert found.example == given
    assert found.notes == (("personal_data", "email: 2"),)
    found = clean(given, DataConfig(personal_data="mask"))
    assert (found.example.source, found.example.target) == ("Write to <email> now", "Schreiben Sie an <email>")
    assert found.notes == (("masked", "source: email: 1; target: email: 1"),)
    reject = clean(given, DataConfig(personal_data="reject"))
    assert (reject.rule, reject.example) == ("personal_data", given)


def test_kinds_of_personal_data_are_counted():
    given = row(
        "Write to anna.meier@mailbox.org or call +49 30 5683 1140", "An anna.meier@mailbox.org oder +49 30 5683 1140"
    )
    expected = {"email": 2, "phone": 2}
    assert clean(given).kinds == {"personal_data": expected}
    assert clean(given, DataConfig(personal_data="mask")).kinds == {"masked": expected}
    assert clean(given, DataConfig(personal_data="reject")).kinds == expected


@pytest.mark.parametrize("mode", ["keep", "mask", "reject"])
def test_examples_of_personal_data_are_told_as_such_and_stay(mode):
    given = row("Such as name@example.com or +1 212 555 0100", "Etwa name@example.com oder +1 212 555 0100")
    found = clean(given, DataConfig(personal_data=mode))
    assert found.example == given
    assert found.notes == (("personal_example", "example_email: 2, example_phone: 2"),)
    assert found.kinds == {"personal_example": {"example_email": 2, "example_phone": 2}}


def test_examples_beside_personal_data_are_counted_apart():
    given = row("Not name@example.com but anna.meier@mailbox.org", "Nicht name@example.com")
    assert clean(given).kinds == {"personal_data": {"email": 1}, "personal_example": {"example_email": 2}}
    found = clean(given, DataConfig(personal_data="mask"))
    assert found.kinds == {"masked": {"email": 1}, "personal_example": {"example_email": 2}}
    reject = clean(given, DataConfig(personal_data="reject"))
    assert (reject.rule, reject.detail, reject.kinds) == ("personal_data", "email: 1", {"email": 1})


def test_personal_data_of_labeled_texts():
    given = row("Write to anna.meier@mailbox.org", "bob.smith@mailbox.org")  # which is a label
    found = clean(given, DataConfig(personal_data="mask"), "classify")
    assert (found.example.source, found.example.target) == ("Write to <email>", "bob.smith@mailbox.org")


def test_places_in_a_passage_stay_where_they_are():
    context = "Write to anna.meier@mailbox.org, said Anna."
    given = replace(row("Who wrote to bob.smith@mailbox.org?", "Anna"), context=context, start=38)
    found = clean(given, DataConfig(personal_data="mask"), "answer")
    assert found.example == given
    assert found.notes == (("personal_data", "email: 1"),)  # counted all the same


ADVERTISED = "天亮了。更多精彩小说尽在www.example-novels.com笔趣阁小说网。他起身。"


def test_advertisements():
    given = Example(source="", target=ADVERTISED, file="f", line=1)
    found = clean(given, task="generate")
    assert "www" not in found.example.target
    assert found.example.target.startswith("\u5929\u4eae\u4e86\u3002") and found.example.target.endswith(
        "\u4ed6\u8d77\u8eab\u3002"
    )
    assert [name for name, _ in found.notes] == ["advertisement"]
    assert "www.example-novels.com" in found.notes[0][1]
    assert clean(given, DataConfig(remove_advertisements=False), "generate").example == given


def test_lexicon(tmp_path):
    (tmp_path / "words.txt").write_text("darn*\n\u7cdf\u7cd5\n", encoding="utf-8")
    cleaner = Cleaner(DataConfig(lexicon="words.txt"), folder=tmp_path)
    rows = [
        row("This darned thing", "Das verflixte Ding"),
        row("a darning needle x", "y"),
        row("fine", "\u5f88\u7cdf\u7cd5\u5427"),
    ]
    assert [(found.rule, found.detail) for found in cleaner.clean(rows)] == [
        ("lexicon", "darned"), ("lexicon", "darning"), ("lexicon", "\u7cdf\u7cd5"),
    ]  # fmt: skip
    (kept,) = cleaner.clean([row("A bandarn", "gut")])
    assert isinstance(kept, Cleaned)
    with pytest.raises(DataError):
        Cleaner(DataConfig(lexicon="missing.txt"), folder=tmp_path)


def test_numbers():
    reject = clean(row("It costs 250 euros", "Es kostet 350 Euro"))
    assert reject.rule == "numbers"
    assert "250" in reject.detail and "350" in reject.detail
    assert isinstance(clean(row("It costs 250 euros", "Es kostet 350 Euro"), DataConfig(check_numbers=False)), Cleaned)


@pytest.mark.parametrize("name", ["tatoeba_en_zh/train.tsv.gz", "ui_catalogs/en-zh.tsv.gz"])
def test_clean_real_data_stay(shared_data, name):
    options = ReadOptions(source_language="en", target_language="zh")
    rows = list(read_files([name], options, folder=shared_data / "translation"))
    rejects = [found for found in Cleaner(DataConfig()).clean(rows) if isinstance(found, Reject)]
    assert len(rejects) < 0.002 * len(rows)


def test_zero_width_spaces_stay_in_texts_and_count_for_nothing_where_rows_are_compared():
    given = row("The man sees water.", "បុរស\u200bនោះ\u200bមើលឃើញ\u200bទឹក។")
    assert clean(given).example == given
    plain = row(given.source, given.target.replace("\u200b", ""))
    for keys in (pair_keys, lambda rows: keys_of(rows, ("source", "target"))):
        found = keys([given, plain])
        assert (found[..., 0] == found[..., 1]).all()
    folded = fold([given.target, plain.target])
    assert folded.key(0) == folded.key(1)
    assert clean(row(given.target, plain.target)).rule == "identical"
    assert clean(row("ទឹក", "ទឹក\u200bក្តៅ"), task="classify").example.target == "ទឹកក្តៅ"
