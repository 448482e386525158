"""The contract that every format keeps, and the lookup of files."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from braid.data.example import Example, Reject
from braid.data.formats import FORMATS, FileFacts, ReadOptions, inspect_file, read_files
from braid.errors import DataError

PAIRS = [
    ("Turn on the light", "打开灯"),
    ('Say "hi", <b>now</b> & {0}', "现在说“嗨”，<b>{0}</b> & 再见"),
    ("Off", "关"),
]
ESCAPED = [[text.replace("&", "&amp;").replace("<", "&lt;") for text in pair] for pair in PAIRS]
QUOTED = [[text.replace('"', '\\"') for text in pair] for pair in PAIRS]

TEXTS = {
    "tsv": "".join(f"{source}\t{target}\n" for source, target in PAIRS),
    "csv": "".join('"{}","{}"\n'.format(*(text.replace('"', '""') for text in pair)) for pair in PAIRS),
    "jsonl": "".join(f'{{"source": "{source}", "target": "{target}"}}\n' for source, target in QUOTED),
    "po": 'msgid ""\nmsgstr "Language: zh_CN\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    + "".join(f'msgid "{source}"\nmsgstr "{target}"\n\n' for source, target in QUOTED),
    "tmx": '<?xml version="1.0"?>\n<tmx version="1.4"><header srclang="en"/><body>\n'
    + "".join(
        f'<tu><tuv xml:lang="en"><seg>{source}</seg></tuv><tuv xml:lang="zh-CN"><seg>{target}</seg></tuv></tu>\n'
        for source, target in ESCAPED
    )
    + "</body></tmx>\n",
    "xliff": '<?xml version="1.0"?>\n<xliff version="1.2"><file source-language="en" target-language="zh-CN"><body>\n'
    + "".join(
        f'<trans-unit id="{number}"><source>{source}</source><target>{target}</target></trans-unit>\n'
        for number, (source, target) in enumerate(ESCAPED)
    )
    + "</body></file></xliff>\n",
    "json": "[\n"
    + ",\n".join(f'{{"source": "{source}", "target": "{target}"}}' for source, target in QUOTED)
    + "\n]\n",
    "conll": "".join(f"# source = {source}\n# target = {target}\n\n" for source, target in PAIRS),
}
FIRST_LINES = {
    "po": [5, 8, 11],
    "tmx": [3, 4, 5],
    "xliff": [3, 4, 5],
    "mo": [2, 3, 4],
    "json": [2, 3, 4],
    "conll": [1, 4, 7],
}


@pytest.fixture
def contents(compile_catalog) -> dict[str, bytes]:
    header = (b"", b"Language: zh_CN\nContent-Type: text/plain; charset=UTF-8\n")
    catalog = compile_catalog([header, *((source.encode(), target.encode()) for source, target in PAIRS)])
    return {name: text.encode() for name, text in TEXTS.items()} | {"mo": catalog}


SINGLE_FORMATS = [name for name in FORMATS if name not in ("parallel", "parquet", "arrow", "sqlite")]


def texts(rows: list[Example | Reject]) -> list[tuple[str, str]]:
    assert all(isinstance(row, Example) for row in rows), rows
    return [(row.source, row.target) for row in rows if isinstance(row, Example)]


def suffix(name: str) -> str:
    return FORMATS[name][0]


@pytest.mark.parametrize("name", SINGLE_FORMATS)
@pytest.mark.parametrize("is_compressed", [False, True])
def test_every_format_yields_the_same_examples(name, is_compressed, contents, write, read, tmp_path):
    content = gzip.compress(contents[name]) if is_compressed else contents[name]
    file = write(f"memory{suffix(name)}{'.gz' if is_compressed else ''}", content)
    rows = read(file)
    assert texts(rows) == PAIRS
    assert [row.line for row in rows] == FIRST_LINES.get(name, [1, 2, 3])
    assert {row.file for row in rows} == {file}
    facts = inspect_file(file, folder=tmp_path)
    assert (facts.file, facts.format, facts.encoding, facts.is_compressed) == (file, name, "utf-8", is_compressed)
    if name in ("tmx", "xliff", "po", "mo"):
        assert facts.languages[-1] in ("zh-CN", "zh_CN")
    assert facts.rows[0][:2] == PAIRS[0]


@pytest.mark.parametrize("name", [name for name in SINGLE_FORMATS if name != "mo"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-8", "utf-32-le"])
def test_a_byte_order_mark_decides_the_encoding(name, encoding, write, read, tmp_path):
    file = write(f"memory{suffix(name)}", ("\ufeff" + TEXTS[name]).replace("\n", "\r\n").encode(encoding))
    rows = read(file)
    assert texts(rows) == PAIRS
    assert rows[0].line == FIRST_LINES.get(name, [1])[0]
    assert inspect_file(file, folder=tmp_path).encoding == encoding


@pytest.mark.parametrize("name", SINGLE_FORMATS)
def test_an_empty_file_is_an_error(name, write, read):
    file = write(f"empty{suffix(name)}", "")
    with pytest.raises(DataError, match=r"at least one row, got an empty file \(empty\.") as caught:
        read(file)
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("name", SINGLE_FORMATS)
def test_truncated_gzip_is_an_error(name, contents, write, read):
    file = write(f"cut{suffix(name)}.gz", gzip.compress(contents[name])[:-20])
    with pytest.raises(DataError, match="must be complete, got one that breaks off"):
        read(file)


@pytest.mark.parametrize("name", [name for name in SINGLE_FORMATS if name != "mo"])
def test_undecodable_bytes_cost_their_line_or_are_an_error_with_it(name, contents, write, read):
    lines = contents[name].split(b"\n")
    lines[-2] = lines[-2].replace("关".encode(), b"\xb9\xd8") if name not in ("tmx", "xliff") else b"\xb9\xd8"
    lines[-3] = lines[-3].replace("关".encode(), b"\xb9\xd8")
    file = write(f"legacy{suffix(name)}", b"\n".join(lines))
    number = next(number for number, line in enumerate(lines, 1) if b"\xb9\xd8" in line)
    if name in ("tsv", "csv", "jsonl", "conll"):  # by lines: the others can be used
        rows = read(file)
        broken = [row for row in rows if isinstance(row, Reject)]
        assert {row.rule for row in broken} == {"encoding"}
        assert broken[0].detail == "the byte 0xb9 is not valid UTF-8"
        assert "\ufffd\ufffd" in broken[0].example.source + broken[0].example.target
        assert len(broken) < len(rows)
        return
    with pytest.raises(DataError, match=rf"valid utf-8, got the byte 0xb9 \(legacy.*, line {number}\)") as caught:
        read(file)
    assert caught.value.hint == "save the file as UTF-8, or set data.encoding"


@pytest.mark.parametrize("name", SINGLE_FORMATS)
def test_a_picture_is_not_read_as_a_format(name, write, read):
    file = write(f"picture{suffix(name)}", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)))
    with pytest.raises(DataError):
        read(file)


def test_parallel_files(write, read, tmp_path):
    write("train.en.gz", gzip.compress("One\n\nThree \u2028 still three".encode()))
    write("train.zh", "一\r\n\r\n三\r\n")
    rows = read("train.en.gz, train.zh")
    assert texts(rows) == [("One", "一"), ("", ""), ("Three \u2028 still three", "三")]
    assert (rows[2].file, rows[2].line) == ("train.en.gz,train.zh", 3)
    facts = inspect_file("train.en.gz,train.zh", folder=tmp_path)
    assert (facts.format, facts.rows[0]) == ("parallel", ("One", "一"))


def test_parallel_files_of_different_length(write, read):
    write("a.en", "1\n2\n3\n")
    write("a.zh", "1\n2\n")
    with pytest.raises(DataError, match=r"same number of lines, got 3 and 2 \(a.en,a.zh\)"):
        read("a.en,a.zh")
    with pytest.raises(DataError, match="got 2 and 3"):
        read("a.zh,a.en")


def test_globs_are_sorted_and_keep_the_shape_of_the_pattern(write, read, tmp_path):
    for name in ("memory/b.tsv", "memory/a.tsv.gz", "memory/deep/c.tsv", "memory/notes.txt"):
        write(name, gzip.compress(b"x\ty\n") if name.endswith("gz") else "x\ty\n")
    assert [row.file for row in read("memory/*.tsv*")] == ["memory/a.tsv.gz", "memory/b.tsv"]
    assert [row.file for row in read("**/c.tsv", "memory/b.tsv")] == ["memory/deep/c.tsv", "memory/b.tsv"]
    assert [row.file for row in read(str(tmp_path / "memory" / "b*.tsv"))] == [str(tmp_path / "memory" / "b.tsv")]
    options = ReadOptions(source_language="en", target_language="zh")
    rows = read_files(["../b.*"], options, folder=tmp_path / "memory" / "deep")
    assert [row.file for row in rows if isinstance(row, Example)] == ["../b.tsv"]


def test_globs_of_parallel_files_are_paired_in_order(write, read):
    for name in ("1.en", "1.zh", "2.en", "2.zh"):
        write(name, name)
    assert texts(read("*.en,*.zh")) == [("1.en", "1.zh"), ("2.en", "2.zh")]
    write("3.en", "alone")
    with pytest.raises(DataError, match="come in pairs, got 3 and 2 files"):
        read("*.en,*.zh")


def test_names_with_commas_and_brackets_are_taken_as_they_are(write, read):
    write("a,b [1].tsv", "x\ty\n")
    assert texts(read("a,b [1].tsv")) == [("x", "y")]


@pytest.mark.parametrize("pattern", ["missing.tsv", "*.tmx", "missing.en,missing.zh"])
def test_a_pattern_that_matches_nothing_is_named(pattern, read):
    with pytest.raises(DataError, match=r"must match at least one file, got none for \"(missing|\*)"):
        read(pattern)


def test_patterns_are_looked_up_before_anything_is_read(write, tmp_path):
    write("good.tsv", "x\ty\n")
    rows = read_files(["good.tsv", "bad.tsv"], ReadOptions(source_language="en", target_language="zh"), folder=tmp_path)
    with pytest.raises(DataError, match=r"bad\.tsv"):
        next(rows)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("folder.tmx", "must be a file, got a folder"),
        ("notes.doc", r"name must end in one of \.tsv \.tab \.csv .* or \.gz"),
        ("a.en,b.en,c.en", "come in pairs, got 3 names"),
        ("**b.tsv", "a glob must be one that|must match at least one file"),
        ("plain.tsv.gz", r"named \.gz must be gzip, got something else"),
    ],
)
def test_impossible_files_are_explained(pattern, message, write, read, tmp_path):
    (tmp_path / "folder.tmx").mkdir()
    for name in ("notes.doc", "a.en", "b.en", "c.en", "plain.tsv.gz"):
        write(name, "x\ty\n")
    with pytest.raises(DataError, match=message):
        read(pattern)


def test_a_file_without_any_pair_is_an_error(write, read):
    file = write("empty.tmx", '<tmx version="1.4"><header/><body/></tmx>')
    with pytest.raises(DataError, match=r"at least one pair of texts, got none \(empty.tmx\)"):
        read(file)


def test_facts_are_frozen():
    with pytest.raises(AttributeError):
        FileFacts(file="a", format="tsv", encoding="utf-8").file = "b"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("pattern", "source", "target", "num_examples", "num_rejects"),
    [
        ("formats/tmx_omegat/omegat.en-zh_CN.tmx.gz", "en", "zh", 10_915, 0),
        ("formats/tmx_omegat/omegat.en-de.tmx.gz", "de", "en", 10_720, 0),
        ("formats/xliff_msbuild/Build.Strings.zh-Hans.xlf", "en", "zh-CN", 620, 1),
        ("translation/tatoeba_en_zh/valid.tsv.gz", "en", "zh", 951, 0),
        ("translation/debian_ddtp/en-zh_CN.tsv.gz", "en", "zh", 2_165, 0),
        ("translation/multi30k/val.de.gz,translation/multi30k/val.en.gz", "de", "en", 1_014, 0),
    ],
)
def test_real_files(pattern, source, target, num_examples, num_rejects, shared_data: Path):
    options = ReadOptions(source_language=source, target_language=target)
    rows = list(read_files([pattern], options, folder=shared_data))
    assert sum(isinstance(row, Example) for row in rows) == num_examples
    assert sum(isinstance(row, Reject) for row in rows) == num_rejects
    examples = [row for row in rows if isinstance(row, Example)]
    assert [row.line for row in examples] == sorted({row.line for row in examples})


def test_lines_stay_exact_in_a_file_of_more_than_65535_lines(shared_data: Path):
    options = ReadOptions(source_language="en", target_language="zh")
    pattern = "formats/tmx_omegat/omegat.en-zh_CN.tmx.gz"
    rows = [row for row in read_files([pattern], options, folder=shared_data) if isinstance(row, Example)]
    with gzip.open(shared_data / pattern, "rt", encoding="utf-8") as file:
        begins = [number for number, line in enumerate(file, 1) if line.strip() == "<tu>"]
    assert [row.line for row in rows] == begins
    pairs = {(row.source, row.target) for row in rows if row.source != row.target and row.source and row.target}
    assert len(pairs) > 9_000
