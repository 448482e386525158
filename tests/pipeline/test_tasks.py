"""One contract for all tasks: files in, a scored bundle out, and answers to anything without a training framework."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

import braid
from backends import once
from braid.bundle.folder import read_bundle
from braid.bundle.schema import REQUIRED
from braid.errors import BraidError, BundleError, DataError
from braid.pipeline.load import open_bundle
from braid.pipeline.places import places
from braid.pipeline.start import open_recipe
from braid.pipeline.train import TrainOptions, train_bundle
from braid.text.normalize import normalize
from braid.training.log import Silence

pytestmark = pytest.mark.backend

SMALL = (
    "model.model_dim=32",
    "model.ffn_dim=48",
    "model.num_heads=2",
    "model.dropout=0.1",
    "tokenizer.vocab_size=400",
    "train.batch_tokens=512",
    "train.max_tokens=64",
    "train.learning_rate=0.01",
    "train.warmup_steps=10",
    "train.validate_steps=20",
)
WORDS = ["red", "blue", "cat", "dog", "runs", "sleeps", "big", "small", "house", "tree", "Paris", "1999"]


def sentence(random: np.random.Generator, low: int = 3, high: int = 8) -> str:
    return " ".join(WORDS[i] for i in random.integers(0, len(WORDS), random.integers(low, high)))


def write_lines(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def pairs(folder: Path) -> Path:
    random = np.random.default_rng(1)
    rows = {text: text.upper() for text in (sentence(random) for _ in range(800))}
    return write_lines(folder / "pairs.jsonl", [{"source": source, "target": rows[source]} for source in rows])


def summaries(folder: Path) -> Path:
    random = np.random.default_rng(2)
    texts = {". ".join(sentence(random) for _ in range(4)) + "." for _ in range(700)}
    rows = [{"document": text, "summary": " ".join(text.split()[:3])} for text in sorted(texts)]
    return write_lines(folder / "texts.jsonl", rows)


def labeled(folder: Path) -> Path:
    random = np.random.default_rng(3)
    texts = {sentence(random) for _ in range(700)}
    rows = [{"text": text, "label": "animal" if {"cat", "dog"} & set(text.split()) else "thing"} for text in texts]
    return write_lines(folder / "labels.jsonl", sorted(rows, key=lambda row: row["text"]))


def questions(folder: Path) -> Path:
    random = np.random.default_rng(4)
    articles = []
    for number in range(120):
        places = {name: WORDS[random.integers(0, 10)] for name in ("Ann", "Bob")}
        context = " ".join(f"{name} likes the {thing}. {sentence(random)}." for name, thing in places.items())
        qas = [
            {
                "id": f"{number}-{name}",
                "question": f"What does {name} like in {number}?",
                "answers": [{"text": thing, "answer_start": context.index(f"the {thing}.", context.index(name)) + 4}],
            }
            for name, thing in places.items()
        ]
        articles.append({"title": f"t{number}", "paragraphs": [{"context": context, "qas": qas}]})
    path = folder / "questions.json"
    path.write_text(json.dumps({"data": articles}), encoding="utf-8")
    return path


def novel(folder: Path) -> Path:
    random = np.random.default_rng(5)
    path = folder / "novel.txt"
    path.write_text("\n".join(sentence(random, 5, 14) for _ in range(3500)), encoding="utf-8")
    return path


@dataclass(frozen=True)
class Case:
    """A task with data that a tiny network can learn."""

    write: object
    verb: str
    metric: str
    settings: tuple[str, ...] = ()
    steps: int = 60
    baselines: int = 2
    ask: dict[str, object] = field(default_factory=dict)


PARTS = ("train", "valid", "test")

# Eight bits round a text by what else is in its batch: enough to sway a network this small.
EXACT = "runtime.precision=float32"
CASES = {
    "translate": Case(pairs, "translate", "chrf", steps=200, settings=("model.encoder=A", "model.decoder=S",
                      "data.source_language=en", "data.target_language=de", EXACT)),
    "summarize": Case(summaries, "summarize", "rougeL", ("model.encoder=A", "model.decoder=S", EXACT), baselines=3),
    "classify": Case(labeled, "classify", "accuracy", ("model.encoder=A", EXACT)),
    "answer": Case(questions, "answer", "f1", ("model.encoder=RA", EXACT), baselines=5,
                   ask={"context": "Ann likes tea."}),
    "generate": Case(novel, "generate", "bits_per_byte", ("model.decoder=DA",), baselines=1,
                     ask={"max_tokens": 12, "seed": 3}),
}  # fmt: skip
ODD = [
    "",
    " ",
    "🙂🙂🙂",
    "مرحبا بالعالم",
    "混合 mixed текст 123",
    "a" * 5000,
    "big house. red cat runs. Paris sleeps. " * 26_000,
    "line one\nline two",
    "\x00\u200b",
    "!?.,",
]
ENORMOUS = max(range(len(ODD)), key=lambda index: len(ODD[index]))
"""A megabyte; it repeats itself, for a translator leaves nothing out and searches equal sentences once."""
SECONDS = 60
"""Processor time in which all odd texts must be answered: a tenth of it is usual."""


@pytest.fixture(scope="module", params=CASES)
def trained(request, tmp_path_factory):
    task = request.param
    case, folder = CASES[task], tmp_path_factory.mktemp(task)
    overrides = (f"task={task}", *SMALL, *case.settings, f"train.steps={case.steps}")
    result = braid.train(case.write(folder), output=folder / "bundle", overrides=overrides)
    return task, case, folder / "bundle", result


def predict(bundle: Path, case: Case, texts, **changes):
    options = {**case.ask, **changes}
    if isinstance(texts, list) and "context" in options:
        options["context"] = [options["context"]] * len(texts)
    return getattr(braid.load(bundle), case.verb)(texts, **options)


def test_bundle(trained):
    task, case, bundle, result = trained
    info = json.loads((bundle / "bundle.json").read_text())
    assert info["task"] == task
    assert set(REQUIRED[task]) | {"card.md", "report.html", "weights.safetensors"} <= set(info["files"])
    assert len(info["scores"]) == 1 + case.baselines
    assert case.metric in result["metrics"]
    if task == "summarize":  # so that all further tests are of the choice
        assert any(info["task_info"]["choice"]["weights"])
    for score in result["metrics"].values():
        assert score["low"] <= score["value"] <= score["high"]
        assert score["signature"]
    card = (bundle / "card.md").read_text()
    assert info["scores"][1]["name"] in card
    assert not list(bundle.parent.glob("*.work/checkpoints"))


@once
def test_data_are_prepared_alike(trained, tmp_path):
    """Without training; each row stands in one part, and another run of the same recipe finds the same."""
    task, case, bundle, _ = trained
    overrides = (f"task={task}", *SMALL, *case.settings, f"train.steps={case.steps}")
    dataset = braid.prepare(case.write(tmp_path), output=tmp_path / "b", overrides=overrides)
    assert dataset.data.fingerprint == json.loads((bundle / "bundle.json").read_text())["data_fingerprint"]
    assert dataset.tokenizer.to_json() == (bundle / "tokenizer.json").read_text()
    parts = [{(row.source, row.target, row.context) for row in getattr(dataset.data, name)} for name in PARTS]
    assert all(parts)
    assert sum(map(len, parts)) == len(set.union(*parts))
    assert not (tmp_path / "b").exists()


def test_it_learned(trained):
    task, case, _, result = trained
    value = result["metrics"][case.metric]["value"]
    floor = {"translate": 30, "summarize": 20, "classify": 80, "answer": 20}
    assert value < 6 if task == "generate" else value > floor[task]


@once
def test_evaluation_again(trained, tmp_path):
    _, case, bundle, result = trained
    again = braid.evaluate(bundle, compare=bundle)
    assert again.get("style", {}) == result["evaluation"].get("style", {})
    assert again["systems"][0]["scores"] == result["metrics"]
    assert again["comparison"]
    for difference in again["comparison"].values():
        assert difference["delta"] == pytest.approx(0, abs=1e-9)
    own = braid.evaluate(bundle, data=(str(case.write(tmp_path)),))
    assert len(own["systems"][0]["scores"]) == len(result["metrics"])
    with pytest.raises(DataError):
        braid.evaluate(bundle, data=(str(tmp_path / "none.jsonl"),))


@once
def test_one_and_many(trained):
    _, case, bundle, _ = trained
    texts = ["red cat runs", "big house", "What does Ann like?"]
    many = predict(bundle, case, texts)
    assert isinstance(many, list)
    assert len(many) == 3
    assert many == predict(bundle, case, texts)
    if case.verb != "generate":  # whose texts have random numbers of their own
        assert [predict(bundle, case, text) for text in texts] == many
    assert predict(bundle, case, []) == []


def within_seconds(work):
    begun = time.process_time()
    found = work()
    assert time.process_time() - begun < SECONDS
    return found


@once
def test_odd_texts(trained):
    task, case, bundle, _ = trained
    assert len(ODD[ENORMOUS]) > 10**6
    answers = within_seconds(lambda: predict(bundle, case, ODD, detail=True))
    check_answers(task, braid.load(bundle), ODD, answers)
    if case.verb != "generate":
        assert answers[0].text == answers[1].text == ""
        assert {answer.text for answer in predict(bundle, case, ["", "\n", "\u200b"], detail=True)} <= {"", "\n"}


@once
def test_odd_questions_to_documents_and_to_odd_contexts(trained):
    task, _, bundle, _ = trained
    if task != "answer":
        pytest.skip("only questions have contexts")
    model = braid.load(bundle)
    check_answers(task, model, ODD, within_seconds(lambda: model.answer(ODD, detail=True)))
    asked = ["What does Ann like?"] * len(ODD)
    answers = within_seconds(lambda: model.answer(asked, context=ODD, detail=True))
    check_answers(task, model, asked, answers)
    for context, answer in zip(ODD, answers, strict=True):
        assert answer.text in context
        assert answer.origin is None or answer.origin.passage == context
    assert [answer.text for answer in answers[:2]] == ["", ""]


def check_answers(task, model, texts, answers):
    """What must hold for any input at all."""
    assert [answer.source for answer in answers] == list(texts)
    for answer in answers:
        answer.text.encode()  # no half of a character
        assert np.isfinite(answer.score)
        assert not {"<pad>", "<s>", "</s>", "<unk>"} & set(answer.text.split())
        CHECKS[task](model, answer)


def check_translation(model, answer):
    assert answer.text.count("\n") == answer.source.count("\n")


def check_summary(model, answer):
    assert len(answer.text) <= 16 * (3 * 64 + 16)  # characters of a subword, and the recipe's limit of subwords
    assert len(answer.source) < 10**6 or not answer.is_complete
    assert all(mark in answer.text for mark in answer.unsupported)


def check_label(model, answer):
    assert answer.text in ("", *model.labels)
    assert {label for label, _ in answer.labels} == set(model.labels)
    shares = [share for _, share in answer.labels]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1)
    assert answer.score == (shares[0] if normalize(answer.source) else 0)


def check_place(model, answer):
    assert bool(answer.text) == (answer.origin is not None)
    if answer.origin is not None:
        assert answer.text in answer.origin.passage
        assert 0 <= answer.origin.start <= answer.origin.end
        assert answer.origin.line >= 1


def check_continuation(model, answer):
    assert len(answer.text) <= 16 * 12  # what was asked for


CHECKS = {
    "translate": check_translation,
    "summarize": check_summary,
    "classify": check_label,
    "answer": check_place,
    "generate": check_continuation,
}


@once
def test_same_input_same_output(trained):
    _, case, bundle, _ = trained
    texts = [text for text in ODD if len(text) < 10**6] + ["red cat runs", "What does Ann like?"]
    first = predict(bundle, case, texts, detail=True)
    assert predict(bundle, case, texts, detail=True) == first
    if case.verb == "generate":
        assert predict(bundle, case, texts, seed=4) != [answer.text for answer in first]
    if case.verb == "answer":
        model = braid.load(bundle)
        assert model.answer(texts, detail=True) == model.answer(texts, detail=True)


@once
def test_report_is_one_file(trained):
    _, _, bundle, _ = trained
    html = (bundle / "report.html").read_text()
    assert "<script" not in html
    assert not re.search(r"(src|href)\s*=\s*.http", html.replace('xlink:href="#', ""))
    assert html.count("<h2>") >= 3


def braid_command(*arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src"), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "braid", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, input=stdin, env=environment, check=False)


@once
def test_the_verb(trained, tmp_path):
    _, case, bundle, _ = trained
    if case.verb == "generate":
        done = braid_command("generate", bundle, "--prompt", "red cat", "--max-tokens", 9, "--seed", 3)
        again = braid_command("generate", bundle, "--max-tokens", 9, "--seed", 3, "--format", "json", stdin="red cat\n")
        assert json.loads(again.stdout) == {"source": "red cat", "text": done.stdout.removesuffix("\n")}
        return
    lines = "red cat runs\n\nbig house\r\n🙂\nno newline at the end"
    done = braid_command(case.verb, bundle, stdin=lines)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 5
    assert done.stdout.splitlines()[1] == ""
    (tmp_path / "in.txt").write_text(lines)
    done = braid_command(case.verb, bundle, tmp_path / "in.txt", "--format", "json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == 5
    assert rows[0].get("source", rows[0].get("question")) == "red cat runs"


@once
def test_evaluation_for_programs(trained):
    task, case, bundle, result = trained
    done = braid_command("evaluate", bundle, "--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["metrics"] == result["metrics"]
    for told in (found, result):
        assert len(told["systems"]) == 1 + case.baselines
        assert {"value", "low", "high"} <= set(told["systems"][1]["scores"][case.metric])
        assert told["verdict"] == told["notes"][0]
    if task == "classify":
        for told in (found, result):
            assert told["confusion"]["labels"] == ["animal", "thing"]
            assert sum(map(sum, told["confusion"]["matrix"])) == found["examples"]
            assert [row["label"] for row in told["per_label"]] == ["animal", "thing"]
            assert 0 <= told["calibration"]["expected_error"]["value"] <= 100
            assert told["tables"]
        shown = braid_command("evaluate", bundle).stdout
        assert found["verdict"] in shown
        assert "expected calibration error" in shown
        assert 'class="matrix"' in (bundle / "report.html").read_text()


@once
def test_summarizers_from_before_the_choice(trained):
    """Their bundles have no model of stretches; the network has the word."""
    task, _, bundle, _ = trained
    if task != "summarize":
        pytest.skip("of summaries alone")
    info = read_bundle(bundle)
    older = info.model_copy(update={"task_info": {**info.task_info, "choice": None}})
    model, newer = open_bundle(bundle, older), open_bundle(bundle, info)
    text = "The red cat runs fast. A dog sleeps in the big house."
    assert model.summarize(text) == newer.candidates([text])[0][0].text
    assert (model.rivals, model.stretch(text)) == (None, "")
    for damage in ({"weights": [1]}, {"lead": {"language": "en", "max_words": "9"}}, {"lead": {}}, {"max_chars": None}):
        choice = {**info.task_info["choice"], **damage}
        with pytest.raises(BundleError, match=r"choice of summaries|how to choose"):
            open_bundle(bundle, info.model_copy(update={"task_info": {"choice": choice}}))


@once
def test_special_options(trained):
    task, _, bundle, _ = trained
    if task == "classify":
        done = braid_command("classify", bundle, "--explain", stdin="red cat runs\n")
        assert "cat +" in done.stdout or "cat -" in done.stdout
    if task == "summarize":
        text = "One thing. Another thing is long and matters most of all things. A third thing."
        done = braid_command("summarize", bundle, "--whole", stdin=text)
        assert len(done.stdout.splitlines()) == 1
        taken = braid_command("summarize", "--extract", 1, stdin=text).stdout.strip()
        assert taken in text
        assert taken
    if task == "answer":
        passage = "Ann likes the tree. red cat runs. Bob likes the car. blue dog sleeps."  # as in training
        done = braid_command("answer", bundle, "What does Ann like in 3?", "--context", passage)
        assert passage in done.stdout
        assert "questions.json" in braid_command("answer", bundle, "What does Ann like in 3?").stdout


@once
def test_bundles_of_another_task_are_refused(trained):
    task, _, bundle, _ = trained
    verb = "classify" if task != "classify" else "translate"
    done = braid_command(verb, bundle, stdin="x\n")
    assert done.returncode == 1
    assert f'the bundle must be for "{verb}", got one for "{task}"' in done.stderr
    assert f"braid {task} " in done.stderr


INFERENCE = """
import importlib.util, json, sys
names = ("keras", "tensorflow", "torch", "jax", "onnx")
absent = [name for name in names if importlib.util.find_spec(name) is None]
import braid
bundle, verb, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
model = braid.load(bundle)
output = getattr(model, verb)("red cat runs", **options)
scores = braid.evaluate(bundle)["systems"][0]["scores"]
from braid.serve.app import create_app
create_app([model])
loaded = [name for name in names if name in sys.modules]
print(json.dumps([absent, output, scores, loaded]))
"""


def run_inference(python: str, bundle: Path, case: Case):
    command = [python, "-c", INFERENCE, str(bundle), case.verb, json.dumps(case.ask)]
    environment = {name: value for name, value in os.environ.items() if name not in ("KERAS_BACKEND", "PYTHONPATH")}
    if python == sys.executable:
        environment["PYTHONPATH"] = str(Path(__file__).parents[2] / "src")
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@once
def test_no_framework_is_loaded(trained):
    _, case, bundle, result = trained
    _, output, scores, loaded = run_inference(sys.executable, bundle, case)
    assert loaded == []
    assert output == predict(bundle, case, "red cat runs")
    assert scores == result["metrics"]


@once
def test_where_no_framework_is(trained):
    python = os.environ.get("BRAID_BASE_PYTHON")
    if not python:
        pytest.skip("BRAID_BASE_PYTHON does not name a Python that has Braid without extras")
    _, case, bundle, result = trained
    absent, output, scores, _ = run_inference(python, bundle, case)
    assert absent == ["keras", "tensorflow", "torch", "jax", "onnx"]
    assert output == predict(bundle, case, "red cat runs")
    assert scores[case.metric]["value"] == pytest.approx(result["metrics"][case.metric]["value"])


@once
@pytest.mark.parametrize("task", CASES)
def test_files_of_another_kind_are_worded(task, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"nothing": 1}\n' * 100)
    overrides = (f"task={task}", *SMALL, *CASES[task].settings, "train.steps=2")
    with pytest.raises(BraidError) as caught:
        braid.train(tmp_path / "a.jsonl", output=tmp_path / "b", overrides=overrides)
    assert "a.jsonl" in str(caught.value)
    assert not (tmp_path / "b").exists()


@once
def test_cross_validation(tmp_path):
    from braid.pipeline.folds import cross_validate

    overrides = ("task=classify", *SMALL, "model.encoder=A", "train.steps=15")
    recipe, folder, _ = open_recipe(labeled(tmp_path), overrides)
    options = TrainOptions(folder=folder, places=places(recipe, tmp_path / "b"))
    found = cross_validate(recipe, options, Silence(), 2)
    assert found["examples"] == len((tmp_path / "labels.jsonl").read_text().splitlines())
    assert len(found["folds"]) == 2
    name = found["systems"][0]["name"]
    values = [fold[0]["scores"]["accuracy"]["value"] for fold in found["folds"]]
    assert found["spread"][name]["accuracy"]["mean"] == pytest.approx(np.mean(values))
    assert min(values) <= found["systems"][0]["scores"]["accuracy"]["value"] <= max(values)
    assert [path.name for path in tmp_path.glob("b*")] == ["b.work"]
    assert not list((tmp_path / "b.work").glob("fold*"))


def test_a_classifier_that_is_killed_is_the_unbroken_one(tmp_path):
    """SIGKILL between two checkpoints; weights, graph, decision and scores are the same to the bit."""
    overrides = ("task=classify", *SMALL, "model.encoder=A", "train.steps=12", "train.checkpoint_minutes=0")
    data = labeled(tmp_path)
    unbroken = braid.train(data, output=tmp_path / "a", overrides=overrides)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    code = "import braid, sys; braid.train(sys.argv[1], output=sys.argv[2], overrides=tuple(sys.argv[3:]))"
    command = [sys.executable, "-c", code, str(data), str(tmp_path / "b"), *overrides]
    run = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    while run.poll() is None and not list(tmp_path.glob("b.work/checkpoints/step-*[3-9]")):
        time.sleep(0.01)
    run.kill()
    assert run.wait() == -signal.SIGKILL
    assert not (tmp_path / "b").exists()
    resumed = braid.train(data, output=tmp_path / "b", resume=True, overrides=overrides)
    assert resumed["metrics"] == unbroken["metrics"]
    assert resumed["examples_seen"] == unbroken["examples_seen"]
    infos = [json.loads((tmp_path / name / "bundle.json").read_text()) for name in "ab"]
    for name in ("tokenizer.json", "weights.safetensors", "runtime/encoder.onnx"):
        assert infos[0]["files"][name] == infos[1]["files"][name]
    assert infos[0]["task_info"] == infos[1]["task_info"]


@once
def test_one_label_is_too_few(tmp_path):
    rows = [{"text": f"text number {i}", "label": "same"} for i in range(200)]
    with pytest.raises(DataError, match="at least two labels are needed, got 1"):
        braid.train(write_lines(tmp_path / "a.jsonl", rows), output=tmp_path / "b", overrides=("task=classify", *SMALL))


@once
def test_texts_without_a_label_are_found_out(tmp_path):
    random = np.random.default_rng(8)
    kinds = {
        "animal": ["cat", "dog", "cow"],
        "place": ["house", "tree", "road"],
        "other": [f"zq{i}" for i in range(90)],
    }
    rows = {}
    for _ in range(900):
        label = list(kinds)[random.integers(0, 3)]
        words = [*random.choice(kinds[label], 3), *random.choice(["red", "big", "new", "old"], 2)]
        rows[" ".join(random.permutation(words))] = label
    data = write_lines(tmp_path / "a.jsonl", [{"text": text, "label": label} for text, label in rows.items()])
    overrides = ("task=classify", *SMALL, "model.encoder=A", "train.steps=40", "data.none_label=other")
    result = braid.train(data, output=tmp_path / "b", overrides=overrides)
    model = braid.load(tmp_path / "b")
    assert model.labels == ("animal", "place")
    assert 0.5 < model.decision.threshold <= 1
    assert any("found out" in note for note in result["evaluation"]["notes"])
    assert result["metrics"]["accuracy"]["value"] > 90
    assert model.classify(["red cat dog", "zq1 zq2 zq3 big zq4"]) == ["animal", ""]


class Heard(Silence):
    """A log that keeps what is said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)


def test_texts_with_several_labels(tmp_path):
    random = np.random.default_rng(9)
    texts = sorted({sentence(random) for _ in range(500)})
    marks = {"animal": {"cat", "dog"}, "color": {"red", "blue"}, "number": {"1999"}}
    rows = [{"text": text, "labels": [name for name in marks if marks[name] & set(text.split())]} for text in texts]
    rows = [row for row in rows if row["labels"]]
    overrides = ("task=classify", *SMALL, "model.encoder=A", "train.steps=40", "train.class_weight=balanced")
    recipe, folder, _ = open_recipe(write_lines(tmp_path / "a.jsonl", rows), overrides)
    log = Heard()
    options = TrainOptions(folder=folder, places=places(recipe, tmp_path / "b"))
    result = train_bundle(recipe, options, log)
    assert any("3 labels, from" in said for said in log.said)
    assert set(result["metrics"]) >= {"exact_match", "micro_f1", "macro_f1"}
    assert result["metrics"]["micro_f1"]["value"] > 70
    told = json.loads((tmp_path / "b/bundle.json").read_text())["task_info"]
    assert told["is_multilabel"]
    assert len(told["thresholds"]) == len(told["baseline"]["thresholds"]) == 3
    again = braid.evaluate(tmp_path / "b", compare=tmp_path / "b")
    assert again["systems"][0]["scores"] == result["metrics"]
    assert [row["label"] for row in again["per_label"]] == list(marks)
    assert "confusion" not in again
    assert 0 < again["calibration"]["expected_error"]["value"] < 50
    assert sum(row["count"] for row in again["calibration"]["bins"]) == 3 * len(again["examples"])
    assert all(row["roc_auc"] > 60 for row in again["per_label"])
    model = braid.load(tmp_path / "b")
    given = model.classify(["red cat runs", "1999 1999", ""])
    assert all(isinstance(labels, tuple) and set(labels) <= set(marks) for labels in given)
    assert {"animal", "color"} <= set(given[0])
    assert "number" in given[1]
    assert given[2] == ()
    assert model.classify("red cat runs", detail=True).text.split("\n") == list(given[0])


@once
def test_documents_without_a_reader(tmp_path):
    (tmp_path / "handbook").mkdir()
    (tmp_path / "handbook/a.md").write_text(
        "# Warranty\n\nThe warranty lasts two years. It covers parts.\n\n# Returns\n\nSend it back.\n"
    )
    (tmp_path / "handbook/b.pdf").write_bytes(b"no pdf")
    (tmp_path / "r.toml").write_text('name = "b"\ntask = "answer"\n[data]\ndocuments = ["handbook"]\n')
    result = braid.train(tmp_path / "r.toml", output=tmp_path / "b")
    assert any("left out: handbook/b.pdf" in note for note in result["evaluation"]["notes"])
    model = braid.load(tmp_path / "b")
    found = model.answer("How long does the warranty last?", detail=True)
    assert found.text == "The warranty lasts two years."
    assert (found.origin.file, found.origin.line) == ("handbook/a.md", 3)
    text = (tmp_path / "handbook/a.md").read_text()
    assert text[found.origin.start : found.origin.end] == found.text
    assert model.answer("") == model.answer("zzz qqq") == ""
    with pytest.raises(BraidError, match="nothing to answer from"):
        (tmp_path / "r.toml").write_text('task = "answer"\n')
        braid.train(tmp_path / "r.toml", output=tmp_path / "c")


@once
def test_an_faq_answers_with_its_entries(tmp_path):
    rows = [{"question": f"What is the {name}?", "answer": f"A {name} is number {i}."} for i, name in enumerate(WORDS)]
    write_lines(tmp_path / "faq.jsonl", rows)
    (tmp_path / "r.toml").write_text('name = "b"\ntask = "answer"\n[data]\ndocuments = ["faq.jsonl"]\n')
    result = braid.train(tmp_path / "r.toml", output=tmp_path / "b")
    assert result["metrics"]["recall@5"]["value"] > 90
    assert braid.load(tmp_path / "b").answer("what is a tree") == "A tree is number 9."


def test_dialogues_are_learned_and_compared(tmp_path):
    random = np.random.default_rng(6)
    rows = []
    for _ in range(200):
        text = sentence(random)
        said = text.split()[0]
        rows.append({"messages": [{"role": "user", "content": text}, {"role": "assistant", "content": said}]})
    data = write_lines(tmp_path / "chat.jsonl", [*rows, {"text": "A lone text among dialogues changes nothing."}])
    overrides = ("task=generate", *SMALL, "model.decoder=DA", "train.steps=60")
    braid.train(data, output=tmp_path / "b", overrides=overrides)
    model = braid.load(tmp_path / "b")
    assert model.is_chat
    asked = [{"role": "user", "content": "red cat runs"}]
    assert model.chat(asked, temperature=0.0, max_tokens=8) == model.chat(asked, temperature=0.0, max_tokens=8)
    assert model.generate("red cat runs", temperature=0.0, max_tokens=8) == model.chat(
        asked, temperature=0.0, max_tokens=8
    )
    info = json.loads((tmp_path / "b/bundle.json").read_text())
    for template, head in (({"head": "<{role}>"}, "<{role}>"), (None, "{role}\n")):  # bundles were without one
        info["task_info"]["chat_template"] = template
        (tmp_path / "b/bundle.json").write_text(json.dumps(info))
        assert braid.load(tmp_path / "b").template.head == head
    found = braid.evaluate(tmp_path / "b", compare=tmp_path / "b")
    assert all(row["reference"] == row["source"].split()[0] for row in found["examples"])
    assert found["comparison"]["bits_per_byte"]["delta"] == pytest.approx(0)
    assert found["systems"][0]["scores"] == found["systems"][1]["scores"]
