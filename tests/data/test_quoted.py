"""CSV in pieces: the rows of the whole, whatever becomes of its quotation marks."""

import time
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from braid.config.recipe import DataConfig
from braid.data import portion, quoted
from braid.data import portions as module
from braid.data.formats import ReadOptions, columns, csv, dialect, stream, texts
from braid.data.formats.read import DataFile, raw_rows
from braid.data.kinds import KINDS
from braid.data.portions import portions
from braid.data.quoted import Wanted, record_blocks
from braid.errors import DataError

PAIRS = ReadOptions(source_language="en", target_language="de")
TEXTS = KINDS["generate"].options(DataConfig())

FIELD = st.text(alphabet='aß ,;"\n\r', max_size=6).map(lambda text: '"' + text.replace('"', '""') + '"')
PLAIN = st.text(alphabet="aß|.", max_size=4)
ROW = st.lists(st.one_of(FIELD, PLAIN, PLAIN), min_size=1, max_size=3).map(",".join)
SOUND = st.lists(st.tuples(ROW, st.sampled_from(["\n", "\r\n"])).map("".join), max_size=60).map("".join)
BROKEN = st.lists(
    st.sampled_from([
        '"', '""', ",", ";", "\n", "\n", "\r\n", "\r", "\r\r\n", "a", "ß", 'a"b', '"a"b', '"a"', "a,b\n", '"a\nb",c\n',
        '"a""b"\n', "\n\n\n\n\n", "\ufeff", 'source,target\n', "x;y\n", "\t",
    ]),
    max_size=120,
).map("".join)  # fmt: skip
MARKED = st.tuples(st.sampled_from(["", "\ufeff", "sep=;\n", '"sep=|"\r\n']), st.one_of(SOUND, BROKEN)).map("".join)


@pytest.fixture
def tiny(monkeypatch):
    """Files of a few lines are cut, and records of a few lines are too long."""
    for place, name, value in [
        (module, "PORTION_BYTES", 20),
        (module, "BLOCK_LINES", 2),
        (module, "HEAD_LINES", 4),
        (portion, "HEAD_LINES", 4),
        (module, "HEAD_BYTES", 16),
        (stream, "HEAD_BYTES", 16),
        (columns, "LOOKED_AT", 3),
        (texts, "LOOKED_AT", 3),
        (dialect, "MAX_RECORD_LINES", 4),
        (quoted, "MAX_RECORD_LINES", 4),
    ]:
        monkeypatch.setattr(place, name, value)


def read(rows):
    """The rows, or what is wrong."""
    try:
        return list(rows)
    except DataError as error:
        return str(error)


def in_pieces(file, options):
    return [row for portion in portions([file], options) for row in portion.rows(options)]


def check(path, options):
    """The number of pieces, which give the rows of the whole."""
    file = DataFile((path,), ("a.csv",))
    whole = read(raw_rows(file, options))
    try:
        assert in_pieces(file, options) == whole
    except DataError as error:
        assert str(error) == whole
    return len(list(portions([file], options)))


@pytest.mark.usefixtures("tiny")
@given(
    MARKED,
    st.sampled_from(["utf-8", "utf-8", "cp1252", "gb18030"]),
    st.integers(1, 40),
    st.sampled_from([PAIRS, TEXTS]),
)
@example('"sep=|"\r\n""\n"a\nb",c\n"', "utf-8", 1, PAIRS)
@example('a,"\n\n\n\nb","\rc\n' * 9, "utf-8", 7, PAIRS)
@settings(max_examples=120, deadline=None)
def test_any_quotation_marks(tmp_path_factory, text, encoding, size, options):
    path = tmp_path_factory.mktemp("quoted") / "a"
    path.write_bytes(text.encode(encoding, "replace"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quoted, "READ_BYTES", size)
        check(path, options)
        check(path, replace(options, encoding=encoding))


def _begins(path, delimiter):
    """Lines at which the reader finds records."""
    with stream.open_stream(path, "a.csv") as opened:
        return [record.line for record in csv.csv_records(opened)]


@pytest.mark.usefixtures("tiny")
@given(SOUND.map("a,b\n".__add__), st.integers(1, 60))
@settings(max_examples=100, deadline=None)
def test_every_record_is_a_place_to_cut(tmp_path_factory, text, size):
    path = tmp_path_factory.mktemp("quoted") / "a"
    path.write_text(text, encoding="utf-8", newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quoted, "READ_BYTES", size)
        patch.setattr(dialect, "MAX_RECORD_LINES", 100)
        patch.setattr(quoted, "MAX_RECORD_LINES", 100)
        patch.setattr(csv, "find_dialect", lambda *_, **_k: dialect.Dialect())
        blocks = record_blocks(path, ",", Wanted(every=1, head_records=1, head_bytes=1))
        lines = _begins(path, ",")
    data = path.read_bytes()
    if blocks is None:
        assert len(lines) < 2
        return
    if "\r" not in text.replace("\r\n", ""):
        assert blocks.lines.tolist() == lines
    assert [data[:at].count(b"\n") + 1 for at in blocks.offsets] == blocks.lines.tolist()


ROWS = [f'"the text {i}, with ""marks""\n and lines",der Text {i}' for i in range(9_000)]


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(module, "PORTION_BYTES", 90_000)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("head", ["", "target,source\n", "\ufeffsource,target\n", "sep=,\nsource,target\n"])
@pytest.mark.parametrize(("end", "stray"), [("\n", ""), ("\r\n", ""), ("\n", 'a 5" pipe,ein "Rohr\n"open,x\n')])
def test_large_files_are_cut(tmp_path, head, end, stray):
    text = head + end.join([*ROWS[:4_000], *([stray[:-1]] if stray else []), *ROWS[4_000:]])
    (tmp_path / "a.csv").write_text(text, encoding="utf-8", newline="")
    assert check(tmp_path / "a.csv", PAIRS) == 5
    assert check(tmp_path / "a.csv", TEXTS) == 5


@pytest.mark.usefixtures("small")
def test_appending_changes_the_last_pieces_only(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("\n".join(ROWS) + "\n", encoding="utf-8")
    file = DataFile((path,), ("a.csv",))
    before = [portion.digest() for portion in portions([file], PAIRS)]
    with path.open("a") as out:
        out.writelines(f"{row}\n" for row in ROWS[:3_000])
    after = [portion.digest() for portion in portions([file], PAIRS)]
    assert len(after) > len(before)
    assert after[: len(before) - 1] == before[:-1]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("\n".join(ROWS), "utf-16"),
        ("\ufeff" + "\n".join(ROWS), "gb18030"),
        ("sep=|\n" + "\n".join(f"儅{row.replace(',', '|')}" for row in ROWS), "gb18030"),  # whose second byte is a |
        ("\n".join(f'"{"x" * 40_000}\n{"x" * 40_000}",b' for _ in range(300)), "utf-8"),  # less than a block
    ],
)
def test_what_cannot_be_cut_is_one_piece(tmp_path, text, encoding):
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    assert check(tmp_path / "a.csv", ReadOptions(source_language="zh", target_language="de", encoding=encoding)) == 1


@pytest.mark.parametrize("unit", ['"', '""', '"a\n', 'a"\n', ',"\n', "\r", '"\n"x\n', "a\n"])
def test_linear_time(tmp_path, unit):
    path = tmp_path / "a.csv"
    path.write_text(unit * (600_000 // len(unit)), newline="")
    begun = time.process_time()
    record_blocks(path, ",", Wanted(every=1000, head_records=501, head_bytes=65536))
    assert time.process_time() - begun < 4


def test_a_record_too_long_for_memory(tmp_path):
    path = tmp_path / "a.csv"
    with path.open("w") as file:
        file.write("a,b\n" * 40_000 + '"')
        for _ in range(18):
            file.write("x" * 2**20 + "\n")
    assert record_blocks(path, ",", Wanted(every=1000, head_records=501, head_bytes=65536)) is None
