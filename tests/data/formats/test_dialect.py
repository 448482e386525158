from __future__ import annotations

import csv
import gzip
import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.data.example import Example, Reject
from braid.data.formats.contract import ReadOptions
from braid.data.formats.csv import csv_records
from braid.data.formats.dialect import Dialect, find_dialect, first_lines, records_of
from braid.data.formats.stream import Stream

EN_DE = ReadOptions(source_language="en", target_language="de")
ROWS = [
    ["source", "target"],
    ["Hello, you; all", "Hallo, du; alle"],
    ['He said "hi", ok', 'Er sagte "hi", ja'],
    ["It's late", "Es ist spät"],
    ["C:\\new folder\\", "C:\\neu\\"],
    ["two\nlines", "zwei\nZeilen"],
    ["", "leer"],
]
WRITERS = {
    "excel": {},
    "semicolon": {"delimiter": ";"},
    "tab": {"delimiter": "\t"},
    "pipe": {"delimiter": "|"},
    "caret": {"delimiter": "^"},
    "all quoted": {"quoting": csv.QUOTE_ALL},
    "single": {"quotechar": "'", "quoting": csv.QUOTE_ALL},
    "single, where needed": {"quotechar": "'"},
    "escaped": {"doublequote": False, "escapechar": "\\", "quoting": csv.QUOTE_ALL},
    "escaped, pipe": {"doublequote": False, "escapechar": "\\", "quoting": csv.QUOTE_ALL, "delimiter": "|"},
}


def written(rows, **how) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n", **how).writerows(rows)
    return file.getvalue()


def read(text: str | bytes, options: ReadOptions | None = None):
    data = text if isinstance(text, bytes) else text.encode()
    return list(csv_records(Stream(io.BufferedReader(io.BytesIO(data)), "a.csv"), options))


def cells(text: str | bytes, options: ReadOptions | None = None):
    records = read(text, options)
    assert not any(record.fault for record in records)
    return [list(record.cells) for record in records]


@pytest.mark.parametrize("options", [None, EN_DE], ids=["unknown", "known header"])
@pytest.mark.parametrize("how", WRITERS)
def test_what_a_writer_writes_is_read_again(how, options):
    assert cells(written(ROWS, **WRITERS[how]), options) == ROWS


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
def test_spaces_behind_delimiters_are_no_text(delimiter):
    text = written([row for row in ROWS if "two" not in row[0]], quoting=csv.QUOTE_ALL, delimiter=delimiter)
    assert cells(text.replace(f'"{delimiter}"', f'"{delimiter} "')) == [row for row in ROWS if "two" not in row[0]]


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("a,b\nc,d\n", Dialect()),
        # What two dialects fit is read in the standard one.
        ("'Hello',Hallo\nGood,Gut\n'Bye',Aus\n", Dialect()),
        ("It's,Es\n'tis so,So ist es\nrock 'n' roll,'ne Sache\n", Dialect()),
        ('a,"C:\\"\nb,"D:\\"\n', Dialect()),
        ('a, b\nc, d "e"\n', Dialect()),
        ("who | what,wer | was\nA | B,C | D\n", Dialect()),
        ("Note: yes,Notiz: ja\nTime: 12:30,Zeit: 12:30\n", Dialect()),
        ("At 12:30\nAt 13:30\n", Dialect()),
        ("Note: this\nNote: that\n", Dialect()),
        ("hello:hallo\nbye:aus\n", Dialect(":")),
        ("Hello, you;Hallo, du\nBye, all;Tschüss, alle\n", Dialect(";")),
        ("sep=|\na;b|c;d\n", Dialect("|", is_declared=True)),
        ('"sep=:"\na:b\n', Dialect(":", is_declared=True)),
        ("'Hello, you','Hallo, du'\n'Bye','Aus'\n", Dialect(quote="'")),
        ("'It\\'s so','Ist so'\n'Bye','Aus'\n", Dialect(quote="'", has_escapes=True)),
        ('"a", "b"\n"c", "d"\n', Dialect(skips_spaces=True)),
        ("", Dialect()),
    ],
)
def test_the_dialect_is_found(text, dialect):
    assert find_dialect(text.splitlines()) == dialect


def test_the_other_quotation_mark_stays_itself():
    text = r"""0,"He said \"it\'s fine\", then" """.strip() + "\n"
    assert cells(text * 3)[0] == ["0", """He said "it's fine", then"""]


def test_only_quotes_and_backslashes_are_unescaped():
    text = 'source,target\n"a \\"b\\" \\n C:\\\\dir","x"\nplain \\"p\\",y\n'
    assert cells(text)[1:] == [['a "b" \\n C:\\dir', "x"], ['plain "p"', "y"]]


def test_lines_may_end_as_on_old_macintoshes():
    assert cells(written(ROWS[:4]).replace("\n", "\r")) == ROWS[:4]


def test_a_stray_carriage_return_is_told_in_words():
    (record,) = [record for record in read("a,b\nc\rd,e\nf,g\n") if record.fault]
    assert record.line == 2
    assert "carriage return" in record.fault


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_comments_before_the_header_are_no_rows(name, write, read):
    mark = "," if name == "a.csv" else "\t"
    text = f"# made by hand{mark} in May\n#\n\nsource{mark}target\nHello{mark}Hallo\n# 1{mark}# 1\n"
    rows = read(write(name, text))
    assert [(row.source, row.line) for row in rows if isinstance(row, Example)] == [("Hello", 5), ("# 1", 6)]
    assert [(row.rule, row.example.line) for row in rows if isinstance(row, Reject)] == [
        ("empty", n) for n in (1, 2, 3)
    ]


def test_a_first_row_that_begins_with_a_number_sign_is_a_row(write, read):
    rows = read(write("a.csv", "#1 song,Lied Nr. 1\n#2 song,Lied Nr. 2\n"))
    assert [row.source for row in rows] == ["#1 song", "#2 song"]


def test_a_head_that_breaks_off_inside_a_cell_is_no_fault():
    lines = first_lines(('"a","b"\n' * 20 + '"c,\nd,\n' * 10).rstrip("\n"))
    assert find_dialect(lines, is_cut=True) == Dialect()


@given(
    st.lists(
        st.tuples(*[st.text(st.sampled_from("ab ,;|'\"\\:^#\t\nß"), max_size=12).map(str.strip)] * 2),
        min_size=3,
        max_size=12,
    ),
    st.sampled_from([",", ";", "|", "\t"]),
)
@settings(max_examples=200, deadline=None)
def test_any_cells_below_a_known_header_are_read_as_they_were_written(rows, delimiter):
    """With every cell in double quotes there is nothing to guess, whatever stands inside them."""
    rows = [["source", "target"], *map(list, rows)]
    assert cells(written(rows, delimiter=delimiter, quoting=csv.QUOTE_ALL), EN_DE) == rows


@pytest.mark.parametrize("char", [*",;|:^'\"\\# \r\n", '\\"', ' "', "'a',", '"a', "# "])
def test_one_sign_repeated_is_looked_at_in_little_time(char):
    text = char * (10**6 // len(char))
    begun = time.perf_counter()
    lines = first_lines(text[: 2**16])
    find_dialect(lines, is_cut=True)
    assert time.perf_counter() - begun < 1


@pytest.mark.parametrize("how", WRITERS)
def test_real_tables_are_read_as_they_were_written(shared_data, how):
    lines = gzip.decompress((shared_data / "translation/tatoeba_en_zh/test.tsv.gz").read_bytes()).decode().splitlines()
    rows = [line.split("\t") for line in lines[:600]]
    assert cells(written(rows, **WRITERS[how])) == rows


def test_records_name_their_lines():
    records = list(records_of(iter(["a,b", '"c', 'd",e', '"f', "g"]), Dialect()))
    assert [(record.line, bool(record.fault)) for record in records] == [(1, False), (2, False), (4, True), (5, False)]
