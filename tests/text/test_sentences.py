import gzip
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.text.sentences import split_near, split_sentences

_MARKS = st.text(st.sampled_from(list('aA1é中の的ก།༔ག፡ሰ᠃:क ۔؟।。！？.…!?"”“»«」「\n\u00a0;α')), max_size=60)


@given(st.one_of(st.text(), _MARKS), st.sampled_from(["", "de", "en", "fr", "ja", "th", "xx", "zh_CN"]))
def test_pieces_join_to_the_text(text, language):
    pieces = split_sentences(text, language)
    assert "".join(pieces) == text
    assert all(pieces)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two! Three?", 3),
        ("Version 3.5 is out. Get it.", 2),
        ("Mr. Smith is here. Good.", 2),
        ("第一句。第二句！“第三句？”好。", 4),
        ("no end", 1),
        ("", 0),
    ],
)
def test_sentences(text, count):
    assert len(split_sentences(text)) == count


@pytest.mark.parametrize(
    ("language", "marked"),
    [
        ("en", "Dr. A. B. Smith paid $3.50 to Acme Inc. on Jan. 5, see p. 4. | It was 5 p.m. | They left."),
        ("en", "He lives in the U.S. Army base. | Born in the U.S. | He left, e.g. in May, i.e. soon."),
        ("en", "So do I. | You?"),
        ("en", "Do it no. 5 said. | No. 7 is the answer, not no. | Right."),
        ("en", '"Why?" she asked. | "I know." | He left (etc.) at once. | "Go!" | "No!"'),
        ("en", "1. Open it. | 2. Close it. | Wait... for it. | Wait… | Done."),
        ("en", "See www.example.com/a.b?c=d. | Use v1.2.3 or foo.bar(). | iPhone users too."),
        ("en", "all of it in small letters . | nothing else ! | is it ? | yes."),
        ("", "Am 3. Mai kam Mme. Curie. | Prof. Dr. Li blieb bis zum 20. Jahrhundert. | Follow me. | OK."),
        ("de", "Am 3. Tag, d. h. z. B. am 4. Mai, kamen ca. 20 Gäste. | Um 500 n. Chr. war es so."),
        ("de", "Sie sind 3. | Er auch."),
        ("de", "„Komm!“ | Er kam, usw. und so fort. | Äpfel, Birnen usw. | Alles. | Nr. 5 lebt. | »Ja.« | »Nein.«"),
        ("fr", "M. Dupont et Mme Li sont là. | « Bonjour ! » | Il part. | « Quoi ? » demande-t-il. | Voir art. 3."),
        ("es", "El Sr. García y la Dra. Ruiz llegan. | ¿Qué pasa? | ¡Nada! | Para Ud. | Fin."),
        ("it", "Il sig. Rossi e il dott. Bianchi ecc. | Vedi pag. 4. | Fine."),
        ("pt", "O Sr. Silva chegou. | Veja a pág. 3. | Fim."),
        ("nl", "Dhr. Jansen komt, bijv. om 5 uur. | Zie blz. 4. | Klaar."),
        ("ru", "В 1995 г. он был в г. Москва, ул. Ленина, д. 5, и т. д. | Проф. И. П. Павлов знал. | Да!"),
        ("pl", "Dnia 3. maja przyszedł prof. Nowak, np. o 5. | Zob. s. 3. | Koniec."),
        ("cs", "Přišel 3. května kolem 5. hodiny, tj. pozdě. | Konec."),
        ("el", "Τι κάνεις; | Καλά. | Ο κ. Παπαδόπουλος ήρθε."),
        ("ar", "هل أنت هنا؟ | نعم. | قال د. أحمد ذلك."),
        ("ur", "یہ ایک جملہ ہے۔ | کیا یہ دوسرا ہے؟ | ہاں!"),
        ("hi", "यह पहला वाक्य है। | डॉ. शर्मा आए।| क्या?"),
        ("bn", "এটা প্রথম। | এটা দ্বিতীয়।"),
        ("hy", "Սա առաջինն է։ | Սա երկրորդն է։"),
        ("am", "ይህ አንድ ነው። | ይህ ሁለት ነው፧ | አዎ።"),
        ("my", "ဒါက ပထမ ဖြစ်တယ်။ | ဒါက ဒုတိယ ပါ။"),
        ("km", "នេះជាប្រយោគ។ | នេះជាទីពីរ។"),
        ("am", "ይህ አንድ ነው፡፡ | ይህ፡ሁለት፡ነው:: | አዎ፡፡ | a::b"),
        ("bo", "བཀྲ་ཤིས་བདེ་ལེགས། | ང་ནི་སློབ་མ་ཡིན།"),
        ("bo", "མི་ཡིས་ཆུ་མཐོང་། །|མི་ཡིས་དེབ་མཐོང་།། །། |ང་ནི་བདག །|སྟོན་པ་ཐུག །|ལགས་སོ༎ ༎"),
        ("bo", "ཨོཾ་སྭ་སྟི༔ | ཀུན་ལ་ཕན༔ | དགེའོ༎ ༎"),
        ("mn", "ᠪᠢ ᠢᠷᠡᠪᠡ᠃ | ᠲᠡᠷᠡ ᠶᠠᠪᠤᠪᠠ᠃"),
        ("sat", "ᱤᱧ ᱠᱟᱱᱟ᱾ | ᱩᱱᱤ ᱠᱟᱱᱟᱭ᱾"),
        ("my", "သူလာသည်။ | ငါသွားသည်။"),
        ("ko", "안녕하세요. | 저는 학생입니다. | 정말?"),
        ("ja", "これは本です。|彼は「行こう。早く。」と言った。|「はい。」|そうか？|『え？』って。|３．５です。"),
        ("zh", "他说：“好。”|我走了！|真的吗?|“是的……真的。”|价格是3.5元。|好吗?|ENR公司在哪?|结束"),
        ("zh", "他说。|\"你好。\"|好.|走!|完"),
        ("th", "วันนี้อากาศดีมาก เราไปเดินเล่นที่สวนสาธารณะใกล้บ้านกันดีกว่าแล้วค่อยกลับมากินข้าว |พรุ่งนี้ฝนอาจจะตก"),
        ("th", "เมื่อ พ.ศ. 2560 มีคนมาก ๆ ในเมือง ฯลฯ ครับ |จบ"),
        ("en", "A line\n|Another line\r\n\n|Last. | Yes"),
    ],
)  # fmt: skip
def test_sentences_of_many_languages(language, marked):
    pieces = marked.split("|")
    text = "".join(pieces).replace("  ", " ")
    assert [piece.strip() for piece in split_sentences(text, language)] == [piece.strip() for piece in pieces]


def test_a_mark_in_another_language_is_none():
    assert len(split_sentences("Er kam am 3. Mai an.", "de")) == 1
    assert len(split_sentences("He was number 3. May came.", "en")) == 2
    assert len(split_sentences("Ici ; là.", "fr")) == 1


@pytest.mark.parametrize(
    ("name", "language", "least"),
    [("dev.en.txt", "en", 0.99), ("dev.de.txt", "de", 0.96), ("dev.fr.txt", "fr", 0.975), ("dev.zh.txt", "zh", 0.95)],
)
def test_joined_sentences_of_the_news_are_found_again(name, language, least, shared_data):
    lines = (shared_data / "translation" / "ntrex128" / name).read_text(encoding="utf-8").splitlines()
    lines = [line.strip() for line in lines if line.strip()[-1] in '.!?。！？…”"»）)“']
    assert _f1(lines, language, "" if language == "zh" else " ") >= least


def test_joined_captions_are_found_again(shared_data):
    with gzip.open(shared_data / "translation" / "multi30k" / "val.de.gz", "rt", encoding="utf-8") as file:
        lines = [line.strip() for line in file if line.strip().endswith(".")]
    assert _f1(lines, "de", " ") > 0.999


def _f1(lines, language, space):
    """Harmonic mean of precision and recall of the borders, five lines joined to a text."""
    common = num_found = num_wanted = 0
    for begin in range(0, len(lines), 5):
        group = [*(line + space for line in lines[begin : begin + 4]), *lines[begin + 4 : begin + 5]]
        found, wanted = _ends(split_sentences("".join(group), language)), _ends(group)
        common, num_found, num_wanted = common + len(found & wanted), num_found + len(found), num_wanted + len(wanted)
    return 2 * common / (num_found + num_wanted)


def _ends(pieces):
    ends = set()
    for piece in pieces:
        ends.add(len(piece) + max(ends, default=0))
    return ends


@given(st.text(min_size=2), st.data())
def test_split_near_keeps_everything(text, data):
    position = data.draw(st.integers(1, len(text) - 1))
    first, rest = split_near(text, position)
    assert first + rest == text
    assert 0 < len(first) <= max(position, len(text))


@pytest.mark.parametrize(
    "chars",
    [
        *list('.。 a"?»「ก།;'),
        "...a",
        "a. ",
        "b.a. ",
        "e.g. ",
        "「。",
        "「あ。",
        "? »",
        "« ! ",
        '。"',
        "ก ",
        "3. ",
        "．1",
        "། ",
        "།",
        "ག ",
        "ག  །",
        "༔",
        "፡",
        "ሰ:",
    ],
)
def test_linear_time(chars):
    begun = time.process_time()
    split_sentences(chars * (2 * 10**5 // len(chars)))
    assert time.process_time() - begun < 4


@pytest.mark.parametrize(
    ("text", "language", "sentences"),
    [
        ("Er kam am 3. Dann ging er.", "de", ["Er kam am 3. ", "Dann ging er."]),
        ("Er kam am 3. Die Tür war zu.", "de", ["Er kam am 3. ", "Die Tür war zu."]),
        ("Er kam am 3. Mai. Dann ging er.", "de", ["Er kam am 3. Mai. ", "Dann ging er."]),
        ("Am 3. Spieltag kam er.", "de", ["Am 3. Spieltag kam er."]),
        ("Am 3. und 4. Mai kam er.", "de", ["Am 3. und 4. Mai kam er."]),
        ("他问:“好吗?”好", "zh", ["他问:“好吗?”", "好"]),
        ("他说(好吗?)好!好", "zh", ["他说(好吗?)", "好!", "好"]),
        ("“好吗?”", "zh", ["“好吗?”"]),
    ],
)
def test_ordinals_that_end_and_quotes_that_close(text, language, sentences):
    assert split_sentences(text, language) == sentences
