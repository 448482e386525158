from __future__ import annotations

import gzip
import random
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
        "他哭了。\n⟦一秒记住【笔趣阁】www.abcdef.com，为您提供精彩小说阅读。⟧\n她没有说话。",
        "他哭了。\n⟦ｗｗｗ.ａｂｃｄｅｆ.ｃｏｍ 起点中文网欢迎广大书友光临阅读，最火的连载作品尽在起点原创！⟧\n",
        "他哭⟦ｗｗｗ.ａｂｃｄｅｆ.ｃｏｍ 起点中文网欢迎广大书友光临阅读，最火的连载作品尽在起点原创！⟧了，她没有说话。",
        "他哭了。\n　　⟦＞＞手＊机＊看＊书：ｍ.ａｂｘｙ.ｎｅｔ＜＜⟧\n她没有说话。",
        "他哭⟦＞＞手＊机＊看＊书：ｍ.ａｂｘｙ.ｎｅｔ＜＜⟧了，她没有说话。",
        "他哭了。\n⟦红楼梦请大家收藏：(www.abcdef.com)红楼梦更新速度全网最快。⟧\r\n她没有说话。",
        "他哭⟦喜欢本书请大家收藏：(www.abcdef.com)本书69书吧更新速度全网最快。⟧了，她没有说话。",
        "他哭⟦wWw.23aB.coM⟧了，她没有说话。",
        "第十二章 天下大乱⟦（求月票，求推荐票！）⟧\n他哭了。",
        "第十二章⟦天才一秒记住本站地址：m.abcdef8.cc⟧\n他哭了。",
        "“手机阅读。”⟦最新章节请到www.abcdef.com⟧“阅读小说。”",
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
        "方便使用者不须以纸笔抄写或记住网址即能迅速连结至网站。",
        "他们从晚上10点to 11点都在看小说，看书看到深夜。",
        "关注公众号“青年文摘”的人很多。",
        "预约请关注公众号“国家博物馆”或访问 www.chnmuseum.cn 网站。",
        "如果你喜欢，请收藏起来；您可以搜索“红楼梦”，在 www.gutenberg.org 上找到。",
        "这本电子书可以在 www.gutenberg.org 找到。",
        "Ｗindows.net 与 ASP.NET 是两回事，Ｍ.Ｓ. 也是。",
        "Read more",
        "I asked her whether she would like to subscribe to our newsletter at some time.",
        "The cookies were baked on this site in 1920.",
        "Click here to open the settings.",
        "You can find us on the third floor; click here and drag.",
        "The channel between the islands is deep.",
        "Read the first chapters at home.",
        "他叹道：未完待续，人生大抵如此。",
        "孩子们欢迎您来做客，请到屋里坐。",
        "Visit www.abcdef.com for the manual and more information.",
        "The updates from the front were bad; she wanted the latest news.",
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


CHINESE_FORMS = [
    "本书由www.abcdef99.com首发，请记住本站域名",
    "手机用户请浏览m.abcdef.net阅读，更优质的阅读体验。",
    "（未完待续。如果您喜欢这部作品，欢迎您来起点（abcdef.com）投推荐票、月票，您的支持，就是我最大的动力。）",
    "一秒记住【笔趣阁 www.abcdef.info】，精彩小说无弹窗免费阅读！",
    "最新章节请到 ｗｗｗ．１２ａｂ．ｃｏｍ 阅读",
    "天才一秒记住本站地址：[顶点小说]https://www.abcdef.la/最快更新！无广告！",
    "加微信公众号 abcdef888 看更多精彩内容",
    "QQ群：123456789 欢迎加入书友群",
    "求收藏，求推荐票！",
    "笔~趣~阁~手~机~版",
    "a\u200bb\u200bc\u200bd\u200be.c\u200bo\u200bm 更新最快",
    "请支持正版订阅",
    "喜欢本书请收藏：（www.abcdef.cc）本书更新速度全网最快",
    "请记住本书首发域名：www.abcdef.la。手机版更新最快网址：m.abcdef.la",
    "最新最快章节，请登陆【晨风小说网】，阅读是一种享受，建议您收藏",
    "最新章节请到ｗｗｗ．ａｂｃ．ｃｏｍ",
    "手机用户请到m.abcdef.com阅读最新章节",
    "天才一秒记住【某某小说网 www.abcdef.com】，精彩小说无弹窗免费阅读！",
    "（本章未完，请点击下一页继续阅读）",
    "请收藏本站，方便下次阅读",
    "百度搜索abcdef点com",
    "【最-新-章-节-首-发-网：www。abcdef。com】",
    "更多精彩小说请访问www.abcdef.com",
    "求推荐票！",
    "未经许可不得转载",
    "本书首发于起点中文网，请支持正版阅读",
    "求月票，求订阅，求打赏！",
    "笔趣阁 www.biquge.com 最快更新",
    "最^新^章^节^百度搜索 ｗｗｗ．ｘｓ．ｃｏｍ",
    "看小说就来顶点小说",
    "无错章节免费阅读",
    "章节错误，点此举报",
    "一秒记住本站域名www.xs88.net",
    "书友群：12345678 欢迎大家加入书友群",
    "本章节未完，点击下一页继续阅读",
    "最新网址：www.xs88.net",
    "本站最新域名：www.xs88.net，请牢记本站域名",
    "看正版章节请到起点中文网",
    "上一章 | 目录 | 下一章",
    "全文字更新最快，无广告免费阅读",
    "阅读最新章节请关注公众号：xs_book",
    "下载txt电子书下载请登录www.txtbook.cc",
    "请大家支持正版订阅",
    "本文由小说网首发",
    "一秒记住【笔趣阁】www.abcdef.com，为您提供精彩小说阅读。",
    "手机用户请浏览m.23ab.so阅读，更优质的阅读体验。",
    "喜欢本书请大家收藏：(www.abcdef.com)本书69书吧更新速度全网最快。",
    "ｗｗｗ.ａｂｃｄｅｆ.ｃｏｍ 起点中文网欢迎广大书友光临阅读，最新、最快、最火的连载作品尽在起点原创！",
    "关注微信公众号：xiaoshuo999，免费看全文",
    "＞＞手＊机＊看＊书：ｍ.ａｂｘｙ.ｎｅｔ＜＜",
    "txt下载 80电子书 www.txt80ab.com",
    "最新章节请到无错小说网Ｗｗ　ｗ．ＡｂＣｄＥ．ｃＯｍ",
    "手机同步阅读请访问m.abcdef.com",
    "欢迎您访问www.abcdef.com，7x24小时不间断更新最新小说",
    "喜欢这本书请加入书架，方便以后阅读",
    "PS：新书上传，求收藏，求推荐，求点击！",
    "关注公众号“书友大本营”，关注即送现金、点币！",
    "百度搜索【追书网】第一时间免费阅读本书",
    "扫码关注微信公众号：shuyou999，看后续精彩内容",
    "域名已更换，请记住新域名 www.abcdef.net",
    "本书来自品&书#网",
]
ENGLISH_FORMS = [
    "Visit www.abcdef.com for more free ebooks!",
    "Read the latest chapters at n0velworld dot com only",
    "Subscribe to our newsletter for weekly updates!",
    "Please subscribe to our mailing list for the latest news!",
    "Please follow us on Facebook and Twitter!",
    "Click here to read more stories!",
    "This website uses cookies to improve your experience.",
    "Sign up for our free newsletter today!",
    "Visit abcdef.net to read the latest chapters!",
    "Find the latest chapters at NovelWorld.",
    "Use promo code READ20 for 20% off!",
    "By using this website, you agree to our use of cookies.",
    "If you find any errors (broken links, missing text), please let us know so we can fix it as soon as possible.",
    "This chapter was updated by abcdef.com",
    "The source of this content is abcdef.com.",
    "Find authorized novels on Webnovel, faster updates, better experience.",
]
CHINESE_TEXT = (
    "天还没有亮，老渔夫已经把船推进水里。他回头望了一眼村口的灯，想起昨夜孙女说过的话，心里又暖又酸，"
    "“你早些回来，我煮鱼汤给你喝。”风从河口吹来，带着泥土和芦苇的气味。他慢慢摇着桨，看见对岸有人挥手，"
    "却听不清那人在喊什么。后来下了一场大雨，屋檐下的孩子们一边躲雨，一边数着落在石阶上的水珠！"
)
ENGLISH_TEXT = (
    "Before the sun was up the old fisherman had pushed his boat into the water, and he looked back once at the lamp "
    "near the gate, because he remembered what his granddaughter had said to him. The wind came from the mouth of the "
    "river and carried the smell of reeds. Somebody waved from the other bank, but nobody could hear what he shouted "
)


@pytest.mark.parametrize("form", CHINESE_FORMS + ENGLISH_FORMS)
def test_within_a_sentence_it_goes_and_no_character_of_the_text_with_it(form):
    """At most its last sign stays, where that could as well be the sentence's."""
    is_english = form in ENGLISH_FORMS
    text, chance = ENGLISH_TEXT if is_english else CHINESE_TEXT, random.Random(form)
    for _ in range(30):
        place = chance.randrange(len(text) - 1)
        if is_english:
            place = text.index(" ", place) + 1
            form = form.rstrip() + " "
        before, after = text[:place], text[place:]
        spans = find_advertisements(before + form + after)
        inside = {at - place for begin, end in spans for at in range(begin, end)}
        assert inside <= set(range(len(form))), (before[-8:], after[:8])
        assert {form[at] for at in set(range(len(form))) - inside} <= {"。", "！", ".", " "}, (before[-8:], after[:8])


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
    "\u200b", "请到", "本书由", "求收藏，", "未完待续", "（未完待续", "visit a.",
    "we use cookies to the ", "求收藏阅读，", "please ", "求收藏，的", "m.", "w　", "求收藏\n", "最新更快的阅读",
    "求推荐票！他走了。",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_linear_time(unit):
    text = unit * (300_000 // len(unit))
    begin = time.process_time()
    find_advertisements(text)
    assert time.process_time() - begin < 3


def test_the_one_in_a_real_novel_and_no_other(shared_data):
    for name, number in (("西游记", 1), ("红楼梦", 0)):
        with gzip.open(shared_data / "lm" / "zh_novels" / f"{name}.txt.gz", "rt", encoding="utf-8") as file:
            text = file.read()
        spans = [text[begin:end] for begin, end in find_advertisements(text)]
        assert len(spans) == number
        assert all(span.startswith("小^说^无广告") and span.endswith(".com") for span in spans)
