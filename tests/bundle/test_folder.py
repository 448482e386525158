import json
import os
from pathlib import Path

import pytest

from braid.bundle.folder import check_replaceable, read_bundle, save_bundle
from braid.data.formats.own import is_own_folder
from braid.errors import BundleError
from braid.storage import recover
from failing_disk import refusals

FIELDS = {
    "name": "x",
    "task": "translate",
    "source_language": "en",
    "target_language": "zh",
    "recipe": {},
    "sizes": {"parameters": 1, "vocab_size": 300, "max_source_tokens": 50},
    "data_fingerprint": "f",
    "data": {},
    "training": {},
    "scores": [],
}


def fill(folder):
    (folder / "runtime").mkdir()
    for name in ("tokenizer.json", "runtime/encoder.onnx", "runtime/decoder.onnx", "card.md"):
        (folder / name).write_text(f"content of {name}")
    return FIELDS


@pytest.fixture
def bundle(tmp_path):
    save_bundle(tmp_path / "b", fill)
    return tmp_path / "b"


def test_round_trip(bundle):
    info = read_bundle(bundle)
    assert info.name == "x"
    assert is_own_folder(bundle)
    assert set(info.files) == {"tokenizer.json", "runtime/encoder.onnx", "runtime/decoder.onnx", "card.md"}
    assert save_bundle(bundle, fill).files == info.files
    assert os.listdir(bundle.parent) == ["b"]


@pytest.mark.parametrize("stays_full", [False, True])
def test_whichever_write_fails_the_bundle_before_stays_whole(bundle, stays_full):
    def write():
        save_bundle(bundle, lambda folder: fill(folder) | {"name": "new"}, needed=4321)

    names = []
    for error in refusals(write, stays_full=stays_full):
        if error:
            assert str(bundle.parent) in str(error)
            assert "about 4,321 bytes are needed" in str(error)
        names.append(read_bundle(bundle).name)
        assert names[-1] == ("x" if error and "new" not in names else names[-1])
        recover(bundle.parent, is_alone=True)  # what could not be removed goes the next time
        assert os.listdir(bundle.parent) == ["b"]
        save_bundle(bundle, fill)
    assert len(names) > 8
    assert set(names) <= {"x", "new"}


def change(bundle, **changes):
    path = bundle / "bundle.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda b: (b / "tokenizer.json").unlink(), "tokenizer.json is missing"),
        (lambda b: (b / "tokenizer.json").write_text("short"), "tokenizer.json must be 25 bytes, got 5"),
        (lambda b: (b / "tokenizer.json").write_text("CONTENT of tokenizer.json"), "is not the file that was saved"),
        (lambda b: (b / "bundle.json").unlink(), "no bundle here"),
        (lambda b: (b / "bundle.json").write_text("{"), "cannot be read"),
        (lambda b: (b / "bundle.json").write_text("[" * 100_000), "cannot be read"),
        (lambda b: (b / "bundle.json").write_text("[]"), "not as it must be"),
        (lambda b: change(b, format=99), "format must be 1, got 99"),
        (
            lambda b: change(b, sizes={"parameters": 10**15, "vocab_size": 1, "max_source_tokens": 1}),
            "sizes.parameters",
        ),
        (lambda b: change(b, surprise=1), "surprise"),
        (lambda b: change(b, files={}), "does not list"),
        (lambda b: change(b, files={"../../etc/passwd": {"bytes": 1, "sha256": "0" * 64}}), "leads outside"),
        (lambda b: change(b, files={"/etc/passwd": {"bytes": 1, "sha256": "0" * 64}}), "leads outside"),
    ],
)
def test_damage_is_found(bundle, break_it, message):
    break_it(bundle)
    with pytest.raises(BundleError) as caught:
        read_bundle(bundle)
    assert message in str(caught.value)


def test_other_folders_are_not_replaced(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("years of work")
    with pytest.raises(BundleError, match="not a bundle and will not be replaced"):
        save_bundle(tmp_path / "mine", fill)
    assert (tmp_path / "mine/thesis.txt").read_text() == "years of work"


def test_failure_leaves_the_old_one(bundle):
    def fail(folder):
        fill(folder)
        raise RuntimeError("power cord")

    with pytest.raises(RuntimeError):
        save_bundle(bundle, fail)
    assert read_bundle(bundle).name == "x"


def test_documents_may_be_edited(bundle):
    saved = read_bundle(bundle)
    (bundle / "card.md").write_text("a note of the owner's")
    assert read_bundle(bundle) == saved
    (bundle / "card.md").unlink()
    assert read_bundle(bundle) == saved


@pytest.mark.parametrize("content", ['{"name": "my-web-project", "version": 1}', "[]", "not JSON"])
def test_a_folder_with_somebody_elses_bundle_json_is_not_replaced(content, tmp_path):
    (tmp_path / "web").mkdir()
    (tmp_path / "web/bundle.json").write_text(content)
    with pytest.raises(BundleError, match="not a bundle and will not be replaced"):
        save_bundle(tmp_path / "web", fill)
    assert (tmp_path / "web/bundle.json").read_text() == content


def test_a_bundle_with_files_of_ones_own_is_not_replaced(bundle):
    (bundle / "runtime/notes.txt").write_text("mine")
    with pytest.raises(BundleError, match=r"not the owner of runtime/notes\.txt"):
        save_bundle(bundle, fill)
    (bundle / "runtime/notes.txt").rename(bundle / ".DS_Store")  # what a file manager leaves is nobody's work
    (bundle / "tokenizer.json").unlink()  # and a damaged bundle may be replaced
    save_bundle(bundle, fill)
    assert read_bundle(bundle).name == "x"


def test_the_root_of_a_disk_is_refused_before_training():
    with pytest.raises(BundleError, match="cannot be replaced"):
        check_replaceable(Path("/"))
