"""What was held out never goes to training because data are added."""

import io
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.console import Console

from braid.config.loading import make_recipe
from braid.data.held_out import read_held_out, write_held_out
from braid.data.prepare import prepare_data
from braid.data.report import print_report
from braid.data.split import HeldOut
from braid.errors import ConfigError, DataError

WORDS = ["house", "tree", "river", "stone", "cloud", "bread", "horse", "night"]
SETTINGS = {"seed": 1, "joined_by": ["source", "target"], "columns": [""] * 5}


def line(number, other=0):
    """A pair; pairs whose second numbers are the same share their targets."""
    word = WORDS[number % 8]
    target = f"geteilt {other}" if other else f"Zeile {WORDS[number % 7]} {number}"
    return f"row {word} {number}\t{target}\n"


def prepare(folder, lines, name="out", **data):
    (folder / "pairs.tsv").write_text("".join(lines), encoding="utf-8")
    table = {"train": ["pairs.tsv"], "source_language": "en", "target_language": "de", "check_language": False}
    recipe = make_recipe({"data": table | {"check_numbers": False, "split_near": False} | data})
    return prepare_data(recipe, folder=folder, output=folder / name)


def places(prepared):
    return {(row.source, row.target): part for part in ("train", "valid", "test") for row in getattr(prepared, part)}


def changed(before, after):
    """How many rows went from where to where."""
    ours, theirs = places(before), places(after)
    found = {}
    for row, part in ours.items():
        if part != "train" and theirs.get(row, part) != part:
            found[f"{part} to {theirs[row]}"] = found.get(f"{part} to {theirs[row]}", 0) + 1
    return found


ROWS = st.lists(st.tuples(st.integers(0, 700), st.integers(0, 12)), max_size=150)
COUNTS = st.integers(1, 30)


@pytest.fixture(scope="module")
def base():
    """Enough rows to be split."""
    return [line(number) for number in range(1000, 1090)]


@given(ROWS, ROWS, COUNTS, COUNTS, COUNTS, st.sampled_from(["folder", "file", "both"]), st.randoms())
@settings(max_examples=12, deadline=None)
def test_adding_data_moves_nothing_that_was_held_out(base, first, more, test_rows, added, valid_rows, kept, random):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = [*base, *(line(*row) for row in first)]
        held_out = {} if kept == "folder" else {"held_out": "held-out.txt"}
        before = prepare(folder, lines, test_rows=test_rows, valid_rows=valid_rows, **held_out)
        if kept == "file":
            shutil.rmtree(folder / "out")
        lines += [line(*row) for row in more]
        random.shuffle(lines)
        after = prepare(folder, lines, test_rows=test_rows + added, valid_rows=valid_rows, **held_out)
        assert changed(before, after) == {} == after.report["moved"]
        assert len(after.test) >= len(before.test) * 0.9 or any(other for _, other in more)
        if kept == "folder":
            return
        shutil.rmtree(folder / "out")
        again = prepare(folder, lines, test_rows=test_rows + added, valid_rows=valid_rows, **held_out)
        assert places(again) == places(after)


@given(ROWS, st.integers(2, 12), st.integers(2, 12), COUNTS)
@example([], 11, 2, 1)
@settings(max_examples=6, deadline=None)
def test_fewer_give_back_only_what_is_too_many(base, first, test_rows, valid_rows, less):
    with tempfile.TemporaryDirectory() as name:
        lines = [*base, *(line(*row) for row in first)]
        before = prepare(Path(name), lines, test_rows=test_rows, valid_rows=valid_rows)
        fewer = max(1, test_rows - less)
        after = prepare(Path(name), lines, test_rows=fewer, valid_rows=valid_rows)
        ours, theirs = places(before), places(after)
        assert {row for row, part in theirs.items() if part == "test"} <= {
            row for row, part in ours.items() if part == "test"
        }
        assert min(fewer, len(ours) // 10) <= len(after.test)  # a tenth of the rows at most
        returned = sum(part == "test" and theirs[row] == "train" for row, part in ours.items())
        assert after.report["moved"].get("test to train", 0) == returned
        assert all(theirs[row] == "valid" for row, part in ours.items() if part == "valid")


def test_a_split_is_kept_on_another_machine(tmp_path, base):
    lines = [line(number) for number in range(300)]
    before = prepare(tmp_path, lines, held_out="sub/held-out.txt")
    text = (tmp_path / "sub/held-out.txt").read_text()
    assert before.report["held_out"]["added"] == before.report["held_out"]["rows"] == 60
    stamp = (tmp_path / "sub/held-out.txt").stat().st_mtime_ns
    prepare(tmp_path, lines, held_out="sub/held-out.txt")
    other = tmp_path / "other"
    (other / "sub").mkdir(parents=True)
    (other / "sub/held-out.txt").write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    after = prepare(other, [line(number) for number in range(900, -1, -1)], held_out="sub/held-out.txt")
    assert (tmp_path / "sub/held-out.txt").stat().st_mtime_ns == stamp
    assert changed(before, after) == {}
    assert after.report["splits"]["test"] == 90
    named = (other / "sub/held-out.txt").read_text().splitlines()
    assert set(text.splitlines()[2:]) < set(named)
    assert after.report["held_out"]["added"] == len(named) - 2 - 60


def test_a_split_that_is_there_goes_into_a_new_file(tmp_path, base):
    before = prepare(tmp_path, base, test_rows=5)
    after = prepare(tmp_path, [*base, *map(line, range(300))], test_rows=9, held_out="held-out.txt")
    assert changed(before, after) == {}
    (tmp_path / "held-out.txt").unlink()
    again = prepare(tmp_path, [*base, *map(line, range(300))], test_rows=9, held_out="held-out.txt")
    assert places(again) == places(after)
    assert (tmp_path / "held-out.txt").exists()


def test_rows_that_come_back_are_held_out_again(tmp_path, base):
    lines = [line(number) for number in range(300)]
    before = prepare(tmp_path, [*base, *lines])
    prepare(tmp_path, base)
    after = prepare(tmp_path, [*base, *lines])
    assert changed(before, after) == {}


def printed(report):
    out = io.StringIO()
    print_report(report, Console(width=1000, file=out))
    return out.getvalue()


@pytest.mark.parametrize("held_out", ["", "h.txt"])
def test_a_part_that_has_grown_by_rows_that_came_back_is_told(tmp_path, base, held_out):
    def prepared(lines):
        return prepare(tmp_path, lines, valid_rows=4, test_rows=4, held_out=held_out)

    first = prepared(base)
    assert first.report["held_more"] == {} and "more than asked for" not in printed(first.report)
    held = {row.source for row in first.valid}
    prepared([one for one in base if one.split("\t")[0] not in held])
    back = prepared(base)
    assert held < {row.source for row in back.valid}
    assert back.report["held_more"] == {"valid": {"rows": 8, "wanted": 4, "asked": 4}}
    text = printed(back.report)
    assert "8 rows are held out in valid, 4 more than asked for (valid_rows = 4, a tenth of the data at most)" in text
    assert ("to draw anew, delete h.txt and the prepared data" in text) is bool(held_out)
    shutil.rmtree(tmp_path / "out")
    (tmp_path / "h.txt").unlink(missing_ok=True)
    assert prepared(base).report["held_more"] == {}


def test_groups_that_make_a_part_a_little_larger_are_no_growth(tmp_path, base):
    shared = [line(number, other=number // 3) for number in range(300)]
    for _ in range(2):
        found = prepare(tmp_path, [*base, *shared], valid_rows=10, test_rows=11)
        assert len(found.valid) + len(found.test) > 21 and found.report["held_more"] == {}
        (tmp_path / "out" / "train.jsonl").unlink()


def test_another_seed_says_what_it_moves(tmp_path, base):
    before = prepare(tmp_path, base)
    after = prepare(tmp_path, base, split_seed=2)
    assert after.report["moved"] == changed(before, after) != {}
    prepare(tmp_path, base, held_out="held-out.txt", split_seed=2)
    with pytest.raises(ConfigError, match=r"the seed 2 of data\.held_out, got 3"):
        prepare(tmp_path, base, held_out="held-out.txt", split_seed=3)


def test_a_file_of_ones_own_is_not_replaced(tmp_path, base):
    (tmp_path / "held-out.txt").write_text("my list\n")
    with pytest.raises(ConfigError, match=r"data\.held_out must name a file that `braid prepare` wrote"):
        prepare(tmp_path, base, held_out="held-out.txt")
    (tmp_path / "held-out.txt").write_bytes(b"\xff\xfe\0")
    with pytest.raises(DataError, match=r"data\.held_out cannot be read"):
        prepare(tmp_path, base, held_out="held-out.txt")
    with pytest.raises(DataError, match=r"data\.held_out cannot be read"):
        prepare(tmp_path, base, held_out=".")
    assert (tmp_path / "held-out.txt").read_bytes() == b"\xff\xfe\0"


def test_what_a_merge_leaves_is_told_with_its_line(tmp_path):
    path = tmp_path / "held-out.txt"
    held = HeldOut(valid=np.array([3], np.uint64), test=np.array([1, 2], np.uint64), valid_rows=5, test_rows=6)
    assert write_held_out(path, held, SETTINGS) == 3
    assert write_held_out(path, held, SETTINGS) == 0
    found = read_held_out(path, SETTINGS)
    assert (found.valid.tolist(), found.test.tolist(), found.valid_rows, found.test_rows) == ([3], [1, 2], 5, 6)
    whole = path.read_text()
    path.write_text(whole.replace("test 0000000000000002", "<<<<<<< ours"))
    with pytest.raises(DataError, match=r'16 hexadecimal digits, got "<<<<<<< ours" \(.*held-out\.txt, line 4\)'):
        read_held_out(path, SETTINGS)
    path.write_text(whole + "valid 0000000000000001\n\n")  # the test goes before
    assert read_held_out(path, SETTINGS).valid.tolist() == [3]
    path.write_text(whole.splitlines()[0] + "\n")
    with pytest.raises(DataError, match="cannot be read"):
        read_held_out(path, SETTINGS)
    path.write_text(whole.splitlines()[0] + "\n# " + json.dumps([1]) + "\n")
    with pytest.raises(DataError, match="cannot be read"):
        read_held_out(path, SETTINGS)
