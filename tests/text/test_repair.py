import gzip
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.text.repair import repair

TEXTS = {
    "de": "Für größere Mängel gäbe es Öl – „schön“",
    "fr": "Où sont passés les élèves ? À côté, ça dépend…",
    "en": "It’s a naïve café – “quoted”",
    "zh": "请先打开文件，然后检查内容。",
    "ja": "まずファイルを開いてください。",
    "ru": "Сначала откройте файл, затем проверьте его.",
}


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_utf8_read_as_western_text(language, encoding):
    wrong = "".join(_character(byte, encoding) for byte in TEXTS[language].encode())
    assert wrong != TEXTS[language]
    assert repair(wrong) == TEXTS[language]


def _character(byte, encoding):
    """As browsers read it: bytes that mean nothing in Windows' encoding are control characters."""
    try:
        return bytes([byte]).decode(encoding)
    except UnicodeDecodeError:
        return chr(byte)


@pytest.mark.parametrize(
    ("language", "encoding"),
    [("ru", "cp1251"), ("ru", "gb18030"), ("zh", "cp932"), ("ja", "gb18030")],
)
def test_utf8_read_as_other_text(language, encoding):
    text = TEXTS[language]
    while True:  # what is lost in reading cannot be repaired
        try:
            wrong = text.encode().decode(encoding)
            break
        except UnicodeDecodeError:
            text = text[:-1]
    assert len(text) >= 4
    assert repair(wrong) == text


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("fГјr grГ¶Гџere", "für größere"),
        ("f眉r gr枚脽ere", "für größere"),
        ("donn茅es modifi茅es", "données modifiées"),
        ("鏂囦欢", "文件"),
        ("设置：鏂囦欢鍚嶇О", "设置：鏂囦欢鍚嶇О"),  # the rest of the run is right: not certain
        ("touchÃ© !", "touché !"),
        ("a few Â\x96 or it\x92s", "a few – or it’s"),
        ("Tom &amp; Jerry &amp;quot;now&amp;quot; &#8212; &eacute;t&#233;", 'Tom & Jerry "now" — été'),
        ("it&#146;s > 5 &lt; 6 &nosuch; &amp", "it’s > 5 < 6 &nosuch; &amp"),
    ],
)
def test_damage(wrong, right):
    assert repair(wrong) == right
    assert repair(right) == right


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "“curly” ‘quotes’ „unten“ «ici» ﬁne ﬂow ｆｕｌｌ　ｗｉｄｔｈ １２３ ﾊﾝｶｸ ½ ™ …",
        "<b>Tom &amp; Jerry</b>",
        "write &lt;b&gt; for bold",
        "named entities (&yacute; and so on)",
        "such as “&amp;”, and",
        "AT&T; Q&A; R&D",
        "小学校选型修 学校学位 小姐 协写械",
        "App猫 iPhone眉 n枚 x猫y的 每个Chrome每次",
        "ГДЕ и где? Сёстры В… Р… «С»",
        "ÂÃ é› à» É« Ì",
        "Ñandú Âge Ãlvaro",
        "テスト ﾃｽﾄﾃﾞｰﾀ ヴ",
        "\ud800 \udcff 💩 👩‍👩‍👧 e\u0301 \u200f",
        "Ελλάδα Ξ© Ïîëü",
        "한국어 문장입니다",
        "𠀀𠀁㐀㐁 〇々",
    ],
)
def test_what_may_be_meant_stays(text):
    assert repair(text) == text


@given(st.text())
def test_any_text_is_taken(text):
    assert isinstance(repair(text), str)


@given(st.text(st.characters(codec="gb2312")))
def test_chinese_text_stays(text):
    assert "&" in text or repair(text) == text


@pytest.mark.parametrize("char", ["Ã", "&", "&amp;", "&#", "鏂", "Г", "a枚", "小", "\x92", "Ã©", "é", "(&"])
def test_linear_time(char):
    begun = time.process_time()
    repair(char * (10**6 // len(char)))
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("translation/ntrex128/dev.de.txt", 0),
        ("translation/ntrex128/dev.fr.txt", 0),
        ("translation/ntrex128/dev.zh.txt", 0),
        ("translation/multi30k/val.fr.gz", 0),
        ("translation/tatoeba_en_zh/test.tsv.gz", 0),
        ("translation/ui_catalogs/en-fr.tsv.gz", 2),  # "&amp;" in one row and twice in a description of entities
        ("lm/zh_novels/红楼梦.txt.gz", 0),
    ],
)
def test_clean_data_stay(path, most, shared_data):
    file = shared_data / path
    content = file.read_bytes()
    lines = (gzip.decompress(content) if file.suffix == ".gz" else content).decode().split("\n")
    assert sum(repair(line) != line for line in lines) <= most


def test_damaged_data_are_found(shared_data):
    with gzip.open(shared_data / "semantic" / "sentence_polarity" / "valid.tsv.gz", "rt", encoding="utf-8") as lines:
        assert sum(repair(line) != line for line in lines) == 13


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("我爱中国", "gbk"),
        ("我们今天去北京，好吗？", "gbk"),
        ("我爱中国 hello", "gbk"),
        ("Привет, мир! Как дела?", "cp1251"),
        ("Сегодня идёт дождь", "cp1251"),
    ],
)
@pytest.mark.parametrize("western", ["latin-1", "cp1252"])
def test_chinese_and_russian_read_as_western_text(text, encoding, western):
    assert repair(text.encode(encoding).decode(western)) == text


@pytest.mark.parametrize(
    "text",
    [
        # Not certain, or in part alone: left as it is rather than repaired by halves.
        "大卫·约翰逊（David Johnson） 牧师是约翰逊神父".encode("gbk").decode("latin-1"),
        "三年前，Sainsbury's".encode("gbk").decode("latin-1"),
        "Мёрт и Мозель".encode("cp1251").decode("latin-1"),
        "ТИП ДАННЫХ".encode("cp1251").decode("latin-1"),
        "Grüße Ïðèâåò",
        "àéèùâêîôûç",
        "áéíóúñ ÁÉÍÓÚÑ",
        "äöüß ÄÖÜ",
        "ÅÄÖåäö ÆØÅæøå",
        "ãõâêôáéíóúç",
    ],
)
def test_what_is_not_certain_is_left_alone(text):
    assert repair(text) in (text, text.encode("latin-1").decode("cp1251"))
    assert "й" not in repair(text) or " " in text


@pytest.mark.parametrize("char", ["Î", "ÎÒ", "é", "Ã¤", "°"])
def test_a_long_run_is_soon_left_alone(char):
    begun = time.perf_counter()
    repair(char * 10**5)
    assert time.perf_counter() - begun < 2
