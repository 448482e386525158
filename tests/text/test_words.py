import gzip
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.text.words import words

_CHARS = "aÉ1٣_'’.,:- é\u0301中國の゛ｶﾞไท่ལ་ခ္ខခ်កក្កាລາ한हि\u200c\n🙂ㄅꀀ𠀀،"


def found(text, language=""):
    return [text[begin:end] for begin, end in words(text, language)]


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("Don't re-use l’eau: 3.5 or 1,000.", "en", ["Don't", "re", "use", "l’eau", "3.5", "or", "1,000"]),
        ("foo_bar __init__ ____ 12:30 e.g. 'quoted'", "", ["foo_bar", "__init__", "12", "30", "e.g", "quoted"]),
        ("We 5G v2.0 a.b 3.x x.3", "", ["We", "5G", "v2.0", "a.b", "3", "x", "x", "3"]),
        ("我们来到北京清华大学, OK!", "zh", ["我们", "来到", "北京", "清华大学", "OK"]),
        ("請打開檔案管理員", "zh_TW", ["請", "打開", "檔案", "管理員"]),
        ("5月3日，用Python写", "", ["5", "月", "3", "日", "用", "Python", "写"]),
        ("これは私の本です。", "ja", ["これ", "は", "私", "の", "本", "です"]),
        ("これは本", "", ["これ", "は", "本"]),
        ("ﾃｽﾄを見る", "ja", ["ﾃｽﾄ", "を", "見る"]),
        ("วันนี้ 5 วัน", "th", ["วัน", "นี้", "5", "วัน"]),
        ("བཀྲ་ཤིས།", "bo", ["བཀྲ", "ཤིས"]),
        ("ខ្មែរ", "km", ["ខ្មែ", "រ"]),
        ("မြန်မာ", "my", ["မြ", "န်", "မာ"]),
        ("한국어 문장", "ko", ["한국어", "문장"]),
        ("हिन्दी में", "hi", ["हिन्दी", "में"]),
        ("می‌خواهم، نه", "fa", ["می‌خواهم", "نه"]),
        ("e\u0301te\u0301", "fr", ["e\u0301te\u0301"]),
        ("😀 — … \u200b", "", []),
        ("", "zh", []),
    ],
)
def test_words(text, language, wanted):
    assert found(text, language) == wanted


def test_the_language_tells_japanese_without_kana():
    assert found("東京都知事選挙", "ja") == ["東京都知事", "選挙"]
    assert found("東京都知事選挙", "zh") != found("東京都知事選挙", "ja")


@settings(deadline=None)
@given(st.one_of(st.text(), st.text(st.sampled_from(_CHARS))), st.sampled_from(["", "zh", "ja", "en"]))
def test_places_are_in_order_and_hold_all_letters_and_digits(text, language):
    places = words(text, language)
    ends = [0]
    for begin, end in places:
        assert ends[-1] <= begin < end <= len(text)
        ends.append(end)
    inside = {place for begin, end in places for place in range(begin, end)}
    assert all(place in inside for place, char in enumerate(text) if char.isalnum())
    assert not any(char.isspace() for begin, end in places for char in text[begin:end])


@pytest.mark.parametrize("char", ["a", "a.", "1,", "_", "'", "中", "あ", "ไ", "ខ្", "é\u0301", ".", "ー"])
def test_linear_time(char):
    begun = time.process_time()
    words(char * (10**5 // len(char)))
    assert time.process_time() - begun < 5


def test_nothing_is_said_or_left_behind(tmp_path):
    code = "from braid.text.words import words; print(words('我们来到清华大学'))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"TMPDIR": str(tmp_path), "PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stdout == "[(0, 2), (2, 4), (4, 8)]\n"
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_real_texts_are_cut_into_words_of_usual_length(shared_data):
    with gzip.open(shared_data / "translation" / "tatoeba_en_zh" / "test.tsv.gz", "rt", encoding="utf-8") as file:
        texts = [line.split("\t")[1] for line in file]
    sizes = [end - begin for text in texts for begin, end in words(text, "zh")]
    assert 1.3 < sum(sizes) / len(sizes) < 1.9
