"""What summarize says beside its summaries, over a stand-in for the bundle."""

import json

import pytest
from typer.testing import CliRunner

from braid.cli.main import app
from braid.tasks.contract import Answer


class Summarizer:
    def answers(self, texts, beam_size=0):
        return [Answer(text=text.upper(), score=0.0, source=text, unsupported=marks(text)) for text in texts]


def marks(text):
    return ("1999", "Paris") if "cat" in text else ()


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setattr("braid.cli.lines.open_for", lambda bundle, task: Summarizer())
    return lambda *arguments, stdin: CliRunner().invoke(app, ["summarize", "bundle", *arguments], input=stdin)


def test_what_a_text_does_not_support_is_named_on_stderr(run):
    done = run(stdin="a dog\n\na cat\n")
    assert done.stdout == "A DOG\n\nA CAT\n"
    assert done.stderr == "note: line 3: the summary says what its text does not: 1999, Paris\n"
    whole = run("--whole", stdin="a dog\na cat\n")
    assert whole.stderr == "note: the summary says what its text does not: 1999, Paris\n"


def test_json_holds_it_and_stderr_is_quiet(run):
    done = run("--format", "json", stdin="a cat\n")
    assert json.loads(done.stdout)["unsupported"] == ["1999", "Paris"]
    assert done.stderr == ""
