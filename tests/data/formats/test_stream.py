"""Encodings of files: what is marked, what is said, what is found out, and what happens to broken bytes."""

from __future__ import annotations

import gzip
import io
import tracemalloc

import pytest

from braid.data.example import Example, Reject
from braid.data.formats.encoding import encoding_name, find_encoding, undecoded
from braid.data.formats.stream import Stream, open_stream, whole_row
from braid.errors import DataError

CHINESE = "请先打开文件，然后检查每一行的内容是否正确。\n"
GERMAN = "Öffnen Sie zuerst die Datei und prüfen Sie, ob jede Zeile für größere Mängel taugt.\n"


@pytest.fixture
def lines(tmp_path):
    """Writes bytes and reads them as lines; also the encoding that was used and the confidence."""

    def read(content, *, is_compressed=False, declared="", **options):
        path = tmp_path / "texts.txt"
        path.write_bytes(gzip.compress(content) if is_compressed else content)
        with open_stream(path, "texts.txt", **options) as stream:
            encoding = stream.encoding(declared)
            assert stream.encoding(declared) == encoding == stream.used_encoding
            return list(stream.lines(encoding)), encoding, stream.confidence

    return read


@pytest.mark.parametrize("is_compressed", [False, True])
@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (CHINESE, "gbk", "gb18030"),
        (CHINESE, "gb18030", "gb18030"),
        (GERMAN, "latin-1", "cp1252"),
        (GERMAN, "utf-16-le", "utf-16-le"),
        (CHINESE, "utf-16-be", "utf-16-be"),
    ],
)
def test_an_encoding_is_found_out(text, encoding, found, is_compressed, lines):
    got, used, confidence = lines((text * 9).encode(encoding), is_compressed=is_compressed)
    assert got == [text.rstrip("\n")] * 9
    assert used == found
    assert 0.8 <= confidence <= 1


@pytest.mark.parametrize("is_compressed", [False, True])
def test_the_first_odd_byte_may_come_after_megabytes(is_compressed, lines):
    content = b"plain words only\n" * 200_000 + CHINESE.encode("gbk") * 20
    got, used, _ = lines(content, is_compressed=is_compressed)
    assert used == "gb18030"
    assert got[-1] == CHINESE.rstrip()
    assert len(got) == 200_020


def test_looking_ahead_takes_bounded_memory(tmp_path):
    path = tmp_path / "big.txt"
    path.write_bytes(b"plain words only\n" * 10**6 + CHINESE.encode("gbk") * 10_000)
    with open_stream(path, "big.txt") as stream:
        tracemalloc.start()
        assert stream.encoding() == "gb18030"
        assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
        tracemalloc.stop()


def test_plain_utf8_is_certain(lines):
    assert lines((GERMAN + CHINESE).encode())[1:] == ("utf-8", 1.0)
    assert lines(b"ascii\n")[1:] == ("utf-8", 1.0)


def test_a_file_that_was_begun_goes_on_where_it_was(tmp_path):
    path = tmp_path / "texts.txt"
    content = (GERMAN * 4000).encode("cp1252")
    for data in (content, gzip.compress(content)):
        path.write_bytes(data)
        with open_stream(path, "texts.txt") as stream:
            chunks = stream.chunks()
            parts = [next(chunks), next(chunks)]
            assert stream.encoding() == "cp1252"
            assert b"".join([*parts, *chunks]) == content


def test_a_person_says_the_encoding(lines):
    text = "Soraba Superioară\nparolă\n"
    assert lines(text.encode("cp1250"), encoding="windows-1250") == (["Soraba Superioară", "parolă"], "cp1250", 1.0)
    assert lines(CHINESE.encode("gb18030"), encoding="GB2312")[1] == "gb18030"
    assert lines("“x”".encode("cp1252"), encoding="latin-1")[0] == ["“x”"]


def test_what_a_file_says_itself_goes_before(lines):
    assert lines(("\ufeff" + CHINESE).encode(), encoding="gbk")[1] == "utf-8"
    assert lines(GERMAN.encode("cp1250"), encoding="gbk", declared="cp1250")[1] == "cp1250"
    assert lines(CHINESE.encode(), encoding="gbk")[:2] == ([CHINESE.rstrip()], "utf-8")  # plainly UTF-8
    assert lines("é".encode(), encoding="cp1252")[:2] == (["Ã©"], "cp1252")  # perhaps not


def test_expected_languages_help(lines):
    content = "Soraba Superioară\nAugust\nparolă\n".encode("cp1250")
    assert lines(content, languages=["ro"])[1] == "cp1250"
    with pytest.raises(DataError, match=r"valid utf-8, got the byte 0xe3 .*line 1"):
        lines(content)


@pytest.mark.parametrize("name", ["klingon", "base64", "utf-7", "a\0b", "x" * 999, "idna"])
def test_an_unknown_encoding_is_an_error(name, lines):
    with pytest.raises(DataError, match=r"data\.encoding must be an encoding that Python knows"):
        lines(b"a", encoding=name)
    with pytest.raises(DataError, match="declared encoding must be one that Python knows"):
        lines(b"a", declared=name)
    assert encoding_name(name) == ""


@pytest.mark.parametrize("broken", [b"\x92", b"\xe4\xb8", b"\xff\xfe", b"caf\xe9"])
@pytest.mark.parametrize("is_compressed", [False, True])
def test_a_broken_byte_does_not_change_the_encoding(broken, is_compressed, lines):
    content = CHINESE.encode() * 20_000 + broken + b"\n" + CHINESE.encode()
    with pytest.raises(DataError, match=r"valid utf-8, got the byte 0x\w\w \(texts.txt, line 20001\)") as caught:
        lines(content, is_compressed=is_compressed)
    assert caught.value.hint == "save the file as UTF-8, or set data.encoding"


def test_rows_with_broken_bytes_are_rejects(tmp_path):
    path = tmp_path / "texts.txt"
    path.write_bytes(CHINESE.encode() * 9 + b"it\x92s\n" + CHINESE.encode())
    with open_stream(path, "texts.txt", keeps_broken=True) as stream:
        found = list(stream.lines(stream.encoding()))
    assert (len(found), found[-1]) == (11, CHINESE.rstrip())
    rows = [Example(source="x", target=line, file="f", line=number) for number, line in enumerate(found, 1)]
    kept = [row for row in map(whole_row, rows) if isinstance(row, Example)]
    assert kept == [*rows[:9], rows[10]]
    reject = whole_row(rows[9])
    assert isinstance(reject, Reject)
    assert (reject.rule, reject.detail) == ("encoding", "the byte 0x92 is not valid UTF-8")
    assert reject.example.target == "it\ufffds"
    again = whole_row(Reject(example=rows[9], rule="columns"))
    assert isinstance(again, Reject)
    assert (again.rule, again.example.target) == ("encoding", "it\ufffds")  # which is why it has no columns
    assert whole_row(reject) == reject


def test_only_damaged_utf8_is_read_over_broken_bytes(tmp_path):
    path = tmp_path / "texts.txt"
    path.write_bytes(bytes(number * 73 % 256 or 1 for number in range(4096)))
    with open_stream(path, "texts.txt") as stream, pytest.raises(DataError, match="valid utf-8"):
        list(stream.lines(stream.encoding()))
    path.write_bytes(CHINESE.encode() + b"\x92")
    with open_stream(path, "texts.txt", keeps_broken=True) as stream, pytest.raises(DataError, match="valid utf-8"):
        stream.whole(stream.encoding(), 10**6)


def test_pieces_of_a_file_may_end_anywhere():
    content = (CHINESE * 200).encode()
    for size in (1, 2, 3, 7, 1000):
        chunks = [content[begin : begin + size] for begin in range(0, len(content), size)]
        assert find_encoding(chunks).is_damaged is False
        assert find_encoding([*chunks, b"\xe4"]).is_damaged is True
    legacy = (CHINESE * 200).encode("gb18030")
    chunks = [legacy[begin : begin + 999] for begin in range(0, len(legacy), 999)]
    assert find_encoding(chunks).encoding == "gb18030"


def test_of_a_file_that_is_plainly_not_utf8_only_a_part_is_looked_at():
    seen = []

    def chunks():
        for number in range(50):
            seen.append(number)
            yield (CHINESE * 500).encode("gb18030")

    assert find_encoding(chunks()).encoding == "gb18030"
    assert len(seen) < 10


def test_undecoded_names_the_byte():
    assert undecoded("a\udc92b") == "the byte 0x92 is not valid UTF-8"
    assert undecoded("fine \ud800") == ""


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"a\rb\rc", ["a", "b", "c"]),
        (b"a\rb\rc\r", ["a", "b", "c"]),
        (b"a\rb\n", ["a\rb"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"a\r" * 2**16 + b"b\n", ["a\r" * 2**16 + "b"]),
        ("a\rä\r".encode("utf-16"), ["a", "ä"]),
        (b"x" * 2**20 + b"\ry", ["x" * 2**20, "y"]),
    ],
)
def test_carriage_returns_end_lines_where_there_is_no_line_feed(data, lines):
    stream = Stream(io.BufferedReader(io.BytesIO(data)), "a.txt")
    assert list(stream.lines(stream.encoding())) == lines
