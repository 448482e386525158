"""Examples in files of lines."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.data.example import Example, Reject
from braid.data.lines import EVERY, Rows, RowWriter, example_of, line_of, open_rows, reject_line, row_of


def example(number, **fields):
    return Example(source=f"text {number}", target="ein\u2028 Text", file="f", line=number, **fields)


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    made = [example(number, references=("x",) * (number % 3)) for number in range(3 * EVERY + 5)]
    with RowWriter(path) as writer:
        for row in made:
            writer.write(line_of(row_of(row)))
    assert writer.num_rows == len(made)
    assert len(writer.offsets) == 4
    return Rows(path, np.array(writer.offsets), len(made)), made


@given(st.slices(3 * EVERY + 5))
def test_slices(rows, wanted):
    found, made = rows
    assert found[wanted] == made[wanted]


def test_a_sequence_like_any(rows):
    found, made = rows
    assert list(found) == made
    assert len(found) == len(made)
    assert [found[number] for number in (0, EVERY - 1, EVERY, -1)] == [made[n] for n in (0, EVERY - 1, EVERY, -1)]
    with pytest.raises(IndexError):
        found[len(made)]
    assert made[7] in found and found.index(made[7]) == 7


def test_few_rows_are_in_memory(rows, monkeypatch):
    found, made = rows
    path, offsets = found.path, np.array([0])
    assert open_rows(path, offsets, len(made)) == made
    monkeypatch.setattr("braid.data.lines.IN_MEMORY_ROWS", 3)
    assert isinstance(open_rows(path, offsets, len(made)), Rows)


@given(st.text(st.characters(codec=None)), st.text())
def test_any_text_comes_back(source, target):
    row = Example(source=source, target=target, file="f", line=3, key="k", references=("a", "b"), start=4)
    if not any("\ud800" <= char <= "\udfff" for char in source):
        assert example_of(json.loads(line_of(row_of(row)))) == row
    line = reject_line(Reject(example=row, rule="r", detail="d"))
    assert line.count(b"\n") == 1
    assert json.loads(line)["rule"] == "r"
