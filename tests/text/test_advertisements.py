from __future__ import annotations

import gzip
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.text.advertisements import find_advertisements, remove_advertisements


def found(text: str) -> list[str]:
    return [text[begin:end] for begin, end in find_advertisements(text)]


@pytest.mark.parametrize(
    "text",
    [
        "他走了。⟦最新章节请到ｗｗｗ．ａｂｃ．ｃｏｍ⟧看她没有说话。",
        "不见了。⟦小^说^无广告的~某某*小说~网www.abcdef.com⟧这个也来问，那个也来寻。",
        "⟦天才一秒记住【某某小说网 www.abcdef.com】，精彩小说无弹窗免费阅读！⟧他笑了笑，转身走了。",
        "他笑了笑。⟦手机用户请到m.abcdef.com阅读最新章节。⟧她没有回头。",
        "⟦（本章未完，请点击下一页继续阅读）⟧",
        "他说：“走吧。”⟦请收藏本站，方便下次阅读。⟧她不说话。",
        "她哭了。⟦百度搜索abcdef点com⟧他也哭了。",
        "完。⟦【最-新-章-节-首-发-网：www。abcdef。com】⟧",
        "⟦更多精彩小说请访问www.abcdef.com⟧",
        "⟦求推荐票！⟧",
        "⟦未经许可不得转载⟧",
        "He left. ⟦Subscribe to our weekly newsletter for more stories!⟧ She stayed.",
        "⟦This website uses cookies to improve your experience.⟧ The castle was built in 1200.",
        "⟦By continuing to use this site, you agree to our use of cookies.⟧",
        "It rained. ⟦Please follow us on Facebook and Twitter.⟧ Then it stopped.",
        "It rained. ⟦Read the latest chapters at abcdef.com.⟧",
        "⟦Diese Website verwendet Cookies, damit sie besser funktioniert.⟧ Die Burg ist alt.",
        "⟦Abonnez-vous à notre newsletter !⟧ Le château est vieux.",
        "A\n⟦Advertisement⟧\nB\n⟦Read more »⟧\n",
        "甲\n⟦上一章 | 目录 | 下一章⟧\n乙\n",
    ],
)
def test_found_with_its_bounds(text):
    pieces = text.split("⟦")
    assert found(text.replace("⟦", "").replace("⟧", "")) == [piece.split("⟧")[0] for piece in pieces[1:]]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "他在看最新章节。",
        "这本小说的最新一章还没有写完，请大家耐心等待。",
        "更多信息请访问 https://www.debian.org/ 或阅读手册。",
        "详情请参阅 http://go.example.org/fwlink/?id=293424。",
        "他喜欢在网上免费看电影，手机很旧。",
        "手机用户的数量增加了百分之三十。",
        "春·夏·秋·冬，红/黄/蓝，啊~好~的~，5*6*7",
        "她关注了一个公众号。",
        "请收藏这个网页。",
        "本场比赛由李明首发，王强替补。",
        "手机用户访问该网站时可以阅读全文。",
        "请大家支持正版软件，到商店购买。",
        "ASP.NET、Node.js 和 Vue.js",
        "Read more",
        "I asked her whether she would like to subscribe to our newsletter at some time.",
        "The cookies were baked on this site in 1920.",
        "Click here to open the settings.",
        "You can find us on the third floor; click here and drag.",
        "The channel between the islands is deep.",
        "Read the first chapters at home.",
    ],
)
def test_ordinary_texts_stay(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("它走了。请收藏本站！她来了。", "它走了。她来了。"),
        ("It rained. Follow us on Facebook! It stopped.", "It rained. It stopped."),
        ("Follow us on Facebook! It stopped.", "It stopped."),
        ("It rained. Follow us on Facebook!", "It rained."),
        ("A\nRead more\nB\n", "A\nB\n"),
        ("A\r\nRead more\r\nB\r\n", "A\r\nB\r\n"),
        ("A B", "A B"),
    ],
)
def test_the_rest_of_the_paragraph_stays(text, kept):
    cleaned, removed = remove_advertisements(text)
    assert cleaned == kept
    assert bool(removed) == (kept != text)
    assert remove_advertisements(cleaned) == (cleaned, [])


PARTS = st.sampled_from(
    [
        "最新章节",
        "www.abc.com",
        "。",
        " ",
        "^",
        "他走了",
        "ｗｗｗ。",
        "请收藏本站",
        "Follow us on Facebook",
        "\n",
        "İ",
        "【",
        "】",
    ]
)


@given(st.lists(PARTS | st.text(max_size=3), max_size=14).map("".join))
def test_spans_are_apart_and_the_pieces_make_the_text(text):
    ends = [0, *(place for span in find_advertisements(text) for place in span)]
    assert ends == sorted(ends) and ends[-1] <= len(text)
    assert all(begin < end for begin, end in find_advertisements(text))
    cleaned, removed = remove_advertisements(text)
    assert len(cleaned) + sum(map(len, removed)) <= len(text)


UNITS = [
    "a", "最", "最新章节", "最^", "www.", "a.", "。", "更", "更多", "请", "click here to ", "Read more\n", "ｗ",
    "subscribe to our ", "加微信", "【", "手机用户请到", "我们cookies", "小说", "read ",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_linear_time(unit):
    text = unit * (300_000 // len(unit))
    begin = time.perf_counter()
    find_advertisements(text)
    assert time.perf_counter() - begin < 3


def test_the_one_in_a_real_novel_and_no_other(shared_data):
    for name, number in (("西游记", 1), ("红楼梦", 0)):
        with gzip.open(shared_data / "lm" / "zh_novels" / f"{name}.txt.gz", "rt", encoding="utf-8") as file:
            text = file.read()
        spans = [text[begin:end] for begin, end in find_advertisements(text)]
        assert len(spans) == number
        assert all(span.startswith("小^说^无广告") and span.endswith(".com") for span in spans)
