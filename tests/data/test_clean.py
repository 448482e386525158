import time

import pytest

from braid.config.recipe import DataConfig
from braid.data.clean import clean_row, placeholders
from braid.data.example import Example, Reject
from braid.data.formats import ReadOptions, read_files


def row(source, target, line=1):
    return Example(source=source, target=target, file="f.tsv", line=line)


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
    reject = clean_row(row(source, target), DataConfig())
    assert isinstance(reject, Reject)
    assert reject.rule == rule
    assert reject.detail
    assert reject.example == row(source, target)


def test_switches():
    config = DataConfig(keep_identical=True, check_placeholders=False)
    assert isinstance(clean_row(row("OK", "OK"), config), Example)
    assert isinstance(clean_row(row("{x} a", "b c"), config), Example)


def test_chinese_placeholders():
    assert placeholders("%s目前不支持") == placeholders("%s are not supported")
    assert placeholders("{{count}} ${x} %(n)s %1$s <a0/>").total() == 5
    assert not placeholders("100% sure, a < b")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("%ss and %dMB", ["%s", "%d"]),
        ("%.2f of %02d", ["%.2f", "%02d"]),
        ("{{ name }} {0}", ["{{name}}", "{0}"]),
        ('<a href="x"><br/></a>', ['<ahref="x">', "<br/>", "</a>"]),
        ("<http://example.org/> and <selector, name>", []),
        ("&File CPU %free 50%discount", []),
    ],
)
def test_what_is_a_placeholder(text, found):
    assert sorted(placeholders(text).elements()) == sorted(found)


@pytest.mark.parametrize("text", ["{", "{{", "%(", "<a", "%1$", "{a", "<", "${", "<a b", "<a =", "%0"])
def test_linear_time(text):
    def seconds(length):
        long_text = text * (length // len(text))
        begun = time.process_time()
        placeholders(long_text)
        return time.process_time() - begun

    assert seconds(400_000) < 20 * seconds(100_000) + 0.5


@pytest.mark.parametrize("name", ["tatoeba_en_zh/train.tsv.gz", "ui_catalogs/en-zh.tsv.gz"])
def test_clean_real_data_stay(shared_data, name):
    options = ReadOptions(source_language="en", target_language="zh")
    rows = list(read_files([name], options, folder=shared_data / "translation"))
    rejects = [found for row in rows if isinstance(found := clean_row(row, DataConfig()), Reject)]
    assert len(rejects) < 0.002 * len(rows)
