"""Whatever becomes of a file of any format, it is read or refused in words, and no row is without its place."""

from __future__ import annotations

import gzip
import random
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from braid.config.recipe import DataConfig
from braid.data.example import Reject
from braid.data.formats import read_files
from braid.data.kinds import KINDS
from braid.data.localizing import LocalizeOptions, localize
from braid.errors import DataError
from pretend import Model, shouted

PAIRS = [("Turn on the light", "打开灯"), ("<b>{0}</b> &amp; off", "关闭 &amp; <b>{0}</b>"), ("Off", "关")]


def _catalog() -> bytes:
    """An MO file of the pairs."""
    texts, tables = b"", [b"", b""]
    start = 28 + 16 * len(PAIRS)
    for side in (0, 1):
        for pair in PAIRS:
            data = pair[side].encode()
            tables[side] += struct.pack("<2I", len(data), start + len(texts))
            texts += data + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(PAIRS), 28, 28 + 8 * len(PAIRS), 0, 28 + 16 * len(PAIRS))
    return head + tables[0] + tables[1] + texts


def _unit(form: str) -> str:
    return "".join(form.format(source, target) for source, target in PAIRS)


QUESTIONS = (
    '{"data": [{"title": "t", "paragraphs": [{"context": "Ann likes tea.", "qas": [{"id": "1", "question": "What?", '
    '"answers": [{"text": "tea", "answer_start": 10}]}]}]}]}'
)
FILES: dict[tuple[str, str], str | bytes] = {
    ("translate", "a.tsv"): "source\ttarget\tother\n" + _unit("{}\t{}\tx\n"),
    ("translate", "a.csv"): "sep=;\n" + _unit('"{}";"{}"\r\n'),
    ("translate", "a.jsonl"): _unit('{{"source": "{}", "target": "{}", "id": 3}}\n'),
    ("translate", "a.json"): f'[{_unit("""{{"en": "{}", "zh": "{}"}},""")}{{}}]',
    ("translate", "a.po"): 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n#, fuzzy\n'
    + _unit('msgctxt "c"\nmsgid "{}"\nmsgid_plural "s"\nmsgstr[0] "{}"\n\n'),
    ("translate", "a.mo"): _catalog(),
    ("translate", "a.tmx"): '<?xml version="1.0"?>\n<tmx version="1.4"><header srclang="en"/><body>'
    + _unit('<tu><tuv xml:lang="en"><seg>{}</seg></tuv><tuv lang="zh"><seg>{}<ph x="1"/></seg></tuv></tu>\n')
    + "</body></tmx>",
    ("translate", "a.xlf"): '<xliff version="1.2"><file source-language="en" target-language="zh"><body>'
    + _unit('<trans-unit id="1"><source>{}</source><target state="final">{}</target></trans-unit>\n')
    + "</body></file></xliff>",
    ("translate", "a.xliff"): '<xliff version="2.0" srcLang="en" trgLang="zh"><file id="f">'
    + _unit('<unit id="1"><segment><source>{}</source><target>{}</target></segment></unit>\n')
    + "</file></xliff>",
    ("classify", "a.csv"): "text,label\n" + _unit('"{}",{}\n'),
    ("classify", "a.jsonl"): _unit('{{"text": "{}", "labels": ["{}", "x"]}}\n'),
    ("answer", "a.json"): QUESTIONS,
    ("generate", "a.txt"): _unit("{}\n\n{}\n"),
    ("generate", "a.jsonl"): _unit('{{"messages": [{{"role": "user", "content": "{}"}}, "{}"]}}\n'),
    ("generate", "a.html"): "<html><body>" + _unit("<h1>{}</h1><p>{}<br>x</p>") + "</body></html>",
}


def _table(kind: str) -> bytes:
    """The pairs as a table of a library's format."""
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"source": [pair[0] for pair in PAIRS * 3], "target": [pair[1] for pair in PAIRS * 3]})
    sink = pa.BufferOutputStream()
    if kind == "parquet":
        pytest.importorskip("pyarrow.parquet").write_table(table, sink, compression="zstd")
    else:
        ipc = pytest.importorskip("pyarrow.ipc")
        new = ipc.new_file if kind == "arrow file" else ipc.new_stream
        with new(sink, table.schema, options=ipc.IpcWriteOptions(compression="zstd")) as writer:
            writer.write_table(table)
    return sink.getvalue().to_pybytes()


def _database() -> bytes:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE pairs (source, target)")
        database.executemany("INSERT INTO pairs VALUES (?, ?)", PAIRS)
        database.commit()
        return database.serialize()


def _pdf() -> bytes:
    drawing = b"BT /F1 12 Tf 72 700 Td (Turn on the light) Tj 0 -20 Td (Off) Tj ET"
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>\n"
        b"endobj\n4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n"
        b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
        b"trailer<</Root 1 0 R/Size 6>>\n%%%%EOF" % (len(drawing), drawing)
    )


WORDS = "1\tTurn\tturn\tVERB\t_\t_\t0\troot\t_\t_\n2\ton\ton\tADP\t_\t_\t1\tcase\t_\t_\n\n"
MADE = {
    ("translate", "a.parquet"): lambda: _table("parquet"),
    ("translate", "a.arrow"): lambda: _table("arrow file"),
    ("translate", "b.arrow"): lambda: _table("arrow stream"),
    ("generate", "a.parquet"): lambda: _table("parquet"),
    ("translate", "a.db"): _database,
    ("generate", "a.conllu"): lambda: f"# text = Turn on\n{WORDS * 3}".encode(),
    ("classify", "a.conll"): lambda: WORDS.encode() * 3,
    ("generate", "a.pdf"): _pdf,
}
"""Files that a library makes, only where the test runs."""

TWO: dict[str, str] = {
    "a.txt": "One\nTwo\nThree\n",
    "a.xml": "<resources><string name='a'>One &amp; 'x'</string><plurals name='p'><item quantity='one'>b</item>"
    "</plurals><string-array name='c'><item>d</item></string-array></resources>",
    "a.strings": '/* note */\n"a" = "One \\"x\\"";\n"b" = "Two";\n',
    "a.properties": "# note\na = One \\\n  more\nb: \\u0041\n",
    "a.json": '{"a": {"b": "One", "c": ["x", "y"]}, "d": "Two {n}"}',
    "a.yml": "en:\n  a: One\n  b:\n    - x\n    - 'y'\n",
    "a.srt": "1\n00:00:01,000 --> 00:00:02,000\nOne\n\n2\n00:00:03,000 --> 00:00:04,000\nTwo\n",
    "a.html": "<html><body><h1>One</h1><p>Two <b>three</b></p></body></html>",
    "a.md": "# One\n\nTwo *three*\n\n- four\n\n| a | b |\n|---|---|\n| c | d |\n",
}

EDITS = st.lists(
    st.tuples(
        st.sampled_from(["cut", "drop", "double", "put", "swap", "flip"]),
        st.floats(0, 1),
        st.floats(0, 0.2),
        st.sampled_from(
            [b"\0", b"\xff", b'"', b"<", b"&", b"\n", b"\\", b"{", b"]", "字".encode(), b"\r", b"\xed\xa0\x80"]
        ),
    ),
    max_size=6,
)


def edited(content: bytes, edits) -> bytes:
    """The content after pieces of it were cut off, dropped, doubled, put in, moved or changed bit by bit."""
    for how, where, length, piece in edits:
        begin = int(where * len(content))
        end = min(len(content), begin + 1 + int(length * len(content)))
        part = content[begin:end]
        content = {
            "cut": content[:begin],
            "drop": content[:begin] + content[end:],
            "double": content[:end] + part + content[end:],
            "put": content[:begin] + piece + content[begin:],
            "swap": content[:begin] + part[::-1] + content[end:],
            "flip": content[:begin] + bytes(byte ^ (1 << begin % 8) for byte in part) + content[end:],
        }[how]
    return content


def check(task: str, name: str, content: bytes, folder: Path) -> None:
    (folder / name).write_bytes(content)
    config = DataConfig(source_language="en", target_language="zh", train=(name,))
    try:
        rows = list(read_files([name], KINDS[task].options(config), folder=folder))
    except DataError as error:
        assert name in str(error)
        assert len(str(error)) < 5000
        return
    for row in rows:
        example = row.example if isinstance(row, Reject) else row
        assert example.file == name
        assert example.line > 0
        assert not isinstance(row, Reject) or row.rule
    (folder / name).unlink()


def given_edits(examples: int):
    return lambda test: settings(
        deadline=None, max_examples=examples, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )(given(EDITS)(test))


@pytest.mark.parametrize(("task", "name"), FILES)
@given_edits(40)
def test_a_damaged_file_is_read_or_refused(task, name, tmp_path, edits):
    content = FILES[task, name]
    check(task, name, edited(content if isinstance(content, bytes) else content.encode(), edits), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("task", "name"), FILES)
@given_edits(4000)
def test_a_much_damaged_file_is_read_or_refused(task, name, tmp_path, edits):
    content = FILES[task, name]
    check(task, name, edited(content if isinstance(content, bytes) else content.encode(), edits), tmp_path)


@pytest.mark.parametrize(("task", "name"), FILES)
def test_damaged_gzip(task, name, tmp_path):
    content = FILES[task, name]
    packed = gzip.compress((content if isinstance(content, bytes) else content.encode()) * 3)
    source = random.Random(name)
    for _ in range(30):
        place = source.randrange(2, len(packed))
        broken = packed[:place] + bytes([packed[place] ^ 1 << source.randrange(8)]) + packed[place + 1 :]
        check(task, f"{name}.gz", broken, tmp_path)


def check_two(name: str, contents: tuple[bytes, bytes], folder: Path) -> None:
    entry = f"en.{name},zh.{name}"
    for file, content in zip(entry.split(","), contents, strict=True):
        (folder / file).write_bytes(content)
    options = KINDS["translate"].options(DataConfig(source_language="en", target_language="zh", train=(entry,)))
    try:
        rows = list(read_files([entry], options, folder=folder))
    except DataError as error:
        assert name in str(error)
        return
    for row in rows:
        example = row.example if isinstance(row, Reject) else row
        assert name in example.file
        assert example.line > 0


def check_written(name: str, content: bytes) -> None:
    """A file is written back with other texts, or refused in words."""
    try:
        found = localize(content, name, Model(shouted), LocalizeOptions(source_language="en", target_language="de"))
    except DataError as error:
        assert name in str(error)
        return
    assert isinstance(found.data, bytes)


WRITTEN: dict[str, str] = {name: content for name, content in TWO.items() if name != "a.txt"} | {
    name: content
    for (task, name), content in FILES.items()
    if task == "translate" and isinstance(content, str) and not name.endswith(".csv")
}


@pytest.mark.parametrize("name", WRITTEN)
@given_edits(15)
def test_a_damaged_file_is_written_back_or_refused(name, tmp_path, edits):
    check_written(name, edited(WRITTEN[name].encode(), edits))


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITTEN)
@given_edits(2000)
def test_a_much_damaged_file_is_written_back_or_refused(name, tmp_path, edits):
    check_written(name, edited(WRITTEN[name].encode(), edits))


@pytest.mark.parametrize(("task", "name"), MADE)
@given_edits(15)
def test_a_damaged_table_or_page_is_read_or_refused(task, name, tmp_path, edits):
    check(task, name, edited(MADE[task, name](), edits), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("task", "name"), MADE)
@given_edits(2000)
def test_a_much_damaged_table_or_page_is_read_or_refused(task, name, tmp_path, edits):
    check(task, name, edited(MADE[task, name](), edits), tmp_path)


@pytest.mark.parametrize("name", TWO)
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS, EDITS)
def test_two_damaged_files_are_read_or_refused(name, tmp_path, edits, others):
    check_two(name, tuple(edited(TWO[name].encode(), how) for how in (edits, others)), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", TWO)
@settings(deadline=None, max_examples=3000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS, EDITS)
def test_two_much_damaged_files_are_read_or_refused(name, tmp_path, edits, others):
    check_two(name, tuple(edited(TWO[name].encode(), how) for how in (edits, others)), tmp_path)
