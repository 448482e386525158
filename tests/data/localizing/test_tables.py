"""CSV, TSV, JSON lines and Parquet: a column or a key of translations."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.data.localizing import LocalizeOptions, localize
from braid.data.localizing.tables import _csv_rows
from braid.errors import DataError
from pretend import Model


@pytest.mark.parametrize(
    ("before", "after", "options"),
    [
        ("id,source\n1,a\n2,\n", "id,source,de\n1,a,A\n2,\n", {}),
        ("text\na\n", "text,de\na,A\n", {}),
        ("en,de\na,\nb,x\n", "en,de\na,A\nb,x\n", {}),
        ("en,de\na,\nb,x\n", "en,de\na,A\nb,B\n", {"overwrite": True}),
        ("en,zh-CN\na\n", "en,zh-CN\na,A\n", {"target_language": "zh"}),
        ("Source;n\r\n\"a;\"\"b\"\"\";1\r\n", "Source;n;de\r\n\"a;\"\"b\"\"\";1;\"A;\"\"B\"\"\"\r\n", {}),
        ("sep=;\nsource;n\na;1\n", "sep=;\nsource;n;de\na;1;A\n", {}),
        ("\ufeffsource,n\n\"a\nb\",1", "\ufeffsource,n,de\n\"a\nb\",1,\"A\nB\"", {}),
        ("k,text,note\n1,a,x\n\n2,b,y\n", "k,text,note,de\n1,a,x,A\n\n2,b,y,B\n", {}),
        ("k,msg\n1,a\n", "k,msg,out\n1,a,A\n", {"source_column": "msg", "target_column": "out"}),
        ("1,a\n2,b\n", "1,a,A\n2,b,B\n", {"source_column": "2"}),
        ("1,a,z\n2,b\n", "1,a,A\n2,b,B\n", {"source_column": "2", "target_column": "3", "overwrite": True}),
        ("a\n\"b\"\n", "a,A\n\"b\",B\n", {}),
        ("source,x\na\n", "source,x,de\na,,A\n", {}),
        ("# made by x\nen,n\na,1\n", "# made by x\nen,n,de\na,1,A\n", {}),
    ],
)  # fmt: skip
def test_csv(run, before, after, options):
    assert run(before, "a.csv", **options).data.decode() == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("source\ttarget\r\na\t\r\n\"b\tx\r\n", "source\ttarget\r\na\tA\r\n\"b\tx\r\n"),
        ("en\tid\nsay \"a\"\t1\n", "en\tid\tde\nsay \"a\"\t1\tSAY \"A\"\n"),
        ("a\n\nb", "a\tA\n\nb\tB"),
        ("# made by x\nen\tn\na\t1\n", "# made by x\nen\tn\tde\na\t1\tA\n"),
    ],
)  # fmt: skip
def test_tsv(run, before, after):
    assert run(before, "a.tsv").data.decode() == after


def test_tabs_of_a_model_do_not_make_columns(run):
    assert run("source\na\n", "a.tsv", lambda text: "x\ty\nz").data == b"source\tde\na\tx y z\n"


@pytest.mark.parametrize("options", [{}, {"source_column": "none"}, {"source_column": "9"}, {"source_column": "0"}])
def test_a_column_that_is_not_there_is_told(run, options):
    with pytest.raises(DataError, match="--source-column"):
        run("a,b\n1,2\n", "a.csv", **options)
    with pytest.raises(DataError, match="a column each"):
        run("en,b\n1,2\n", "a.csv", source_column="en", target_column="en")


CELLS = st.lists(st.lists(st.text(alphabet='ab,;"\n\r x', max_size=5), min_size=2, max_size=3), min_size=1, max_size=4)


@given(CELLS)
def test_cells_have_their_places(rows):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    found = list(_csv_rows(buffer.getvalue(), 0, ","))
    assert [[cell.text for cell in row] for row in found] == rows
    for row in found:
        for cell in row:
            written = buffer.getvalue()[cell.start : cell.end]
            assert (next(csv.reader(io.StringIO(written, newline=""))) if written else [""]) == [cell.text]


@pytest.mark.parametrize(
    ("before", "after", "options"),
    [
        ('{"source": "a", "n": 1}', '{"source": "a", "target": "A", "n": 1}', {}),
        ('{"n":[{"source":"no"}],"text":"a"}', '{"n":[{"source":"no"}],"text":"a", "de": "A"}', {}),
        ('{"en": "a", "de": ""}', '{"en": "a", "de": "A"}', {}),
        ('{"en": "a", "de": null}', '{"en": "a", "de": "A"}', {}),
        ('{"en": "a", "de": "x"}', '{"en": "a", "de": "x"}', {}),
        ('{"en": "a", "de": "x"}', '{"en": "a", "de": "A"}', {"overwrite": True}),
        ('{"translation": {"en": "a"}, "x": 1}', '{"translation": {"en": "a", "de": "A"}, "x": 1}', {}),
        ('{"q": "a"}', '{"q": "a", "r": "A"}', {"source_column": "q", "target_column": "r"}),
        ('{"text": "\\u00e9"}', '{"text": "\\u00e9", "de": "\\u00c9"}', {}),
    ],
)
def test_json_lines(run, before, after, options):
    for end in ("\n", "\r\n", "\n\n", ""):
        assert run(before + end, "a.jsonl", **options).data.decode() == after + end
        json.loads(after)


def test_json_lines_that_are_none_are_told_and_stay(run):
    result = run('{"x": 1}\nnot\n{"text": "a"}\n[]\n', "a.jsonl")
    assert result.data == b'{"x": 1}\nnot\n{"text": "a", "de": "A"}\n[]\n'
    assert [finding.line for finding in result.left] == [1, 2, 4]


def test_numbers_are_no_texts_and_no_room_for_one(run):
    lines = [
        '{"source": 5, "target": ""}',
        '{"source": true}',
        '{"source": null}',
        '{"source": "a", "target": 5}',
        "{}",
    ]
    result = run("\n".join(lines), "a.jsonl")
    assert result.data.decode() == "\n".join(lines)
    assert (result.num_texts, result.num_kept) == (4, 1)
    assert [(one.line, one.reason) for one in result.left] == [
        (1, 'the line must have a text under "source", got 5'),
        (2, 'the line must have a text under "source", got true'),
        (5, "the line must have a text under source or text or en"),
    ]
    assert run(lines[3], "a.jsonl", overwrite=True).data.decode() == '{"source": "a", "target": "A"}'


def test_doubtful_json_lines_say_so(run):
    result = run('{"text": "a {x}"}\n{"text": "b"}\n', "a.jsonl", lambda text: text.replace("{x}", ""))
    rows = [json.loads(line) for line in result.data.splitlines()]
    assert rows == [{"text": "a {x}", "de": "a {x}", "needs_review": True}, {"text": "b", "de": "b"}]


def test_parquet(tmp_path):
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    from pyarrow import parquet

    table = pyarrow.table({"id": [1, 2, 3, 4], "en": ["a", "b", None, "c"], "de": [None, "x", "y", ""]})
    table = table.replace_schema_metadata({"made": "by hand"})
    parquet.write_table(table, tmp_path / "a.parquet", compression="zstd")
    data = (tmp_path / "a.parquet").read_bytes()

    def made(**options):
        settings = {"target_language": "de", "source_language": "en"} | options
        result = localize(data, "a.parquet", Model(str.upper), LocalizeOptions(**settings))
        return result, parquet.read_table(io.BytesIO(result.data))

    result, read = made()
    assert read.to_pydict() == {"id": [1, 2, 3, 4], "en": ["a", "b", None, "c"], "de": ["A", "x", "y", "C"]}
    assert read.schema.metadata[b"made"] == b"by hand"
    assert (result.num_translated, result.num_kept) == (2, 1)
    assert parquet.ParquetFile(io.BytesIO(result.data)).metadata.row_group(0).column(0).compression == "ZSTD"
    assert made(overwrite=True)[1]["de"].to_pylist() == ["A", "B", "y", "C"]
    assert made(target_language="fr")[1]["fr"].to_pylist() == ["A", "B", None, "C"]
    with pytest.raises(DataError, match='got the columns "id", "en", "de"'):
        made(source_column="none")
    with pytest.raises(DataError, match='"id" must hold texts'):
        made(source_column="id")


def test_a_mark_for_a_review_is_changed_not_repeated(run):
    line = '{"text": "a {x}", "de": "b", "needs_review": %s}\n'
    assert run(line % "true", "a.jsonl", overwrite=True).data.decode() == line.replace('"b"', '"A {x}"') % "false"
    lost = run(line % "false", "a.jsonl", lambda text: text.strip("{x}"), overwrite=True)
    assert json.loads(lost.data)["needs_review"] is True


@pytest.mark.parametrize("text", ['source\n"a"b\n', 'source,x\n"a" ,b\n', 'source\n"a\n', 'source;x\n"a"";1\n'])
def test_cells_quoted_in_part_are_refused(run, text):
    with pytest.raises(DataError):
        run(text, "a.csv")


@given(st.text(alphabet='ab,;"\n\r\t x', max_size=20))
def test_odd_tables_are_refused_or_read(text):
    for name in ("a.csv", "a.tsv"):
        data = f"source\n{text}".encode()
        try:
            found = localize(data, name, Model(lambda text: text), LocalizeOptions(target_language="de"))
        except DataError:
            continue
        assert found.num_texts == found.num_translated + found.num_kept + len(found.left)
        assert found.data.startswith(b"source")
        assert found.data.count(b"\n") >= data.count(b"\n")
