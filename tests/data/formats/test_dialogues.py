"""Dialogues in the shapes that they are passed around in."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.config.recipe import DataConfig
from braid.data.example import Example, Reject
from braid.data.formats import read_files
from braid.data.formats.dialogues import DIALOGUES, INSTRUCTIONS, dialogue_of, is_dialogue
from braid.data.formats.texts import document_of
from braid.data.kinds import KINDS

TURNS = [("system", "Be kind."), ("user", "Hello"), ("assistant", "Hi!")]


def said(row):
    text, context = document_of(row, KINDS["generate"].options(DataConfig()))
    assert context == "messages"
    return [(message["role"], message["content"]) for message in json.loads(text)]


@pytest.mark.parametrize(
    "row",
    [
        {"messages": [{"role": role, "content": text} for role, text in TURNS]},
        {"messages": [{"role": role, "content": [{"type": "text", "text": text}]} for role, text in TURNS]},
        {"messages": [{"role": role.upper(), "content": text, "name": "x", "tool_calls": []} for role, text in TURNS]},
        {
            "messages": [
                {"role": "developer", "content": "Be kind."},
                *({"role": r, "content": t} for r, t in TURNS[1:]),
            ]
        },
        {
            "conversations": [
                {"from": "system", "value": "Be kind."},
                {"from": "human", "value": "Hello"},
                {"from": "gpt", "value": "Hi!"},
            ]
        },
        {"system": "Be kind.", "conversations": [{"from": "human", "value": "Hello"}, {"from": "gpt", "value": "Hi!"}]},
        {"conversations": json.dumps([{"from": role, "value": text} for role, text in TURNS])},
        {"system": "Be kind.", "instruction": "Hello", "input": "", "output": "Hi!", "text": "### Instruction: Hello"},
        {"system": "Be kind.", "prompt": "Hello", "completion": "Hi!"},
        {
            "prompt": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello"}],
            "response": "Hi!",
        },
        {"system": "Be kind.", "turns": ["Hello", "Hi!"]},
        {"system": "Be kind.", "dialogue": [{"speaker": "Anna", "text": "Hello"}, {"speaker": "Bo", "text": "Hi!"}]},
    ],
)
def test_every_shape_says_the_same(row):
    assert said(row) == TURNS


def test_inputs_contexts_and_history():
    row = {"instruction": "Translate.", "input": "Licht", "output": "light", "history": [["Hi", "Hello"]]}
    assert said(row) == [
        ("user", "Hi"),
        ("assistant", "Hello"),
        ("user", "Translate.\n\nLicht"),
        ("assistant", "light"),
    ]
    assert said({"instruction": "Who?", "context": "It was Bo.", "response": "Bo"})[0] == ("user", "Who?\n\nIt was Bo.")


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ([("user", "u"), ("tool", "t")], "message 2 must not be of a tool or call one, got tool"),
        ([("human", "u"), ("observation", "t")], "got observation"),
        ([("function_call", "u")], "got function_call"),
        ([("user", "u"), ("Anna", "t")], "roles must be system, user and assistant, or two speakers' names, got anna"),
        ([("Anna", "u"), ("Bo", "t"), ("Chris", "x")], "two speakers' names, got anna, bo, chris"),
        ([("user", None)], "message 1 must have a role and a content"),
        ([("user", 5)], "message 1 must have a role and a content"),
        ([("user", [{"type": "image_url", "image_url": {"url": "x"}}])], "texts alone, got a part of type image_url"),
        ([("user", [{"type": "text", "text": None}])], "texts alone, got a part of type text"),
        ([("user", "\ud800")], "message 1.* must be valid Unicode"),
    ],
)
def test_what_cannot_be_kept_is_refused(messages, reason):
    with pytest.raises(ValueError, match=reason):
        said({"messages": [{"role": role, "content": content} for role, content in messages]})


def test_calls_of_tools_are_refused():
    call = {"role": "assistant", "content": None, "tool_calls": [{"id": 1}]}
    with pytest.raises(ValueError, match="message 2 must not be of a tool or call one, got tool_calls"):
        said({"messages": [{"role": "user", "content": "u"}, call]})
    with pytest.raises(ValueError, match="message 1 must have a role and a content, got int"):
        said({"messages": [5]})
    with pytest.raises(ValueError, match='"output" must be a text, got NoneType'):
        said({"instruction": "a", "output": None})
    with pytest.raises(ValueError, match='"history" must be a list of pairs'):
        said({"instruction": "a", "output": "b", "history": [["x"]]})
    with pytest.raises(ValueError, match='"prompt" must be a list of messages, got dict'):
        said({"prompt": {}, "completion": "b"})


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
@pytest.mark.parametrize("header", [("Prompt", "completion"), ("instruction", "output")])
def test_tables(name, header, tmp_path):
    sign = "," if name == "a.csv" else "\t"
    (tmp_path / name).write_text(f"id{sign}{sign.join(header)}\n1{sign}Hello{sign}Hi!\n2{sign}x\n")
    rows = list(read_files([name], KINDS["generate"].options(DataConfig()), folder=tmp_path))
    assert isinstance(rows[0], Example)
    assert json.loads(rows[0].target) == [{"role": role, "content": text} for role, text in TURNS[1:]]
    assert (rows[0].context, rows[0].line) == ("messages", 2)
    assert isinstance(rows[1], Reject)
    assert (rows[1].rule, rows[1].detail) == ("columns", "must have 3 columns, got 2")
    options = KINDS["generate"].options(DataConfig(target_column=header[1].lower()))
    assert [row.target for row in read_files([name], options, folder=tmp_path) if isinstance(row, Example)] == ["Hi!"]


def test_texts_stay_texts():
    options = KINDS["generate"].options(DataConfig())
    assert document_of({"text": "a", "prompt": "b"}, options) == ("a", "")
    assert document_of({"dialogue": "A: hi\nB: hello"}, options) == ("A: hi\nB: hello", "")
    assert document_of({"messages": "[{not json", "text": "a"}, options) == ("[{not json", "")
    with pytest.raises(ValueError, match="valid Unicode"):
        document_of({"text": "\udc00"}, options)


def test_real_dialogues(shared_data: Path):
    pattern = "lm/kdconv_chat_zh/dialogues.jsonl.gz"
    rows = list(read_files([pattern], KINDS["generate"].options(DataConfig()), folder=shared_data))
    assert len(rows) == 450
    assert all(isinstance(row, Example) and row.context == "messages" for row in rows)
    with gzip.open(shared_data / pattern, "rt", encoding="utf-8") as file:
        turns = [json.loads(line)["turns"] for line in file]
    assert [[turn["content"] for turn in json.loads(row.target)] for row in rows if isinstance(row, Example)] == turns


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "a", "tool", "user", "\ud800", '[{"a": 1}]']),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["role", "from", "content", "value", "type", "text", "tool_calls"]), inner)
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=300)
@given(row=st.dictionaries(st.sampled_from([*DIALOGUES, *INSTRUCTIONS, "text"]), VALUES, max_size=4))
def test_any_object_is_a_dialogue_or_refused(row):
    try:
        messages = dialogue_of(row) if is_dialogue(row) else []
        document_of(row, KINDS["generate"].options(DataConfig()))
    except ValueError as error:
        assert str(error)
    else:
        assert all({*message} == {"role", "content"} for message in messages)
        assert {message["role"] for message in messages} <= {"system", "user", "assistant"}
