"""Text files, documents and dialogues."""

import json

import pytest

from braid.config.recipe import DataConfig
from braid.data.example import Example, Reject
from braid.data.formats import read_files
from braid.data.kinds import KINDS
from braid.errors import DataError


def read(tmp_path, name, content, **config):
    (tmp_path / name).write_text(content, encoding="utf-8")
    return list(read_files([name], KINDS["generate"].options(DataConfig(**config)), folder=tmp_path))


def test_a_text_file_is_one_document(tmp_path):
    (row,) = read(tmp_path, "a.txt", "one\r\n\n  two\n")
    assert (row.source, row.target, row.group) == ("", "one\r\n\n  two\n", "a.txt")


def test_documents_and_dialogues(tmp_path):
    lines = [
        {"text": "a b\nc"},
        {"title": "t", "lines": ["x", "y"]},
        {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}]},
        {"turns": ["hi", "hello"]},
        {"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]},
        {"other": 1},
        {"messages": [{"role": "user"}]},
        {"text": 5},
    ]
    rows = read(tmp_path, "a.jsonl", "".join(json.dumps(line) + "\n" for line in lines) + "\nnonsense\n")
    good = [row for row in rows if isinstance(row, Example)]
    assert [row.target for row in good[:2]] == ["a b\nc", "x\ny"]
    dialogues = [json.loads(row.target) for row in good[2:]]
    assert [[turn["role"] for turn in one] for one in dialogues] == [["system", "user"], *[["user", "assistant"]] * 2]
    assert [row.context for row in good] == ["", "", *["messages"] * 3]
    assert len({row.group for row in good}) == 5
    bad = [row for row in rows if isinstance(row, Reject)]
    assert [row.rule for row in bad] == ["json", "json", "json", "empty", "json"]
    assert "must have a text under one of messages" in bad[0].detail
    assert "message 1 must have a role and a content" in bad[1].detail


def test_columns(tmp_path):
    rows = read(tmp_path, "a.csv", 'id,text\n1,"a, b"\n2,\n')
    assert [row.target for row in rows if isinstance(row, Example)] == ["a, b"]
    assert isinstance(rows[1], Reject)
    assert [row.target for row in read(tmp_path, "b.tsv", "x\ty\nz\tw\n")] == ["x", "z"]
    with pytest.raises(DataError, match="must name a column of the header row"):
        read(tmp_path, "c.tsv", "x\ty\n", target_column="nope")


def test_other_names_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"must end in one of \.txt"):
        read(tmp_path, "a.tmx", "<tmx/>")


def test_labels_are_read_from_lists_and_numbers(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "t", "labels": ["b", "a"]}\n{"text": "u", "label": 1}\n{"text": "v"}\n')
    rows = list(read_files(["a.jsonl"], KINDS["classify"].options(DataConfig()), folder=tmp_path))
    assert [row.target for row in rows[:2]] == ["b\na", "1"]
    assert isinstance(rows[2], Reject)
    assert '"label" or "labels"' in rows[2].detail


def test_several_summaries_are_references(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"document": "d", "summaries": ["s", "t"]}\n')
    (row,) = read_files(["a.jsonl"], KINDS["summarize"].options(DataConfig()), folder=tmp_path)
    assert (row.source, row.target, row.references) == ("d", "s", ("t",))


def test_groups(tmp_path):
    (tmp_path / "a.csv").write_text("text,label,talk\nx,1,A\ny,2,B\n")
    options = KINDS["classify"].options(DataConfig(group_column="talk"))
    assert [row.group for row in read_files(["a.csv"], options, folder=tmp_path)] == ["A", "B"]
    with pytest.raises(DataError, match=r'data\.group_column must name a column of the header row, got "nope"'):
        list(read_files(["a.csv"], KINDS["classify"].options(DataConfig(group_column="nope")), folder=tmp_path))
