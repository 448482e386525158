"""Documents in parts, and parts in train, validation and test."""

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.config.loading import make_recipe
from braid.data.example import Example
from braid.data.formats.texts import MESSAGES
from braid.data.prepare import prepare_data
from braid.data.split_texts import parts_of, split_ends
from braid.errors import DataError


def document(text, number=0, **changes):
    return Example(source="", target=text, file="f.txt", line=1, group=f"f:{number}", **changes)


def split(documents):
    return SimpleNamespace(**split_ends(documents, {}, valid_rows=10, test_rows=20))


@given(st.lists(st.text(alphabet="ab \n", max_size=60), max_size=30), st.integers(5, 60))
def test_parts_are_the_document(lines, size):
    text = "\n".join(lines)
    parts = parts_of(document(text), size)
    assert "".join(part.target for part in parts).replace("\n", "") == text.replace("\n", "") or not text.strip()
    assert all(len(part.target) <= 2 * size + 1 for part in parts)
    whole = text.split("\n")
    for part in parts if all(len(line) <= size for line in whole) else ():
        assert whole[part.line - 1] == part.target.split("\n")[0]


def test_a_dialogue_stays_whole():
    row = document('[{"role": "user"}]' * 500, context=MESSAGES)
    assert parts_of(row) == [row]


def test_few_documents_give_their_ends():
    texts = ["\n".join(f"{number} {i} " + "x" * 90 for i in range(1000)) for number in range(2)]
    parts = split([document(text, number) for number, text in enumerate(texts)])
    assert len(parts.test) == 2 * min(10, len(parts_of(document(texts[0]))) // 10)
    for number, text in enumerate(texts):
        rows = {
            name: [row for row in getattr(parts, name) if row.group == f"f:{number}"]
            for name in ("train", "valid", "test")
        }
        assert rows["train"] and rows["valid"] and rows["test"]
        assert "\n".join(row.target for name in rows for row in rows[name]) == text


def test_many_documents_go_whole(tmp_path):
    lines = (json.dumps({"text": f"{number} " + "word " * 500}) for number in range(200))
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    recipe = make_recipe({"task": "generate", "data": {"train": ["a.jsonl"], "valid_rows": 10, "test_rows": 20}})
    parts = prepare_data(recipe, folder=tmp_path, output=tmp_path / "out")
    groups = [{row.group for row in getattr(parts, name)} for name in ("train", "valid", "test")]
    assert sum(map(len, groups)) == 200
    assert not groups[0] & groups[1] and not groups[0] & groups[2] and not groups[1] & groups[2]
    assert len(groups[2]) == 20


def test_too_little_text():
    with pytest.raises(DataError, match="100,000 characters of text are needed, got 18"):
        split([document("a\n" * 9)])
