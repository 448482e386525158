"""Data of the other demos, without a network."""

import json
import zipfile

import pytest

from braid.data import demo_tasks
from braid.data.demo_tasks import TASK_DEMOS, fetch_task_demo
from braid.errors import ConfigError

YAML = """categories:
- test
conversations:
- - What is AI?
  - 'It''s a branch
    of engineering.'
  - a third turn
- - "Quoted: yes?"
  - Fine
- - alone
- - Who?
  - Me
"""


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    path = tmp_path / "corpus.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("chatterbot_corpus/data/english/ai.yml", YAML)
        archive.writestr("chatterbot_corpus/data/english/rare.yml", "- - a\n  - b\n")
        archive.writestr("chatterbot_corpus/data/german/ai.yml", YAML)
    monkeypatch.setattr(demo_tasks, "download_wheel", lambda wheel, folder: path)
    monkeypatch.setattr(demo_tasks, "FEWEST_ROWS", 2)


def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_questions_and_answers(wheel, tmp_path):
    said = []
    found = rows(fetch_task_demo("answer", cache=tmp_path / "cache", progress=said.append))
    assert found == [
        {"question": "What is AI?", "answer": "It's a branch of engineering."},
        {"question": "Quoted: yes?", "answer": "Fine"},
        {"question": "Who?", "answer": "Me"},
        {"question": "a", "answer": "b"},
    ]
    labeled = rows(fetch_task_demo("classify", cache=tmp_path / "cache", progress=said.append))
    assert [row["label"] for row in labeled] == ["ai"] * 3
    fetch_task_demo("answer", cache=tmp_path / "cache", progress=said.append)
    assert "made before" in said[-1]


def test_the_installed_python_gives_enough(tmp_path):
    summaries = rows(fetch_task_demo("summarize", cache=tmp_path, progress=lambda _: None))
    assert len(summaries) > 500
    assert all(row["summary"] and len(row["document"]) >= 80 for row in summaries)
    texts = rows(fetch_task_demo("generate", cache=tmp_path, progress=lambda _: None))
    assert sum(len(row["text"]) for row in texts) > 300_000
    chapters = [{" ".join(part.split()) for part in row["text"].split("\n\n")} for row in texts]
    assert sum(map(len, chapters)) == len(set().union(*chapters))  # none repeats a paragraph of another


def test_unknown(tmp_path):
    with pytest.raises(ConfigError, match='got "dance"'):
        fetch_task_demo("dance", cache=tmp_path, progress=lambda _: None)
    assert all(demo.about and demo.notice for demo in TASK_DEMOS.values())
