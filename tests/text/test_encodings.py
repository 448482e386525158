import gzip
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.text.encodings import CLEAR, guess_encoding

TEXTS = {
    "zh": "请先打开文件，然后检查每一行的内容是否正确。如果发现错误，就把它记录下来，再交给我们处理。",
    "zh-Hant": "請先打開檔案，然後檢查每一行的內容是否正確。如果發現錯誤，就把它記錄下來，再交給我們處理。",
    "ja": "まずファイルを開いて、すべての行が正しいかどうかを確認してください。エラーが見つかったら記録します。",
    "ko": "먼저 파일을 열고 모든 줄이 올바른지 확인해 주세요. 오류가 있으면 기록해서 우리에게 보내 주시기 바랍니다.",
    "ru": "Сначала откройте файл и проверьте каждую строку. Если найдёте ошибку, запишите её и пришлите нам.",
    "uk": "Спочатку відкрийте файл і перевірте кожний рядок. Якщо знайдете помилку, запишіть її та надішліть нам.",
    "el": "Ανοίξτε πρώτα το αρχείο και ελέγξτε κάθε γραμμή. Αν βρείτε λάθος, σημειώστε το και στείλτε το σε εμάς.",
    "he": "פתחו תחילה את הקובץ ובדקו כל שורה. אם מצאתם טעות, רשמו אותה ושלחו אותה אלינו בבקשה.",
    "ar": "افتح الملف أولا وتحقق من كل سطر. إذا وجدت خطأ فسجله وأرسله إلينا من فضلك.",
    "th": "เปิดไฟล์ก่อนแล้วตรวจสอบทุกบรรทัด หากพบข้อผิดพลาดให้จดบันทึกและส่งมาให้เรา",
    "de": "Öffnen Sie zuerst die Datei und prüfen Sie, ob jede Zeile fehlerfrei ist. Für größere Mängel gäbe es Hilfe.",
    "fr": "Ouvrez d’abord le fichier, puis vérifiez que chaque ligne est complète. Où sont passés nos élèves ?",
    "es": "Abra primero el archivo y después revise cada línea. ¿Dónde está el año? Mañana habrá más información.",
    "pl": "Najpierw otwórz plik i sprawdź każdą linię. Jeśli znajdziesz błąd, zapisz go i wyślij do nas.",
    "cs": "Nejprve otevřete soubor a zkontrolujte každý řádek. Když najdete chybu, zapište ji a pošlete nám ji.",
    "hu": "Először nyissa meg a fájlt, és ellenőrizze az összes sort. Ha hibát talál, jegyezze fel.",
    "tr": "Önce dosyayı açın ve her satırı kontrol edin. Bir hata bulursanız bunu yazın ve bize gönderin.",
    "lt": "Pirmiausia atidarykite failą ir patikrinkite kiekvieną eilutę. Jei rasite klaidą, užrašykite ją.",
}
CASES = [
    ("zh", "gb18030"), ("zh-Hant", "big5"), ("zh-Hant", "gb18030"), ("ja", "cp932"), ("ja", "euc_jp"), ("ko", "euc_kr"),
    ("ru", "cp1251"), ("ru", "koi8-r"), ("ru", "cp866"), ("ru", "iso8859-5"), ("uk", "cp1251"), ("uk", "koi8-u"),
    ("el", "cp1253"), ("he", "cp1255"), ("ar", "cp1256"), ("th", "cp874"), ("de", "cp1252"), ("fr", "cp1252"),
    ("es", "cp1252"), ("pl", "cp1250"), ("pl", "iso8859-2"), ("cs", "cp1250"), ("hu", "cp1250"), ("tr", "cp1254"),
    ("lt", "cp1257"), ("de", "cp850"), ("fr", "mac-roman"), ("cs", "cp852"), *((name, "utf-16-le") for name in TEXTS),
    ("de", "utf-16-be"), ("zh", "utf-16-be"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "encoding"), CASES)
def test_a_sentence_is_enough(name, encoding):
    text = TEXTS[name] + "\n"
    guess = guess_encoding(text.encode(encoding))
    assert guess is not None
    assert text.encode(encoding).decode(guess.encoding) == text
    assert CLEAR <= guess.confidence <= 1
    if not encoding.startswith("utf"):
        assert guess.language == name.removesuffix("-Hant")


def test_a_table_of_two_languages():
    rows = "".join(f"Open the file number {number}\t{TEXTS['zh'][:20]}\n" for number in range(50))
    guess = guess_encoding(rows.encode("gb18030"))
    assert guess is not None and guess.encoding == "gb18030"


def test_spaces_that_do_not_break_are_text():
    text = "Es ist, z.\xa0B. am 3.\xa0Mai um 5\xa0Uhr, größer als 3\xa0m.\n"
    guess = guess_encoding(text.encode("cp1252"))
    assert guess is not None and guess.encoding == "cp1252"


def test_latin_9_is_told_by_its_letters():
    text = "Mon cœur, ma sœur et nos œufs sont là, près du bœuf.\n"
    guess = guess_encoding(text.encode("iso8859-15"))
    assert guess is not None and guess.encoding == "iso8859-15"


def test_expected_languages_decide_where_the_bytes_do_not():
    sample = "Soraba Superioară\nAugust\nparolă\n".encode("cp1250")
    guess = guess_encoding(sample, ["ro"])
    assert guess is not None and (guess.encoding, guess.language) == ("cp1250", "ro")
    assert guess_encoding(sample) is None


@pytest.mark.parametrize(
    "sample",
    [
        b"",
        b"plain ASCII",
        bytes(range(256)),
        bytes(range(128, 256)) * 20,
        bytes(number * 73 % 256 or 1 for number in range(4096)),
        b"nul \0 here",
        "Größe und\0 Länge, Breite, Höhe, Tiefe".encode(),
        b"\0" * 100,
    ],
)
def test_what_is_no_text_is_not_guessed(sample):
    assert guess_encoding(sample) is None


@settings(deadline=None, max_examples=30)
@given(st.binary(max_size=300))
def test_any_bytes_are_looked_at(sample):
    guess = guess_encoding(sample)
    assert guess is None or sample.decode(guess.encoding, "replace")


@pytest.mark.parametrize("sample", [b"\xe4", b"a\xe4", b"\xe4A", b"\xff\xfe\xb0", "汉".encode("gb18030"), b"\0a"])
def test_much_is_looked_at_in_bounded_time(sample):
    begun = time.process_time()
    guess_encoding(sample * (10**6 // len(sample)))
    assert time.process_time() - begun < 3


@pytest.mark.parametrize(
    ("path", "encoding", "size", "least"),
    [
        ("translation/ntrex128/dev.zh.txt", "gb18030", 200, 0.99),
        ("translation/ntrex128/dev.de.txt", "cp1252", 200, 0.97),
        ("translation/ntrex128/dev.fr.txt", "cp1252", 200, 0.97),
        ("translation/ntrex128/dev.zh.txt", "utf-16-le", 200, 0.99),
        ("translation/ntrex128/dev.de.txt", "cp1252", 2000, 1.0),
        ("lm/chinese_poetry/tang.jsonl.gz", "gb18030", 200, 0.99),
    ],
)
def test_pieces_of_real_texts(path, encoding, size, least, shared_data):
    file = shared_data / path
    if file.suffix == ".gz":
        with gzip.open(file, "rt", encoding="utf-8") as rows:
            text = "\n".join("".join(json.loads(row)["lines"]) for row, _ in zip(rows, range(600), strict=False))
    else:
        text = file.read_text(encoding="utf-8")
    wanted = [text[begin : begin + size] for begin in range(0, len(text) - size, max(size, len(text) // 30))]
    samples = [piece.encode(encoding, "ignore")[:size] for piece in wanted]
    right = 0
    for sample in samples:
        guess = guess_encoding(sample)
        right += guess is not None and sample.decode(guess.encoding, "ignore") == sample.decode(encoding, "ignore")
    assert right >= least * len(samples)
