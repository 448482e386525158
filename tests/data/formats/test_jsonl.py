from __future__ import annotations

import pytest

from braid.data.example import Example, Reject
from braid.data.formats import inspect_file
from braid.errors import DataError


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ('{"source": "light", "target": "灯"}', {}),
        ('{"en": "light", "zh_CN": "灯"}', {}),
        ('{"translation": {"en": "light", "zh": "灯"}}', {}),
        ('{"translation": {"de": "Licht", "en-US": "light", "zh": "灯"}}', {}),
        ('{"text": "light", "output": "灯"}', {"source_column": "text", "target_column": "output"}),
        ('{"source": "no", "en": "light", "zh": "灯"}', {"source_column": "en"}),
    ],
)
def test_keys(row, columns, write, read):
    assert read(write("a.jsonl", row), **columns) == [Example(source="light", target="灯", file="a.jsonl", line=1)]


def test_escapes_numbers_as_ids_and_missing_translations(write, read):
    file = write("a.jsonl", '{"id": 7, "en": "a\\n\\ud83d\\ude00\\u2028", "zh": null}\n')
    assert read(file) == [Example(source="a\n😀\u2028", target="", file="a.jsonl", line=1, key="7")]


@pytest.mark.parametrize(
    ("row", "detail"),
    [
        ('{"en": "a"', "must be a JSON object, got: Expecting"),
        ("[1]", "must be a JSON object, got list"),
        ('{"en": "a"}', 'must have a key "target" or "zh", got en'),
        ('{"en": 1, "zh": "b"}', '"en" must be a string, got int'),
        ('{"en": "\\ud800", "zh": "b"}', "half of a surrogate pair"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_lines_that_are_no_pair_are_rejects(row, detail, write, read):
    good = '{"en": "light", "zh": "灯"}'
    rows = read(write("a.jsonl", f"{good}\n{row}\n \n{good}\n"))
    assert [type(item) for item in rows] == [Example, Reject, Reject, Example]
    assert (rows[1].rule, rows[1].example.line, rows[2].rule, rows[3].line) == ("json", 2, "empty", 4)
    assert detail in rows[1].detail


def test_a_file_of_something_else_is_an_error_with_the_first_fault(write, read):
    with pytest.raises(DataError, match=r"got 4 that are not; the first: .*Expecting value.* \(a.jsonl, line 1\)"):
        read(write("a.jsonl", '[\n{"en": "a", "zh": 1},\n{}\n]\n'))


def test_facts(write, tmp_path):
    facts = inspect_file(write("a.jsonl", '{"translation": {"en": "a", "zh": "b"}, "n": 1}\n'), folder=tmp_path)
    assert (facts.columns, facts.languages) == (("translation", "n"), ("en", "zh"))
    assert facts.rows == (('{"en": "a", "zh": "b"}', "1"),)
