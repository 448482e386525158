"""What a person sees: help, messages, exit codes; nothing half-written."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from backends import once
from braid.cli.main import app
from tiny import TINY_TRAINING, write_pairs

SET = [part for item in TINY_TRAINING for part in ("--set", item)]


def braid(*arguments, folder=None, stdin="", **variables):
    environment = {
        **os.environ,
        "NO_COLOR": "1",
        "COLUMNS": "200",
        "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
        **variables,
    }
    return subprocess.run(
        [sys.executable, "-m", "braid", *map(str, arguments)],
        capture_output=True, text=True, cwd=folder, input=stdin, env=environment, check=False,
    )  # fmt: skip


def braid_here(*arguments):
    """The same in this process, which need not load a training framework once more."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_help_is_quick_and_complete():
    times = []
    for _ in range(3):
        begun = time.monotonic()
        done = braid("--help")
        times.append(time.monotonic() - begun)
    assert done.returncode == 0
    for verb in ("demo", "init", "prepare", "audit", "train", "evaluate", "translate", "summarize", "answer",
                 "classify", "generate", "serve"):  # fmt: skip
        assert f"  {verb} " in done.stdout
    assert min(times) < 0.6  # 0.3 s on a quiet machine; tests share theirs


def test_help_imports_nothing_heavy():
    heavy = ("numpy", "rich.progress", "pydantic", "lxml")
    code = f"import braid.cli.main, sys; print([n for n in {heavy} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "none.toml"], "the recipe does not exist (none.toml)"),
        (["train", "none.tsv"], "none.tsv"),
        (["translate", "none"], "there is no bundle here (none)"),
        (["evaluate", "none"], "there is no bundle here (none)"),
        (["serve", "none"], "there is no bundle here (none)"),
        (
            ["init", "translat", "x.tsv"],
            'the task must be one of translate, summarize, answer, classify, generate, got "translat"',
        ),
        (["init", "translate"], "init needs at least one data file"),
        (["init", "translate", "none.tmx"], "none.tmx"),
        (["demo", "--language", "xx"], '--language must be one of zh, de, fr, got "xx"'),
        (["train", "faulty.toml"], "did you mean train.minutes?"),
        (["train", "empty.tsv", *SET], "empty.tsv"),
        (["train", "empty.tmx", *SET], "empty.tmx"),
        (["train", "few.tsv", *SET], "at least 50 usable sentence pairs are needed, got 1"),
    ],
)
def test_mistakes_are_worded(arguments, message, tmp_path):
    (tmp_path / "faulty.toml").write_text('[train]\nminuts = 3\nsteps = "many"\n[data]\nsource_language = 3\n')
    (tmp_path / "empty.tsv").write_text("")
    (tmp_path / "empty.tmx").write_text("")
    (tmp_path / "few.tsv").write_text("a\tb\n")
    before = sorted(os.listdir(tmp_path))
    done = braid(*arguments, folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert sorted(os.listdir(tmp_path)) == before


def test_init_and_prepare(tmp_path):
    write_pairs(tmp_path)
    done = braid(
        "init", "translate", "pairs.tsv", "--source-language", "en", "--target-language", "de", folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert 'train = ["pairs.tsv"]' in (tmp_path / "recipe.toml").read_text()
    again = braid("init", "translate", "pairs.tsv", folder=tmp_path)
    assert again.returncode == 1
    assert "a recipe is here already" in again.stderr
    done = braid("prepare", "recipe.toml", "--format", "json", "--set", "tokenizer.vocab_size=400", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["rows_read"] == 300
    assert (tmp_path / report["folder"] / "rejects.jsonl").exists()
    keys = braid("init", "translate", "--keys")
    assert "train.batch_tokens" in keys.stdout


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The folder in which ``braid train`` made the bundle ``out``, and what it printed."""
    folder = tmp_path_factory.mktemp("trained")
    write_pairs(folder, rows=300)
    done = braid(
        "train", "pairs.tsv", "-o", "out", "--format", "json", "--set", "train.steps=30", *SET,
        folder=folder, COLUMNS="",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder, done


@pytest.mark.backend
def test_train_translate_evaluate(trained):
    folder, done = trained
    result = json.loads(done.stdout)
    assert set(result) == {
        "bundle", "steps", "examples_seen", "tokens_seen", "seconds", "metrics", "peak_memory_bytes",
        "systems", "verdict", "notes", "faults",
    }  # fmt: skip
    lines = "red cat\n\nbig dog\r\n  \nno newline at the end"
    done = braid("translate", "out", folder=folder, stdin=lines)
    assert done.returncode == 0, done.stderr
    outputs = done.stdout.split("\n")
    assert len(outputs) == 6
    assert outputs[1] == outputs[3] == ""
    done = braid("translate", "out", "--format", "json", "-", folder=folder, stdin="red cat\n")
    assert set(json.loads(done.stdout)) == {"source", "text", "score", "is_complete"}
    done = braid("evaluate", "out", "--format", "json", "--report", "r.html", folder=folder)
    scores = json.loads(done.stdout)
    assert scores["metrics"] == result["metrics"]
    assert set(scores["metrics"]["bleu"]) == {"value", "low", "high", "signature"}
    assert (folder / "r.html").exists()
    done = braid("evaluate", "out", folder=folder)
    assert "copy the source" in done.stdout


def test_translate_refuses_bytes_that_are_not_text(tmp_path):
    (tmp_path / "bad.txt").write_bytes(b"ok\n\xff\xfe\n")
    from braid.cli.lines import _chunks
    from braid.errors import DataError

    with (tmp_path / "bad.txt").open("rb") as file, pytest.raises(DataError, match=r"bad\.txt, line 2"):
        list(_chunks(file, "bad.txt"))


def test_demo_on_a_file_of_ones_own(tmp_path):
    data = write_pairs(tmp_path, rows=1200)
    done = braid(
        "demo", "--data", data, "--language", "de", "--minutes", "0.1", "-o", tmp_path / "out", folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    for words in ("BLEU [95 %]", "copy the source", "nearest translation-memory match", "10 of them", "bundle: "):
        assert words in done.stdout
    assert done.stdout.count("  → ") == 10
    assert f"braid serve {tmp_path / 'out'}" in done.stderr
    again = braid("demo", "--data", data, "--language", "de", "-o", tmp_path, folder=tmp_path)
    assert again.returncode == 1  # a folder that is no bundle stays
    assert data.exists()


@pytest.mark.skipif(os.name == "nt", reason="the commands are quoted for a POSIX shell")
def test_the_demo_of_an_faq_ends_with_commands_that_work(tmp_path):
    rows = [
        {"question": f"What's the color of {name}?", "answer": f"The {name} is {color}."}
        for name, color in (("grass", "green"), ("the sky", "blue"), ("snow", "white"), ("coal", "black"))
    ]
    (tmp_path / "faq.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = braid("demo", "answer", "--data", "faq.jsonl", "-o", "my demo", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "cosine of TF-IDF vectors" in done.stdout
    commands = [line.strip() for line in done.stderr.partition("next:")[2].splitlines() if line.strip()]
    assert [shlex.split(command)[1] for command in commands] == ["answer", "evaluate", "serve"]
    answer, evaluate = (braid(*shlex.split(command)[1:], folder=tmp_path) for command in commands[:2])
    assert answer.returncode == 0, answer.stderr
    asked = shlex.split(commands[0])[-1]
    assert answer.stdout.startswith(next(row["answer"] for row in rows if row["question"] == asked))
    assert evaluate.returncode == 0, evaluate.stderr
    assert "cosine of TF-IDF vectors" in evaluate.stdout
    found = json.loads(braid("evaluate", "my demo", "--format", "json", folder=tmp_path).stdout)
    assert {"recall@1", "recall@5", "mrr@5"} <= set(found["metrics"])
    missing = braid("demo", "answer", "--data", "none.jsonl", "-o", "other", folder=tmp_path)
    assert missing.returncode == 1
    assert "none.jsonl" in missing.stderr
    (tmp_path / "questions.json").write_text('{"data": []}')  # is taken for questions with passages, not for a document
    wrong = braid("demo", "answer", "--data", "questions.json", "-o", "other", folder=tmp_path)
    assert wrong.returncode == 1
    assert "questions.json" in wrong.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for a child process")
def test_ctrl_c_then_resume_gives_the_bundle_of_an_unbroken_run(tmp_path):
    data = write_pairs(tmp_path)
    command = ["train", data, *SET, "--set", "train.steps=30", "-o"]
    assert braid_here(*command, tmp_path / "unbroken").exit_code == 0
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    words = [sys.executable, "-m", "braid", *map(str, command), str(tmp_path / "broken")]
    process = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    begun = time.monotonic()
    while not list(tmp_path.glob("broken.work/checkpoints/step-00000001*")) and time.monotonic() - begun < 200:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "--resume" in errors
    assert not (tmp_path / "broken").exists()
    refused = braid(*command, tmp_path / "broken")
    assert refused.returncode == 1
    assert "unfinished run" in refused.stderr
    assert "exclude each other" in braid(*command, tmp_path / "broken", "--resume", "--restart").stderr
    resumed = braid_here(*command, tmp_path / "broken", "--resume")
    assert resumed.exit_code == 0, resumed.output
    first, second = ((tmp_path / name / "weights.safetensors").read_bytes() for name in ("unbroken", "broken"))
    assert first == second


@once
@pytest.mark.backend
def test_restart_keeps_the_unfinished_run_until_the_new_one_stands(tmp_path):
    saved = tmp_path / "out.work/checkpoints/step-000000400"
    saved.mkdir(parents=True)
    failed = braid("train", "none.tsv", "-o", tmp_path / "out", "--restart", *SET, folder=tmp_path)
    assert failed.returncode == 1
    assert saved.exists()
    data = write_pairs(tmp_path)
    done = braid_here("train", data, "-o", tmp_path / "out", "--restart", "--set", "train.steps=5", *SET)
    assert done.exit_code == 0, done.output
    assert not saved.parent.exists()


@pytest.mark.backend
def test_a_report_is_not_written_into_a_bundle_and_its_failure_does_not_cost_the_scores(trained):
    folder, _ = trained
    inside = braid("evaluate", "out", "--report", "out/r.html", folder=folder)
    assert (inside.returncode, inside.stdout) == (1, "")
    assert "cannot be written into a bundle" in inside.stderr
    nowhere = braid("evaluate", "out", "--report", "none/r.html", folder=folder)
    assert nowhere.returncode == 1
    assert "copy the source" in nowhere.stdout
    assert "cannot write" in nowhere.stderr
    here = braid("translate", ".", folder=folder / "out", stdin="red cat\n")  # from within the bundle's folder
    assert here.returncode == 0, here.stderr
    assert braid("evaluate", ".", folder=folder / "out").returncode == 0


def test_output_is_utf8_whatever_the_locale(tmp_path):
    (tmp_path / "a.tsv").write_text("灯\t光\n", encoding="utf-8")
    code = "from braid.cli.main import _use_utf8; _use_utf8(); print('灯 \\udcff')"
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=True)
    assert done.stdout.decode().strip() == "灯 \\udcff"


@pytest.mark.parametrize(
    "name", ["~$x.tsv", "x" * 300 + ".tsv", "x" * 200 + ".tsv," + "y" * 200 + ".tsv", "..", "\udcff.tsv"]
)
def test_odd_names_are_the_users_to_mend(name, tmp_path):
    for command in (["init", "translate", name], ["train", name, "--set", "data.source_language=en"]):
        done = braid(*command, folder=tmp_path)
        assert done.returncode == 1, done.stderr
        assert "internal error" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_before_the_first_step_is_said(tmp_path):
    write_pairs(tmp_path, rows=600)
    command = [sys.executable, "-m", "braid", "train", "pairs.tsv", *SET, "--set", "train.steps=50"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    run = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
    time.sleep(1.5)
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "--resume" in said


def test_init_takes_another_language_not_another_variety(tmp_path):
    unit = '<tu><tuv xml:lang="{}"><seg>a</seg></tuv><tuv xml:lang="{}"><seg>b</seg></tuv></tu>'
    body = unit.format("en-US", "zh-CN") * 3
    (tmp_path / "a.tmx").write_text(f'<tmx version="1.4"><header srclang="en-US"/><body>{body}</body></tmx>')
    for option, found in (("--source-language", "en"), ("--target-language", "zh")):
        done = braid("init", "translate", "a.tmx", option, found, "--force", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        recipe = (tmp_path / "recipe.toml").read_text()
        assert 'source_language = "en' in recipe
        assert 'target_language = "zh' in recipe


def test_init_into_another_folder_names_the_files_from_there(tmp_path):
    write_pairs(tmp_path)
    (tmp_path / "sub").mkdir()
    languages = ("--source-language", "en", "--target-language", "de")
    done = braid("init", "translate", "pairs.tsv", *languages, "-o", "sub/recipe.toml", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert 'train = ["../pairs.tsv"]' in (tmp_path / "sub/recipe.toml").read_text()
    assert braid("prepare", "sub/recipe.toml", folder=tmp_path).returncode == 0


def test_a_list_with_commas_in_it_can_be_set(tmp_path):
    (tmp_path / "x.en").write_text("".join(f"word {i}\n" for i in range(200)))
    (tmp_path / "x.de").write_text("".join(f"Wort {i}\n" for i in range(200)))
    (tmp_path / "r.toml").write_text('[data]\ntrain = ["none.tsv"]\nsource_language = "en"\ntarget_language = "de"\n')
    done = braid("prepare", "r.toml", "--set", 'data.train=["x.en,x.de"]', folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr


def test_files_with_long_names_train(tmp_path):
    long = tmp_path / f"{'x' * 120}.tsv"
    write_pairs(tmp_path, rows=300).rename(long)
    done = braid("prepare", long.name, *SET, folder=tmp_path)
    assert done.returncode == 0, done.stderr


def test_plain_lines_are_not_broken(trained):
    _, done = trained  # where the width of the terminal is unknown
    (line,) = [line for line in done.stderr.splitlines() if "rows" in line]
    assert line.endswith(("tensorflow", "torch", "jax"))


@pytest.mark.parametrize("arguments", [("prepare", "a", "b"), ("prepare", "--nonsense"), ("nothing",), ("train",)])
def test_what_a_person_mistypes_ends_with_one(arguments):
    done = braid(*arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Usage: " in done.stderr
