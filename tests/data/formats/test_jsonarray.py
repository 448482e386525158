"""JSON files with a list of objects, an element at a time."""

from __future__ import annotations

import gzip
import json
import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from braid.config.recipe import DataConfig
from braid.data.example import Example, Reject
from braid.data.formats import inspect_file, jsonarray, read_files
from braid.data.kinds import KINDS
from braid.errors import DataError

GOOD = '{"source": "a", "target": "b"}'


@pytest.fixture
def rows(write, tmp_path):
    def read(content, task="classify", name="a.json", **config):
        options = KINDS[task].options(DataConfig(**config))
        return list(read_files([write(name, content)], options, folder=tmp_path))

    return read


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("key", ["", "data", "rows", "examples", "anything"])
def test_lists_of_labeled_texts(indent, key, rows):
    values = [{"id": n, "text": f"text\n{n} 灯 \u2028", "label": ["x", "y"][: 1 + n % 2]} for n in range(300)]
    content = (
        {"version": "1", "about": {"size": [1, 2]}, "names": ["x", "y"], key: values, "n": None} if key else values
    )
    text = json.dumps(content, indent=indent, ensure_ascii=False)
    found = rows(text)
    assert [(row.source, row.target, row.key) for row in found] == [
        (value["text"], "\n".join(value["label"]), str(value["id"])) for value in values
    ]
    if indent:
        begins = [number for number, line in enumerate(text.split("\n"), 1) if '"id"' in line]
        assert [row.line + 1 for row in found] == begins
    assert rows(gzip.compress(text.encode()), name="b.json.gz") == [
        Example(source=row.source, target=row.target, key=row.key, file="b.json.gz", line=row.line) for row in found
    ]


def test_documents_and_dialogues(rows):
    values = [{"text": "one"}, {"messages": [{"role": "user", "content": "hi"}]}, {"no": 1}]
    found = rows(json.dumps(values), "generate")
    assert [(row.target, row.context) for row in found[:2]] == [
        ("one", ""),
        ('[{"role": "user", "content": "hi"}]', "messages"),
    ]
    assert (found[2].rule, "must have a text under" in found[2].detail) == ("json", True)


def test_pairs_by_language(read, write):
    file = write("a.json", '[{"translation": {"en": "light", "zh": "灯"}}, {"en": "off", "zh_CN": "关"}]')
    assert [(row.source, row.target) for row in read(file)] == [("light", "灯"), ("off", "关")]


def test_json_lines_of_that_name(rows, tmp_path):
    found = rows('{"text": "a", "labels": ["b", "e"]}\n\n{"text": "c", "label": "d"}\n')
    assert [(row.line, row.target) for row in found if isinstance(row, Example)] == [(1, "b\ne"), (3, "d")]
    assert [row.target for row in rows('{"text": "a"}\n{"text": "b"}', "generate")] == ["a", "b"]
    assert inspect_file("a.json", folder=tmp_path).columns == ("text",)


def test_questions_stay_those_of_squad(rows):
    paragraph = {"context": "The lamp is red.", "qas": [{"question": "What?", "answers": [{"text": "red"}], "id": 1}]}
    (row,) = rows(json.dumps({"data": [{"title": "t", "paragraphs": [paragraph]}]}), "answer")
    assert (row.source, row.target) == ("What?", "red")


@pytest.mark.parametrize(
    ("element", "detail"),
    [
        ("nope", "Expecting value"),
        ("1", "got int"),
        ("-12.5e3", "got float"),
        ('"text"', "got str"),
        ("[1, {}]", "got list"),
        ("null", "got NoneType"),
        ("", "Expecting value"),
        ('{"source": nope, "x": [1, 2], "t": "]"}', "Expecting value"),
        ('{"source": "a" "target": "b"}', "Expecting ',' delimiter"),
        ('{"source": "a\nb", "target": "b"}', "Invalid control character"),
        ('{"source": "\\x", "target": "b"}', "Invalid \\escape"),
        ('{"source": 1, "target": "b"}', '"source" must be a string'),
        ('{"source": "\\ud800", "target": "b"}', "half of a surrogate pair"),
        ('{"source": "a"}', 'must have a key "target"'),
        ('{"n": ' + "1" * 5000 + "}", "Exceeds the limit"),
        ("[" * 2000 + "]" * 2000, "nested too deeply"),
        ('{"a":' * 2000 + "1" + "}" * 2000, "nested too deeply"),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 2**16])
def test_a_broken_element_costs_no_other(element, detail, size, write, read, monkeypatch):
    """Also when the window that the file is read through ends anywhere."""
    text = f"[{GOOD},\n{element} ,\n{GOOD}]\n"
    whole = jsonarray.Stream.text

    def cut(stream, encoding):
        for part in whole(stream, encoding):
            yield from (part[begin : begin + size] for begin in range(0, len(part), size))

    if size > 1 or len(element) < 1000:
        monkeypatch.setattr(jsonarray.Stream, "text", cut)
    found = read(write("a.json", text))
    assert [type(row) for row in found] == [Example, Reject, Example]
    assert (found[1].rule, found[1].example.line, found[2].line) == ("json", 2, 3 + element.count("\n"))
    assert detail in found[1].detail


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f"[{GOOD}", r", or \] behind an element, got the end of the file"),
        (f"[{GOOD}] x", 'must end after its list, got "x"|must end after its list'),
        (f"[{GOOD}]{GOOD}", "must end after its list"),
        (f"[{GOOD} {GOOD}]", r'behind an element, got "\{"source"'),
        ('{"a": 1}', "must hold a list of objects, got the keys a"),
        ("{}", "must hold a list of objects, got the keys none"),
        ("[]", "at least one pair of texts, got none"),
        ('{"data": []}', "must hold a list of objects"),
        (f'{{"train": [{GOOD}], "test": [{GOOD}]}}', 'one list of rows, got "train" and "test"'),
        (f'{{"data": [{GOOD}]', "the end of the file"),
        ('{"a": nope, "b": []}', "got: Expecting value"),
        ("{1: 2}", "must have a key in quotes"),
        ('"text"', r"must have \{ at its beginning"),
        (f"[{GOOD}, " + '{"a": "' + "x" * 100_000, "must be JSON, got: Unterminated string"),
        ("nonsense", r"must have \{ at its beginning, got \"nonsense\""),
        (b"\xff\xfe[\xd8", "valid utf-16-le"),
        (f"[{GOOD}, \0]", "NUL"),
    ],
)
def test_files_that_are_no_list_of_objects(content, message, write, read):
    with pytest.raises(DataError, match=message) as caught:
        read(write("a.json", content))
    assert "a.json" in str(caught.value)


def test_an_element_without_an_end_is_refused_early(write, read):
    text = b"[" + b'{"a": ["' + b"x" * 2**20
    content = gzip.compress(text) + gzip.compress(b"y" * 2**20) * 40
    begun = time.perf_counter()
    with pytest.raises(DataError, match="elements smaller than 16 MiB"):
        read(write("a.json.gz", content))
    assert time.perf_counter() - begun < 5


def test_many_elements_take_linear_time(write, read):
    random.seed(1)
    content = (
        "["
        + ",".join(f'{{"source": "{"s" * random.randrange(99)}", "target": "t", "n": 1.5}}' for _ in range(10_000))
        + "]"
    )
    begun = time.perf_counter()
    assert len(read(write("a.json", content))) == 10_000
    assert len(read(write("b.json", f"[{'1,' * 60_000}{GOOD}]"))) == 60_001
    assert time.perf_counter() - begun < 4


def test_facts(write, tmp_path):
    facts = inspect_file(write("a.json", '[{"en": "light", "zh": "灯", "n": 1}]'), folder=tmp_path)
    assert (facts.format, facts.languages, facts.columns) == ("json", ("en", "zh"), ("en", "zh", "n"))
    assert facts.rows == (("light", "灯", "1"),)


PIECES = [*'{}[],:"1- \n\ufeff', '"source"', '"target"', '"data"', GOOD, "null", "\\u"]


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=14), task=st.sampled_from(["classify", "generate"]))
def test_any_pieces_are_read_or_refused(pieces, task, rows):
    try:
        found = rows("".join(pieces), task)
    except DataError as error:
        assert "a.json" in str(error)
    else:
        assert all((row if isinstance(row, Example) else row.example).line > 0 for row in found)


@pytest.mark.slow
@settings(deadline=None, max_examples=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)))
def test_anything_is_read_or_refused(content, rows):
    try:
        rows(content)
    except DataError as error:
        assert "a.json" in str(error)
