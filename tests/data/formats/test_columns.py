"""TSV and CSV: headers, columns and malformed rows."""

from __future__ import annotations

import pytest

from braid.data.example import Example, Reject
from braid.data.formats import inspect_file
from braid.errors import DataError


def summary(rows):
    return [
        (row.rule, row.example.line) if isinstance(row, Reject) else (row.source, row.target, row.line) for row in rows
    ]


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("id\tzh_CN\ten", {}),
        ("id\tTarget\tSource", {}),
        ("n\tChinese\tEnglish", {"source_column": "English", "target_column": "Chinese"}),
        ("note\tChinese\ten", {"target_column": "Chinese"}),
    ],
)
def test_a_header_is_recognized_and_its_columns_are_used(header, columns, write, read):
    file = write("a.tsv", f"{header}\n1\t灯\tlight\n")
    assert summary(read(file, **columns)) == [("light", "灯", 2)]


def test_without_a_header_the_first_two_columns_are_used(write, read):
    file = write("a.tsv", 'light\t灯\tCC BY\n"quoted" start\t引\n')
    assert summary(read(file)) == [("light", "灯", 1), ('"quoted" start', "引", 2)]


@pytest.mark.parametrize("columns", [{"source_column": "2", "target_column": "1"}, {"source_column": "2"}])
def test_columns_can_be_numbers(columns, write, read):
    file = write("a.tsv", "灯\tlight\n")
    assert summary(read(file, **columns)) == [("light", "灯", 1)]


@pytest.mark.parametrize("columns", [("Englisch", "German"), ("English", ""), ("English", "English"), ("0", "1")])
def test_columns_that_are_not_there_are_named_with_those_that_are(columns, write, read):
    file = write("a.csv", "English,German\nlight,Licht\n")
    message = r'must name two columns .* got "{}" and "{}"; it holds "English", "German" \(a.csv, line 1\)'
    with pytest.raises(DataError, match=message.format(*columns)):
        read(file, source_column=columns[0], target_column=columns[1])


def test_rows_of_the_wrong_width_are_rejects_with_their_line(write, read):
    file = write("a.tsv", "a\tb\nlonely\n\nc\td\te\n\te\n")
    rows = read(file)
    assert summary(rows) == [("a", "b", 1), ("columns", 2), ("empty", 3), ("c", "d", 4), ("", "e", 5)]
    assert rows[1].detail == "must have at least 2 columns, got 1"
    assert rows[1].example == Example(source="lonely", target="", file="a.tsv", line=2)


@pytest.mark.parametrize(("name", "text"), [("a.tsv", "a,b\nc,d\n"), ("a.csv", "a/b\nc/d\n")])
def test_a_table_with_another_separator_is_an_error(name, text, write, read):
    file = write(name, text)
    with pytest.raises(DataError, match=rf"got 2 that are not; the first: must have at least 2 .* \({name}, line 1\)"):
        read(file)


def test_quoted_fields_hold_delimiters_quotes_and_line_breaks(write, read):
    file = write("a.csv", 'source,target\r\n"one,\r\n ""two""\n",一\r\n\r\nthree,三\r\n')
    assert summary(read(file)) == [('one,\n "two"\n', "一", 2), ("empty", 5), ("three", "三", 6)]


@pytest.mark.parametrize(
    "text", ["Hello, you;你好\nHi, he, she;嗨\nBye;再见\n", "source;target;a,b,c\nHello;你好;\n", "Hello\t你好\n"]
)
def test_the_delimiter_is_found(text, write, read):
    file = write("a.csv", text)
    assert read(file)[0].target == "你好"


def test_broken_quotes_in_one_row_are_a_reject(write, read):
    rows = read(write("a.csv", 'a,b\n"c" d,e\nf,g\n'))
    assert summary(rows) == [("a", "b", 1), ("quotes", 2), ("f", "g", 3)]
    assert rows[1].example.source == '"c" d,e'  # as it stands, for the rejects file


@pytest.mark.parametrize("num_rows", [3, 1000])
def test_a_quote_that_is_never_closed_costs_its_own_row_only(num_rows, write, read):
    rows = read(write("a.csv", 'a,b\n"c,d\n' + "e,f\n" * num_rows + '"g,",h\n'))
    assert summary(rows[:3]) == [("a", "b", 1), ("quotes", 2), ("e", "f", 3)]
    assert "must be closed where it ends" in rows[1].detail
    assert summary(rows[-1:]) == [("g,", "h", num_rows + 3)]
    assert len(rows) == num_rows + 3


def test_a_quote_that_is_closed_by_another_rows_quote_costs_its_own_row_only(write, read):
    rows = read(write("a.csv", 'a,b\nc,"d\n' + "e,f\n" * 50 + 'g,"h, i"\n'))
    assert summary(rows[:3]) == [("a", "b", 1), ("quotes", 2), ("e", "f", 3)]
    assert summary(rows[-1:]) == [("g", "h, i", 53)]


def test_a_field_may_be_as_long_as_a_line(write, read):
    long = "x" * 200_000
    assert read(write("a.csv", f'{long},b\n"{long}\n",b\n'))[0].source == long
    assert read("a.csv")[1].source == long + "\n"


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
def test_a_declared_delimiter_is_no_row(line, write, read):
    file = write("a.csv", f"{line}\nen;zh\na, b;一\n")
    assert summary(read(file)) == [("a, b", "一", 3)]


def test_facts_of_a_table(write, tmp_path):
    facts = inspect_file(write("a.csv", "id;de;zh_CN\n1;Licht;灯\n2;aus;关\n3;an;开\n4;x;y\n"), folder=tmp_path)
    assert facts.columns == ("id", "de", "zh_CN")
    assert facts.languages == ("de", "zh_CN")
    assert facts.rows == (("1", "Licht", "灯"), ("2", "aus", "关"), ("3", "an", "开"))
    assert inspect_file(write("b.tsv", "Light\t灯\n"), folder=tmp_path).columns == ()
