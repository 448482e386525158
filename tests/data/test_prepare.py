import io
import json
import os
import random

import pytest
from rich.console import Console

from braid.config.loading import make_recipe
from braid.config.recipe import DataConfig, Recipe
from braid.data.prepare import load_prepared, prepare_data
from braid.data.report import print_report
from braid.errors import ConfigError, DataError, StorageError
from braid.storage import recover
from failing_disk import refusals


@pytest.fixture
def pairs(tmp_path):
    lines = [f"the text number {i}\tder Text Nummer {i}" for i in range(200)]
    lines += ["empty\t", "the text number 3\tder Text Nummer 3", "only one column"]
    (tmp_path / "pairs.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def recipe(**data):
    table = {"train": ["pairs.tsv"], "source_language": "en", "target_language": "de", "split_near": False}
    return make_recipe({"data": table | data})


def test_everything_is_accounted_for(pairs):
    prepared = prepare_data(recipe(), folder=pairs, output=pairs / "out")
    report = prepared.report
    assert report["rows_read"] == 203
    assert report["rows_kept"] == 200
    assert {rule: found["rows"] for rule, found in report["rejected"].items()} == {
        "empty": 1,
        "duplicate": 1,
        "columns": 1,
    }
    assert report["splits"] == {"train": 160, "valid": 20, "test": 20}
    rejects = [json.loads(line) for line in (pairs / "out/rejects.jsonl").read_text().splitlines()]
    assert sorted(row["line"] for row in rejects) == [201, 202, 203]


@pytest.mark.parametrize(
    ("task", "row"),
    [
        ("translate", {"source": 5, "target": "five"}),
        ("translate", {"source": "five", "target": 5}),
        ("translate", {"source": True, "target": 0}),
        ("summarize", {"source": "five", "target": [5]}),
        ("classify", {"text": 5, "label": 5}),
        ("generate", {"text": 5}),
        ("generate", {"text": 0}),
    ],
)
@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_numbers_in_place_of_texts_are_rejects(tmp_path, name, task, row):
    good = [{key: f"the {key} number {n}" for key in row} for n in range(100)]
    lines = list(map(json.dumps, [*good, row]))
    (tmp_path / name).write_text("\n".join(lines) if name == "a.jsonl" else "[{}]".format(",\n".join(lines)))
    table = {"train": [name], "source_language": "en", "target_language": "de"}
    table |= {"split_near": False, "check_language": False}
    prepared = prepare_data(make_recipe({"task": task, "data": table}), folder=tmp_path, output=tmp_path / "out")
    assert (prepared.report["rows_read"], prepared.report["rows_kept"]) == (101, 100)
    (reject,) = map(json.loads, (tmp_path / "out/rejects.jsonl").read_text().splitlines())
    assert (reject["rule"], reject["file"], reject["line"]) == ("json", name, 101)


def test_loads_again_and_reuses(pairs):
    first = prepare_data(recipe(), folder=pairs, output=pairs / "out")
    stamp = (pairs / "out/report.json").stat().st_mtime_ns
    again = prepare_data(recipe(), folder=pairs, output=pairs / "out")
    assert (pairs / "out/report.json").stat().st_mtime_ns == stamp
    assert again.fingerprint == first.fingerprint
    assert load_prepared(pairs / "out").test == first.test
    changed = prepare_data(recipe(split_seed=2), folder=pairs, output=pairs / "out")
    assert changed.fingerprint != first.fingerprint


def test_altered_data_are_noticed(pairs):
    prepare_data(recipe(), folder=pairs, output=pairs / "out")
    path = pairs / "out/test.jsonl"
    path.write_text(path.read_text().replace("Nummer", "Zahl"), encoding="utf-8")
    with pytest.raises(DataError, match="altered"):
        load_prepared(pairs / "out")


@pytest.mark.parametrize("key", ["source_language", "target_language"])
def test_missing_language(pairs, key):
    with pytest.raises(ConfigError, match=f"data.{key}"):
        prepare_data(recipe(**{key: ""}), folder=pairs, output=pairs / "out")
    assert not (pairs / "out").exists()


def test_too_little(pairs):
    (pairs / "pairs.tsv").write_text("a\tb\nc\t\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"at least 50 usable .* got 1 \(2 rows read; not used: 1 empty on one side\)"):
        prepare_data(recipe(), folder=pairs, output=pairs / "out")
    assert not (pairs / "out").exists()


def test_changed_files_are_read_again(pairs):
    first = prepare_data(recipe(), folder=pairs, output=pairs / "out")
    with (pairs / "pairs.tsv").open("a", encoding="utf-8") as file:
        file.write("one more\teiner mehr\n")
    again = prepare_data(recipe(), folder=pairs, output=pairs / "out")
    assert again.report["rows_kept"] == first.report["rows_kept"] + 1


def test_other_folders_are_not_replaced(pairs):
    with pytest.raises(StorageError, match="not prepared data"):
        prepare_data(recipe(), folder=pairs, output=pairs)
    assert (pairs / "pairs.tsv").exists()


def test_refused_disk(pairs):
    with pytest.raises(StorageError, match=r"cannot write: .*pairs\.tsv/out"):
        prepare_data(recipe(), folder=pairs, output=pairs / "pairs.tsv/out")


@pytest.mark.parametrize("stays_full", [False, True])
def test_whichever_write_fails_the_data_before_stay_whole(pairs, stays_full):
    first = prepare_data(recipe(), folder=pairs, output=pairs / "out").fingerprint

    def write():
        prepare_data(recipe(split_seed=2), folder=pairs, output=pairs / "out")

    found = []
    for error in refusals(write, stays_full=stays_full):
        found.append(load_prepared(pairs / "out").fingerprint)
        if error:
            assert str(pairs / "out") in str(error)
            assert "No space left on device" in str(error)
        recover(pairs, is_alone=True)  # what could not be removed goes the next time
        assert sorted(os.listdir(pairs)) == ["out", "out.shards", "pairs.tsv"]
        prepare_data(recipe(), folder=pairs, output=pairs / "out")
    assert len(found) > 8
    assert found[0] == first


def test_file_names_that_are_not_utf8(pairs):
    name = os.fsdecode(b"p\xff.tsv")
    try:
        (pairs / "pairs.tsv").rename(pairs / name)
    except OSError:
        pytest.skip("this file system takes only Unicode names")
    prepared = prepare_data(recipe(train=["p?.tsv"]), folder=pairs, output=pairs / "out")
    assert prepared.train[0].file == name
    assert load_prepared(pairs / "out") == prepared
    print_report(prepared.report, Console(width=80, file=io.TextIOWrapper(io.BytesIO(), encoding="utf-8")))


def test_given_test_file_and_leaks(pairs):
    (pairs / "test.tsv").write_text("The text number 7!\tirgendwas\n", encoding="utf-8")
    prepared = prepare_data(recipe(test=["test.tsv"]), folder=pairs, output=pairs / "out")
    assert [example.target for example in prepared.test] == ["irgendwas"]
    assert prepared.report["rejected"]["leak"]["rows"] == 1


def test_real_data(shared_data, tmp_path):
    file = shared_data / "translation/tatoeba_en_zh/train.tsv.gz"
    made = make_recipe({"data": {"train": [str(file)], "source_language": "en", "target_language": "zh"}})
    prepared = prepare_data(made, folder=tmp_path, output=tmp_path / "out")
    assert prepared.report["rows_read"] == 24_883
    assert prepared.report["rows_kept"] > 24_800


def test_rejects_are_kept_when_too_little_is_left(tmp_path):
    (tmp_path / "a.tsv").write_text("same\tsame\n" * 30 + "".join(f"one {i}\teins {i}\n" for i in range(20)))
    recipe = Recipe(data=DataConfig(train=("a.tsv",), source_language="en", target_language="de"))
    with pytest.raises(DataError, match="at least 50 usable") as caught:
        prepare_data(recipe, folder=tmp_path, output=tmp_path / "x.work" / "prepared")
    path = tmp_path / "x.work" / "rejects.jsonl"
    assert str(path) in caught.value.hint
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(rows) == 30
    assert {row["rule"] for row in rows} == {"identical"}
    assert not (tmp_path / "x.work" / "prepared").exists()


def test_encodings_that_are_found_out_are_told(tmp_path):
    texts = [f"第{i}行的文字，打开文件以后请保存并关闭窗口" for i in range(100)]
    lines = "".join(f"line number {i} of the text\t{text}\n" for i, text in enumerate(texts))
    (tmp_path / "a.tsv").write_bytes(lines.encode("gb18030"))
    made = recipe(train=["a.tsv"], target_language="zh")
    prepared = prepare_data(made, folder=tmp_path, output=tmp_path / "out")
    assert {row.target for row in prepared.train} < set(texts)
    assert list(prepared.report["encodings"]) == ["a.tsv"]
    assert prepared.report["encodings"]["a.tsv"].startswith("gb18030, by its bytes")
    out = io.StringIO()
    print_report(prepared.report, Console(width=80, file=out))
    assert "a.tsv is read as gb18030" in out.getvalue()
    declared = recipe(train=["a.tsv"], target_language="zh", encoding="gbk")
    again = prepare_data(declared, folder=tmp_path, output=tmp_path / "out")
    assert again.report["encodings"] == {"a.tsv": "gb18030"}
    assert again.fingerprint == prepared.fingerprint


def table(folder, name, rows):
    (folder / name).write_text("\n".join("\t".join(row) for row in rows) + "\n", encoding="utf-8")


def test_a_column_says_which_part(tmp_path):
    rows = [("id", "source", "target", "fold")]
    rows += [(str(i), f"text {i}", f"Text {i}", "test" if i % 10 == 0 else "train") for i in range(200)]
    rows += [("x", "text 0", "Text 0", "train"), ("y", "text 5", "Text 5", "nothing")]
    for column in ("fold", "4"):
        table(tmp_path, "pairs.tsv", rows)
        prepared = prepare_data(recipe(split_column=column), folder=tmp_path, output=tmp_path / "out")
        assert [row.source for row in prepared.test] == [f"text {i}" for i in range(0, 200, 10)]
        rejected = {rule: found["rows"] for rule, found in prepared.report["rejected"].items()}
        assert rejected == {"leak": 1, "part": 1}  # the training row goes, not the test's
    with pytest.raises(DataError, match=r'data\.split_column must name a column of the header row, got "fald"'):
        prepare_data(recipe(split_column="fald"), folder=tmp_path, output=tmp_path / "out")


def test_dates_hold_the_latest_rows_out(tmp_path):
    rows = [("source", "target", "day")]
    rows += [(f"text {i}", f"Text {i}", f"2026-{1 + i // 20:02}-{1 + i % 20:02}") for i in range(200)]
    table(tmp_path, "pairs.tsv", rows)
    dates = {"date_column": "day", "valid_from": "2026-09-01", "test_from": "2026-10-01"}
    prepared = prepare_data(recipe(**dates), folder=tmp_path, output=tmp_path / "out")
    assert [row.source for row in prepared.test] == [f"text {i}" for i in range(180, 200)]
    assert [row.source for row in prepared.valid] == [f"text {i}" for i in range(160, 180)]
    with pytest.raises(DataError, match=r'data\.test_from must leave rows for that part, got none from "2027" on'):
        prepare_data(recipe(**dates | {"test_from": "2027"}), folder=tmp_path, output=tmp_path / "out")


def test_held_out_rows_of_both_kinds_share_nothing(tmp_path):
    rows = [("source", "target", "fold")]
    rows += [(f"text {i}", f"Text {i}", "valid" if i < 20 else "train") for i in range(200)]
    table(tmp_path, "pairs.tsv", rows)
    table(tmp_path, "test.tsv", [("source", "target", "fold"), ("Text 3!", "anders", "test"), ("neu", "new", "test")])
    prepared = prepare_data(recipe(split_column="fold", test=["test.tsv"]), folder=tmp_path, output=tmp_path / "out")
    assert len(prepared.valid) == 19
    assert len(prepared.test) == 2
    assert prepared.report["rejected"]["leak"]["samples"][0]["line"] == 5


def test_too_little_is_left_after_leaks(tmp_path):
    rows = [("source", "target", "fold")]
    rows += [(f"text {i % 60}", f"Text {i}", "test" if i < 60 else "train") for i in range(120)]
    table(tmp_path, "pairs.tsv", rows)
    made = recipe(split_column="fold", check_numbers=False)
    with pytest.raises(DataError, match=r"at least 50 usable .* got 0 after leaving out 60 that share"):
        prepare_data(made, folder=tmp_path, output=tmp_path / "out")


def test_few_documents_given_for_the_test_leave_the_training(tmp_path):
    for name in "abc":
        lines = ("".join(random.Random(f"{name}{i}").choices("abcdefgh ", k=90)) for i in range(2_000))
        (tmp_path / f"{name}.txt").write_text("\n".join(lines))
    (tmp_path / "t.txt").write_text((tmp_path / "c.txt").read_text())
    made = make_recipe({"task": "generate", "data": {"train": ["a.txt", "b.txt", "c.txt"], "test": ["t.txt"]}})
    prepared = prepare_data(made, folder=tmp_path, output=tmp_path / "out")
    assert {row.file for row in prepared.train} == {"a.txt", "b.txt"}
    assert {row.file for row in prepared.test} == {"t.txt"}


def test_a_file_named_twice_is_read_once(pairs):
    prepared = prepare_data(recipe(train=["pairs.tsv", "*.tsv"]), folder=pairs, output=pairs / "out")
    assert prepared.report["rows_kept"] == 200
    assert prepared.report["rejected"]["duplicate"]["rows"] == 202
    assert len(os.listdir(pairs / "out.shards")) == 1


def test_a_lexicon_that_is_missing(pairs):
    with pytest.raises(DataError, match=r"data\.lexicon must be a file that can be read, got: No such file"):
        prepare_data(recipe(lexicon="words.txt"), folder=pairs, output=pairs / "out")


def test_rows_without_a_group_are_not_one_group(tmp_path):
    rows = [{"source": f"text {i}", "target": f"Text {i}", "dialogue": None} for i in range(100)]
    (tmp_path / "pairs.jsonl").write_text("\n".join(map(json.dumps, rows)))
    prepared = prepare_data(
        recipe(train=["pairs.jsonl"], group_column="dialogue"), folder=tmp_path, output=tmp_path / "out"
    )
    assert prepared.report["splits"] == {"train": 80, "valid": 10, "test": 10}


CARD = "4111 1111 1111 1111"


def test_what_is_masked_stands_nowhere_in_the_work(tmp_path):
    rows = [(f"text {i} {chr(97 + i % 26)} {CARD}", f"Text {i} {chr(97 + i % 26)} {CARD}") for i in range(100)]
    rows += [(f"{CARD} once", f"{CARD} once"), (f"{CARD} x", ""), (f"call {CARD} or 77", f"ruf {CARD} oder 78")]
    rows += [rows[0]]
    table(tmp_path, "pairs.tsv", rows)
    with (tmp_path / "pairs.tsv").open("a") as file:
        file.write(f"{CARD}\n")  # a column is missing
    found = prepare_data(recipe(personal_data="mask"), folder=tmp_path, output=tmp_path / "out")
    rules = {rule for rule, told in found.report["rejected"].items() if told["samples"]}
    assert {"identical", "empty", "numbers", "columns", "duplicate"} <= rules
    written = [path for place in ("out", "out.shards") for path in (tmp_path / place).rglob("*.json*")]
    assert len(written) >= 8
    assert not [path for path in written if b"4111" in path.read_bytes()]
    assert b"<payment_card>" in (tmp_path / "out/rejects.jsonl").read_bytes()
    lines = {json.loads(line)["line"] for line in (tmp_path / "out/rejects.jsonl").read_text().splitlines()}
    assert lines == {101, 102, 103, 104, 105}


def test_groups_that_are_addresses_are_masked_and_stay_together(tmp_path):
    rows = [(f"text {chr(97 + i % 26)}{i}", f"Text {chr(97 + i % 26)}{i}", f"ann{i % 20}@web.de") for i in range(200)]
    table(tmp_path, "pairs.tsv", [("source", "target", "author"), *rows])
    config = recipe(personal_data="mask", group_column="author", split_near=False)
    found = prepare_data(config, folder=tmp_path, output=tmp_path / "out")
    written = [path for place in ("out", "out.shards") for path in (tmp_path / place).rglob("*.json*")]
    assert not [path for path in written if b"@web.de" in path.read_bytes()]
    parts = [{row.group for row in part} for part in (found.train, found.valid, found.test)]
    assert sum(map(len, parts)) == len(set.union(*parts)) == 20


def test_masked_rows_are_counted_once(tmp_path):
    rows = [(f"text {chr(97 + i % 26)}{i}", f"Text {chr(97 + i % 26)}{i}") for i in range(100)]
    table(tmp_path, "pairs.tsv", [*rows, ("write to ann@web.de", "an ann@web.de schreiben")])
    config = recipe(personal_data="mask", split_near=False)
    noted = prepare_data(config, folder=tmp_path, output=tmp_path / "out").report["noted"]["masked"]
    assert (noted["rows"], noted["kinds"], len(noted["samples"])) == (1, {"email": 2}, 1)


def test_dates_that_are_none_are_told_as_such(tmp_path):
    rows = [("source", "target", "day"), *((f"text {i}", f"Text {i}", f"2026-01-{1 + i // 9:02}") for i in range(200))]
    table(tmp_path, "pairs.tsv", [*rows, ("x", "y", "soon")])
    dates = {"date_column": "day", "valid_from": "2026-01-15", "test_from": "2026-01-20"}
    found = prepare_data(recipe(**dates), folder=tmp_path, output=tmp_path / "out")
    assert found.report["rejected"]["date"]["rows"] == 1
    out = io.StringIO()
    print_report(found.report, Console(width=80, file=out))
    assert "with no date (data.date_column)" in out.getvalue()


def test_questions_are_told_by_their_identifier(tmp_path):
    texts = []
    for i in range(60):
        text = f"Passage {i} says that word{i} is the answer of number {i}."
        answers = [{"text": f"word{i}", "answer_start": text.index("word")}]
        texts.append({"context": text, "qas": [{"id": f"Q{i}", "question": f"What {i}?", "answers": answers}]})
    doubled = {"title": "last", "paragraphs": [{**texts[0], "qas": [{**texts[0]["qas"][0], "id": "Q0 again"}]}]}
    articles = [{"title": f"t{i}", "paragraphs": [text]} for i, text in enumerate(texts)]
    (tmp_path / "q.json").write_text(json.dumps({"data": [*articles, doubled]}))
    made = make_recipe({"task": "answer", "data": {"train": ["q.json"]}})
    found = prepare_data(made, folder=tmp_path, output=tmp_path / "out")
    sample = found.report["rejected"]["duplicate"]["samples"][0]
    assert (sample["key"], sample["detail"]) == ("Q0 again", "as q.json, Q0")


def test_a_report_tells_documents_from_pieces_and_moves(tmp_path):
    lines = ("".join(random.Random(i).choices("abcdefgh ", k=90)) for i in range(2_000))
    (tmp_path / "a.txt").write_text("\n".join(lines))
    (tmp_path / "b.txt").write_text((tmp_path / "a.txt").read_text()[:20_000])

    def printed(**data):
        made = make_recipe({"task": "generate", "data": {"train": ["a.txt", "b.txt"], "held_out": "h.txt"} | data})
        found = prepare_data(made, folder=tmp_path, output=tmp_path / "out")
        out = io.StringIO()
        print_report(found.report, Console(width=200, file=out))
        return found, out.getvalue()

    found, text = printed()
    rows = len(found.valid) + len(found.test)
    assert "2  documents read from all files" in text and f"{len(found.train)}  pieces of them in train" in text
    assert "source" not in text and "MB/s" not in text and "WARNING" not in text
    assert f"h.txt names {rows} held-out rows, {rows} of them new: keep it with the recipe" in text
    assert found.report["documents_kept"] == found.report["rows_kept"] == found.report["rows_read"] == 2
    assert found.report["pieces"] == sum(found.report["splits"].values()) > 2
    (tmp_path / "h.txt").unlink()
    _, text = printed(split_seed=2, test_rows=1)
    assert "WARNING" in text and "(in test) are in valid now" in text
