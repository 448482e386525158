"""Own files in, a scored bundle out; then the same bundle where no training framework is."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import braid
from backends import once
from braid.errors import BraidError, CheckpointError, ConfigError, DataError
from braid.pipeline.train import _Saver
from tiny import TINY_TRAINING, write_pairs

pytestmark = pytest.mark.backend


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    data = write_pairs(folder, rows=600)
    result = braid.train(data, output=folder / "bundle", overrides=(*TINY_TRAINING, "train.steps=300"))
    return folder / "bundle", result


def test_bundle_is_whole(trained):
    bundle, result = trained
    names = {path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file()}
    assert names == {
        "bundle.json", "card.md", "report.html", "tokenizer.json", "weights.safetensors",
        "runtime/encoder.onnx", "runtime/decoder.onnx",
    }  # fmt: skip
    assert result["steps"] == 300
    assert result["peak_memory_bytes"] > 10**7
    info = json.loads((bundle / "bundle.json").read_text())
    assert info["recipe"]["model"]["encoder"] == "A"
    assert [system["name"] for system in info["scores"]][1:] == ["copy the source", "nearest translation-memory match"]
    assert "nearest translation-memory match" in (bundle / "card.md").read_text()
    assert not list(bundle.parent.glob("*.work/checkpoints"))
    assert not list(bundle.parent.rglob("*.tmp"))


def test_it_learned(trained):
    bundle, result = trained
    assert result["metrics"]["chrf"]["low"] > 50
    assert braid.load(bundle).translate("red cat") == "DER TAC"


@once
def test_evaluate(trained, tmp_path):
    bundle, result = trained
    again = braid.evaluate(bundle)
    assert again["systems"][0]["scores"] == result["metrics"]
    (tmp_path / "t.tsv").write_text("red cat\tDER TAC\nbig dog\tGIB GOD\n\tempty\n")
    own = braid.evaluate(bundle, data=(str(tmp_path / "t.tsv"),), compare=bundle)
    assert len(own["examples"]) == 2
    assert own["comparison"]["bleu"]["delta"] == 0
    assert any("1 of 3 rows" in note for note in own["notes"])
    with pytest.raises(DataError):
        braid.evaluate(bundle, data=(str(tmp_path / "none.tsv"),))


@once
def test_comparison_with_another_bundle(trained, tmp_path):
    bundle, _ = trained
    short = (*TINY_TRAINING, "train.steps=20", "data.target_language=de")
    braid.train(write_pairs(tmp_path, rows=600), output=tmp_path / "other", overrides=short)
    (tmp_path / "t.tsv").write_text("red cat\tDER TAC\nbig dog runs\tGIB GOD SNUR\nsmall house\tLLAMS ESUOH\n")
    data = (str(tmp_path / "t.tsv"),)
    both = braid.evaluate(bundle, data=data, compare=tmp_path / "other")
    alone = [braid.evaluate(path, data=data)["systems"][0]["scores"] for path in (bundle, tmp_path / "other")]
    assert [system["scores"] for system in both["systems"][:2]] == alone
    assert alone[0] != alone[1]
    for name, difference in both["comparison"].items():
        assert difference["delta"] == pytest.approx(alone[0][name]["value"] - alone[1][name]["value"])


@once
def test_prepared_arrays(trained, tmp_path):
    dataset = braid.prepare(write_pairs(tmp_path), output=tmp_path / "b", overrides=TINY_TRAINING)
    arrays = dataset.arrays("train", max_tokens=20)
    assert {value.shape for value in arrays.values()} == {(240, 20)}
    np.testing.assert_array_equal(
        arrays["target"][:, 1:][arrays["labels"][:, 1:] > 0], arrays["labels"][:, :-1][arrays["labels"][:, 1:] > 0]
    )


@once
def test_prepared_batches(tmp_path):
    """The same rows as the arrays, each once, in another order in another epoch."""
    dataset = braid.prepare(write_pairs(tmp_path), output=tmp_path / "b", overrides=TINY_TRAINING)
    epochs = [list(dataset.batches("train", epoch=epoch, batch_tokens=200)) for epoch in range(2)]
    for batches in epochs:
        found = []
        for (source, target), labels, weights in batches:
            assert labels.size <= 200
            np.testing.assert_array_equal(weights, labels != 0)
            np.testing.assert_array_equal(target[:, 1:], np.where(labels[:, 1:] > 0, labels[:, :-1], 0))
            found += [(tuple(a[a > 0]), tuple(b[b > 0])) for a, b in zip(source, labels, strict=True)]
        arrays = dataset.arrays("train", max_tokens=200)
        rows = zip(arrays["source"], arrays["labels"], strict=True)
        assert sorted(found) == sorted((tuple(a[a > 0]), tuple(b[b > 0])) for a, b in rows)
    assert len(epochs[0]) == len(epochs[1])
    assert any(a[1].shape != b[1].shape or (a[1] != b[1]).any() for a, b in zip(*epochs, strict=True))


def test_unfinished_runs_are_not_lost(tmp_path):
    data = write_pairs(tmp_path)
    kept = tmp_path / "b.work/checkpoints/step-000000001"
    kept.mkdir(parents=True)
    with pytest.raises(CheckpointError, match="unfinished run") as caught:
        braid.train(data, output=tmp_path / "b", overrides=TINY_TRAINING)
    assert "--resume" in caught.value.hint
    assert kept.is_dir()


@once
def test_the_last_checkpoint_is_of_the_last_step(tmp_path, monkeypatch):
    """A failure behind training, in scoring or saving, does not cost the training."""

    def fail(saver):
        raise RuntimeError("disk on fire")

    monkeypatch.setattr(_Saver, "save", fail)
    overrides = (*TINY_TRAINING, "train.steps=3", "train.checkpoint_minutes=1000")
    with pytest.raises(RuntimeError, match="disk on fire"):
        braid.train(write_pairs(tmp_path), output=tmp_path / "b", overrides=overrides)
    assert (tmp_path / "b.work/checkpoints/step-000000003").is_dir()


def test_languages_must_be_known(tmp_path):
    with pytest.raises(ConfigError, match="do not say which languages"):
        braid.train(write_pairs(tmp_path), output=tmp_path / "b")
    assert not (tmp_path / "b.work").exists()


@once
def test_bundles_are_not_written_over_folders(trained, tmp_path):
    _bundle, _ = trained
    (tmp_path / "b").mkdir()
    (tmp_path / "b/mine.txt").write_text("x")
    with pytest.raises(BraidError, match="not a bundle"):
        braid.train(write_pairs(tmp_path), output=tmp_path / "b", overrides=(*TINY_TRAINING, "train.steps=2"))
    assert (tmp_path / "b/mine.txt").exists()


INFERENCE = """
import importlib.util, sys, json
absent = [name for name in ("keras", "tensorflow", "torch", "jax", "onnx") if importlib.util.find_spec(name) is None]
import braid
bundle = sys.argv[1]
output = braid.load(bundle).translate(["red cat", "", "big dog"])
scores = braid.evaluate(bundle)["systems"][0]["scores"]
from starlette.testclient import TestClient
from braid.serve.app import create_app
with TestClient(create_app([braid.load(bundle)])) as client:
    served = client.post("/translate", json={"q": "red cat", "source": "en", "target": "de"}).json()
try:
    braid.train(sys.argv[2], output=sys.argv[3], overrides=sys.argv[4:])
except braid.BraidError as error:
    training = str(error)
loaded = [name for name in ("keras", "tensorflow", "torch", "jax") if name in sys.modules]
print(json.dumps([absent, output, scores["bleu"]["value"], served, training, loaded]))
"""


@once
def test_without_a_training_framework(trained, tmp_path):
    """Translates, evaluates and serves in an environment that has none; training says what to install."""
    python = os.environ.get("BRAID_BASE_PYTHON")
    if not python:
        pytest.skip("BRAID_BASE_PYTHON does not name a Python that has Braid without extras")
    probe = subprocess.run([python, "-c", "import httpx"], capture_output=True, check=False)
    if probe.returncode:
        subprocess.run([python, "-m", "pip", "install", "--quiet", "httpx"], check=True)
    bundle, result = trained
    data = write_pairs(tmp_path)
    command = [python, "-c", INFERENCE, str(bundle), str(data), str(tmp_path / "b"), *TINY_TRAINING]
    environment = {name: value for name, value in os.environ.items() if name not in ("KERAS_BACKEND", "PYTHONPATH")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    absent, output, bleu, served, training, loaded = json.loads(done.stdout.splitlines()[-1])
    assert absent == ["keras", "tensorflow", "torch", "jax", "onnx"]
    assert output == ["DER TAC", "", "GIB GOD"]
    assert bleu == result["metrics"]["bleu"]["value"]
    assert served["translatedText"] == "DER TAC"
    assert 'pip install "braid-lm[tensorflow]"' in training
    assert loaded == []


@once
def test_inference_imports_no_framework(trained):
    """The same where a framework is installed: none is imported."""
    bundle, _ = trained
    code = (
        "import sys, braid; braid.load(sys.argv[1]).translate('red cat'); braid.evaluate(sys.argv[1]);"
        "print([n for n in ('keras', 'tensorflow', 'torch', 'jax') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(bundle)], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


@once
def test_the_textbook_program(tmp_path):
    """The example, written for TensorFlow, runs as it stands, on a few hundred pairs."""
    example = Path(__file__).parents[2] / "examples/keras_translation.py"
    assert len(example.read_text().splitlines()) < 60
    data = write_pairs(tmp_path, rows=300)
    command = [sys.executable, str(example), str(data), "en", "de", "2"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^bleu \d+\.\d \[\d+\.\d, \d+\.\d\]$", done.stdout, re.MULTILINE)
    assert "Warning" not in done.stderr
