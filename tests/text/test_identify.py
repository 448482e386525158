import gzip
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.text.function_words import function_words
from braid.text.identify import LanguageCheck, _evidence, _words, lingua_language
from braid.text.untranslated import WORD

CHECK = LanguageCheck("en", "fr")

SENTENCES = {
    "en": "The old man opened the door and looked at the garden, which was full of flowers.",
    "de": "Der alte Mann öffnete die Tür und sah in den Garten, der voller Blumen war.",
    "fr": "Le vieil homme a ouvert la porte et il a regardé le jardin qui était plein de fleurs.",
    "es": "El viejo abrió la puerta y miró el jardín, que estaba lleno de flores.",
    "it": "Il vecchio ha aperto la porta e ha guardato il giardino che era pieno di fiori.",
    "nl": "De oude man deed de deur open en keek naar de tuin, die vol met bloemen was.",
    "pl": "Stary człowiek otworzył drzwi i spojrzał na ogród, który był pełen kwiatów.",
    "tr": "Yaşlı adam kapıyı açtı ve çiçeklerle dolu olan bahçeye bir kez daha baktı.",
    "ru": "Старый человек открыл дверь и посмотрел на сад, который был полон цветов.",
    "el": "Ο γέρος άνοιξε την πόρτα και κοίταξε τον κήπο που ήταν γεμάτος λουλούδια.",
    "zh": "老人打开门，看着开满鲜花的花园。",
    "ja": "老人はドアを開けて、花でいっぱいの庭を見た。",
    "ko": "노인은 문을 열고 꽃이 가득한 정원을 바라보았다.",
    "ar": "فتح الرجل العجوز الباب ونظر إلى الحديقة التي كانت مليئة بالزهور.",
    "th": "ชายชราเปิดประตูและมองไปที่สวนซึ่งเต็มไปด้วยดอกไม้",
    "hi": "बूढ़े आदमी ने दरवाज़ा खोला और फूलों से भरे बगीचे को देखा।",
}


@pytest.mark.parametrize("language", SENTENCES)
def test_sentences_in_every_language_but_the_right_one_are_found(language):
    check = LanguageCheck(language, "en" if language != "en" else "de")
    for found, detail in zip(SENTENCES, check.mismatch(list(SENTENCES.values())), strict=True):
        assert bool(detail) == (found != language), (found, detail)


@pytest.mark.parametrize(
    ("language", "text", "detail"),
    [
        ("de", SENTENCES["fr"], "looks like French (1.00), not German"),
        ("de", SENTENCES["zh"], "is in Chinese characters, not in German"),
        ("de", SENTENCES["ru"], "is in Cyrillic letters, not in German"),
        ("zh", SENTENCES["en"], "has hardly a letter of Chinese"),
        ("zh_CN", SENTENCES["ja"], "looks like Japanese, not Chinese"),
        ("ja", "经济全球化深入发展世界各国联系日益紧密相互依存不断加深", "has no kana, as Japanese has"),
        ("ko", SENTENCES["zh"], "has no Hangul, as Korean has"),
    ],
)
def test_details_are_for_a_person(language, text, detail):
    assert LanguageCheck(language).mismatch([text]) == [detail]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", ""),
        ("de", "OK"),
        ("de", "Home Assistant Cloud Remote Access Control Panel"),
        ("de", "sudo apt-get install libfoo-dev && make -j4"),
        ("de", "%(count)d of {total} files"),
        ("de", "TURN IT ON AND OFF AGAIN FOR ME"),
        ("de", "Das heißt auf Chinesisch 你好"),
        ("de", "α β γ"),
        ("zh", "Home Assistant Cloud"),
        ("zh", "iPhone 15 Pro Max"),
        ("zh", "sudo apt install foo bar"),
        ("zh", "使用 the quick brown fox 作为示例"),
        ("zh", "12345 / 67 %"),
        ("zh", "日本の「の」字很常见，大家都认识它"),
        ("ja", "東京都"),
        ("ja", "経済産業省"),
        ("nb", "Jeg er en gammel mand og jeg bor i et hus ved havet med min hund."),  # Danish
        ("hr", "Stari čovek je otvorio vrata i pogledao u baštu koja je bila puna cveća."),  # Serbian
        ("en", "\ud800 \udfff 🙂"),
    ],
)
def test_no_false_alarm(language, text):
    assert LanguageCheck(language, "en").mismatch([text]) == [""]


@pytest.mark.parametrize("language", ["hsb", "gsw", "xx", "", "tlh"])
def test_languages_that_nobody_knows_are_let_alone(language):
    check = LanguageCheck(language, "en")
    assert check.mismatch(list(SENTENCES.values())) == [""] * len(SENTENCES)


def test_of_a_language_that_lingua_does_not_know_only_the_script_is_checked():
    assert lingua_language("lb") is None
    details = LanguageCheck("lb", "fr").mismatch([SENTENCES["fr"], SENTENCES["zh"], SENTENCES["ru"]])
    assert [bool(detail) for detail in details] == [False, True, True]


def test_codes_in_all_their_dresses():
    german = lingua_language("de")
    assert german is not None
    assert lingua_language("de_AT") == lingua_language("DE-Latn-DE") == german
    assert lingua_language("no") == lingua_language("nb") is not None
    assert lingua_language("yue") is None


def test_nothing_is_loaded_before_the_first_doubt():
    check = LanguageCheck("de", "en")
    check.mismatch(["Das Haus ist alt und die Tür ist neu.", "OK", SENTENCES["zh"]])
    assert not check._detectors


@given(st.lists(st.text(), max_size=5), st.sampled_from(["de", "zh", "ja", "ru", "xx"]))
def test_there_is_one_answer_for_each_text(texts, language):
    found = LanguageCheck(language, "en").mismatch(texts)
    assert len(found) == len(texts)


@pytest.mark.parametrize("char", ["a", "a ", "ä", "中", "(", "a.a", "'a", "the "])
def test_linear_time(char):
    begun = time.process_time()
    LanguageCheck("de").mismatch([char * (2 * 10**5 // len(char))])
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("pair", "most", "least"),
    [(("en", "de"), 0.001, 0.9), (("de", "en"), 0.001, 0.85), (("en", "fr"), 0.001, 0.9), (("fr", "en"), 0.001, 0.85),
     (("zh", "en"), 0.001, 0.88), (("en", "zh"), 0.001, 0.95)],
)  # fmt: skip
def test_news_are_told_apart(pair, most, least, shared_data):
    folder = shared_data / "translation" / "ntrex128"
    right, wrong = ((folder / f"dev.{code}.txt").read_text(encoding="utf-8").splitlines() for code in pair)
    check = LanguageCheck(*pair)
    assert sum(map(bool, check.mismatch(right))) <= most * len(right)
    assert sum(map(bool, check.mismatch(wrong))) >= least * len(wrong)


@pytest.mark.parametrize(
    ("pair", "text"),
    [
        (("de", "en"), "A person is walking up a snowy hill"),
        (("de", "en"), "A tan dog jumps up to catch a tennis ball."),
        (("de", "en"), "A man paints a wall."),
        (("en", "fr"), "Où se trouve la gare, s'il vous plaît ?"),
        (("fr", "de"), "Die Einrichtung ist fehlgeschlagen"),
    ],
)
def test_plain_sentences_of_the_other_side_are_found(pair, text):
    assert LanguageCheck(*pair).mismatch([text])[0].startswith("looks like ")


@pytest.mark.parametrize(
    ("pair", "text"),
    [
        (("de", "en"), "Sendet den Befehl 'All lights on'."),
        (("de", "en"), "Man sieht die Stadt vom Turm aus"),
        (("fr", "en"), "{number, plural, one {Téléchargé {count} fois} other {Téléchargé {count} fois} }"),
        (("en", "de"), "Computer algebra system -- extra code"),
        (("de", "en"), "Home Assistant Cloud"),
    ],
)
def test_names_and_quotations_of_the_other_side_are_left_alone(pair, text):
    assert LanguageCheck(*pair).mismatch([text]) == [""]


@pytest.mark.parametrize(
    ("source", "target", "least"), [("multi30k/val.en.gz", "de", 0.95), ("multi30k/val.de.gz", "en", 0.98)]
)
def test_captions_on_the_wrong_side_are_found(source, target, least, shared_data):
    name = shared_data / "translation" / source
    with gzip.open(name, "rt", encoding="utf-8") as wrong:
        found = LanguageCheck(target, source[-5:-3]).mismatch(wrong.read().splitlines())
    with gzip.open(name.with_name(f"val.{target}.gz"), "rt", encoding="utf-8") as right:
        assert not any(LanguageCheck(target, source[-5:-3]).mismatch(right.read().splitlines()))
    assert sum(map(bool, found)) >= least * len(found)


@pytest.mark.parametrize("language", ["zh", "de", "fr"])
def test_short_strings_raise_no_alarm(language, shared_data):
    with gzip.open(
        shared_data / "translation" / "ui_catalogs" / f"en-{language}.tsv.gz", "rt", encoding="utf-8"
    ) as file:
        rows = [line.split("\t") for line in file]
    rows = random.Random(5).sample(rows, 3000)
    for side, pair in enumerate((("en", language), (language, "en"))):
        assert not any(LanguageCheck(*pair).mismatch([row[side] for row in rows]))


@pytest.mark.parametrize(
    "text", ["İl de la maison", "l'eau de la ville", "“de la” — œuvre", "d\u2019un e\u0301t", "de-la", "ÀDE LA"]
)
def test_small_words_of_others_are_seen_wherever_they_stand(text):
    check = LanguageCheck("en", "fr")
    words = {word.lower() for word in WORD.findall(text)}
    assert check._telling.isdisjoint(words) or not check._is_untold(text)


@given(st.text(alphabet="adelunio'’-.,_1éœİ ½\u0301中") | st.text())
def test_no_small_word_is_passed_over(text):
    check = CHECK
    if check._is_untold(text):
        assert check._telling.isdisjoint(word.lower() for word in WORD.findall(text))


@given(
    st.text(alphabet="aжα中かア가ת -。、") | st.text(),
    st.sampled_from(["en", "sr", "zh", "ja", "ko", "ru", "ar", "yue"]),
)
def test_the_right_letters_at_a_glance(text, language):
    check = LanguageCheck(language)
    if check._has_right_letters(text):
        check._has_right_letters = lambda _: False
        assert check._script_mismatch(text) == ""


@pytest.mark.parametrize("other", ["de", "fr", "es", "pt"])
def test_asked_about_few_languages_a_text_passes_only_if_it_would_among_all(other):
    check, source = LanguageCheck("en", other), random.Random(3)
    words = [*sorted(function_words("en") | function_words(other)), "house", "time", "green", "Haus", "temps", "casa"]
    evidence = [_evidence(_words(" ".join(source.choices(words, k=9)))) for _ in range(150)]
    texts = [one for one in evidence if one and check._supported(one.counts, len(one.text))]
    verdicts = check._ask(texts)
    assert any(verdicts)
    for one, verdict in zip(texts, verdicts, strict=True):
        assert not verdict or check._may_be(check._supported(one.counts, len(one.text)), one.text)


@pytest.mark.parametrize("text", ["A man doesn't look up", "The server didn't answer"])
def test_english_contractions_are_no_small_words_of_french(text):
    assert LanguageCheck("fr", other="en").mismatch([text])[0]


SERBIAN = "Stari čovek je otvorio vrata i pogledao u baštu koja je bila puna cveća, ali nije video nikoga."
SERBIAN_CYRILLIC = "Стари човек је отворио врата и погледао у башту која је била пуна цвећа, али није видео никога."


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ms-Arab", "ساي ممبلي روتي دان اير."),
        ("uz-Arab", "اول بوخارا شهریده تورادی"),
        ("az_Arab", "بو کیتاب چوخ گؤزلدیر"),
        ("tg-Arab", "این کتاب خوب است و بزرگ"),
        ("ug-Cyrl", "Мән китап оқудум вә суни көрдүм"),
        ("ro-Cyrl", "Омул веде апа ши пыня пе маса маре"),
        ("ru-Latn", "Staryy chelovek otkryl dver i posmotrel na sad"),
        ("sr-Latn", SERBIAN),
        ("sr@latin", SERBIAN),
        ("srp_Cyrl", SERBIAN_CYRILLIC),
        ("bs-Cyrl", SERBIAN_CYRILLIC),
        ("pa-Arab", "ایہہ کتاب بہت چنگی اے"),
        ("mn-Mong", "ᠪᠢ ᠢᠷᠡᠪᠡ ᠲᠡᠷᠡ ᠶᠠᠪᠤᠪᠠ"),
        ("kk-Latn", "Men kitap oqydym jane su kordim"),
        ("hi-Latn", "mujhe yah kitab bahut pasand hai aur main ise padhta hoon"),
        ("zh-Latn", "Wo xihuan zhe ben shu"),
        ("ko-Hang", SENTENCES["ko"]),
        ("ko-Kore", SENTENCES["ko"]),
        ("ja-Jpan", SENTENCES["ja"]),
        ("ja-Latn", "watashi wa hon o yomimashita"),
        ("zh-Hant", SENTENCES["zh"]),
        ("xx-Zzzz", SENTENCES["th"]),
    ],
)
def test_a_script_that_the_code_names_is_the_right_one(code, text):
    assert LanguageCheck(code, "en").mismatch([text]) == [""]


@pytest.mark.parametrize(
    ("code", "text", "detail"),
    [
        ("ms-Arab", SENTENCES["en"], "has hardly a letter of Malay (ms-Arab)"),
        ("ms-Arab", SENTENCES["ru"], "is in Cyrillic letters, not in Malay (ms-Arab)"),
        ("ru-Latn", SENTENCES["ru"], "is in Cyrillic letters, not in Russian (ru-Latn)"),
        ("sr-Latn", SERBIAN_CYRILLIC, "is in Cyrillic letters, not in Serbian (sr-Latn)"),
        ("sr-Latn", SENTENCES["en"], "looks like English (1.00), not Serbian (sr-Latn)"),
        ("sr-Cyrl", SENTENCES["en"], "has hardly a letter of Serbian (sr-Cyrl)"),
        ("zh-Hans", SENTENCES["ja"], "looks like Japanese, not Chinese"),
        ("mn-Mong", SENTENCES["ru"], "is in Cyrillic letters, not in Mongolian (mn-Mong)"),
        ("en", "ᠪᠢ ᠢᠷᠡᠪᠡ ᠲᠡᠷᠡ", "is in Mongolian letters, not in English"),
    ],
)
def test_other_scripts_than_the_one_that_the_code_names(code, text, detail):
    assert LanguageCheck(code, "en").mismatch([text]) == [detail]


def test_a_script_of_the_other_side_is_not_judged_by_letters_that_were_never_seen():
    texts = [SENTENCES["en"], SENTENCES["de"]]
    assert LanguageCheck("en", "ms-Arab").mismatch(texts) == LanguageCheck("en", "").mismatch(texts)
    assert LanguageCheck("en", "sr-Latn").mismatch([SERBIAN])[0].startswith("looks like")
