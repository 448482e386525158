"""Whatever becomes of a file of any format, it is read or refused in words, and no row is without its place."""

from __future__ import annotations

import gzip
import random
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from braid.config.recipe import DataConfig
from braid.data.example import Reject
from braid.data.formats import read_files
from braid.data.kinds import KINDS
from braid.errors import DataError

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
