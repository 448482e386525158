"""What audit prints and writes."""

import json

import pytest
import typer
from typer.testing import CliRunner

from audit_rows import pairs
from braid.cli.audit import _fail
from braid.cli.main import app
from braid.errors import ConfigError, StorageError

LANGUAGES = ["--set", "data.source_language=en", "--set", "data.target_language=de"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    lines = "".join(f"{row.source}\t{row.target}\n" for row in pairs(300))
    (tmp_path / "a.tsv").write_text(lines, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_text_ends_with_the_diagnosis_and_the_page_stands_beside_the_data(folder):
    done = CliRunner().invoke(app, ["audit", "a.tsv", *LANGUAGES])
    assert done.exit_code == 0, done.output
    titles = [
        "Sizes",
        "Languages and scripts",
        "Lengths",
        "Vocabulary",
        "License notes",
        "Diagnosis",
        "What to expect:",
    ]
    places = [done.stdout.index(f"\n{title}") for title in titles]
    assert places == sorted(places)
    assert "page: a-en-de.work/audit.html" in done.stderr
    assert (folder / "a-en-de.work" / "audit.html").exists()


def test_json_holds_everything_and_nothing_else_is_on_stdout(folder):
    done = CliRunner().invoke(app, ["audit", "a.tsv", *LANGUAGES, "--format", "json", "-o", "pages"])
    found = json.loads(done.stdout)
    assert found["page"] == "pages/audit.html"
    assert (folder / "pages" / "audit.html").exists()
    assert {"expect", "help", "warnings", "fix_first"} == set(found["diagnosis"])


@pytest.mark.parametrize(("names", "code"), [("leakage", 0), ("no_license", 1), ("any", 1), ("leakage, no_license", 1)])
def test_fail_on(folder, names, code):
    done = CliRunner().invoke(app, ["audit", "a.tsv", *LANGUAGES, "--fail-on", names, "-o", "p.html"])
    assert done.exit_code == code
    assert (folder / "p.html").exists()
    assert ("failed on:" in done.stderr) is bool(code)


def test_few_rows_are_no_failure(folder):
    (folder / "a.tsv").write_text("one\teins\ntwo\tzwei\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["audit", "a.tsv", *LANGUAGES])
    assert done.exit_code == 0, done.output
    assert "No model can be trained on these data as they are" in " ".join(done.stdout.split())


def test_a_bundle_is_refused(folder):
    (folder / "b").mkdir()
    (folder / "b" / "bundle.json").write_text("{}")
    done = CliRunner().invoke(app, ["audit", "b"])
    assert isinstance(done.exception, ConfigError)
    assert "`braid evaluate b`" in done.exception.hint


def test_a_warning_that_there_is_not_is_refused_before_any_work(folder):
    done = CliRunner().invoke(app, ["audit", "a.tsv", *LANGUAGES, "--fail-on", "leakge"])
    assert isinstance(done.exception, ConfigError)
    assert 'got "leakge"' in done.exception.message
    assert "leakage" in done.exception.hint
    assert not (folder / "a-en-de.work").exists()


def test_the_page_is_there_though_nobody_reads_the_text_to_its_end(folder, monkeypatch):
    def closed(found, console):
        assert (folder / "p.html").exists()
        raise BrokenPipeError

    monkeypatch.setattr("braid.auditing.audit_text.print_audit", closed)
    CliRunner().invoke(app, ["audit", "a.tsv", *LANGUAGES, "-o", "p.html"])
    assert "Diagnosis" in (folder / "p.html").read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written_does_not_cost_the_findings(folder):
    (folder / "p.html").mkdir()
    done = CliRunner().invoke(app, ["audit", "a.tsv", *LANGUAGES, "-o", "p.html"])
    assert isinstance(done.exception, StorageError)
    assert "What to expect:" in done.stdout


def test_a_warning_given_twice_fails_once(capsys):
    twice = {"diagnosis": {"warnings": [{"name": "leakage"}, {"name": "leakage"}, {"name": "language"}]}}
    with pytest.raises(typer.Exit):
        _fail(twice, {"leakage"})
    assert capsys.readouterr().err == "failed on: leakage\n"
