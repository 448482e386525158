"""Where the lines of cleaned documents stand in the user's file."""

import random
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.auditing.data_tasks import texts_found
from braid.config.recipe import DataConfig, Recipe
from braid.data.example import Example
from braid.data.line_places import line_numbers, line_places, placed
from braid.data.lines import example_of, row_of
from braid.data.prepare import prepare_data, unsplit_data
from braid.data.split_texts import parts_of
from braid.text.normalize import normalize_lines

CALL = "天才一秒记住本站地址：[笔趣阁]最快更新！无广告！"
HEADER = "Acme Ltd. – Handbook of the wonderful machine, edition {}"


def document(text, file="a.txt", line=1):
    return Example(source="", target=text, file=file, line=line)


@given(
    st.lists(st.tuples(st.sampled_from(["", " ", "a", "b", "one two", "\x0c", "x\x0c"]), st.booleans()), max_size=40)
)
def test_lines_that_were_taken_out_are_counted(drawn):
    read = "\n".join(f"Buy {number} now" if is_out else line for number, (line, is_out) in enumerate(drawn))
    kept = "\n".join(line for line, is_out in drawn if not is_out)
    text = normalize_lines(kept)
    places, known = line_places(text, read), read.split("\n")
    assert len(places) == text.count("\n") + 1 and places == sorted(places)
    for line, place in zip(text.split("\n"), places, strict=True):
        assert not line or line in [normalize_lines(part) for part in known[place].splitlines()]


@pytest.mark.parametrize(
    ("text", "read", "places"),
    [
        ("A\nB", "\ufeff\r\n\r\nA \r\nB\r\n", [2, 3]),
        ("A\n\nB", "A\n\nbuy\n\nB", [0, 3, 4]),
        ("A\nHello world.\nB", "A\nbuy now\nHello world. buy now\nB", [0, 2, 3]),
        ("A\näöü\nß\nB", "A\nÃ¤Ã¶\nÃŸ\nB", [0, 1, 2, 3]),
        ("A\n\n\nB", "A\nB", [0, 0, 0, 1]),
        ("one\ntwo", "three", [0, 0]),
        ("", "", [0]),
        ("A\nB\nC", "A\x0cB\nC", [0, 0, 1]),
    ],
)
def test_places(text, read, places):
    assert line_places(text, read) == places


def test_many_equal_or_changed_lines_take_no_time():
    begun = time.perf_counter()
    assert line_places("\n".join(["a"] * 50_000), "buy\n" + "\n".join(["a"] * 50_000))[-1] == 50_000
    line_places("\n".join(f"ä {n}" for n in range(20_000)), "\n".join(f"Ã¤ {n}" for n in range(20_001)))
    line_places("\n" * 50_000, "a\n" * 100)
    assert time.perf_counter() - begun < 5


def test_parts_say_where_they_begin_though_lines_went():
    lines = [f"Line {number} of it" for number in range(40)]
    read = "\n".join([*lines[:9], "buy", "buy", *lines[9:23], "buy", *lines[23:]])
    parts = parts_of(placed(document("\n".join(lines)), read), 100)
    known = read.split("\n")
    assert len(parts) > 5
    for part in parts:
        assert [known[line - 1] for line in line_numbers(part)] == part.target.split("\n")
        assert example_of(row_of(part)) == part and hash(part)
    assert any(part.jumps for part in parts)
    assert placed(document("b"), "a\nb\n").line == 2
    assert placed(document("b", line=7), "a\nb\n").line == 8
    assert placed(document("b", file="a.jsonl", line=7), "a\nb\n").line == 7
    assert line_numbers(document("a\nb", file="a.jsonl", line=7)) == [7, 7]


@pytest.mark.parametrize("is_few", [True, False])
def test_prepared_pieces_stand_where_they_say(tmp_path, is_few):
    for number in range(30 if is_few else 60):
        story = ["".join(random.Random(f"{number} {place}").choices("孙悟空使金箍棒", k=60)) for place in range(80)]
        story[3:3] = ["", HEADER.format(number), ""]
        story[40:40] = [CALL]
        text = "\r\n".join(["", *story, HEADER.format(number), ""])
        (tmp_path / f"{number:02}.txt").write_bytes(text.encode())
    data = DataConfig(train=["*.txt"], remove_boilerplate=True, max_chars=100_000)
    recipe = Recipe(name="x", task="generate", data=data)
    found = prepare_data(recipe, folder=tmp_path, output=tmp_path / "out")
    rows = [*found.train, *found.valid, *found.test]
    assert {"boilerplate", "advertisement"} <= set(found.report["noted"])
    every, _ = unsplit_data(recipe, folder=tmp_path, output=tmp_path / "out")
    for row in (*rows, *every):
        known = (tmp_path / row.file).read_bytes().decode().split("\r\n")
        assert [known[line - 1] for line in line_numbers(row)] == row.target.split("\n")
    assert any(row.jumps for row in rows)


def test_a_repeated_line_is_shown_where_it_stands():
    row = document("one two three\na\nfour five six\nfour five six", line=4)
    assert texts_found([replace(row, jumps=((2, 9),))])["samples"][0]["line"] == 9
    assert texts_found([replace(row, file="a.jsonl")])["samples"][0]["line"] == 4
