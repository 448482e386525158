"""What evaluate prints, over evaluations made by hand."""

import json

import pytest
from typer.testing import CliRunner

from braid.cli.main import app

SCORE = {"value": 1.0, "low": 0.5, "high": 1.5, "signature": "s"}


def evaluation(**parts):
    systems = [{"name": "m", "scores": {"rougeL": SCORE}}]
    return {"name": "m", "task": "summarize", "systems": systems, "examples": [{}, {}], "notes": ["a note"], **parts}


@pytest.mark.parametrize(
    "parts", [{}, {"style": {"m": {"novel1": SCORE}}}, {"faults": {"empty": 1}, "comparison": {"rougeL": {"delta": 0}}}]
)
def test_json_holds_every_score_of_every_task(monkeypatch, parts):
    monkeypatch.setattr("braid.pipeline.evaluate.evaluate_bundle", lambda *_, **__: evaluation(**parts))
    done = CliRunner().invoke(app, ["evaluate", "bundle", "--format", "json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {
        "task": "summarize", "bundle": "bundle", "examples": 2, "metrics": {"rougeL": SCORE},
        "systems": evaluation()["systems"], "notes": ["a note"], **parts
    }  # fmt: skip
