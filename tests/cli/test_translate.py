"""What translate writes, says and refuses, over a stand-in for the bundle."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from braid.cli.main import app
from braid.errors import BraidError
from pretend import Model, shouted

PO = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    'msgid "go {0}"\nmsgstr ""\n\nmsgid "b"\nmsgstr "c"\n'
)


class Translator:
    source_language, target_language = "en", "de"

    def __init__(self, answer):
        self.model = Model(answer)

    def translate(self, texts, detail=False, beam_size=0):
        assert detail
        return self.model(texts)


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.po").write_text(PO)

    def run(*arguments, answer=shouted, stdin=None):
        monkeypatch.setattr("braid.cli.lines.open_for", lambda bundle, task: Translator(answer))
        return CliRunner().invoke(app, ["translate", "bundle", *arguments], input=stdin)

    return run


def test_a_file_is_written_in_its_format(run, tmp_path):
    done = run("a.po", "--output", "b.po")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "wrote b.po: 1 of 2 texts translated, 1 kept as they were\n"
    assert '#, fuzzy\nmsgid "go {0}"\nmsgstr "GO {0}"' in (tmp_path / "b.po").read_text()


def test_json_tells_the_numbers(run):
    done = run("a.po", "-o", "b.po", "--format", "json", answer=lambda text: text.replace("{0}", ""))
    assert json.loads(done.stdout) == {
        "file": "a.po", "output": "b.po", "texts": 2, "translated": 1, "kept": 1, "needs_review": 1,
        "not_translated": 0, "left": [],
        "review": [{
            "line": 5, "text": "go {0}",
            "reason": "its placeholders or tags would have been lost: it was translated in the pieces between them",
        }],
    }  # fmt: skip
    assert done.stderr == ""


def test_what_to_look_at_is_listed(run):
    done = run("a.po", "-o", "b.po", answer=lambda text: f"{text} %s")
    assert "not translated: a.po, line 5: a translation would have other placeholders: go {0}\n" in done.stderr
    done = run("a.po", "-o", "b.po", "--force", answer=lambda text: text.strip("{0}"))
    assert "look at: a.po, line 5: its placeholders" in done.stderr
    assert done.stderr.endswith("1 kept as they were, 1 to look at\n")


def test_options(run, tmp_path):
    run("a.po", "-o", "b.po", "--overwrite", "--no-mark")
    assert "fuzzy" not in (tmp_path / "b.po").read_text()
    assert 'msgstr "B"' in (tmp_path / "b.po").read_text()
    (tmp_path / "a.csv").write_text("k,x\n1,word\n")
    run("a.csv", "-o", "b.csv", "--source-column", "x", "--column", "y")
    assert (tmp_path / "b.csv").read_text() == "k,x,y\n1,word,WORD\n"


def test_the_file_on_stdout(run):
    done = run("a.po", "-o", "-")
    assert 'msgstr "GO {0}"' in done.stdout
    assert done.stderr.startswith("wrote -:")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a.po"], "must be plain text, got po"),
        (["a.po", "--overwrite", "--no-mark"], "--overwrite and --no-mark must come with --output"),
        (["-o", "b.po"], "--output needs a FILE"),
        (["-", "-o", "b.po"], "--output needs a FILE"),
        (["a.po", "-o", "a.po"], "a file is here already"),
        (["a.po", "-o", "b.csv"], "same format"),
        (["a.po", "-o", "-", "--format", "json"], "needs the stdout"),
        (["none.po", "-o", "b.po"], "must exist"),
    ],
)
def test_mistakes(run, tmp_path, arguments, message):
    done = run(*arguments)
    assert done.exit_code == 1
    assert isinstance(done.exception, BraidError)
    assert message in str(done.exception)
    assert (tmp_path / "a.po").read_text() == PO
    assert [path.name for path in tmp_path.iterdir()] == ["a.po"]


def test_lines_are_lines_as_before(run, tmp_path):
    assert run(stdin="one\n\ntwo\n").stdout == "ONE\n\nTWO\n"
    (tmp_path / "a.txt").write_text(" one\n")
    assert run("a.txt").stdout == " ONE\n"
    (tmp_path / "lines").write_text("one\n")
    assert run("lines").stdout == "ONE\n"
    assert run("-", stdin='msgid "a"').stdout == 'MSGID "A"\n'


def test_a_text_file_is_written_line_by_line(run, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"  one\r\n\r\ntwo")
    assert run("a.txt", "-o", "b.txt").exit_code == 0
    assert (tmp_path / "b.txt").read_bytes() == b"  ONE\r\n\r\nTWO"


def test_an_update(run, tmp_path):
    (tmp_path / "en.json").write_text('{"a": "x", "b": "y"}')
    (tmp_path / "de.json").write_text('{"a": "by hand"}')
    assert "--update" in str(run("en.json", "-o", "de.json").exception)
    assert run("en.json", "-o", "de.json", "--update").exit_code == 0
    assert (tmp_path / "de.json").read_text() == '{"a": "by hand", "b": "Y"}'


def test_the_commands_of_the_docs(run, tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "files.md").read_text(encoding="utf-8")
    commands = [line.split() for line in page.split("```")[1].splitlines() if line.startswith("braid ")]
    assert len(commands) == 3
    unit = "<file source-language='en'><trans-unit id='1'><source>a</source></trans-unit></file>"
    (tmp_path / "messages.po").write_text(PO)
    (tmp_path / "app.xlf").write_text(f"<xliff version='1.2'>{unit}</xliff>")
    for folder in ("values", "values-de"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "strings.xml").write_text("<resources><string name='a'>a</string></resources>")
    for command in commands:
        assert run(*command[3:]).exit_code == 0
        assert (tmp_path / command[command.index("--output") + 1]).exists()
