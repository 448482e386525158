import io
import json
import os

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
    return make_recipe({"data": {"train": ["pairs.tsv"], "source_language": "en", "target_language": "de"} | data})


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
    with pytest.raises(DataError, match=r"at least 50 usable .* got 1 \(2 rows read; rejected: empty: 1\)"):
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
    made = make_recipe({"data": {"train": ["a.tsv"], "source_language": "en", "target_language": "zh"}})
    prepared = prepare_data(made, folder=tmp_path, output=tmp_path / "out")
    assert {row.target for row in prepared.train} < set(texts)
    assert list(prepared.report["encodings"]) == ["a.tsv"]
    assert prepared.report["encodings"]["a.tsv"].startswith("gb18030, by its bytes")
    out = io.StringIO()
    print_report(prepared.report, Console(width=80, file=out))
    assert "a.tsv is read as gb18030" in out.getvalue()
    declared = make_recipe(
        {"data": {"train": ["a.tsv"], "source_language": "en", "target_language": "zh", "encoding": "gbk"}}
    )
    again = prepare_data(declared, folder=tmp_path, output=tmp_path / "out")
    assert again.report["encodings"] == {"a.tsv": "gb18030"}
    assert again.fingerprint == prepared.fingerprint
