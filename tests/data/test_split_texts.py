"""Documents in parts, and parts in train, validation and test."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.config.loading import make_recipe
from braid.data.example import Example
from braid.data.formats.texts import MESSAGES
from braid.data.keys import pair_keys
from braid.data.prepare import prepare_data
from braid.data.split import HeldOut, Wanted
from braid.data.split_texts import behind_held, held_parts, parts_of, split_ends
from braid.errors import DataError


def document(text, number=0, **changes):
    return Example(source="", target=text, file="f.txt", line=1, group=f"f:{number}", **changes)


def split(documents):
    return SimpleNamespace(**split_ends(documents, {}, Wanted(valid_rows=10, test_rows=20, seed=1)))


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


def documents_of(folder, sizes):
    """Files of text, each of about so many characters."""
    for number, size in enumerate(sizes):
        lines = (f"{number} {i} " + WORDS[(number + i) % 3] * 9 for i in range(size // 90))
        (folder / f"{number:03}.txt").write_text("\n".join(lines), encoding="utf-8")


WORDS = ["wordsmith ", "carpenter ", "gardeners "]


def generated(folder, **data):
    recipe = make_recipe({"task": "generate", "data": {"train": ["*.txt"]} | data})
    return prepare_data(recipe, folder=folder, output=folder / "out")


@pytest.mark.parametrize("count", [1, 2, 19, 20, 25, 33, 49, 50, 51, 70])
def test_any_number_of_documents_works(tmp_path, count):
    documents_of(tmp_path, [150_000 // count] * count)
    parts = generated(tmp_path)
    total = sum(map(len, (parts.train, parts.valid, parts.test)))
    for name in ("valid", "test"):
        assert 1 <= len(getattr(parts, name)) <= total / 10 + 9
    assert len(parts.train) > 0.6 * total


def test_few_documents_may_name_their_parts(tmp_path):
    rows = [{"text": f"{i} " + "word " * 1500, "fold": ("test", "valid", "train")[min(i, 2)]} for i in range(25)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    parts = generated(tmp_path, train=["a.jsonl"], split_column="fold")
    assert {row.line for row in parts.test} == {1} and {row.line for row in parts.valid} == {2}
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows[:9])))
    with pytest.raises(DataError, match="80,000 characters of text to learn from are needed, got 52,"):
        generated(tmp_path, train=["a.jsonl"], split_column="fold")


def held_texts(parts):
    return {row.target for name in ("valid", "test") for row in getattr(parts, name)}


@pytest.mark.parametrize("held_out", ["", "held-out.txt"])
def test_documents_and_text_that_are_added_move_nothing(tmp_path, held_out):
    documents_of(tmp_path, [60_000] * 3)
    before = generated(tmp_path, held_out=held_out)
    count = {name: len(getattr(before, name)) for name in ("valid", "test")}
    for round_ in range(3):
        with (tmp_path / "001.txt").open("a") as file:
            file.write("".join(f"\nround {round_} {i} and more" for i in range(900)))
        grown = generated(tmp_path, held_out=held_out)
        lines = {line for text in held_texts(before) for line in text.split("\n")}
        assert not lines & {line for row in grown.train for line in row.target.split("\n")}
        assert {name: len(getattr(grown, name)) for name in count} == count  # and it does not grow each time
    documents_of(tmp_path, [60_000, 0] + [3000] * 60)  # from now on documents are held out whole
    (tmp_path / "001.txt").unlink()
    whole = generated(tmp_path, held_out=held_out)
    assert not held_texts(before) & {row.target for row in whole.train}
    documents_of(tmp_path, [60_000])
    for path in sorted(tmp_path.glob("*.txt"))[40:]:
        path.unlink()
    few = generated(tmp_path, held_out=held_out)
    assert not held_texts(whole) & {row.target for row in few.train}


@pytest.mark.parametrize("name", ["a.txt", "A.MD.GZ", "a.jsonl", "a.csv"])
def test_only_text_files_have_lines_of_their_own(name):
    text = "\n".join(["x" * 50] * 100 + ["y" * 9_000] + ["z" * 50] * 60)
    parts = parts_of(Example(source="", target=text, file=name, line=7))
    lines = [part.line for part in parts]
    if name in ("a.txt", "A.MD.GZ"):
        whole = text.split("\n")
        assert all(whole[line - 7].startswith(part.target[:9]) for part, line in zip(parts, lines, strict=True))
        assert lines.count(107) == 4 and lines[-1] > 107
    else:
        assert set(lines) == {7}


def test_the_part_behind_a_held_out_one_is_held_out_but_not_remembered():
    whole = document("\n".join(f"{i} " + "x" * 400 for i in range(30)))
    parts = parts_of(whole)
    before = HeldOut(test=pair_keys(parts[2:3]))
    assert held_parts(parts, before) == ["", "", "test", "test", *[""] * (len(parts) - 4)]
    assert behind_held([whole], before).tolist() == pair_keys(parts[3:4]).tolist()
    assert held_parts(parts, HeldOut()) == []
    assert held_parts(parts, HeldOut(valid=np.array([1], np.uint64))) == []


def test_too_little_text():
    with pytest.raises(DataError, match="100,000 characters of text are needed, got 18"):
        split([document("a\n" * 9)])
