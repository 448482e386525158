"""Files that are meant to fill the memory, to take forever or to break a reader: each is refused soon and in words."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from braid.config.recipe import DataConfig
from braid.data.example import Example, Reject
from braid.data.formats import FORMATS, PAIR_FORMATS, read_files
from braid.data.formats import texts as texts_module
from braid.data.kinds import KINDS
from braid.errors import DataError

GIGABYTE = 2**30
BINARY = {"parquet", "arrow", "sqlite", "mo"}
BEGINS = {
    "json": '[{"source": "',
    "jsonl": '{"source": "',
    "po": 'msgid "a"\nmsgstr "',
    "tmx": "<tmx><tu><tuv lang='en'><seg>",
    "xliff": "<xliff><file><trans-unit><source>",
    "android": "<resources><string name='a'>",
    "apple": '"a" = "',
    "json texts": '{"a": "',
    "yaml texts": 'a: "',
    "subtitles": "1\n00:00:01,000 --> 00:00:02,000\n",
}
SINGLE = [name for name in FORMATS if name not in BINARY and name != "parallel"]


def huge(begin: str, filler: bytes = b"a", size: int = GIGABYTE) -> bytes:
    """A gigabyte behind a beginning, as gzip in a megabyte: the same packed piece again and again."""
    piece = gzip.compress(filler * (2**20 // len(filler)), compresslevel=9)
    return gzip.compress(begin.encode()) + piece * (size >> 20)


def test_a_line_of_a_gigabyte_costs_neither_time_nor_memory(write, tmp_path, measured):
    """Each is given up at 16 MiB, in under a second of the processor and 100 MB."""
    for name in SINGLE:
        write(f"{name}{FORMATS[name][0]}.gz", huge(BEGINS.get(name, "")))
    names = sorted(path.name for path in tmp_path.iterdir())
    for name, seconds, megabytes, message in measured(names):
        assert "16 MiB" in message, (name, message)
        assert name in message
        assert seconds < 1, name
        assert megabytes < 100, name


KEYED = {
    "android": (".xml", "<resources>", "<string name='a'>b</string>"),
    "android empty": (".xml", "<resources>", "<plurals/>"),
    "apple": (".strings", "", '"a" = "b";\n'),
    "apple comments": (".strings", "", "/**/\n"),
    "properties": (".properties", "", "a = b\n"),
    "properties blank": (".properties", "", "\n"),
    "json": (".json", '{"a": "b"', ',"a":"b"'),
    "json nothing": (".json", '{"a": [[]', ",[]"),
    "yaml": (".yml", "a:\n", "- b\n"),
    "yaml nothing": (".yml", "a:\n", "- []\n"),
    "subtitles": (".srt", "", "00:00:01,000 --> 00:00:02,000\na\n\n"),
    "subtitles blank": (".srt", "", "\n"),
    "html": (".html", "<p>a", "<p>b"),
    "markdown": (".md", "a\n\n", "b\n\n"),
}


@pytest.mark.parametrize("size", [GIGABYTE, pytest.param(30 * 2**20, marks=pytest.mark.slow)])
def test_two_files_of_keys_or_cues_without_an_end(size, write, measured):
    """A gigabyte, and what is just small enough to be looked at; with memory for a text of 32 MiB and its bytes."""
    for name, (ending, begin, piece) in KEYED.items():
        write(f"{name}{ending}.gz", huge(begin, piece.encode(), size))
    names = [f"{name}{ending}.gz,{name}{ending}.gz" for name, (ending, *_) in KEYED.items()]
    for name, seconds, megabytes, message in measured(names):
        assert "split it" in message or "at least one pair" in message, (name, message)
        assert seconds < (1 if size == GIGABYTE else 2), name
        assert megabytes < 100, name


def test_two_files_with_a_text_of_a_gigabyte_are_refused(write, measured):
    names = []
    for name, (ending, *_) in PAIR_FORMATS.items():
        file = write(f"{name}{ending}.gz", huge(BEGINS.get(name, "")))
        names.append(f"{file},{file}")
    for name, seconds, megabytes, message in measured(names):
        assert "MiB" in message, (name, message)
        assert seconds < 1, name
        assert megabytes < 100, name


def test_a_text_of_gigabytes_is_read_in_pieces(write, tmp_path, monkeypatch):
    monkeypatch.setattr(texts_module, "WHOLE_CHARS", 2**20)
    monkeypatch.setattr(texts_module, "PIECE_CHARS", 2**18)
    text = "".join(f"line {n} of the text\n" for n in range(2**17))
    write("a.txt.gz", gzip.compress(text.encode()))
    rows = list(read_files(["a.txt.gz"], KINDS["generate"].options(DataConfig()), folder=tmp_path))
    assert "".join(row.target for row in rows) == text
    assert all(len(row.target) < 2**18 + 100 for row in rows)
    assert all(row.target.startswith(f"line {row.line - 1} ") for row in rows)
    assert len({row.group for row in rows}) == len(rows) > 8


def test_a_million_columns(write, tmp_path, measured):
    for ending, sign in ((".csv", ","), (".csv", ";"), (".tsv", "\t")):
        write(f"names{ord(sign)}{ending}", f"{sign.join(f'c{n}' for n in range(10**6))}\n{sign * 10**6}\na{sign}b\n")
        write(f"empty{ord(sign)}{ending}", f"{sign * 10**6}\n" + f"a{sign}b\n" * 20)
        write(f"few{ord(sign)}{ending}", f"{sign * 4096}\n" + f"a{sign}b\n" * 20)
    write("cells.csv", "ab," * (5 * 2**20) + "\na,b\n")
    for name, seconds, megabytes, message in measured(sorted(path.name for path in tmp_path.iterdir())):
        assert "a table must have at most 4096 columns" in message, (name, message)
        assert f"{name}, line 1" in message
        assert seconds < 1, name
        assert megabytes < 100, name


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
@pytest.mark.parametrize("task", ["classify", "generate"])
def test_a_million_columns_are_refused_for_every_task(name, task, write, tmp_path):
    write(name, ("," if name == "a.csv" else "\t") * 10**6 + "\na\n")
    with pytest.raises(DataError, match="at most 4096 columns"):
        list(read_files([name], KINDS[task].options(DataConfig()), folder=tmp_path))


def test_a_million_columns_below_the_first_row(write, read, measured):
    good = "source,target\n" + "a,b\n" * 3
    write("a.csv", good + ("," * 10**6 + "\n") * 8 + '"c, c",d\n')
    write("b.tsv", good.replace(",", "\t") + ("\t" * 10**6 + "\n") * 8 + "c\td\n")
    for name, seconds, megabytes, message in measured(["a.csv", "b.tsv"]):
        assert message == "12 rows"
        assert seconds < 1, name
        assert megabytes < 100, name
    assert [row.rule if isinstance(row, Reject) else row.target for row in read("a.csv")][2:] == [
        "b",
        *["empty"] * 8,
        "d",
    ]
    many = ", ".join("c" for _ in range(20_000))
    assert read(write("c.csv", f'a,b\n"{many}",d\n'))[1].source == many


NUL = {
    "a.tsv": ("a\tb\n", "a\0\tb\n"),
    "a.csv": ("a,b\n", "a,b\0\n"),
    "a.jsonl": ('{"source": "a", "target": "b"}\n', '{"source": "a\\u0000", "target": "b"}\n'),
    "b.jsonl": ('{"source": "a", "target": "b"}\n', '{"source": "a\0", "target": "b"}\n'),
    "a.po": ('msgid "a"\nmsgstr "b"\n', 'msgid "a\0"\nmsgstr "b"\n'),
}


@pytest.mark.parametrize("name", NUL)
def test_a_nul_costs_its_row(name, write, read):
    good, bad = NUL[name]
    rows = read(write(name, good * 2 + bad + good * 2))
    assert [isinstance(row, Reject) for row in rows] == [False, False, True, False, False]
    assert rows[2].example.line == (5 if name == "a.po" else 3)
    assert rows[2].rule in ("encoding", "json")
    assert "NUL" in rows[2].detail or "control character" in rows[2].detail
    with pytest.raises(DataError, match=r"NUL|control character"):
        read(write(f"x{name}", bad))


@pytest.mark.parametrize("name", ["a.tsv", "a.csv", "a.jsonl", "a.po"])
def test_a_file_of_nuls_is_none_of_text(name, write, read):
    with pytest.raises(DataError, match="must not hold NUL characters"):
        read(write(name, b"a\tb\n" * 10 + b"\0" * 1000))


def test_two_files_of_lines_with_a_nul(write, read):
    write("a.en", "a\nb\0\nc\n")
    write("a.zh", "d\ne\nf\n")
    assert [isinstance(row, Reject) for row in read("a.en,a.zh")] == [False, True, False]


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
@pytest.mark.parametrize("deep", ["[", '{"a":', '[{"a":'])
def test_deep_nesting(name, deep, write, tmp_path):
    good = '{"text": "a", "label": "b"}'
    begin, between, end = ("[", ",\n", "]") if name == "a.json" else ("", "\n", "")
    write(name, f"{begin}{good}{between}{deep * 100_000}{between}{good}{end}")
    for task in ("classify", "generate"):
        try:
            rows = list(read_files([name], KINDS[task].options(DataConfig()), folder=tmp_path))
        except DataError as error:
            assert name == "a.json"
            assert "nested too deeply" in str(error)
        else:
            assert [type(row) for row in rows] == [Example, Reject, Example]
            assert "nested too deeply" in rows[1].detail


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize(
    ("content", "message"),
    [(b"a\0b\tc\n", "NUL characters|well-formed"), (b"a\tb\n\xed\xa0\x80\tc\n", "valid utf-8, got the byte 0xed")],
)
def test_bytes_that_are_no_text(name, content, message, write, read):
    file = write(f"a{FORMATS[name][0]}", content)
    try:
        rows = read(file)
    except DataError as error:
        assert re.search(f"{message}|must hold|well-formed|must begin|must be readable|PO line", str(error))
        assert file in str(error)
    else:  # by lines: only one of them is lost
        assert "encoding" in [row.rule for row in rows if isinstance(row, Reject)]


@pytest.mark.parametrize("task", ["generate", "answer"])
@pytest.mark.parametrize(
    "ending", [".txt", ".jsonl", ".json", ".csv", ".conll", ".html", ".pdf", ".db", ".arrow", ".parquet"]
)
@pytest.mark.parametrize(
    "content", [b"\0" * 100, b"\xff\xfe\xff", bytes(range(256)), b"\xef\xbb\xbf", b"%PDF-", b"ARROW1\0\0"]
)
def test_anything_under_any_name_is_refused_in_words(task, ending, content, write, tmp_path):
    file = write(f"a{ending}", content)
    try:
        rows = list(read_files([file], KINDS[task].options(DataConfig()), folder=tmp_path))
    except DataError as error:
        assert error.message
    else:
        assert all(isinstance(row, Example | Reject) for row in rows)


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_a_million_keys(name, write, read):
    keys = json.dumps({f"k{number}": 1 for number in range(500_000)} | {"en": "a", "zh": "b"})
    write(name, f"{keys}\n" if name == "a.jsonl" else f"[{keys}]")
    begun = time.process_time()
    with pytest.raises(DataError, match='must have a key "source" or "en"'):
        read(name)
    assert time.process_time() - begun < 8


def test_numbers_of_thousands_of_digits(write, read, tmp_path):
    number = "1" * 10_000
    rows = read(write("a.jsonl", f'{{"en": "a", "zh": "b"}}\n{{"en": {number}, "zh": "b"}}\n'))
    assert (rows[1].rule, "Exceeds the limit" in rows[1].detail) == ("json", True)
    write("b.json", f'{{"data": [{{"paragraphs": [], "n": {number}}}]}}')
    with pytest.raises(DataError, match="must be JSON, got: Exceeds the limit"):
        list(read_files(["b.json"], KINDS["answer"].options(DataConfig()), folder=tmp_path))


PREPARE = """
import json, sys, time
from pathlib import Path
from braid.cli.main import main

def peak():
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024

recipe = sys.argv[1]
sys.argv = ["braid", "prepare", recipe]
before, begun = peak(), time.process_time()
try:
    main()
except SystemExit:
    pass
print(json.dumps([time.process_time() - begun, peak() - before]))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to tell the memory of a process")
@pytest.mark.parametrize(
    "ending",
    [
        "tsv",
        "tmx",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("csv", "jsonl", "json", "po", "mo", "xlf")),
    ],
)
def test_a_line_of_a_gigabyte_through_the_command_line(ending, write, tmp_path):
    """Not packed: a file with a hole, so that it takes no room on the disk; the libraries count, too."""
    with (tmp_path / f"a.{ending}").open("wb") as file:
        for _ in range(80):
            file.write(b"a" * 2**20)
        file.truncate(GIGABYTE)
    languages = 'source_language = "en"\ntarget_language = "de"'
    write("r.toml", f'task = "translate"\n[data]\n{languages}\ntrain = ["a.{ending}"]\n')
    command = [sys.executable, "-c", PREPARE, "r.toml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=300)
    seconds, megabytes = json.loads(done.stdout.splitlines()[-1])
    assert f"a.{ending}" in done.stderr
    assert "error: " in done.stderr
    assert seconds < 2  # of which starting takes nearly one on a busy machine
    assert megabytes < 150
