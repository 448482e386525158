import gzip
import json
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.text.variant_table import PAIRS
from braid.text.variants import Variant, chinese_variant, fold_variant, fold_width


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (["请打开文件", "我们"], "Hans"),
        (["請打開檔案", "我們"], "Hant"),
        (["请打开文件", "請打開檔案"], "mixed"),
        (["甚么", "头发", "皇后", "台湾"], "Hans"),
        (["皇后", "公里", "中文"], ""),
        (["English", "ひらがな", ""], ""),
        ([], ""),
        (["我们" * 50, "乾隆", "著名", "瞭望"], "Hans"),
        (["我們" * 50, "迹", "却"], "Hant"),
    ],
)
def test_variant(texts, name):
    assert chinese_variant(texts).name == name


def test_a_few_odd_characters_make_no_mixture():
    assert chinese_variant(["国" * 96 + "國" * 4]) == Variant("Hans", 96, 4)
    assert chinese_variant(["国" * 95 + "國" * 5]) == Variant("mixed", 95, 5)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("請打開檔案，發現頭髮。", "请打开档案，发现头发。"),
        ("裏面 / 裡面", "里面 / 里面"),
        ("已经是简体 ascii é", "已经是简体 ascii é"),
        ("乾隆", "干隆"),  # as in any text, so that both sides of a comparison agree
    ],
)
def test_fold_variant(text, folded):
    assert fold_variant(text) == folded


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ｐｙｔｈｏｎ　３．１４％！", "Python 3.14%!"),
        ("￥１００　￡￠￦", "¥100 £¢₩"),
        ("ｶﾞｷﾞ ﾃｽﾄ｡｢ｱ｣､･ｰ", "カ\u3099キ\u3099 テスト。「ア」、・ー"),
        ("。「全角」、は", "。「全角」、は"),
    ],
)
def test_fold_width(text, folded):
    assert fold_width(text) == folded


@given(st.text(st.one_of(st.characters(), st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF))))
def test_folding_keeps_places_and_is_done_once(text):
    for fold in (fold_variant, fold_width):
        folded = fold(text)
        assert len(folded) == len(text)
        assert fold(folded) == folded


def test_widths_agree_with_unicode():
    for code in range(0xFF01, 0xFFE7):
        char = chr(code)
        kind = unicodedata.decomposition(char).split(" ")[0]
        if kind in ("<wide>", "<narrow>") and not 0xFFA0 <= code <= 0xFFDC and code not in (0xFF5F, 0xFF60, 0xFFE3):
            assert fold_width(char) == unicodedata.normalize("NFKD", char), hex(code)


def test_the_table_is_one():
    assert len(PAIRS) % 2 == 0
    assert len(set(PAIRS[::2])) == len(PAIRS) // 2
    assert not set(PAIRS[::2]) & set(PAIRS[1::2])


@pytest.mark.parametrize("fold", [fold_variant, fold_width, lambda text: chinese_variant([text])])
def test_linear_time(fold):
    begun = time.process_time()
    fold("國国ｱ" * 300_000)
    assert time.process_time() - begun < 2


def lines_of(path, name):
    with gzip.open(path, "rt", encoding="utf-8") as rows:
        return [line for row in rows for line in json.loads(row)[name]]


def contexts(path):
    data = json.loads(gzip.decompress(path.read_bytes()))["data"]
    return [paragraph["context"] for article in data for paragraph in article["paragraphs"]]


def test_poems_and_articles(shared_data):
    poems, qa = shared_data / "lm" / "chinese_poetry", shared_data / "qa"
    tang, song = (chinese_variant(lines_of(poems / f"{name}.jsonl.gz", "lines")) for name in ("tang", "songci"))
    assert (tang.name, song.name) == ("Hant", "Hans")
    assert tang.simplified < 0.003 * tang.traditional
    assert song.traditional < 0.003 * song.simplified
    drcd, cmrc = contexts(qa / "drcd" / "DRCD_dev.json.gz"), contexts(qa / "cmrc2018" / "cmrc2018_dev.json.gz")
    assert {chinese_variant([text]).name for text in drcd} == {"Hant"}
    assert {chinese_variant([text]).name for text in cmrc} == {"Hans"}
    folded = chinese_variant(map(fold_variant, drcd))
    assert (folded.name, folded.traditional) == ("Hans", 0)
