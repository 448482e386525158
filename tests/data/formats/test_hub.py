"""Data sets on the hub, with a hub of our own in its place."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.config.recipe import DataConfig
from braid.data.documents import read_documents
from braid.data.formats import hub as module
from braid.data.formats import inspect_file, read_files
from braid.data.formats.hub import HubName, choose, hub_files, hub_name
from braid.data.kinds import KINDS
from braid.errors import DataError, DownloadError

huggingface_hub = pytest.importorskip("huggingface_hub")
errors = pytest.importorskip("huggingface_hub.errors")

COMMIT = "0123456789012345678901234567890123456789"
CARD = """---
license: cc0-1.0
configs:
- config_name: small
  default: true
  data_files:
  - split: train
    path: small/train-*
  - split: test
    path: [small/test-*]
- config_name: large
  data_files: "large/**.jsonl"
---
# A data set
"""


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """Puts a data set of these files on the hub; what is fetched is noted."""
    fetched: list[str] = []

    def put(files: dict[str, str], *, sizes: dict[str, int] | None = None, fault: Exception | None = None):
        cache = tmp_path / "cache" / COMMIT

        def dataset_info(_, repository, *, revision, files_metadata):
            assert repository == "owner/name"
            assert files_metadata
            if fault:
                raise fault
            names = [SimpleNamespace(rfilename=name, size=(sizes or {}).get(name, 1)) for name in files]
            return SimpleNamespace(siblings=names, sha=COMMIT)

        def download(repository, name, *, repo_type, revision):
            assert (repository, repo_type, revision) == ("owner/name", "dataset", COMMIT)
            fetched.append(name)
            (cache / name).parent.mkdir(parents=True, exist_ok=True)
            (cache / name).write_text(files[name], encoding="utf-8")
            return str(cache / name)

        def snapshot(repository, *, repo_type, revision, allow_patterns, local_files_only):
            assert local_files_only
            if not cache.is_dir():
                raise FileNotFoundError("nothing is held")
            return str(cache)

        monkeypatch.setattr(huggingface_hub.HfApi, "dataset_info", dataset_info)
        monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
        monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
        return fetched

    return put


@pytest.fixture
def rows(tmp_path):
    def read(name, task="classify"):
        return list(read_files([name], KINDS[task].options(DataConfig()), folder=tmp_path))

    return read


def lines(*texts):
    return "".join(json.dumps({"text": text, "label": "x"}) + "\n" for text in texts)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("hf://owner/name", HubName(repository="owner/name")),
        ("hf:/owner/name", HubName(repository="owner/name")),
        ("hf://owner/name:test", HubName(repository="owner/name", split="test")),
        ("hf://o-1/n_2.x/conf.a", HubName(repository="o-1/n_2.x", config="conf.a")),
        ("hf://o/n@v1.0/c:s", HubName(repository="o/n", revision="v1.0", config="c", split="s")),
        (
            "hf://o/n@refs/convert/parquet/c:s",
            HubName(repository="o/n", revision="refs/convert/parquet", config="c", split="s"),
        ),
        ("hf://o/n@refs/pr/7", HubName(repository="o/n", revision="refs/pr/7")),
    ],
)  # fmt: skip
def test_names(written, meant):
    assert hub_name(written) == meant


@pytest.mark.parametrize(
    "name",
    ["hf://", "hf://name", "hf://o/n/c/d", "hf://o/n@", "hf://o/n:a:b", "hf://o/../n", "hf://o/n " + "x" * 10**6],
)
def test_names_written_otherwise(name, rows):
    begun = time.perf_counter()
    with pytest.raises(DownloadError, match="must be written hf://owner/name, got"):
        rows(name)
    assert time.perf_counter() - begun < 1


def test_the_default_is_what_the_card_says(hub, rows, tmp_path):
    files = {
        "README.md": CARD,
        "small/train-00000-of-00002.jsonl": lines("a"),
        "small/train-00001-of-00002.jsonl": lines("b"),
        "small/test-00000-of-00001.jsonl": lines("t"),
        "large/x/1.jsonl": lines("c", "d"),
        "small/train-00000-of-00002.csv": "text,label\nn,x\n",
        "name.py": "raise SystemExit",
    }
    fetched = hub(files)
    found = rows("hf://owner/name@v1")
    assert [row.source for row in found] == ["a", "b"]
    assert found[0].file == "hf://owner/name@v1/small/train-00000-of-00002.jsonl"
    assert [row.source for row in rows("hf://owner/name:test")] == ["t"]
    assert [row.source for row in rows("hf://owner/name/large")] == ["c", "d"]
    assert "name.py" not in fetched
    assert not any(name.endswith("csv") for name in fetched)
    assert inspect_file("hf://owner/name", folder=tmp_path).columns == ("text", "label")
    assert [row.target for row in rows("hf://owner/name", "generate")] == ["a", "b"]
    assert [passage.text for passage in read_documents(["hf://owner/name:test"], folder=tmp_path)] == ["t"]
    for name, message in (
        ("hf://owner/name/none", 'configuration must be one of small, large, got "none"'),
        ("hf://owner/name:valid", 'split must be one of train, test, got "valid"'),
    ):
        with pytest.raises(DownloadError, match=message):
            rows(name)


@pytest.mark.parametrize(
    ("files", "name", "chosen"),
    [
        (["a.csv", "b.csv"], "", ["a.csv", "b.csv"]),
        (["train.csv", "test.csv", "validation.csv", "README.md"], "", ["train.csv"]),
        (["train.csv", "test.csv", "valid.csv"], ":validation", ["valid.csv"]),
        (["data/train-00000-of-00001.parquet", "data/train.csv"], "", ["data/train-00000-of-00001.parquet"]),
        (["en/train.jsonl.gz", "de/train.jsonl.gz"], "/de", ["de/train.jsonl.gz"]),
        (["en-train.tsv", "de-train.tsv"], "/en:train", ["en-train.tsv"]),
        (["default/train/0000.parquet", "default/test/0000.parquet"], "/default:test", ["default/test/0000.parquet"]),
        (["training_notes.json", "dataset_infos.json", "x.json"], "", ["training_notes.json", "x.json"]),
        (["pretrained.csv"], "", ["pretrained.csv"]),
    ],
)
def test_files_are_known_by_their_names(files, name, chosen):
    assert choose(files, {}, hub_name(f"hf://o/n{name}"), "x") == chosen


@pytest.mark.parametrize(
    ("files", "name", "message"),
    [
        (["load.py", "README.md"], "", r"got a program that makes them \(load.py\)"),
        (["weights.bin"], "", "got weights.bin"),
        ([], "", "got no files"),
        (["test.csv"], "", "must hold the split train, got the files test.csv"),
        (["train.csv"], "/de", "must hold de, got"),
        (["train.csv"], ":other", "must hold other, got"),
    ],
)
def test_what_is_not_there_is_told(files, name, message):
    with pytest.raises(DownloadError, match=message):
        choose(files, {}, hub_name(f"hf://o/n{name}"), "x")


@pytest.mark.parametrize(
    ("glob", "fits"),
    [
        ("a/*.csv", ["a/1.csv"]),
        ("**/*.csv", ["a/1.csv", "a/b/2.csv", "3.csv"]),
        ("a/**", ["a/1.csv", "a/b/2.csv"]),
        ("?.csv", ["3.csv"]),
        ("./3.csv", ["3.csv"]),
        ("[a]/*", []),
    ],
)
def test_globs_of_cards(glob, fits):
    names = ["a/1.csv", "a/b/2.csv", "3.csv"]
    assert [name for name in names if module._fits(name, glob)] == fits


def test_globs_take_linear_time():
    begun = time.perf_counter()
    assert not module._fits("a" * 300, "**" * 300 + "b")
    assert not module._fits("a" * 300, "*a" * 200 + "b")
    assert time.perf_counter() - begun < 2


def hub_error(kind):
    error = kind.__new__(kind)
    Exception.__init__(error, "from the hub")
    return error


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (errors.RepositoryNotFoundError, "must be on the hub, got none of that name"),
        (errors.GatedRepoError, "got one that is gated"),
        (errors.RevisionNotFoundError, "must be a branch, tag or commit"),
        (ConnectionError, "the hub must be reachable, got ConnectionError: from the hub"),
        (errors.OfflineModeIsEnabled, "the hub must be reachable, got OfflineModeIsEnabled"),
        (errors.HfHubHTTPError, "the hub must be reachable"),
    ],
)
def test_what_the_hub_says(kind, message, hub, rows):
    hub({}, fault=hub_error(kind))
    with pytest.raises(DownloadError, match=message) as caught:
        rows("hf://owner/name@v1")
    assert "hf://owner/name" in str(caught.value)
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(
    ("files", "held", "is_whole"),
    [
        (["train.jsonl"], ["train.jsonl"], True),
        (["train-00000-of-00002.jsonl", "train-00001-of-00002.jsonl"], None, True),
        (["train-00000-of-00002.jsonl", "train-00001-of-00002.jsonl"], ["train-00001-of-00002.jsonl"], False),
        (["train_a.jsonl", "train_b.jsonl"], None, False),
    ],
)
def test_files_fetched_before_are_taken_when_offline(files, held, is_whole, hub, rows, tmp_path):
    contents = {name: lines(name) for name in files}
    hub(contents)
    hub_files("hf://owner/name")
    for path in (tmp_path / "cache" / COMMIT).iterdir():
        if held and path.name not in held:
            path.unlink()
    hub(contents, fault=ConnectionError("no network"))
    if is_whole:
        assert [row.source for row in rows("hf://owner/name")] == files
        return
    with pytest.raises(DownloadError, match="the hub must be reachable"):
        rows("hf://owner/name")


def test_too_much_is_not_fetched(hub, rows):
    fetched = hub({"train.csv": "x"}, sizes={"train.csv": 10**12})
    with pytest.raises(DownloadError, match="must be smaller than 20 GB, got 1000 GB"):
        rows("hf://owner/name")
    assert fetched == []


def test_a_file_that_cannot_be_fetched(hub, rows, monkeypatch):
    hub({"train.csv": "x"})

    def fail(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", fail)
    with pytest.raises(DownloadError, match="got OSError: disk full"):
        rows("hf://owner/name")


def test_questions_need_files_of_squad(hub, rows):
    hub({"train.csv": "x"})
    with pytest.raises(DataError, match=r"name must end in one of \.json"):
        rows("hf://owner/name", "answer")


CARDS = st.recursive(
    st.none() | st.integers() | st.sampled_from(["train", "default", "*", "**/", "a.csv"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["configs", "config_name", "data_files", "split", "path", "default"]), inner)
    ),
    max_leaves=10,
)


@settings(deadline=None, max_examples=300)
@given(card=CARDS, entry=CARDS)
def test_any_card_is_read_or_refused(card, entry):
    for value in (
        card,
        {"configs": [{"data_files": card}, entry]},
        {"configs": {"config_name": card, "data_files": entry}},
    ):
        try:
            assert choose(["a.csv", "b/train.csv"], value if isinstance(value, dict) else {}, hub_name("hf://o/n"), "x")
        except DownloadError as error:
            assert str(error)


@pytest.mark.parametrize(
    "text",
    ["", "---", "---\n: [", "---\n- a\n---", "\ufeff---\na: b\n---\n", "---\n" + "[" * 10**5, "a\n---\nb: c"],
)
def test_any_description_is_read(text, tmp_path):
    (tmp_path / "README.md").write_text(text, encoding="utf-8")
    assert module._card(tmp_path / "README.md") in ({}, {"a": "b"})


@pytest.mark.network
def test_a_real_data_set(tmp_path):
    pytest.importorskip("pyarrow")
    options = KINDS["classify"].options(DataConfig())
    found = list(read_files(["hf://cornell-movie-review-data/rotten_tomatoes:validation"], options, folder=tmp_path))
    assert len(found) == 1066
